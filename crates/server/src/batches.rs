//! `watershed batches`: what is in a segment file, batch by batch, and where the first damage is.
//!
//! Reads one batch at a time: a file of any size takes the memory of its largest batch.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::path::{Path, PathBuf};

use clap::Args;
use serde::Serialize;
use watershed_protocol::batch::{
    BatchError, BatchReader, ControlType, HEADER_BYTES, RawBatch, Record, ValidBatch,
};

use crate::Output;

/// What `watershed batches` is asked.
#[derive(Debug, Args)]
pub(crate) struct Options {
    /// Segment files (`*.log`), or any file of record batches one behind the other.
    #[arg(required = true)]
    files: Vec<PathBuf>,
    /// Show the records too: keys and values as text, other bytes escaped.
    #[arg(long)]
    records: bool,
    /// Refuse batches that are larger than this many bytes, compressed or not.
    #[arg(long, default_value_t = 128 << 20)]
    batch_bytes_max: usize,
}

/// Why the command ended early.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Error {
    #[error("cannot open {}: {source}", path.display())]
    Open { path: PathBuf, source: io::Error },
    #[error("cannot read {} at byte {position}: {source}", path.display())]
    Read { path: PathBuf, position: u64, source: io::Error },
    #[error(
        "{} is damaged at byte {position}: {source}; what lies before is good, and a replica may have the rest",
        path.display()
    )]
    Damaged { path: PathBuf, position: u64, source: BatchError },
    #[error("cannot write the result: {0}")]
    Output(#[from] io::Error),
}

/// One batch, as it is printed.
#[derive(Debug, Serialize)]
struct Row<'a> {
    file: &'a Path,
    position: u64,
    size_bytes: usize,
    first_offset: i64,
    last_offset: i64,
    records: i32,
    codec: &'static str,
    max_timestamp_ms: i64,
    append_time: bool,
    leader_epoch: i32,
    producer_id: i64,
    producer_epoch: i16,
    base_sequence: i32,
    transactional: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    control: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    delete_horizon_ms: Option<i64>,
}

/// One record, as it is printed.
#[derive(Debug, Serialize)]
struct RecordRow {
    offset: i64,
    timestamp_ms: i64,
    key: Option<String>,
    value: Option<String>,
    headers: Vec<(String, Option<String>)>,
}

/// Prints every batch of every file, up to the first error.
pub(crate) fn run(options: &Options, output: Output, out: &mut dyn Write) -> Result<(), Error> {
    let mut reader = BatchReader::new(options.batch_bytes_max);
    for path in &options.files {
        file(path, options, output, &mut reader, out)?;
    }
    Ok(())
}

fn file(
    path: &Path,
    options: &Options,
    output: Output,
    reader: &mut BatchReader,
    out: &mut dyn Write,
) -> Result<(), Error> {
    let open = |source| Error::Open { path: path.to_owned(), source };
    let mut input = BufReader::new(File::open(path).map_err(open)?);
    let mut bytes = Vec::new();
    let mut position = 0;
    loop {
        let read = |source| Error::Read { path: path.to_owned(), position, source };
        let damaged = |source| Error::Damaged { path: path.to_owned(), position, source };
        if !read_batch(&mut input, &mut bytes, options.batch_bytes_max).map_err(read)? {
            return Ok(());
        }
        if bytes.iter().all(|&byte| byte == 0) && is_zeros(&mut input).map_err(read)? {
            return Ok(());
        }
        let batch = RawBatch::parse(&bytes).and_then(RawBatch::validate).map_err(damaged)?;
        let control = control(&batch, reader).map_err(damaged)?;
        print_batch(&row(path, position, &batch, control), output, out)?;
        if options.records && !batch.header().attributes.is_control() {
            for record in reader.records(&batch).map_err(damaged)? {
                print_record(&record_row(&record.map_err(damaged)?), output, out)?;
            }
        }
        position += bytes.len() as u64;
    }
}

/// Reads the next batch, or what is there of it, into `bytes`; false at the end of the file.
fn read_batch(input: &mut impl Read, bytes: &mut Vec<u8>, bytes_max: usize) -> io::Result<bool> {
    bytes.clear();
    input.take(HEADER_BYTES as u64).read_to_end(bytes)?;
    match RawBatch::split_first(bytes) {
        // Only a truncated batch says how much is missing; every other error will be met again by the caller.
        Err(BatchError::Truncated { needed, .. }) if needed > bytes.len() && bytes.len() == HEADER_BYTES => {
            if needed > bytes_max {
                let text = format!("a batch of {needed} bytes is over --batch-bytes-max {bytes_max}");
                return Err(io::Error::new(io::ErrorKind::InvalidData, text));
            }
            input.take((needed - HEADER_BYTES) as u64).read_to_end(bytes)?;
        }
        _ => {}
    }
    Ok(!bytes.is_empty())
}

/// Whether only zeros follow, which is what a broker preallocates.
fn is_zeros(input: &mut impl BufRead) -> io::Result<bool> {
    loop {
        let bytes = input.fill_buf()?;
        if bytes.is_empty() || bytes.iter().any(|&byte| byte != 0) {
            return Ok(bytes.is_empty());
        }
        let length = bytes.len();
        input.consume(length);
    }
}

/// The kind of a control batch's marker.
fn control(batch: &ValidBatch<'_>, reader: &mut BatchReader) -> Result<Option<String>, BatchError> {
    if !batch.header().attributes.is_control() {
        return Ok(None);
    }
    match reader.records(batch)?.next() {
        Some(record) => Ok(Some(format!("{:?}", ControlType::from_key(record?.key)?).to_lowercase())),
        None => Ok(Some("emptied".to_owned())),
    }
}

fn row<'a>(file: &'a Path, position: u64, batch: &ValidBatch<'_>, control: Option<String>) -> Row<'a> {
    let header = batch.header();
    Row {
        file,
        position,
        size_bytes: batch.bytes().len(),
        first_offset: header.base_offset,
        last_offset: header.last_offset(),
        records: header.record_count,
        codec: header.attributes.codec().map_or("unknown", |codec| codec.name()),
        max_timestamp_ms: header.max_timestamp_ms,
        append_time: header.attributes.is_append_time(),
        leader_epoch: header.leader_epoch,
        producer_id: header.producer_id,
        producer_epoch: header.producer_epoch,
        base_sequence: header.base_sequence,
        transactional: header.attributes.is_transactional(),
        control,
        delete_horizon_ms: header.delete_horizon_ms(),
    }
}

fn record_row(record: &Record<'_>) -> RecordRow {
    let text =
        |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap_or_else(|_| bytes.escape_ascii().to_string());
    RecordRow {
        offset: record.offset,
        timestamp_ms: record.timestamp_ms,
        key: record.key.map(text),
        value: record.value.map(text),
        headers: record.headers.iter().map(|header| (text(header.key), header.value.map(text))).collect(),
    }
}

fn print_batch(row: &Row<'_>, output: Output, out: &mut dyn Write) -> Result<(), Error> {
    if output == Output::Json {
        return print_json(row, out);
    }
    write!(
        out,
        "{} byte {}: offsets {}..={}, {} records, {} bytes, {}",
        row.file.display(),
        row.position,
        row.first_offset,
        row.last_offset,
        row.records,
        row.size_bytes,
        row.codec,
    )?;
    if row.producer_id >= 0 {
        write!(
            out,
            ", producer {} epoch {} sequence {}",
            row.producer_id, row.producer_epoch, row.base_sequence
        )?;
    }
    let marks = [
        (row.transactional, "transactional"),
        (row.append_time, "append time"),
        (row.delete_horizon_ms.is_some(), "delete horizon"),
    ];
    for (_, mark) in marks.into_iter().filter(|(set, _)| *set) {
        write!(out, ", {mark}")?;
    }
    if let Some(control) = &row.control {
        write!(out, ", control: {control}")?;
    }
    writeln!(out)?;
    Ok(())
}

fn print_record(row: &RecordRow, output: Output, out: &mut dyn Write) -> Result<(), Error> {
    if output == Output::Json {
        return print_json(row, out);
    }
    let text = |value: &Option<String>| value.as_ref().map_or("null".to_owned(), |text| format!("{text:?}"));
    write!(out, "  {} @ {} {} = {}", row.offset, row.timestamp_ms, text(&row.key), text(&row.value))?;
    for (name, value) in &row.headers {
        write!(out, " [{name}: {}]", text(value))?;
    }
    writeln!(out)?;
    Ok(())
}

fn print_json(row: &impl Serialize, out: &mut dyn Write) -> Result<(), Error> {
    serde_json::to_writer(&mut *out, row).map_err(io::Error::from)?;
    out.write_all(b"\n")?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use watershed_protocol::batch::{BatchBuilder, BatchOptions, Codec, Header};

    fn segment() -> Vec<u8> {
        let mut file = Vec::new();
        let mut batch = Vec::new();
        let options = BatchOptions { codec: Codec::Zstd, producer_id: 7, ..BatchOptions::default() };
        let mut builder = BatchBuilder::new(options);
        builder.append(1_000, Some(b"k"), Some(b"\xff"), &[Header::new("h", b"v")]).unwrap();
        builder.append(1_001, None, None, &[]).unwrap();
        builder.finish(&mut batch).unwrap();
        file.extend_from_slice(&batch);
        builder.start(BatchOptions { base_offset: 2, control: true, transactional: true, ..options });
        builder.append(1_002, Some(&ControlType::Commit.to_key()), Some(&[0; 6]), &[]).unwrap();
        builder.finish(&mut batch).unwrap();
        file.extend_from_slice(&batch);
        file
    }

    fn shown(bytes: &[u8], output: Output) -> (String, Result<(), Error>) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("0.log");
        std::fs::write(&path, bytes).unwrap();
        let options = Options { files: vec![path], records: true, batch_bytes_max: 1 << 20 };
        let mut out = Vec::new();
        let outcome = run(&options, output, &mut out);
        (String::from_utf8(out).unwrap().replace(&folder.path().display().to_string(), ""), outcome)
    }

    #[test]
    fn batches_records_and_markers_are_shown() {
        let (text, outcome) = shown(&segment(), Output::Text);
        outcome.unwrap();
        assert!(text.contains("offsets 0..=1, 2 records"), "{text}");
        assert!(text.contains("zstd, producer 7 epoch -1 sequence -1"), "{text}");
        assert!(text.contains("  0 @ 1000 \"k\" = \"\\\\xff\" [h: \"v\"]"), "{text}");
        assert!(text.contains("  1 @ 1001 null = null"), "{text}");
        assert!(text.contains("offsets 2..=2, 1 records") && text.contains("control: commit"), "{text}");
    }

    #[test]
    fn json_is_one_object_a_line() {
        let (text, outcome) = shown(&segment(), Output::Json);
        outcome.unwrap();
        let rows =
            text.lines().map(serde_json::from_str).collect::<Result<Vec<serde_json::Value>, _>>().unwrap();
        assert_eq!(rows.len(), 4);
        assert_eq!(rows[0]["last_offset"], 1);
        assert_eq!(rows[3]["control"], "commit");
    }

    #[test]
    fn damage_is_reported_by_file_and_position_after_what_is_good() {
        let mut bytes = segment();
        let first = RawBatch::split_first(&bytes).unwrap().0.bytes().len();
        *bytes.last_mut().unwrap() ^= 1;
        let (text, outcome) = shown(&bytes, Output::Text);
        assert!(text.contains("offsets 0..=1") && !text.contains("offsets 2..=2"), "{text}");
        let error = outcome.unwrap_err().to_string();
        assert!(error.contains(&format!("is damaged at byte {first}: the batch's CRC32C is")), "{error}");
    }

    #[test]
    fn a_torn_tail_and_preallocated_zeros_are_told_apart() {
        let bytes = segment();
        let (_, torn) = shown(&bytes[..bytes.len() - 1], Output::Text);
        let error = torn.unwrap_err().to_string();
        assert!(error.contains("bytes and") && error.contains("are here: fetch or read the rest"), "{error}");
        let (_, padded) = shown(&[&bytes[..], &[0; 4096]].concat(), Output::Text);
        padded.unwrap();
    }

    #[test]
    fn a_batch_over_the_limit_is_refused_before_it_is_read() {
        let mut bytes = segment();
        bytes[8..12].copy_from_slice(&i32::MAX.to_be_bytes());
        let error = shown(&bytes, Output::Text).1.unwrap_err().to_string();
        assert!(error.contains("over --batch-bytes-max 1048576"), "{error}");
    }
}

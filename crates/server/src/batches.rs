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
    #[error("{} is a directory: give its .log files", path.display())]
    Directory { path: PathBuf },
    #[error("cannot read {} at byte {position}: {source}", path.display())]
    Read { path: PathBuf, position: u64, source: io::Error },
    #[error(
        "{} is damaged at byte {position}: {source}; what lies before is good, and a replica may have the rest",
        path.display()
    )]
    Damaged { path: PathBuf, position: u64, source: BatchError },
    #[error(
        "{} ends at byte {end} inside the batch that begins at byte {position}: it is still being written, or was torn",
        path.display()
    )]
    Torn { path: PathBuf, position: u64, end: u64 },
    #[error(
        "{} has at byte {position} a batch of over {bytes_max} bytes, compressed or not: raise --batch-bytes-max",
        path.display()
    )]
    TooLarge { path: PathBuf, position: u64, bytes_max: usize },
    #[error("{} has at byte {position} what cannot be read: {source}", path.display())]
    Unsupported { path: PathBuf, position: u64, source: BatchError },
    #[error("cannot write the result: {0}")]
    Output(#[from] io::Error),
}

/// Why no batch was read.
#[derive(Debug, thiserror::Error)]
enum ReadError {
    #[error(transparent)]
    File(#[from] io::Error),
    #[error(transparent)]
    Batch(#[from] BatchError),
}

/// What a batch that was refused means to who looks at the file.
fn refusal(path: &Path, position: u64, bytes_max: usize, source: BatchError) -> Error {
    let path = path.to_owned();
    match source {
        BatchError::Truncated { available, .. } => {
            Error::Torn { path, position, end: position + available as u64 }
        }
        BatchError::TooLarge { .. } => Error::TooLarge { path, position, bytes_max },
        BatchError::UnsupportedMagic(_) => Error::Unsupported { path, position, source },
        _ => Error::Damaged { path, position, source },
    }
}

/// One batch, as it is printed.
#[derive(Debug, Serialize)]
struct Row<'a> {
    kind: &'static str,
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
struct RecordRow<'a> {
    kind: &'static str,
    file: &'a Path,
    offset: i64,
    timestamp_ms: i64,
    key: Option<Bytes<'a>>,
    value: Option<Bytes<'a>>,
    headers: Vec<(Bytes<'a>, Option<Bytes<'a>>)>,
}

/// Bytes as people and programs see them: text where they are UTF-8, else marked as what they are.
#[derive(Debug, Serialize)]
#[serde(rename_all = "lowercase")]
enum Bytes<'a> {
    Hex(String),
    #[serde(untagged)]
    Text(&'a str),
}

impl<'a> From<&'a [u8]> for Bytes<'a> {
    fn from(bytes: &'a [u8]) -> Self {
        match std::str::from_utf8(bytes) {
            Ok(text) => Self::Text(text),
            Err(_) => Self::Hex(bytes.iter().map(|byte| format!("{byte:02x}")).collect()),
        }
    }
}

/// Escaped, so that a record cannot forge lines or steer the terminal.
impl std::fmt::Display for Bytes<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Text(text) => write!(f, "{text:?}"),
            Self::Hex(hex) => write!(f, "0x{hex}"),
        }
    }
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
    let opened = File::open(path).map_err(open)?;
    if opened.metadata().map_err(open)?.is_dir() {
        return Err(Error::Directory { path: path.to_owned() });
    }
    let mut input = BufReader::new(opened);
    let mut bytes = Vec::new();
    let mut position = 0;
    loop {
        let read = |source| Error::Read { path: path.to_owned(), position, source };
        let refused = |source| refusal(path, position, options.batch_bytes_max, source);
        match read_batch(&mut input, &mut bytes, options.batch_bytes_max) {
            Ok(true) => {}
            Ok(false) => return Ok(()),
            Err(ReadError::File(error)) => return Err(read(error)),
            Err(ReadError::Batch(error)) => return Err(refused(error)),
        }
        if bytes.iter().all(|&byte| byte == 0) && is_zeros(&mut input).map_err(read)? {
            return Ok(());
        }
        let batch = RawBatch::parse(&bytes).and_then(RawBatch::validate).map_err(refused)?;
        let control = control(&batch, reader).map_err(refused)?;
        print_batch(&row(path, position, &batch, control), output, out)?;
        if options.records && !batch.header().attributes.is_control() {
            for record in reader.records(&batch).map_err(refused)? {
                print_record(&record_row(path, &record.map_err(refused)?), output, out)?;
            }
        }
        position += bytes.len() as u64;
    }
}

/// Reads the next batch, or what is there of it, into `bytes`; false at the end of the file.
fn read_batch(input: &mut impl Read, bytes: &mut Vec<u8>, bytes_max: usize) -> Result<bool, ReadError> {
    bytes.clear();
    input.take(HEADER_BYTES as u64).read_to_end(bytes)?;
    match RawBatch::split_first(bytes) {
        // Only a truncated batch says how much is missing; every other error will be met again by the caller.
        Err(BatchError::Truncated { needed, .. }) if needed > bytes.len() && bytes.len() == HEADER_BYTES => {
            if needed > bytes_max {
                return Err(BatchError::TooLarge { limit_bytes: bytes_max }.into());
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
        Some(record) => Ok(Some(control_name(ControlType::from_key(record?.key)?))),
        None => Ok(Some("emptied".to_owned())),
    }
}

fn control_name(control: ControlType) -> String {
    match control {
        ControlType::Abort => "abort".to_owned(),
        ControlType::Commit => "commit".to_owned(),
        ControlType::LeaderChange => "leader-change".to_owned(),
        ControlType::SnapshotHeader => "snapshot-header".to_owned(),
        ControlType::SnapshotFooter => "snapshot-footer".to_owned(),
        ControlType::KRaftVersion => "kraft-version".to_owned(),
        ControlType::KRaftVoters => "kraft-voters".to_owned(),
        other => format!("{other:?}").to_lowercase(),
    }
}

fn row<'a>(file: &'a Path, position: u64, batch: &ValidBatch<'_>, control: Option<String>) -> Row<'a> {
    let header = batch.header();
    Row {
        kind: "batch",
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

fn record_row<'a>(file: &'a Path, record: &Record<'a>) -> RecordRow<'a> {
    RecordRow {
        kind: "record",
        file,
        offset: record.offset,
        timestamp_ms: record.timestamp_ms,
        key: record.key.map(Bytes::from),
        value: record.value.map(Bytes::from),
        headers: record
            .headers
            .iter()
            .map(|header| (header.key.into(), header.value.map(Bytes::from)))
            .collect(),
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

fn print_record(row: &RecordRow<'_>, output: Output, out: &mut dyn Write) -> Result<(), Error> {
    if output == Output::Json {
        return print_json(row, out);
    }
    let text = |bytes: &Option<Bytes<'_>>| bytes.as_ref().map_or("null".to_owned(), ToString::to_string);
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
        builder.append(1_000, Some(b"k"), Some(b"\xff"), &[Header::new("h\u{1b}[2J\n", b"v")]).unwrap();
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
        assert!(text.contains(r#"  0 @ 1000 "k" = 0xff ["h\u{1b}[2J\n": "v"]"#), "{text}");
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
        assert_eq!((&rows[1]["kind"], &rows[1]["value"]["hex"]), (&"record".into(), &"ff".into()));
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
        assert!(error.contains("is still being written, or was torn"), "{error}");
        let (_, padded) = shown(&[&bytes[..], &[0; 4096]].concat(), Output::Text);
        padded.unwrap();
    }

    #[test]
    fn a_directory_is_refused_as_one() {
        let folder = tempfile::tempdir().unwrap();
        let options =
            Options { files: vec![folder.path().to_owned()], records: false, batch_bytes_max: 1 << 20 };
        let error = run(&options, Output::Text, &mut Vec::new()).unwrap_err().to_string();
        assert_eq!(error, format!("{} is a directory: give its .log files", folder.path().display()));
    }

    #[test]
    fn a_batch_over_the_limit_is_refused_before_it_is_read() {
        let mut bytes = segment();
        bytes[8..12].copy_from_slice(&i32::MAX.to_be_bytes());
        let error = shown(&bytes, Output::Text).1.unwrap_err().to_string();
        assert!(error.contains("over 1048576 bytes, compressed or not: raise --batch-bytes-max"), "{error}");
    }
}

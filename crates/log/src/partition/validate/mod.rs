//! What Kafka checks of an appended batch before it takes it (`LogValidator`, `ProduceRequest.validateRecords`),
//! without decompressing unless it must.
//!
//! The header alone answers for a compressed batch, with four exceptions for which its records are read: the topic is
//! compacted (every record needs a key), its codec is another, it bounds how old a record may be (the header knows
//! only the newest), or the header's newest time is out of range (the client is told which records are). The records
//! of a batch that is not compressed are always walked: that costs next to nothing behind the CRC.
//!
//! Where the records were read, the header's max timestamp is made to agree with them, as Kafka does. A compressed
//! batch that was not taken apart keeps what its producer said.
//!
//! Gaps against Kafka: a batch of which the records must be read is refused if they take more than
//! [`DECOMPRESSED_BYTES_MAX`]. Bytes behind the batch are refused, not cut off. At most [`RECORD_ERRORS_MAX`] records are
//! named. Records that do not decompress are found only where they are read.

use watershed_protocol::ErrorCode;
use watershed_protocol::batch::{
    BatchBuilder, BatchError, BatchHeader, BatchOptions, BatchReader, Codec, HEADER_BYTES,
    LENGTH_PREFIX_BYTES, RawBatch, Rewrite, ValidBatch, crc32c,
};

use super::append::{AppendError, Origin};

/// Records that a refusal names at most: a batch of a megabyte can hold 150,000 bad ones.
const RECORD_ERRORS_MAX: usize = 1_000;

/// A batch that decompresses to more is refused where its records must be read, unless `max.message.bytes` itself is
/// more. Batches are a megabyte by default, before they are compressed.
pub(crate) const DECOMPRESSED_BYTES_MAX: usize = 32 << 20;

/// Whose timestamps a topic keeps (`message.timestamp.type`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum TimestampType {
    CreateTime,
    LogAppendTime,
}

/// How a topic's batches are compressed (`compression.type`, `compression.*.level`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Compression {
    /// As the producer did it.
    Producer,
    /// With this codec, and this level if one is set.
    Fixed(Codec, Option<i32>),
}

/// What a topic's settings say of appended batches.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct AppendRules {
    /// `max.message.bytes`: of a batch, compressed, its header included.
    pub(crate) batch_bytes_max: usize,
    /// `segment.bytes`: no batch may be larger than a segment.
    pub(crate) segment_bytes_max: u64,
    pub(crate) timestamp_type: TimestampType,
    /// `message.timestamp.before.max.ms`
    pub(crate) before_max_ms: i64,
    /// `message.timestamp.after.max.ms`
    pub(crate) after_max_ms: i64,
    pub(crate) compression: Compression,
    /// `cleanup.policy` contains compact: every record needs a key.
    pub(crate) compacted: bool,
}

impl AppendRules {
    /// Whether such a batch has to be compressed anew.
    pub(crate) fn recompresses(&self, records: &[u8]) -> bool {
        match self.compression {
            Compression::Producer => false,
            Compression::Fixed(wanted, _) => codec(records).is_some_and(|codec| codec != wanted),
        }
    }
}

/// A batch that may be written: exactly one, CRC checked or freshly made.
#[derive(Debug)]
pub(crate) struct Checked<'a> {
    /// Its CRC is right. Base offset and leader epoch lie outside of the CRC: set them, and write
    /// `header.write()` with [`body`](Self::body) behind it.
    pub(crate) header: BatchHeader,
    body: Body<'a>,
}

#[derive(Debug)]
enum Body<'a> {
    Shared(&'a [u8]),
    /// A whole batch, its header included.
    Rebuilt(Vec<u8>),
}

impl Checked<'_> {
    /// What stands behind the header.
    pub(crate) fn body(&self) -> &[u8] {
        match &self.body {
            Body::Shared(body) => body,
            Body::Rebuilt(batch) => &batch[HEADER_BYTES..],
        }
    }

    /// All of it, header included.
    #[cfg(test)]
    pub(crate) fn size_bytes(&self) -> usize {
        HEADER_BYTES + self.body().len()
    }
}

/// True if the batch is compressed with zstd, which a Produce request before version 7 must not carry
/// (`UNSUPPORTED_COMPRESSION_TYPE`, KIP-110).
pub(crate) fn uses_zstd(records: &[u8]) -> bool {
    codec(records) == Some(Codec::Zstd)
}

/// The codec of the first batch, if there is one.
fn codec(records: &[u8]) -> Option<Codec> {
    BatchHeader::read(records.first_chunk::<HEADER_BYTES>()?).ok()?.attributes.codec().ok()
}

/// Checks the record set of one partition of a produce request, or what a coordinator of this broker appends.
///
/// # Errors
///
/// [`AppendError::Refused`] with Kafka's code for it.
pub(crate) fn validate<'a>(
    records: &'a [u8],
    origin: Origin,
    rules: &AppendRules,
    now_ms: i64,
) -> Result<Checked<'a>, AppendError> {
    let batch = only_batch(records)?;
    check_size(batch.bytes().len(), rules)?;
    let batch = batch.validate().map_err(refusal)?;
    if origin == Origin::Coordinator {
        return as_is(&batch, &time_change(rules, now_ms, None));
    }
    check_header(batch.header())?;
    let codec = batch.header().attributes.codec().map_err(refusal)?;
    match rules.compression {
        Compression::Fixed(wanted, level) if wanted != codec => {
            rebuilt(&batch, (wanted, level), rules, now_ms)
        }
        _ if codec == Codec::None || must_read_records(batch.header(), rules, now_ms) => {
            let max_timestamp_ms = walk(&batch, rules, now_ms)?;
            as_is(&batch, &time_change(rules, now_ms, Some(max_timestamp_ms)))
        }
        _ => as_is(&batch, &time_change(rules, now_ms, None)),
    }
}

/// The one batch that a record set may hold.
fn only_batch(records: &[u8]) -> Result<RawBatch<'_>, AppendError> {
    if records.is_empty() {
        return Err(invalid("the record set is empty: send one batch for each partition"));
    }
    let (batch, rest) = RawBatch::split_first(records).map_err(|error| match error {
        // A bit that flipped on the way is the network's fault, and worth another try; a header that its producer
        // signed is not.
        BatchError::Corrupt(_) | BatchError::UnknownCodec(_) if !crc_is_right(records) => {
            AppendError::refused(ErrorCode::CorruptMessage, format!("{error}, and its CRC is wrong"))
        }
        other => refusal(other),
    })?;
    if !rest.is_empty() {
        return Err(invalid("more than one batch for a partition: send exactly one"));
    }
    Ok(batch)
}

/// Whether the CRC of a batch with an implausible header is right; false where its size is implausible too.
fn crc_is_right(records: &[u8]) -> bool {
    let Some(head) = records.first_chunk::<HEADER_BYTES>() else { return false };
    let Ok(header) = BatchHeader::read(head) else { return false };
    let size_bytes = usize::try_from(header.length_bytes).ok().map(|length| length + LENGTH_PREFIX_BYTES);
    size_bytes
        .filter(|&size| size >= HEADER_BYTES)
        .and_then(|size| records.get(21..size))
        .is_some_and(|signed| crc32c(signed) == header.crc)
}

fn check_size(batch_bytes: usize, rules: &AppendRules) -> Result<(), AppendError> {
    if batch_bytes > rules.batch_bytes_max {
        let limit = rules.batch_bytes_max;
        return Err(AppendError::refused(
            ErrorCode::MessageTooLarge,
            format!("the batch takes {batch_bytes} bytes and max.message.bytes of the topic is {limit}"),
        ));
    }
    if u64::try_from(batch_bytes).unwrap_or(u64::MAX) > rules.segment_bytes_max {
        let limit = rules.segment_bytes_max;
        return Err(AppendError::refused(
            ErrorCode::RecordListTooLarge,
            format!("the batch takes {batch_bytes} bytes and segment.bytes of the topic is {limit}"),
        ));
    }
    Ok(())
}

/// What a client's header must say.
fn check_header(header: &BatchHeader) -> Result<(), AppendError> {
    if header.base_offset != 0 {
        return Err(invalid(format!("the base offset is {}: a producer's is 0", header.base_offset)));
    }
    if header.record_count <= 0 || i64::from(header.record_count) != header.offset_count() {
        return Err(invalid(format!(
            "the batch says {} records and a last offset of {}",
            header.record_count, header.last_offset_delta
        )));
    }
    if header.attributes.is_control() {
        return Err(invalid("control batches are written by the broker alone"));
    }
    if header.producer_id >= 0 {
        if header.base_sequence < 0 || header.producer_epoch < 0 {
            return Err(invalid(format!(
                "producer id {} comes with sequence {} and epoch {}: neither may be negative",
                header.producer_id, header.base_sequence, header.producer_epoch
            )));
        }
    } else if header.attributes.is_transactional() {
        return Err(invalid("the batch is transactional and names no producer id"));
    }
    Ok(())
}

/// Whether the records of a compressed batch must be read to know that each may be taken.
fn must_read_records(header: &BatchHeader, rules: &AppendRules, now_ms: i64) -> bool {
    let times = match rules.timestamp_type {
        // Append time is the broker's alone to claim: the records say what they really have.
        _ if header.attributes.is_append_time() => true,
        TimestampType::LogAppendTime => false,
        TimestampType::CreateTime => {
            rules.before_max_ms < i64::MAX
                || header.max_timestamp_ms > now_ms.saturating_add(rules.after_max_ms)
        }
    };
    rules.compacted || times
}

/// Checks each record; gives the newest time.
fn walk(batch: &ValidBatch<'_>, rules: &AppendRules, now_ms: i64) -> Result<i64, AppendError> {
    let mut reader = reader(rules);
    let check = RecordCheck::new(batch.header(), rules, now_ms);
    let mut faults = Faults::default();
    let mut max_timestamp_ms = -1;
    for (index, record) in (0..).zip(reader.records(batch).map_err(refusal)?) {
        let record = record.map_err(refusal)?;
        if let Some(fault) = check.fault(record.timestamp_ms, record.key.is_some()) {
            faults.add(index, fault);
        }
        max_timestamp_ms = max_timestamp_ms.max(record.timestamp_ms);
    }
    faults.into_result()?;
    Ok(max_timestamp_ms)
}

/// The batch with another codec.
fn rebuilt<'a>(
    batch: &ValidBatch<'a>,
    (codec, level): (Codec, Option<i32>),
    rules: &AppendRules,
    now_ms: i64,
) -> Result<Checked<'a>, AppendError> {
    let mut reader = reader(rules);
    let append_time_ms = (rules.timestamp_type == TimestampType::LogAppendTime).then_some(now_ms);
    let options = BatchOptions::from_header(batch.header()).map_err(refusal)?;
    let mut builder = BatchBuilder::new(BatchOptions { codec, level, append_time_ms, ..options });
    let check = RecordCheck::new(batch.header(), rules, now_ms);
    let mut faults = Faults::default();
    for (index, record) in (0..).zip(reader.records(batch).map_err(refusal)?) {
        let mut record = record.map_err(refusal)?;
        if let Some(fault) = check.fault(record.timestamp_ms, record.key.is_some()) {
            faults.add(index, fault);
        }
        record.timestamp_ms = append_time_ms.unwrap_or(record.timestamp_ms);
        builder.push(&record).map_err(refusal)?;
    }
    faults.into_result()?;
    let mut bytes = Vec::new();
    builder.finish(&mut bytes).map_err(refusal)?;
    check_size(bytes.len(), rules)?;
    let header = *RawBatch::parse(&bytes).map_err(refusal)?.header();
    Ok(Checked { header, body: Body::Rebuilt(bytes) })
}

/// One for each batch that is read, so that what a large one took is given back.
fn reader(rules: &AppendRules) -> BatchReader {
    BatchReader::new(DECOMPRESSED_BYTES_MAX.max(rules.batch_bytes_max))
}

/// What the header must say of time: the broker's, or the newest of the records where these were read.
fn time_change(rules: &AppendRules, now_ms: i64, max_timestamp_ms: Option<i64>) -> Rewrite {
    match rules.timestamp_type {
        TimestampType::LogAppendTime => Rewrite { append_time_ms: Some(now_ms), ..Rewrite::default() },
        TimestampType::CreateTime => Rewrite { create_time_max_ms: max_timestamp_ms, ..Rewrite::default() },
    }
}

/// The batch as it came, but for its header where `change` says so.
fn as_is<'a>(batch: &ValidBatch<'a>, change: &Rewrite) -> Result<Checked<'a>, AppendError> {
    let mut header = *batch.header();
    let changes = match (change.append_time_ms, change.create_time_max_ms) {
        (None, None) => false,
        (None, Some(time_ms)) => time_ms != header.max_timestamp_ms || header.attributes.is_append_time(),
        (Some(_), _) => true,
    };
    if changes {
        header = BatchHeader::read(&batch.rewritten_header(change).map_err(refusal)?).map_err(refusal)?;
    }
    Ok(Checked { header, body: Body::Shared(batch.body()) })
}

/// What may be wrong with one record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fault {
    NoKey,
    TimeOutOfRange(i64),
    ClaimsAppendTime,
}

/// The rules for one record of a batch.
struct RecordCheck {
    compacted: bool,
    /// Set where the topic keeps the producers' times.
    range_ms: Option<(i64, i64)>,
    claims_append_time: bool,
}

impl RecordCheck {
    fn new(header: &BatchHeader, rules: &AppendRules, now_ms: i64) -> Self {
        let range_ms = match rules.timestamp_type {
            TimestampType::LogAppendTime => None,
            TimestampType::CreateTime => {
                Some((now_ms.saturating_sub(rules.before_max_ms), now_ms.saturating_add(rules.after_max_ms)))
            }
        };
        Self { compacted: rules.compacted, range_ms, claims_append_time: header.attributes.is_append_time() }
    }

    #[inline]
    fn fault(&self, timestamp_ms: i64, has_key: bool) -> Option<Fault> {
        if self.compacted && !has_key {
            return Some(Fault::NoKey);
        }
        match self.range_ms {
            // -1 is "none", and always in range.
            Some((from_ms, to_ms)) if timestamp_ms != -1 => (timestamp_ms < from_ms || timestamp_ms > to_ms)
                .then_some(Fault::TimeOutOfRange(timestamp_ms)),
            _ => self.claims_append_time.then_some(Fault::ClaimsAppendTime),
        }
    }
}

/// The records at fault, as KIP-467 wants them named.
#[derive(Default)]
struct Faults {
    records: Vec<(i32, String)>,
    count: usize,
    about_time: bool,
}

impl Faults {
    #[cold]
    fn add(&mut self, index: i32, fault: Fault) {
        self.count += 1;
        self.about_time |= fault != Fault::NoKey;
        if self.records.len() == RECORD_ERRORS_MAX {
            return;
        }
        let text = match fault {
            Fault::NoKey => "the topic is compacted and the record has no key".to_owned(),
            Fault::TimeOutOfRange(time_ms) => format!(
                "the timestamp {time_ms} is outside of what message.timestamp.before.max.ms and \
                 message.timestamp.after.max.ms of the topic allow"
            ),
            Fault::ClaimsAppendTime => "append time is set by the broker, not by a producer".to_owned(),
        };
        self.records.push((index, text));
    }

    fn into_result(self) -> Result<(), AppendError> {
        let Some((index, text)) = self.records.first() else { return Ok(()) };
        let code = if self.about_time { ErrorCode::InvalidTimestamp } else { ErrorCode::InvalidRecord };
        let message = format!("{} records are refused, the first at index {index}: {text}", self.count);
        Err(AppendError::Refused { code, message, records: self.records })
    }
}

fn invalid(message: impl Into<String>) -> AppendError {
    AppendError::refused(ErrorCode::InvalidRecord, message)
}

/// Kafka's code for a batch that cannot be read.
fn refusal(error: BatchError) -> AppendError {
    let code = match &error {
        BatchError::CrcMismatch { .. } => ErrorCode::CorruptMessage,
        BatchError::TooLarge { .. } => ErrorCode::MessageTooLarge,
        _ => ErrorCode::InvalidRecord,
    };
    AppendError::refused(code, error.to_string())
}

#[cfg(test)]
mod tests;

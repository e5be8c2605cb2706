//! What Kafka checks of an appended batch before it takes it (`LogValidator`), without decompressing unless it must.

use watershed_protocol::batch::{BatchReader, Codec};

use super::append::AppendError;

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

/// A batch that may be written: exactly one, CRC checked or freshly made.
#[derive(Debug)]
pub(crate) enum Checked<'a> {
    /// As it came in, but for a new header (append time).
    AsIs { header: watershed_protocol::batch::BatchHeader, body: &'a [u8] },
    /// Compressed anew.
    Rebuilt(Vec<u8>),
}

/// Checks the record set of one partition of a produce request.
///
/// # Errors
///
/// [`AppendError::Refused`] with Kafka's code for it.
pub(crate) fn validate<'a>(
    _records: &'a [u8],
    _rules: &AppendRules,
    _now_ms: i64,
    _reader: &mut BatchReader,
) -> Result<Checked<'a>, AppendError> {
    Err(AppendError::Closed("skeleton".to_owned()))
}

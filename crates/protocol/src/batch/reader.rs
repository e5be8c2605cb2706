//! The record view of a batch, for reading.

use super::codec::Decompressor;
use super::record::take_nullable;
use super::{BatchError, BatchHeader, Headers, Record, ValidBatch};
use crate::varint;

/// Takes batches apart, one after another, into one buffer that it keeps.
///
/// Its memory is at most the limit that it was made with, half as much again for the moment in which the buffer grows,
/// and 200 KB for the contexts of gzip and zstd; a batch that is not compressed takes none.
#[derive(Debug)]
pub struct BatchReader {
    decompressor: Decompressor,
}

impl BatchReader {
    /// A reader that refuses a batch of more than `limit_bytes` decompressed bytes.
    #[must_use]
    pub fn new(limit_bytes: usize) -> Self {
        Self { decompressor: Decompressor::new(limit_bytes) }
    }

    /// The records of `batch`. Decompresses them; each is checked as it is reached.
    ///
    /// The records of a control batch are Kafka's own: see [`ControlType`](super::ControlType).
    ///
    /// # Errors
    ///
    /// [`BatchError::Decompress`] and [`BatchError::TooLarge`]; the iterator reports [`BatchError::Corrupt`].
    pub fn records<'a>(&'a mut self, batch: &ValidBatch<'a>) -> Result<Records<'a>, BatchError> {
        let header = *batch.header();
        let bytes = match header.attributes.codec()? {
            // What compaction left of a batch may keep the codec's bits without an empty stream behind them.
            _ if header.record_count == 0 && batch.body().is_empty() => batch.body(),
            codec => self.decompressor.run(codec, batch.body())?,
        };
        Ok(Records { header, rest: bytes, left: header.record_count, next_delta: 0, failed: false })
    }
}

/// Iterates over the records of one batch. After an error there is nothing more.
#[derive(Debug, Clone)]
pub struct Records<'a> {
    header: BatchHeader,
    rest: &'a [u8],
    left: i32,
    /// The smallest offset delta that the next record may have.
    next_delta: i64,
    failed: bool,
}

impl<'a> Records<'a> {
    /// The decompressed records that were not yet read, as they lie in the batch.
    #[must_use]
    pub const fn rest(&self) -> &'a [u8] {
        self.rest
    }

    #[inline]
    fn take_record(&mut self) -> Result<Record<'a>, BatchError> {
        const OUTSIDE: BatchError = BatchError::Corrupt("a key or value ends outside its record");
        let mut bytes =
            take_bytes(&mut self.rest).ok_or(BatchError::Corrupt("a record ends outside the batch"))?;
        let (offset_delta, timestamp_delta) = take_deltas(&mut bytes)
            .ok_or(BatchError::Corrupt("a record's time or offset ends outside it"))?;
        if offset_delta < self.next_delta || offset_delta > i64::from(self.header.last_offset_delta) {
            return Err(BatchError::Corrupt(
                "a record's offset is outside the batch or not after the one before",
            ));
        }
        self.next_delta = offset_delta + 1;
        let key = take_nullable(&mut bytes).ok_or(OUTSIDE)?;
        let value = take_nullable(&mut bytes).ok_or(OUTSIDE)?;
        let headers = match bytes {
            [0] => Headers::NONE,
            _ => take_headers(bytes)?,
        };
        let timestamp_ms = if self.header.attributes.is_append_time() {
            self.header.max_timestamp_ms
        } else {
            self.header.base_timestamp_ms.wrapping_add(timestamp_delta)
        };
        Ok(Record { offset: self.header.base_offset + offset_delta, timestamp_ms, key, value, headers })
    }
}

impl<'a> Iterator for Records<'a> {
    type Item = Result<Record<'a>, BatchError>;

    #[inline]
    fn next(&mut self) -> Option<Self::Item> {
        if self.failed {
            return None;
        }
        if self.left == 0 {
            if self.rest.is_empty() {
                return None;
            }
            self.failed = true;
            return Some(Err(BatchError::Corrupt("bytes follow its last record")));
        }
        self.left -= 1;
        let record = self.take_record();
        self.failed = record.is_err();
        Some(record)
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        // One more for the error of bytes that follow.
        (0, usize::try_from(self.left).ok().and_then(|left| left.checked_add(1)))
    }
}

/// Takes a record's length and that many bytes.
#[inline]
fn take_bytes<'a>(bytes: &mut &'a [u8]) -> Option<&'a [u8]> {
    let length = usize::try_from(take_varint(bytes)?).ok()?;
    let (taken, rest) = bytes.split_at_checked(length)?;
    *bytes = rest;
    Some(taken)
}

/// Takes a record's attributes (which have no meaning yet), time delta and offset delta.
#[inline]
fn take_deltas(bytes: &mut &[u8]) -> Option<(i64, i64)> {
    let (_attributes, rest) = bytes.split_first()?;
    let (timestamp_delta, used) = varint::read_i64(rest)?;
    *bytes = &rest[used..];
    Some((i64::from(take_varint(bytes)?), timestamp_delta))
}

/// Takes what is left of a record: how many headers, and these.
fn take_headers(mut bytes: &[u8]) -> Result<Headers<'_>, BatchError> {
    let count = take_varint(&mut bytes)
        .and_then(|count| u32::try_from(count).ok())
        .ok_or(BatchError::Corrupt("a record's header count is negative or cut off"))?;
    Headers::from_encoded(bytes, count)
}

#[inline]
fn take_varint(bytes: &mut &[u8]) -> Option<i32> {
    let (value, used) = varint::read_i32(bytes)?;
    *bytes = &bytes[used..];
    Some(value)
}

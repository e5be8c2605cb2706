//! The record view of a batch, for writing.

use super::codec::{Codec, Compressor};
use super::header::{CRC_START, HEADER_BYTES, LENGTH_PREFIX_BYTES};
use super::{
    Attributes, BatchError, BatchHeader, Header, Headers, NO_PRODUCER_EPOCH, NO_PRODUCER_ID, NO_SEQUENCE,
    Record, crc,
};
use crate::varint;

/// What a batch's header shall say beyond what follows from its records.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BatchOptions {
    /// How the records are compressed.
    pub codec: Codec,
    /// The codec's own level: gzip 0 to 9, zstd -7 to 22, ignored by the others. `None` is what Kafka's clients use.
    pub level: Option<i32>,
    /// Offset of the first record: 0 from a producer.
    pub base_offset: i64,
    /// The batch's last offset, where compaction removed the last record; `None` takes the last record's.
    pub last_offset: Option<i64>,
    /// Epoch of the leader; -1 from a producer.
    pub leader_epoch: i32,
    /// -1 for none.
    pub producer_id: i64,
    /// -1 for none.
    pub producer_epoch: i16,
    /// Sequence of the first record; -1 for none.
    pub base_sequence: i32,
    /// Whether the batch belongs to a transaction.
    pub transactional: bool,
    /// Whether the records are Kafka's own markers.
    pub control: bool,
    /// The time of the append in milliseconds, if that shall be every record's time.
    pub append_time_ms: Option<i64>,
    /// Milliseconds from which tombstones may be removed (KIP-534).
    pub delete_horizon_ms: Option<i64>,
    /// The max timestamp of a batch without records, in milliseconds; -1 for none. With records it follows from them.
    pub empty_max_timestamp_ms: i64,
}

impl Default for BatchOptions {
    fn default() -> Self {
        Self {
            codec: Codec::None,
            level: None,
            base_offset: 0,
            last_offset: None,
            leader_epoch: -1,
            producer_id: NO_PRODUCER_ID,
            producer_epoch: NO_PRODUCER_EPOCH,
            base_sequence: NO_SEQUENCE,
            transactional: false,
            control: false,
            append_time_ms: None,
            delete_horizon_ms: None,
            empty_max_timestamp_ms: -1,
        }
    }
}

impl BatchOptions {
    /// What rebuilds a batch with this header from its records, or from some of them: same offsets, same times, same
    /// producer. Attribute bits that are not known here go: what they would promise of the new batch is not known.
    ///
    /// # Errors
    ///
    /// [`BatchError::UnknownCodec`].
    pub fn from_header(header: &BatchHeader) -> Result<Self, BatchError> {
        Ok(Self {
            codec: header.attributes.codec()?,
            level: None,
            base_offset: header.base_offset,
            last_offset: Some(header.last_offset()),
            leader_epoch: header.leader_epoch,
            producer_id: header.producer_id,
            producer_epoch: header.producer_epoch,
            base_sequence: header.base_sequence,
            transactional: header.attributes.is_transactional(),
            control: header.attributes.is_control(),
            append_time_ms: header.attributes.is_append_time().then_some(header.max_timestamp_ms),
            delete_horizon_ms: header.delete_horizon_ms(),
            empty_max_timestamp_ms: header.max_timestamp_ms,
        })
    }

    fn attributes(&self) -> Attributes {
        Attributes::new(self.codec)
            .with_append_time(self.append_time_ms.is_some())
            .with_transactional(self.transactional)
            .with_control(self.control)
            .with_delete_horizon(self.delete_horizon_ms.is_some())
    }
}

/// Builds batches, one after another, in buffers that it keeps.
#[derive(Debug)]
pub struct BatchBuilder {
    options: BatchOptions,
    compressor: Compressor,
    /// Room for the header, then the records, not compressed.
    buffer: Vec<u8>,
    record_count: i32,
    next_offset: i64,
    base_timestamp_ms: Option<i64>,
    max_timestamp_ms: i64,
}

impl BatchBuilder {
    /// A builder for a batch with these options.
    #[must_use]
    pub fn new(options: BatchOptions) -> Self {
        let mut builder = Self {
            options,
            compressor: Compressor::default(),
            buffer: Vec::new(),
            record_count: 0,
            next_offset: 0,
            base_timestamp_ms: None,
            max_timestamp_ms: -1,
        };
        builder.start(options);
        builder
    }

    /// Drops what was pushed and begins another batch.
    pub fn start(&mut self, options: BatchOptions) {
        self.options = options;
        self.buffer.clear();
        self.buffer.resize(HEADER_BYTES, 0);
        self.record_count = 0;
        self.next_offset = options.base_offset;
        self.base_timestamp_ms = options.delete_horizon_ms;
        self.max_timestamp_ms = -1;
    }

    /// Adds a record behind the last one, at the next offset.
    ///
    /// # Errors
    ///
    /// [`BatchError::Unencodable`]; the batch is as it was.
    pub fn append(
        &mut self,
        timestamp_ms: i64,
        key: Option<&[u8]>,
        value: Option<&[u8]>,
        headers: &[Header<'_>],
    ) -> Result<(), BatchError> {
        let headers = Headers::from_list(headers);
        self.push(&Record { offset: self.next_offset, timestamp_ms, key, value, headers })
    }

    /// Adds a record at its own offset, which must come after the last one's; gaps are kept.
    ///
    /// # Errors
    ///
    /// [`BatchError::Unencodable`]; the batch is as it was.
    pub fn push(&mut self, record: &Record<'_>) -> Result<(), BatchError> {
        if record.offset < self.next_offset {
            return Err(BatchError::Unencodable("its offset is not after the last one's"));
        }
        let offset_delta = record
            .offset
            .checked_sub(self.options.base_offset)
            .and_then(|delta| i32::try_from(delta).ok())
            .ok_or(BatchError::Unencodable("its offset is over 2^31 after the batch's first"))?;
        let next_offset = record
            .offset
            .checked_add(1)
            .ok_or(BatchError::Unencodable("there is no offset after its own"))?;
        let base_timestamp_ms = self.base_timestamp_ms.unwrap_or(record.timestamp_ms);
        let timestamp_delta = record.timestamp_ms.wrapping_sub(base_timestamp_ms);
        encode(&mut self.buffer, record, timestamp_delta, offset_delta)?;
        self.record_count += 1;
        self.next_offset = next_offset;
        self.base_timestamp_ms = Some(base_timestamp_ms);
        self.max_timestamp_ms = self.max_timestamp_ms.max(record.timestamp_ms);
        Ok(())
    }

    /// Records pushed so far.
    #[must_use]
    pub const fn record_count(&self) -> i32 {
        self.record_count
    }

    /// Bytes that the batch would take without compression.
    #[must_use]
    pub const fn uncompressed_bytes(&self) -> usize {
        self.buffer.len()
    }

    /// Puts the batch into `out`, in place of what was there, and begins another with the same options.
    ///
    /// `out`'s old buffer is kept for the next batch where that saves a copy; its new one may have room for the batch
    /// without compression. On an error the pushed records are dropped and `out` is empty.
    ///
    /// # Errors
    ///
    /// [`BatchError::Unencodable`] without records (unless the options name a last offset), or where the batch
    /// passes 2^31 bytes.
    pub fn finish(&mut self, out: &mut Vec<u8>) -> Result<(), BatchError> {
        out.clear();
        let header = self.header();
        let built = header.and_then(|header| self.seal(header, out));
        if built.is_err() {
            out.clear();
        }
        self.start(self.options);
        built
    }

    /// Moves or compresses the records into `out` and puts the finished header in front of them.
    fn seal(&mut self, mut header: BatchHeader, out: &mut Vec<u8>) -> Result<(), BatchError> {
        if self.options.codec == Codec::None {
            std::mem::swap(&mut self.buffer, out);
        } else {
            out.resize(HEADER_BYTES, 0);
            let records = &self.buffer[HEADER_BYTES..];
            self.compressor.run(self.options.codec, self.options.level, records, out)?;
        }
        header.length_bytes = i32::try_from(out.len() - LENGTH_PREFIX_BYTES)
            .map_err(|_| BatchError::Unencodable("the batch is over 2^31 bytes"))?;
        out[..HEADER_BYTES].copy_from_slice(&header.write());
        let crc = crc::crc32c(&out[CRC_START..]);
        out[CRC_START - 4..CRC_START].copy_from_slice(&crc.to_be_bytes());
        Ok(())
    }

    /// The header but for its length and CRC.
    fn header(&self) -> Result<BatchHeader, BatchError> {
        let options = &self.options;
        let last_offset = match options.last_offset {
            Some(last) if self.record_count > 0 && last < self.next_offset - 1 => {
                return Err(BatchError::Unencodable("the batch's last offset is before its last record's"));
            }
            Some(last) => last,
            None if self.record_count == 0 => {
                return Err(BatchError::Unencodable("a batch without records needs a last offset"));
            }
            None => self.next_offset - 1,
        };
        let last_offset_delta = last_offset
            .checked_sub(options.base_offset)
            .and_then(|delta| i32::try_from(delta).ok())
            .filter(|&delta| delta >= 0)
            .ok_or(BatchError::Unencodable("the batch's offsets span over 2^31 or less than one"))?;
        let max_timestamp_ms =
            if self.record_count == 0 { options.empty_max_timestamp_ms } else { self.max_timestamp_ms };
        Ok(BatchHeader {
            base_offset: options.base_offset,
            length_bytes: 0,
            leader_epoch: options.leader_epoch,
            crc: 0,
            attributes: options.attributes(),
            last_offset_delta,
            base_timestamp_ms: self.base_timestamp_ms.unwrap_or(-1),
            max_timestamp_ms: options.append_time_ms.unwrap_or(max_timestamp_ms),
            producer_id: options.producer_id,
            producer_epoch: options.producer_epoch,
            base_sequence: options.base_sequence,
            record_count: self.record_count,
        })
    }
}

/// Bytes of a record before its key at most: length, attributes, two deltas, the key's length.
const PREFIX_BYTES_MAX: usize = 1 + 3 * varint::VARINT_BYTES_MAX + varint::VARLONG_BYTES_MAX;

/// Appends a record: all or, on an error, nothing.
fn encode(
    out: &mut Vec<u8>,
    record: &Record<'_>,
    timestamp_delta: i64,
    offset_delta: i32,
) -> Result<(), BatchError> {
    let too_large = BatchError::Unencodable("the record or its batch is over 2^31 bytes");
    let header_count = i32::try_from(record.headers.len())
        .map_err(|_| BatchError::Unencodable("it has over 2^31 headers"))?;
    let body_bytes = [
        1 + varint::size_i64(timestamp_delta) + varint::size_i32(offset_delta),
        nullable_size(record.key)?,
        nullable_size(record.value)?,
        varint::size_i32(header_count),
        headers_size(&record.headers)?,
    ]
    .iter()
    .sum::<usize>();
    let length = i32::try_from(body_bytes).map_err(|_| too_large.clone())?;
    if i32::try_from(out.len().saturating_add(PREFIX_BYTES_MAX).saturating_add(body_bytes)).is_err() {
        return Err(too_large);
    }
    out.reserve(varint::VARINT_BYTES_MAX + body_bytes);
    varint::write_i32(out, length);
    out.push(0);
    varint::write_i64(out, timestamp_delta);
    varint::write_i32(out, offset_delta);
    write_nullable(out, record.key);
    write_nullable(out, record.value);
    varint::write_i32(out, header_count);
    match record.headers.encoded() {
        Some(bytes) => out.extend_from_slice(bytes),
        None => {
            for header in record.headers {
                write_nullable(out, Some(header.key));
                write_nullable(out, header.value);
            }
        }
    }
    Ok(())
}

fn headers_size(headers: &Headers<'_>) -> Result<usize, BatchError> {
    match headers.encoded() {
        Some(bytes) => Ok(bytes.len()),
        None => headers.iter().try_fold(0, |size, header| {
            Ok(size + nullable_size(Some(header.key))? + nullable_size(header.value)?)
        }),
    }
}

#[inline]
fn nullable_size(bytes: Option<&[u8]>) -> Result<usize, BatchError> {
    let Some(bytes) = bytes else { return Ok(1) };
    let length = i32::try_from(bytes.len())
        .map_err(|_| BatchError::Unencodable("a key, value or header is over 2^31 bytes"))?;
    Ok(varint::size_i32(length) + bytes.len())
}

/// Appends bytes whose size [`nullable_size`] accepted.
#[inline]
fn write_nullable(out: &mut Vec<u8>, bytes: Option<&[u8]>) {
    let Some(bytes) = bytes else {
        varint::write_i32(out, -1);
        return;
    };
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_possible_wrap,
        reason = "sized before it is written"
    )]
    varint::write_i32(out, bytes.len() as i32);
    out.extend_from_slice(bytes);
}

//! The 61 bytes at the front of a batch, as a struct, and where each field lies.
//!
//! | bytes | field | covered by the CRC |
//! |---|---|---|
//! | 0..8 | base offset | |
//! | 8..12 | length: bytes after this field | |
//! | 12..16 | leader epoch | |
//! | 16 | magic: 2 | |
//! | 17..21 | CRC-32C of all that follows | |
//! | 21..23 | attributes | yes |
//! | 23..27 | last offset delta | yes |
//! | 27..35 | base timestamp, or the delete horizon | yes |
//! | 35..43 | max timestamp | yes |
//! | 43..51 | producer id | yes |
//! | 51..53 | producer epoch | yes |
//! | 53..57 | base sequence | yes |
//! | 57..61 | record count | yes |
//!
//! Source: KIP-98, KIP-534 (delete horizon); Kafka's documentation of the message format.

use super::{BatchError, Codec, crc};

/// Bytes of a batch's header, and of the smallest batch (one without records).
pub const HEADER_BYTES: usize = 61;
/// Bytes in front of what the length field counts.
pub const LENGTH_PREFIX_BYTES: usize = 12;
/// Where the bytes covered by the CRC begin.
pub(super) const CRC_START: usize = 21;
/// The format's number.
pub const MAGIC: i8 = 2;
/// "No producer id", "no producer epoch" and "no sequence" are all -1.
pub const NO_PRODUCER_ID: i64 = -1;
/// See [`NO_PRODUCER_ID`].
pub const NO_PRODUCER_EPOCH: i16 = -1;
/// See [`NO_PRODUCER_ID`].
pub const NO_SEQUENCE: i32 = -1;

/// The attribute bits of a batch.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Attributes(u16);

impl Attributes {
    const CODEC: u16 = 0b111;
    const APPEND_TIME: u16 = 1 << 3;
    const TRANSACTIONAL: u16 = 1 << 4;
    const CONTROL: u16 = 1 << 5;
    const DELETE_HORIZON: u16 = 1 << 6;

    /// Attributes with only that codec: create time, neither transactional nor control.
    #[must_use]
    pub const fn new(codec: Codec) -> Self {
        Self(codec as u16)
    }

    /// The bits as they stand in the header.
    #[must_use]
    pub const fn from_bits(bits: u16) -> Self {
        Self(bits)
    }

    /// The bits as they stand in the header, unknown ones kept.
    #[must_use]
    pub const fn bits(self) -> u16 {
        self.0
    }

    /// The codec of the records.
    ///
    /// # Errors
    ///
    /// [`BatchError::UnknownCodec`] for 5, 6 and 7.
    pub const fn codec(self) -> Result<Codec, BatchError> {
        match self.0 & Self::CODEC {
            0 => Ok(Codec::None),
            1 => Ok(Codec::Gzip),
            2 => Ok(Codec::Snappy),
            3 => Ok(Codec::Lz4),
            4 => Ok(Codec::Zstd),
            other => Err(BatchError::UnknownCodec(other)),
        }
    }

    /// True if the broker set the time at the append; then every record's time is the batch's max timestamp.
    #[must_use]
    pub const fn is_append_time(self) -> bool {
        self.0 & Self::APPEND_TIME != 0
    }

    /// True if the batch belongs to a transaction.
    #[must_use]
    pub const fn is_transactional(self) -> bool {
        self.0 & Self::TRANSACTIONAL != 0
    }

    /// True if the batch holds a marker for Kafka itself, not records of a user.
    #[must_use]
    pub const fn is_control(self) -> bool {
        self.0 & Self::CONTROL != 0
    }

    /// True if the base timestamp is the time from which tombstones may be removed (KIP-534).
    #[must_use]
    pub const fn has_delete_horizon(self) -> bool {
        self.0 & Self::DELETE_HORIZON != 0
    }

    /// The same with append time set or cleared.
    #[must_use]
    pub const fn with_append_time(self, on: bool) -> Self {
        self.with(Self::APPEND_TIME, on)
    }

    /// The same with the transactional bit set or cleared.
    #[must_use]
    pub const fn with_transactional(self, on: bool) -> Self {
        self.with(Self::TRANSACTIONAL, on)
    }

    /// The same with the control bit set or cleared.
    #[must_use]
    pub const fn with_control(self, on: bool) -> Self {
        self.with(Self::CONTROL, on)
    }

    /// The same with the delete horizon bit set or cleared.
    #[must_use]
    pub const fn with_delete_horizon(self, on: bool) -> Self {
        self.with(Self::DELETE_HORIZON, on)
    }

    /// The same with another codec.
    #[must_use]
    pub const fn with_codec(self, codec: Codec) -> Self {
        Self(self.0 & !Self::CODEC | codec as u16)
    }

    const fn with(self, bit: u16, on: bool) -> Self {
        Self(if on { self.0 | bit } else { self.0 & !bit })
    }
}

/// A batch's header. [`write`](Self::write) and [`read`](Self::read) are each other's inverse.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BatchHeader {
    /// Offset of the batch's first record, also where compaction has since removed that record.
    pub base_offset: i64,
    /// Bytes after the length field: the batch's size is this and [`LENGTH_PREFIX_BYTES`].
    pub length_bytes: i32,
    /// Epoch of the leader that appended the batch; -1 from a producer. Outside the CRC.
    pub leader_epoch: i32,
    /// CRC-32C of all that follows it.
    pub crc: u32,
    /// Codec, kind of timestamp, transactional, control, delete horizon.
    pub attributes: Attributes,
    /// The last record's offset less the base offset, also where compaction has since removed that record.
    pub last_offset_delta: i32,
    /// Milliseconds since the epoch that records' times are relative to; the delete horizon, where there is one.
    pub base_timestamp_ms: i64,
    /// The largest time of a record in milliseconds; the time of the append, if that is the kind of timestamp.
    pub max_timestamp_ms: i64,
    /// -1 for none.
    pub producer_id: i64,
    /// -1 for none.
    pub producer_epoch: i16,
    /// Sequence of the first record, by which brokers notice duplicates; -1 for none.
    pub base_sequence: i32,
    /// Records in the batch; after compaction it can be less than the offset range, and 0.
    pub record_count: i32,
}

impl BatchHeader {
    /// Reads a header. Only its magic is checked; [`RawBatch`](super::RawBatch) checks the rest.
    ///
    /// # Errors
    ///
    /// [`BatchError::UnsupportedMagic`] for any format but v2.
    pub fn read(bytes: &[u8; HEADER_BYTES]) -> Result<Self, BatchError> {
        let magic = i8::from_be_bytes([bytes[16]]);
        if magic != MAGIC {
            return Err(BatchError::UnsupportedMagic(magic));
        }
        Ok(Self {
            base_offset: i64::from_be_bytes(field(bytes, 0)),
            length_bytes: i32::from_be_bytes(field(bytes, 8)),
            leader_epoch: i32::from_be_bytes(field(bytes, 12)),
            crc: u32::from_be_bytes(field(bytes, 17)),
            attributes: Attributes(u16::from_be_bytes(field(bytes, 21))),
            last_offset_delta: i32::from_be_bytes(field(bytes, 23)),
            base_timestamp_ms: i64::from_be_bytes(field(bytes, 27)),
            max_timestamp_ms: i64::from_be_bytes(field(bytes, 35)),
            producer_id: i64::from_be_bytes(field(bytes, 43)),
            producer_epoch: i16::from_be_bytes(field(bytes, 51)),
            base_sequence: i32::from_be_bytes(field(bytes, 53)),
            record_count: i32::from_be_bytes(field(bytes, 57)),
        })
    }

    /// The header's bytes, the CRC as it stands in the struct.
    #[must_use]
    pub fn write(&self) -> [u8; HEADER_BYTES] {
        let mut out = [0; HEADER_BYTES];
        out[0..8].copy_from_slice(&self.base_offset.to_be_bytes());
        out[8..12].copy_from_slice(&self.length_bytes.to_be_bytes());
        out[12..16].copy_from_slice(&self.leader_epoch.to_be_bytes());
        out[16..17].copy_from_slice(&MAGIC.to_be_bytes());
        out[17..21].copy_from_slice(&self.crc.to_be_bytes());
        out[21..23].copy_from_slice(&self.attributes.0.to_be_bytes());
        out[23..27].copy_from_slice(&self.last_offset_delta.to_be_bytes());
        out[27..35].copy_from_slice(&self.base_timestamp_ms.to_be_bytes());
        out[35..43].copy_from_slice(&self.max_timestamp_ms.to_be_bytes());
        out[43..51].copy_from_slice(&self.producer_id.to_be_bytes());
        out[51..53].copy_from_slice(&self.producer_epoch.to_be_bytes());
        out[53..57].copy_from_slice(&self.base_sequence.to_be_bytes());
        out[57..61].copy_from_slice(&self.record_count.to_be_bytes());
        out
    }

    /// The last record's offset.
    #[must_use]
    pub const fn last_offset(&self) -> i64 {
        self.base_offset.wrapping_add(self.last_offset_delta as i64)
    }

    /// Offsets that the batch covers. More than [`record_count`](Self::record_count) says that compaction has
    /// removed records.
    #[must_use]
    pub const fn offset_count(&self) -> i64 {
        self.last_offset_delta as i64 + 1
    }

    /// Milliseconds from which tombstones may be removed, where the batch says it.
    #[must_use]
    pub const fn delete_horizon_ms(&self) -> Option<i64> {
        if self.attributes.has_delete_horizon() { Some(self.base_timestamp_ms) } else { None }
    }

    /// The header's bytes with the CRC that they make right, in place of `old`.
    ///
    /// `old` must be the bytes with the right CRC from which this header came, and `body_bytes` what follows them: the
    /// new CRC follows from the old one without reading the body.
    pub(super) fn write_over(&self, old: &[u8; HEADER_BYTES], body_bytes: u32) -> [u8; HEADER_BYTES] {
        let mut new = self.write();
        let mut difference = [0; HEADER_BYTES - CRC_START];
        for ((difference, old), new) in difference.iter_mut().zip(&old[CRC_START..]).zip(&new[CRC_START..]) {
            *difference = old ^ new;
        }
        let crc = crc::replace_front(self.crc, &difference, body_bytes);
        new[17..21].copy_from_slice(&crc.to_be_bytes());
        new
    }
}

/// The `N` bytes at `at`, which the caller's constants keep inside the header.
fn field<const N: usize>(bytes: &[u8; HEADER_BYTES], at: usize) -> [u8; N] {
    let mut out = [0; N];
    out.copy_from_slice(&bytes[at..at + N]);
    out
}

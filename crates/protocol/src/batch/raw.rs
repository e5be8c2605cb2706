//! The raw view: a batch as bytes, its header looked at, its records not.
//!
//! A [`RawBatch`] has a whole and plausible header; a [`ValidBatch`] has the right CRC too. Only a valid one can be
//! rewritten or taken apart, so that damage is never signed with a fresh checksum.

use super::header::{CRC_START, HEADER_BYTES, LENGTH_PREFIX_BYTES};
use super::{Attributes, BatchError, BatchHeader, crc};

/// One batch of which the header is read and consistent with the bytes; the CRC is not yet checked.
#[derive(Debug, Clone, Copy)]
pub struct RawBatch<'a> {
    header: BatchHeader,
    head: &'a [u8; HEADER_BYTES],
    bytes: &'a [u8],
}

impl<'a> RawBatch<'a> {
    /// Takes the first batch off the front of `bytes`; also returns what follows it.
    ///
    /// # Errors
    ///
    /// [`BatchError::Truncated`] if the bytes end before the batch, [`BatchError::UnsupportedMagic`],
    /// [`BatchError::UnknownCodec`], or [`BatchError::Corrupt`] if the header contradicts itself.
    pub fn split_first(bytes: &'a [u8]) -> Result<(Self, &'a [u8]), BatchError> {
        let Some((head, _)) = bytes.split_first_chunk::<HEADER_BYTES>() else {
            check_magic_of_part(bytes)?;
            return Err(BatchError::Truncated { needed: HEADER_BYTES, available: bytes.len() });
        };
        let header = BatchHeader::read(head)?;
        let size_bytes = usize::try_from(header.length_bytes)
            .ok()
            .and_then(|length| length.checked_add(LENGTH_PREFIX_BYTES))
            .filter(|&size| size >= HEADER_BYTES)
            .ok_or(BatchError::Corrupt("its length is less than a header's"))?;
        check_header(&header)?;
        let Some((bytes, rest)) = bytes.split_at_checked(size_bytes) else {
            return Err(BatchError::Truncated { needed: size_bytes, available: bytes.len() });
        };
        Ok((Self { header, head, bytes }, rest))
    }

    /// Takes `bytes` that must be exactly one batch.
    ///
    /// # Errors
    ///
    /// As [`split_first`](Self::split_first); [`BatchError::Corrupt`] if bytes follow the batch.
    pub fn parse(bytes: &'a [u8]) -> Result<Self, BatchError> {
        let (batch, rest) = Self::split_first(bytes)?;
        if rest.is_empty() { Ok(batch) } else { Err(BatchError::Corrupt("bytes follow it")) }
    }

    /// Checks the CRC: one pass over the bytes.
    ///
    /// # Errors
    ///
    /// [`BatchError::CrcMismatch`].
    pub fn validate(self) -> Result<ValidBatch<'a>, BatchError> {
        let computed = crc::crc32c(&self.bytes[CRC_START..]);
        if computed != self.header.crc {
            return Err(BatchError::CrcMismatch { stored: self.header.crc, computed });
        }
        Ok(ValidBatch(self))
    }

    /// The header.
    #[must_use]
    pub fn header(&self) -> &BatchHeader {
        &self.header
    }

    /// The whole batch.
    #[must_use]
    pub fn bytes(&self) -> &'a [u8] {
        self.bytes
    }

    /// What follows the header: the records, compressed as the header says.
    #[must_use]
    pub fn body(&self) -> &'a [u8] {
        &self.bytes[HEADER_BYTES..]
    }
}

/// One batch whose CRC is right.
#[derive(Debug, Clone, Copy)]
pub struct ValidBatch<'a>(RawBatch<'a>);

impl<'a> ValidBatch<'a> {
    /// The header that this batch would have after `change`, its CRC included. With [`body`](Self::body) behind it,
    /// that is the rewritten batch: nothing of the body is read or copied, so a batch that others read too can be
    /// passed on with another header.
    ///
    /// # Errors
    ///
    /// [`BatchError::Unencodable`] if the new base offset pushes the last one over 63 bits.
    pub fn rewritten_header(&self, change: &Rewrite) -> Result<[u8; HEADER_BYTES], BatchError> {
        let mut header = self.0.header;
        change.apply(&mut header);
        if !offsets_fit(&header) {
            return Err(BatchError::Unencodable("its last offset would not fit 63 bits"));
        }
        // A body is shorter than i32::MAX: the length field of a parsed header is.
        #[expect(clippy::cast_possible_truncation)]
        let body_bytes = self.body().len() as u32;
        Ok(header.write_over(self.0.head, body_bytes))
    }

    /// The header.
    #[must_use]
    pub fn header(&self) -> &BatchHeader {
        &self.0.header
    }

    /// The whole batch.
    #[must_use]
    pub fn bytes(&self) -> &'a [u8] {
        self.0.bytes
    }

    /// What follows the header: the records, compressed as the header says.
    #[must_use]
    pub fn body(&self) -> &'a [u8] {
        self.0.body()
    }
}

/// Which header fields change when a batch is passed on; `None` leaves a field as it is.
///
/// ```
/// # use watershed_protocol::batch::*;
/// let mut out = Vec::new();
/// let mut builder = BatchBuilder::new(BatchOptions::default());
/// builder.append(0, None, Some(b"value"), &[]).unwrap();
/// builder.finish(&mut out).unwrap();
/// let offset = rewrite_in_place(&mut out, &Rewrite { base_offset: Some(42), ..Rewrite::default() }).unwrap();
/// assert_eq!(RawBatch::parse(&out).unwrap().validate().unwrap().header().base_offset, 42);
/// ```
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Rewrite {
    /// A new base offset: 0 for a producer.
    pub base_offset: Option<i64>,
    /// A new leader epoch: -1 for a producer.
    pub leader_epoch: Option<i32>,
    /// A new producer id; -1 for none.
    pub producer_id: Option<i64>,
    /// A new producer epoch; -1 for none.
    pub producer_epoch: Option<i16>,
    /// A new sequence of the first record; -1 for none.
    pub base_sequence: Option<i32>,
    /// The transactional bit.
    pub transactional: Option<bool>,
    /// Sets append time and, as max timestamp, that time in milliseconds: what a broker does under
    /// `message.timestamp.type=LogAppendTime`.
    pub append_time_ms: Option<i64>,
    /// Clears append time and sets this max timestamp in milliseconds: what a broker does with a batch whose header
    /// contradicts its records. Not together with [`append_time_ms`](Self::append_time_ms), which wins.
    pub create_time_max_ms: Option<i64>,
}

impl Rewrite {
    pub(super) fn apply(&self, header: &mut BatchHeader) {
        let set = |attributes: Attributes| match self.transactional {
            Some(on) => attributes.with_transactional(on),
            None => attributes,
        };
        header.base_offset = self.base_offset.unwrap_or(header.base_offset);
        header.leader_epoch = self.leader_epoch.unwrap_or(header.leader_epoch);
        header.producer_id = self.producer_id.unwrap_or(header.producer_id);
        header.producer_epoch = self.producer_epoch.unwrap_or(header.producer_epoch);
        header.base_sequence = self.base_sequence.unwrap_or(header.base_sequence);
        header.attributes = set(header.attributes);
        if let Some(time_ms) = self.create_time_max_ms {
            header.attributes = header.attributes.with_append_time(false);
            header.max_timestamp_ms = time_ms;
        }
        if let Some(time_ms) = self.append_time_ms {
            header.attributes = header.attributes.with_append_time(true);
            header.max_timestamp_ms = time_ms;
        }
    }
}

/// Validates the batch that `bytes` hold and rewrites its header, CRC included, where it lies: one pass.
/// Returns the new header. On an error the bytes are as they were.
///
/// # Errors
///
/// As [`RawBatch::parse`], [`RawBatch::validate`] and [`ValidBatch::rewritten_header`].
pub fn rewrite_in_place(bytes: &mut [u8], change: &Rewrite) -> Result<BatchHeader, BatchError> {
    let head = RawBatch::parse(bytes)?.validate()?.rewritten_header(change)?;
    bytes[..HEADER_BYTES].copy_from_slice(&head);
    BatchHeader::read(&head)
}

/// Iterates over the batches of a fetch response, a produce request or a segment file.
///
/// Ends at the end of the bytes or before a batch that they hold only a part of, which is how a fetch response that
/// reached its limit ends; [`rest`](Self::rest) is that part. After an error there is nothing more: where the next
/// batch begins is not known.
#[derive(Debug, Clone)]
pub struct Batches<'a> {
    rest: &'a [u8],
    failed: bool,
}

impl<'a> Batches<'a> {
    /// Over all of `bytes`.
    #[must_use]
    pub const fn new(bytes: &'a [u8]) -> Self {
        Self { rest: bytes, failed: false }
    }

    /// What was not yet taken.
    #[must_use]
    pub const fn rest(&self) -> &'a [u8] {
        self.rest
    }
}

impl<'a> Iterator for Batches<'a> {
    type Item = Result<RawBatch<'a>, BatchError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.failed || self.rest.is_empty() {
            return None;
        }
        match RawBatch::split_first(self.rest) {
            Ok((batch, rest)) => {
                self.rest = rest;
                Some(Ok(batch))
            }
            Err(BatchError::Truncated { .. }) => None,
            Err(error) => {
                self.failed = true;
                Some(Err(error))
            }
        }
    }
}

/// Refuses an old format also where less than a header of v2 is there: the old ones are shorter.
fn check_magic_of_part(bytes: &[u8]) -> Result<(), BatchError> {
    match bytes.get(16).map(|&byte| i8::from_be_bytes([byte])) {
        Some(magic) if magic != super::header::MAGIC => Err(BatchError::UnsupportedMagic(magic)),
        _ => Ok(()),
    }
}

/// What must hold between the fields of any batch, whatever was done to it.
fn check_header(header: &BatchHeader) -> Result<(), BatchError> {
    header.attributes.codec()?;
    if header.record_count < 0 {
        return Err(BatchError::Corrupt("its record count is negative"));
    }
    if header.last_offset_delta < 0 {
        return Err(BatchError::Corrupt("its last offset is before its first"));
    }
    if i64::from(header.record_count) > header.offset_count() {
        return Err(BatchError::Corrupt("it has more records than offsets"));
    }
    if !offsets_fit(header) {
        return Err(BatchError::Corrupt("its last offset does not fit 63 bits"));
    }
    Ok(())
}

fn offsets_fit(header: &BatchHeader) -> bool {
    header.base_offset.checked_add(i64::from(header.last_offset_delta)).is_some()
}

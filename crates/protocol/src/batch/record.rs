//! One record of a batch, borrowed: from the batch when it is read, from the caller when it is written.
//!
//! Reading and writing use the same type, so that what was read can be pushed to a
//! [`BatchBuilder`](super::BatchBuilder) without a copy between.

use super::error::BatchError;
use crate::varint;

/// One record. Nothing is owned: a copy costs a few words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Record<'a> {
    /// The record's offset in its partition.
    pub offset: i64,
    /// Milliseconds since the Unix epoch; -1 for none. For an append-time batch, the time of the append.
    pub timestamp_ms: i64,
    /// The key; `None` for null, which is not the same as empty.
    pub key: Option<&'a [u8]>,
    /// The value; `None` for null, a tombstone in a compacted topic.
    pub value: Option<&'a [u8]>,
    /// The headers, in their order, duplicates kept.
    pub headers: Headers<'a>,
}

/// One header of a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Header<'a> {
    /// The name. UTF-8 by Kafka's protocol, but brokers do not check it, so it is kept as bytes.
    pub key: &'a [u8],
    /// The value; `None` for null.
    pub value: Option<&'a [u8]>,
}

impl<'a> Header<'a> {
    /// A header with a value.
    #[must_use]
    pub const fn new(key: &'a str, value: &'a [u8]) -> Self {
        Self { key: key.as_bytes(), value: Some(value) }
    }
}

/// The headers of a record: those of a batch in their encoded form, or a caller's list.
#[derive(Clone, Copy)]
pub struct Headers<'a>(Repr<'a>);

#[derive(Clone, Copy)]
enum Repr<'a> {
    /// Checked when the record was parsed: `count` whole headers and nothing else.
    Encoded {
        bytes: &'a [u8],
        count: u32,
    },
    List(&'a [Header<'a>]),
}

impl<'a> Headers<'a> {
    /// No headers.
    pub const NONE: Headers<'static> = Headers(Repr::List(&[]));

    /// Headers to be written.
    #[must_use]
    pub const fn from_list(list: &'a [Header<'a>]) -> Self {
        Self(Repr::List(list))
    }

    /// Checks that `bytes` hold exactly `count` encoded headers.
    pub(super) fn from_encoded(bytes: &'a [u8], count: u32) -> Result<Self, BatchError> {
        let mut rest = bytes;
        for _ in 0..count {
            take_header(&mut rest).ok_or(BatchError::Corrupt("a header ends outside its record"))?;
        }
        if !rest.is_empty() {
            return Err(BatchError::Corrupt("a record has bytes after its last header"));
        }
        Ok(Self(Repr::Encoded { bytes, count }))
    }

    /// How many headers there are.
    #[must_use]
    pub fn len(&self) -> usize {
        match self.0 {
            Repr::Encoded { count, .. } => count as usize,
            Repr::List(list) => list.len(),
        }
    }

    /// True without headers.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The headers in their order.
    #[must_use]
    pub fn iter(&self) -> HeaderIter<'a> {
        HeaderIter(self.0)
    }

    /// The last header of that name, which is the one that counts where a name is used twice (as `lastHeader`
    /// of the Java client).
    #[must_use]
    pub fn last(&self, key: &str) -> Option<Header<'a>> {
        self.iter().filter(|header| header.key == key.as_bytes()).last()
    }

    /// The encoded form, if these were read from a batch.
    pub(super) fn encoded(&self) -> Option<&'a [u8]> {
        match self.0 {
            Repr::Encoded { bytes, .. } => Some(bytes),
            Repr::List(_) => None,
        }
    }
}

impl<'a> IntoIterator for Headers<'a> {
    type Item = Header<'a>;
    type IntoIter = HeaderIter<'a>;

    fn into_iter(self) -> HeaderIter<'a> {
        self.iter()
    }
}

impl PartialEq for Headers<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.len() == other.len() && self.iter().eq(other.iter())
    }
}

impl Eq for Headers<'_> {}

impl std::fmt::Debug for Headers<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_list().entries(self.iter()).finish()
    }
}

/// Iterates over the headers of one record.
#[derive(Clone)]
pub struct HeaderIter<'a>(Repr<'a>);

impl<'a> Iterator for HeaderIter<'a> {
    type Item = Header<'a>;

    fn next(&mut self) -> Option<Header<'a>> {
        match &mut self.0 {
            Repr::Encoded { bytes, count } => {
                *count = count.checked_sub(1)?;
                take_header(bytes)
            }
            Repr::List(list) => {
                let (first, rest) = list.split_first()?;
                *list = rest;
                Some(*first)
            }
        }
    }
}

/// Takes one encoded header off the front: a name (never null) and a value, each behind its zigzag length.
fn take_header<'a>(bytes: &mut &'a [u8]) -> Option<Header<'a>> {
    let key = take_nullable(bytes)??;
    let value = take_nullable(bytes)?;
    Some(Header { key, value })
}

/// Takes a byte string behind a zigzag length off the front; the inner `None` is null, the outer one says that
/// the bytes end before the string does.
#[inline]
pub(super) fn take_nullable<'a>(bytes: &mut &'a [u8]) -> Option<Option<&'a [u8]>> {
    let (len, used) = varint::read_i32(bytes)?;
    let rest = &bytes[used..];
    let Ok(len) = usize::try_from(len) else {
        *bytes = rest;
        return Some(None);
    };
    let (taken, rest) = rest.split_at_checked(len)?;
    *bytes = rest;
    Some(Some(taken))
}

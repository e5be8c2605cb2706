//! Reads the primitive types from bytes that may be hostile.

use uuid::Uuid;

use super::{Source, WireError};
use crate::varint;

/// How many bytes of memory the arrays of a frame may take for each of its bytes, and [`MEMORY_BYTES_MIN`] at least.
///
/// A one-byte element of the wire is a struct of tens of bytes here. The densest that brokers and clients really send
/// are lists of one-letter names at 16 bytes for 2, and metadata at 5 for 1.
const MEMORY_FACTOR: usize = 16;
const MEMORY_BYTES_MIN: usize = 64 * 1024;

/// The arrays of a frame of any size take no more than this: enough for half a million topics.
const MEMORY_BYTES_MAX: usize = 32 << 20;

/// Reads values off the front of a message.
#[derive(Debug, Clone)]
pub struct Reader<'a> {
    whole: &'a [u8],
    rest: &'a [u8],
    memory_bytes_max: usize,
    memory_bytes_left: usize,
}

impl<'a> Reader<'a> {
    /// Reads from the start of `bytes`.
    #[must_use]
    pub fn new(bytes: &'a [u8]) -> Self {
        let memory_bytes_max =
            bytes.len().saturating_mul(MEMORY_FACTOR).clamp(MEMORY_BYTES_MIN, MEMORY_BYTES_MAX);
        Self { whole: bytes, rest: bytes, memory_bytes_max, memory_bytes_left: memory_bytes_max }
    }

    /// What was not yet read.
    #[must_use]
    pub const fn rest(&self) -> &'a [u8] {
        self.rest
    }

    /// Checks that everything was read.
    ///
    /// # Errors
    ///
    /// [`WireError::Malformed`] if bytes remain.
    pub fn finish(self) -> Result<(), WireError> {
        if self.rest.is_empty() {
            Ok(())
        } else {
            Err(self.malformed("bytes follow the message's last field"))
        }
    }

    #[cold]
    fn malformed(&self, problem: &'static str) -> WireError {
        WireError::Malformed { position: self.position(), problem }
    }

    fn position(&self) -> usize {
        // `rest` always lies inside `whole`, also while it is a tagged field.
        self.rest.as_ptr().addr() - self.whole.as_ptr().addr()
    }

    #[inline]
    fn fixed<const N: usize>(&mut self) -> Result<[u8; N], WireError> {
        let Some((bytes, rest)) = self.rest.split_first_chunk::<N>() else {
            return Err(self.malformed("the message ends inside a field"));
        };
        self.rest = rest;
        Ok(*bytes)
    }

    #[inline]
    fn take(&mut self, len: usize) -> Result<&'a [u8], WireError> {
        let Some((bytes, rest)) = self.rest.split_at_checked(len) else {
            return Err(self.malformed("a length is more than the bytes that remain"));
        };
        self.rest = rest;
        Ok(bytes)
    }

    #[inline]
    fn varint(&mut self) -> Result<u32, WireError> {
        let Some((value, used)) = varint::read_u32(self.rest) else {
            return Err(self.malformed("a varint is cut off or over 32 bits"));
        };
        self.rest = &self.rest[used..];
        Ok(value)
    }

    /// A length: compact ones are stored plus one, 0 for null; the others are signed, -1 for null.
    #[inline]
    fn length<const WIDE: bool>(&mut self, flexible: bool) -> Result<Option<usize>, WireError> {
        if flexible {
            let length = self.varint()?.checked_sub(1).map(|length| length as usize);
            if !WIDE && length.is_some_and(|length| i16::try_from(length).is_err()) {
                return Err(self.malformed("a string is over 32767 bytes"));
            }
            return Ok(length);
        }
        let length = if WIDE { self.i32()? } else { i32::from(self.i16()?) };
        match usize::try_from(length) {
            Ok(length) => Ok(Some(length)),
            Err(_) if length == -1 => Ok(None),
            Err(_) => Err(self.malformed("a length is negative and not -1, which is null")),
        }
    }

    /// Room for `count` elements, if the bytes that remain can hold them and the frame may have that much memory.
    fn room<T>(&mut self, count: usize, element_bytes_min: usize) -> Result<Vec<T>, WireError> {
        let available_bytes = self.rest.len();
        if count.saturating_mul(element_bytes_min) > available_bytes {
            let count = u32::try_from(count).unwrap_or(u32::MAX);
            return Err(WireError::ArrayTooLong { position: self.position(), count, available_bytes });
        }
        let memory_bytes = count.saturating_mul(size_of::<T>());
        let Some(left) = self.memory_bytes_left.checked_sub(memory_bytes) else {
            let limit_bytes = self.memory_bytes_max;
            return Err(WireError::TooMuchMemory { position: self.position(), limit_bytes });
        };
        self.memory_bytes_left = left;
        Ok(Vec::with_capacity(count))
    }
}

impl<'a> Source<'a> for Reader<'a> {
    #[inline]
    fn bool(&mut self) -> Result<bool, WireError> {
        Ok(self.fixed::<1>()? != [0])
    }

    #[inline]
    fn i8(&mut self) -> Result<i8, WireError> {
        Ok(i8::from_be_bytes(self.fixed()?))
    }

    #[inline]
    fn i16(&mut self) -> Result<i16, WireError> {
        Ok(i16::from_be_bytes(self.fixed()?))
    }

    #[inline]
    fn u16(&mut self) -> Result<u16, WireError> {
        Ok(u16::from_be_bytes(self.fixed()?))
    }

    #[inline]
    fn i32(&mut self) -> Result<i32, WireError> {
        Ok(i32::from_be_bytes(self.fixed()?))
    }

    #[inline]
    fn i64(&mut self) -> Result<i64, WireError> {
        Ok(i64::from_be_bytes(self.fixed()?))
    }

    #[inline]
    fn f64(&mut self) -> Result<f64, WireError> {
        Ok(f64::from_be_bytes(self.fixed()?))
    }

    #[inline]
    fn uuid(&mut self) -> Result<Uuid, WireError> {
        Ok(Uuid::from_bytes(self.fixed()?))
    }

    #[inline]
    fn nullable_string(&mut self, flexible: bool) -> Result<Option<&'a str>, WireError> {
        let Some(length) = self.length::<false>(flexible)? else { return Ok(None) };
        match std::str::from_utf8(self.take(length)?) {
            Ok(text) => Ok(Some(text)),
            Err(_) => Err(self.malformed("a string that ends here is not UTF-8")),
        }
    }

    #[inline]
    fn nullable_bytes(&mut self, flexible: bool) -> Result<Option<&'a [u8]>, WireError> {
        let Some(length) = self.length::<true>(flexible)? else { return Ok(None) };
        self.take(length).map(Some)
    }

    #[inline]
    fn nullable_array<T>(
        &mut self,
        flexible: bool,
        element_bytes_min: usize,
        mut read: impl FnMut(&mut Self) -> Result<T, WireError>,
    ) -> Result<Option<Vec<T>>, WireError> {
        let Some(count) = self.length::<true>(flexible)? else { return Ok(None) };
        let mut elements = self.room(count, element_bytes_min)?;
        for _ in 0..count {
            elements.push(read(self)?);
        }
        Ok(Some(elements))
    }

    #[inline]
    fn is_present(&mut self) -> Result<bool, WireError> {
        Ok(self.i8()? >= 0)
    }

    #[inline]
    fn tag_count(&mut self, _known: &'static [u32]) -> Result<u32, WireError> {
        self.varint()
    }

    #[inline]
    fn tag(&mut self, _index: u32, _known: &'static [u32]) -> Result<u32, WireError> {
        self.varint()
    }

    fn tagged<T>(&mut self, read: impl FnOnce(&mut Self) -> Result<T, WireError>) -> Result<T, WireError> {
        let length = self.varint()? as usize;
        let value = self.take(length)?;
        let after = std::mem::replace(&mut self.rest, value);
        let read = read(self)?;
        if !self.rest.is_empty() {
            return Err(self.malformed("a tagged field is longer than its value"));
        }
        self.rest = after;
        Ok(read)
    }

    fn skip_tagged(&mut self) -> Result<(), WireError> {
        let length = self.varint()? as usize;
        self.take(length).map(|_| ())
    }

    #[cold]
    fn null_error(&self) -> WireError {
        self.malformed("a value that ends here is null, which it cannot be")
    }
}

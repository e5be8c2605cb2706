//! What generated code reads a message from.

use uuid::Uuid;

use super::{Payload, WireError};

/// A source of the primitive values of a message, in their order.
///
/// [`Reader`](super::Reader) takes them from bytes. Tests have another one, which makes them up: since every message
/// says by its `read` which values it has in which version, that yields valid messages of every kind.
///
/// `flexible` says whether the message's version has the compact encoding of lengths (KIP-482).
pub trait Source<'a>: Sized {
    /// A byte that is 0 or not.
    fn bool(&mut self) -> Result<bool, WireError>;
    /// A signed byte.
    fn i8(&mut self) -> Result<i8, WireError>;
    /// A big-endian integer.
    fn i16(&mut self) -> Result<i16, WireError>;
    /// A big-endian integer.
    fn u16(&mut self) -> Result<u16, WireError>;
    /// A big-endian integer.
    fn i32(&mut self) -> Result<i32, WireError>;
    /// A big-endian integer.
    fn i64(&mut self) -> Result<i64, WireError>;
    /// A big-endian IEEE 754 double.
    fn f64(&mut self) -> Result<f64, WireError>;
    /// Sixteen bytes; all zero for none.
    fn uuid(&mut self) -> Result<Uuid, WireError>;
    /// UTF-8, null allowed.
    fn nullable_string(&mut self, flexible: bool) -> Result<Option<&'a str>, WireError>;
    /// Bytes, null allowed.
    fn nullable_bytes(&mut self, flexible: bool) -> Result<Option<&'a [u8]>, WireError>;
    /// An array, null allowed, of elements that take `element_bytes_min` bytes or more.
    fn nullable_array<T>(
        &mut self,
        flexible: bool,
        element_bytes_min: usize,
        read: impl FnMut(&mut Self) -> Result<T, WireError>,
    ) -> Result<Option<Vec<T>>, WireError>;
    /// Whether a struct that may be null is there.
    fn is_present(&mut self) -> Result<bool, WireError>;
    /// How many tagged fields follow. `known` are those that the message knows, ascending.
    fn tag_count(&mut self, known: &'static [u32]) -> Result<u32, WireError>;
    /// The tag of the next field, the `index`-th.
    fn tag(&mut self, index: u32, known: &'static [u32]) -> Result<u32, WireError>;
    /// The value behind a known tag.
    fn tagged<T>(&mut self, read: impl FnOnce(&mut Self) -> Result<T, WireError>) -> Result<T, WireError>;
    /// Passes over the value behind an unknown tag.
    fn skip_tagged(&mut self) -> Result<(), WireError>;
    /// The error for a null where the version has none.
    fn null_error(&self) -> WireError;

    /// UTF-8.
    #[inline]
    fn string(&mut self, flexible: bool) -> Result<&'a str, WireError> {
        self.nullable_string(flexible)?.ok_or_else(|| self.null_error())
    }

    /// Bytes.
    #[inline]
    fn bytes(&mut self, flexible: bool) -> Result<&'a [u8], WireError> {
        self.nullable_bytes(flexible)?.ok_or_else(|| self.null_error())
    }

    /// Record batches, null allowed.
    #[inline]
    fn nullable_payload(&mut self, flexible: bool) -> Result<Option<Payload<'a>>, WireError> {
        Ok(self.nullable_bytes(flexible)?.map(Payload::from))
    }

    /// Record batches.
    #[inline]
    fn payload(&mut self, flexible: bool) -> Result<Payload<'a>, WireError> {
        self.nullable_payload(flexible)?.ok_or_else(|| self.null_error())
    }

    /// An array of elements that take `element_bytes_min` bytes or more.
    #[inline]
    fn array<T>(
        &mut self,
        flexible: bool,
        element_bytes_min: usize,
        read: impl FnMut(&mut Self) -> Result<T, WireError>,
    ) -> Result<Vec<T>, WireError> {
        self.nullable_array(flexible, element_bytes_min, read)?.ok_or_else(|| self.null_error())
    }
}

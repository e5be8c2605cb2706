//! What generated code writes a message to, and the sink that only counts.

use uuid::Uuid;

use super::WireError;
use crate::varint;

/// Record batches in a message, borrowed: written to the socket from where they lie.
///
/// Two parts, so that a batch whose header was rewritten is sent as the new header and the old body; and a third that is
/// not in memory at all, so that a broker can send a file's range (`sendfile`) in the midst of an answer.
/// What is read has only a `body`.
#[derive(Debug, Clone, Copy, Default)]
pub struct Payload<'a> {
    /// What is sent first.
    pub head: &'a [u8],
    /// What is sent behind it.
    pub body: &'a [u8],
    /// How many bytes follow that whoever sends the frame adds from elsewhere: see
    /// [`Encoded::pieces`](super::Encoded::pieces).
    pub elsewhere_bytes: usize,
}

impl Payload<'_> {
    /// So many bytes that are not in memory.
    #[must_use]
    pub const fn elsewhere(elsewhere_bytes: usize) -> Self {
        Self { head: &[], body: &[], elsewhere_bytes }
    }

    /// Bytes of all parts.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.head.len() + self.body.len() + self.elsewhere_bytes
    }

    /// True if all parts are empty.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

impl<'a> From<&'a [u8]> for Payload<'a> {
    fn from(body: &'a [u8]) -> Self {
        Self { head: &[], body, elsewhere_bytes: 0 }
    }
}

/// Equal if they send the same bytes, wherever those are cut.
impl PartialEq for Payload<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.elsewhere_bytes == other.elsewhere_bytes
            && self.len() == other.len()
            && self.head.iter().chain(self.body).eq(other.head.iter().chain(other.body))
    }
}

/// Takes the primitive values of a message, in their order. See [`Source`](super::Source) for the terms.
pub trait Sink<'a> {
    /// Bytes of fixed length: integers, floats, UUIDs, big-endian.
    fn fixed<const N: usize>(&mut self, bytes: [u8; N]);
    /// An unsigned varint.
    fn varint(&mut self, value: u32);
    /// Bytes that are copied.
    fn copy(&mut self, bytes: &[u8]);
    /// Bytes that may be left where they are until they are sent.
    fn lend(&mut self, bytes: &'a [u8]);
    /// Room for bytes that are not at hand: who sends the frame adds them.
    fn leave(&mut self, bytes: usize);

    /// A byte that is 0 or 1.
    #[inline]
    fn bool(&mut self, value: bool) {
        self.fixed([u8::from(value)]);
    }

    /// A signed byte.
    #[inline]
    fn i8(&mut self, value: i8) {
        self.fixed(value.to_be_bytes());
    }

    /// A big-endian integer.
    #[inline]
    fn i16(&mut self, value: i16) {
        self.fixed(value.to_be_bytes());
    }

    /// A big-endian integer.
    #[inline]
    fn u16(&mut self, value: u16) {
        self.fixed(value.to_be_bytes());
    }

    /// A big-endian integer.
    #[inline]
    fn i32(&mut self, value: i32) {
        self.fixed(value.to_be_bytes());
    }

    /// A big-endian integer.
    #[inline]
    fn i64(&mut self, value: i64) {
        self.fixed(value.to_be_bytes());
    }

    /// A big-endian IEEE 754 double.
    #[inline]
    fn f64(&mut self, value: f64) {
        self.fixed(value.to_be_bytes());
    }

    /// Sixteen bytes.
    #[inline]
    fn uuid(&mut self, value: Uuid) {
        self.fixed(value.into_bytes());
    }

    /// UTF-8.
    #[inline]
    fn string(&mut self, flexible: bool, value: &str) -> Result<(), WireError> {
        self.length::<false>(flexible, value.len())?;
        self.copy(value.as_bytes());
        Ok(())
    }

    /// UTF-8 or null.
    #[inline]
    fn nullable_string(&mut self, flexible: bool, value: Option<&str>) -> Result<(), WireError> {
        match value {
            Some(value) => self.string(flexible, value),
            None => {
                self.null::<false>(flexible);
                Ok(())
            }
        }
    }

    /// Bytes.
    #[inline]
    fn bytes(&mut self, flexible: bool, value: &[u8]) -> Result<(), WireError> {
        self.length::<true>(flexible, value.len())?;
        self.copy(value);
        Ok(())
    }

    /// Bytes or null.
    #[inline]
    fn nullable_bytes(&mut self, flexible: bool, value: Option<&[u8]>) -> Result<(), WireError> {
        match value {
            Some(value) => self.bytes(flexible, value),
            None => {
                self.null::<true>(flexible);
                Ok(())
            }
        }
    }

    /// Record batches.
    #[inline]
    fn payload(&mut self, flexible: bool, value: Payload<'a>) -> Result<(), WireError> {
        self.length::<true>(flexible, value.len())?;
        self.lend(value.head);
        self.lend(value.body);
        if value.elsewhere_bytes > 0 {
            self.leave(value.elsewhere_bytes);
        }
        Ok(())
    }

    /// Record batches or null.
    #[inline]
    fn nullable_payload(&mut self, flexible: bool, value: Option<Payload<'a>>) -> Result<(), WireError> {
        match value {
            Some(value) => self.payload(flexible, value),
            None => {
                self.null::<true>(flexible);
                Ok(())
            }
        }
    }

    /// An array.
    #[inline]
    fn array<T>(
        &mut self,
        flexible: bool,
        elements: &[T],
        mut write: impl FnMut(&mut Self, &T) -> Result<(), WireError>,
    ) -> Result<(), WireError> {
        self.length::<true>(flexible, elements.len())?;
        elements.iter().try_for_each(|element| write(self, element))
    }

    /// An array or null.
    #[inline]
    fn nullable_array<T>(
        &mut self,
        flexible: bool,
        elements: Option<&[T]>,
        write: impl FnMut(&mut Self, &T) -> Result<(), WireError>,
    ) -> Result<(), WireError> {
        match elements {
            Some(elements) => self.array(flexible, elements, write),
            None => {
                self.null::<true>(flexible);
                Ok(())
            }
        }
    }

    /// Whether a struct that may be null follows.
    #[inline]
    fn presence(&mut self, present: bool) {
        self.i8(if present { 1 } else { -1 });
    }

    /// The tag of a field and the size of its value, which must follow.
    #[inline]
    fn tag(&mut self, tag: u32, value_bytes: usize) -> Result<(), WireError> {
        self.varint(tag);
        self.varint(u32::try_from(value_bytes).map_err(|_| WireError::TooLong(value_bytes))?);
        Ok(())
    }

    /// A length: of an array, bytes or records if `WIDE`, else of a string.
    #[inline]
    fn length<const WIDE: bool>(&mut self, flexible: bool, length: usize) -> Result<(), WireError> {
        let too_long = WireError::TooLong(length);
        // Kafka's own limit for strings, also where the compact encoding could say more.
        if !WIDE && i16::try_from(length).is_err() {
            return Err(too_long);
        }
        if flexible {
            // Stored plus one; Java's side reads it as a signed int.
            let length = i32::try_from(length).ok().filter(|&length| length < i32::MAX).ok_or(too_long)?;
            self.varint(length.cast_unsigned() + 1);
        } else if WIDE {
            self.i32(i32::try_from(length).map_err(|_| too_long)?);
        } else {
            self.i16(i16::try_from(length).map_err(|_| too_long)?);
        }
        Ok(())
    }

    /// The length that stands for null.
    #[inline]
    fn null<const WIDE: bool>(&mut self, flexible: bool) {
        match (flexible, WIDE) {
            (true, _) => self.varint(0),
            (false, true) => self.i32(-1),
            (false, false) => self.i16(-1),
        }
    }
}

/// Counts the bytes that a message takes and writes none.
#[derive(Debug, Clone, Copy, Default)]
pub struct Counter {
    bytes: usize,
    lent_bytes: usize,
}

impl Counter {
    /// Bytes of the message.
    #[must_use]
    pub const fn bytes(self) -> usize {
        self.bytes
    }

    /// How many of them need no copy.
    #[must_use]
    pub(super) const fn lent_bytes(self) -> usize {
        self.lent_bytes
    }
}

impl<'a> Sink<'a> for Counter {
    #[inline]
    fn fixed<const N: usize>(&mut self, _bytes: [u8; N]) {
        self.bytes += N;
    }

    #[inline]
    fn varint(&mut self, value: u32) {
        self.bytes += varint::size_u32(value);
    }

    #[inline]
    fn copy(&mut self, bytes: &[u8]) {
        self.bytes += bytes.len();
    }

    #[inline]
    fn lend(&mut self, bytes: &'a [u8]) {
        self.bytes += bytes.len();
        if !super::writer::is_copied(bytes) {
            self.lent_bytes += bytes.len();
        }
    }

    #[inline]
    fn leave(&mut self, bytes: usize) {
        self.bytes += bytes;
        self.lent_bytes += bytes;
    }
}

/// Appends everything, payloads too, and zeros for what is elsewhere.
impl<'a> Sink<'a> for Vec<u8> {
    #[inline]
    fn fixed<const N: usize>(&mut self, bytes: [u8; N]) {
        self.extend_from_slice(&bytes);
    }

    #[inline]
    fn varint(&mut self, value: u32) {
        varint::write_u32(self, value);
    }

    #[inline]
    fn copy(&mut self, bytes: &[u8]) {
        self.extend_from_slice(bytes);
    }

    #[inline]
    fn lend(&mut self, bytes: &'a [u8]) {
        self.extend_from_slice(bytes);
    }

    #[inline]
    fn leave(&mut self, bytes: usize) {
        self.resize(self.len() + bytes, 0);
    }
}

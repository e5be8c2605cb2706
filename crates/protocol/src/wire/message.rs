//! What every generated message offers.

use std::ops::RangeInclusive;

use super::{Counter, Reader, Sink, Source, WireError};
use crate::messages::ApiKey;

/// A message of the protocol, generated from its definition. `'a` is the life of what it borrows.
pub trait Message<'a>: Sized {
    /// The name, as Kafka has it.
    const NAME: &'static str;
    /// The versions that are read and written here.
    const VERSIONS: RangeInclusive<i16>;

    /// Reads the message. What is not in `version` has its default.
    ///
    /// # Errors
    ///
    /// Those of `source`; [`WireError::UnsupportedVersion`].
    fn read<S: Source<'a>>(source: &mut S, version: i16) -> Result<Self, WireError>;

    /// Writes the message.
    ///
    /// # Errors
    ///
    /// [`WireError::FieldNotInVersion`] for a field that is set and would be lost (unless Kafka's definition says that
    /// it may be), [`WireError::NullNotInVersion`], [`WireError::TooLong`], [`WireError::UnsupportedVersion`].
    fn write<S: Sink<'a>>(&self, sink: &mut S, version: i16) -> Result<(), WireError>;
}

/// A request and the response that answers it.
pub trait Request<'a>: Message<'a> {
    /// The API that it asks for.
    const API: ApiKey;
    /// What answers it, in the same version.
    type Response: Response<'a>;
}

/// A response.
pub trait Response<'a>: Message<'a> {
    /// The API that it answers.
    const API: ApiKey;
}

/// Reads a message that takes up all of `bytes`.
///
/// # Errors
///
/// [`WireError`], with the place where the bytes are not what the definition says.
pub fn decode<'a, M: Message<'a>>(bytes: &'a [u8], version: i16) -> Result<M, WireError> {
    let mut reader = Reader::new(bytes);
    let message = M::read(&mut reader, version)?;
    reader.finish()?;
    Ok(message)
}

/// Bytes that `message` takes in `version`.
///
/// # Errors
///
/// Those of [`Message::write`].
pub fn encoded_bytes<'a, M: Message<'a>>(message: &M, version: i16) -> Result<usize, WireError> {
    let mut counter = Counter::default();
    message.write(&mut counter, version)?;
    Ok(counter.bytes())
}

/// The bytes of a message alone, without a frame: for messages inside others, as a group member's subscription.
///
/// # Errors
///
/// Those of [`Message::write`].
pub fn encode<'a, M: Message<'a>>(message: &M, version: i16) -> Result<Vec<u8>, WireError> {
    let mut out = Vec::with_capacity(encoded_bytes(message, version)?);
    message.write(&mut out, version)?;
    Ok(out)
}

/// Refuses a version that `M` does not have.
#[inline]
pub(crate) fn check_version<'a, M: Message<'a>>(version: i16) -> Result<(), WireError> {
    if M::VERSIONS.contains(&version) {
        return Ok(());
    }
    let (first, last) = M::VERSIONS.into_inner();
    Err(WireError::UnsupportedVersion { message: M::NAME, version, first, last })
}

/// The error for a field that is null where it cannot be.
#[cold]
pub(crate) const fn null_not_in_version(
    message: &'static str,
    field: &'static str,
    version: i16,
) -> WireError {
    WireError::NullNotInVersion { message, field, version }
}

/// The error for a field that is set where it has no place.
#[cold]
pub(crate) const fn not_in_version(message: &'static str, field: &'static str, version: i16) -> WireError {
    WireError::FieldNotInVersion { message, field, version }
}

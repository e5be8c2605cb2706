//! What can be wrong with a message.

/// Why a message was refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum WireError {
    /// The version is outside the range that is read and written here.
    #[error("{message} v{version} is not supported, only v{first} to v{last}: agree on one by ApiVersions")]
    UnsupportedVersion {
        /// The message.
        message: &'static str,
        /// The version asked for.
        version: i16,
        /// The oldest one there is.
        first: i16,
        /// The newest one there is.
        last: i16,
    },
    /// No API that is read and written here has this key.
    #[error("API key {0} is not one that is supported: ApiVersions lists them")]
    UnknownApi(i16),
    /// The bytes are not what the message's definition says.
    #[error("byte {position}: {problem}")]
    Malformed {
        /// Where, counted from the start of the message or frame.
        position: usize,
        /// What is wrong there.
        problem: &'static str,
    },
    /// An array states more elements than the bytes that remain can hold.
    #[error(
        "byte {position}: an array of {count} elements does not fit the {available_bytes} bytes that remain"
    )]
    ArrayTooLong {
        /// Where, counted from the start of the message or frame.
        position: usize,
        /// The stated count.
        count: u32,
        /// Bytes that remain.
        available_bytes: usize,
    },
    /// The arrays would take more memory than a frame of this size may ask for.
    #[error(
        "byte {position}: the arrays of this frame take over {limit_bytes} bytes of memory: send fewer elements a frame"
    )]
    TooMuchMemory {
        /// Where, counted from the start of the message or frame.
        position: usize,
        /// What all arrays of the frame may take together.
        limit_bytes: usize,
    },
    /// A field is set that this version has no place for.
    #[error("{message} v{version} has no place for {field}: leave it at its default or use a newer version")]
    FieldNotInVersion {
        /// The message or struct.
        message: &'static str,
        /// The field.
        field: &'static str,
        /// The version.
        version: i16,
    },
    /// A field is null in a version in which it cannot be.
    #[error("{message} v{version} cannot have a null {field}: set it or use another version")]
    NullNotInVersion {
        /// The message or struct.
        message: &'static str,
        /// The field.
        field: &'static str,
        /// The version.
        version: i16,
    },
    /// A string, byte string or array is longer than the format can say.
    #[error("a value of {0} elements or bytes is longer than its length field can say: send less at once")]
    TooLong(usize),
    /// A frame's prefix states more than is accepted, or less than nothing.
    #[error(
        "a frame of {size} bytes is outside the limit of {limit_bytes}: either the peer does not speak Kafka's protocol on this port (TLS or HTTP?), or the limit is too low for it"
    )]
    FrameTooLarge {
        /// The stated size.
        size: i32,
        /// The limit that was passed.
        limit_bytes: usize,
    },
    /// The answer belongs to another request.
    #[error("the response has correlation id {found} where {expected} is next: close the connection")]
    CorrelationMismatch {
        /// Of the oldest request without an answer.
        expected: i32,
        /// Of the response.
        found: i32,
    },
}

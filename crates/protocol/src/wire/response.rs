//! Responses: a frame's header and body together.

use super::{Encoded, FrameWriter, Message, Reader, Response, WireError};
use crate::messages::{ApiKey, ResponseHeader};

/// Kafka's error code for a version that the broker does not have.
const UNSUPPORTED_VERSION: [u8; 2] = 35i16.to_be_bytes();

/// Writes a response as a whole frame.
///
/// # Errors
///
/// Those of [`Message::write`].
pub fn encode_response<'a, R: Response<'a>>(
    response: &R,
    version: i16,
    correlation_id: i32,
) -> Result<Encoded<'a>, WireError> {
    let header = ResponseHeader { correlation_id };
    FrameWriter::frame((&header, R::API.response_header_version(version)), (response, version))
}

/// Reads the response to the request with `correlation_id` from a frame without its prefix.
///
/// A broker answers an ApiVersions request that is too new for it in version 0 with error 35, whatever was asked; that
/// answer is read as what it is, and its error code says so.
///
/// # Errors
///
/// [`WireError`]: close the connection.
pub fn read_response<'a, R: Response<'a>>(
    frame: &'a [u8],
    version: i16,
    correlation_id: i32,
) -> Result<R, WireError> {
    let mut reader = Reader::new(frame);
    let header = ResponseHeader::read(&mut reader, R::API.response_header_version(version))?;
    if header.correlation_id != correlation_id {
        return Err(WireError::CorrelationMismatch {
            expected: correlation_id,
            found: header.correlation_id,
        });
    }
    let fallback = R::API == ApiKey::ApiVersions && reader.rest().starts_with(&UNSUPPORTED_VERSION);
    let body = R::read(&mut reader, if fallback { 0 } else { version })?;
    reader.finish()?;
    Ok(body)
}

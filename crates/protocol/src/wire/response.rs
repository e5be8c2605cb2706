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

/// A response that cannot be read: its connection is of no more use.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the response to {api} v{version} cannot be read: {reason}")]
pub struct ResponseError {
    /// What was asked.
    pub api: ApiKey,
    /// The version that was asked for.
    pub version: i16,
    /// What is wrong.
    pub reason: WireError,
}

/// Reads the response to the request with `correlation_id` from a frame without its prefix.
///
/// A broker answers an ApiVersions request whose version it does not have in version 0 with error 35, whatever was
/// asked; that answer is read as what it is, and its error code says so (KIP-511).
///
/// # Errors
///
/// [`ResponseError`]: close the connection.
pub fn read_response<'a, R: Response<'a>>(
    frame: &'a [u8],
    version: i16,
    correlation_id: i32,
) -> Result<R, ResponseError> {
    read(frame, version, correlation_id).map_err(|reason| ResponseError { api: R::API, version, reason })
}

fn read<'a, R: Response<'a>>(frame: &'a [u8], version: i16, correlation_id: i32) -> Result<R, WireError> {
    let mut reader = Reader::new(frame);
    let header = ResponseHeader::read(&mut reader, R::API.response_header_version(version))?;
    if header.correlation_id != correlation_id {
        return Err(WireError::CorrelationMismatch {
            expected: correlation_id,
            found: header.correlation_id,
        });
    }
    let may_fall_back = R::API == ApiKey::ApiVersions && reader.rest().starts_with(&UNSUPPORTED_VERSION);
    match body(reader.clone(), version) {
        Err(_) if may_fall_back => body(reader, 0),
        read => read,
    }
}

fn body<'a, R: Response<'a>>(mut reader: Reader<'a>, version: i16) -> Result<R, WireError> {
    let body = R::read(&mut reader, version)?;
    reader.finish()?;
    Ok(body)
}

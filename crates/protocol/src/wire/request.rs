//! Requests: a frame's header and body together.

use super::{Encoded, FrameWriter, Message, Reader, Request, Source as _, WireError};
use crate::messages::{AnyRequest, ApiKey, RequestHeader};

/// What came in.
#[derive(Debug, Clone, PartialEq)]
pub enum Incoming<'a> {
    /// A request to be answered.
    Request {
        /// Who asks, and the number that the answer must carry.
        header: RequestHeader<'a>,
        /// What is asked.
        body: Box<AnyRequest<'a>>,
    },
    /// ApiVersions in a version that is not among ours: to be answered in version 0 with error 35
    /// (`UNSUPPORTED_VERSION`) and our versions of ApiVersions, upon which the client asks again (KIP-511).
    ApiVersionsUnsupported {
        /// Who asks, and the number that the answer must carry.
        header: RequestHeader<'a>,
    },
}

/// A request that cannot be answered: its connection must be closed, because the client waits for an answer whose form
/// is not known. Nothing else is affected.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{} cannot be read: {reason}", self.name())]
pub struct RequestError {
    /// The API's key, where the frame is long enough to have one.
    pub api_key: Option<i16>,
    /// The version that was asked for.
    pub api_version: Option<i16>,
    /// What is wrong.
    pub reason: WireError,
}

impl RequestError {
    /// The request's name and version for a log, as far as they are known.
    #[must_use]
    pub fn name(&self) -> String {
        let name = match self.api_key.map(|key| (key, ApiKey::from_key(key))) {
            Some((_, Some(api))) => api.name().to_owned(),
            Some((key, None)) => format!("request of API {key}"),
            None => return "request without a header".to_owned(),
        };
        self.api_version.map_or_else(|| name.clone(), |version| format!("{name} v{version}"))
    }
}

/// Reads a request from a frame without its prefix.
///
/// # Errors
///
/// [`RequestError`]: close the connection.
pub fn read_request(frame: &[u8]) -> Result<Incoming<'_>, RequestError> {
    let number = |at: usize| frame.get(at..at + 2).map(|bytes| i16::from_be_bytes([bytes[0], bytes[1]]));
    read(frame).map_err(|reason| RequestError { api_key: number(0), api_version: number(2), reason })
}

fn read(frame: &[u8]) -> Result<Incoming<'_>, WireError> {
    let mut front = Reader::new(frame);
    let (api_key, version) = (front.i16()?, front.i16()?);
    let api = ApiKey::from_key(api_key).ok_or(WireError::UnknownApi(api_key))?;
    let is_supported = api.versions().contains(&version);
    if !is_supported && api != ApiKey::ApiVersions {
        let (first, last) = api.versions().into_inner();
        return Err(WireError::UnsupportedVersion { message: api.name(), version, first, last });
    }
    let mut reader = Reader::new(frame);
    let header = RequestHeader::read(&mut reader, api.request_header_version(version))?;
    if !is_supported {
        return Ok(Incoming::ApiVersionsUnsupported { header });
    }
    // Bytes behind the last field are passed over, as Kafka does: librdkafka leaves three of them behind a Metadata request
    // for all topics.
    let body = Box::new(AnyRequest::read(api, &mut reader, version)?);
    Ok(Incoming::Request { header, body })
}

/// Writes a request as a whole frame.
///
/// # Errors
///
/// Those of [`Message::write`].
pub fn encode_request<'a, R: Request<'a>>(
    request: &R,
    version: i16,
    correlation_id: i32,
    client_id: Option<&'a str>,
) -> Result<Encoded<'a>, WireError> {
    let header = RequestHeader {
        request_api_key: R::API as i16,
        request_api_version: version,
        correlation_id,
        client_id,
    };
    FrameWriter::frame((&header, R::API.request_header_version(version)), (request, version))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::messages::MetadataRequest;

    #[test]
    fn bytes_behind_a_request_are_passed_over_as_kafka_does() {
        // Metadata v13 for all topics, as librdkafka 2.16 sends it.
        let frame = b"\0\x03\0\x0d\0\0\0\x03\0\x07rdkafka\0\0\0\0\0\x01\0\0";
        let Ok(Incoming::Request { header, body }) = read_request(frame) else { panic!("it is not read") };
        assert_eq!(header.client_id, Some("rdkafka"));
        let expected =
            MetadataRequest { topics: None, allow_auto_topic_creation: false, ..MetadataRequest::default() };
        assert_eq!(*body, AnyRequest::Metadata(expected));
    }
}

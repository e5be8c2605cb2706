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
    /// ApiVersions in a version that is newer than ours: to be answered in version 0 with error 35
    /// (`UNSUPPORTED_VERSION`) and our versions of ApiVersions, upon which the client asks again (KIP-511).
    ApiVersionsTooNew {
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
    let mut front = Reader::new(frame);
    let (api_key, api_version) = (front.i16(), front.i16());
    let failed = |reason| RequestError {
        api_key: api_key.clone().ok(),
        api_version: api_version.clone().ok(),
        reason,
    };
    read(frame, &api_key, &api_version).map_err(failed)
}

fn read<'a>(
    frame: &'a [u8],
    api_key: &Result<i16, WireError>,
    version: &Result<i16, WireError>,
) -> Result<Incoming<'a>, WireError> {
    let (api_key, version) = (api_key.clone()?, version.clone()?);
    let api = ApiKey::from_key(api_key).ok_or(WireError::UnknownApi(api_key))?;
    let too_new = api == ApiKey::ApiVersions && version > *api.versions().end();
    if !too_new && !api.versions().contains(&version) {
        let (first, last) = api.versions().into_inner();
        return Err(WireError::UnsupportedVersion { message: api.name(), version, first, last });
    }
    let mut reader = Reader::new(frame);
    let header = RequestHeader::read(&mut reader, api.request_header_version(version))?;
    if too_new {
        return Ok(Incoming::ApiVersionsTooNew { header });
    }
    let body = Box::new(AnyRequest::read(api, &mut reader, version)?);
    reader.finish()?;
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

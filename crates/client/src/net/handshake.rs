//! The first requests on a new connection: which versions the broker has, and who the client is.

use std::future::poll_fn;
use std::time::Duration;

use bytes::Bytes;
use watershed_protocol::ErrorCode;
use watershed_protocol::messages::{
    ApiKey, ApiVersionsRequest, ApiVersionsResponse, SaslAuthenticateRequest, SaslAuthenticateResponse,
    SaslHandshakeRequest, SaslHandshakeResponse,
};
use watershed_protocol::wire::{Request, encode_request, read_response};

use super::frames::{Frame, ReadError, Reader, Writer};
use super::{Io, Sasl};
use crate::error::{Error, ErrorKind};

/// What brokers are told of this software (KIP-511).
const SOFTWARE: &str = "watershed";
/// The newest version of each, as far as the exchange needs it.
const API_VERSIONS: i16 = 4;
const SASL_HANDSHAKE: i16 = 1;
const SASL_AUTHENTICATE: i16 = 2;
/// The first Kafka that is served: 3.3, by the newest version of Fetch that it has, and what it is told by.
const FETCH_OF_OLDEST: i16 = 13;

/// The versions that a broker has, by API.
#[derive(Debug, Clone, Default)]
pub(crate) struct Versions(Vec<(ApiKey, i16, i16)>);

impl Versions {
    /// The newest version that both sides have.
    pub(crate) fn newest<'a, R: Request<'a>>(&self) -> Option<i16> {
        let &(_, first, last) = self.0.iter().find(|(api, ..)| *api == R::API)?;
        let (our_first, our_last) = R::VERSIONS.into_inner();
        let newest = last.min(our_last);
        (newest >= first.max(our_first)).then_some(newest)
    }
}

/// A stream with which requests are asked one at a time.
pub(super) struct Dialogue {
    pub(super) stream: Box<dyn Io>,
    pub(super) reader: Reader,
    client_id: String,
    next: i32,
}

impl Dialogue {
    pub(super) fn new(stream: Box<dyn Io>, reader: Reader, client_id: String) -> Self {
        Self { stream, reader, client_id, next: 0 }
    }

    async fn ask<'a, R: Request<'a>>(&mut self, request: &R, version: i16) -> Result<(Bytes, i32), Error> {
        self.next = self.next.wrapping_add(1);
        let frame = encode_request(request, version, self.next, None)
            .map_err(|error| Error::new(ErrorKind::Invalid, error.to_string()))?;
        let mut writer = Writer::default();
        writer.push(Frame::new(&frame, Vec::new()));
        poll_fn(|context| writer.poll(&mut *self.stream, context))
            .await
            .map_err(ReadError::from)
            .map_err(lost)?;
        let frame = poll_fn(|context| self.reader.poll(&mut *self.stream, context)).await.map_err(lost)?;
        Ok((frame, self.next))
    }

    /// Asks for the broker's versions.
    ///
    /// # Errors
    ///
    /// Those of the stream; [`ErrorKind::Invalid`] if the broker is too old, or none.
    pub(super) async fn versions(&mut self) -> Result<Versions, Error> {
        let request = ApiVersionsRequest {
            client_software_name: SOFTWARE,
            client_software_version: env!("CARGO_PKG_VERSION"),
        };
        let mut version = API_VERSIONS;
        loop {
            let (frame, id) = self.ask(&request_in(&request, version), version).await?;
            let response: ApiVersionsResponse<'_> =
                read_response(&frame, version, id).map_err(|error| corrupt(&error))?;
            let code = ErrorCode::from_code(response.error_code);
            if code == Some(ErrorCode::UnsupportedVersion) && version > 0 {
                // It says which versions of this request it has (KIP-511).
                let its = response.api_keys.iter().find(|api| api.api_key == ApiKey::ApiVersions as i16);
                version = its.map_or(0, |its| its.max_version.min(version - 1)).max(0);
                continue;
            }
            if response.error_code != 0 {
                return Err(Error::answered_code(
                    response.error_code,
                    "the broker's versions cannot be had",
                    None,
                ));
            }
            let known = response
                .api_keys
                .iter()
                .filter_map(|its| Some((ApiKey::from_key(its.api_key)?, its.min_version, its.max_version)));
            let versions = Versions(known.collect());
            let fetch = versions.0.iter().find(|(api, ..)| *api == ApiKey::Fetch);
            if fetch.is_some_and(|&(_, _, last)| last < FETCH_OF_OLDEST) {
                return Err(Error::new(
                    ErrorKind::Invalid,
                    "the broker is older than Kafka 3.3, the oldest that is served: upgrade it",
                ));
            }
            return Ok(versions);
        }
    }

    /// Says who the client is. Gives for how long that holds, if not for ever (KIP-368).
    ///
    /// # Errors
    ///
    /// Those of the stream; [`ErrorKind::Unauthorised`].
    pub(super) async fn authenticate(&mut self, sasl: &Sasl) -> Result<Option<Duration>, Error> {
        let mechanism = sasl.mechanism();
        let (frame, id) = self.ask(&SaslHandshakeRequest { mechanism }, SASL_HANDSHAKE).await?;
        let response: SaslHandshakeResponse<'_> =
            read_response(&frame, SASL_HANDSHAKE, id).map_err(|error| corrupt(&error))?;
        if response.error_code != 0 {
            let has = if response.mechanisms.is_empty() {
                "none".to_owned()
            } else {
                response.mechanisms.join(", ")
            };
            return Err(Error::new(
                ErrorKind::Unauthorised,
                format!("the broker does not take credentials by {mechanism}: its mechanisms are {has}"),
            ));
        }
        let mut exchange = sasl.begin().await?;
        let mut answer: Option<Vec<u8>> = None;
        let mut lifetime = None;
        while let Some(message) = exchange.step(answer.as_deref())? {
            let request = SaslAuthenticateRequest { auth_bytes: &message };
            let (frame, id) = self.ask(&request, SASL_AUTHENTICATE).await?;
            let response: SaslAuthenticateResponse<'_> =
                read_response(&frame, SASL_AUTHENTICATE, id).map_err(|error| corrupt(&error))?;
            if response.error_code != 0 {
                let what = format!("the credentials for {mechanism} are refused");
                return Err(Error::answered_code(response.error_code, &what, response.error_message));
            }
            let lifetime_ms = u64::try_from(response.session_lifetime_ms).unwrap_or(0);
            lifetime = (lifetime_ms > 0).then(|| Duration::from_millis(lifetime_ms));
            answer = Some(response.auth_bytes.to_vec());
        }
        Ok(lifetime)
    }

    /// What brokers call the client.
    pub(super) fn client_id(&self) -> &str {
        &self.client_id
    }
}

/// Old versions have no place for the software's name.
fn request_in<'a>(request: &ApiVersionsRequest<'a>, version: i16) -> ApiVersionsRequest<'a> {
    if version >= 3 { request.clone() } else { ApiVersionsRequest::default() }
}

/// What a lost stream means for whoever waited for an answer.
pub(super) fn lost(error: ReadError) -> Error {
    let kind = match &error {
        ReadError::Closed | ReadError::CutOff | ReadError::Io(_) => ErrorKind::Retry,
        ReadError::Tls | ReadError::Http => ErrorKind::Invalid,
        ReadError::NoFrame(_) => ErrorKind::Corrupt,
    };
    Error::new(kind, error.to_string())
}

pub(super) fn corrupt(error: &impl std::fmt::Display) -> Error {
    Error::new(ErrorKind::Corrupt, error.to_string())
}

// @generated from the message definitions in kafka-clients 4.3.1 by `cargo xtask generate`: do not edit.
//! SaslAuthenticateResponse: API key 36, versions 0 to 2, flexible since v2.

use std::ops::RangeInclusive;

use crate::messages::ApiKey;
use crate::wire::{Message, Response, Sink, Source, WireError, check_version};

/// SaslAuthenticateResponse, versions 0 to 2.
#[derive(Clone, PartialEq)]
pub struct SaslAuthenticateResponse<'a> {
    /// `ErrorCode`, all versions.
    pub error_code: i16,
    /// `ErrorMessage`, all versions, can be null.
    pub error_message: Option<&'a str>,
    /// `AuthBytes`, all versions.
    pub auth_bytes: &'a [u8],
    /// `SessionLifetimeMs`, v1 and later, default `0`.
    pub session_lifetime_ms: i64,
}

impl std::fmt::Debug for SaslAuthenticateResponse<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SaslAuthenticateResponse")
            .field("error_code", &self.error_code)
            .field("error_message", &self.error_message)
            .field("auth_bytes", &format_args!("<redacted>"))
            .field("session_lifetime_ms", &self.session_lifetime_ms)
            .finish()
    }
}

impl Default for SaslAuthenticateResponse<'_> {
    fn default() -> Self {
        Self { error_code: 0, error_message: Some(""), auth_bytes: &[], session_lifetime_ms: 0 }
    }
}

impl<'a> Message<'a> for SaslAuthenticateResponse<'a> {
    const NAME: &'static str = "SaslAuthenticateResponse";
    const VERSIONS: RangeInclusive<i16> = 0..=2;

    fn read<S: Source<'a>>(source: &mut S, version: i16) -> Result<Self, WireError> {
        check_version::<Self>(version)?;
        let flexible = version >= 2;
        let error_code = source.i16()?;
        let error_message = source.nullable_string(flexible)?;
        let auth_bytes = source.bytes(flexible)?;
        let session_lifetime_ms = if version >= 1 { source.i64()? } else { 0 };
        if flexible {
            const TAGS: &[u32] = &[];
            for index in 0..source.tag_count(TAGS)? {
                source.tag(index, TAGS)?;
                source.skip_tagged()?;
            }
        }
        Ok(Self { error_code, error_message, auth_bytes, session_lifetime_ms })
    }

    fn write<S: Sink<'a>>(&self, sink: &mut S, version: i16) -> Result<(), WireError> {
        check_version::<Self>(version)?;
        let flexible = version >= 2;
        sink.i16(self.error_code);
        sink.nullable_string(flexible, self.error_message)?;
        sink.bytes(flexible, self.auth_bytes)?;
        if version >= 1 {
            sink.i64(self.session_lifetime_ms);
        }
        if flexible {
            sink.varint(0);
        }
        Ok(())
    }
}

impl<'a> Response<'a> for SaslAuthenticateResponse<'a> {
    const API: ApiKey = ApiKey::SaslAuthenticate;
}

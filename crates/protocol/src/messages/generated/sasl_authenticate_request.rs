// @generated from the message definitions in kafka-clients 4.3.1 by `cargo xtask generate`: do not edit.
//! SaslAuthenticateRequest: API key 36, versions 0 to 2, flexible since v2.

use std::ops::RangeInclusive;

use crate::messages::ApiKey;
use crate::wire::{Message, Request, Sink, Source, WireError, check_version};

/// SaslAuthenticateRequest, versions 0 to 2.
#[derive(Clone, PartialEq, Default)]
pub struct SaslAuthenticateRequest<'a> {
    /// `AuthBytes`, all versions.
    pub auth_bytes: &'a [u8],
}

impl std::fmt::Debug for SaslAuthenticateRequest<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SaslAuthenticateRequest").field("auth_bytes", &format_args!("<redacted>")).finish()
    }
}

impl<'a> Message<'a> for SaslAuthenticateRequest<'a> {
    const NAME: &'static str = "SaslAuthenticateRequest";
    const VERSIONS: RangeInclusive<i16> = 0..=2;

    fn read<S: Source<'a>>(source: &mut S, version: i16) -> Result<Self, WireError> {
        check_version::<Self>(version)?;
        let flexible = version >= 2;
        let auth_bytes = source.bytes(flexible)?;
        if flexible {
            const TAGS: &[u32] = &[];
            for index in 0..source.tag_count(TAGS)? {
                source.tag(index, TAGS)?;
                source.skip_tagged()?;
            }
        }
        Ok(Self { auth_bytes })
    }

    fn write<S: Sink<'a>>(&self, sink: &mut S, version: i16) -> Result<(), WireError> {
        check_version::<Self>(version)?;
        let flexible = version >= 2;
        sink.bytes(flexible, self.auth_bytes)?;
        if flexible {
            sink.varint(0);
        }
        Ok(())
    }
}

impl<'a> Request<'a> for SaslAuthenticateRequest<'a> {
    const API: ApiKey = ApiKey::SaslAuthenticate;
    type Response = super::SaslAuthenticateResponse<'a>;
}

// @generated from the message definitions in kafka-clients 4.3.1 by `cargo xtask generate`: do not edit.
//! SaslHandshakeRequest: API key 17, versions 0 to 1, none flexible.

use std::ops::RangeInclusive;

use crate::messages::ApiKey;
use crate::wire::{Message, Request, Sink, Source, WireError, check_version};

/// SaslHandshakeRequest, versions 0 to 1.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct SaslHandshakeRequest<'a> {
    /// `Mechanism`, all versions.
    pub mechanism: &'a str,
}

impl<'a> Message<'a> for SaslHandshakeRequest<'a> {
    const NAME: &'static str = "SaslHandshakeRequest";
    const VERSIONS: RangeInclusive<i16> = 0..=1;

    fn read<S: Source<'a>>(source: &mut S, version: i16) -> Result<Self, WireError> {
        check_version::<Self>(version)?;
        let mechanism = source.string(false)?;
        Ok(Self { mechanism })
    }

    fn write<S: Sink<'a>>(&self, sink: &mut S, version: i16) -> Result<(), WireError> {
        check_version::<Self>(version)?;
        sink.string(false, self.mechanism)?;
        Ok(())
    }
}

impl<'a> Request<'a> for SaslHandshakeRequest<'a> {
    const API: ApiKey = ApiKey::SaslHandshake;
    type Response = super::SaslHandshakeResponse<'a>;
}

// @generated from the message definitions in kafka-clients 4.3.1 by `cargo xtask generate`: do not edit.
//! SaslHandshakeResponse: API key 17, versions 0 to 1, none flexible.

use std::ops::RangeInclusive;

use crate::messages::ApiKey;
use crate::wire::{Message, Response, Sink, Source, WireError, check_version};

/// SaslHandshakeResponse, versions 0 to 1.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct SaslHandshakeResponse<'a> {
    /// `ErrorCode`, all versions.
    pub error_code: i16,
    /// `Mechanisms`, all versions.
    pub mechanisms: Vec<&'a str>,
}

impl<'a> Message<'a> for SaslHandshakeResponse<'a> {
    const NAME: &'static str = "SaslHandshakeResponse";
    const VERSIONS: RangeInclusive<i16> = 0..=1;

    fn read<S: Source<'a>>(source: &mut S, version: i16) -> Result<Self, WireError> {
        check_version::<Self>(version)?;
        let error_code = source.i16()?;
        let mechanisms = source.array(false, 2, |source| source.string(false))?;
        Ok(Self { error_code, mechanisms })
    }

    fn write<S: Sink<'a>>(&self, sink: &mut S, version: i16) -> Result<(), WireError> {
        check_version::<Self>(version)?;
        sink.i16(self.error_code);
        sink.array(false, &self.mechanisms, |sink, element| sink.string(false, element))?;
        Ok(())
    }
}

impl<'a> Response<'a> for SaslHandshakeResponse<'a> {
    const API: ApiKey = ApiKey::SaslHandshake;
}

// @generated from the message definitions in kafka-clients 4.3.1 by `cargo xtask generate`: do not edit.
//! RequestHeader: versions 1 to 2, flexible since v2.

use std::ops::RangeInclusive;

use crate::wire::{Message, Sink, Source, WireError, check_version};

/// RequestHeader, versions 1 to 2.
#[derive(Debug, Clone, PartialEq)]
pub struct RequestHeader<'a> {
    /// `RequestApiKey`, all versions.
    pub request_api_key: i16,
    /// `RequestApiVersion`, all versions.
    pub request_api_version: i16,
    /// `CorrelationId`, all versions.
    pub correlation_id: i32,
    /// `ClientId`, all versions, can be null.
    pub client_id: Option<&'a str>,
}

impl Default for RequestHeader<'_> {
    fn default() -> Self {
        Self { request_api_key: 0, request_api_version: 0, correlation_id: 0, client_id: Some("") }
    }
}

impl<'a> Message<'a> for RequestHeader<'a> {
    const NAME: &'static str = "RequestHeader";
    const VERSIONS: RangeInclusive<i16> = 1..=2;

    fn read<S: Source<'a>>(source: &mut S, version: i16) -> Result<Self, WireError> {
        check_version::<Self>(version)?;
        let flexible = version >= 2;
        let request_api_key = source.i16()?;
        let request_api_version = source.i16()?;
        let correlation_id = source.i32()?;
        let client_id = source.nullable_string(false)?;
        if flexible {
            const TAGS: &[u32] = &[];
            for index in 0..source.tag_count(TAGS)? {
                source.tag(index, TAGS)?;
                source.skip_tagged()?;
            }
        }
        Ok(Self { request_api_key, request_api_version, correlation_id, client_id })
    }

    fn write<S: Sink<'a>>(&self, sink: &mut S, version: i16) -> Result<(), WireError> {
        check_version::<Self>(version)?;
        let flexible = version >= 2;
        sink.i16(self.request_api_key);
        sink.i16(self.request_api_version);
        sink.i32(self.correlation_id);
        sink.nullable_string(false, self.client_id)?;
        if flexible {
            sink.varint(0);
        }
        Ok(())
    }
}

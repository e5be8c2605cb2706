// @generated from the message definitions in kafka-clients 4.3.1 by `cargo xtask generate`: do not edit.
//! ApiVersionsRequest: API key 18, versions 0 to 4, flexible since v3.

use std::ops::RangeInclusive;

use crate::messages::ApiKey;
use crate::wire::{Message, Request, Sink, Source, WireError, check_version};

/// ApiVersionsRequest, versions 0 to 4.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct ApiVersionsRequest<'a> {
    /// `ClientSoftwareName`, v3 and later.
    pub client_software_name: &'a str,
    /// `ClientSoftwareVersion`, v3 and later.
    pub client_software_version: &'a str,
}

impl<'a> Message<'a> for ApiVersionsRequest<'a> {
    const NAME: &'static str = "ApiVersionsRequest";
    const VERSIONS: RangeInclusive<i16> = 0..=4;

    fn read<S: Source<'a>>(source: &mut S, version: i16) -> Result<Self, WireError> {
        check_version::<Self>(version)?;
        let flexible = version >= 3;
        let client_software_name = if version >= 3 { source.string(flexible)? } else { "" };
        let client_software_version = if version >= 3 { source.string(flexible)? } else { "" };
        if flexible {
            const TAGS: &[u32] = &[];
            for index in 0..source.tag_count(TAGS)? {
                source.tag(index, TAGS)?;
                source.skip_tagged()?;
            }
        }
        Ok(Self { client_software_name, client_software_version })
    }

    fn write<S: Sink<'a>>(&self, sink: &mut S, version: i16) -> Result<(), WireError> {
        check_version::<Self>(version)?;
        let flexible = version >= 3;
        if version >= 3 {
            sink.string(flexible, self.client_software_name)?;
        }
        if version >= 3 {
            sink.string(flexible, self.client_software_version)?;
        }
        if flexible {
            sink.varint(0);
        }
        Ok(())
    }
}

impl<'a> Request<'a> for ApiVersionsRequest<'a> {
    const API: ApiKey = ApiKey::ApiVersions;
    type Response = super::ApiVersionsResponse<'a>;
}

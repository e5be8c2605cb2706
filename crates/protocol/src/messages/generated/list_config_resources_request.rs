// @generated from the message definitions in kafka-clients 4.3.1 by `cargo xtask generate`: do not edit.
//! ListConfigResourcesRequest: API key 74, versions 0 to 1, all flexible.

use std::ops::RangeInclusive;

use crate::messages::ApiKey;
use crate::wire::{Message, Request, Sink, Source, WireError, check_version, not_in_version};

/// ListConfigResourcesRequest, versions 0 to 1.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct ListConfigResourcesRequest {
    /// `ResourceTypes`, v1 and later.
    pub resource_types: Vec<i8>,
}

impl<'a> Message<'a> for ListConfigResourcesRequest {
    const NAME: &'static str = "ListConfigResourcesRequest";
    const VERSIONS: RangeInclusive<i16> = 0..=1;

    fn read<S: Source<'a>>(source: &mut S, version: i16) -> Result<Self, WireError> {
        check_version::<Self>(version)?;
        let resource_types =
            if version >= 1 { source.array(true, 1, |source| source.i8())? } else { Vec::new() };
        const TAGS: &[u32] = &[];
        for index in 0..source.tag_count(TAGS)? {
            source.tag(index, TAGS)?;
            source.skip_tagged()?;
        }
        Ok(Self { resource_types })
    }

    fn write<S: Sink<'a>>(&self, sink: &mut S, version: i16) -> Result<(), WireError> {
        check_version::<Self>(version)?;
        if version >= 1 {
            sink.array(true, &self.resource_types, |sink, element| {
                sink.i8(*element);
                Ok(())
            })?;
        } else if !self.resource_types.is_empty() {
            return Err(not_in_version("ListConfigResourcesRequest", "resource_types", version));
        }
        sink.varint(0);
        Ok(())
    }
}

impl<'a> Request<'a> for ListConfigResourcesRequest {
    const API: ApiKey = ApiKey::ListConfigResources;
    type Response = super::ListConfigResourcesResponse<'a>;
}

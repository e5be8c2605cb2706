// @generated from the message definitions in kafka-clients 4.3.1 by `cargo xtask generate`: do not edit.
//! ListGroupsRequest: API key 16, versions 0 to 5, flexible since v3.

use std::ops::RangeInclusive;

use crate::messages::ApiKey;
use crate::wire::{Message, Request, Sink, Source, WireError, check_version, not_in_version};

/// ListGroupsRequest, versions 0 to 5.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct ListGroupsRequest<'a> {
    /// `StatesFilter`, v4 and later.
    pub states_filter: Vec<&'a str>,
    /// `TypesFilter`, v5 and later.
    pub types_filter: Vec<&'a str>,
}

impl<'a> Message<'a> for ListGroupsRequest<'a> {
    const NAME: &'static str = "ListGroupsRequest";
    const VERSIONS: RangeInclusive<i16> = 0..=5;

    fn read<S: Source<'a>>(source: &mut S, version: i16) -> Result<Self, WireError> {
        check_version::<Self>(version)?;
        let flexible = version >= 3;
        let states_filter = if version >= 4 {
            source.array(flexible, 1, |source| source.string(flexible))?
        } else {
            Vec::new()
        };
        let types_filter = if version >= 5 {
            source.array(flexible, 1, |source| source.string(flexible))?
        } else {
            Vec::new()
        };
        if flexible {
            const TAGS: &[u32] = &[];
            for index in 0..source.tag_count(TAGS)? {
                source.tag(index, TAGS)?;
                source.skip_tagged()?;
            }
        }
        Ok(Self { states_filter, types_filter })
    }

    fn write<S: Sink<'a>>(&self, sink: &mut S, version: i16) -> Result<(), WireError> {
        check_version::<Self>(version)?;
        let flexible = version >= 3;
        if version >= 4 {
            sink.array(flexible, &self.states_filter, |sink, element| sink.string(flexible, element))?;
        } else if !self.states_filter.is_empty() {
            return Err(not_in_version("ListGroupsRequest", "states_filter", version));
        }
        if version >= 5 {
            sink.array(flexible, &self.types_filter, |sink, element| sink.string(flexible, element))?;
        } else if !self.types_filter.is_empty() {
            return Err(not_in_version("ListGroupsRequest", "types_filter", version));
        }
        if flexible {
            sink.varint(0);
        }
        Ok(())
    }
}

impl<'a> Request<'a> for ListGroupsRequest<'a> {
    const API: ApiKey = ApiKey::ListGroups;
    type Response = super::ListGroupsResponse<'a>;
}

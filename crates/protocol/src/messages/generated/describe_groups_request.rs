// @generated from the message definitions in kafka-clients 4.3.1 by `cargo xtask generate`: do not edit.
//! DescribeGroupsRequest: API key 15, versions 0 to 6, flexible since v5.

use std::ops::RangeInclusive;

use crate::messages::ApiKey;
use crate::wire::{Message, Request, Sink, Source, WireError, check_version, not_in_version};

/// DescribeGroupsRequest, versions 0 to 6.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct DescribeGroupsRequest<'a> {
    /// `Groups`, all versions.
    pub groups: Vec<&'a str>,
    /// `IncludeAuthorizedOperations`, v3 and later.
    pub include_authorized_operations: bool,
}

impl<'a> Message<'a> for DescribeGroupsRequest<'a> {
    const NAME: &'static str = "DescribeGroupsRequest";
    const VERSIONS: RangeInclusive<i16> = 0..=6;

    fn read<S: Source<'a>>(source: &mut S, version: i16) -> Result<Self, WireError> {
        check_version::<Self>(version)?;
        let flexible = version >= 5;
        let groups = source.array(flexible, 1, |source| source.string(flexible))?;
        let include_authorized_operations = if version >= 3 { source.bool()? } else { false };
        if flexible {
            const TAGS: &[u32] = &[];
            for index in 0..source.tag_count(TAGS)? {
                source.tag(index, TAGS)?;
                source.skip_tagged()?;
            }
        }
        Ok(Self { groups, include_authorized_operations })
    }

    fn write<S: Sink<'a>>(&self, sink: &mut S, version: i16) -> Result<(), WireError> {
        check_version::<Self>(version)?;
        let flexible = version >= 5;
        sink.array(flexible, &self.groups, |sink, element| sink.string(flexible, element))?;
        if version >= 3 {
            sink.bool(self.include_authorized_operations);
        } else if self.include_authorized_operations {
            return Err(not_in_version("DescribeGroupsRequest", "include_authorized_operations", version));
        }
        if flexible {
            sink.varint(0);
        }
        Ok(())
    }
}

impl<'a> Request<'a> for DescribeGroupsRequest<'a> {
    const API: ApiKey = ApiKey::DescribeGroups;
    type Response = super::DescribeGroupsResponse<'a>;
}

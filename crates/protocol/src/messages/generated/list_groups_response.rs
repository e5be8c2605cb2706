// @generated from the message definitions in kafka-clients 4.3.1 by `cargo xtask generate`: do not edit.
//! ListGroupsResponse: API key 16, versions 0 to 5, flexible since v3.

use std::ops::RangeInclusive;

use crate::messages::ApiKey;
use crate::wire::{Message, Response, Sink, Source, WireError, check_version};

/// ListGroupsResponse, versions 0 to 5.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct ListGroupsResponse<'a> {
    /// `ThrottleTimeMs`, v1 and later.
    pub throttle_time_ms: i32,
    /// `ErrorCode`, all versions.
    pub error_code: i16,
    /// `Groups`, all versions.
    pub groups: Vec<ListedGroup<'a>>,
}

impl<'a> Message<'a> for ListGroupsResponse<'a> {
    const NAME: &'static str = "ListGroupsResponse";
    const VERSIONS: RangeInclusive<i16> = 0..=5;

    fn read<S: Source<'a>>(source: &mut S, version: i16) -> Result<Self, WireError> {
        check_version::<Self>(version)?;
        let flexible = version >= 3;
        let throttle_time_ms = if version >= 1 { source.i32()? } else { 0 };
        let error_code = source.i16()?;
        let groups = source.array(flexible, 3, |source| ListedGroup::read(source, version))?;
        if flexible {
            const TAGS: &[u32] = &[];
            for index in 0..source.tag_count(TAGS)? {
                source.tag(index, TAGS)?;
                source.skip_tagged()?;
            }
        }
        Ok(Self { throttle_time_ms, error_code, groups })
    }

    fn write<S: Sink<'a>>(&self, sink: &mut S, version: i16) -> Result<(), WireError> {
        check_version::<Self>(version)?;
        let flexible = version >= 3;
        if version >= 1 {
            sink.i32(self.throttle_time_ms);
        }
        sink.i16(self.error_code);
        sink.array(flexible, &self.groups, |sink, element| element.write(sink, version))?;
        if flexible {
            sink.varint(0);
        }
        Ok(())
    }
}

impl<'a> Response<'a> for ListGroupsResponse<'a> {
    const API: ApiKey = ApiKey::ListGroups;
}

/// ListedGroup of a [`ListGroupsResponse`].
#[derive(Debug, Clone, PartialEq, Default)]
pub struct ListedGroup<'a> {
    /// `GroupId`, all versions.
    pub group_id: &'a str,
    /// `ProtocolType`, all versions.
    pub protocol_type: &'a str,
    /// `GroupState`, v4 and later.
    pub group_state: &'a str,
    /// `GroupType`, v5 and later.
    pub group_type: &'a str,
}

impl<'a> ListedGroup<'a> {
    fn read<S: Source<'a>>(source: &mut S, version: i16) -> Result<Self, WireError> {
        let flexible = version >= 3;
        let group_id = source.string(flexible)?;
        let protocol_type = source.string(flexible)?;
        let group_state = if version >= 4 { source.string(flexible)? } else { "" };
        let group_type = if version >= 5 { source.string(flexible)? } else { "" };
        if flexible {
            const TAGS: &[u32] = &[];
            for index in 0..source.tag_count(TAGS)? {
                source.tag(index, TAGS)?;
                source.skip_tagged()?;
            }
        }
        Ok(Self { group_id, protocol_type, group_state, group_type })
    }

    fn write<S: Sink<'a>>(&self, sink: &mut S, version: i16) -> Result<(), WireError> {
        let flexible = version >= 3;
        sink.string(flexible, self.group_id)?;
        sink.string(flexible, self.protocol_type)?;
        if version >= 4 {
            sink.string(flexible, self.group_state)?;
        }
        if version >= 5 {
            sink.string(flexible, self.group_type)?;
        }
        if flexible {
            sink.varint(0);
        }
        Ok(())
    }
}

// @generated from the message definitions in kafka-clients 4.3.1 by `cargo xtask generate`: do not edit.
//! JoinGroupResponse: API key 11, versions 0 to 9, flexible since v6.

use std::ops::RangeInclusive;

use crate::messages::ApiKey;
use crate::wire::{
    Message, Response, Sink, Source, WireError, check_version, not_in_version, null_not_in_version,
};

/// JoinGroupResponse, versions 0 to 9.
#[derive(Debug, Clone, PartialEq)]
pub struct JoinGroupResponse<'a> {
    /// `ThrottleTimeMs`, v2 and later.
    pub throttle_time_ms: i32,
    /// `ErrorCode`, all versions.
    pub error_code: i16,
    /// `GenerationId`, all versions, default `-1`.
    pub generation_id: i32,
    /// `ProtocolType`, v7 and later, can be null.
    pub protocol_type: Option<&'a str>,
    /// `ProtocolName`, all versions, can be null in v7 and later.
    pub protocol_name: Option<&'a str>,
    /// `Leader`, all versions.
    pub leader: &'a str,
    /// `SkipAssignment`, v9 and later, default `false`.
    pub skip_assignment: bool,
    /// `MemberId`, all versions.
    pub member_id: &'a str,
    /// `Members`, all versions.
    pub members: Vec<JoinGroupResponseMember<'a>>,
}

impl Default for JoinGroupResponse<'_> {
    fn default() -> Self {
        Self {
            throttle_time_ms: 0,
            error_code: 0,
            generation_id: -1,
            protocol_type: None,
            protocol_name: Some(""),
            leader: "",
            skip_assignment: false,
            member_id: "",
            members: Vec::new(),
        }
    }
}

impl<'a> Message<'a> for JoinGroupResponse<'a> {
    const NAME: &'static str = "JoinGroupResponse";
    const VERSIONS: RangeInclusive<i16> = 0..=9;

    fn read<S: Source<'a>>(source: &mut S, version: i16) -> Result<Self, WireError> {
        check_version::<Self>(version)?;
        let flexible = version >= 6;
        let throttle_time_ms = if version >= 2 { source.i32()? } else { 0 };
        let error_code = source.i16()?;
        let generation_id = source.i32()?;
        let protocol_type = if version >= 7 { source.nullable_string(flexible)? } else { None };
        let protocol_name = {
            let value = if version >= 7 {
                source.nullable_string(flexible)
            } else {
                source.string(flexible).map(Some)
            };
            value?
        };
        let leader = source.string(flexible)?;
        let skip_assignment = if version >= 9 { source.bool()? } else { false };
        let member_id = source.string(flexible)?;
        let members = source.array(flexible, 4, |source| JoinGroupResponseMember::read(source, version))?;
        if flexible {
            const TAGS: &[u32] = &[];
            for index in 0..source.tag_count(TAGS)? {
                source.tag(index, TAGS)?;
                source.skip_tagged()?;
            }
        }
        Ok(Self {
            throttle_time_ms,
            error_code,
            generation_id,
            protocol_type,
            protocol_name,
            leader,
            skip_assignment,
            member_id,
            members,
        })
    }

    fn write<S: Sink<'a>>(&self, sink: &mut S, version: i16) -> Result<(), WireError> {
        check_version::<Self>(version)?;
        let flexible = version >= 6;
        if version >= 2 {
            sink.i32(self.throttle_time_ms);
        }
        sink.i16(self.error_code);
        sink.i32(self.generation_id);
        if version >= 7 {
            sink.nullable_string(flexible, self.protocol_type)?;
        }
        if version < 7 && self.protocol_name.is_none() {
            return Err(null_not_in_version("JoinGroupResponse", "protocol_name", version));
        }
        sink.nullable_string(flexible, self.protocol_name)?;
        sink.string(flexible, self.leader)?;
        if version >= 9 {
            sink.bool(self.skip_assignment);
        } else if self.skip_assignment {
            return Err(not_in_version("JoinGroupResponse", "skip_assignment", version));
        }
        sink.string(flexible, self.member_id)?;
        sink.array(flexible, &self.members, |sink, element| element.write(sink, version))?;
        if flexible {
            sink.varint(0);
        }
        Ok(())
    }
}

impl<'a> Response<'a> for JoinGroupResponse<'a> {
    const API: ApiKey = ApiKey::JoinGroup;
}

/// JoinGroupResponseMember of a [`JoinGroupResponse`].
#[derive(Debug, Clone, PartialEq, Default)]
pub struct JoinGroupResponseMember<'a> {
    /// `MemberId`, all versions.
    pub member_id: &'a str,
    /// `GroupInstanceId`, v5 and later, can be null.
    pub group_instance_id: Option<&'a str>,
    /// `Metadata`, all versions.
    pub metadata: &'a [u8],
}

impl<'a> JoinGroupResponseMember<'a> {
    fn read<S: Source<'a>>(source: &mut S, version: i16) -> Result<Self, WireError> {
        let flexible = version >= 6;
        let member_id = source.string(flexible)?;
        let group_instance_id = if version >= 5 { source.nullable_string(flexible)? } else { None };
        let metadata = source.bytes(flexible)?;
        if flexible {
            const TAGS: &[u32] = &[];
            for index in 0..source.tag_count(TAGS)? {
                source.tag(index, TAGS)?;
                source.skip_tagged()?;
            }
        }
        Ok(Self { member_id, group_instance_id, metadata })
    }

    fn write<S: Sink<'a>>(&self, sink: &mut S, version: i16) -> Result<(), WireError> {
        let flexible = version >= 6;
        sink.string(flexible, self.member_id)?;
        if version >= 5 {
            sink.nullable_string(flexible, self.group_instance_id)?;
        }
        sink.bytes(flexible, self.metadata)?;
        if flexible {
            sink.varint(0);
        }
        Ok(())
    }
}

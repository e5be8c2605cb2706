// @generated from the message definitions in kafka-clients 4.3.1 by `cargo xtask generate`: do not edit.
//! LeaveGroupResponse: API key 13, versions 0 to 5, flexible since v4.

use std::ops::RangeInclusive;

use crate::messages::ApiKey;
use crate::wire::{Message, Response, Sink, Source, WireError, check_version, not_in_version};

/// LeaveGroupResponse, versions 0 to 5.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct LeaveGroupResponse<'a> {
    /// `ThrottleTimeMs`, v1 and later.
    pub throttle_time_ms: i32,
    /// `ErrorCode`, all versions.
    pub error_code: i16,
    /// `Members`, v3 and later.
    pub members: Vec<MemberResponse<'a>>,
}

impl<'a> Message<'a> for LeaveGroupResponse<'a> {
    const NAME: &'static str = "LeaveGroupResponse";
    const VERSIONS: RangeInclusive<i16> = 0..=5;

    fn read<S: Source<'a>>(source: &mut S, version: i16) -> Result<Self, WireError> {
        check_version::<Self>(version)?;
        let flexible = version >= 4;
        let throttle_time_ms = if version >= 1 { source.i32()? } else { 0 };
        let error_code = source.i16()?;
        let members = if version >= 3 {
            source.array(flexible, 5, |source| MemberResponse::read(source, version))?
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
        Ok(Self { throttle_time_ms, error_code, members })
    }

    fn write<S: Sink<'a>>(&self, sink: &mut S, version: i16) -> Result<(), WireError> {
        check_version::<Self>(version)?;
        let flexible = version >= 4;
        if version >= 1 {
            sink.i32(self.throttle_time_ms);
        }
        sink.i16(self.error_code);
        if version >= 3 {
            sink.array(flexible, &self.members, |sink, element| element.write(sink, version))?;
        } else if !self.members.is_empty() {
            return Err(not_in_version("LeaveGroupResponse", "members", version));
        }
        if flexible {
            sink.varint(0);
        }
        Ok(())
    }
}

impl<'a> Response<'a> for LeaveGroupResponse<'a> {
    const API: ApiKey = ApiKey::LeaveGroup;
}

/// MemberResponse of a [`LeaveGroupResponse`].
#[derive(Debug, Clone, PartialEq)]
pub struct MemberResponse<'a> {
    /// `MemberId`, v3 and later.
    pub member_id: &'a str,
    /// `GroupInstanceId`, v3 and later, can be null.
    pub group_instance_id: Option<&'a str>,
    /// `ErrorCode`, v3 and later.
    pub error_code: i16,
}

impl Default for MemberResponse<'_> {
    fn default() -> Self {
        Self { member_id: "", group_instance_id: Some(""), error_code: 0 }
    }
}

impl<'a> MemberResponse<'a> {
    fn read<S: Source<'a>>(source: &mut S, version: i16) -> Result<Self, WireError> {
        let flexible = version >= 4;
        let member_id = if version >= 3 { source.string(flexible)? } else { "" };
        let group_instance_id = if version >= 3 { source.nullable_string(flexible)? } else { Some("") };
        let error_code = if version >= 3 { source.i16()? } else { 0 };
        if flexible {
            const TAGS: &[u32] = &[];
            for index in 0..source.tag_count(TAGS)? {
                source.tag(index, TAGS)?;
                source.skip_tagged()?;
            }
        }
        Ok(Self { member_id, group_instance_id, error_code })
    }

    fn write<S: Sink<'a>>(&self, sink: &mut S, version: i16) -> Result<(), WireError> {
        let flexible = version >= 4;
        if version >= 3 {
            sink.string(flexible, self.member_id)?;
        } else if !self.member_id.is_empty() {
            return Err(not_in_version("MemberResponse", "member_id", version));
        }
        if version >= 3 {
            sink.nullable_string(flexible, self.group_instance_id)?;
        } else if self.group_instance_id != Some("") {
            return Err(not_in_version("MemberResponse", "group_instance_id", version));
        }
        if version >= 3 {
            sink.i16(self.error_code);
        } else if self.error_code != 0 {
            return Err(not_in_version("MemberResponse", "error_code", version));
        }
        if flexible {
            sink.varint(0);
        }
        Ok(())
    }
}

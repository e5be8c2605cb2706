// @generated from the message definitions in kafka-clients 4.3.1 by `cargo xtask generate`: do not edit.
//! DescribeGroupsResponse: API key 15, versions 0 to 6, flexible since v5.

use std::ops::RangeInclusive;

use crate::messages::ApiKey;
use crate::wire::{Message, Response, Sink, Source, WireError, check_version, not_in_version};

/// DescribeGroupsResponse, versions 0 to 6.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct DescribeGroupsResponse<'a> {
    /// `ThrottleTimeMs`, v1 and later.
    pub throttle_time_ms: i32,
    /// `Groups`, all versions.
    pub groups: Vec<DescribedGroup<'a>>,
}

impl<'a> Message<'a> for DescribeGroupsResponse<'a> {
    const NAME: &'static str = "DescribeGroupsResponse";
    const VERSIONS: RangeInclusive<i16> = 0..=6;

    fn read<S: Source<'a>>(source: &mut S, version: i16) -> Result<Self, WireError> {
        check_version::<Self>(version)?;
        let flexible = version >= 5;
        let throttle_time_ms = if version >= 1 { source.i32()? } else { 0 };
        let groups = source.array(flexible, 12, |source| DescribedGroup::read(source, version))?;
        if flexible {
            const TAGS: &[u32] = &[];
            for index in 0..source.tag_count(TAGS)? {
                source.tag(index, TAGS)?;
                source.skip_tagged()?;
            }
        }
        Ok(Self { throttle_time_ms, groups })
    }

    fn write<S: Sink<'a>>(&self, sink: &mut S, version: i16) -> Result<(), WireError> {
        check_version::<Self>(version)?;
        let flexible = version >= 5;
        if version >= 1 {
            sink.i32(self.throttle_time_ms);
        }
        sink.array(flexible, &self.groups, |sink, element| element.write(sink, version))?;
        if flexible {
            sink.varint(0);
        }
        Ok(())
    }
}

impl<'a> Response<'a> for DescribeGroupsResponse<'a> {
    const API: ApiKey = ApiKey::DescribeGroups;
}

/// DescribedGroup of a [`DescribeGroupsResponse`].
#[derive(Debug, Clone, PartialEq)]
pub struct DescribedGroup<'a> {
    /// `ErrorCode`, all versions.
    pub error_code: i16,
    /// `ErrorMessage`, v6 and later, can be null.
    pub error_message: Option<&'a str>,
    /// `GroupId`, all versions.
    pub group_id: &'a str,
    /// `GroupState`, all versions.
    pub group_state: &'a str,
    /// `ProtocolType`, all versions.
    pub protocol_type: &'a str,
    /// `ProtocolData`, all versions.
    pub protocol_data: &'a str,
    /// `Members`, all versions.
    pub members: Vec<DescribedGroupMember<'a>>,
    /// `AuthorizedOperations`, v3 and later, default `-2147483648`.
    pub authorized_operations: i32,
}

impl Default for DescribedGroup<'_> {
    fn default() -> Self {
        Self {
            error_code: 0,
            error_message: None,
            group_id: "",
            group_state: "",
            protocol_type: "",
            protocol_data: "",
            members: Vec::new(),
            authorized_operations: -2147483648,
        }
    }
}

impl<'a> DescribedGroup<'a> {
    fn read<S: Source<'a>>(source: &mut S, version: i16) -> Result<Self, WireError> {
        let flexible = version >= 5;
        let error_code = source.i16()?;
        let error_message = if version >= 6 { source.nullable_string(flexible)? } else { None };
        let group_id = source.string(flexible)?;
        let group_state = source.string(flexible)?;
        let protocol_type = source.string(flexible)?;
        let protocol_data = source.string(flexible)?;
        let members = source.array(flexible, 7, |source| DescribedGroupMember::read(source, version))?;
        let authorized_operations = if version >= 3 { source.i32()? } else { -2147483648 };
        if flexible {
            const TAGS: &[u32] = &[];
            for index in 0..source.tag_count(TAGS)? {
                source.tag(index, TAGS)?;
                source.skip_tagged()?;
            }
        }
        Ok(Self {
            error_code,
            error_message,
            group_id,
            group_state,
            protocol_type,
            protocol_data,
            members,
            authorized_operations,
        })
    }

    fn write<S: Sink<'a>>(&self, sink: &mut S, version: i16) -> Result<(), WireError> {
        let flexible = version >= 5;
        sink.i16(self.error_code);
        if version >= 6 {
            sink.nullable_string(flexible, self.error_message)?;
        } else if self.error_message.is_some() {
            return Err(not_in_version("DescribedGroup", "error_message", version));
        }
        sink.string(flexible, self.group_id)?;
        sink.string(flexible, self.group_state)?;
        sink.string(flexible, self.protocol_type)?;
        sink.string(flexible, self.protocol_data)?;
        sink.array(flexible, &self.members, |sink, element| element.write(sink, version))?;
        if version >= 3 {
            sink.i32(self.authorized_operations);
        } else if self.authorized_operations != -2147483648 {
            return Err(not_in_version("DescribedGroup", "authorized_operations", version));
        }
        if flexible {
            sink.varint(0);
        }
        Ok(())
    }
}

/// DescribedGroupMember of a [`DescribeGroupsResponse`].
#[derive(Debug, Clone, PartialEq, Default)]
pub struct DescribedGroupMember<'a> {
    /// `MemberId`, all versions.
    pub member_id: &'a str,
    /// `GroupInstanceId`, v4 and later, can be null.
    pub group_instance_id: Option<&'a str>,
    /// `ClientId`, all versions.
    pub client_id: &'a str,
    /// `ClientHost`, all versions.
    pub client_host: &'a str,
    /// `MemberMetadata`, all versions.
    pub member_metadata: &'a [u8],
    /// `MemberAssignment`, all versions.
    pub member_assignment: &'a [u8],
}

impl<'a> DescribedGroupMember<'a> {
    fn read<S: Source<'a>>(source: &mut S, version: i16) -> Result<Self, WireError> {
        let flexible = version >= 5;
        let member_id = source.string(flexible)?;
        let group_instance_id = if version >= 4 { source.nullable_string(flexible)? } else { None };
        let client_id = source.string(flexible)?;
        let client_host = source.string(flexible)?;
        let member_metadata = source.bytes(flexible)?;
        let member_assignment = source.bytes(flexible)?;
        if flexible {
            const TAGS: &[u32] = &[];
            for index in 0..source.tag_count(TAGS)? {
                source.tag(index, TAGS)?;
                source.skip_tagged()?;
            }
        }
        Ok(Self { member_id, group_instance_id, client_id, client_host, member_metadata, member_assignment })
    }

    fn write<S: Sink<'a>>(&self, sink: &mut S, version: i16) -> Result<(), WireError> {
        let flexible = version >= 5;
        sink.string(flexible, self.member_id)?;
        if version >= 4 {
            sink.nullable_string(flexible, self.group_instance_id)?;
        }
        sink.string(flexible, self.client_id)?;
        sink.string(flexible, self.client_host)?;
        sink.bytes(flexible, self.member_metadata)?;
        sink.bytes(flexible, self.member_assignment)?;
        if flexible {
            sink.varint(0);
        }
        Ok(())
    }
}

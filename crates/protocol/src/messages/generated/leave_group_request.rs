// @generated from the message definitions in kafka-clients 4.3.1 by `cargo xtask generate`: do not edit.
//! LeaveGroupRequest: API key 13, versions 0 to 5, flexible since v4.

use std::ops::RangeInclusive;

use crate::messages::ApiKey;
use crate::wire::{Message, Request, Sink, Source, WireError, check_version, not_in_version};

/// LeaveGroupRequest, versions 0 to 5.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct LeaveGroupRequest<'a> {
    /// `GroupId`, all versions.
    pub group_id: &'a str,
    /// `MemberId`, v0 to v2.
    pub member_id: &'a str,
    /// `Members`, v3 and later.
    pub members: Vec<MemberIdentity<'a>>,
}

impl<'a> Message<'a> for LeaveGroupRequest<'a> {
    const NAME: &'static str = "LeaveGroupRequest";
    const VERSIONS: RangeInclusive<i16> = 0..=5;

    fn read<S: Source<'a>>(source: &mut S, version: i16) -> Result<Self, WireError> {
        check_version::<Self>(version)?;
        let flexible = version >= 4;
        let group_id = source.string(flexible)?;
        let member_id = if version <= 2 { source.string(flexible)? } else { "" };
        let members = if version >= 3 {
            source.array(flexible, 3, |source| MemberIdentity::read(source, version))?
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
        Ok(Self { group_id, member_id, members })
    }

    fn write<S: Sink<'a>>(&self, sink: &mut S, version: i16) -> Result<(), WireError> {
        check_version::<Self>(version)?;
        let flexible = version >= 4;
        sink.string(flexible, self.group_id)?;
        if version <= 2 {
            sink.string(flexible, self.member_id)?;
        } else if !self.member_id.is_empty() {
            return Err(not_in_version("LeaveGroupRequest", "member_id", version));
        }
        if version >= 3 {
            sink.array(flexible, &self.members, |sink, element| element.write(sink, version))?;
        } else if !self.members.is_empty() {
            return Err(not_in_version("LeaveGroupRequest", "members", version));
        }
        if flexible {
            sink.varint(0);
        }
        Ok(())
    }
}

impl<'a> Request<'a> for LeaveGroupRequest<'a> {
    const API: ApiKey = ApiKey::LeaveGroup;
    type Response = super::LeaveGroupResponse<'a>;
}

/// MemberIdentity of a [`LeaveGroupRequest`].
#[derive(Debug, Clone, PartialEq, Default)]
pub struct MemberIdentity<'a> {
    /// `MemberId`, v3 and later.
    pub member_id: &'a str,
    /// `GroupInstanceId`, v3 and later, can be null.
    pub group_instance_id: Option<&'a str>,
    /// `Reason`, v5 and later, can be null.
    pub reason: Option<&'a str>,
}

impl<'a> MemberIdentity<'a> {
    fn read<S: Source<'a>>(source: &mut S, version: i16) -> Result<Self, WireError> {
        let flexible = version >= 4;
        let member_id = if version >= 3 { source.string(flexible)? } else { "" };
        let group_instance_id = if version >= 3 { source.nullable_string(flexible)? } else { None };
        let reason = if version >= 5 { source.nullable_string(flexible)? } else { None };
        if flexible {
            const TAGS: &[u32] = &[];
            for index in 0..source.tag_count(TAGS)? {
                source.tag(index, TAGS)?;
                source.skip_tagged()?;
            }
        }
        Ok(Self { member_id, group_instance_id, reason })
    }

    fn write<S: Sink<'a>>(&self, sink: &mut S, version: i16) -> Result<(), WireError> {
        let flexible = version >= 4;
        if version >= 3 {
            sink.string(flexible, self.member_id)?;
        } else if !self.member_id.is_empty() {
            return Err(not_in_version("MemberIdentity", "member_id", version));
        }
        if version >= 3 {
            sink.nullable_string(flexible, self.group_instance_id)?;
        } else if self.group_instance_id.is_some() {
            return Err(not_in_version("MemberIdentity", "group_instance_id", version));
        }
        if version >= 5 {
            sink.nullable_string(flexible, self.reason)?;
        }
        if flexible {
            sink.varint(0);
        }
        Ok(())
    }
}

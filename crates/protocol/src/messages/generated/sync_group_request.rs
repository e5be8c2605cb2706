// @generated from the message definitions in kafka-clients 4.3.1 by `cargo xtask generate`: do not edit.
//! SyncGroupRequest: API key 14, versions 0 to 5, flexible since v4.

use std::ops::RangeInclusive;

use crate::messages::ApiKey;
use crate::wire::{Message, Request, Sink, Source, WireError, check_version, not_in_version};

/// SyncGroupRequest, versions 0 to 5.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct SyncGroupRequest<'a> {
    /// `GroupId`, all versions.
    pub group_id: &'a str,
    /// `GenerationId`, all versions.
    pub generation_id: i32,
    /// `MemberId`, all versions.
    pub member_id: &'a str,
    /// `GroupInstanceId`, v3 and later, can be null.
    pub group_instance_id: Option<&'a str>,
    /// `ProtocolType`, v5 and later, can be null.
    pub protocol_type: Option<&'a str>,
    /// `ProtocolName`, v5 and later, can be null.
    pub protocol_name: Option<&'a str>,
    /// `Assignments`, all versions.
    pub assignments: Vec<SyncGroupRequestAssignment<'a>>,
}

impl<'a> Message<'a> for SyncGroupRequest<'a> {
    const NAME: &'static str = "SyncGroupRequest";
    const VERSIONS: RangeInclusive<i16> = 0..=5;

    fn read<S: Source<'a>>(source: &mut S, version: i16) -> Result<Self, WireError> {
        check_version::<Self>(version)?;
        let flexible = version >= 4;
        let group_id = source.string(flexible)?;
        let generation_id = source.i32()?;
        let member_id = source.string(flexible)?;
        let group_instance_id = if version >= 3 { source.nullable_string(flexible)? } else { None };
        let protocol_type = if version >= 5 { source.nullable_string(flexible)? } else { None };
        let protocol_name = if version >= 5 { source.nullable_string(flexible)? } else { None };
        let assignments =
            source.array(flexible, 3, |source| SyncGroupRequestAssignment::read(source, version))?;
        if flexible {
            const TAGS: &[u32] = &[];
            for index in 0..source.tag_count(TAGS)? {
                source.tag(index, TAGS)?;
                source.skip_tagged()?;
            }
        }
        Ok(Self {
            group_id,
            generation_id,
            member_id,
            group_instance_id,
            protocol_type,
            protocol_name,
            assignments,
        })
    }

    fn write<S: Sink<'a>>(&self, sink: &mut S, version: i16) -> Result<(), WireError> {
        check_version::<Self>(version)?;
        let flexible = version >= 4;
        sink.string(flexible, self.group_id)?;
        sink.i32(self.generation_id);
        sink.string(flexible, self.member_id)?;
        if version >= 3 {
            sink.nullable_string(flexible, self.group_instance_id)?;
        } else if self.group_instance_id.is_some() {
            return Err(not_in_version("SyncGroupRequest", "group_instance_id", version));
        }
        if version >= 5 {
            sink.nullable_string(flexible, self.protocol_type)?;
        }
        if version >= 5 {
            sink.nullable_string(flexible, self.protocol_name)?;
        }
        sink.array(flexible, &self.assignments, |sink, element| element.write(sink, version))?;
        if flexible {
            sink.varint(0);
        }
        Ok(())
    }
}

impl<'a> Request<'a> for SyncGroupRequest<'a> {
    const API: ApiKey = ApiKey::SyncGroup;
    type Response = super::SyncGroupResponse<'a>;
}

/// SyncGroupRequestAssignment of a [`SyncGroupRequest`].
#[derive(Debug, Clone, PartialEq, Default)]
pub struct SyncGroupRequestAssignment<'a> {
    /// `MemberId`, all versions.
    pub member_id: &'a str,
    /// `Assignment`, all versions.
    pub assignment: &'a [u8],
}

impl<'a> SyncGroupRequestAssignment<'a> {
    fn read<S: Source<'a>>(source: &mut S, version: i16) -> Result<Self, WireError> {
        let flexible = version >= 4;
        let member_id = source.string(flexible)?;
        let assignment = source.bytes(flexible)?;
        if flexible {
            const TAGS: &[u32] = &[];
            for index in 0..source.tag_count(TAGS)? {
                source.tag(index, TAGS)?;
                source.skip_tagged()?;
            }
        }
        Ok(Self { member_id, assignment })
    }

    fn write<S: Sink<'a>>(&self, sink: &mut S, version: i16) -> Result<(), WireError> {
        let flexible = version >= 4;
        sink.string(flexible, self.member_id)?;
        sink.bytes(flexible, self.assignment)?;
        if flexible {
            sink.varint(0);
        }
        Ok(())
    }
}

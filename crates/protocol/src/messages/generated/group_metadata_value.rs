// @generated from the message definitions in kafka-clients 4.3.1 by `cargo xtask generate`: do not edit.
//! GroupMetadataValue: versions 0 to 4, flexible since v4.

use std::ops::RangeInclusive;

use crate::wire::{Message, Sink, Source, WireError, check_version};

/// GroupMetadataValue, versions 0 to 4.
#[derive(Debug, Clone, PartialEq)]
pub struct GroupMetadataValue<'a> {
    /// `protocolType`, all versions.
    pub protocol_type: &'a str,
    /// `generation`, all versions.
    pub generation: i32,
    /// `protocol`, all versions, can be null.
    pub protocol: Option<&'a str>,
    /// `leader`, all versions, can be null.
    pub leader: Option<&'a str>,
    /// `currentStateTimestamp`, v2 and later, default `-1`.
    pub current_state_timestamp: i64,
    /// `members`, all versions.
    pub members: Vec<MemberMetadata<'a>>,
}

impl Default for GroupMetadataValue<'_> {
    fn default() -> Self {
        Self {
            protocol_type: "",
            generation: 0,
            protocol: Some(""),
            leader: Some(""),
            current_state_timestamp: -1,
            members: Vec::new(),
        }
    }
}

impl<'a> Message<'a> for GroupMetadataValue<'a> {
    const NAME: &'static str = "GroupMetadataValue";
    const VERSIONS: RangeInclusive<i16> = 0..=4;

    fn read<S: Source<'a>>(source: &mut S, version: i16) -> Result<Self, WireError> {
        check_version::<Self>(version)?;
        let flexible = version >= 4;
        let protocol_type = source.string(flexible)?;
        let generation = source.i32()?;
        let protocol = source.nullable_string(flexible)?;
        let leader = source.nullable_string(flexible)?;
        let current_state_timestamp = if version >= 2 { source.i64()? } else { -1 };
        let members = source.array(flexible, 15, |source| MemberMetadata::read(source, version))?;
        if flexible {
            const TAGS: &[u32] = &[];
            for index in 0..source.tag_count(TAGS)? {
                source.tag(index, TAGS)?;
                source.skip_tagged()?;
            }
        }
        Ok(Self { protocol_type, generation, protocol, leader, current_state_timestamp, members })
    }

    fn write<S: Sink<'a>>(&self, sink: &mut S, version: i16) -> Result<(), WireError> {
        check_version::<Self>(version)?;
        let flexible = version >= 4;
        sink.string(flexible, self.protocol_type)?;
        sink.i32(self.generation);
        sink.nullable_string(flexible, self.protocol)?;
        sink.nullable_string(flexible, self.leader)?;
        if version >= 2 {
            sink.i64(self.current_state_timestamp);
        }
        sink.array(flexible, &self.members, |sink, element| element.write(sink, version))?;
        if flexible {
            sink.varint(0);
        }
        Ok(())
    }
}

/// MemberMetadata of a [`GroupMetadataValue`].
#[derive(Debug, Clone, PartialEq)]
pub struct MemberMetadata<'a> {
    /// `memberId`, all versions.
    pub member_id: &'a str,
    /// `groupInstanceId`, v3 and later, can be null.
    pub group_instance_id: Option<&'a str>,
    /// `clientId`, all versions.
    pub client_id: &'a str,
    /// `clientHost`, all versions.
    pub client_host: &'a str,
    /// `rebalanceTimeout`, v1 and later, default `-1`.
    pub rebalance_timeout: i32,
    /// `sessionTimeout`, all versions.
    pub session_timeout: i32,
    /// `subscription`, all versions.
    pub subscription: &'a [u8],
    /// `assignment`, all versions.
    pub assignment: &'a [u8],
}

impl Default for MemberMetadata<'_> {
    fn default() -> Self {
        Self {
            member_id: "",
            group_instance_id: None,
            client_id: "",
            client_host: "",
            rebalance_timeout: -1,
            session_timeout: 0,
            subscription: &[],
            assignment: &[],
        }
    }
}

impl<'a> MemberMetadata<'a> {
    fn read<S: Source<'a>>(source: &mut S, version: i16) -> Result<Self, WireError> {
        let flexible = version >= 4;
        let member_id = source.string(flexible)?;
        let group_instance_id = if version >= 3 { source.nullable_string(flexible)? } else { None };
        let client_id = source.string(flexible)?;
        let client_host = source.string(flexible)?;
        let rebalance_timeout = if version >= 1 { source.i32()? } else { -1 };
        let session_timeout = source.i32()?;
        let subscription = source.bytes(flexible)?;
        let assignment = source.bytes(flexible)?;
        if flexible {
            const TAGS: &[u32] = &[];
            for index in 0..source.tag_count(TAGS)? {
                source.tag(index, TAGS)?;
                source.skip_tagged()?;
            }
        }
        Ok(Self {
            member_id,
            group_instance_id,
            client_id,
            client_host,
            rebalance_timeout,
            session_timeout,
            subscription,
            assignment,
        })
    }

    fn write<S: Sink<'a>>(&self, sink: &mut S, version: i16) -> Result<(), WireError> {
        let flexible = version >= 4;
        sink.string(flexible, self.member_id)?;
        if version >= 3 {
            sink.nullable_string(flexible, self.group_instance_id)?;
        }
        sink.string(flexible, self.client_id)?;
        sink.string(flexible, self.client_host)?;
        if version >= 1 {
            sink.i32(self.rebalance_timeout);
        }
        sink.i32(self.session_timeout);
        sink.bytes(flexible, self.subscription)?;
        sink.bytes(flexible, self.assignment)?;
        if flexible {
            sink.varint(0);
        }
        Ok(())
    }
}

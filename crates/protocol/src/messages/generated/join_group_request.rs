// @generated from the message definitions in kafka-clients 4.3.1 by `cargo xtask generate`: do not edit.
//! JoinGroupRequest: API key 11, versions 0 to 9, flexible since v6.

use std::ops::RangeInclusive;

use crate::messages::ApiKey;
use crate::wire::{Message, Request, Sink, Source, WireError, check_version, not_in_version};

/// JoinGroupRequest, versions 0 to 9.
#[derive(Debug, Clone, PartialEq)]
pub struct JoinGroupRequest<'a> {
    /// `GroupId`, all versions.
    pub group_id: &'a str,
    /// `SessionTimeoutMs`, all versions.
    pub session_timeout_ms: i32,
    /// `RebalanceTimeoutMs`, v1 and later, default `-1`.
    pub rebalance_timeout_ms: i32,
    /// `MemberId`, all versions.
    pub member_id: &'a str,
    /// `GroupInstanceId`, v5 and later, can be null.
    pub group_instance_id: Option<&'a str>,
    /// `ProtocolType`, all versions.
    pub protocol_type: &'a str,
    /// `Protocols`, all versions.
    pub protocols: Vec<JoinGroupRequestProtocol<'a>>,
    /// `Reason`, v8 and later, can be null.
    pub reason: Option<&'a str>,
}

impl Default for JoinGroupRequest<'_> {
    fn default() -> Self {
        Self {
            group_id: "",
            session_timeout_ms: 0,
            rebalance_timeout_ms: -1,
            member_id: "",
            group_instance_id: None,
            protocol_type: "",
            protocols: Vec::new(),
            reason: None,
        }
    }
}

impl<'a> Message<'a> for JoinGroupRequest<'a> {
    const NAME: &'static str = "JoinGroupRequest";
    const VERSIONS: RangeInclusive<i16> = 0..=9;

    fn read<S: Source<'a>>(source: &mut S, version: i16) -> Result<Self, WireError> {
        check_version::<Self>(version)?;
        let flexible = version >= 6;
        let group_id = source.string(flexible)?;
        let session_timeout_ms = source.i32()?;
        let rebalance_timeout_ms = if version >= 1 { source.i32()? } else { -1 };
        let member_id = source.string(flexible)?;
        let group_instance_id = if version >= 5 { source.nullable_string(flexible)? } else { None };
        let protocol_type = source.string(flexible)?;
        let protocols =
            source.array(flexible, 3, |source| JoinGroupRequestProtocol::read(source, version))?;
        let reason = if version >= 8 { source.nullable_string(flexible)? } else { None };
        if flexible {
            const TAGS: &[u32] = &[];
            for index in 0..source.tag_count(TAGS)? {
                source.tag(index, TAGS)?;
                source.skip_tagged()?;
            }
        }
        Ok(Self {
            group_id,
            session_timeout_ms,
            rebalance_timeout_ms,
            member_id,
            group_instance_id,
            protocol_type,
            protocols,
            reason,
        })
    }

    fn write<S: Sink<'a>>(&self, sink: &mut S, version: i16) -> Result<(), WireError> {
        check_version::<Self>(version)?;
        let flexible = version >= 6;
        sink.string(flexible, self.group_id)?;
        sink.i32(self.session_timeout_ms);
        if version >= 1 {
            sink.i32(self.rebalance_timeout_ms);
        }
        sink.string(flexible, self.member_id)?;
        if version >= 5 {
            sink.nullable_string(flexible, self.group_instance_id)?;
        } else if self.group_instance_id.is_some() {
            return Err(not_in_version("JoinGroupRequest", "group_instance_id", version));
        }
        sink.string(flexible, self.protocol_type)?;
        sink.array(flexible, &self.protocols, |sink, element| element.write(sink, version))?;
        if version >= 8 {
            sink.nullable_string(flexible, self.reason)?;
        }
        if flexible {
            sink.varint(0);
        }
        Ok(())
    }
}

impl<'a> Request<'a> for JoinGroupRequest<'a> {
    const API: ApiKey = ApiKey::JoinGroup;
    type Response = super::JoinGroupResponse<'a>;
}

/// JoinGroupRequestProtocol of a [`JoinGroupRequest`].
#[derive(Debug, Clone, PartialEq, Default)]
pub struct JoinGroupRequestProtocol<'a> {
    /// `Name`, all versions.
    pub name: &'a str,
    /// `Metadata`, all versions.
    pub metadata: &'a [u8],
}

impl<'a> JoinGroupRequestProtocol<'a> {
    fn read<S: Source<'a>>(source: &mut S, version: i16) -> Result<Self, WireError> {
        let flexible = version >= 6;
        let name = source.string(flexible)?;
        let metadata = source.bytes(flexible)?;
        if flexible {
            const TAGS: &[u32] = &[];
            for index in 0..source.tag_count(TAGS)? {
                source.tag(index, TAGS)?;
                source.skip_tagged()?;
            }
        }
        Ok(Self { name, metadata })
    }

    fn write<S: Sink<'a>>(&self, sink: &mut S, version: i16) -> Result<(), WireError> {
        let flexible = version >= 6;
        sink.string(flexible, self.name)?;
        sink.bytes(flexible, self.metadata)?;
        if flexible {
            sink.varint(0);
        }
        Ok(())
    }
}

// @generated from the message definitions in kafka-clients 4.3.1 by `cargo xtask generate`: do not edit.
//! HeartbeatRequest: API key 12, versions 0 to 4, flexible since v4.

use std::ops::RangeInclusive;

use crate::messages::ApiKey;
use crate::wire::{Message, Request, Sink, Source, WireError, check_version, not_in_version};

/// HeartbeatRequest, versions 0 to 4.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct HeartbeatRequest<'a> {
    /// `GroupId`, all versions.
    pub group_id: &'a str,
    /// `GenerationId`, all versions.
    pub generation_id: i32,
    /// `MemberId`, all versions.
    pub member_id: &'a str,
    /// `GroupInstanceId`, v3 and later, can be null.
    pub group_instance_id: Option<&'a str>,
}

impl<'a> Message<'a> for HeartbeatRequest<'a> {
    const NAME: &'static str = "HeartbeatRequest";
    const VERSIONS: RangeInclusive<i16> = 0..=4;

    fn read<S: Source<'a>>(source: &mut S, version: i16) -> Result<Self, WireError> {
        check_version::<Self>(version)?;
        let flexible = version >= 4;
        let group_id = source.string(flexible)?;
        let generation_id = source.i32()?;
        let member_id = source.string(flexible)?;
        let group_instance_id = if version >= 3 { source.nullable_string(flexible)? } else { None };
        if flexible {
            const TAGS: &[u32] = &[];
            for index in 0..source.tag_count(TAGS)? {
                source.tag(index, TAGS)?;
                source.skip_tagged()?;
            }
        }
        Ok(Self { group_id, generation_id, member_id, group_instance_id })
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
            return Err(not_in_version("HeartbeatRequest", "group_instance_id", version));
        }
        if flexible {
            sink.varint(0);
        }
        Ok(())
    }
}

impl<'a> Request<'a> for HeartbeatRequest<'a> {
    const API: ApiKey = ApiKey::Heartbeat;
    type Response = super::HeartbeatResponse;
}

// @generated from the message definitions in kafka-clients 4.3.1 by `cargo xtask generate`: do not edit.
//! SyncGroupResponse: API key 14, versions 0 to 5, flexible since v4.

use std::ops::RangeInclusive;

use crate::messages::ApiKey;
use crate::wire::{Message, Response, Sink, Source, WireError, check_version};

/// SyncGroupResponse, versions 0 to 5.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct SyncGroupResponse<'a> {
    /// `ThrottleTimeMs`, v1 and later.
    pub throttle_time_ms: i32,
    /// `ErrorCode`, all versions.
    pub error_code: i16,
    /// `ProtocolType`, v5 and later, can be null.
    pub protocol_type: Option<&'a str>,
    /// `ProtocolName`, v5 and later, can be null.
    pub protocol_name: Option<&'a str>,
    /// `Assignment`, all versions.
    pub assignment: &'a [u8],
}

impl<'a> Message<'a> for SyncGroupResponse<'a> {
    const NAME: &'static str = "SyncGroupResponse";
    const VERSIONS: RangeInclusive<i16> = 0..=5;

    fn read<S: Source<'a>>(source: &mut S, version: i16) -> Result<Self, WireError> {
        check_version::<Self>(version)?;
        let flexible = version >= 4;
        let throttle_time_ms = if version >= 1 { source.i32()? } else { 0 };
        let error_code = source.i16()?;
        let protocol_type = if version >= 5 { source.nullable_string(flexible)? } else { None };
        let protocol_name = if version >= 5 { source.nullable_string(flexible)? } else { None };
        let assignment = source.bytes(flexible)?;
        if flexible {
            const TAGS: &[u32] = &[];
            for index in 0..source.tag_count(TAGS)? {
                source.tag(index, TAGS)?;
                source.skip_tagged()?;
            }
        }
        Ok(Self { throttle_time_ms, error_code, protocol_type, protocol_name, assignment })
    }

    fn write<S: Sink<'a>>(&self, sink: &mut S, version: i16) -> Result<(), WireError> {
        check_version::<Self>(version)?;
        let flexible = version >= 4;
        if version >= 1 {
            sink.i32(self.throttle_time_ms);
        }
        sink.i16(self.error_code);
        if version >= 5 {
            sink.nullable_string(flexible, self.protocol_type)?;
        }
        if version >= 5 {
            sink.nullable_string(flexible, self.protocol_name)?;
        }
        sink.bytes(flexible, self.assignment)?;
        if flexible {
            sink.varint(0);
        }
        Ok(())
    }
}

impl<'a> Response<'a> for SyncGroupResponse<'a> {
    const API: ApiKey = ApiKey::SyncGroup;
}

// @generated from the message definitions in kafka-clients 4.3.1 by `cargo xtask generate`: do not edit.
//! ListOffsetsResponse: API key 2, versions 1 to 11, flexible since v6.

use std::ops::RangeInclusive;

use crate::messages::ApiKey;
use crate::wire::{Message, Response, Sink, Source, WireError, check_version, not_in_version};

/// ListOffsetsResponse, versions 1 to 11.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct ListOffsetsResponse<'a> {
    /// `ThrottleTimeMs`, v2 and later.
    pub throttle_time_ms: i32,
    /// `Topics`, all versions.
    pub topics: Vec<ListOffsetsTopicResponse<'a>>,
}

impl<'a> Message<'a> for ListOffsetsResponse<'a> {
    const NAME: &'static str = "ListOffsetsResponse";
    const VERSIONS: RangeInclusive<i16> = 1..=11;

    fn read<S: Source<'a>>(source: &mut S, version: i16) -> Result<Self, WireError> {
        check_version::<Self>(version)?;
        let flexible = version >= 6;
        let throttle_time_ms = if version >= 2 { source.i32()? } else { 0 };
        let topics = source.array(flexible, 3, |source| ListOffsetsTopicResponse::read(source, version))?;
        if flexible {
            const TAGS: &[u32] = &[];
            for index in 0..source.tag_count(TAGS)? {
                source.tag(index, TAGS)?;
                source.skip_tagged()?;
            }
        }
        Ok(Self { throttle_time_ms, topics })
    }

    fn write<S: Sink<'a>>(&self, sink: &mut S, version: i16) -> Result<(), WireError> {
        check_version::<Self>(version)?;
        let flexible = version >= 6;
        if version >= 2 {
            sink.i32(self.throttle_time_ms);
        }
        sink.array(flexible, &self.topics, |sink, element| element.write(sink, version))?;
        if flexible {
            sink.varint(0);
        }
        Ok(())
    }
}

impl<'a> Response<'a> for ListOffsetsResponse<'a> {
    const API: ApiKey = ApiKey::ListOffsets;
}

/// ListOffsetsTopicResponse of a [`ListOffsetsResponse`].
#[derive(Debug, Clone, PartialEq, Default)]
pub struct ListOffsetsTopicResponse<'a> {
    /// `Name`, all versions.
    pub name: &'a str,
    /// `Partitions`, all versions.
    pub partitions: Vec<ListOffsetsPartitionResponse>,
}

impl<'a> ListOffsetsTopicResponse<'a> {
    fn read<S: Source<'a>>(source: &mut S, version: i16) -> Result<Self, WireError> {
        let flexible = version >= 6;
        let name = source.string(flexible)?;
        let partitions =
            source.array(flexible, 22, |source| ListOffsetsPartitionResponse::read(source, version))?;
        if flexible {
            const TAGS: &[u32] = &[];
            for index in 0..source.tag_count(TAGS)? {
                source.tag(index, TAGS)?;
                source.skip_tagged()?;
            }
        }
        Ok(Self { name, partitions })
    }

    fn write<S: Sink<'a>>(&self, sink: &mut S, version: i16) -> Result<(), WireError> {
        let flexible = version >= 6;
        sink.string(flexible, self.name)?;
        sink.array(flexible, &self.partitions, |sink, element| element.write(sink, version))?;
        if flexible {
            sink.varint(0);
        }
        Ok(())
    }
}

/// ListOffsetsPartitionResponse of a [`ListOffsetsResponse`].
#[derive(Debug, Clone, PartialEq)]
pub struct ListOffsetsPartitionResponse {
    /// `PartitionIndex`, all versions.
    pub partition_index: i32,
    /// `ErrorCode`, all versions.
    pub error_code: i16,
    /// `Timestamp`, all versions, default `-1`.
    pub timestamp: i64,
    /// `Offset`, all versions, default `-1`.
    pub offset: i64,
    /// `LeaderEpoch`, v4 and later, default `-1`.
    pub leader_epoch: i32,
}

impl Default for ListOffsetsPartitionResponse {
    fn default() -> Self {
        Self { partition_index: 0, error_code: 0, timestamp: -1, offset: -1, leader_epoch: -1 }
    }
}

impl ListOffsetsPartitionResponse {
    fn read<'a, S: Source<'a>>(source: &mut S, version: i16) -> Result<Self, WireError> {
        let flexible = version >= 6;
        let partition_index = source.i32()?;
        let error_code = source.i16()?;
        let timestamp = source.i64()?;
        let offset = source.i64()?;
        let leader_epoch = if version >= 4 { source.i32()? } else { -1 };
        if flexible {
            const TAGS: &[u32] = &[];
            for index in 0..source.tag_count(TAGS)? {
                source.tag(index, TAGS)?;
                source.skip_tagged()?;
            }
        }
        Ok(Self { partition_index, error_code, timestamp, offset, leader_epoch })
    }

    fn write<'a, S: Sink<'a>>(&self, sink: &mut S, version: i16) -> Result<(), WireError> {
        let flexible = version >= 6;
        sink.i32(self.partition_index);
        sink.i16(self.error_code);
        sink.i64(self.timestamp);
        sink.i64(self.offset);
        if version >= 4 {
            sink.i32(self.leader_epoch);
        } else if self.leader_epoch != -1 {
            return Err(not_in_version("ListOffsetsPartitionResponse", "leader_epoch", version));
        }
        if flexible {
            sink.varint(0);
        }
        Ok(())
    }
}

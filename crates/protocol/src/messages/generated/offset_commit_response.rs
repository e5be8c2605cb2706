// @generated from the message definitions in kafka-clients 4.3.1 by `cargo xtask generate`: do not edit.
//! OffsetCommitResponse: API key 8, versions 2 to 10, flexible since v8.

use std::ops::RangeInclusive;
use uuid::Uuid;

use crate::messages::ApiKey;
use crate::wire::{Message, Response, Sink, Source, WireError, check_version};

/// OffsetCommitResponse, versions 2 to 10.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct OffsetCommitResponse<'a> {
    /// `ThrottleTimeMs`, v3 and later.
    pub throttle_time_ms: i32,
    /// `Topics`, all versions.
    pub topics: Vec<OffsetCommitResponseTopic<'a>>,
}

impl<'a> Message<'a> for OffsetCommitResponse<'a> {
    const NAME: &'static str = "OffsetCommitResponse";
    const VERSIONS: RangeInclusive<i16> = 2..=10;

    fn read<S: Source<'a>>(source: &mut S, version: i16) -> Result<Self, WireError> {
        check_version::<Self>(version)?;
        let flexible = version >= 8;
        let throttle_time_ms = if version >= 3 { source.i32()? } else { 0 };
        let topics = source.array(flexible, 3, |source| OffsetCommitResponseTopic::read(source, version))?;
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
        let flexible = version >= 8;
        if version >= 3 {
            sink.i32(self.throttle_time_ms);
        }
        sink.array(flexible, &self.topics, |sink, element| element.write(sink, version))?;
        if flexible {
            sink.varint(0);
        }
        Ok(())
    }
}

impl<'a> Response<'a> for OffsetCommitResponse<'a> {
    const API: ApiKey = ApiKey::OffsetCommit;
}

/// OffsetCommitResponseTopic of a [`OffsetCommitResponse`].
#[derive(Debug, Clone, PartialEq, Default)]
pub struct OffsetCommitResponseTopic<'a> {
    /// `Name`, v2 to v9.
    pub name: &'a str,
    /// `TopicId`, v10 and later.
    pub topic_id: Uuid,
    /// `Partitions`, all versions.
    pub partitions: Vec<OffsetCommitResponsePartition>,
}

impl<'a> OffsetCommitResponseTopic<'a> {
    fn read<S: Source<'a>>(source: &mut S, version: i16) -> Result<Self, WireError> {
        let flexible = version >= 8;
        let name = if version <= 9 { source.string(flexible)? } else { "" };
        let topic_id = if version >= 10 { source.uuid()? } else { Uuid::nil() };
        let partitions =
            source.array(flexible, 6, |source| OffsetCommitResponsePartition::read(source, version))?;
        if flexible {
            const TAGS: &[u32] = &[];
            for index in 0..source.tag_count(TAGS)? {
                source.tag(index, TAGS)?;
                source.skip_tagged()?;
            }
        }
        Ok(Self { name, topic_id, partitions })
    }

    fn write<S: Sink<'a>>(&self, sink: &mut S, version: i16) -> Result<(), WireError> {
        let flexible = version >= 8;
        if version <= 9 {
            sink.string(flexible, self.name)?;
        }
        if version >= 10 {
            sink.uuid(self.topic_id);
        }
        sink.array(flexible, &self.partitions, |sink, element| element.write(sink, version))?;
        if flexible {
            sink.varint(0);
        }
        Ok(())
    }
}

/// OffsetCommitResponsePartition of a [`OffsetCommitResponse`].
#[derive(Debug, Clone, PartialEq, Default)]
pub struct OffsetCommitResponsePartition {
    /// `PartitionIndex`, all versions.
    pub partition_index: i32,
    /// `ErrorCode`, all versions.
    pub error_code: i16,
}

impl OffsetCommitResponsePartition {
    fn read<'a, S: Source<'a>>(source: &mut S, version: i16) -> Result<Self, WireError> {
        let flexible = version >= 8;
        let partition_index = source.i32()?;
        let error_code = source.i16()?;
        if flexible {
            const TAGS: &[u32] = &[];
            for index in 0..source.tag_count(TAGS)? {
                source.tag(index, TAGS)?;
                source.skip_tagged()?;
            }
        }
        Ok(Self { partition_index, error_code })
    }

    fn write<'a, S: Sink<'a>>(&self, sink: &mut S, version: i16) -> Result<(), WireError> {
        let flexible = version >= 8;
        sink.i32(self.partition_index);
        sink.i16(self.error_code);
        if flexible {
            sink.varint(0);
        }
        Ok(())
    }
}

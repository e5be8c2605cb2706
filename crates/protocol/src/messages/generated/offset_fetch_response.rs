// @generated from the message definitions in kafka-clients 4.3.1 by `cargo xtask generate`: do not edit.
//! OffsetFetchResponse: API key 9, versions 1 to 10, flexible since v6.

use std::ops::RangeInclusive;
use uuid::Uuid;

use crate::messages::ApiKey;
use crate::wire::{Message, Response, Sink, Source, WireError, check_version, not_in_version};

/// OffsetFetchResponse, versions 1 to 10.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct OffsetFetchResponse<'a> {
    /// `ThrottleTimeMs`, v3 and later.
    pub throttle_time_ms: i32,
    /// `Topics`, v1 to v7.
    pub topics: Vec<OffsetFetchResponseTopic<'a>>,
    /// `ErrorCode`, v2 to v7, default `0`.
    pub error_code: i16,
    /// `Groups`, v8 and later.
    pub groups: Vec<OffsetFetchResponseGroup<'a>>,
}

impl<'a> Message<'a> for OffsetFetchResponse<'a> {
    const NAME: &'static str = "OffsetFetchResponse";
    const VERSIONS: RangeInclusive<i16> = 1..=10;

    fn read<S: Source<'a>>(source: &mut S, version: i16) -> Result<Self, WireError> {
        check_version::<Self>(version)?;
        let flexible = version >= 6;
        let throttle_time_ms = if version >= 3 { source.i32()? } else { 0 };
        let topics = if version <= 7 {
            source.array(flexible, 3, |source| OffsetFetchResponseTopic::read(source, version))?
        } else {
            Vec::new()
        };
        let error_code = if (2..=7).contains(&version) { source.i16()? } else { 0 };
        let groups = if version >= 8 {
            source.array(flexible, 5, |source| OffsetFetchResponseGroup::read(source, version))?
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
        Ok(Self { throttle_time_ms, topics, error_code, groups })
    }

    fn write<S: Sink<'a>>(&self, sink: &mut S, version: i16) -> Result<(), WireError> {
        check_version::<Self>(version)?;
        let flexible = version >= 6;
        if version >= 3 {
            sink.i32(self.throttle_time_ms);
        }
        if version <= 7 {
            sink.array(flexible, &self.topics, |sink, element| element.write(sink, version))?;
        } else if !self.topics.is_empty() {
            return Err(not_in_version("OffsetFetchResponse", "topics", version));
        }
        if (2..=7).contains(&version) {
            sink.i16(self.error_code);
        }
        if version >= 8 {
            sink.array(flexible, &self.groups, |sink, element| element.write(sink, version))?;
        } else if !self.groups.is_empty() {
            return Err(not_in_version("OffsetFetchResponse", "groups", version));
        }
        if flexible {
            sink.varint(0);
        }
        Ok(())
    }
}

impl<'a> Response<'a> for OffsetFetchResponse<'a> {
    const API: ApiKey = ApiKey::OffsetFetch;
}

/// OffsetFetchResponseTopic of a [`OffsetFetchResponse`].
#[derive(Debug, Clone, PartialEq, Default)]
pub struct OffsetFetchResponseTopic<'a> {
    /// `Name`, v1 to v7.
    pub name: &'a str,
    /// `Partitions`, v1 to v7.
    pub partitions: Vec<OffsetFetchResponsePartition<'a>>,
}

impl<'a> OffsetFetchResponseTopic<'a> {
    fn read<S: Source<'a>>(source: &mut S, version: i16) -> Result<Self, WireError> {
        let flexible = version >= 6;
        let name = if version <= 7 { source.string(flexible)? } else { "" };
        let partitions = if version <= 7 {
            source.array(flexible, 16, |source| OffsetFetchResponsePartition::read(source, version))?
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
        Ok(Self { name, partitions })
    }

    fn write<S: Sink<'a>>(&self, sink: &mut S, version: i16) -> Result<(), WireError> {
        let flexible = version >= 6;
        if version <= 7 {
            sink.string(flexible, self.name)?;
        } else if !self.name.is_empty() {
            return Err(not_in_version("OffsetFetchResponseTopic", "name", version));
        }
        if version <= 7 {
            sink.array(flexible, &self.partitions, |sink, element| element.write(sink, version))?;
        } else if !self.partitions.is_empty() {
            return Err(not_in_version("OffsetFetchResponseTopic", "partitions", version));
        }
        if flexible {
            sink.varint(0);
        }
        Ok(())
    }
}

/// OffsetFetchResponsePartition of a [`OffsetFetchResponse`].
#[derive(Debug, Clone, PartialEq)]
pub struct OffsetFetchResponsePartition<'a> {
    /// `PartitionIndex`, v1 to v7.
    pub partition_index: i32,
    /// `CommittedOffset`, v1 to v7.
    pub committed_offset: i64,
    /// `CommittedLeaderEpoch`, v5 to v7, default `-1`.
    pub committed_leader_epoch: i32,
    /// `Metadata`, v1 to v7, can be null.
    pub metadata: Option<&'a str>,
    /// `ErrorCode`, v1 to v7.
    pub error_code: i16,
}

impl Default for OffsetFetchResponsePartition<'_> {
    fn default() -> Self {
        Self {
            partition_index: 0,
            committed_offset: 0,
            committed_leader_epoch: -1,
            metadata: Some(""),
            error_code: 0,
        }
    }
}

impl<'a> OffsetFetchResponsePartition<'a> {
    fn read<S: Source<'a>>(source: &mut S, version: i16) -> Result<Self, WireError> {
        let flexible = version >= 6;
        let partition_index = if version <= 7 { source.i32()? } else { 0 };
        let committed_offset = if version <= 7 { source.i64()? } else { 0 };
        let committed_leader_epoch = if (5..=7).contains(&version) { source.i32()? } else { -1 };
        let metadata = if version <= 7 { source.nullable_string(flexible)? } else { Some("") };
        let error_code = if version <= 7 { source.i16()? } else { 0 };
        if flexible {
            const TAGS: &[u32] = &[];
            for index in 0..source.tag_count(TAGS)? {
                source.tag(index, TAGS)?;
                source.skip_tagged()?;
            }
        }
        Ok(Self { partition_index, committed_offset, committed_leader_epoch, metadata, error_code })
    }

    fn write<S: Sink<'a>>(&self, sink: &mut S, version: i16) -> Result<(), WireError> {
        let flexible = version >= 6;
        if version <= 7 {
            sink.i32(self.partition_index);
        } else if self.partition_index != 0 {
            return Err(not_in_version("OffsetFetchResponsePartition", "partition_index", version));
        }
        if version <= 7 {
            sink.i64(self.committed_offset);
        } else if self.committed_offset != 0 {
            return Err(not_in_version("OffsetFetchResponsePartition", "committed_offset", version));
        }
        if (5..=7).contains(&version) {
            sink.i32(self.committed_leader_epoch);
        }
        if version <= 7 {
            sink.nullable_string(flexible, self.metadata)?;
        } else if self.metadata != Some("") {
            return Err(not_in_version("OffsetFetchResponsePartition", "metadata", version));
        }
        if version <= 7 {
            sink.i16(self.error_code);
        } else if self.error_code != 0 {
            return Err(not_in_version("OffsetFetchResponsePartition", "error_code", version));
        }
        if flexible {
            sink.varint(0);
        }
        Ok(())
    }
}

/// OffsetFetchResponseGroup of a [`OffsetFetchResponse`].
#[derive(Debug, Clone, PartialEq, Default)]
pub struct OffsetFetchResponseGroup<'a> {
    /// `GroupId`, v8 and later.
    pub group_id: &'a str,
    /// `Topics`, v8 and later.
    pub topics: Vec<OffsetFetchResponseTopics<'a>>,
    /// `ErrorCode`, v8 and later, default `0`.
    pub error_code: i16,
}

impl<'a> OffsetFetchResponseGroup<'a> {
    fn read<S: Source<'a>>(source: &mut S, version: i16) -> Result<Self, WireError> {
        let flexible = version >= 6;
        let group_id = if version >= 8 { source.string(flexible)? } else { "" };
        let topics = if version >= 8 {
            source.array(flexible, 3, |source| OffsetFetchResponseTopics::read(source, version))?
        } else {
            Vec::new()
        };
        let error_code = if version >= 8 { source.i16()? } else { 0 };
        if flexible {
            const TAGS: &[u32] = &[];
            for index in 0..source.tag_count(TAGS)? {
                source.tag(index, TAGS)?;
                source.skip_tagged()?;
            }
        }
        Ok(Self { group_id, topics, error_code })
    }

    fn write<S: Sink<'a>>(&self, sink: &mut S, version: i16) -> Result<(), WireError> {
        let flexible = version >= 6;
        if version >= 8 {
            sink.string(flexible, self.group_id)?;
        } else if !self.group_id.is_empty() {
            return Err(not_in_version("OffsetFetchResponseGroup", "group_id", version));
        }
        if version >= 8 {
            sink.array(flexible, &self.topics, |sink, element| element.write(sink, version))?;
        } else if !self.topics.is_empty() {
            return Err(not_in_version("OffsetFetchResponseGroup", "topics", version));
        }
        if version >= 8 {
            sink.i16(self.error_code);
        } else if self.error_code != 0 {
            return Err(not_in_version("OffsetFetchResponseGroup", "error_code", version));
        }
        if flexible {
            sink.varint(0);
        }
        Ok(())
    }
}

/// OffsetFetchResponseTopics of a [`OffsetFetchResponse`].
#[derive(Debug, Clone, PartialEq, Default)]
pub struct OffsetFetchResponseTopics<'a> {
    /// `Name`, v8 to v9.
    pub name: &'a str,
    /// `TopicId`, v10 and later.
    pub topic_id: Uuid,
    /// `Partitions`, v8 and later.
    pub partitions: Vec<OffsetFetchResponsePartitions<'a>>,
}

impl<'a> OffsetFetchResponseTopics<'a> {
    fn read<S: Source<'a>>(source: &mut S, version: i16) -> Result<Self, WireError> {
        let flexible = version >= 6;
        let name = if (8..=9).contains(&version) { source.string(flexible)? } else { "" };
        let topic_id = if version >= 10 { source.uuid()? } else { Uuid::nil() };
        let partitions = if version >= 8 {
            source.array(flexible, 20, |source| OffsetFetchResponsePartitions::read(source, version))?
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
        Ok(Self { name, topic_id, partitions })
    }

    fn write<S: Sink<'a>>(&self, sink: &mut S, version: i16) -> Result<(), WireError> {
        let flexible = version >= 6;
        if (8..=9).contains(&version) {
            sink.string(flexible, self.name)?;
        }
        if version >= 10 {
            sink.uuid(self.topic_id);
        }
        if version >= 8 {
            sink.array(flexible, &self.partitions, |sink, element| element.write(sink, version))?;
        } else if !self.partitions.is_empty() {
            return Err(not_in_version("OffsetFetchResponseTopics", "partitions", version));
        }
        if flexible {
            sink.varint(0);
        }
        Ok(())
    }
}

/// OffsetFetchResponsePartitions of a [`OffsetFetchResponse`].
#[derive(Debug, Clone, PartialEq)]
pub struct OffsetFetchResponsePartitions<'a> {
    /// `PartitionIndex`, v8 and later.
    pub partition_index: i32,
    /// `CommittedOffset`, v8 and later.
    pub committed_offset: i64,
    /// `CommittedLeaderEpoch`, v8 and later, default `-1`.
    pub committed_leader_epoch: i32,
    /// `Metadata`, v8 and later, can be null.
    pub metadata: Option<&'a str>,
    /// `ErrorCode`, v8 and later.
    pub error_code: i16,
}

impl Default for OffsetFetchResponsePartitions<'_> {
    fn default() -> Self {
        Self {
            partition_index: 0,
            committed_offset: 0,
            committed_leader_epoch: -1,
            metadata: Some(""),
            error_code: 0,
        }
    }
}

impl<'a> OffsetFetchResponsePartitions<'a> {
    fn read<S: Source<'a>>(source: &mut S, version: i16) -> Result<Self, WireError> {
        let flexible = version >= 6;
        let partition_index = if version >= 8 { source.i32()? } else { 0 };
        let committed_offset = if version >= 8 { source.i64()? } else { 0 };
        let committed_leader_epoch = if version >= 8 { source.i32()? } else { -1 };
        let metadata = if version >= 8 { source.nullable_string(flexible)? } else { Some("") };
        let error_code = if version >= 8 { source.i16()? } else { 0 };
        if flexible {
            const TAGS: &[u32] = &[];
            for index in 0..source.tag_count(TAGS)? {
                source.tag(index, TAGS)?;
                source.skip_tagged()?;
            }
        }
        Ok(Self { partition_index, committed_offset, committed_leader_epoch, metadata, error_code })
    }

    fn write<S: Sink<'a>>(&self, sink: &mut S, version: i16) -> Result<(), WireError> {
        let flexible = version >= 6;
        if version >= 8 {
            sink.i32(self.partition_index);
        } else if self.partition_index != 0 {
            return Err(not_in_version("OffsetFetchResponsePartitions", "partition_index", version));
        }
        if version >= 8 {
            sink.i64(self.committed_offset);
        } else if self.committed_offset != 0 {
            return Err(not_in_version("OffsetFetchResponsePartitions", "committed_offset", version));
        }
        if version >= 8 {
            sink.i32(self.committed_leader_epoch);
        }
        if version >= 8 {
            sink.nullable_string(flexible, self.metadata)?;
        } else if self.metadata != Some("") {
            return Err(not_in_version("OffsetFetchResponsePartitions", "metadata", version));
        }
        if version >= 8 {
            sink.i16(self.error_code);
        } else if self.error_code != 0 {
            return Err(not_in_version("OffsetFetchResponsePartitions", "error_code", version));
        }
        if flexible {
            sink.varint(0);
        }
        Ok(())
    }
}

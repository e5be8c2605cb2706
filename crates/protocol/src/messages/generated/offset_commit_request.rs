// @generated from the message definitions in kafka-clients 4.3.1 by `cargo xtask generate`: do not edit.
//! OffsetCommitRequest: API key 8, versions 2 to 10, flexible since v8.

use std::ops::RangeInclusive;
use uuid::Uuid;

use crate::messages::ApiKey;
use crate::wire::{Message, Request, Sink, Source, WireError, check_version, not_in_version};

/// OffsetCommitRequest, versions 2 to 10.
#[derive(Debug, Clone, PartialEq)]
pub struct OffsetCommitRequest<'a> {
    /// `GroupId`, all versions.
    pub group_id: &'a str,
    /// `GenerationIdOrMemberEpoch`, all versions, default `-1`.
    pub generation_id_or_member_epoch: i32,
    /// `MemberId`, all versions.
    pub member_id: &'a str,
    /// `GroupInstanceId`, v7 and later, can be null.
    pub group_instance_id: Option<&'a str>,
    /// `RetentionTimeMs`, v2 to v4, default `-1`.
    pub retention_time_ms: i64,
    /// `Topics`, all versions.
    pub topics: Vec<OffsetCommitRequestTopic<'a>>,
}

impl Default for OffsetCommitRequest<'_> {
    fn default() -> Self {
        Self {
            group_id: "",
            generation_id_or_member_epoch: -1,
            member_id: "",
            group_instance_id: None,
            retention_time_ms: -1,
            topics: Vec::new(),
        }
    }
}

impl<'a> Message<'a> for OffsetCommitRequest<'a> {
    const NAME: &'static str = "OffsetCommitRequest";
    const VERSIONS: RangeInclusive<i16> = 2..=10;

    fn read<S: Source<'a>>(source: &mut S, version: i16) -> Result<Self, WireError> {
        check_version::<Self>(version)?;
        let flexible = version >= 8;
        let group_id = source.string(flexible)?;
        let generation_id_or_member_epoch = source.i32()?;
        let member_id = source.string(flexible)?;
        let group_instance_id = if version >= 7 { source.nullable_string(flexible)? } else { None };
        let retention_time_ms = if version <= 4 { source.i64()? } else { -1 };
        let topics = source.array(flexible, 3, |source| OffsetCommitRequestTopic::read(source, version))?;
        if flexible {
            const TAGS: &[u32] = &[];
            for index in 0..source.tag_count(TAGS)? {
                source.tag(index, TAGS)?;
                source.skip_tagged()?;
            }
        }
        Ok(Self {
            group_id,
            generation_id_or_member_epoch,
            member_id,
            group_instance_id,
            retention_time_ms,
            topics,
        })
    }

    fn write<S: Sink<'a>>(&self, sink: &mut S, version: i16) -> Result<(), WireError> {
        check_version::<Self>(version)?;
        let flexible = version >= 8;
        sink.string(flexible, self.group_id)?;
        sink.i32(self.generation_id_or_member_epoch);
        sink.string(flexible, self.member_id)?;
        if version >= 7 {
            sink.nullable_string(flexible, self.group_instance_id)?;
        } else if self.group_instance_id.is_some() {
            return Err(not_in_version("OffsetCommitRequest", "group_instance_id", version));
        }
        if version <= 4 {
            sink.i64(self.retention_time_ms);
        }
        sink.array(flexible, &self.topics, |sink, element| element.write(sink, version))?;
        if flexible {
            sink.varint(0);
        }
        Ok(())
    }
}

impl<'a> Request<'a> for OffsetCommitRequest<'a> {
    const API: ApiKey = ApiKey::OffsetCommit;
    type Response = super::OffsetCommitResponse<'a>;
}

/// OffsetCommitRequestTopic of a [`OffsetCommitRequest`].
#[derive(Debug, Clone, PartialEq, Default)]
pub struct OffsetCommitRequestTopic<'a> {
    /// `Name`, v2 to v9.
    pub name: &'a str,
    /// `TopicId`, v10 and later.
    pub topic_id: Uuid,
    /// `Partitions`, all versions.
    pub partitions: Vec<OffsetCommitRequestPartition<'a>>,
}

impl<'a> OffsetCommitRequestTopic<'a> {
    fn read<S: Source<'a>>(source: &mut S, version: i16) -> Result<Self, WireError> {
        let flexible = version >= 8;
        let name = if version <= 9 { source.string(flexible)? } else { "" };
        let topic_id = if version >= 10 { source.uuid()? } else { Uuid::nil() };
        let partitions =
            source.array(flexible, 14, |source| OffsetCommitRequestPartition::read(source, version))?;
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

/// OffsetCommitRequestPartition of a [`OffsetCommitRequest`].
#[derive(Debug, Clone, PartialEq)]
pub struct OffsetCommitRequestPartition<'a> {
    /// `PartitionIndex`, all versions.
    pub partition_index: i32,
    /// `CommittedOffset`, all versions.
    pub committed_offset: i64,
    /// `CommittedLeaderEpoch`, v6 and later, default `-1`.
    pub committed_leader_epoch: i32,
    /// `CommittedMetadata`, all versions, can be null.
    pub committed_metadata: Option<&'a str>,
}

impl Default for OffsetCommitRequestPartition<'_> {
    fn default() -> Self {
        Self {
            partition_index: 0,
            committed_offset: 0,
            committed_leader_epoch: -1,
            committed_metadata: Some(""),
        }
    }
}

impl<'a> OffsetCommitRequestPartition<'a> {
    fn read<S: Source<'a>>(source: &mut S, version: i16) -> Result<Self, WireError> {
        let flexible = version >= 8;
        let partition_index = source.i32()?;
        let committed_offset = source.i64()?;
        let committed_leader_epoch = if version >= 6 { source.i32()? } else { -1 };
        let committed_metadata = source.nullable_string(flexible)?;
        if flexible {
            const TAGS: &[u32] = &[];
            for index in 0..source.tag_count(TAGS)? {
                source.tag(index, TAGS)?;
                source.skip_tagged()?;
            }
        }
        Ok(Self { partition_index, committed_offset, committed_leader_epoch, committed_metadata })
    }

    fn write<S: Sink<'a>>(&self, sink: &mut S, version: i16) -> Result<(), WireError> {
        let flexible = version >= 8;
        sink.i32(self.partition_index);
        sink.i64(self.committed_offset);
        if version >= 6 {
            sink.i32(self.committed_leader_epoch);
        }
        sink.nullable_string(flexible, self.committed_metadata)?;
        if flexible {
            sink.varint(0);
        }
        Ok(())
    }
}

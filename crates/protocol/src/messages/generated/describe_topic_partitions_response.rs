// @generated from the message definitions in kafka-clients 4.3.1 by `cargo xtask generate`: do not edit.
//! DescribeTopicPartitionsResponse: API key 75, version 0, all flexible.

use std::ops::RangeInclusive;
use uuid::Uuid;

use crate::messages::ApiKey;
use crate::wire::{Message, Response, Sink, Source, WireError, check_version};

/// DescribeTopicPartitionsResponse, version 0.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct DescribeTopicPartitionsResponse<'a> {
    /// `ThrottleTimeMs`, all versions.
    pub throttle_time_ms: i32,
    /// `Topics`, all versions.
    pub topics: Vec<DescribeTopicPartitionsResponseTopic<'a>>,
    /// `NextCursor`, all versions, can be null.
    pub next_cursor: Option<Cursor<'a>>,
}

impl<'a> Message<'a> for DescribeTopicPartitionsResponse<'a> {
    const NAME: &'static str = "DescribeTopicPartitionsResponse";
    const VERSIONS: RangeInclusive<i16> = 0..=0;

    fn read<S: Source<'a>>(source: &mut S, version: i16) -> Result<Self, WireError> {
        check_version::<Self>(version)?;
        let throttle_time_ms = source.i32()?;
        let topics =
            source.array(true, 26, |source| DescribeTopicPartitionsResponseTopic::read(source, version))?;
        let next_cursor = if source.is_present()? { Some(Cursor::read(source, version)?) } else { None };
        const TAGS: &[u32] = &[];
        for index in 0..source.tag_count(TAGS)? {
            source.tag(index, TAGS)?;
            source.skip_tagged()?;
        }
        Ok(Self { throttle_time_ms, topics, next_cursor })
    }

    fn write<S: Sink<'a>>(&self, sink: &mut S, version: i16) -> Result<(), WireError> {
        check_version::<Self>(version)?;
        sink.i32(self.throttle_time_ms);
        sink.array(true, &self.topics, |sink, element| element.write(sink, version))?;
        match &self.next_cursor {
            Some(value) => {
                sink.presence(true);
                value.write(sink, version)?;
            }
            None => sink.presence(false),
        }
        sink.varint(0);
        Ok(())
    }
}

impl<'a> Response<'a> for DescribeTopicPartitionsResponse<'a> {
    const API: ApiKey = ApiKey::DescribeTopicPartitions;
}

/// DescribeTopicPartitionsResponseTopic of a [`DescribeTopicPartitionsResponse`].
#[derive(Debug, Clone, PartialEq)]
pub struct DescribeTopicPartitionsResponseTopic<'a> {
    /// `ErrorCode`, all versions.
    pub error_code: i16,
    /// `Name`, all versions, can be null.
    pub name: Option<&'a str>,
    /// `TopicId`, all versions.
    pub topic_id: Uuid,
    /// `IsInternal`, all versions, default `false`.
    pub is_internal: bool,
    /// `Partitions`, all versions.
    pub partitions: Vec<DescribeTopicPartitionsResponsePartition>,
    /// `TopicAuthorizedOperations`, all versions, default `-2147483648`.
    pub topic_authorized_operations: i32,
}

impl Default for DescribeTopicPartitionsResponseTopic<'_> {
    fn default() -> Self {
        Self {
            error_code: 0,
            name: Some(""),
            topic_id: Uuid::nil(),
            is_internal: false,
            partitions: Vec::new(),
            topic_authorized_operations: -2147483648,
        }
    }
}

impl<'a> DescribeTopicPartitionsResponseTopic<'a> {
    fn read<S: Source<'a>>(source: &mut S, version: i16) -> Result<Self, WireError> {
        let error_code = source.i16()?;
        let name = source.nullable_string(true)?;
        let topic_id = source.uuid()?;
        let is_internal = source.bool()?;
        let partitions = source
            .array(true, 20, |source| DescribeTopicPartitionsResponsePartition::read(source, version))?;
        let topic_authorized_operations = source.i32()?;
        const TAGS: &[u32] = &[];
        for index in 0..source.tag_count(TAGS)? {
            source.tag(index, TAGS)?;
            source.skip_tagged()?;
        }
        Ok(Self { error_code, name, topic_id, is_internal, partitions, topic_authorized_operations })
    }

    fn write<S: Sink<'a>>(&self, sink: &mut S, version: i16) -> Result<(), WireError> {
        sink.i16(self.error_code);
        sink.nullable_string(true, self.name)?;
        sink.uuid(self.topic_id);
        sink.bool(self.is_internal);
        sink.array(true, &self.partitions, |sink, element| element.write(sink, version))?;
        sink.i32(self.topic_authorized_operations);
        sink.varint(0);
        Ok(())
    }
}

/// DescribeTopicPartitionsResponsePartition of a [`DescribeTopicPartitionsResponse`].
#[derive(Debug, Clone, PartialEq)]
pub struct DescribeTopicPartitionsResponsePartition {
    /// `ErrorCode`, all versions.
    pub error_code: i16,
    /// `PartitionIndex`, all versions.
    pub partition_index: i32,
    /// `LeaderId`, all versions.
    pub leader_id: i32,
    /// `LeaderEpoch`, all versions, default `-1`.
    pub leader_epoch: i32,
    /// `ReplicaNodes`, all versions.
    pub replica_nodes: Vec<i32>,
    /// `IsrNodes`, all versions.
    pub isr_nodes: Vec<i32>,
    /// `EligibleLeaderReplicas`, all versions, can be null.
    pub eligible_leader_replicas: Option<Vec<i32>>,
    /// `LastKnownElr`, all versions, can be null.
    pub last_known_elr: Option<Vec<i32>>,
    /// `OfflineReplicas`, all versions.
    pub offline_replicas: Vec<i32>,
}

impl Default for DescribeTopicPartitionsResponsePartition {
    fn default() -> Self {
        Self {
            error_code: 0,
            partition_index: 0,
            leader_id: 0,
            leader_epoch: -1,
            replica_nodes: Vec::new(),
            isr_nodes: Vec::new(),
            eligible_leader_replicas: None,
            last_known_elr: None,
            offline_replicas: Vec::new(),
        }
    }
}

impl DescribeTopicPartitionsResponsePartition {
    fn read<'a, S: Source<'a>>(source: &mut S, _version: i16) -> Result<Self, WireError> {
        let error_code = source.i16()?;
        let partition_index = source.i32()?;
        let leader_id = source.i32()?;
        let leader_epoch = source.i32()?;
        let replica_nodes = source.array(true, 4, |source| source.i32())?;
        let isr_nodes = source.array(true, 4, |source| source.i32())?;
        let eligible_leader_replicas = source.nullable_array(true, 4, |source| source.i32())?;
        let last_known_elr = source.nullable_array(true, 4, |source| source.i32())?;
        let offline_replicas = source.array(true, 4, |source| source.i32())?;
        const TAGS: &[u32] = &[];
        for index in 0..source.tag_count(TAGS)? {
            source.tag(index, TAGS)?;
            source.skip_tagged()?;
        }
        Ok(Self {
            error_code,
            partition_index,
            leader_id,
            leader_epoch,
            replica_nodes,
            isr_nodes,
            eligible_leader_replicas,
            last_known_elr,
            offline_replicas,
        })
    }

    fn write<'a, S: Sink<'a>>(&self, sink: &mut S, _version: i16) -> Result<(), WireError> {
        sink.i16(self.error_code);
        sink.i32(self.partition_index);
        sink.i32(self.leader_id);
        sink.i32(self.leader_epoch);
        sink.array(true, &self.replica_nodes, |sink, element| {
            sink.i32(*element);
            Ok(())
        })?;
        sink.array(true, &self.isr_nodes, |sink, element| {
            sink.i32(*element);
            Ok(())
        })?;
        sink.nullable_array(true, self.eligible_leader_replicas.as_deref(), |sink, element| {
            sink.i32(*element);
            Ok(())
        })?;
        sink.nullable_array(true, self.last_known_elr.as_deref(), |sink, element| {
            sink.i32(*element);
            Ok(())
        })?;
        sink.array(true, &self.offline_replicas, |sink, element| {
            sink.i32(*element);
            Ok(())
        })?;
        sink.varint(0);
        Ok(())
    }
}

/// Cursor of a [`DescribeTopicPartitionsResponse`].
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Cursor<'a> {
    /// `TopicName`, all versions.
    pub topic_name: &'a str,
    /// `PartitionIndex`, all versions.
    pub partition_index: i32,
}

impl<'a> Cursor<'a> {
    fn read<S: Source<'a>>(source: &mut S, _version: i16) -> Result<Self, WireError> {
        let topic_name = source.string(true)?;
        let partition_index = source.i32()?;
        const TAGS: &[u32] = &[];
        for index in 0..source.tag_count(TAGS)? {
            source.tag(index, TAGS)?;
            source.skip_tagged()?;
        }
        Ok(Self { topic_name, partition_index })
    }

    fn write<S: Sink<'a>>(&self, sink: &mut S, _version: i16) -> Result<(), WireError> {
        sink.string(true, self.topic_name)?;
        sink.i32(self.partition_index);
        sink.varint(0);
        Ok(())
    }
}

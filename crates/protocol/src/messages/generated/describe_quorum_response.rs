// @generated from the message definitions in kafka-clients 4.3.1 by `cargo xtask generate`: do not edit.
//! DescribeQuorumResponse: API key 55, versions 0 to 2, all flexible.

use std::ops::RangeInclusive;
use uuid::Uuid;

use crate::messages::ApiKey;
use crate::wire::{Message, Response, Sink, Source, WireError, check_version, not_in_version};

/// DescribeQuorumResponse, versions 0 to 2.
#[derive(Debug, Clone, PartialEq)]
pub struct DescribeQuorumResponse<'a> {
    /// `ErrorCode`, all versions.
    pub error_code: i16,
    /// `ErrorMessage`, v2 and later, can be null.
    pub error_message: Option<&'a str>,
    /// `Topics`, all versions.
    pub topics: Vec<TopicData<'a>>,
    /// `Nodes`, v2 and later.
    pub nodes: Vec<Node<'a>>,
}

impl Default for DescribeQuorumResponse<'_> {
    fn default() -> Self {
        Self { error_code: 0, error_message: Some(""), topics: Vec::new(), nodes: Vec::new() }
    }
}

impl<'a> Message<'a> for DescribeQuorumResponse<'a> {
    const NAME: &'static str = "DescribeQuorumResponse";
    const VERSIONS: RangeInclusive<i16> = 0..=2;

    fn read<S: Source<'a>>(source: &mut S, version: i16) -> Result<Self, WireError> {
        check_version::<Self>(version)?;
        let error_code = source.i16()?;
        let error_message = if version >= 2 { source.nullable_string(true)? } else { Some("") };
        let topics = source.array(true, 3, |source| TopicData::read(source, version))?;
        let nodes = if version >= 2 {
            source.array(true, 6, |source| Node::read(source, version))?
        } else {
            Vec::new()
        };
        const TAGS: &[u32] = &[];
        for index in 0..source.tag_count(TAGS)? {
            source.tag(index, TAGS)?;
            source.skip_tagged()?;
        }
        Ok(Self { error_code, error_message, topics, nodes })
    }

    fn write<S: Sink<'a>>(&self, sink: &mut S, version: i16) -> Result<(), WireError> {
        check_version::<Self>(version)?;
        sink.i16(self.error_code);
        if version >= 2 {
            sink.nullable_string(true, self.error_message)?;
        }
        sink.array(true, &self.topics, |sink, element| element.write(sink, version))?;
        if version >= 2 {
            sink.array(true, &self.nodes, |sink, element| element.write(sink, version))?;
        } else if !self.nodes.is_empty() {
            return Err(not_in_version("DescribeQuorumResponse", "nodes", version));
        }
        sink.varint(0);
        Ok(())
    }
}

impl<'a> Response<'a> for DescribeQuorumResponse<'a> {
    const API: ApiKey = ApiKey::DescribeQuorum;
}

/// TopicData of a [`DescribeQuorumResponse`].
#[derive(Debug, Clone, PartialEq, Default)]
pub struct TopicData<'a> {
    /// `TopicName`, all versions.
    pub topic_name: &'a str,
    /// `Partitions`, all versions.
    pub partitions: Vec<PartitionData<'a>>,
}

impl<'a> TopicData<'a> {
    fn read<S: Source<'a>>(source: &mut S, version: i16) -> Result<Self, WireError> {
        let topic_name = source.string(true)?;
        let partitions = source.array(true, 25, |source| PartitionData::read(source, version))?;
        const TAGS: &[u32] = &[];
        for index in 0..source.tag_count(TAGS)? {
            source.tag(index, TAGS)?;
            source.skip_tagged()?;
        }
        Ok(Self { topic_name, partitions })
    }

    fn write<S: Sink<'a>>(&self, sink: &mut S, version: i16) -> Result<(), WireError> {
        sink.string(true, self.topic_name)?;
        sink.array(true, &self.partitions, |sink, element| element.write(sink, version))?;
        sink.varint(0);
        Ok(())
    }
}

/// PartitionData of a [`DescribeQuorumResponse`].
#[derive(Debug, Clone, PartialEq)]
pub struct PartitionData<'a> {
    /// `PartitionIndex`, all versions.
    pub partition_index: i32,
    /// `ErrorCode`, all versions.
    pub error_code: i16,
    /// `ErrorMessage`, v2 and later, can be null.
    pub error_message: Option<&'a str>,
    /// `LeaderId`, all versions.
    pub leader_id: i32,
    /// `LeaderEpoch`, all versions.
    pub leader_epoch: i32,
    /// `HighWatermark`, all versions.
    pub high_watermark: i64,
    /// `CurrentVoters`, all versions.
    pub current_voters: Vec<ReplicaState>,
    /// `Observers`, all versions.
    pub observers: Vec<ReplicaState>,
}

impl Default for PartitionData<'_> {
    fn default() -> Self {
        Self {
            partition_index: 0,
            error_code: 0,
            error_message: Some(""),
            leader_id: 0,
            leader_epoch: 0,
            high_watermark: 0,
            current_voters: Vec::new(),
            observers: Vec::new(),
        }
    }
}

impl<'a> PartitionData<'a> {
    fn read<S: Source<'a>>(source: &mut S, version: i16) -> Result<Self, WireError> {
        let partition_index = source.i32()?;
        let error_code = source.i16()?;
        let error_message = if version >= 2 { source.nullable_string(true)? } else { Some("") };
        let leader_id = source.i32()?;
        let leader_epoch = source.i32()?;
        let high_watermark = source.i64()?;
        let current_voters = source.array(true, 13, |source| ReplicaState::read(source, version))?;
        let observers = source.array(true, 13, |source| ReplicaState::read(source, version))?;
        const TAGS: &[u32] = &[];
        for index in 0..source.tag_count(TAGS)? {
            source.tag(index, TAGS)?;
            source.skip_tagged()?;
        }
        Ok(Self {
            partition_index,
            error_code,
            error_message,
            leader_id,
            leader_epoch,
            high_watermark,
            current_voters,
            observers,
        })
    }

    fn write<S: Sink<'a>>(&self, sink: &mut S, version: i16) -> Result<(), WireError> {
        sink.i32(self.partition_index);
        sink.i16(self.error_code);
        if version >= 2 {
            sink.nullable_string(true, self.error_message)?;
        }
        sink.i32(self.leader_id);
        sink.i32(self.leader_epoch);
        sink.i64(self.high_watermark);
        sink.array(true, &self.current_voters, |sink, element| element.write(sink, version))?;
        sink.array(true, &self.observers, |sink, element| element.write(sink, version))?;
        sink.varint(0);
        Ok(())
    }
}

/// ReplicaState of a [`DescribeQuorumResponse`].
#[derive(Debug, Clone, PartialEq)]
pub struct ReplicaState {
    /// `ReplicaId`, all versions.
    pub replica_id: i32,
    /// `ReplicaDirectoryId`, v2 and later.
    pub replica_directory_id: Uuid,
    /// `LogEndOffset`, all versions.
    pub log_end_offset: i64,
    /// `LastFetchTimestamp`, v1 and later, default `-1`.
    pub last_fetch_timestamp: i64,
    /// `LastCaughtUpTimestamp`, v1 and later, default `-1`.
    pub last_caught_up_timestamp: i64,
}

impl Default for ReplicaState {
    fn default() -> Self {
        Self {
            replica_id: 0,
            replica_directory_id: Uuid::nil(),
            log_end_offset: 0,
            last_fetch_timestamp: -1,
            last_caught_up_timestamp: -1,
        }
    }
}

impl ReplicaState {
    fn read<'a, S: Source<'a>>(source: &mut S, version: i16) -> Result<Self, WireError> {
        let replica_id = source.i32()?;
        let replica_directory_id = if version >= 2 { source.uuid()? } else { Uuid::nil() };
        let log_end_offset = source.i64()?;
        let last_fetch_timestamp = if version >= 1 { source.i64()? } else { -1 };
        let last_caught_up_timestamp = if version >= 1 { source.i64()? } else { -1 };
        const TAGS: &[u32] = &[];
        for index in 0..source.tag_count(TAGS)? {
            source.tag(index, TAGS)?;
            source.skip_tagged()?;
        }
        Ok(Self {
            replica_id,
            replica_directory_id,
            log_end_offset,
            last_fetch_timestamp,
            last_caught_up_timestamp,
        })
    }

    fn write<'a, S: Sink<'a>>(&self, sink: &mut S, version: i16) -> Result<(), WireError> {
        sink.i32(self.replica_id);
        if version >= 2 {
            sink.uuid(self.replica_directory_id);
        } else if !self.replica_directory_id.is_nil() {
            return Err(not_in_version("ReplicaState", "replica_directory_id", version));
        }
        sink.i64(self.log_end_offset);
        if version >= 1 {
            sink.i64(self.last_fetch_timestamp);
        }
        if version >= 1 {
            sink.i64(self.last_caught_up_timestamp);
        }
        sink.varint(0);
        Ok(())
    }
}

/// Node of a [`DescribeQuorumResponse`].
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Node<'a> {
    /// `NodeId`, v2 and later.
    pub node_id: i32,
    /// `Listeners`, v2 and later.
    pub listeners: Vec<Listener<'a>>,
}

impl<'a> Node<'a> {
    fn read<S: Source<'a>>(source: &mut S, version: i16) -> Result<Self, WireError> {
        let node_id = if version >= 2 { source.i32()? } else { 0 };
        let listeners = if version >= 2 {
            source.array(true, 5, |source| Listener::read(source, version))?
        } else {
            Vec::new()
        };
        const TAGS: &[u32] = &[];
        for index in 0..source.tag_count(TAGS)? {
            source.tag(index, TAGS)?;
            source.skip_tagged()?;
        }
        Ok(Self { node_id, listeners })
    }

    fn write<S: Sink<'a>>(&self, sink: &mut S, version: i16) -> Result<(), WireError> {
        if version >= 2 {
            sink.i32(self.node_id);
        } else if self.node_id != 0 {
            return Err(not_in_version("Node", "node_id", version));
        }
        if version >= 2 {
            sink.array(true, &self.listeners, |sink, element| element.write(sink, version))?;
        } else if !self.listeners.is_empty() {
            return Err(not_in_version("Node", "listeners", version));
        }
        sink.varint(0);
        Ok(())
    }
}

/// Listener of a [`DescribeQuorumResponse`].
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Listener<'a> {
    /// `Name`, v2 and later.
    pub name: &'a str,
    /// `Host`, v2 and later.
    pub host: &'a str,
    /// `Port`, v2 and later.
    pub port: u16,
}

impl<'a> Listener<'a> {
    fn read<S: Source<'a>>(source: &mut S, version: i16) -> Result<Self, WireError> {
        let name = if version >= 2 { source.string(true)? } else { "" };
        let host = if version >= 2 { source.string(true)? } else { "" };
        let port = if version >= 2 { source.u16()? } else { 0 };
        const TAGS: &[u32] = &[];
        for index in 0..source.tag_count(TAGS)? {
            source.tag(index, TAGS)?;
            source.skip_tagged()?;
        }
        Ok(Self { name, host, port })
    }

    fn write<S: Sink<'a>>(&self, sink: &mut S, version: i16) -> Result<(), WireError> {
        if version >= 2 {
            sink.string(true, self.name)?;
        } else if !self.name.is_empty() {
            return Err(not_in_version("Listener", "name", version));
        }
        if version >= 2 {
            sink.string(true, self.host)?;
        } else if !self.host.is_empty() {
            return Err(not_in_version("Listener", "host", version));
        }
        if version >= 2 {
            sink.u16(self.port);
        } else if self.port != 0 {
            return Err(not_in_version("Listener", "port", version));
        }
        sink.varint(0);
        Ok(())
    }
}

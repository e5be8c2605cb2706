// @generated from the message definitions in kafka-clients 4.3.1 by `cargo xtask generate`: do not edit.
//! MetadataResponse: API key 3, versions 0 to 13, flexible since v9.

use std::ops::RangeInclusive;
use uuid::Uuid;

use crate::messages::ApiKey;
use crate::wire::{
    Message, Response, Sink, Source, WireError, check_version, not_in_version, null_not_in_version,
};

/// MetadataResponse, versions 0 to 13.
#[derive(Debug, Clone, PartialEq)]
pub struct MetadataResponse<'a> {
    /// `ThrottleTimeMs`, v3 and later.
    pub throttle_time_ms: i32,
    /// `Brokers`, all versions.
    pub brokers: Vec<MetadataResponseBroker<'a>>,
    /// `ClusterId`, v2 and later, can be null.
    pub cluster_id: Option<&'a str>,
    /// `ControllerId`, v1 and later, default `-1`.
    pub controller_id: i32,
    /// `Topics`, all versions.
    pub topics: Vec<MetadataResponseTopic<'a>>,
    /// `ClusterAuthorizedOperations`, v8 to v10, default `-2147483648`.
    pub cluster_authorized_operations: i32,
    /// `ErrorCode`, v13 and later.
    pub error_code: i16,
}

impl Default for MetadataResponse<'_> {
    fn default() -> Self {
        Self {
            throttle_time_ms: 0,
            brokers: Vec::new(),
            cluster_id: None,
            controller_id: -1,
            topics: Vec::new(),
            cluster_authorized_operations: -2147483648,
            error_code: 0,
        }
    }
}

impl<'a> Message<'a> for MetadataResponse<'a> {
    const NAME: &'static str = "MetadataResponse";
    const VERSIONS: RangeInclusive<i16> = 0..=13;

    fn read<S: Source<'a>>(source: &mut S, version: i16) -> Result<Self, WireError> {
        check_version::<Self>(version)?;
        let flexible = version >= 9;
        let throttle_time_ms = if version >= 3 { source.i32()? } else { 0 };
        let brokers = source.array(flexible, 10, |source| MetadataResponseBroker::read(source, version))?;
        let cluster_id = if version >= 2 { source.nullable_string(flexible)? } else { None };
        let controller_id = if version >= 1 { source.i32()? } else { -1 };
        let topics = source.array(flexible, 8, |source| MetadataResponseTopic::read(source, version))?;
        let cluster_authorized_operations =
            if (8..=10).contains(&version) { source.i32()? } else { -2147483648 };
        let error_code = if version >= 13 { source.i16()? } else { 0 };
        if flexible {
            const TAGS: &[u32] = &[];
            for index in 0..source.tag_count(TAGS)? {
                source.tag(index, TAGS)?;
                source.skip_tagged()?;
            }
        }
        Ok(Self {
            throttle_time_ms,
            brokers,
            cluster_id,
            controller_id,
            topics,
            cluster_authorized_operations,
            error_code,
        })
    }

    fn write<S: Sink<'a>>(&self, sink: &mut S, version: i16) -> Result<(), WireError> {
        check_version::<Self>(version)?;
        let flexible = version >= 9;
        if version >= 3 {
            sink.i32(self.throttle_time_ms);
        }
        sink.array(flexible, &self.brokers, |sink, element| element.write(sink, version))?;
        if version >= 2 {
            sink.nullable_string(flexible, self.cluster_id)?;
        }
        if version >= 1 {
            sink.i32(self.controller_id);
        }
        sink.array(flexible, &self.topics, |sink, element| element.write(sink, version))?;
        if (8..=10).contains(&version) {
            sink.i32(self.cluster_authorized_operations);
        } else if self.cluster_authorized_operations != -2147483648 {
            return Err(not_in_version("MetadataResponse", "cluster_authorized_operations", version));
        }
        if version >= 13 {
            sink.i16(self.error_code);
        }
        if flexible {
            sink.varint(0);
        }
        Ok(())
    }
}

impl<'a> Response<'a> for MetadataResponse<'a> {
    const API: ApiKey = ApiKey::Metadata;
}

/// MetadataResponseBroker of a [`MetadataResponse`].
#[derive(Debug, Clone, PartialEq, Default)]
pub struct MetadataResponseBroker<'a> {
    /// `NodeId`, all versions.
    pub node_id: i32,
    /// `Host`, all versions.
    pub host: &'a str,
    /// `Port`, all versions.
    pub port: i32,
    /// `Rack`, v1 and later, can be null.
    pub rack: Option<&'a str>,
}

impl<'a> MetadataResponseBroker<'a> {
    fn read<S: Source<'a>>(source: &mut S, version: i16) -> Result<Self, WireError> {
        let flexible = version >= 9;
        let node_id = source.i32()?;
        let host = source.string(flexible)?;
        let port = source.i32()?;
        let rack = if version >= 1 { source.nullable_string(flexible)? } else { None };
        if flexible {
            const TAGS: &[u32] = &[];
            for index in 0..source.tag_count(TAGS)? {
                source.tag(index, TAGS)?;
                source.skip_tagged()?;
            }
        }
        Ok(Self { node_id, host, port, rack })
    }

    fn write<S: Sink<'a>>(&self, sink: &mut S, version: i16) -> Result<(), WireError> {
        let flexible = version >= 9;
        sink.i32(self.node_id);
        sink.string(flexible, self.host)?;
        sink.i32(self.port);
        if version >= 1 {
            sink.nullable_string(flexible, self.rack)?;
        }
        if flexible {
            sink.varint(0);
        }
        Ok(())
    }
}

/// MetadataResponseTopic of a [`MetadataResponse`].
#[derive(Debug, Clone, PartialEq)]
pub struct MetadataResponseTopic<'a> {
    /// `ErrorCode`, all versions.
    pub error_code: i16,
    /// `Name`, all versions, can be null in v12 and later.
    pub name: Option<&'a str>,
    /// `TopicId`, v10 and later.
    pub topic_id: Uuid,
    /// `IsInternal`, v1 and later, default `false`.
    pub is_internal: bool,
    /// `Partitions`, all versions.
    pub partitions: Vec<MetadataResponsePartition>,
    /// `TopicAuthorizedOperations`, v8 and later, default `-2147483648`.
    pub topic_authorized_operations: i32,
}

impl Default for MetadataResponseTopic<'_> {
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

impl<'a> MetadataResponseTopic<'a> {
    fn read<S: Source<'a>>(source: &mut S, version: i16) -> Result<Self, WireError> {
        let flexible = version >= 9;
        let error_code = source.i16()?;
        let name = {
            let value = if version >= 12 {
                source.nullable_string(flexible)
            } else {
                source.string(flexible).map(Some)
            };
            value?
        };
        let topic_id = if version >= 10 { source.uuid()? } else { Uuid::nil() };
        let is_internal = if version >= 1 { source.bool()? } else { false };
        let partitions =
            source.array(flexible, 18, |source| MetadataResponsePartition::read(source, version))?;
        let topic_authorized_operations = if version >= 8 { source.i32()? } else { -2147483648 };
        if flexible {
            const TAGS: &[u32] = &[];
            for index in 0..source.tag_count(TAGS)? {
                source.tag(index, TAGS)?;
                source.skip_tagged()?;
            }
        }
        Ok(Self { error_code, name, topic_id, is_internal, partitions, topic_authorized_operations })
    }

    fn write<S: Sink<'a>>(&self, sink: &mut S, version: i16) -> Result<(), WireError> {
        let flexible = version >= 9;
        sink.i16(self.error_code);
        if version < 12 && self.name.is_none() {
            return Err(null_not_in_version("MetadataResponseTopic", "name", version));
        }
        sink.nullable_string(flexible, self.name)?;
        if version >= 10 {
            sink.uuid(self.topic_id);
        }
        if version >= 1 {
            sink.bool(self.is_internal);
        }
        sink.array(flexible, &self.partitions, |sink, element| element.write(sink, version))?;
        if version >= 8 {
            sink.i32(self.topic_authorized_operations);
        } else if self.topic_authorized_operations != -2147483648 {
            return Err(not_in_version("MetadataResponseTopic", "topic_authorized_operations", version));
        }
        if flexible {
            sink.varint(0);
        }
        Ok(())
    }
}

/// MetadataResponsePartition of a [`MetadataResponse`].
#[derive(Debug, Clone, PartialEq)]
pub struct MetadataResponsePartition {
    /// `ErrorCode`, all versions.
    pub error_code: i16,
    /// `PartitionIndex`, all versions.
    pub partition_index: i32,
    /// `LeaderId`, all versions.
    pub leader_id: i32,
    /// `LeaderEpoch`, v7 and later, default `-1`.
    pub leader_epoch: i32,
    /// `ReplicaNodes`, all versions.
    pub replica_nodes: Vec<i32>,
    /// `IsrNodes`, all versions.
    pub isr_nodes: Vec<i32>,
    /// `OfflineReplicas`, v5 and later.
    pub offline_replicas: Vec<i32>,
}

impl Default for MetadataResponsePartition {
    fn default() -> Self {
        Self {
            error_code: 0,
            partition_index: 0,
            leader_id: 0,
            leader_epoch: -1,
            replica_nodes: Vec::new(),
            isr_nodes: Vec::new(),
            offline_replicas: Vec::new(),
        }
    }
}

impl MetadataResponsePartition {
    fn read<'a, S: Source<'a>>(source: &mut S, version: i16) -> Result<Self, WireError> {
        let flexible = version >= 9;
        let error_code = source.i16()?;
        let partition_index = source.i32()?;
        let leader_id = source.i32()?;
        let leader_epoch = if version >= 7 { source.i32()? } else { -1 };
        let replica_nodes = source.array(flexible, 4, |source| source.i32())?;
        let isr_nodes = source.array(flexible, 4, |source| source.i32())?;
        let offline_replicas =
            if version >= 5 { source.array(flexible, 4, |source| source.i32())? } else { Vec::new() };
        if flexible {
            const TAGS: &[u32] = &[];
            for index in 0..source.tag_count(TAGS)? {
                source.tag(index, TAGS)?;
                source.skip_tagged()?;
            }
        }
        Ok(Self {
            error_code,
            partition_index,
            leader_id,
            leader_epoch,
            replica_nodes,
            isr_nodes,
            offline_replicas,
        })
    }

    fn write<'a, S: Sink<'a>>(&self, sink: &mut S, version: i16) -> Result<(), WireError> {
        let flexible = version >= 9;
        sink.i16(self.error_code);
        sink.i32(self.partition_index);
        sink.i32(self.leader_id);
        if version >= 7 {
            sink.i32(self.leader_epoch);
        }
        sink.array(flexible, &self.replica_nodes, |sink, element| {
            sink.i32(*element);
            Ok(())
        })?;
        sink.array(flexible, &self.isr_nodes, |sink, element| {
            sink.i32(*element);
            Ok(())
        })?;
        if version >= 5 {
            sink.array(flexible, &self.offline_replicas, |sink, element| {
                sink.i32(*element);
                Ok(())
            })?;
        }
        if flexible {
            sink.varint(0);
        }
        Ok(())
    }
}

// @generated from the message definitions in kafka-clients 4.3.1 by `cargo xtask generate`: do not edit.
//! CreateTopicsRequest: API key 19, versions 2 to 7, flexible since v5.

use std::ops::RangeInclusive;

use crate::messages::ApiKey;
use crate::wire::{Message, Request, Sink, Source, WireError, check_version};

/// CreateTopicsRequest, versions 2 to 7.
#[derive(Debug, Clone, PartialEq)]
pub struct CreateTopicsRequest<'a> {
    /// `Topics`, all versions.
    pub topics: Vec<CreatableTopic<'a>>,
    /// `timeoutMs`, all versions, default `60000`.
    pub timeout_ms: i32,
    /// `validateOnly`, all versions, default `false`.
    pub validate_only: bool,
}

impl Default for CreateTopicsRequest<'_> {
    fn default() -> Self {
        Self { topics: Vec::new(), timeout_ms: 60000, validate_only: false }
    }
}

impl<'a> Message<'a> for CreateTopicsRequest<'a> {
    const NAME: &'static str = "CreateTopicsRequest";
    const VERSIONS: RangeInclusive<i16> = 2..=7;

    fn read<S: Source<'a>>(source: &mut S, version: i16) -> Result<Self, WireError> {
        check_version::<Self>(version)?;
        let flexible = version >= 5;
        let topics = source.array(flexible, 10, |source| CreatableTopic::read(source, version))?;
        let timeout_ms = source.i32()?;
        let validate_only = source.bool()?;
        if flexible {
            const TAGS: &[u32] = &[];
            for index in 0..source.tag_count(TAGS)? {
                source.tag(index, TAGS)?;
                source.skip_tagged()?;
            }
        }
        Ok(Self { topics, timeout_ms, validate_only })
    }

    fn write<S: Sink<'a>>(&self, sink: &mut S, version: i16) -> Result<(), WireError> {
        check_version::<Self>(version)?;
        let flexible = version >= 5;
        sink.array(flexible, &self.topics, |sink, element| element.write(sink, version))?;
        sink.i32(self.timeout_ms);
        sink.bool(self.validate_only);
        if flexible {
            sink.varint(0);
        }
        Ok(())
    }
}

impl<'a> Request<'a> for CreateTopicsRequest<'a> {
    const API: ApiKey = ApiKey::CreateTopics;
    type Response = super::CreateTopicsResponse<'a>;
}

/// CreatableTopic of a [`CreateTopicsRequest`].
#[derive(Debug, Clone, PartialEq, Default)]
pub struct CreatableTopic<'a> {
    /// `Name`, all versions.
    pub name: &'a str,
    /// `NumPartitions`, all versions.
    pub num_partitions: i32,
    /// `ReplicationFactor`, all versions.
    pub replication_factor: i16,
    /// `Assignments`, all versions.
    pub assignments: Vec<CreatableReplicaAssignment>,
    /// `Configs`, all versions.
    pub configs: Vec<CreatableTopicConfig<'a>>,
}

impl<'a> CreatableTopic<'a> {
    fn read<S: Source<'a>>(source: &mut S, version: i16) -> Result<Self, WireError> {
        let flexible = version >= 5;
        let name = source.string(flexible)?;
        let num_partitions = source.i32()?;
        let replication_factor = source.i16()?;
        let assignments =
            source.array(flexible, 6, |source| CreatableReplicaAssignment::read(source, version))?;
        let configs = source.array(flexible, 3, |source| CreatableTopicConfig::read(source, version))?;
        if flexible {
            const TAGS: &[u32] = &[];
            for index in 0..source.tag_count(TAGS)? {
                source.tag(index, TAGS)?;
                source.skip_tagged()?;
            }
        }
        Ok(Self { name, num_partitions, replication_factor, assignments, configs })
    }

    fn write<S: Sink<'a>>(&self, sink: &mut S, version: i16) -> Result<(), WireError> {
        let flexible = version >= 5;
        sink.string(flexible, self.name)?;
        sink.i32(self.num_partitions);
        sink.i16(self.replication_factor);
        sink.array(flexible, &self.assignments, |sink, element| element.write(sink, version))?;
        sink.array(flexible, &self.configs, |sink, element| element.write(sink, version))?;
        if flexible {
            sink.varint(0);
        }
        Ok(())
    }
}

/// CreatableReplicaAssignment of a [`CreateTopicsRequest`].
#[derive(Debug, Clone, PartialEq, Default)]
pub struct CreatableReplicaAssignment {
    /// `PartitionIndex`, all versions.
    pub partition_index: i32,
    /// `BrokerIds`, all versions.
    pub broker_ids: Vec<i32>,
}

impl CreatableReplicaAssignment {
    fn read<'a, S: Source<'a>>(source: &mut S, version: i16) -> Result<Self, WireError> {
        let flexible = version >= 5;
        let partition_index = source.i32()?;
        let broker_ids = source.array(flexible, 4, |source| source.i32())?;
        if flexible {
            const TAGS: &[u32] = &[];
            for index in 0..source.tag_count(TAGS)? {
                source.tag(index, TAGS)?;
                source.skip_tagged()?;
            }
        }
        Ok(Self { partition_index, broker_ids })
    }

    fn write<'a, S: Sink<'a>>(&self, sink: &mut S, version: i16) -> Result<(), WireError> {
        let flexible = version >= 5;
        sink.i32(self.partition_index);
        sink.array(flexible, &self.broker_ids, |sink, element| {
            sink.i32(*element);
            Ok(())
        })?;
        if flexible {
            sink.varint(0);
        }
        Ok(())
    }
}

/// CreatableTopicConfig of a [`CreateTopicsRequest`].
#[derive(Debug, Clone, PartialEq)]
pub struct CreatableTopicConfig<'a> {
    /// `Name`, all versions.
    pub name: &'a str,
    /// `Value`, all versions, can be null.
    pub value: Option<&'a str>,
}

impl Default for CreatableTopicConfig<'_> {
    fn default() -> Self {
        Self { name: "", value: Some("") }
    }
}

impl<'a> CreatableTopicConfig<'a> {
    fn read<S: Source<'a>>(source: &mut S, version: i16) -> Result<Self, WireError> {
        let flexible = version >= 5;
        let name = source.string(flexible)?;
        let value = source.nullable_string(flexible)?;
        if flexible {
            const TAGS: &[u32] = &[];
            for index in 0..source.tag_count(TAGS)? {
                source.tag(index, TAGS)?;
                source.skip_tagged()?;
            }
        }
        Ok(Self { name, value })
    }

    fn write<S: Sink<'a>>(&self, sink: &mut S, version: i16) -> Result<(), WireError> {
        let flexible = version >= 5;
        sink.string(flexible, self.name)?;
        sink.nullable_string(flexible, self.value)?;
        if flexible {
            sink.varint(0);
        }
        Ok(())
    }
}

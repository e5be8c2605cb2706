// @generated from the message definitions in kafka-clients 4.3.1 by `cargo xtask generate`: do not edit.
//! AlterPartitionReassignmentsRequest: API key 45, versions 0 to 1, all flexible.

use std::ops::RangeInclusive;

use crate::messages::ApiKey;
use crate::wire::{Message, Request, Sink, Source, WireError, check_version, not_in_version};

/// AlterPartitionReassignmentsRequest, versions 0 to 1.
#[derive(Debug, Clone, PartialEq)]
pub struct AlterPartitionReassignmentsRequest<'a> {
    /// `TimeoutMs`, all versions, default `60000`.
    pub timeout_ms: i32,
    /// `AllowReplicationFactorChange`, v1 and later, default `true`.
    pub allow_replication_factor_change: bool,
    /// `Topics`, all versions.
    pub topics: Vec<ReassignableTopic<'a>>,
}

impl Default for AlterPartitionReassignmentsRequest<'_> {
    fn default() -> Self {
        Self { timeout_ms: 60000, allow_replication_factor_change: true, topics: Vec::new() }
    }
}

impl<'a> Message<'a> for AlterPartitionReassignmentsRequest<'a> {
    const NAME: &'static str = "AlterPartitionReassignmentsRequest";
    const VERSIONS: RangeInclusive<i16> = 0..=1;

    fn read<S: Source<'a>>(source: &mut S, version: i16) -> Result<Self, WireError> {
        check_version::<Self>(version)?;
        let timeout_ms = source.i32()?;
        let allow_replication_factor_change = if version >= 1 { source.bool()? } else { true };
        let topics = source.array(true, 3, |source| ReassignableTopic::read(source, version))?;
        const TAGS: &[u32] = &[];
        for index in 0..source.tag_count(TAGS)? {
            source.tag(index, TAGS)?;
            source.skip_tagged()?;
        }
        Ok(Self { timeout_ms, allow_replication_factor_change, topics })
    }

    fn write<S: Sink<'a>>(&self, sink: &mut S, version: i16) -> Result<(), WireError> {
        check_version::<Self>(version)?;
        sink.i32(self.timeout_ms);
        if version >= 1 {
            sink.bool(self.allow_replication_factor_change);
        } else if !self.allow_replication_factor_change {
            return Err(not_in_version(
                "AlterPartitionReassignmentsRequest",
                "allow_replication_factor_change",
                version,
            ));
        }
        sink.array(true, &self.topics, |sink, element| element.write(sink, version))?;
        sink.varint(0);
        Ok(())
    }
}

impl<'a> Request<'a> for AlterPartitionReassignmentsRequest<'a> {
    const API: ApiKey = ApiKey::AlterPartitionReassignments;
    type Response = super::AlterPartitionReassignmentsResponse<'a>;
}

/// ReassignableTopic of a [`AlterPartitionReassignmentsRequest`].
#[derive(Debug, Clone, PartialEq, Default)]
pub struct ReassignableTopic<'a> {
    /// `Name`, all versions.
    pub name: &'a str,
    /// `Partitions`, all versions.
    pub partitions: Vec<ReassignablePartition>,
}

impl<'a> ReassignableTopic<'a> {
    fn read<S: Source<'a>>(source: &mut S, version: i16) -> Result<Self, WireError> {
        let name = source.string(true)?;
        let partitions = source.array(true, 6, |source| ReassignablePartition::read(source, version))?;
        const TAGS: &[u32] = &[];
        for index in 0..source.tag_count(TAGS)? {
            source.tag(index, TAGS)?;
            source.skip_tagged()?;
        }
        Ok(Self { name, partitions })
    }

    fn write<S: Sink<'a>>(&self, sink: &mut S, version: i16) -> Result<(), WireError> {
        sink.string(true, self.name)?;
        sink.array(true, &self.partitions, |sink, element| element.write(sink, version))?;
        sink.varint(0);
        Ok(())
    }
}

/// ReassignablePartition of a [`AlterPartitionReassignmentsRequest`].
#[derive(Debug, Clone, PartialEq, Default)]
pub struct ReassignablePartition {
    /// `PartitionIndex`, all versions.
    pub partition_index: i32,
    /// `Replicas`, all versions, can be null.
    pub replicas: Option<Vec<i32>>,
}

impl ReassignablePartition {
    fn read<'a, S: Source<'a>>(source: &mut S, _version: i16) -> Result<Self, WireError> {
        let partition_index = source.i32()?;
        let replicas = source.nullable_array(true, 4, |source| source.i32())?;
        const TAGS: &[u32] = &[];
        for index in 0..source.tag_count(TAGS)? {
            source.tag(index, TAGS)?;
            source.skip_tagged()?;
        }
        Ok(Self { partition_index, replicas })
    }

    fn write<'a, S: Sink<'a>>(&self, sink: &mut S, _version: i16) -> Result<(), WireError> {
        sink.i32(self.partition_index);
        sink.nullable_array(true, self.replicas.as_deref(), |sink, element| {
            sink.i32(*element);
            Ok(())
        })?;
        sink.varint(0);
        Ok(())
    }
}

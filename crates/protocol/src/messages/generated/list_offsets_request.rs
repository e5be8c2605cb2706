// @generated from the message definitions in kafka-clients 4.3.1 by `cargo xtask generate`: do not edit.
//! ListOffsetsRequest: API key 2, versions 1 to 11, flexible since v6.

use std::ops::RangeInclusive;

use crate::messages::ApiKey;
use crate::wire::{Message, Request, Sink, Source, WireError, check_version, not_in_version};

/// ListOffsetsRequest, versions 1 to 11.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct ListOffsetsRequest<'a> {
    /// `ReplicaId`, all versions.
    pub replica_id: i32,
    /// `IsolationLevel`, v2 and later.
    pub isolation_level: i8,
    /// `Topics`, all versions.
    pub topics: Vec<ListOffsetsTopic<'a>>,
    /// `TimeoutMs`, v10 and later.
    pub timeout_ms: i32,
}

impl<'a> Message<'a> for ListOffsetsRequest<'a> {
    const NAME: &'static str = "ListOffsetsRequest";
    const VERSIONS: RangeInclusive<i16> = 1..=11;

    fn read<S: Source<'a>>(source: &mut S, version: i16) -> Result<Self, WireError> {
        check_version::<Self>(version)?;
        let flexible = version >= 6;
        let replica_id = source.i32()?;
        let isolation_level = if version >= 2 { source.i8()? } else { 0 };
        let topics = source.array(flexible, 3, |source| ListOffsetsTopic::read(source, version))?;
        let timeout_ms = if version >= 10 { source.i32()? } else { 0 };
        if flexible {
            const TAGS: &[u32] = &[];
            for index in 0..source.tag_count(TAGS)? {
                source.tag(index, TAGS)?;
                source.skip_tagged()?;
            }
        }
        Ok(Self { replica_id, isolation_level, topics, timeout_ms })
    }

    fn write<S: Sink<'a>>(&self, sink: &mut S, version: i16) -> Result<(), WireError> {
        check_version::<Self>(version)?;
        let flexible = version >= 6;
        sink.i32(self.replica_id);
        if version >= 2 {
            sink.i8(self.isolation_level);
        } else if self.isolation_level != 0 {
            return Err(not_in_version("ListOffsetsRequest", "isolation_level", version));
        }
        sink.array(flexible, &self.topics, |sink, element| element.write(sink, version))?;
        if version >= 10 {
            sink.i32(self.timeout_ms);
        }
        if flexible {
            sink.varint(0);
        }
        Ok(())
    }
}

impl<'a> Request<'a> for ListOffsetsRequest<'a> {
    const API: ApiKey = ApiKey::ListOffsets;
    type Response = super::ListOffsetsResponse<'a>;
}

/// ListOffsetsTopic of a [`ListOffsetsRequest`].
#[derive(Debug, Clone, PartialEq, Default)]
pub struct ListOffsetsTopic<'a> {
    /// `Name`, all versions.
    pub name: &'a str,
    /// `Partitions`, all versions.
    pub partitions: Vec<ListOffsetsPartition>,
}

impl<'a> ListOffsetsTopic<'a> {
    fn read<S: Source<'a>>(source: &mut S, version: i16) -> Result<Self, WireError> {
        let flexible = version >= 6;
        let name = source.string(flexible)?;
        let partitions = source.array(flexible, 12, |source| ListOffsetsPartition::read(source, version))?;
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

/// ListOffsetsPartition of a [`ListOffsetsRequest`].
#[derive(Debug, Clone, PartialEq)]
pub struct ListOffsetsPartition {
    /// `PartitionIndex`, all versions.
    pub partition_index: i32,
    /// `CurrentLeaderEpoch`, v4 and later, default `-1`.
    pub current_leader_epoch: i32,
    /// `Timestamp`, all versions.
    pub timestamp: i64,
}

impl Default for ListOffsetsPartition {
    fn default() -> Self {
        Self { partition_index: 0, current_leader_epoch: -1, timestamp: 0 }
    }
}

impl ListOffsetsPartition {
    fn read<'a, S: Source<'a>>(source: &mut S, version: i16) -> Result<Self, WireError> {
        let flexible = version >= 6;
        let partition_index = source.i32()?;
        let current_leader_epoch = if version >= 4 { source.i32()? } else { -1 };
        let timestamp = source.i64()?;
        if flexible {
            const TAGS: &[u32] = &[];
            for index in 0..source.tag_count(TAGS)? {
                source.tag(index, TAGS)?;
                source.skip_tagged()?;
            }
        }
        Ok(Self { partition_index, current_leader_epoch, timestamp })
    }

    fn write<'a, S: Sink<'a>>(&self, sink: &mut S, version: i16) -> Result<(), WireError> {
        let flexible = version >= 6;
        sink.i32(self.partition_index);
        if version >= 4 {
            sink.i32(self.current_leader_epoch);
        }
        sink.i64(self.timestamp);
        if flexible {
            sink.varint(0);
        }
        Ok(())
    }
}

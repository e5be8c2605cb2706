// @generated from the message definitions in kafka-clients 4.3.1 by `cargo xtask generate`: do not edit.
//! TxnOffsetCommitRequest: API key 28, versions 0 to 5, flexible since v3.

use std::ops::RangeInclusive;

use crate::messages::ApiKey;
use crate::wire::{Message, Request, Sink, Source, WireError, check_version, not_in_version};

/// TxnOffsetCommitRequest, versions 0 to 5.
#[derive(Debug, Clone, PartialEq)]
pub struct TxnOffsetCommitRequest<'a> {
    /// `TransactionalId`, all versions.
    pub transactional_id: &'a str,
    /// `GroupId`, all versions.
    pub group_id: &'a str,
    /// `ProducerId`, all versions.
    pub producer_id: i64,
    /// `ProducerEpoch`, all versions.
    pub producer_epoch: i16,
    /// `GenerationId`, v3 and later, default `-1`.
    pub generation_id: i32,
    /// `MemberId`, v3 and later, default ``.
    pub member_id: &'a str,
    /// `GroupInstanceId`, v3 and later, can be null.
    pub group_instance_id: Option<&'a str>,
    /// `Topics`, all versions.
    pub topics: Vec<TxnOffsetCommitRequestTopic<'a>>,
}

impl Default for TxnOffsetCommitRequest<'_> {
    fn default() -> Self {
        Self {
            transactional_id: "",
            group_id: "",
            producer_id: 0,
            producer_epoch: 0,
            generation_id: -1,
            member_id: "",
            group_instance_id: None,
            topics: Vec::new(),
        }
    }
}

impl<'a> Message<'a> for TxnOffsetCommitRequest<'a> {
    const NAME: &'static str = "TxnOffsetCommitRequest";
    const VERSIONS: RangeInclusive<i16> = 0..=5;

    fn read<S: Source<'a>>(source: &mut S, version: i16) -> Result<Self, WireError> {
        check_version::<Self>(version)?;
        let flexible = version >= 3;
        let transactional_id = source.string(flexible)?;
        let group_id = source.string(flexible)?;
        let producer_id = source.i64()?;
        let producer_epoch = source.i16()?;
        let generation_id = if version >= 3 { source.i32()? } else { -1 };
        let member_id = if version >= 3 { source.string(flexible)? } else { "" };
        let group_instance_id = if version >= 3 { source.nullable_string(flexible)? } else { None };
        let topics =
            source.array(flexible, 3, |source| TxnOffsetCommitRequestTopic::read(source, version))?;
        if flexible {
            const TAGS: &[u32] = &[];
            for index in 0..source.tag_count(TAGS)? {
                source.tag(index, TAGS)?;
                source.skip_tagged()?;
            }
        }
        Ok(Self {
            transactional_id,
            group_id,
            producer_id,
            producer_epoch,
            generation_id,
            member_id,
            group_instance_id,
            topics,
        })
    }

    fn write<S: Sink<'a>>(&self, sink: &mut S, version: i16) -> Result<(), WireError> {
        check_version::<Self>(version)?;
        let flexible = version >= 3;
        sink.string(flexible, self.transactional_id)?;
        sink.string(flexible, self.group_id)?;
        sink.i64(self.producer_id);
        sink.i16(self.producer_epoch);
        if version >= 3 {
            sink.i32(self.generation_id);
        } else if self.generation_id != -1 {
            return Err(not_in_version("TxnOffsetCommitRequest", "generation_id", version));
        }
        if version >= 3 {
            sink.string(flexible, self.member_id)?;
        } else if !self.member_id.is_empty() {
            return Err(not_in_version("TxnOffsetCommitRequest", "member_id", version));
        }
        if version >= 3 {
            sink.nullable_string(flexible, self.group_instance_id)?;
        } else if self.group_instance_id.is_some() {
            return Err(not_in_version("TxnOffsetCommitRequest", "group_instance_id", version));
        }
        sink.array(flexible, &self.topics, |sink, element| element.write(sink, version))?;
        if flexible {
            sink.varint(0);
        }
        Ok(())
    }
}

impl<'a> Request<'a> for TxnOffsetCommitRequest<'a> {
    const API: ApiKey = ApiKey::TxnOffsetCommit;
    type Response = super::TxnOffsetCommitResponse<'a>;
}

/// TxnOffsetCommitRequestTopic of a [`TxnOffsetCommitRequest`].
#[derive(Debug, Clone, PartialEq, Default)]
pub struct TxnOffsetCommitRequestTopic<'a> {
    /// `Name`, all versions.
    pub name: &'a str,
    /// `Partitions`, all versions.
    pub partitions: Vec<TxnOffsetCommitRequestPartition<'a>>,
}

impl<'a> TxnOffsetCommitRequestTopic<'a> {
    fn read<S: Source<'a>>(source: &mut S, version: i16) -> Result<Self, WireError> {
        let flexible = version >= 3;
        let name = source.string(flexible)?;
        let partitions =
            source.array(flexible, 14, |source| TxnOffsetCommitRequestPartition::read(source, version))?;
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
        let flexible = version >= 3;
        sink.string(flexible, self.name)?;
        sink.array(flexible, &self.partitions, |sink, element| element.write(sink, version))?;
        if flexible {
            sink.varint(0);
        }
        Ok(())
    }
}

/// TxnOffsetCommitRequestPartition of a [`TxnOffsetCommitRequest`].
#[derive(Debug, Clone, PartialEq)]
pub struct TxnOffsetCommitRequestPartition<'a> {
    /// `PartitionIndex`, all versions.
    pub partition_index: i32,
    /// `CommittedOffset`, all versions.
    pub committed_offset: i64,
    /// `CommittedLeaderEpoch`, v2 and later, default `-1`.
    pub committed_leader_epoch: i32,
    /// `CommittedMetadata`, all versions, can be null.
    pub committed_metadata: Option<&'a str>,
}

impl Default for TxnOffsetCommitRequestPartition<'_> {
    fn default() -> Self {
        Self {
            partition_index: 0,
            committed_offset: 0,
            committed_leader_epoch: -1,
            committed_metadata: Some(""),
        }
    }
}

impl<'a> TxnOffsetCommitRequestPartition<'a> {
    fn read<S: Source<'a>>(source: &mut S, version: i16) -> Result<Self, WireError> {
        let flexible = version >= 3;
        let partition_index = source.i32()?;
        let committed_offset = source.i64()?;
        let committed_leader_epoch = if version >= 2 { source.i32()? } else { -1 };
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
        let flexible = version >= 3;
        sink.i32(self.partition_index);
        sink.i64(self.committed_offset);
        if version >= 2 {
            sink.i32(self.committed_leader_epoch);
        }
        sink.nullable_string(flexible, self.committed_metadata)?;
        if flexible {
            sink.varint(0);
        }
        Ok(())
    }
}

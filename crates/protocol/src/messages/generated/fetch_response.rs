// @generated from the message definitions in kafka-clients 4.3.1 by `cargo xtask generate`: do not edit.
//! FetchResponse: API key 1, versions 4 to 18, flexible since v12.

use std::ops::RangeInclusive;
use uuid::Uuid;

use crate::messages::ApiKey;
use crate::wire::{
    Counter, Message, Payload, Response, Sink, Source, WireError, check_version, not_in_version,
};

/// FetchResponse, versions 4 to 18.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct FetchResponse<'a> {
    /// `ThrottleTimeMs`, all versions.
    pub throttle_time_ms: i32,
    /// `ErrorCode`, v7 and later.
    pub error_code: i16,
    /// `SessionId`, v7 and later, default `0`.
    pub session_id: i32,
    /// `Responses`, all versions.
    pub responses: Vec<FetchableTopicResponse<'a>>,
    /// `NodeEndpoints`, v16 and later, tag 0.
    pub node_endpoints: Vec<NodeEndpoint<'a>>,
}

impl<'a> Message<'a> for FetchResponse<'a> {
    const NAME: &'static str = "FetchResponse";
    const VERSIONS: RangeInclusive<i16> = 4..=18;

    fn read<S: Source<'a>>(source: &mut S, version: i16) -> Result<Self, WireError> {
        check_version::<Self>(version)?;
        let flexible = version >= 12;
        let throttle_time_ms = source.i32()?;
        let error_code = if version >= 7 { source.i16()? } else { 0 };
        let session_id = if version >= 7 { source.i32()? } else { 0 };
        let responses = source.array(flexible, 3, |source| FetchableTopicResponse::read(source, version))?;
        let mut node_endpoints = Vec::new();
        if flexible {
            const TAGS: &[u32] = &[0];
            for index in 0..source.tag_count(TAGS)? {
                match source.tag(index, TAGS)? {
                    0 if version >= 16 => {
                        node_endpoints = source.tagged(|source| {
                            source.array(true, 11, |source| NodeEndpoint::read(source, version))
                        })?;
                    }
                    _ => source.skip_tagged()?,
                }
            }
        }
        Ok(Self { throttle_time_ms, error_code, session_id, responses, node_endpoints })
    }

    fn write<S: Sink<'a>>(&self, sink: &mut S, version: i16) -> Result<(), WireError> {
        check_version::<Self>(version)?;
        let flexible = version >= 12;
        sink.i32(self.throttle_time_ms);
        if version >= 7 {
            sink.i16(self.error_code);
        }
        if version >= 7 {
            sink.i32(self.session_id);
        } else if self.session_id != 0 {
            return Err(not_in_version("FetchResponse", "session_id", version));
        }
        sink.array(flexible, &self.responses, |sink, element| element.write(sink, version))?;
        if version < 16 && !self.node_endpoints.is_empty() {
            return Err(not_in_version("FetchResponse", "node_endpoints", version));
        }
        if flexible {
            let has_tag_0 = version >= 16 && !self.node_endpoints.is_empty();
            sink.varint(u32::from(has_tag_0));
            if has_tag_0 {
                let mut counter = Counter::default();
                {
                    let counter = &mut counter;
                    counter
                        .array(true, &self.node_endpoints, |sink, element| element.write(sink, version))?;
                }
                sink.tag(0, counter.bytes())?;
                sink.array(true, &self.node_endpoints, |sink, element| element.write(sink, version))?;
            }
        }
        Ok(())
    }
}

impl<'a> Response<'a> for FetchResponse<'a> {
    const API: ApiKey = ApiKey::Fetch;
}

/// FetchableTopicResponse of a [`FetchResponse`].
#[derive(Debug, Clone, PartialEq, Default)]
pub struct FetchableTopicResponse<'a> {
    /// `Topic`, v4 to v12.
    pub topic: &'a str,
    /// `TopicId`, v13 and later.
    pub topic_id: Uuid,
    /// `Partitions`, all versions.
    pub partitions: Vec<PartitionData<'a>>,
}

impl<'a> FetchableTopicResponse<'a> {
    fn read<S: Source<'a>>(source: &mut S, version: i16) -> Result<Self, WireError> {
        let flexible = version >= 12;
        let topic = if version <= 12 { source.string(flexible)? } else { "" };
        let topic_id = if version >= 13 { source.uuid()? } else { Uuid::nil() };
        let partitions = source.array(flexible, 30, |source| PartitionData::read(source, version))?;
        if flexible {
            const TAGS: &[u32] = &[];
            for index in 0..source.tag_count(TAGS)? {
                source.tag(index, TAGS)?;
                source.skip_tagged()?;
            }
        }
        Ok(Self { topic, topic_id, partitions })
    }

    fn write<S: Sink<'a>>(&self, sink: &mut S, version: i16) -> Result<(), WireError> {
        let flexible = version >= 12;
        if version <= 12 {
            sink.string(flexible, self.topic)?;
        }
        if version >= 13 {
            sink.uuid(self.topic_id);
        }
        sink.array(flexible, &self.partitions, |sink, element| element.write(sink, version))?;
        if flexible {
            sink.varint(0);
        }
        Ok(())
    }
}

/// PartitionData of a [`FetchResponse`].
#[derive(Debug, Clone, PartialEq)]
pub struct PartitionData<'a> {
    /// `PartitionIndex`, all versions.
    pub partition_index: i32,
    /// `ErrorCode`, all versions.
    pub error_code: i16,
    /// `HighWatermark`, all versions.
    pub high_watermark: i64,
    /// `LastStableOffset`, all versions, default `-1`.
    pub last_stable_offset: i64,
    /// `LogStartOffset`, v5 and later, default `-1`.
    pub log_start_offset: i64,
    /// `DivergingEpoch`, v12 and later, tag 0.
    pub diverging_epoch: EpochEndOffset,
    /// `CurrentLeader`, v12 and later, tag 1.
    pub current_leader: LeaderIdAndEpoch,
    /// `SnapshotId`, v12 and later, tag 2.
    pub snapshot_id: SnapshotId,
    /// `AbortedTransactions`, all versions, can be null.
    pub aborted_transactions: Option<Vec<AbortedTransaction>>,
    /// `PreferredReadReplica`, v11 and later, default `-1`.
    pub preferred_read_replica: i32,
    /// `Records`, all versions, can be null.
    pub records: Option<Payload<'a>>,
}

impl Default for PartitionData<'_> {
    fn default() -> Self {
        Self {
            partition_index: 0,
            error_code: 0,
            high_watermark: 0,
            last_stable_offset: -1,
            log_start_offset: -1,
            diverging_epoch: EpochEndOffset::default(),
            current_leader: LeaderIdAndEpoch::default(),
            snapshot_id: SnapshotId::default(),
            aborted_transactions: Some(Vec::new()),
            preferred_read_replica: -1,
            records: None,
        }
    }
}

impl<'a> PartitionData<'a> {
    fn read<S: Source<'a>>(source: &mut S, version: i16) -> Result<Self, WireError> {
        let flexible = version >= 12;
        let partition_index = source.i32()?;
        let error_code = source.i16()?;
        let high_watermark = source.i64()?;
        let last_stable_offset = source.i64()?;
        let log_start_offset = if version >= 5 { source.i64()? } else { -1 };
        let mut diverging_epoch = EpochEndOffset::default();
        let mut current_leader = LeaderIdAndEpoch::default();
        let mut snapshot_id = SnapshotId::default();
        let aborted_transactions =
            source.nullable_array(flexible, 16, |source| AbortedTransaction::read(source, version))?;
        let preferred_read_replica = if version >= 11 { source.i32()? } else { -1 };
        let records = source.nullable_payload(flexible)?;
        if flexible {
            const TAGS: &[u32] = &[0, 1, 2];
            for index in 0..source.tag_count(TAGS)? {
                match source.tag(index, TAGS)? {
                    0 if version >= 12 => {
                        diverging_epoch = source.tagged(|source| EpochEndOffset::read(source, version))?;
                    }
                    1 if version >= 12 => {
                        current_leader = source.tagged(|source| LeaderIdAndEpoch::read(source, version))?;
                    }
                    2 if version >= 12 => {
                        snapshot_id = source.tagged(|source| SnapshotId::read(source, version))?;
                    }
                    _ => source.skip_tagged()?,
                }
            }
        }
        Ok(Self {
            partition_index,
            error_code,
            high_watermark,
            last_stable_offset,
            log_start_offset,
            diverging_epoch,
            current_leader,
            snapshot_id,
            aborted_transactions,
            preferred_read_replica,
            records,
        })
    }

    fn write<S: Sink<'a>>(&self, sink: &mut S, version: i16) -> Result<(), WireError> {
        let flexible = version >= 12;
        sink.i32(self.partition_index);
        sink.i16(self.error_code);
        sink.i64(self.high_watermark);
        sink.i64(self.last_stable_offset);
        if version >= 5 {
            sink.i64(self.log_start_offset);
        }
        if version < 12 && self.diverging_epoch != EpochEndOffset::default() {
            return Err(not_in_version("PartitionData", "diverging_epoch", version));
        }
        if version < 12 && self.current_leader != LeaderIdAndEpoch::default() {
            return Err(not_in_version("PartitionData", "current_leader", version));
        }
        if version < 12 && self.snapshot_id != SnapshotId::default() {
            return Err(not_in_version("PartitionData", "snapshot_id", version));
        }
        sink.nullable_array(flexible, self.aborted_transactions.as_deref(), |sink, element| {
            element.write(sink, version)
        })?;
        if version >= 11 {
            sink.i32(self.preferred_read_replica);
        } else if self.preferred_read_replica != -1 {
            return Err(not_in_version("PartitionData", "preferred_read_replica", version));
        }
        sink.nullable_payload(flexible, self.records)?;
        if flexible {
            let has_tag_0 = version >= 12 && self.diverging_epoch != EpochEndOffset::default();
            let has_tag_1 = version >= 12 && self.current_leader != LeaderIdAndEpoch::default();
            let has_tag_2 = version >= 12 && self.snapshot_id != SnapshotId::default();
            sink.varint(u32::from(has_tag_0) + u32::from(has_tag_1) + u32::from(has_tag_2));
            if has_tag_0 {
                let mut counter = Counter::default();
                {
                    let counter = &mut counter;
                    self.diverging_epoch.write(counter, version)?;
                }
                sink.tag(0, counter.bytes())?;
                self.diverging_epoch.write(sink, version)?;
            }
            if has_tag_1 {
                let mut counter = Counter::default();
                {
                    let counter = &mut counter;
                    self.current_leader.write(counter, version)?;
                }
                sink.tag(1, counter.bytes())?;
                self.current_leader.write(sink, version)?;
            }
            if has_tag_2 {
                let mut counter = Counter::default();
                {
                    let counter = &mut counter;
                    self.snapshot_id.write(counter, version)?;
                }
                sink.tag(2, counter.bytes())?;
                self.snapshot_id.write(sink, version)?;
            }
        }
        Ok(())
    }
}

/// EpochEndOffset of a [`FetchResponse`].
#[derive(Debug, Clone, PartialEq)]
pub struct EpochEndOffset {
    /// `Epoch`, v12 and later, default `-1`.
    pub epoch: i32,
    /// `EndOffset`, v12 and later, default `-1`.
    pub end_offset: i64,
}

impl Default for EpochEndOffset {
    fn default() -> Self {
        Self { epoch: -1, end_offset: -1 }
    }
}

impl EpochEndOffset {
    fn read<'a, S: Source<'a>>(source: &mut S, version: i16) -> Result<Self, WireError> {
        let flexible = version >= 12;
        let epoch = if version >= 12 { source.i32()? } else { -1 };
        let end_offset = if version >= 12 { source.i64()? } else { -1 };
        if flexible {
            const TAGS: &[u32] = &[];
            for index in 0..source.tag_count(TAGS)? {
                source.tag(index, TAGS)?;
                source.skip_tagged()?;
            }
        }
        Ok(Self { epoch, end_offset })
    }

    fn write<'a, S: Sink<'a>>(&self, sink: &mut S, version: i16) -> Result<(), WireError> {
        let flexible = version >= 12;
        if version >= 12 {
            sink.i32(self.epoch);
        } else if self.epoch != -1 {
            return Err(not_in_version("EpochEndOffset", "epoch", version));
        }
        if version >= 12 {
            sink.i64(self.end_offset);
        } else if self.end_offset != -1 {
            return Err(not_in_version("EpochEndOffset", "end_offset", version));
        }
        if flexible {
            sink.varint(0);
        }
        Ok(())
    }
}

/// LeaderIdAndEpoch of a [`FetchResponse`].
#[derive(Debug, Clone, PartialEq)]
pub struct LeaderIdAndEpoch {
    /// `LeaderId`, v12 and later, default `-1`.
    pub leader_id: i32,
    /// `LeaderEpoch`, v12 and later, default `-1`.
    pub leader_epoch: i32,
}

impl Default for LeaderIdAndEpoch {
    fn default() -> Self {
        Self { leader_id: -1, leader_epoch: -1 }
    }
}

impl LeaderIdAndEpoch {
    fn read<'a, S: Source<'a>>(source: &mut S, version: i16) -> Result<Self, WireError> {
        let flexible = version >= 12;
        let leader_id = if version >= 12 { source.i32()? } else { -1 };
        let leader_epoch = if version >= 12 { source.i32()? } else { -1 };
        if flexible {
            const TAGS: &[u32] = &[];
            for index in 0..source.tag_count(TAGS)? {
                source.tag(index, TAGS)?;
                source.skip_tagged()?;
            }
        }
        Ok(Self { leader_id, leader_epoch })
    }

    fn write<'a, S: Sink<'a>>(&self, sink: &mut S, version: i16) -> Result<(), WireError> {
        let flexible = version >= 12;
        if version >= 12 {
            sink.i32(self.leader_id);
        } else if self.leader_id != -1 {
            return Err(not_in_version("LeaderIdAndEpoch", "leader_id", version));
        }
        if version >= 12 {
            sink.i32(self.leader_epoch);
        } else if self.leader_epoch != -1 {
            return Err(not_in_version("LeaderIdAndEpoch", "leader_epoch", version));
        }
        if flexible {
            sink.varint(0);
        }
        Ok(())
    }
}

/// SnapshotId of a [`FetchResponse`].
#[derive(Debug, Clone, PartialEq)]
pub struct SnapshotId {
    /// `EndOffset`, all versions, default `-1`.
    pub end_offset: i64,
    /// `Epoch`, all versions, default `-1`.
    pub epoch: i32,
}

impl Default for SnapshotId {
    fn default() -> Self {
        Self { end_offset: -1, epoch: -1 }
    }
}

impl SnapshotId {
    fn read<'a, S: Source<'a>>(source: &mut S, version: i16) -> Result<Self, WireError> {
        let flexible = version >= 12;
        let end_offset = source.i64()?;
        let epoch = source.i32()?;
        if flexible {
            const TAGS: &[u32] = &[];
            for index in 0..source.tag_count(TAGS)? {
                source.tag(index, TAGS)?;
                source.skip_tagged()?;
            }
        }
        Ok(Self { end_offset, epoch })
    }

    fn write<'a, S: Sink<'a>>(&self, sink: &mut S, version: i16) -> Result<(), WireError> {
        let flexible = version >= 12;
        sink.i64(self.end_offset);
        sink.i32(self.epoch);
        if flexible {
            sink.varint(0);
        }
        Ok(())
    }
}

/// AbortedTransaction of a [`FetchResponse`].
#[derive(Debug, Clone, PartialEq, Default)]
pub struct AbortedTransaction {
    /// `ProducerId`, all versions.
    pub producer_id: i64,
    /// `FirstOffset`, all versions.
    pub first_offset: i64,
}

impl AbortedTransaction {
    fn read<'a, S: Source<'a>>(source: &mut S, version: i16) -> Result<Self, WireError> {
        let flexible = version >= 12;
        let producer_id = source.i64()?;
        let first_offset = source.i64()?;
        if flexible {
            const TAGS: &[u32] = &[];
            for index in 0..source.tag_count(TAGS)? {
                source.tag(index, TAGS)?;
                source.skip_tagged()?;
            }
        }
        Ok(Self { producer_id, first_offset })
    }

    fn write<'a, S: Sink<'a>>(&self, sink: &mut S, version: i16) -> Result<(), WireError> {
        let flexible = version >= 12;
        sink.i64(self.producer_id);
        sink.i64(self.first_offset);
        if flexible {
            sink.varint(0);
        }
        Ok(())
    }
}

/// NodeEndpoint of a [`FetchResponse`].
#[derive(Debug, Clone, PartialEq, Default)]
pub struct NodeEndpoint<'a> {
    /// `NodeId`, v16 and later.
    pub node_id: i32,
    /// `Host`, v16 and later.
    pub host: &'a str,
    /// `Port`, v16 and later.
    pub port: i32,
    /// `Rack`, v16 and later, can be null.
    pub rack: Option<&'a str>,
}

impl<'a> NodeEndpoint<'a> {
    fn read<S: Source<'a>>(source: &mut S, version: i16) -> Result<Self, WireError> {
        let flexible = version >= 12;
        let node_id = if version >= 16 { source.i32()? } else { 0 };
        let host = if version >= 16 { source.string(flexible)? } else { "" };
        let port = if version >= 16 { source.i32()? } else { 0 };
        let rack = if version >= 16 { source.nullable_string(flexible)? } else { None };
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
        let flexible = version >= 12;
        if version >= 16 {
            sink.i32(self.node_id);
        } else if self.node_id != 0 {
            return Err(not_in_version("NodeEndpoint", "node_id", version));
        }
        if version >= 16 {
            sink.string(flexible, self.host)?;
        } else if !self.host.is_empty() {
            return Err(not_in_version("NodeEndpoint", "host", version));
        }
        if version >= 16 {
            sink.i32(self.port);
        } else if self.port != 0 {
            return Err(not_in_version("NodeEndpoint", "port", version));
        }
        if version >= 16 {
            sink.nullable_string(flexible, self.rack)?;
        } else if self.rack.is_some() {
            return Err(not_in_version("NodeEndpoint", "rack", version));
        }
        if flexible {
            sink.varint(0);
        }
        Ok(())
    }
}

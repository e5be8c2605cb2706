// @generated from the message definitions in kafka-clients 4.3.1 by `cargo xtask generate`: do not edit.
//! FetchRequest: API key 1, versions 4 to 18, flexible since v12.

use std::ops::RangeInclusive;
use uuid::Uuid;

use crate::messages::ApiKey;
use crate::wire::{Counter, Message, Request, Sink, Source, WireError, check_version, not_in_version};

/// FetchRequest, versions 4 to 18.
#[derive(Debug, Clone, PartialEq)]
pub struct FetchRequest<'a> {
    /// `ClusterId`, v12 and later, can be null, tag 0.
    pub cluster_id: Option<&'a str>,
    /// `ReplicaId`, v4 to v14, default `-1`.
    pub replica_id: i32,
    /// `ReplicaState`, v15 and later, tag 1.
    pub replica_state: ReplicaState,
    /// `MaxWaitMs`, all versions.
    pub max_wait_ms: i32,
    /// `MinBytes`, all versions.
    pub min_bytes: i32,
    /// `MaxBytes`, all versions, default `0x7fffffff`.
    pub max_bytes: i32,
    /// `IsolationLevel`, all versions, default `0`.
    pub isolation_level: i8,
    /// `SessionId`, v7 and later, default `0`.
    pub session_id: i32,
    /// `SessionEpoch`, v7 and later, default `-1`.
    pub session_epoch: i32,
    /// `Topics`, all versions.
    pub topics: Vec<FetchTopic<'a>>,
    /// `ForgottenTopicsData`, v7 and later.
    pub forgotten_topics_data: Vec<ForgottenTopic<'a>>,
    /// `RackId`, v11 and later, default ``.
    pub rack_id: &'a str,
}

impl Default for FetchRequest<'_> {
    fn default() -> Self {
        Self {
            cluster_id: None,
            replica_id: -1,
            replica_state: ReplicaState::default(),
            max_wait_ms: 0,
            min_bytes: 0,
            max_bytes: i32::MAX,
            isolation_level: 0,
            session_id: 0,
            session_epoch: -1,
            topics: Vec::new(),
            forgotten_topics_data: Vec::new(),
            rack_id: "",
        }
    }
}

impl<'a> Message<'a> for FetchRequest<'a> {
    const NAME: &'static str = "FetchRequest";
    const VERSIONS: RangeInclusive<i16> = 4..=18;

    fn read<S: Source<'a>>(source: &mut S, version: i16) -> Result<Self, WireError> {
        check_version::<Self>(version)?;
        let flexible = version >= 12;
        let mut cluster_id = None;
        let replica_id = if version <= 14 { source.i32()? } else { -1 };
        let mut replica_state = ReplicaState::default();
        let max_wait_ms = source.i32()?;
        let min_bytes = source.i32()?;
        let max_bytes = source.i32()?;
        let isolation_level = source.i8()?;
        let session_id = if version >= 7 { source.i32()? } else { 0 };
        let session_epoch = if version >= 7 { source.i32()? } else { -1 };
        let topics = source.array(flexible, 3, |source| FetchTopic::read(source, version))?;
        let forgotten_topics_data = if version >= 7 {
            source.array(flexible, 3, |source| ForgottenTopic::read(source, version))?
        } else {
            Vec::new()
        };
        let rack_id = if version >= 11 { source.string(flexible)? } else { "" };
        if flexible {
            const TAGS: &[u32] = &[0, 1];
            for index in 0..source.tag_count(TAGS)? {
                match source.tag(index, TAGS)? {
                    0 if version >= 12 => {
                        cluster_id = source.tagged(|source| source.nullable_string(true))?;
                    }
                    1 if version >= 15 => {
                        replica_state = source.tagged(|source| ReplicaState::read(source, version))?;
                    }
                    _ => source.skip_tagged()?,
                }
            }
        }
        Ok(Self {
            cluster_id,
            replica_id,
            replica_state,
            max_wait_ms,
            min_bytes,
            max_bytes,
            isolation_level,
            session_id,
            session_epoch,
            topics,
            forgotten_topics_data,
            rack_id,
        })
    }

    fn write<S: Sink<'a>>(&self, sink: &mut S, version: i16) -> Result<(), WireError> {
        check_version::<Self>(version)?;
        let flexible = version >= 12;
        if version <= 14 {
            sink.i32(self.replica_id);
        } else if self.replica_id != -1 {
            return Err(not_in_version("FetchRequest", "replica_id", version));
        }
        if version < 15 && self.replica_state != ReplicaState::default() {
            return Err(not_in_version("FetchRequest", "replica_state", version));
        }
        sink.i32(self.max_wait_ms);
        sink.i32(self.min_bytes);
        sink.i32(self.max_bytes);
        sink.i8(self.isolation_level);
        if version >= 7 {
            sink.i32(self.session_id);
        }
        if version >= 7 {
            sink.i32(self.session_epoch);
        }
        sink.array(flexible, &self.topics, |sink, element| element.write(sink, version))?;
        if version >= 7 {
            sink.array(flexible, &self.forgotten_topics_data, |sink, element| element.write(sink, version))?;
        } else if !self.forgotten_topics_data.is_empty() {
            return Err(not_in_version("FetchRequest", "forgotten_topics_data", version));
        }
        if version >= 11 {
            sink.string(flexible, self.rack_id)?;
        }
        if flexible {
            let has_tag_0 = version >= 12 && self.cluster_id.is_some();
            let has_tag_1 = version >= 15 && self.replica_state != ReplicaState::default();
            sink.varint(u32::from(has_tag_0) + u32::from(has_tag_1));
            if has_tag_0 {
                let mut counter = Counter::default();
                {
                    let counter = &mut counter;
                    counter.nullable_string(true, self.cluster_id)?;
                }
                sink.tag(0, counter.bytes())?;
                sink.nullable_string(true, self.cluster_id)?;
            }
            if has_tag_1 {
                let mut counter = Counter::default();
                {
                    let counter = &mut counter;
                    self.replica_state.write(counter, version)?;
                }
                sink.tag(1, counter.bytes())?;
                self.replica_state.write(sink, version)?;
            }
        }
        Ok(())
    }
}

impl<'a> Request<'a> for FetchRequest<'a> {
    const API: ApiKey = ApiKey::Fetch;
    type Response = super::FetchResponse<'a>;
}

/// ReplicaState of a [`FetchRequest`].
#[derive(Debug, Clone, PartialEq)]
pub struct ReplicaState {
    /// `ReplicaId`, v15 and later, default `-1`.
    pub replica_id: i32,
    /// `ReplicaEpoch`, v15 and later, default `-1`.
    pub replica_epoch: i64,
}

impl Default for ReplicaState {
    fn default() -> Self {
        Self { replica_id: -1, replica_epoch: -1 }
    }
}

impl ReplicaState {
    fn read<'a, S: Source<'a>>(source: &mut S, version: i16) -> Result<Self, WireError> {
        let flexible = version >= 12;
        let replica_id = if version >= 15 { source.i32()? } else { -1 };
        let replica_epoch = if version >= 15 { source.i64()? } else { -1 };
        if flexible {
            const TAGS: &[u32] = &[];
            for index in 0..source.tag_count(TAGS)? {
                source.tag(index, TAGS)?;
                source.skip_tagged()?;
            }
        }
        Ok(Self { replica_id, replica_epoch })
    }

    fn write<'a, S: Sink<'a>>(&self, sink: &mut S, version: i16) -> Result<(), WireError> {
        let flexible = version >= 12;
        if version >= 15 {
            sink.i32(self.replica_id);
        } else if self.replica_id != -1 {
            return Err(not_in_version("ReplicaState", "replica_id", version));
        }
        if version >= 15 {
            sink.i64(self.replica_epoch);
        } else if self.replica_epoch != -1 {
            return Err(not_in_version("ReplicaState", "replica_epoch", version));
        }
        if flexible {
            sink.varint(0);
        }
        Ok(())
    }
}

/// FetchTopic of a [`FetchRequest`].
#[derive(Debug, Clone, PartialEq, Default)]
pub struct FetchTopic<'a> {
    /// `Topic`, v4 to v12.
    pub topic: &'a str,
    /// `TopicId`, v13 and later.
    pub topic_id: Uuid,
    /// `Partitions`, all versions.
    pub partitions: Vec<FetchPartition>,
}

impl<'a> FetchTopic<'a> {
    fn read<S: Source<'a>>(source: &mut S, version: i16) -> Result<Self, WireError> {
        let flexible = version >= 12;
        let topic = if version <= 12 { source.string(flexible)? } else { "" };
        let topic_id = if version >= 13 { source.uuid()? } else { Uuid::nil() };
        let partitions = source.array(flexible, 16, |source| FetchPartition::read(source, version))?;
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

/// FetchPartition of a [`FetchRequest`].
#[derive(Debug, Clone, PartialEq)]
pub struct FetchPartition {
    /// `Partition`, all versions.
    pub partition: i32,
    /// `CurrentLeaderEpoch`, v9 and later, default `-1`.
    pub current_leader_epoch: i32,
    /// `FetchOffset`, all versions.
    pub fetch_offset: i64,
    /// `LastFetchedEpoch`, v12 and later, default `-1`.
    pub last_fetched_epoch: i32,
    /// `LogStartOffset`, v5 and later, default `-1`.
    pub log_start_offset: i64,
    /// `PartitionMaxBytes`, all versions.
    pub partition_max_bytes: i32,
    /// `ReplicaDirectoryId`, v17 and later, tag 0.
    pub replica_directory_id: Uuid,
    /// `HighWatermark`, v18 and later, tag 1, default `9223372036854775807`.
    pub high_watermark: i64,
}

impl Default for FetchPartition {
    fn default() -> Self {
        Self {
            partition: 0,
            current_leader_epoch: -1,
            fetch_offset: 0,
            last_fetched_epoch: -1,
            log_start_offset: -1,
            partition_max_bytes: 0,
            replica_directory_id: Uuid::nil(),
            high_watermark: i64::MAX,
        }
    }
}

impl FetchPartition {
    fn read<'a, S: Source<'a>>(source: &mut S, version: i16) -> Result<Self, WireError> {
        let flexible = version >= 12;
        let partition = source.i32()?;
        let current_leader_epoch = if version >= 9 { source.i32()? } else { -1 };
        let fetch_offset = source.i64()?;
        let last_fetched_epoch = if version >= 12 { source.i32()? } else { -1 };
        let log_start_offset = if version >= 5 { source.i64()? } else { -1 };
        let partition_max_bytes = source.i32()?;
        let mut replica_directory_id = Uuid::nil();
        let mut high_watermark = i64::MAX;
        if flexible {
            const TAGS: &[u32] = &[0, 1];
            for index in 0..source.tag_count(TAGS)? {
                match source.tag(index, TAGS)? {
                    0 if version >= 17 => {
                        replica_directory_id = source.tagged(|source| source.uuid())?;
                    }
                    1 if version >= 18 => {
                        high_watermark = source.tagged(|source| source.i64())?;
                    }
                    _ => source.skip_tagged()?,
                }
            }
        }
        Ok(Self {
            partition,
            current_leader_epoch,
            fetch_offset,
            last_fetched_epoch,
            log_start_offset,
            partition_max_bytes,
            replica_directory_id,
            high_watermark,
        })
    }

    fn write<'a, S: Sink<'a>>(&self, sink: &mut S, version: i16) -> Result<(), WireError> {
        let flexible = version >= 12;
        sink.i32(self.partition);
        if version >= 9 {
            sink.i32(self.current_leader_epoch);
        }
        sink.i64(self.fetch_offset);
        if version >= 12 {
            sink.i32(self.last_fetched_epoch);
        } else if self.last_fetched_epoch != -1 {
            return Err(not_in_version("FetchPartition", "last_fetched_epoch", version));
        }
        if version >= 5 {
            sink.i64(self.log_start_offset);
        }
        sink.i32(self.partition_max_bytes);
        if flexible {
            let has_tag_0 = version >= 17 && !self.replica_directory_id.is_nil();
            let has_tag_1 = version >= 18 && self.high_watermark != i64::MAX;
            sink.varint(u32::from(has_tag_0) + u32::from(has_tag_1));
            if has_tag_0 {
                let mut counter = Counter::default();
                {
                    let counter = &mut counter;
                    counter.uuid(self.replica_directory_id);
                }
                sink.tag(0, counter.bytes())?;
                sink.uuid(self.replica_directory_id);
            }
            if has_tag_1 {
                let mut counter = Counter::default();
                {
                    let counter = &mut counter;
                    counter.i64(self.high_watermark);
                }
                sink.tag(1, counter.bytes())?;
                sink.i64(self.high_watermark);
            }
        }
        Ok(())
    }
}

/// ForgottenTopic of a [`FetchRequest`].
#[derive(Debug, Clone, PartialEq, Default)]
pub struct ForgottenTopic<'a> {
    /// `Topic`, v7 to v12.
    pub topic: &'a str,
    /// `TopicId`, v13 and later.
    pub topic_id: Uuid,
    /// `Partitions`, v7 and later.
    pub partitions: Vec<i32>,
}

impl<'a> ForgottenTopic<'a> {
    fn read<S: Source<'a>>(source: &mut S, version: i16) -> Result<Self, WireError> {
        let flexible = version >= 12;
        let topic = if (7..=12).contains(&version) { source.string(flexible)? } else { "" };
        let topic_id = if version >= 13 { source.uuid()? } else { Uuid::nil() };
        let partitions =
            if version >= 7 { source.array(flexible, 4, |source| source.i32())? } else { Vec::new() };
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
        if (7..=12).contains(&version) {
            sink.string(flexible, self.topic)?;
        }
        if version >= 13 {
            sink.uuid(self.topic_id);
        }
        if version >= 7 {
            sink.array(flexible, &self.partitions, |sink, element| {
                sink.i32(*element);
                Ok(())
            })?;
        } else if !self.partitions.is_empty() {
            return Err(not_in_version("ForgottenTopic", "partitions", version));
        }
        if flexible {
            sink.varint(0);
        }
        Ok(())
    }
}

// @generated from the message definitions in kafka-clients 4.3.1 by `cargo xtask generate`: do not edit.
//! DescribeProducersResponse: API key 61, version 0, all flexible.

use std::ops::RangeInclusive;

use crate::messages::ApiKey;
use crate::wire::{Message, Response, Sink, Source, WireError, check_version};

/// DescribeProducersResponse, version 0.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct DescribeProducersResponse<'a> {
    /// `ThrottleTimeMs`, all versions.
    pub throttle_time_ms: i32,
    /// `Topics`, all versions.
    pub topics: Vec<TopicResponse<'a>>,
}

impl<'a> Message<'a> for DescribeProducersResponse<'a> {
    const NAME: &'static str = "DescribeProducersResponse";
    const VERSIONS: RangeInclusive<i16> = 0..=0;

    fn read<S: Source<'a>>(source: &mut S, version: i16) -> Result<Self, WireError> {
        check_version::<Self>(version)?;
        let throttle_time_ms = source.i32()?;
        let topics = source.array(true, 3, |source| TopicResponse::read(source, version))?;
        const TAGS: &[u32] = &[];
        for index in 0..source.tag_count(TAGS)? {
            source.tag(index, TAGS)?;
            source.skip_tagged()?;
        }
        Ok(Self { throttle_time_ms, topics })
    }

    fn write<S: Sink<'a>>(&self, sink: &mut S, version: i16) -> Result<(), WireError> {
        check_version::<Self>(version)?;
        sink.i32(self.throttle_time_ms);
        sink.array(true, &self.topics, |sink, element| element.write(sink, version))?;
        sink.varint(0);
        Ok(())
    }
}

impl<'a> Response<'a> for DescribeProducersResponse<'a> {
    const API: ApiKey = ApiKey::DescribeProducers;
}

/// TopicResponse of a [`DescribeProducersResponse`].
#[derive(Debug, Clone, PartialEq, Default)]
pub struct TopicResponse<'a> {
    /// `Name`, all versions.
    pub name: &'a str,
    /// `Partitions`, all versions.
    pub partitions: Vec<PartitionResponse<'a>>,
}

impl<'a> TopicResponse<'a> {
    fn read<S: Source<'a>>(source: &mut S, version: i16) -> Result<Self, WireError> {
        let name = source.string(true)?;
        let partitions = source.array(true, 9, |source| PartitionResponse::read(source, version))?;
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

/// PartitionResponse of a [`DescribeProducersResponse`].
#[derive(Debug, Clone, PartialEq, Default)]
pub struct PartitionResponse<'a> {
    /// `PartitionIndex`, all versions.
    pub partition_index: i32,
    /// `ErrorCode`, all versions.
    pub error_code: i16,
    /// `ErrorMessage`, all versions, can be null.
    pub error_message: Option<&'a str>,
    /// `ActiveProducers`, all versions.
    pub active_producers: Vec<ProducerState>,
}

impl<'a> PartitionResponse<'a> {
    fn read<S: Source<'a>>(source: &mut S, version: i16) -> Result<Self, WireError> {
        let partition_index = source.i32()?;
        let error_code = source.i16()?;
        let error_message = source.nullable_string(true)?;
        let active_producers = source.array(true, 37, |source| ProducerState::read(source, version))?;
        const TAGS: &[u32] = &[];
        for index in 0..source.tag_count(TAGS)? {
            source.tag(index, TAGS)?;
            source.skip_tagged()?;
        }
        Ok(Self { partition_index, error_code, error_message, active_producers })
    }

    fn write<S: Sink<'a>>(&self, sink: &mut S, version: i16) -> Result<(), WireError> {
        sink.i32(self.partition_index);
        sink.i16(self.error_code);
        sink.nullable_string(true, self.error_message)?;
        sink.array(true, &self.active_producers, |sink, element| element.write(sink, version))?;
        sink.varint(0);
        Ok(())
    }
}

/// ProducerState of a [`DescribeProducersResponse`].
#[derive(Debug, Clone, PartialEq)]
pub struct ProducerState {
    /// `ProducerId`, all versions.
    pub producer_id: i64,
    /// `ProducerEpoch`, all versions.
    pub producer_epoch: i32,
    /// `LastSequence`, all versions, default `-1`.
    pub last_sequence: i32,
    /// `LastTimestamp`, all versions, default `-1`.
    pub last_timestamp: i64,
    /// `CoordinatorEpoch`, all versions.
    pub coordinator_epoch: i32,
    /// `CurrentTxnStartOffset`, all versions, default `-1`.
    pub current_txn_start_offset: i64,
}

impl Default for ProducerState {
    fn default() -> Self {
        Self {
            producer_id: 0,
            producer_epoch: 0,
            last_sequence: -1,
            last_timestamp: -1,
            coordinator_epoch: 0,
            current_txn_start_offset: -1,
        }
    }
}

impl ProducerState {
    fn read<'a, S: Source<'a>>(source: &mut S, _version: i16) -> Result<Self, WireError> {
        let producer_id = source.i64()?;
        let producer_epoch = source.i32()?;
        let last_sequence = source.i32()?;
        let last_timestamp = source.i64()?;
        let coordinator_epoch = source.i32()?;
        let current_txn_start_offset = source.i64()?;
        const TAGS: &[u32] = &[];
        for index in 0..source.tag_count(TAGS)? {
            source.tag(index, TAGS)?;
            source.skip_tagged()?;
        }
        Ok(Self {
            producer_id,
            producer_epoch,
            last_sequence,
            last_timestamp,
            coordinator_epoch,
            current_txn_start_offset,
        })
    }

    fn write<'a, S: Sink<'a>>(&self, sink: &mut S, _version: i16) -> Result<(), WireError> {
        sink.i64(self.producer_id);
        sink.i32(self.producer_epoch);
        sink.i32(self.last_sequence);
        sink.i64(self.last_timestamp);
        sink.i32(self.coordinator_epoch);
        sink.i64(self.current_txn_start_offset);
        sink.varint(0);
        Ok(())
    }
}

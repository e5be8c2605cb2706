// @generated from the message definitions in kafka-clients 4.3.1 by `cargo xtask generate`: do not edit.
//! DescribeTransactionsResponse: API key 65, version 0, all flexible.

use std::ops::RangeInclusive;

use crate::messages::ApiKey;
use crate::wire::{Message, Response, Sink, Source, WireError, check_version};

/// DescribeTransactionsResponse, version 0.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct DescribeTransactionsResponse<'a> {
    /// `ThrottleTimeMs`, all versions.
    pub throttle_time_ms: i32,
    /// `TransactionStates`, all versions.
    pub transaction_states: Vec<TransactionState<'a>>,
}

impl<'a> Message<'a> for DescribeTransactionsResponse<'a> {
    const NAME: &'static str = "DescribeTransactionsResponse";
    const VERSIONS: RangeInclusive<i16> = 0..=0;

    fn read<S: Source<'a>>(source: &mut S, version: i16) -> Result<Self, WireError> {
        check_version::<Self>(version)?;
        let throttle_time_ms = source.i32()?;
        let transaction_states = source.array(true, 28, |source| TransactionState::read(source, version))?;
        const TAGS: &[u32] = &[];
        for index in 0..source.tag_count(TAGS)? {
            source.tag(index, TAGS)?;
            source.skip_tagged()?;
        }
        Ok(Self { throttle_time_ms, transaction_states })
    }

    fn write<S: Sink<'a>>(&self, sink: &mut S, version: i16) -> Result<(), WireError> {
        check_version::<Self>(version)?;
        sink.i32(self.throttle_time_ms);
        sink.array(true, &self.transaction_states, |sink, element| element.write(sink, version))?;
        sink.varint(0);
        Ok(())
    }
}

impl<'a> Response<'a> for DescribeTransactionsResponse<'a> {
    const API: ApiKey = ApiKey::DescribeTransactions;
}

/// TransactionState of a [`DescribeTransactionsResponse`].
#[derive(Debug, Clone, PartialEq, Default)]
pub struct TransactionState<'a> {
    /// `ErrorCode`, all versions.
    pub error_code: i16,
    /// `TransactionalId`, all versions.
    pub transactional_id: &'a str,
    /// `TransactionState`, all versions.
    pub transaction_state: &'a str,
    /// `TransactionTimeoutMs`, all versions.
    pub transaction_timeout_ms: i32,
    /// `TransactionStartTimeMs`, all versions.
    pub transaction_start_time_ms: i64,
    /// `ProducerId`, all versions.
    pub producer_id: i64,
    /// `ProducerEpoch`, all versions.
    pub producer_epoch: i16,
    /// `Topics`, all versions.
    pub topics: Vec<TopicData<'a>>,
}

impl<'a> TransactionState<'a> {
    fn read<S: Source<'a>>(source: &mut S, version: i16) -> Result<Self, WireError> {
        let error_code = source.i16()?;
        let transactional_id = source.string(true)?;
        let transaction_state = source.string(true)?;
        let transaction_timeout_ms = source.i32()?;
        let transaction_start_time_ms = source.i64()?;
        let producer_id = source.i64()?;
        let producer_epoch = source.i16()?;
        let topics = source.array(true, 3, |source| TopicData::read(source, version))?;
        const TAGS: &[u32] = &[];
        for index in 0..source.tag_count(TAGS)? {
            source.tag(index, TAGS)?;
            source.skip_tagged()?;
        }
        Ok(Self {
            error_code,
            transactional_id,
            transaction_state,
            transaction_timeout_ms,
            transaction_start_time_ms,
            producer_id,
            producer_epoch,
            topics,
        })
    }

    fn write<S: Sink<'a>>(&self, sink: &mut S, version: i16) -> Result<(), WireError> {
        sink.i16(self.error_code);
        sink.string(true, self.transactional_id)?;
        sink.string(true, self.transaction_state)?;
        sink.i32(self.transaction_timeout_ms);
        sink.i64(self.transaction_start_time_ms);
        sink.i64(self.producer_id);
        sink.i16(self.producer_epoch);
        sink.array(true, &self.topics, |sink, element| element.write(sink, version))?;
        sink.varint(0);
        Ok(())
    }
}

/// TopicData of a [`DescribeTransactionsResponse`].
#[derive(Debug, Clone, PartialEq, Default)]
pub struct TopicData<'a> {
    /// `Topic`, all versions.
    pub topic: &'a str,
    /// `Partitions`, all versions.
    pub partitions: Vec<i32>,
}

impl<'a> TopicData<'a> {
    fn read<S: Source<'a>>(source: &mut S, _version: i16) -> Result<Self, WireError> {
        let topic = source.string(true)?;
        let partitions = source.array(true, 4, |source| source.i32())?;
        const TAGS: &[u32] = &[];
        for index in 0..source.tag_count(TAGS)? {
            source.tag(index, TAGS)?;
            source.skip_tagged()?;
        }
        Ok(Self { topic, partitions })
    }

    fn write<S: Sink<'a>>(&self, sink: &mut S, _version: i16) -> Result<(), WireError> {
        sink.string(true, self.topic)?;
        sink.array(true, &self.partitions, |sink, element| {
            sink.i32(*element);
            Ok(())
        })?;
        sink.varint(0);
        Ok(())
    }
}

// @generated from the message definitions in kafka-clients 4.3.1 by `cargo xtask generate`: do not edit.
//! TransactionLogValue: versions 0 to 1, flexible since v1.

use std::ops::RangeInclusive;

use crate::wire::{Counter, Message, Sink, Source, WireError, check_version, not_in_version};

/// TransactionLogValue, versions 0 to 1.
#[derive(Debug, Clone, PartialEq)]
pub struct TransactionLogValue<'a> {
    /// `ProducerId`, all versions.
    pub producer_id: i64,
    /// `PreviousProducerId`, v1 and later, tag 0, default `-1`.
    pub previous_producer_id: i64,
    /// `NextProducerId`, v1 and later, tag 1, default `-1`.
    pub next_producer_id: i64,
    /// `ProducerEpoch`, all versions.
    pub producer_epoch: i16,
    /// `NextProducerEpoch`, v1 and later, tag 3, default `-1`.
    pub next_producer_epoch: i16,
    /// `TransactionTimeoutMs`, all versions.
    pub transaction_timeout_ms: i32,
    /// `TransactionStatus`, all versions.
    pub transaction_status: i8,
    /// `TransactionPartitions`, all versions, can be null.
    pub transaction_partitions: Option<Vec<PartitionsSchema<'a>>>,
    /// `TransactionLastUpdateTimestampMs`, all versions.
    pub transaction_last_update_timestamp_ms: i64,
    /// `TransactionStartTimestampMs`, all versions.
    pub transaction_start_timestamp_ms: i64,
    /// `ClientTransactionVersion`, v1 and later, tag 2, default `0`.
    pub client_transaction_version: i16,
}

impl Default for TransactionLogValue<'_> {
    fn default() -> Self {
        Self {
            producer_id: 0,
            previous_producer_id: -1,
            next_producer_id: -1,
            producer_epoch: 0,
            next_producer_epoch: -1,
            transaction_timeout_ms: 0,
            transaction_status: 0,
            transaction_partitions: Some(Vec::new()),
            transaction_last_update_timestamp_ms: 0,
            transaction_start_timestamp_ms: 0,
            client_transaction_version: 0,
        }
    }
}

impl<'a> Message<'a> for TransactionLogValue<'a> {
    const NAME: &'static str = "TransactionLogValue";
    const VERSIONS: RangeInclusive<i16> = 0..=1;

    fn read<S: Source<'a>>(source: &mut S, version: i16) -> Result<Self, WireError> {
        check_version::<Self>(version)?;
        let flexible = version >= 1;
        let producer_id = source.i64()?;
        let mut previous_producer_id = -1;
        let mut next_producer_id = -1;
        let producer_epoch = source.i16()?;
        let mut next_producer_epoch = -1;
        let transaction_timeout_ms = source.i32()?;
        let transaction_status = source.i8()?;
        let transaction_partitions =
            source.nullable_array(flexible, 3, |source| PartitionsSchema::read(source, version))?;
        let transaction_last_update_timestamp_ms = source.i64()?;
        let transaction_start_timestamp_ms = source.i64()?;
        let mut client_transaction_version = 0;
        if flexible {
            const TAGS: &[u32] = &[0, 1, 2, 3];
            for index in 0..source.tag_count(TAGS)? {
                match source.tag(index, TAGS)? {
                    0 if version >= 1 => {
                        previous_producer_id = source.tagged(|source| source.i64())?;
                    }
                    1 if version >= 1 => {
                        next_producer_id = source.tagged(|source| source.i64())?;
                    }
                    2 if version >= 1 => {
                        client_transaction_version = source.tagged(|source| source.i16())?;
                    }
                    3 if version >= 1 => {
                        next_producer_epoch = source.tagged(|source| source.i16())?;
                    }
                    _ => source.skip_tagged()?,
                }
            }
        }
        Ok(Self {
            producer_id,
            previous_producer_id,
            next_producer_id,
            producer_epoch,
            next_producer_epoch,
            transaction_timeout_ms,
            transaction_status,
            transaction_partitions,
            transaction_last_update_timestamp_ms,
            transaction_start_timestamp_ms,
            client_transaction_version,
        })
    }

    fn write<S: Sink<'a>>(&self, sink: &mut S, version: i16) -> Result<(), WireError> {
        check_version::<Self>(version)?;
        let flexible = version >= 1;
        sink.i64(self.producer_id);
        if version < 1 && self.previous_producer_id != -1 {
            return Err(not_in_version("TransactionLogValue", "previous_producer_id", version));
        }
        if version < 1 && self.next_producer_id != -1 {
            return Err(not_in_version("TransactionLogValue", "next_producer_id", version));
        }
        sink.i16(self.producer_epoch);
        if version < 1 && self.next_producer_epoch != -1 {
            return Err(not_in_version("TransactionLogValue", "next_producer_epoch", version));
        }
        sink.i32(self.transaction_timeout_ms);
        sink.i8(self.transaction_status);
        sink.nullable_array(flexible, self.transaction_partitions.as_deref(), |sink, element| {
            element.write(sink, version)
        })?;
        sink.i64(self.transaction_last_update_timestamp_ms);
        sink.i64(self.transaction_start_timestamp_ms);
        if version < 1 && self.client_transaction_version != 0 {
            return Err(not_in_version("TransactionLogValue", "client_transaction_version", version));
        }
        if flexible {
            let has_tag_0 = version >= 1 && self.previous_producer_id != -1;
            let has_tag_1 = version >= 1 && self.next_producer_id != -1;
            let has_tag_2 = version >= 1 && self.client_transaction_version != 0;
            let has_tag_3 = version >= 1 && self.next_producer_epoch != -1;
            sink.varint(
                u32::from(has_tag_0) + u32::from(has_tag_1) + u32::from(has_tag_2) + u32::from(has_tag_3),
            );
            if has_tag_0 {
                let mut counter = Counter::default();
                {
                    let counter = &mut counter;
                    counter.i64(self.previous_producer_id);
                }
                sink.tag(0, counter.bytes())?;
                sink.i64(self.previous_producer_id);
            }
            if has_tag_1 {
                let mut counter = Counter::default();
                {
                    let counter = &mut counter;
                    counter.i64(self.next_producer_id);
                }
                sink.tag(1, counter.bytes())?;
                sink.i64(self.next_producer_id);
            }
            if has_tag_2 {
                let mut counter = Counter::default();
                {
                    let counter = &mut counter;
                    counter.i16(self.client_transaction_version);
                }
                sink.tag(2, counter.bytes())?;
                sink.i16(self.client_transaction_version);
            }
            if has_tag_3 {
                let mut counter = Counter::default();
                {
                    let counter = &mut counter;
                    counter.i16(self.next_producer_epoch);
                }
                sink.tag(3, counter.bytes())?;
                sink.i16(self.next_producer_epoch);
            }
        }
        Ok(())
    }
}

/// PartitionsSchema of a [`TransactionLogValue`].
#[derive(Debug, Clone, PartialEq, Default)]
pub struct PartitionsSchema<'a> {
    /// `Topic`, all versions.
    pub topic: &'a str,
    /// `PartitionIds`, all versions.
    pub partition_ids: Vec<i32>,
}

impl<'a> PartitionsSchema<'a> {
    fn read<S: Source<'a>>(source: &mut S, version: i16) -> Result<Self, WireError> {
        let flexible = version >= 1;
        let topic = source.string(flexible)?;
        let partition_ids = source.array(flexible, 4, |source| source.i32())?;
        if flexible {
            const TAGS: &[u32] = &[];
            for index in 0..source.tag_count(TAGS)? {
                source.tag(index, TAGS)?;
                source.skip_tagged()?;
            }
        }
        Ok(Self { topic, partition_ids })
    }

    fn write<S: Sink<'a>>(&self, sink: &mut S, version: i16) -> Result<(), WireError> {
        let flexible = version >= 1;
        sink.string(flexible, self.topic)?;
        sink.array(flexible, &self.partition_ids, |sink, element| {
            sink.i32(*element);
            Ok(())
        })?;
        if flexible {
            sink.varint(0);
        }
        Ok(())
    }
}

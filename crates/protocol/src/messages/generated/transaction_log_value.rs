// @generated from the message definitions in kafka-clients 4.3.1 by `cargo xtask generate`: do not edit.
//! TransactionLogValue: versions 0 to 1, flexible since v1.

use std::ops::RangeInclusive;

use crate::wire::{Message, Sink, Source, WireError, check_version};

/// TransactionLogValue, versions 0 to 1.
#[derive(Debug, Clone, PartialEq)]
pub struct TransactionLogValue<'a> {
    /// `ProducerId`, all versions.
    pub producer_id: i64,
    /// `ProducerEpoch`, all versions.
    pub producer_epoch: i16,
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
}

impl Default for TransactionLogValue<'_> {
    fn default() -> Self {
        Self {
            producer_id: 0,
            producer_epoch: 0,
            transaction_timeout_ms: 0,
            transaction_status: 0,
            transaction_partitions: Some(Vec::new()),
            transaction_last_update_timestamp_ms: 0,
            transaction_start_timestamp_ms: 0,
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
        let producer_epoch = source.i16()?;
        let transaction_timeout_ms = source.i32()?;
        let transaction_status = source.i8()?;
        let transaction_partitions =
            source.nullable_array(flexible, 3, |source| PartitionsSchema::read(source, version))?;
        let transaction_last_update_timestamp_ms = source.i64()?;
        let transaction_start_timestamp_ms = source.i64()?;
        if flexible {
            const TAGS: &[u32] = &[];
            for index in 0..source.tag_count(TAGS)? {
                source.tag(index, TAGS)?;
                source.skip_tagged()?;
            }
        }
        Ok(Self {
            producer_id,
            producer_epoch,
            transaction_timeout_ms,
            transaction_status,
            transaction_partitions,
            transaction_last_update_timestamp_ms,
            transaction_start_timestamp_ms,
        })
    }

    fn write<S: Sink<'a>>(&self, sink: &mut S, version: i16) -> Result<(), WireError> {
        check_version::<Self>(version)?;
        let flexible = version >= 1;
        sink.i64(self.producer_id);
        sink.i16(self.producer_epoch);
        sink.i32(self.transaction_timeout_ms);
        sink.i8(self.transaction_status);
        sink.nullable_array(flexible, self.transaction_partitions.as_deref(), |sink, element| {
            element.write(sink, version)
        })?;
        sink.i64(self.transaction_last_update_timestamp_ms);
        sink.i64(self.transaction_start_timestamp_ms);
        if flexible {
            sink.varint(0);
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

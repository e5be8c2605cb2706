// @generated from the message definitions in kafka-clients 4.3.1 by `cargo xtask generate`: do not edit.
//! ProducerIdsRecord: version 0, all flexible.

use std::ops::RangeInclusive;

use crate::wire::{Message, Sink, Source, WireError, check_version};

/// ProducerIdsRecord, version 0.
#[derive(Debug, Clone, PartialEq)]
pub struct ProducerIdsRecord {
    /// `BrokerId`, all versions.
    pub broker_id: i32,
    /// `BrokerEpoch`, all versions, default `-1`.
    pub broker_epoch: i64,
    /// `NextProducerId`, all versions.
    pub next_producer_id: i64,
}

impl Default for ProducerIdsRecord {
    fn default() -> Self {
        Self { broker_id: 0, broker_epoch: -1, next_producer_id: 0 }
    }
}

impl<'a> Message<'a> for ProducerIdsRecord {
    const NAME: &'static str = "ProducerIdsRecord";
    const VERSIONS: RangeInclusive<i16> = 0..=0;

    fn read<S: Source<'a>>(source: &mut S, version: i16) -> Result<Self, WireError> {
        check_version::<Self>(version)?;
        let broker_id = source.i32()?;
        let broker_epoch = source.i64()?;
        let next_producer_id = source.i64()?;
        const TAGS: &[u32] = &[];
        for index in 0..source.tag_count(TAGS)? {
            source.tag(index, TAGS)?;
            source.skip_tagged()?;
        }
        Ok(Self { broker_id, broker_epoch, next_producer_id })
    }

    fn write<S: Sink<'a>>(&self, sink: &mut S, version: i16) -> Result<(), WireError> {
        check_version::<Self>(version)?;
        sink.i32(self.broker_id);
        sink.i64(self.broker_epoch);
        sink.i64(self.next_producer_id);
        sink.varint(0);
        Ok(())
    }
}

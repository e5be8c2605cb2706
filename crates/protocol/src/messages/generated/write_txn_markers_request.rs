// @generated from the message definitions in kafka-clients 4.3.1 by `cargo xtask generate`: do not edit.
//! WriteTxnMarkersRequest: API key 27, versions 1 to 2, all flexible.

use std::ops::RangeInclusive;

use crate::messages::ApiKey;
use crate::wire::{Message, Request, Sink, Source, WireError, check_version};

/// WriteTxnMarkersRequest, versions 1 to 2.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct WriteTxnMarkersRequest<'a> {
    /// `Markers`, all versions.
    pub markers: Vec<WritableTxnMarker<'a>>,
}

impl<'a> Message<'a> for WriteTxnMarkersRequest<'a> {
    const NAME: &'static str = "WriteTxnMarkersRequest";
    const VERSIONS: RangeInclusive<i16> = 1..=2;

    fn read<S: Source<'a>>(source: &mut S, version: i16) -> Result<Self, WireError> {
        check_version::<Self>(version)?;
        let markers = source.array(true, 17, |source| WritableTxnMarker::read(source, version))?;
        const TAGS: &[u32] = &[];
        for index in 0..source.tag_count(TAGS)? {
            source.tag(index, TAGS)?;
            source.skip_tagged()?;
        }
        Ok(Self { markers })
    }

    fn write<S: Sink<'a>>(&self, sink: &mut S, version: i16) -> Result<(), WireError> {
        check_version::<Self>(version)?;
        sink.array(true, &self.markers, |sink, element| element.write(sink, version))?;
        sink.varint(0);
        Ok(())
    }
}

impl<'a> Request<'a> for WriteTxnMarkersRequest<'a> {
    const API: ApiKey = ApiKey::WriteTxnMarkers;
    type Response = super::WriteTxnMarkersResponse<'a>;
}

/// WritableTxnMarker of a [`WriteTxnMarkersRequest`].
#[derive(Debug, Clone, PartialEq, Default)]
pub struct WritableTxnMarker<'a> {
    /// `ProducerId`, all versions.
    pub producer_id: i64,
    /// `ProducerEpoch`, all versions.
    pub producer_epoch: i16,
    /// `TransactionResult`, all versions.
    pub transaction_result: bool,
    /// `Topics`, all versions.
    pub topics: Vec<WritableTxnMarkerTopic<'a>>,
    /// `CoordinatorEpoch`, all versions.
    pub coordinator_epoch: i32,
    /// `TransactionVersion`, v2 and later, default `0`.
    pub transaction_version: i8,
}

impl<'a> WritableTxnMarker<'a> {
    fn read<S: Source<'a>>(source: &mut S, version: i16) -> Result<Self, WireError> {
        let producer_id = source.i64()?;
        let producer_epoch = source.i16()?;
        let transaction_result = source.bool()?;
        let topics = source.array(true, 3, |source| WritableTxnMarkerTopic::read(source, version))?;
        let coordinator_epoch = source.i32()?;
        let transaction_version = if version >= 2 { source.i8()? } else { 0 };
        const TAGS: &[u32] = &[];
        for index in 0..source.tag_count(TAGS)? {
            source.tag(index, TAGS)?;
            source.skip_tagged()?;
        }
        Ok(Self {
            producer_id,
            producer_epoch,
            transaction_result,
            topics,
            coordinator_epoch,
            transaction_version,
        })
    }

    fn write<S: Sink<'a>>(&self, sink: &mut S, version: i16) -> Result<(), WireError> {
        sink.i64(self.producer_id);
        sink.i16(self.producer_epoch);
        sink.bool(self.transaction_result);
        sink.array(true, &self.topics, |sink, element| element.write(sink, version))?;
        sink.i32(self.coordinator_epoch);
        if version >= 2 {
            sink.i8(self.transaction_version);
        }
        sink.varint(0);
        Ok(())
    }
}

/// WritableTxnMarkerTopic of a [`WriteTxnMarkersRequest`].
#[derive(Debug, Clone, PartialEq, Default)]
pub struct WritableTxnMarkerTopic<'a> {
    /// `Name`, all versions.
    pub name: &'a str,
    /// `PartitionIndexes`, all versions.
    pub partition_indexes: Vec<i32>,
}

impl<'a> WritableTxnMarkerTopic<'a> {
    fn read<S: Source<'a>>(source: &mut S, _version: i16) -> Result<Self, WireError> {
        let name = source.string(true)?;
        let partition_indexes = source.array(true, 4, |source| source.i32())?;
        const TAGS: &[u32] = &[];
        for index in 0..source.tag_count(TAGS)? {
            source.tag(index, TAGS)?;
            source.skip_tagged()?;
        }
        Ok(Self { name, partition_indexes })
    }

    fn write<S: Sink<'a>>(&self, sink: &mut S, _version: i16) -> Result<(), WireError> {
        sink.string(true, self.name)?;
        sink.array(true, &self.partition_indexes, |sink, element| {
            sink.i32(*element);
            Ok(())
        })?;
        sink.varint(0);
        Ok(())
    }
}

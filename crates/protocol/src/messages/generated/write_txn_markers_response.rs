// @generated from the message definitions in kafka-clients 4.3.1 by `cargo xtask generate`: do not edit.
//! WriteTxnMarkersResponse: API key 27, versions 1 to 2, all flexible.

use std::ops::RangeInclusive;

use crate::messages::ApiKey;
use crate::wire::{Message, Response, Sink, Source, WireError, check_version};

/// WriteTxnMarkersResponse, versions 1 to 2.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct WriteTxnMarkersResponse<'a> {
    /// `Markers`, all versions.
    pub markers: Vec<WritableTxnMarkerResult<'a>>,
}

impl<'a> Message<'a> for WriteTxnMarkersResponse<'a> {
    const NAME: &'static str = "WriteTxnMarkersResponse";
    const VERSIONS: RangeInclusive<i16> = 1..=2;

    fn read<S: Source<'a>>(source: &mut S, version: i16) -> Result<Self, WireError> {
        check_version::<Self>(version)?;
        let markers = source.array(true, 10, |source| WritableTxnMarkerResult::read(source, version))?;
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

impl<'a> Response<'a> for WriteTxnMarkersResponse<'a> {
    const API: ApiKey = ApiKey::WriteTxnMarkers;
}

/// WritableTxnMarkerResult of a [`WriteTxnMarkersResponse`].
#[derive(Debug, Clone, PartialEq, Default)]
pub struct WritableTxnMarkerResult<'a> {
    /// `ProducerId`, all versions.
    pub producer_id: i64,
    /// `Topics`, all versions.
    pub topics: Vec<WritableTxnMarkerTopicResult<'a>>,
}

impl<'a> WritableTxnMarkerResult<'a> {
    fn read<S: Source<'a>>(source: &mut S, version: i16) -> Result<Self, WireError> {
        let producer_id = source.i64()?;
        let topics = source.array(true, 3, |source| WritableTxnMarkerTopicResult::read(source, version))?;
        const TAGS: &[u32] = &[];
        for index in 0..source.tag_count(TAGS)? {
            source.tag(index, TAGS)?;
            source.skip_tagged()?;
        }
        Ok(Self { producer_id, topics })
    }

    fn write<S: Sink<'a>>(&self, sink: &mut S, version: i16) -> Result<(), WireError> {
        sink.i64(self.producer_id);
        sink.array(true, &self.topics, |sink, element| element.write(sink, version))?;
        sink.varint(0);
        Ok(())
    }
}

/// WritableTxnMarkerTopicResult of a [`WriteTxnMarkersResponse`].
#[derive(Debug, Clone, PartialEq, Default)]
pub struct WritableTxnMarkerTopicResult<'a> {
    /// `Name`, all versions.
    pub name: &'a str,
    /// `Partitions`, all versions.
    pub partitions: Vec<WritableTxnMarkerPartitionResult>,
}

impl<'a> WritableTxnMarkerTopicResult<'a> {
    fn read<S: Source<'a>>(source: &mut S, version: i16) -> Result<Self, WireError> {
        let name = source.string(true)?;
        let partitions =
            source.array(true, 7, |source| WritableTxnMarkerPartitionResult::read(source, version))?;
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

/// WritableTxnMarkerPartitionResult of a [`WriteTxnMarkersResponse`].
#[derive(Debug, Clone, PartialEq, Default)]
pub struct WritableTxnMarkerPartitionResult {
    /// `PartitionIndex`, all versions.
    pub partition_index: i32,
    /// `ErrorCode`, all versions.
    pub error_code: i16,
}

impl WritableTxnMarkerPartitionResult {
    fn read<'a, S: Source<'a>>(source: &mut S, _version: i16) -> Result<Self, WireError> {
        let partition_index = source.i32()?;
        let error_code = source.i16()?;
        const TAGS: &[u32] = &[];
        for index in 0..source.tag_count(TAGS)? {
            source.tag(index, TAGS)?;
            source.skip_tagged()?;
        }
        Ok(Self { partition_index, error_code })
    }

    fn write<'a, S: Sink<'a>>(&self, sink: &mut S, _version: i16) -> Result<(), WireError> {
        sink.i32(self.partition_index);
        sink.i16(self.error_code);
        sink.varint(0);
        Ok(())
    }
}

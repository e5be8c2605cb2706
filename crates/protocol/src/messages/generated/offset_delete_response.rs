// @generated from the message definitions in kafka-clients 4.3.1 by `cargo xtask generate`: do not edit.
//! OffsetDeleteResponse: API key 47, version 0, none flexible.

use std::ops::RangeInclusive;

use crate::messages::ApiKey;
use crate::wire::{Message, Response, Sink, Source, WireError, check_version};

/// OffsetDeleteResponse, version 0.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct OffsetDeleteResponse<'a> {
    /// `ErrorCode`, all versions.
    pub error_code: i16,
    /// `ThrottleTimeMs`, all versions.
    pub throttle_time_ms: i32,
    /// `Topics`, all versions.
    pub topics: Vec<OffsetDeleteResponseTopic<'a>>,
}

impl<'a> Message<'a> for OffsetDeleteResponse<'a> {
    const NAME: &'static str = "OffsetDeleteResponse";
    const VERSIONS: RangeInclusive<i16> = 0..=0;

    fn read<S: Source<'a>>(source: &mut S, version: i16) -> Result<Self, WireError> {
        check_version::<Self>(version)?;
        let error_code = source.i16()?;
        let throttle_time_ms = source.i32()?;
        let topics = source.array(false, 6, |source| OffsetDeleteResponseTopic::read(source, version))?;
        Ok(Self { error_code, throttle_time_ms, topics })
    }

    fn write<S: Sink<'a>>(&self, sink: &mut S, version: i16) -> Result<(), WireError> {
        check_version::<Self>(version)?;
        sink.i16(self.error_code);
        sink.i32(self.throttle_time_ms);
        sink.array(false, &self.topics, |sink, element| element.write(sink, version))?;
        Ok(())
    }
}

impl<'a> Response<'a> for OffsetDeleteResponse<'a> {
    const API: ApiKey = ApiKey::OffsetDelete;
}

/// OffsetDeleteResponseTopic of a [`OffsetDeleteResponse`].
#[derive(Debug, Clone, PartialEq, Default)]
pub struct OffsetDeleteResponseTopic<'a> {
    /// `Name`, all versions.
    pub name: &'a str,
    /// `Partitions`, all versions.
    pub partitions: Vec<OffsetDeleteResponsePartition>,
}

impl<'a> OffsetDeleteResponseTopic<'a> {
    fn read<S: Source<'a>>(source: &mut S, version: i16) -> Result<Self, WireError> {
        let name = source.string(false)?;
        let partitions =
            source.array(false, 6, |source| OffsetDeleteResponsePartition::read(source, version))?;
        Ok(Self { name, partitions })
    }

    fn write<S: Sink<'a>>(&self, sink: &mut S, version: i16) -> Result<(), WireError> {
        sink.string(false, self.name)?;
        sink.array(false, &self.partitions, |sink, element| element.write(sink, version))?;
        Ok(())
    }
}

/// OffsetDeleteResponsePartition of a [`OffsetDeleteResponse`].
#[derive(Debug, Clone, PartialEq, Default)]
pub struct OffsetDeleteResponsePartition {
    /// `PartitionIndex`, all versions.
    pub partition_index: i32,
    /// `ErrorCode`, all versions.
    pub error_code: i16,
}

impl OffsetDeleteResponsePartition {
    fn read<'a, S: Source<'a>>(source: &mut S, _version: i16) -> Result<Self, WireError> {
        let partition_index = source.i32()?;
        let error_code = source.i16()?;
        Ok(Self { partition_index, error_code })
    }

    fn write<'a, S: Sink<'a>>(&self, sink: &mut S, _version: i16) -> Result<(), WireError> {
        sink.i32(self.partition_index);
        sink.i16(self.error_code);
        Ok(())
    }
}

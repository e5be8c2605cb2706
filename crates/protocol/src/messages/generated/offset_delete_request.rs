// @generated from the message definitions in kafka-clients 4.3.1 by `cargo xtask generate`: do not edit.
//! OffsetDeleteRequest: API key 47, version 0, none flexible.

use std::ops::RangeInclusive;

use crate::messages::ApiKey;
use crate::wire::{Message, Request, Sink, Source, WireError, check_version};

/// OffsetDeleteRequest, version 0.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct OffsetDeleteRequest<'a> {
    /// `GroupId`, all versions.
    pub group_id: &'a str,
    /// `Topics`, all versions.
    pub topics: Vec<OffsetDeleteRequestTopic<'a>>,
}

impl<'a> Message<'a> for OffsetDeleteRequest<'a> {
    const NAME: &'static str = "OffsetDeleteRequest";
    const VERSIONS: RangeInclusive<i16> = 0..=0;

    fn read<S: Source<'a>>(source: &mut S, version: i16) -> Result<Self, WireError> {
        check_version::<Self>(version)?;
        let group_id = source.string(false)?;
        let topics = source.array(false, 6, |source| OffsetDeleteRequestTopic::read(source, version))?;
        Ok(Self { group_id, topics })
    }

    fn write<S: Sink<'a>>(&self, sink: &mut S, version: i16) -> Result<(), WireError> {
        check_version::<Self>(version)?;
        sink.string(false, self.group_id)?;
        sink.array(false, &self.topics, |sink, element| element.write(sink, version))?;
        Ok(())
    }
}

impl<'a> Request<'a> for OffsetDeleteRequest<'a> {
    const API: ApiKey = ApiKey::OffsetDelete;
    type Response = super::OffsetDeleteResponse<'a>;
}

/// OffsetDeleteRequestTopic of a [`OffsetDeleteRequest`].
#[derive(Debug, Clone, PartialEq, Default)]
pub struct OffsetDeleteRequestTopic<'a> {
    /// `Name`, all versions.
    pub name: &'a str,
    /// `Partitions`, all versions.
    pub partitions: Vec<OffsetDeleteRequestPartition>,
}

impl<'a> OffsetDeleteRequestTopic<'a> {
    fn read<S: Source<'a>>(source: &mut S, version: i16) -> Result<Self, WireError> {
        let name = source.string(false)?;
        let partitions =
            source.array(false, 4, |source| OffsetDeleteRequestPartition::read(source, version))?;
        Ok(Self { name, partitions })
    }

    fn write<S: Sink<'a>>(&self, sink: &mut S, version: i16) -> Result<(), WireError> {
        sink.string(false, self.name)?;
        sink.array(false, &self.partitions, |sink, element| element.write(sink, version))?;
        Ok(())
    }
}

/// OffsetDeleteRequestPartition of a [`OffsetDeleteRequest`].
#[derive(Debug, Clone, PartialEq, Default)]
pub struct OffsetDeleteRequestPartition {
    /// `PartitionIndex`, all versions.
    pub partition_index: i32,
}

impl OffsetDeleteRequestPartition {
    fn read<'a, S: Source<'a>>(source: &mut S, _version: i16) -> Result<Self, WireError> {
        let partition_index = source.i32()?;
        Ok(Self { partition_index })
    }

    fn write<'a, S: Sink<'a>>(&self, sink: &mut S, _version: i16) -> Result<(), WireError> {
        sink.i32(self.partition_index);
        Ok(())
    }
}

// @generated from the message definitions in kafka-clients 4.3.1 by `cargo xtask generate`: do not edit.
//! DeleteRecordsRequest: API key 21, versions 0 to 2, flexible since v2.

use std::ops::RangeInclusive;

use crate::messages::ApiKey;
use crate::wire::{Message, Request, Sink, Source, WireError, check_version};

/// DeleteRecordsRequest, versions 0 to 2.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct DeleteRecordsRequest<'a> {
    /// `Topics`, all versions.
    pub topics: Vec<DeleteRecordsTopic<'a>>,
    /// `TimeoutMs`, all versions.
    pub timeout_ms: i32,
}

impl<'a> Message<'a> for DeleteRecordsRequest<'a> {
    const NAME: &'static str = "DeleteRecordsRequest";
    const VERSIONS: RangeInclusive<i16> = 0..=2;

    fn read<S: Source<'a>>(source: &mut S, version: i16) -> Result<Self, WireError> {
        check_version::<Self>(version)?;
        let flexible = version >= 2;
        let topics = source.array(flexible, 3, |source| DeleteRecordsTopic::read(source, version))?;
        let timeout_ms = source.i32()?;
        if flexible {
            const TAGS: &[u32] = &[];
            for index in 0..source.tag_count(TAGS)? {
                source.tag(index, TAGS)?;
                source.skip_tagged()?;
            }
        }
        Ok(Self { topics, timeout_ms })
    }

    fn write<S: Sink<'a>>(&self, sink: &mut S, version: i16) -> Result<(), WireError> {
        check_version::<Self>(version)?;
        let flexible = version >= 2;
        sink.array(flexible, &self.topics, |sink, element| element.write(sink, version))?;
        sink.i32(self.timeout_ms);
        if flexible {
            sink.varint(0);
        }
        Ok(())
    }
}

impl<'a> Request<'a> for DeleteRecordsRequest<'a> {
    const API: ApiKey = ApiKey::DeleteRecords;
    type Response = super::DeleteRecordsResponse<'a>;
}

/// DeleteRecordsTopic of a [`DeleteRecordsRequest`].
#[derive(Debug, Clone, PartialEq, Default)]
pub struct DeleteRecordsTopic<'a> {
    /// `Name`, all versions.
    pub name: &'a str,
    /// `Partitions`, all versions.
    pub partitions: Vec<DeleteRecordsPartition>,
}

impl<'a> DeleteRecordsTopic<'a> {
    fn read<S: Source<'a>>(source: &mut S, version: i16) -> Result<Self, WireError> {
        let flexible = version >= 2;
        let name = source.string(flexible)?;
        let partitions =
            source.array(flexible, 12, |source| DeleteRecordsPartition::read(source, version))?;
        if flexible {
            const TAGS: &[u32] = &[];
            for index in 0..source.tag_count(TAGS)? {
                source.tag(index, TAGS)?;
                source.skip_tagged()?;
            }
        }
        Ok(Self { name, partitions })
    }

    fn write<S: Sink<'a>>(&self, sink: &mut S, version: i16) -> Result<(), WireError> {
        let flexible = version >= 2;
        sink.string(flexible, self.name)?;
        sink.array(flexible, &self.partitions, |sink, element| element.write(sink, version))?;
        if flexible {
            sink.varint(0);
        }
        Ok(())
    }
}

/// DeleteRecordsPartition of a [`DeleteRecordsRequest`].
#[derive(Debug, Clone, PartialEq, Default)]
pub struct DeleteRecordsPartition {
    /// `PartitionIndex`, all versions.
    pub partition_index: i32,
    /// `Offset`, all versions.
    pub offset: i64,
}

impl DeleteRecordsPartition {
    fn read<'a, S: Source<'a>>(source: &mut S, version: i16) -> Result<Self, WireError> {
        let flexible = version >= 2;
        let partition_index = source.i32()?;
        let offset = source.i64()?;
        if flexible {
            const TAGS: &[u32] = &[];
            for index in 0..source.tag_count(TAGS)? {
                source.tag(index, TAGS)?;
                source.skip_tagged()?;
            }
        }
        Ok(Self { partition_index, offset })
    }

    fn write<'a, S: Sink<'a>>(&self, sink: &mut S, version: i16) -> Result<(), WireError> {
        let flexible = version >= 2;
        sink.i32(self.partition_index);
        sink.i64(self.offset);
        if flexible {
            sink.varint(0);
        }
        Ok(())
    }
}

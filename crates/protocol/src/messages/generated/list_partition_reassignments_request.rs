// @generated from the message definitions in kafka-clients 4.3.1 by `cargo xtask generate`: do not edit.
//! ListPartitionReassignmentsRequest: API key 46, version 0, all flexible.

use std::ops::RangeInclusive;

use crate::messages::ApiKey;
use crate::wire::{Message, Request, Sink, Source, WireError, check_version};

/// ListPartitionReassignmentsRequest, version 0.
#[derive(Debug, Clone, PartialEq)]
pub struct ListPartitionReassignmentsRequest<'a> {
    /// `TimeoutMs`, all versions, default `60000`.
    pub timeout_ms: i32,
    /// `Topics`, all versions, can be null.
    pub topics: Option<Vec<ListPartitionReassignmentsTopics<'a>>>,
}

impl Default for ListPartitionReassignmentsRequest<'_> {
    fn default() -> Self {
        Self { timeout_ms: 60000, topics: None }
    }
}

impl<'a> Message<'a> for ListPartitionReassignmentsRequest<'a> {
    const NAME: &'static str = "ListPartitionReassignmentsRequest";
    const VERSIONS: RangeInclusive<i16> = 0..=0;

    fn read<S: Source<'a>>(source: &mut S, version: i16) -> Result<Self, WireError> {
        check_version::<Self>(version)?;
        let timeout_ms = source.i32()?;
        let topics = source
            .nullable_array(true, 3, |source| ListPartitionReassignmentsTopics::read(source, version))?;
        const TAGS: &[u32] = &[];
        for index in 0..source.tag_count(TAGS)? {
            source.tag(index, TAGS)?;
            source.skip_tagged()?;
        }
        Ok(Self { timeout_ms, topics })
    }

    fn write<S: Sink<'a>>(&self, sink: &mut S, version: i16) -> Result<(), WireError> {
        check_version::<Self>(version)?;
        sink.i32(self.timeout_ms);
        sink.nullable_array(true, self.topics.as_deref(), |sink, element| element.write(sink, version))?;
        sink.varint(0);
        Ok(())
    }
}

impl<'a> Request<'a> for ListPartitionReassignmentsRequest<'a> {
    const API: ApiKey = ApiKey::ListPartitionReassignments;
    type Response = super::ListPartitionReassignmentsResponse<'a>;
}

/// ListPartitionReassignmentsTopics of a [`ListPartitionReassignmentsRequest`].
#[derive(Debug, Clone, PartialEq, Default)]
pub struct ListPartitionReassignmentsTopics<'a> {
    /// `Name`, all versions.
    pub name: &'a str,
    /// `PartitionIndexes`, all versions.
    pub partition_indexes: Vec<i32>,
}

impl<'a> ListPartitionReassignmentsTopics<'a> {
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

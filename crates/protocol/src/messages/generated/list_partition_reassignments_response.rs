// @generated from the message definitions in kafka-clients 4.3.1 by `cargo xtask generate`: do not edit.
//! ListPartitionReassignmentsResponse: API key 46, version 0, all flexible.

use std::ops::RangeInclusive;

use crate::messages::ApiKey;
use crate::wire::{Message, Response, Sink, Source, WireError, check_version};

/// ListPartitionReassignmentsResponse, version 0.
#[derive(Debug, Clone, PartialEq)]
pub struct ListPartitionReassignmentsResponse<'a> {
    /// `ThrottleTimeMs`, all versions.
    pub throttle_time_ms: i32,
    /// `ErrorCode`, all versions.
    pub error_code: i16,
    /// `ErrorMessage`, all versions, can be null.
    pub error_message: Option<&'a str>,
    /// `Topics`, all versions.
    pub topics: Vec<OngoingTopicReassignment<'a>>,
}

impl Default for ListPartitionReassignmentsResponse<'_> {
    fn default() -> Self {
        Self { throttle_time_ms: 0, error_code: 0, error_message: Some(""), topics: Vec::new() }
    }
}

impl<'a> Message<'a> for ListPartitionReassignmentsResponse<'a> {
    const NAME: &'static str = "ListPartitionReassignmentsResponse";
    const VERSIONS: RangeInclusive<i16> = 0..=0;

    fn read<S: Source<'a>>(source: &mut S, version: i16) -> Result<Self, WireError> {
        check_version::<Self>(version)?;
        let throttle_time_ms = source.i32()?;
        let error_code = source.i16()?;
        let error_message = source.nullable_string(true)?;
        let topics = source.array(true, 3, |source| OngoingTopicReassignment::read(source, version))?;
        const TAGS: &[u32] = &[];
        for index in 0..source.tag_count(TAGS)? {
            source.tag(index, TAGS)?;
            source.skip_tagged()?;
        }
        Ok(Self { throttle_time_ms, error_code, error_message, topics })
    }

    fn write<S: Sink<'a>>(&self, sink: &mut S, version: i16) -> Result<(), WireError> {
        check_version::<Self>(version)?;
        sink.i32(self.throttle_time_ms);
        sink.i16(self.error_code);
        sink.nullable_string(true, self.error_message)?;
        sink.array(true, &self.topics, |sink, element| element.write(sink, version))?;
        sink.varint(0);
        Ok(())
    }
}

impl<'a> Response<'a> for ListPartitionReassignmentsResponse<'a> {
    const API: ApiKey = ApiKey::ListPartitionReassignments;
}

/// OngoingTopicReassignment of a [`ListPartitionReassignmentsResponse`].
#[derive(Debug, Clone, PartialEq, Default)]
pub struct OngoingTopicReassignment<'a> {
    /// `Name`, all versions.
    pub name: &'a str,
    /// `Partitions`, all versions.
    pub partitions: Vec<OngoingPartitionReassignment>,
}

impl<'a> OngoingTopicReassignment<'a> {
    fn read<S: Source<'a>>(source: &mut S, version: i16) -> Result<Self, WireError> {
        let name = source.string(true)?;
        let partitions =
            source.array(true, 8, |source| OngoingPartitionReassignment::read(source, version))?;
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

/// OngoingPartitionReassignment of a [`ListPartitionReassignmentsResponse`].
#[derive(Debug, Clone, PartialEq, Default)]
pub struct OngoingPartitionReassignment {
    /// `PartitionIndex`, all versions.
    pub partition_index: i32,
    /// `Replicas`, all versions.
    pub replicas: Vec<i32>,
    /// `AddingReplicas`, all versions.
    pub adding_replicas: Vec<i32>,
    /// `RemovingReplicas`, all versions.
    pub removing_replicas: Vec<i32>,
}

impl OngoingPartitionReassignment {
    fn read<'a, S: Source<'a>>(source: &mut S, _version: i16) -> Result<Self, WireError> {
        let partition_index = source.i32()?;
        let replicas = source.array(true, 4, |source| source.i32())?;
        let adding_replicas = source.array(true, 4, |source| source.i32())?;
        let removing_replicas = source.array(true, 4, |source| source.i32())?;
        const TAGS: &[u32] = &[];
        for index in 0..source.tag_count(TAGS)? {
            source.tag(index, TAGS)?;
            source.skip_tagged()?;
        }
        Ok(Self { partition_index, replicas, adding_replicas, removing_replicas })
    }

    fn write<'a, S: Sink<'a>>(&self, sink: &mut S, _version: i16) -> Result<(), WireError> {
        sink.i32(self.partition_index);
        sink.array(true, &self.replicas, |sink, element| {
            sink.i32(*element);
            Ok(())
        })?;
        sink.array(true, &self.adding_replicas, |sink, element| {
            sink.i32(*element);
            Ok(())
        })?;
        sink.array(true, &self.removing_replicas, |sink, element| {
            sink.i32(*element);
            Ok(())
        })?;
        sink.varint(0);
        Ok(())
    }
}

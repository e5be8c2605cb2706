// @generated from the message definitions in kafka-clients 4.3.1 by `cargo xtask generate`: do not edit.
//! AlterPartitionReassignmentsResponse: API key 45, versions 0 to 1, all flexible.

use std::ops::RangeInclusive;

use crate::messages::ApiKey;
use crate::wire::{Message, Response, Sink, Source, WireError, check_version};

/// AlterPartitionReassignmentsResponse, versions 0 to 1.
#[derive(Debug, Clone, PartialEq)]
pub struct AlterPartitionReassignmentsResponse<'a> {
    /// `ThrottleTimeMs`, all versions.
    pub throttle_time_ms: i32,
    /// `AllowReplicationFactorChange`, v1 and later, default `true`.
    pub allow_replication_factor_change: bool,
    /// `ErrorCode`, all versions.
    pub error_code: i16,
    /// `ErrorMessage`, all versions, can be null.
    pub error_message: Option<&'a str>,
    /// `Responses`, all versions.
    pub responses: Vec<ReassignableTopicResponse<'a>>,
}

impl Default for AlterPartitionReassignmentsResponse<'_> {
    fn default() -> Self {
        Self {
            throttle_time_ms: 0,
            allow_replication_factor_change: true,
            error_code: 0,
            error_message: Some(""),
            responses: Vec::new(),
        }
    }
}

impl<'a> Message<'a> for AlterPartitionReassignmentsResponse<'a> {
    const NAME: &'static str = "AlterPartitionReassignmentsResponse";
    const VERSIONS: RangeInclusive<i16> = 0..=1;

    fn read<S: Source<'a>>(source: &mut S, version: i16) -> Result<Self, WireError> {
        check_version::<Self>(version)?;
        let throttle_time_ms = source.i32()?;
        let allow_replication_factor_change = if version >= 1 { source.bool()? } else { true };
        let error_code = source.i16()?;
        let error_message = source.nullable_string(true)?;
        let responses = source.array(true, 3, |source| ReassignableTopicResponse::read(source, version))?;
        const TAGS: &[u32] = &[];
        for index in 0..source.tag_count(TAGS)? {
            source.tag(index, TAGS)?;
            source.skip_tagged()?;
        }
        Ok(Self { throttle_time_ms, allow_replication_factor_change, error_code, error_message, responses })
    }

    fn write<S: Sink<'a>>(&self, sink: &mut S, version: i16) -> Result<(), WireError> {
        check_version::<Self>(version)?;
        sink.i32(self.throttle_time_ms);
        if version >= 1 {
            sink.bool(self.allow_replication_factor_change);
        }
        sink.i16(self.error_code);
        sink.nullable_string(true, self.error_message)?;
        sink.array(true, &self.responses, |sink, element| element.write(sink, version))?;
        sink.varint(0);
        Ok(())
    }
}

impl<'a> Response<'a> for AlterPartitionReassignmentsResponse<'a> {
    const API: ApiKey = ApiKey::AlterPartitionReassignments;
}

/// ReassignableTopicResponse of a [`AlterPartitionReassignmentsResponse`].
#[derive(Debug, Clone, PartialEq, Default)]
pub struct ReassignableTopicResponse<'a> {
    /// `Name`, all versions.
    pub name: &'a str,
    /// `Partitions`, all versions.
    pub partitions: Vec<ReassignablePartitionResponse<'a>>,
}

impl<'a> ReassignableTopicResponse<'a> {
    fn read<S: Source<'a>>(source: &mut S, version: i16) -> Result<Self, WireError> {
        let name = source.string(true)?;
        let partitions =
            source.array(true, 8, |source| ReassignablePartitionResponse::read(source, version))?;
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

/// ReassignablePartitionResponse of a [`AlterPartitionReassignmentsResponse`].
#[derive(Debug, Clone, PartialEq)]
pub struct ReassignablePartitionResponse<'a> {
    /// `PartitionIndex`, all versions.
    pub partition_index: i32,
    /// `ErrorCode`, all versions.
    pub error_code: i16,
    /// `ErrorMessage`, all versions, can be null.
    pub error_message: Option<&'a str>,
}

impl Default for ReassignablePartitionResponse<'_> {
    fn default() -> Self {
        Self { partition_index: 0, error_code: 0, error_message: Some("") }
    }
}

impl<'a> ReassignablePartitionResponse<'a> {
    fn read<S: Source<'a>>(source: &mut S, _version: i16) -> Result<Self, WireError> {
        let partition_index = source.i32()?;
        let error_code = source.i16()?;
        let error_message = source.nullable_string(true)?;
        const TAGS: &[u32] = &[];
        for index in 0..source.tag_count(TAGS)? {
            source.tag(index, TAGS)?;
            source.skip_tagged()?;
        }
        Ok(Self { partition_index, error_code, error_message })
    }

    fn write<S: Sink<'a>>(&self, sink: &mut S, _version: i16) -> Result<(), WireError> {
        sink.i32(self.partition_index);
        sink.i16(self.error_code);
        sink.nullable_string(true, self.error_message)?;
        sink.varint(0);
        Ok(())
    }
}

// @generated from the message definitions in kafka-clients 4.3.1 by `cargo xtask generate`: do not edit.
//! CreatePartitionsRequest: API key 37, versions 0 to 3, flexible since v2.

use std::ops::RangeInclusive;

use crate::messages::ApiKey;
use crate::wire::{Message, Request, Sink, Source, WireError, check_version};

/// CreatePartitionsRequest, versions 0 to 3.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct CreatePartitionsRequest<'a> {
    /// `Topics`, all versions.
    pub topics: Vec<CreatePartitionsTopic<'a>>,
    /// `TimeoutMs`, all versions.
    pub timeout_ms: i32,
    /// `ValidateOnly`, all versions.
    pub validate_only: bool,
}

impl<'a> Message<'a> for CreatePartitionsRequest<'a> {
    const NAME: &'static str = "CreatePartitionsRequest";
    const VERSIONS: RangeInclusive<i16> = 0..=3;

    fn read<S: Source<'a>>(source: &mut S, version: i16) -> Result<Self, WireError> {
        check_version::<Self>(version)?;
        let flexible = version >= 2;
        let topics = source.array(flexible, 7, |source| CreatePartitionsTopic::read(source, version))?;
        let timeout_ms = source.i32()?;
        let validate_only = source.bool()?;
        if flexible {
            const TAGS: &[u32] = &[];
            for index in 0..source.tag_count(TAGS)? {
                source.tag(index, TAGS)?;
                source.skip_tagged()?;
            }
        }
        Ok(Self { topics, timeout_ms, validate_only })
    }

    fn write<S: Sink<'a>>(&self, sink: &mut S, version: i16) -> Result<(), WireError> {
        check_version::<Self>(version)?;
        let flexible = version >= 2;
        sink.array(flexible, &self.topics, |sink, element| element.write(sink, version))?;
        sink.i32(self.timeout_ms);
        sink.bool(self.validate_only);
        if flexible {
            sink.varint(0);
        }
        Ok(())
    }
}

impl<'a> Request<'a> for CreatePartitionsRequest<'a> {
    const API: ApiKey = ApiKey::CreatePartitions;
    type Response = super::CreatePartitionsResponse<'a>;
}

/// CreatePartitionsTopic of a [`CreatePartitionsRequest`].
#[derive(Debug, Clone, PartialEq)]
pub struct CreatePartitionsTopic<'a> {
    /// `Name`, all versions.
    pub name: &'a str,
    /// `Count`, all versions.
    pub count: i32,
    /// `Assignments`, all versions, can be null.
    pub assignments: Option<Vec<CreatePartitionsAssignment>>,
}

impl Default for CreatePartitionsTopic<'_> {
    fn default() -> Self {
        Self { name: "", count: 0, assignments: Some(Vec::new()) }
    }
}

impl<'a> CreatePartitionsTopic<'a> {
    fn read<S: Source<'a>>(source: &mut S, version: i16) -> Result<Self, WireError> {
        let flexible = version >= 2;
        let name = source.string(flexible)?;
        let count = source.i32()?;
        let assignments =
            source.nullable_array(flexible, 2, |source| CreatePartitionsAssignment::read(source, version))?;
        if flexible {
            const TAGS: &[u32] = &[];
            for index in 0..source.tag_count(TAGS)? {
                source.tag(index, TAGS)?;
                source.skip_tagged()?;
            }
        }
        Ok(Self { name, count, assignments })
    }

    fn write<S: Sink<'a>>(&self, sink: &mut S, version: i16) -> Result<(), WireError> {
        let flexible = version >= 2;
        sink.string(flexible, self.name)?;
        sink.i32(self.count);
        sink.nullable_array(flexible, self.assignments.as_deref(), |sink, element| {
            element.write(sink, version)
        })?;
        if flexible {
            sink.varint(0);
        }
        Ok(())
    }
}

/// CreatePartitionsAssignment of a [`CreatePartitionsRequest`].
#[derive(Debug, Clone, PartialEq, Default)]
pub struct CreatePartitionsAssignment {
    /// `BrokerIds`, all versions.
    pub broker_ids: Vec<i32>,
}

impl CreatePartitionsAssignment {
    fn read<'a, S: Source<'a>>(source: &mut S, version: i16) -> Result<Self, WireError> {
        let flexible = version >= 2;
        let broker_ids = source.array(flexible, 4, |source| source.i32())?;
        if flexible {
            const TAGS: &[u32] = &[];
            for index in 0..source.tag_count(TAGS)? {
                source.tag(index, TAGS)?;
                source.skip_tagged()?;
            }
        }
        Ok(Self { broker_ids })
    }

    fn write<'a, S: Sink<'a>>(&self, sink: &mut S, version: i16) -> Result<(), WireError> {
        let flexible = version >= 2;
        sink.array(flexible, &self.broker_ids, |sink, element| {
            sink.i32(*element);
            Ok(())
        })?;
        if flexible {
            sink.varint(0);
        }
        Ok(())
    }
}

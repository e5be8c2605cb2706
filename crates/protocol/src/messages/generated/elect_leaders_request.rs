// @generated from the message definitions in kafka-clients 4.3.1 by `cargo xtask generate`: do not edit.
//! ElectLeadersRequest: API key 43, versions 0 to 2, flexible since v2.

use std::ops::RangeInclusive;

use crate::messages::ApiKey;
use crate::wire::{Message, Request, Sink, Source, WireError, check_version, not_in_version};

/// ElectLeadersRequest, versions 0 to 2.
#[derive(Debug, Clone, PartialEq)]
pub struct ElectLeadersRequest<'a> {
    /// `ElectionType`, v1 and later.
    pub election_type: i8,
    /// `TopicPartitions`, all versions, can be null.
    pub topic_partitions: Option<Vec<TopicPartitions<'a>>>,
    /// `TimeoutMs`, all versions, default `60000`.
    pub timeout_ms: i32,
}

impl Default for ElectLeadersRequest<'_> {
    fn default() -> Self {
        Self { election_type: 0, topic_partitions: Some(Vec::new()), timeout_ms: 60000 }
    }
}

impl<'a> Message<'a> for ElectLeadersRequest<'a> {
    const NAME: &'static str = "ElectLeadersRequest";
    const VERSIONS: RangeInclusive<i16> = 0..=2;

    fn read<S: Source<'a>>(source: &mut S, version: i16) -> Result<Self, WireError> {
        check_version::<Self>(version)?;
        let flexible = version >= 2;
        let election_type = if version >= 1 { source.i8()? } else { 0 };
        let topic_partitions =
            source.nullable_array(flexible, 3, |source| TopicPartitions::read(source, version))?;
        let timeout_ms = source.i32()?;
        if flexible {
            const TAGS: &[u32] = &[];
            for index in 0..source.tag_count(TAGS)? {
                source.tag(index, TAGS)?;
                source.skip_tagged()?;
            }
        }
        Ok(Self { election_type, topic_partitions, timeout_ms })
    }

    fn write<S: Sink<'a>>(&self, sink: &mut S, version: i16) -> Result<(), WireError> {
        check_version::<Self>(version)?;
        let flexible = version >= 2;
        if version >= 1 {
            sink.i8(self.election_type);
        } else if self.election_type != 0 {
            return Err(not_in_version("ElectLeadersRequest", "election_type", version));
        }
        sink.nullable_array(flexible, self.topic_partitions.as_deref(), |sink, element| {
            element.write(sink, version)
        })?;
        sink.i32(self.timeout_ms);
        if flexible {
            sink.varint(0);
        }
        Ok(())
    }
}

impl<'a> Request<'a> for ElectLeadersRequest<'a> {
    const API: ApiKey = ApiKey::ElectLeaders;
    type Response = super::ElectLeadersResponse<'a>;
}

/// TopicPartitions of a [`ElectLeadersRequest`].
#[derive(Debug, Clone, PartialEq, Default)]
pub struct TopicPartitions<'a> {
    /// `Topic`, all versions.
    pub topic: &'a str,
    /// `Partitions`, all versions.
    pub partitions: Vec<i32>,
}

impl<'a> TopicPartitions<'a> {
    fn read<S: Source<'a>>(source: &mut S, version: i16) -> Result<Self, WireError> {
        let flexible = version >= 2;
        let topic = source.string(flexible)?;
        let partitions = source.array(flexible, 4, |source| source.i32())?;
        if flexible {
            const TAGS: &[u32] = &[];
            for index in 0..source.tag_count(TAGS)? {
                source.tag(index, TAGS)?;
                source.skip_tagged()?;
            }
        }
        Ok(Self { topic, partitions })
    }

    fn write<S: Sink<'a>>(&self, sink: &mut S, version: i16) -> Result<(), WireError> {
        let flexible = version >= 2;
        sink.string(flexible, self.topic)?;
        sink.array(flexible, &self.partitions, |sink, element| {
            sink.i32(*element);
            Ok(())
        })?;
        if flexible {
            sink.varint(0);
        }
        Ok(())
    }
}

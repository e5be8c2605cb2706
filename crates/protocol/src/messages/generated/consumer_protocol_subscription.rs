// @generated from the message definitions in kafka-clients 4.3.1 by `cargo xtask generate`: do not edit.
//! ConsumerProtocolSubscription: versions 0 to 3, none flexible.

use std::ops::RangeInclusive;

use crate::wire::{Message, Sink, Source, WireError, check_version, not_in_version};

/// ConsumerProtocolSubscription, versions 0 to 3.
#[derive(Debug, Clone, PartialEq)]
pub struct ConsumerProtocolSubscription<'a> {
    /// `Topics`, all versions.
    pub topics: Vec<&'a str>,
    /// `UserData`, all versions, can be null.
    pub user_data: Option<&'a [u8]>,
    /// `OwnedPartitions`, v1 and later.
    pub owned_partitions: Vec<TopicPartition<'a>>,
    /// `GenerationId`, v2 and later, default `-1`.
    pub generation_id: i32,
    /// `RackId`, v3 and later, can be null.
    pub rack_id: Option<&'a str>,
}

impl Default for ConsumerProtocolSubscription<'_> {
    fn default() -> Self {
        Self {
            topics: Vec::new(),
            user_data: None,
            owned_partitions: Vec::new(),
            generation_id: -1,
            rack_id: None,
        }
    }
}

impl<'a> Message<'a> for ConsumerProtocolSubscription<'a> {
    const NAME: &'static str = "ConsumerProtocolSubscription";
    const VERSIONS: RangeInclusive<i16> = 0..=3;

    fn read<S: Source<'a>>(source: &mut S, version: i16) -> Result<Self, WireError> {
        check_version::<Self>(version)?;
        let topics = source.array(false, 2, |source| source.string(false))?;
        let user_data = source.nullable_bytes(false)?;
        let owned_partitions = if version >= 1 {
            source.array(false, 6, |source| TopicPartition::read(source, version))?
        } else {
            Vec::new()
        };
        let generation_id = if version >= 2 { source.i32()? } else { -1 };
        let rack_id = if version >= 3 { source.nullable_string(false)? } else { None };
        Ok(Self { topics, user_data, owned_partitions, generation_id, rack_id })
    }

    fn write<S: Sink<'a>>(&self, sink: &mut S, version: i16) -> Result<(), WireError> {
        check_version::<Self>(version)?;
        sink.array(false, &self.topics, |sink, element| sink.string(false, element))?;
        sink.nullable_bytes(false, self.user_data)?;
        if version >= 1 {
            sink.array(false, &self.owned_partitions, |sink, element| element.write(sink, version))?;
        }
        if version >= 2 {
            sink.i32(self.generation_id);
        }
        if version >= 3 {
            sink.nullable_string(false, self.rack_id)?;
        }
        Ok(())
    }
}

/// TopicPartition of a [`ConsumerProtocolSubscription`].
#[derive(Debug, Clone, PartialEq, Default)]
pub struct TopicPartition<'a> {
    /// `Topic`, v1 and later.
    pub topic: &'a str,
    /// `Partitions`, v1 and later.
    pub partitions: Vec<i32>,
}

impl<'a> TopicPartition<'a> {
    fn read<S: Source<'a>>(source: &mut S, version: i16) -> Result<Self, WireError> {
        let topic = if version >= 1 { source.string(false)? } else { "" };
        let partitions =
            if version >= 1 { source.array(false, 4, |source| source.i32())? } else { Vec::new() };
        Ok(Self { topic, partitions })
    }

    fn write<S: Sink<'a>>(&self, sink: &mut S, version: i16) -> Result<(), WireError> {
        if version >= 1 {
            sink.string(false, self.topic)?;
        } else if !self.topic.is_empty() {
            return Err(not_in_version("TopicPartition", "topic", version));
        }
        if version >= 1 {
            sink.array(false, &self.partitions, |sink, element| {
                sink.i32(*element);
                Ok(())
            })?;
        } else if !self.partitions.is_empty() {
            return Err(not_in_version("TopicPartition", "partitions", version));
        }
        Ok(())
    }
}

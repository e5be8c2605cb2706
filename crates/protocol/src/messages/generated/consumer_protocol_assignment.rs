// @generated from the message definitions in kafka-clients 4.3.1 by `cargo xtask generate`: do not edit.
//! ConsumerProtocolAssignment: versions 0 to 3, none flexible.

use std::ops::RangeInclusive;

use crate::wire::{Message, Sink, Source, WireError, check_version};

/// ConsumerProtocolAssignment, versions 0 to 3.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct ConsumerProtocolAssignment<'a> {
    /// `AssignedPartitions`, all versions.
    pub assigned_partitions: Vec<TopicPartition<'a>>,
    /// `UserData`, all versions, can be null.
    pub user_data: Option<&'a [u8]>,
}

impl<'a> Message<'a> for ConsumerProtocolAssignment<'a> {
    const NAME: &'static str = "ConsumerProtocolAssignment";
    const VERSIONS: RangeInclusive<i16> = 0..=3;

    fn read<S: Source<'a>>(source: &mut S, version: i16) -> Result<Self, WireError> {
        check_version::<Self>(version)?;
        let assigned_partitions = source.array(false, 6, |source| TopicPartition::read(source, version))?;
        let user_data = source.nullable_bytes(false)?;
        Ok(Self { assigned_partitions, user_data })
    }

    fn write<S: Sink<'a>>(&self, sink: &mut S, version: i16) -> Result<(), WireError> {
        check_version::<Self>(version)?;
        sink.array(false, &self.assigned_partitions, |sink, element| element.write(sink, version))?;
        sink.nullable_bytes(false, self.user_data)?;
        Ok(())
    }
}

/// TopicPartition of a [`ConsumerProtocolAssignment`].
#[derive(Debug, Clone, PartialEq, Default)]
pub struct TopicPartition<'a> {
    /// `Topic`, all versions.
    pub topic: &'a str,
    /// `Partitions`, all versions.
    pub partitions: Vec<i32>,
}

impl<'a> TopicPartition<'a> {
    fn read<S: Source<'a>>(source: &mut S, _version: i16) -> Result<Self, WireError> {
        let topic = source.string(false)?;
        let partitions = source.array(false, 4, |source| source.i32())?;
        Ok(Self { topic, partitions })
    }

    fn write<S: Sink<'a>>(&self, sink: &mut S, _version: i16) -> Result<(), WireError> {
        sink.string(false, self.topic)?;
        sink.array(false, &self.partitions, |sink, element| {
            sink.i32(*element);
            Ok(())
        })?;
        Ok(())
    }
}

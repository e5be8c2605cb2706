// @generated from the message definitions in kafka-clients 4.3.1 by `cargo xtask generate`: do not edit.
//! ConsumerGroupCurrentMemberAssignmentValue: version 0, all flexible.

use std::ops::RangeInclusive;
use uuid::Uuid;

use crate::wire::{Counter, Message, Sink, Source, WireError, check_version};

/// ConsumerGroupCurrentMemberAssignmentValue, version 0.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct ConsumerGroupCurrentMemberAssignmentValue {
    /// `MemberEpoch`, all versions.
    pub member_epoch: i32,
    /// `PreviousMemberEpoch`, all versions.
    pub previous_member_epoch: i32,
    /// `State`, all versions.
    pub state: i8,
    /// `AssignedPartitions`, all versions.
    pub assigned_partitions: Vec<TopicPartitions>,
    /// `PartitionsPendingRevocation`, all versions.
    pub partitions_pending_revocation: Vec<TopicPartitions>,
}

impl<'a> Message<'a> for ConsumerGroupCurrentMemberAssignmentValue {
    const NAME: &'static str = "ConsumerGroupCurrentMemberAssignmentValue";
    const VERSIONS: RangeInclusive<i16> = 0..=0;

    fn read<S: Source<'a>>(source: &mut S, version: i16) -> Result<Self, WireError> {
        check_version::<Self>(version)?;
        let member_epoch = source.i32()?;
        let previous_member_epoch = source.i32()?;
        let state = source.i8()?;
        let assigned_partitions = source.array(true, 18, |source| TopicPartitions::read(source, version))?;
        let partitions_pending_revocation =
            source.array(true, 18, |source| TopicPartitions::read(source, version))?;
        const TAGS: &[u32] = &[];
        for index in 0..source.tag_count(TAGS)? {
            source.tag(index, TAGS)?;
            source.skip_tagged()?;
        }
        Ok(Self {
            member_epoch,
            previous_member_epoch,
            state,
            assigned_partitions,
            partitions_pending_revocation,
        })
    }

    fn write<S: Sink<'a>>(&self, sink: &mut S, version: i16) -> Result<(), WireError> {
        check_version::<Self>(version)?;
        sink.i32(self.member_epoch);
        sink.i32(self.previous_member_epoch);
        sink.i8(self.state);
        sink.array(true, &self.assigned_partitions, |sink, element| element.write(sink, version))?;
        sink.array(true, &self.partitions_pending_revocation, |sink, element| element.write(sink, version))?;
        sink.varint(0);
        Ok(())
    }
}

/// TopicPartitions of a [`ConsumerGroupCurrentMemberAssignmentValue`].
#[derive(Debug, Clone, PartialEq, Default)]
pub struct TopicPartitions {
    /// `TopicId`, all versions.
    pub topic_id: Uuid,
    /// `Partitions`, all versions.
    pub partitions: Vec<i32>,
    /// `AssignmentEpochs`, all versions, can be null, tag 0.
    pub assignment_epochs: Option<Vec<i32>>,
}

impl TopicPartitions {
    fn read<'a, S: Source<'a>>(source: &mut S, _version: i16) -> Result<Self, WireError> {
        let topic_id = source.uuid()?;
        let partitions = source.array(true, 4, |source| source.i32())?;
        let mut assignment_epochs = None;
        const TAGS: &[u32] = &[0];
        for index in 0..source.tag_count(TAGS)? {
            match source.tag(index, TAGS)? {
                0 => {
                    assignment_epochs =
                        source.tagged(|source| source.nullable_array(true, 4, |source| source.i32()))?;
                }
                _ => source.skip_tagged()?,
            }
        }
        Ok(Self { topic_id, partitions, assignment_epochs })
    }

    fn write<'a, S: Sink<'a>>(&self, sink: &mut S, _version: i16) -> Result<(), WireError> {
        sink.uuid(self.topic_id);
        sink.array(true, &self.partitions, |sink, element| {
            sink.i32(*element);
            Ok(())
        })?;
        let has_tag_0 = self.assignment_epochs.is_some();
        sink.varint(u32::from(has_tag_0));
        if has_tag_0 {
            let mut counter = Counter::default();
            {
                let counter = &mut counter;
                counter.nullable_array(true, self.assignment_epochs.as_deref(), |sink, element| {
                    sink.i32(*element);
                    Ok(())
                })?;
            }
            sink.tag(0, counter.bytes())?;
            sink.nullable_array(true, self.assignment_epochs.as_deref(), |sink, element| {
                sink.i32(*element);
                Ok(())
            })?;
        }
        Ok(())
    }
}

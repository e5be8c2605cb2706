// @generated from the message definitions in kafka-clients 4.3.1 by `cargo xtask generate`: do not edit.
//! ConsumerGroupTargetAssignmentMetadataValue: version 0, all flexible.

use std::ops::RangeInclusive;

use crate::wire::{Counter, Message, Sink, Source, WireError, check_version};

/// ConsumerGroupTargetAssignmentMetadataValue, version 0.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct ConsumerGroupTargetAssignmentMetadataValue {
    /// `AssignmentEpoch`, all versions.
    pub assignment_epoch: i32,
    /// `AssignmentTimestamp`, all versions, tag 0, default `0`.
    pub assignment_timestamp: i64,
}

impl<'a> Message<'a> for ConsumerGroupTargetAssignmentMetadataValue {
    const NAME: &'static str = "ConsumerGroupTargetAssignmentMetadataValue";
    const VERSIONS: RangeInclusive<i16> = 0..=0;

    fn read<S: Source<'a>>(source: &mut S, version: i16) -> Result<Self, WireError> {
        check_version::<Self>(version)?;
        let assignment_epoch = source.i32()?;
        let mut assignment_timestamp = 0;
        const TAGS: &[u32] = &[0];
        for index in 0..source.tag_count(TAGS)? {
            match source.tag(index, TAGS)? {
                0 => {
                    assignment_timestamp = source.tagged(|source| source.i64())?;
                }
                _ => source.skip_tagged()?,
            }
        }
        Ok(Self { assignment_epoch, assignment_timestamp })
    }

    fn write<S: Sink<'a>>(&self, sink: &mut S, version: i16) -> Result<(), WireError> {
        check_version::<Self>(version)?;
        sink.i32(self.assignment_epoch);
        let has_tag_0 = self.assignment_timestamp != 0;
        sink.varint(u32::from(has_tag_0));
        if has_tag_0 {
            let mut counter = Counter::default();
            {
                let counter = &mut counter;
                counter.i64(self.assignment_timestamp);
            }
            sink.tag(0, counter.bytes())?;
            sink.i64(self.assignment_timestamp);
        }
        Ok(())
    }
}

// @generated from the message definitions in kafka-clients 4.3.1 by `cargo xtask generate`: do not edit.
//! ConsumerGroupTargetAssignmentMemberKey: version 0, none flexible.

use std::ops::RangeInclusive;

use crate::wire::{Message, Sink, Source, WireError, check_version};

/// ConsumerGroupTargetAssignmentMemberKey, version 0.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct ConsumerGroupTargetAssignmentMemberKey<'a> {
    /// `GroupId`, all versions.
    pub group_id: &'a str,
    /// `MemberId`, all versions.
    pub member_id: &'a str,
}

impl<'a> Message<'a> for ConsumerGroupTargetAssignmentMemberKey<'a> {
    const NAME: &'static str = "ConsumerGroupTargetAssignmentMemberKey";
    const VERSIONS: RangeInclusive<i16> = 0..=0;

    fn read<S: Source<'a>>(source: &mut S, version: i16) -> Result<Self, WireError> {
        check_version::<Self>(version)?;
        let group_id = source.string(false)?;
        let member_id = source.string(false)?;
        Ok(Self { group_id, member_id })
    }

    fn write<S: Sink<'a>>(&self, sink: &mut S, version: i16) -> Result<(), WireError> {
        check_version::<Self>(version)?;
        sink.string(false, self.group_id)?;
        sink.string(false, self.member_id)?;
        Ok(())
    }
}

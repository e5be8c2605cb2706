// @generated from the message definitions in kafka-clients 4.3.1 by `cargo xtask generate`: do not edit.
//! OffsetCommitKey: version 0, none flexible.

use std::ops::RangeInclusive;

use crate::wire::{Message, Sink, Source, WireError, check_version};

/// OffsetCommitKey, version 0.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct OffsetCommitKey<'a> {
    /// `group`, all versions.
    pub group: &'a str,
    /// `topic`, all versions.
    pub topic: &'a str,
    /// `partition`, all versions.
    pub partition: i32,
}

impl<'a> Message<'a> for OffsetCommitKey<'a> {
    const NAME: &'static str = "OffsetCommitKey";
    const VERSIONS: RangeInclusive<i16> = 0..=0;

    fn read<S: Source<'a>>(source: &mut S, version: i16) -> Result<Self, WireError> {
        check_version::<Self>(version)?;
        let group = source.string(false)?;
        let topic = source.string(false)?;
        let partition = source.i32()?;
        Ok(Self { group, topic, partition })
    }

    fn write<S: Sink<'a>>(&self, sink: &mut S, version: i16) -> Result<(), WireError> {
        check_version::<Self>(version)?;
        sink.string(false, self.group)?;
        sink.string(false, self.topic)?;
        sink.i32(self.partition);
        Ok(())
    }
}

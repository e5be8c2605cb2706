// @generated from the message definitions in kafka-clients 4.3.1 by `cargo xtask generate`: do not edit.
//! GroupMetadataKey: version 0, none flexible.

use std::ops::RangeInclusive;

use crate::wire::{Message, Sink, Source, WireError, check_version};

/// GroupMetadataKey, version 0.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct GroupMetadataKey<'a> {
    /// `group`, all versions.
    pub group: &'a str,
}

impl<'a> Message<'a> for GroupMetadataKey<'a> {
    const NAME: &'static str = "GroupMetadataKey";
    const VERSIONS: RangeInclusive<i16> = 0..=0;

    fn read<S: Source<'a>>(source: &mut S, version: i16) -> Result<Self, WireError> {
        check_version::<Self>(version)?;
        let group = source.string(false)?;
        Ok(Self { group })
    }

    fn write<S: Sink<'a>>(&self, sink: &mut S, version: i16) -> Result<(), WireError> {
        check_version::<Self>(version)?;
        sink.string(false, self.group)?;
        Ok(())
    }
}

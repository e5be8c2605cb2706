// @generated from the message definitions in kafka-clients 4.3.1 by `cargo xtask generate`: do not edit.
//! ConfigRecord: version 0, all flexible.

use std::ops::RangeInclusive;

use crate::wire::{Message, Sink, Source, WireError, check_version};

/// ConfigRecord, version 0.
#[derive(Debug, Clone, PartialEq)]
pub struct ConfigRecord<'a> {
    /// `ResourceType`, all versions.
    pub resource_type: i8,
    /// `ResourceName`, all versions.
    pub resource_name: &'a str,
    /// `Name`, all versions.
    pub name: &'a str,
    /// `Value`, all versions, can be null.
    pub value: Option<&'a str>,
}

impl Default for ConfigRecord<'_> {
    fn default() -> Self {
        Self { resource_type: 0, resource_name: "", name: "", value: Some("") }
    }
}

impl<'a> Message<'a> for ConfigRecord<'a> {
    const NAME: &'static str = "ConfigRecord";
    const VERSIONS: RangeInclusive<i16> = 0..=0;

    fn read<S: Source<'a>>(source: &mut S, version: i16) -> Result<Self, WireError> {
        check_version::<Self>(version)?;
        let resource_type = source.i8()?;
        let resource_name = source.string(true)?;
        let name = source.string(true)?;
        let value = source.nullable_string(true)?;
        const TAGS: &[u32] = &[];
        for index in 0..source.tag_count(TAGS)? {
            source.tag(index, TAGS)?;
            source.skip_tagged()?;
        }
        Ok(Self { resource_type, resource_name, name, value })
    }

    fn write<S: Sink<'a>>(&self, sink: &mut S, version: i16) -> Result<(), WireError> {
        check_version::<Self>(version)?;
        sink.i8(self.resource_type);
        sink.string(true, self.resource_name)?;
        sink.string(true, self.name)?;
        sink.nullable_string(true, self.value)?;
        sink.varint(0);
        Ok(())
    }
}

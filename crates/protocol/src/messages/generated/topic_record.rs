// @generated from the message definitions in kafka-clients 4.3.1 by `cargo xtask generate`: do not edit.
//! TopicRecord: version 0, all flexible.

use std::ops::RangeInclusive;
use uuid::Uuid;

use crate::wire::{Message, Sink, Source, WireError, check_version};

/// TopicRecord, version 0.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct TopicRecord<'a> {
    /// `Name`, all versions.
    pub name: &'a str,
    /// `TopicId`, all versions.
    pub topic_id: Uuid,
}

impl<'a> Message<'a> for TopicRecord<'a> {
    const NAME: &'static str = "TopicRecord";
    const VERSIONS: RangeInclusive<i16> = 0..=0;

    fn read<S: Source<'a>>(source: &mut S, version: i16) -> Result<Self, WireError> {
        check_version::<Self>(version)?;
        let name = source.string(true)?;
        let topic_id = source.uuid()?;
        const TAGS: &[u32] = &[];
        for index in 0..source.tag_count(TAGS)? {
            source.tag(index, TAGS)?;
            source.skip_tagged()?;
        }
        Ok(Self { name, topic_id })
    }

    fn write<S: Sink<'a>>(&self, sink: &mut S, version: i16) -> Result<(), WireError> {
        check_version::<Self>(version)?;
        sink.string(true, self.name)?;
        sink.uuid(self.topic_id);
        sink.varint(0);
        Ok(())
    }
}

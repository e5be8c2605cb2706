// @generated from the message definitions in kafka-clients 4.3.1 by `cargo xtask generate`: do not edit.
//! ConsumerGroupRegularExpressionValue: version 0, all flexible.

use std::ops::RangeInclusive;

use crate::wire::{Message, Sink, Source, WireError, check_version};

/// ConsumerGroupRegularExpressionValue, version 0.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct ConsumerGroupRegularExpressionValue<'a> {
    /// `Topics`, all versions.
    pub topics: Vec<&'a str>,
    /// `Version`, all versions.
    pub version: i64,
    /// `Timestamp`, all versions.
    pub timestamp: i64,
}

impl<'a> Message<'a> for ConsumerGroupRegularExpressionValue<'a> {
    const NAME: &'static str = "ConsumerGroupRegularExpressionValue";
    const VERSIONS: RangeInclusive<i16> = 0..=0;

    fn read<S: Source<'a>>(source: &mut S, version: i16) -> Result<Self, WireError> {
        check_version::<Self>(version)?;
        let topics = source.array(true, 1, |source| source.string(true))?;
        let version_ = source.i64()?;
        let timestamp = source.i64()?;
        const TAGS: &[u32] = &[];
        for index in 0..source.tag_count(TAGS)? {
            source.tag(index, TAGS)?;
            source.skip_tagged()?;
        }
        Ok(Self { topics, version: version_, timestamp })
    }

    fn write<S: Sink<'a>>(&self, sink: &mut S, version: i16) -> Result<(), WireError> {
        check_version::<Self>(version)?;
        sink.array(true, &self.topics, |sink, element| sink.string(true, element))?;
        sink.i64(self.version);
        sink.i64(self.timestamp);
        sink.varint(0);
        Ok(())
    }
}

// @generated from the message definitions in kafka-clients 4.3.1 by `cargo xtask generate`: do not edit.
//! ConsumerGroupMetadataValue: version 0, all flexible.

use std::ops::RangeInclusive;

use crate::wire::{Counter, Message, Sink, Source, WireError, check_version};

/// ConsumerGroupMetadataValue, version 0.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct ConsumerGroupMetadataValue {
    /// `Epoch`, all versions.
    pub epoch: i32,
    /// `MetadataHash`, all versions, tag 0, default `0`.
    pub metadata_hash: i64,
}

impl<'a> Message<'a> for ConsumerGroupMetadataValue {
    const NAME: &'static str = "ConsumerGroupMetadataValue";
    const VERSIONS: RangeInclusive<i16> = 0..=0;

    fn read<S: Source<'a>>(source: &mut S, version: i16) -> Result<Self, WireError> {
        check_version::<Self>(version)?;
        let epoch = source.i32()?;
        let mut metadata_hash = 0;
        const TAGS: &[u32] = &[0];
        for index in 0..source.tag_count(TAGS)? {
            match source.tag(index, TAGS)? {
                0 => {
                    metadata_hash = source.tagged(|source| source.i64())?;
                }
                _ => source.skip_tagged()?,
            }
        }
        Ok(Self { epoch, metadata_hash })
    }

    fn write<S: Sink<'a>>(&self, sink: &mut S, version: i16) -> Result<(), WireError> {
        check_version::<Self>(version)?;
        sink.i32(self.epoch);
        let has_tag_0 = self.metadata_hash != 0;
        sink.varint(u32::from(has_tag_0));
        if has_tag_0 {
            let mut counter = Counter::default();
            {
                let counter = &mut counter;
                counter.i64(self.metadata_hash);
            }
            sink.tag(0, counter.bytes())?;
            sink.i64(self.metadata_hash);
        }
        Ok(())
    }
}

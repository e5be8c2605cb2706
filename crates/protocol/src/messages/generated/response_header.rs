// @generated from the message definitions in kafka-clients 4.3.1 by `cargo xtask generate`: do not edit.
//! ResponseHeader: versions 0 to 1, flexible since v1.

use std::ops::RangeInclusive;

use crate::wire::{Message, Sink, Source, WireError, check_version};

/// ResponseHeader, versions 0 to 1.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct ResponseHeader {
    /// `CorrelationId`, all versions.
    pub correlation_id: i32,
}

impl<'a> Message<'a> for ResponseHeader {
    const NAME: &'static str = "ResponseHeader";
    const VERSIONS: RangeInclusive<i16> = 0..=1;

    fn read<S: Source<'a>>(source: &mut S, version: i16) -> Result<Self, WireError> {
        check_version::<Self>(version)?;
        let flexible = version >= 1;
        let correlation_id = source.i32()?;
        if flexible {
            const TAGS: &[u32] = &[];
            for index in 0..source.tag_count(TAGS)? {
                source.tag(index, TAGS)?;
                source.skip_tagged()?;
            }
        }
        Ok(Self { correlation_id })
    }

    fn write<S: Sink<'a>>(&self, sink: &mut S, version: i16) -> Result<(), WireError> {
        check_version::<Self>(version)?;
        let flexible = version >= 1;
        sink.i32(self.correlation_id);
        if flexible {
            sink.varint(0);
        }
        Ok(())
    }
}

// @generated from the message definitions in kafka-clients 4.3.1 by `cargo xtask generate`: do not edit.
//! TransactionLogKey: version 0, none flexible.

use std::ops::RangeInclusive;

use crate::wire::{Message, Sink, Source, WireError, check_version};

/// TransactionLogKey, version 0.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct TransactionLogKey<'a> {
    /// `TransactionalId`, all versions.
    pub transactional_id: &'a str,
}

impl<'a> Message<'a> for TransactionLogKey<'a> {
    const NAME: &'static str = "TransactionLogKey";
    const VERSIONS: RangeInclusive<i16> = 0..=0;

    fn read<S: Source<'a>>(source: &mut S, version: i16) -> Result<Self, WireError> {
        check_version::<Self>(version)?;
        let transactional_id = source.string(false)?;
        Ok(Self { transactional_id })
    }

    fn write<S: Sink<'a>>(&self, sink: &mut S, version: i16) -> Result<(), WireError> {
        check_version::<Self>(version)?;
        sink.string(false, self.transactional_id)?;
        Ok(())
    }
}

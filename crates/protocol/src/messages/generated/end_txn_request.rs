// @generated from the message definitions in kafka-clients 4.3.1 by `cargo xtask generate`: do not edit.
//! EndTxnRequest: API key 26, versions 0 to 5, flexible since v3.

use std::ops::RangeInclusive;

use crate::messages::ApiKey;
use crate::wire::{Message, Request, Sink, Source, WireError, check_version};

/// EndTxnRequest, versions 0 to 5.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct EndTxnRequest<'a> {
    /// `TransactionalId`, all versions.
    pub transactional_id: &'a str,
    /// `ProducerId`, all versions.
    pub producer_id: i64,
    /// `ProducerEpoch`, all versions.
    pub producer_epoch: i16,
    /// `Committed`, all versions.
    pub committed: bool,
}

impl<'a> Message<'a> for EndTxnRequest<'a> {
    const NAME: &'static str = "EndTxnRequest";
    const VERSIONS: RangeInclusive<i16> = 0..=5;

    fn read<S: Source<'a>>(source: &mut S, version: i16) -> Result<Self, WireError> {
        check_version::<Self>(version)?;
        let flexible = version >= 3;
        let transactional_id = source.string(flexible)?;
        let producer_id = source.i64()?;
        let producer_epoch = source.i16()?;
        let committed = source.bool()?;
        if flexible {
            const TAGS: &[u32] = &[];
            for index in 0..source.tag_count(TAGS)? {
                source.tag(index, TAGS)?;
                source.skip_tagged()?;
            }
        }
        Ok(Self { transactional_id, producer_id, producer_epoch, committed })
    }

    fn write<S: Sink<'a>>(&self, sink: &mut S, version: i16) -> Result<(), WireError> {
        check_version::<Self>(version)?;
        let flexible = version >= 3;
        sink.string(flexible, self.transactional_id)?;
        sink.i64(self.producer_id);
        sink.i16(self.producer_epoch);
        sink.bool(self.committed);
        if flexible {
            sink.varint(0);
        }
        Ok(())
    }
}

impl<'a> Request<'a> for EndTxnRequest<'a> {
    const API: ApiKey = ApiKey::EndTxn;
    type Response = super::EndTxnResponse;
}

// @generated from the message definitions in kafka-clients 4.3.1 by `cargo xtask generate`: do not edit.
//! AddOffsetsToTxnRequest: API key 25, versions 0 to 4, flexible since v3.

use std::ops::RangeInclusive;

use crate::messages::ApiKey;
use crate::wire::{Message, Request, Sink, Source, WireError, check_version};

/// AddOffsetsToTxnRequest, versions 0 to 4.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct AddOffsetsToTxnRequest<'a> {
    /// `TransactionalId`, all versions.
    pub transactional_id: &'a str,
    /// `ProducerId`, all versions.
    pub producer_id: i64,
    /// `ProducerEpoch`, all versions.
    pub producer_epoch: i16,
    /// `GroupId`, all versions.
    pub group_id: &'a str,
}

impl<'a> Message<'a> for AddOffsetsToTxnRequest<'a> {
    const NAME: &'static str = "AddOffsetsToTxnRequest";
    const VERSIONS: RangeInclusive<i16> = 0..=4;

    fn read<S: Source<'a>>(source: &mut S, version: i16) -> Result<Self, WireError> {
        check_version::<Self>(version)?;
        let flexible = version >= 3;
        let transactional_id = source.string(flexible)?;
        let producer_id = source.i64()?;
        let producer_epoch = source.i16()?;
        let group_id = source.string(flexible)?;
        if flexible {
            const TAGS: &[u32] = &[];
            for index in 0..source.tag_count(TAGS)? {
                source.tag(index, TAGS)?;
                source.skip_tagged()?;
            }
        }
        Ok(Self { transactional_id, producer_id, producer_epoch, group_id })
    }

    fn write<S: Sink<'a>>(&self, sink: &mut S, version: i16) -> Result<(), WireError> {
        check_version::<Self>(version)?;
        let flexible = version >= 3;
        sink.string(flexible, self.transactional_id)?;
        sink.i64(self.producer_id);
        sink.i16(self.producer_epoch);
        sink.string(flexible, self.group_id)?;
        if flexible {
            sink.varint(0);
        }
        Ok(())
    }
}

impl<'a> Request<'a> for AddOffsetsToTxnRequest<'a> {
    const API: ApiKey = ApiKey::AddOffsetsToTxn;
    type Response = super::AddOffsetsToTxnResponse;
}

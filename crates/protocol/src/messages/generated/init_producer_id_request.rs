// @generated from the message definitions in kafka-clients 4.3.1 by `cargo xtask generate`: do not edit.
//! InitProducerIdRequest: API key 22, versions 0 to 5, flexible since v2.

use std::ops::RangeInclusive;

use crate::messages::ApiKey;
use crate::wire::{Message, Request, Sink, Source, WireError, check_version, not_in_version};

/// InitProducerIdRequest, versions 0 to 5.
#[derive(Debug, Clone, PartialEq)]
pub struct InitProducerIdRequest<'a> {
    /// `TransactionalId`, all versions, can be null.
    pub transactional_id: Option<&'a str>,
    /// `TransactionTimeoutMs`, all versions.
    pub transaction_timeout_ms: i32,
    /// `ProducerId`, v3 and later, default `-1`.
    pub producer_id: i64,
    /// `ProducerEpoch`, v3 and later, default `-1`.
    pub producer_epoch: i16,
}

impl Default for InitProducerIdRequest<'_> {
    fn default() -> Self {
        Self { transactional_id: Some(""), transaction_timeout_ms: 0, producer_id: -1, producer_epoch: -1 }
    }
}

impl<'a> Message<'a> for InitProducerIdRequest<'a> {
    const NAME: &'static str = "InitProducerIdRequest";
    const VERSIONS: RangeInclusive<i16> = 0..=5;

    fn read<S: Source<'a>>(source: &mut S, version: i16) -> Result<Self, WireError> {
        check_version::<Self>(version)?;
        let flexible = version >= 2;
        let transactional_id = source.nullable_string(flexible)?;
        let transaction_timeout_ms = source.i32()?;
        let producer_id = if version >= 3 { source.i64()? } else { -1 };
        let producer_epoch = if version >= 3 { source.i16()? } else { -1 };
        if flexible {
            const TAGS: &[u32] = &[];
            for index in 0..source.tag_count(TAGS)? {
                source.tag(index, TAGS)?;
                source.skip_tagged()?;
            }
        }
        Ok(Self { transactional_id, transaction_timeout_ms, producer_id, producer_epoch })
    }

    fn write<S: Sink<'a>>(&self, sink: &mut S, version: i16) -> Result<(), WireError> {
        check_version::<Self>(version)?;
        let flexible = version >= 2;
        sink.nullable_string(flexible, self.transactional_id)?;
        sink.i32(self.transaction_timeout_ms);
        if version >= 3 {
            sink.i64(self.producer_id);
        } else if self.producer_id != -1 {
            return Err(not_in_version("InitProducerIdRequest", "producer_id", version));
        }
        if version >= 3 {
            sink.i16(self.producer_epoch);
        } else if self.producer_epoch != -1 {
            return Err(not_in_version("InitProducerIdRequest", "producer_epoch", version));
        }
        if flexible {
            sink.varint(0);
        }
        Ok(())
    }
}

impl<'a> Request<'a> for InitProducerIdRequest<'a> {
    const API: ApiKey = ApiKey::InitProducerId;
    type Response = super::InitProducerIdResponse;
}

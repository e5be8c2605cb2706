// @generated from the message definitions in kafka-clients 4.3.1 by `cargo xtask generate`: do not edit.
//! InitProducerIdResponse: API key 22, versions 0 to 6, flexible since v2.

use std::ops::RangeInclusive;

use crate::messages::ApiKey;
use crate::wire::{Message, Response, Sink, Source, WireError, check_version, not_in_version};

/// InitProducerIdResponse, versions 0 to 6.
#[derive(Debug, Clone, PartialEq)]
pub struct InitProducerIdResponse {
    /// `ThrottleTimeMs`, all versions.
    pub throttle_time_ms: i32,
    /// `ErrorCode`, all versions.
    pub error_code: i16,
    /// `ProducerId`, all versions, default `-1`.
    pub producer_id: i64,
    /// `ProducerEpoch`, all versions.
    pub producer_epoch: i16,
    /// `OngoingTxnProducerId`, v6 and later, default `-1`.
    pub ongoing_txn_producer_id: i64,
    /// `OngoingTxnProducerEpoch`, v6 and later, default `-1`.
    pub ongoing_txn_producer_epoch: i16,
}

impl Default for InitProducerIdResponse {
    fn default() -> Self {
        Self {
            throttle_time_ms: 0,
            error_code: 0,
            producer_id: -1,
            producer_epoch: 0,
            ongoing_txn_producer_id: -1,
            ongoing_txn_producer_epoch: -1,
        }
    }
}

impl<'a> Message<'a> for InitProducerIdResponse {
    const NAME: &'static str = "InitProducerIdResponse";
    const VERSIONS: RangeInclusive<i16> = 0..=6;

    fn read<S: Source<'a>>(source: &mut S, version: i16) -> Result<Self, WireError> {
        check_version::<Self>(version)?;
        let flexible = version >= 2;
        let throttle_time_ms = source.i32()?;
        let error_code = source.i16()?;
        let producer_id = source.i64()?;
        let producer_epoch = source.i16()?;
        let ongoing_txn_producer_id = if version >= 6 { source.i64()? } else { -1 };
        let ongoing_txn_producer_epoch = if version >= 6 { source.i16()? } else { -1 };
        if flexible {
            const TAGS: &[u32] = &[];
            for index in 0..source.tag_count(TAGS)? {
                source.tag(index, TAGS)?;
                source.skip_tagged()?;
            }
        }
        Ok(Self {
            throttle_time_ms,
            error_code,
            producer_id,
            producer_epoch,
            ongoing_txn_producer_id,
            ongoing_txn_producer_epoch,
        })
    }

    fn write<S: Sink<'a>>(&self, sink: &mut S, version: i16) -> Result<(), WireError> {
        check_version::<Self>(version)?;
        let flexible = version >= 2;
        sink.i32(self.throttle_time_ms);
        sink.i16(self.error_code);
        sink.i64(self.producer_id);
        sink.i16(self.producer_epoch);
        if version >= 6 {
            sink.i64(self.ongoing_txn_producer_id);
        } else if self.ongoing_txn_producer_id != -1 {
            return Err(not_in_version("InitProducerIdResponse", "ongoing_txn_producer_id", version));
        }
        if version >= 6 {
            sink.i16(self.ongoing_txn_producer_epoch);
        } else if self.ongoing_txn_producer_epoch != -1 {
            return Err(not_in_version("InitProducerIdResponse", "ongoing_txn_producer_epoch", version));
        }
        if flexible {
            sink.varint(0);
        }
        Ok(())
    }
}

impl<'a> Response<'a> for InitProducerIdResponse {
    const API: ApiKey = ApiKey::InitProducerId;
}

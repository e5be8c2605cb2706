// @generated from the message definitions in kafka-clients 4.3.1 by `cargo xtask generate`: do not edit.
//! ListTransactionsResponse: API key 66, versions 0 to 2, all flexible.

use std::ops::RangeInclusive;

use crate::messages::ApiKey;
use crate::wire::{Message, Response, Sink, Source, WireError, check_version};

/// ListTransactionsResponse, versions 0 to 2.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct ListTransactionsResponse<'a> {
    /// `ThrottleTimeMs`, all versions.
    pub throttle_time_ms: i32,
    /// `ErrorCode`, all versions.
    pub error_code: i16,
    /// `UnknownStateFilters`, all versions.
    pub unknown_state_filters: Vec<&'a str>,
    /// `TransactionStates`, all versions.
    pub transaction_states: Vec<TransactionState<'a>>,
}

impl<'a> Message<'a> for ListTransactionsResponse<'a> {
    const NAME: &'static str = "ListTransactionsResponse";
    const VERSIONS: RangeInclusive<i16> = 0..=2;

    fn read<S: Source<'a>>(source: &mut S, version: i16) -> Result<Self, WireError> {
        check_version::<Self>(version)?;
        let throttle_time_ms = source.i32()?;
        let error_code = source.i16()?;
        let unknown_state_filters = source.array(true, 1, |source| source.string(true))?;
        let transaction_states = source.array(true, 11, |source| TransactionState::read(source, version))?;
        const TAGS: &[u32] = &[];
        for index in 0..source.tag_count(TAGS)? {
            source.tag(index, TAGS)?;
            source.skip_tagged()?;
        }
        Ok(Self { throttle_time_ms, error_code, unknown_state_filters, transaction_states })
    }

    fn write<S: Sink<'a>>(&self, sink: &mut S, version: i16) -> Result<(), WireError> {
        check_version::<Self>(version)?;
        sink.i32(self.throttle_time_ms);
        sink.i16(self.error_code);
        sink.array(true, &self.unknown_state_filters, |sink, element| sink.string(true, element))?;
        sink.array(true, &self.transaction_states, |sink, element| element.write(sink, version))?;
        sink.varint(0);
        Ok(())
    }
}

impl<'a> Response<'a> for ListTransactionsResponse<'a> {
    const API: ApiKey = ApiKey::ListTransactions;
}

/// TransactionState of a [`ListTransactionsResponse`].
#[derive(Debug, Clone, PartialEq, Default)]
pub struct TransactionState<'a> {
    /// `TransactionalId`, all versions.
    pub transactional_id: &'a str,
    /// `ProducerId`, all versions.
    pub producer_id: i64,
    /// `TransactionState`, all versions.
    pub transaction_state: &'a str,
}

impl<'a> TransactionState<'a> {
    fn read<S: Source<'a>>(source: &mut S, _version: i16) -> Result<Self, WireError> {
        let transactional_id = source.string(true)?;
        let producer_id = source.i64()?;
        let transaction_state = source.string(true)?;
        const TAGS: &[u32] = &[];
        for index in 0..source.tag_count(TAGS)? {
            source.tag(index, TAGS)?;
            source.skip_tagged()?;
        }
        Ok(Self { transactional_id, producer_id, transaction_state })
    }

    fn write<S: Sink<'a>>(&self, sink: &mut S, _version: i16) -> Result<(), WireError> {
        sink.string(true, self.transactional_id)?;
        sink.i64(self.producer_id);
        sink.string(true, self.transaction_state)?;
        sink.varint(0);
        Ok(())
    }
}

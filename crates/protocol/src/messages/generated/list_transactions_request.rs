// @generated from the message definitions in kafka-clients 4.3.1 by `cargo xtask generate`: do not edit.
//! ListTransactionsRequest: API key 66, versions 0 to 2, all flexible.

use std::ops::RangeInclusive;

use crate::messages::ApiKey;
use crate::wire::{Message, Request, Sink, Source, WireError, check_version, not_in_version};

/// ListTransactionsRequest, versions 0 to 2.
#[derive(Debug, Clone, PartialEq)]
pub struct ListTransactionsRequest<'a> {
    /// `StateFilters`, all versions.
    pub state_filters: Vec<&'a str>,
    /// `ProducerIdFilters`, all versions.
    pub producer_id_filters: Vec<i64>,
    /// `DurationFilter`, v1 and later, default `-1`.
    pub duration_filter: i64,
    /// `TransactionalIdPattern`, v2 and later, can be null.
    pub transactional_id_pattern: Option<&'a str>,
}

impl Default for ListTransactionsRequest<'_> {
    fn default() -> Self {
        Self {
            state_filters: Vec::new(),
            producer_id_filters: Vec::new(),
            duration_filter: -1,
            transactional_id_pattern: None,
        }
    }
}

impl<'a> Message<'a> for ListTransactionsRequest<'a> {
    const NAME: &'static str = "ListTransactionsRequest";
    const VERSIONS: RangeInclusive<i16> = 0..=2;

    fn read<S: Source<'a>>(source: &mut S, version: i16) -> Result<Self, WireError> {
        check_version::<Self>(version)?;
        let state_filters = source.array(true, 1, |source| source.string(true))?;
        let producer_id_filters = source.array(true, 8, |source| source.i64())?;
        let duration_filter = if version >= 1 { source.i64()? } else { -1 };
        let transactional_id_pattern = if version >= 2 { source.nullable_string(true)? } else { None };
        const TAGS: &[u32] = &[];
        for index in 0..source.tag_count(TAGS)? {
            source.tag(index, TAGS)?;
            source.skip_tagged()?;
        }
        Ok(Self { state_filters, producer_id_filters, duration_filter, transactional_id_pattern })
    }

    fn write<S: Sink<'a>>(&self, sink: &mut S, version: i16) -> Result<(), WireError> {
        check_version::<Self>(version)?;
        sink.array(true, &self.state_filters, |sink, element| sink.string(true, element))?;
        sink.array(true, &self.producer_id_filters, |sink, element| {
            sink.i64(*element);
            Ok(())
        })?;
        if version >= 1 {
            sink.i64(self.duration_filter);
        } else if self.duration_filter != -1 {
            return Err(not_in_version("ListTransactionsRequest", "duration_filter", version));
        }
        if version >= 2 {
            sink.nullable_string(true, self.transactional_id_pattern)?;
        } else if self.transactional_id_pattern.is_some() {
            return Err(not_in_version("ListTransactionsRequest", "transactional_id_pattern", version));
        }
        sink.varint(0);
        Ok(())
    }
}

impl<'a> Request<'a> for ListTransactionsRequest<'a> {
    const API: ApiKey = ApiKey::ListTransactions;
    type Response = super::ListTransactionsResponse<'a>;
}

// @generated from the message definitions in kafka-clients 4.3.1 by `cargo xtask generate`: do not edit.
//! DescribeTransactionsRequest: API key 65, version 0, all flexible.

use std::ops::RangeInclusive;

use crate::messages::ApiKey;
use crate::wire::{Message, Request, Sink, Source, WireError, check_version};

/// DescribeTransactionsRequest, version 0.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct DescribeTransactionsRequest<'a> {
    /// `TransactionalIds`, all versions.
    pub transactional_ids: Vec<&'a str>,
}

impl<'a> Message<'a> for DescribeTransactionsRequest<'a> {
    const NAME: &'static str = "DescribeTransactionsRequest";
    const VERSIONS: RangeInclusive<i16> = 0..=0;

    fn read<S: Source<'a>>(source: &mut S, version: i16) -> Result<Self, WireError> {
        check_version::<Self>(version)?;
        let transactional_ids = source.array(true, 1, |source| source.string(true))?;
        const TAGS: &[u32] = &[];
        for index in 0..source.tag_count(TAGS)? {
            source.tag(index, TAGS)?;
            source.skip_tagged()?;
        }
        Ok(Self { transactional_ids })
    }

    fn write<S: Sink<'a>>(&self, sink: &mut S, version: i16) -> Result<(), WireError> {
        check_version::<Self>(version)?;
        sink.array(true, &self.transactional_ids, |sink, element| sink.string(true, element))?;
        sink.varint(0);
        Ok(())
    }
}

impl<'a> Request<'a> for DescribeTransactionsRequest<'a> {
    const API: ApiKey = ApiKey::DescribeTransactions;
    type Response = super::DescribeTransactionsResponse<'a>;
}

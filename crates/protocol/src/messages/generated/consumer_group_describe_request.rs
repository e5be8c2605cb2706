// @generated from the message definitions in kafka-clients 4.3.1 by `cargo xtask generate`: do not edit.
//! ConsumerGroupDescribeRequest: API key 69, versions 0 to 1, all flexible.

use std::ops::RangeInclusive;

use crate::messages::ApiKey;
use crate::wire::{Message, Request, Sink, Source, WireError, check_version};

/// ConsumerGroupDescribeRequest, versions 0 to 1.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct ConsumerGroupDescribeRequest<'a> {
    /// `GroupIds`, all versions.
    pub group_ids: Vec<&'a str>,
    /// `IncludeAuthorizedOperations`, all versions.
    pub include_authorized_operations: bool,
}

impl<'a> Message<'a> for ConsumerGroupDescribeRequest<'a> {
    const NAME: &'static str = "ConsumerGroupDescribeRequest";
    const VERSIONS: RangeInclusive<i16> = 0..=1;

    fn read<S: Source<'a>>(source: &mut S, version: i16) -> Result<Self, WireError> {
        check_version::<Self>(version)?;
        let group_ids = source.array(true, 1, |source| source.string(true))?;
        let include_authorized_operations = source.bool()?;
        const TAGS: &[u32] = &[];
        for index in 0..source.tag_count(TAGS)? {
            source.tag(index, TAGS)?;
            source.skip_tagged()?;
        }
        Ok(Self { group_ids, include_authorized_operations })
    }

    fn write<S: Sink<'a>>(&self, sink: &mut S, version: i16) -> Result<(), WireError> {
        check_version::<Self>(version)?;
        sink.array(true, &self.group_ids, |sink, element| sink.string(true, element))?;
        sink.bool(self.include_authorized_operations);
        sink.varint(0);
        Ok(())
    }
}

impl<'a> Request<'a> for ConsumerGroupDescribeRequest<'a> {
    const API: ApiKey = ApiKey::ConsumerGroupDescribe;
    type Response = super::ConsumerGroupDescribeResponse<'a>;
}

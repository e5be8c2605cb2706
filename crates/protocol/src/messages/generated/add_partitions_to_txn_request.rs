// @generated from the message definitions in kafka-clients 4.3.1 by `cargo xtask generate`: do not edit.
//! AddPartitionsToTxnRequest: API key 24, versions 0 to 5, flexible since v3.

use std::ops::RangeInclusive;

use crate::messages::ApiKey;
use crate::wire::{Message, Request, Sink, Source, WireError, check_version, not_in_version};

/// AddPartitionsToTxnRequest, versions 0 to 5.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct AddPartitionsToTxnRequest<'a> {
    /// `Transactions`, v4 and later.
    pub transactions: Vec<AddPartitionsToTxnTransaction<'a>>,
    /// `V3AndBelowTransactionalId`, v0 to v3.
    pub v3_and_below_transactional_id: &'a str,
    /// `V3AndBelowProducerId`, v0 to v3.
    pub v3_and_below_producer_id: i64,
    /// `V3AndBelowProducerEpoch`, v0 to v3.
    pub v3_and_below_producer_epoch: i16,
    /// `V3AndBelowTopics`, v0 to v3.
    pub v3_and_below_topics: Vec<AddPartitionsToTxnTopic<'a>>,
}

impl<'a> Message<'a> for AddPartitionsToTxnRequest<'a> {
    const NAME: &'static str = "AddPartitionsToTxnRequest";
    const VERSIONS: RangeInclusive<i16> = 0..=5;

    fn read<S: Source<'a>>(source: &mut S, version: i16) -> Result<Self, WireError> {
        check_version::<Self>(version)?;
        let flexible = version >= 3;
        let transactions = if version >= 4 {
            source.array(flexible, 14, |source| AddPartitionsToTxnTransaction::read(source, version))?
        } else {
            Vec::new()
        };
        let v3_and_below_transactional_id = if version <= 3 { source.string(flexible)? } else { "" };
        let v3_and_below_producer_id = if version <= 3 { source.i64()? } else { 0 };
        let v3_and_below_producer_epoch = if version <= 3 { source.i16()? } else { 0 };
        let v3_and_below_topics = if version <= 3 {
            source.array(flexible, 3, |source| AddPartitionsToTxnTopic::read(source, version))?
        } else {
            Vec::new()
        };
        if flexible {
            const TAGS: &[u32] = &[];
            for index in 0..source.tag_count(TAGS)? {
                source.tag(index, TAGS)?;
                source.skip_tagged()?;
            }
        }
        Ok(Self {
            transactions,
            v3_and_below_transactional_id,
            v3_and_below_producer_id,
            v3_and_below_producer_epoch,
            v3_and_below_topics,
        })
    }

    fn write<S: Sink<'a>>(&self, sink: &mut S, version: i16) -> Result<(), WireError> {
        check_version::<Self>(version)?;
        let flexible = version >= 3;
        if version >= 4 {
            sink.array(flexible, &self.transactions, |sink, element| element.write(sink, version))?;
        } else if !self.transactions.is_empty() {
            return Err(not_in_version("AddPartitionsToTxnRequest", "transactions", version));
        }
        if version <= 3 {
            sink.string(flexible, self.v3_and_below_transactional_id)?;
        } else if !self.v3_and_below_transactional_id.is_empty() {
            return Err(not_in_version(
                "AddPartitionsToTxnRequest",
                "v3_and_below_transactional_id",
                version,
            ));
        }
        if version <= 3 {
            sink.i64(self.v3_and_below_producer_id);
        } else if self.v3_and_below_producer_id != 0 {
            return Err(not_in_version("AddPartitionsToTxnRequest", "v3_and_below_producer_id", version));
        }
        if version <= 3 {
            sink.i16(self.v3_and_below_producer_epoch);
        } else if self.v3_and_below_producer_epoch != 0 {
            return Err(not_in_version("AddPartitionsToTxnRequest", "v3_and_below_producer_epoch", version));
        }
        if version <= 3 {
            sink.array(flexible, &self.v3_and_below_topics, |sink, element| element.write(sink, version))?;
        } else if !self.v3_and_below_topics.is_empty() {
            return Err(not_in_version("AddPartitionsToTxnRequest", "v3_and_below_topics", version));
        }
        if flexible {
            sink.varint(0);
        }
        Ok(())
    }
}

impl<'a> Request<'a> for AddPartitionsToTxnRequest<'a> {
    const API: ApiKey = ApiKey::AddPartitionsToTxn;
    type Response = super::AddPartitionsToTxnResponse<'a>;
}

/// AddPartitionsToTxnTransaction of a [`AddPartitionsToTxnRequest`].
#[derive(Debug, Clone, PartialEq, Default)]
pub struct AddPartitionsToTxnTransaction<'a> {
    /// `TransactionalId`, v4 and later.
    pub transactional_id: &'a str,
    /// `ProducerId`, v4 and later.
    pub producer_id: i64,
    /// `ProducerEpoch`, v4 and later.
    pub producer_epoch: i16,
    /// `VerifyOnly`, v4 and later, default `false`.
    pub verify_only: bool,
    /// `Topics`, v4 and later.
    pub topics: Vec<AddPartitionsToTxnTopic<'a>>,
}

impl<'a> AddPartitionsToTxnTransaction<'a> {
    fn read<S: Source<'a>>(source: &mut S, version: i16) -> Result<Self, WireError> {
        let flexible = version >= 3;
        let transactional_id = if version >= 4 { source.string(flexible)? } else { "" };
        let producer_id = if version >= 4 { source.i64()? } else { 0 };
        let producer_epoch = if version >= 4 { source.i16()? } else { 0 };
        let verify_only = if version >= 4 { source.bool()? } else { false };
        let topics = if version >= 4 {
            source.array(flexible, 3, |source| AddPartitionsToTxnTopic::read(source, version))?
        } else {
            Vec::new()
        };
        if flexible {
            const TAGS: &[u32] = &[];
            for index in 0..source.tag_count(TAGS)? {
                source.tag(index, TAGS)?;
                source.skip_tagged()?;
            }
        }
        Ok(Self { transactional_id, producer_id, producer_epoch, verify_only, topics })
    }

    fn write<S: Sink<'a>>(&self, sink: &mut S, version: i16) -> Result<(), WireError> {
        let flexible = version >= 3;
        if version >= 4 {
            sink.string(flexible, self.transactional_id)?;
        } else if !self.transactional_id.is_empty() {
            return Err(not_in_version("AddPartitionsToTxnTransaction", "transactional_id", version));
        }
        if version >= 4 {
            sink.i64(self.producer_id);
        } else if self.producer_id != 0 {
            return Err(not_in_version("AddPartitionsToTxnTransaction", "producer_id", version));
        }
        if version >= 4 {
            sink.i16(self.producer_epoch);
        } else if self.producer_epoch != 0 {
            return Err(not_in_version("AddPartitionsToTxnTransaction", "producer_epoch", version));
        }
        if version >= 4 {
            sink.bool(self.verify_only);
        } else if self.verify_only {
            return Err(not_in_version("AddPartitionsToTxnTransaction", "verify_only", version));
        }
        if version >= 4 {
            sink.array(flexible, &self.topics, |sink, element| element.write(sink, version))?;
        } else if !self.topics.is_empty() {
            return Err(not_in_version("AddPartitionsToTxnTransaction", "topics", version));
        }
        if flexible {
            sink.varint(0);
        }
        Ok(())
    }
}

/// AddPartitionsToTxnTopic of a [`AddPartitionsToTxnRequest`].
#[derive(Debug, Clone, PartialEq, Default)]
pub struct AddPartitionsToTxnTopic<'a> {
    /// `Name`, all versions.
    pub name: &'a str,
    /// `Partitions`, all versions.
    pub partitions: Vec<i32>,
}

impl<'a> AddPartitionsToTxnTopic<'a> {
    fn read<S: Source<'a>>(source: &mut S, version: i16) -> Result<Self, WireError> {
        let flexible = version >= 3;
        let name = source.string(flexible)?;
        let partitions = source.array(flexible, 4, |source| source.i32())?;
        if flexible {
            const TAGS: &[u32] = &[];
            for index in 0..source.tag_count(TAGS)? {
                source.tag(index, TAGS)?;
                source.skip_tagged()?;
            }
        }
        Ok(Self { name, partitions })
    }

    fn write<S: Sink<'a>>(&self, sink: &mut S, version: i16) -> Result<(), WireError> {
        let flexible = version >= 3;
        sink.string(flexible, self.name)?;
        sink.array(flexible, &self.partitions, |sink, element| {
            sink.i32(*element);
            Ok(())
        })?;
        if flexible {
            sink.varint(0);
        }
        Ok(())
    }
}

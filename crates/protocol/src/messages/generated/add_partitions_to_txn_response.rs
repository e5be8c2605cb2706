// @generated from the message definitions in kafka-clients 4.3.1 by `cargo xtask generate`: do not edit.
//! AddPartitionsToTxnResponse: API key 24, versions 0 to 5, flexible since v3.

use std::ops::RangeInclusive;

use crate::messages::ApiKey;
use crate::wire::{Message, Response, Sink, Source, WireError, check_version, not_in_version};

/// AddPartitionsToTxnResponse, versions 0 to 5.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct AddPartitionsToTxnResponse<'a> {
    /// `ThrottleTimeMs`, all versions.
    pub throttle_time_ms: i32,
    /// `ErrorCode`, v4 and later.
    pub error_code: i16,
    /// `ResultsByTransaction`, v4 and later.
    pub results_by_transaction: Vec<AddPartitionsToTxnResult<'a>>,
    /// `ResultsByTopicV3AndBelow`, v0 to v3.
    pub results_by_topic_v3_and_below: Vec<AddPartitionsToTxnTopicResult<'a>>,
}

impl<'a> Message<'a> for AddPartitionsToTxnResponse<'a> {
    const NAME: &'static str = "AddPartitionsToTxnResponse";
    const VERSIONS: RangeInclusive<i16> = 0..=5;

    fn read<S: Source<'a>>(source: &mut S, version: i16) -> Result<Self, WireError> {
        check_version::<Self>(version)?;
        let flexible = version >= 3;
        let throttle_time_ms = source.i32()?;
        let error_code = if version >= 4 { source.i16()? } else { 0 };
        let results_by_transaction = if version >= 4 {
            source.array(flexible, 3, |source| AddPartitionsToTxnResult::read(source, version))?
        } else {
            Vec::new()
        };
        let results_by_topic_v3_and_below = if version <= 3 {
            source.array(flexible, 3, |source| AddPartitionsToTxnTopicResult::read(source, version))?
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
        Ok(Self { throttle_time_ms, error_code, results_by_transaction, results_by_topic_v3_and_below })
    }

    fn write<S: Sink<'a>>(&self, sink: &mut S, version: i16) -> Result<(), WireError> {
        check_version::<Self>(version)?;
        let flexible = version >= 3;
        sink.i32(self.throttle_time_ms);
        if version >= 4 {
            sink.i16(self.error_code);
        }
        if version >= 4 {
            sink.array(flexible, &self.results_by_transaction, |sink, element| element.write(sink, version))?;
        } else if !self.results_by_transaction.is_empty() {
            return Err(not_in_version("AddPartitionsToTxnResponse", "results_by_transaction", version));
        }
        if version <= 3 {
            sink.array(flexible, &self.results_by_topic_v3_and_below, |sink, element| {
                element.write(sink, version)
            })?;
        } else if !self.results_by_topic_v3_and_below.is_empty() {
            return Err(not_in_version(
                "AddPartitionsToTxnResponse",
                "results_by_topic_v3_and_below",
                version,
            ));
        }
        if flexible {
            sink.varint(0);
        }
        Ok(())
    }
}

impl<'a> Response<'a> for AddPartitionsToTxnResponse<'a> {
    const API: ApiKey = ApiKey::AddPartitionsToTxn;
}

/// AddPartitionsToTxnResult of a [`AddPartitionsToTxnResponse`].
#[derive(Debug, Clone, PartialEq, Default)]
pub struct AddPartitionsToTxnResult<'a> {
    /// `TransactionalId`, v4 and later.
    pub transactional_id: &'a str,
    /// `TopicResults`, v4 and later.
    pub topic_results: Vec<AddPartitionsToTxnTopicResult<'a>>,
}

impl<'a> AddPartitionsToTxnResult<'a> {
    fn read<S: Source<'a>>(source: &mut S, version: i16) -> Result<Self, WireError> {
        let flexible = version >= 3;
        let transactional_id = if version >= 4 { source.string(flexible)? } else { "" };
        let topic_results = if version >= 4 {
            source.array(flexible, 3, |source| AddPartitionsToTxnTopicResult::read(source, version))?
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
        Ok(Self { transactional_id, topic_results })
    }

    fn write<S: Sink<'a>>(&self, sink: &mut S, version: i16) -> Result<(), WireError> {
        let flexible = version >= 3;
        if version >= 4 {
            sink.string(flexible, self.transactional_id)?;
        } else if !self.transactional_id.is_empty() {
            return Err(not_in_version("AddPartitionsToTxnResult", "transactional_id", version));
        }
        if version >= 4 {
            sink.array(flexible, &self.topic_results, |sink, element| element.write(sink, version))?;
        } else if !self.topic_results.is_empty() {
            return Err(not_in_version("AddPartitionsToTxnResult", "topic_results", version));
        }
        if flexible {
            sink.varint(0);
        }
        Ok(())
    }
}

/// AddPartitionsToTxnTopicResult of a [`AddPartitionsToTxnResponse`].
#[derive(Debug, Clone, PartialEq, Default)]
pub struct AddPartitionsToTxnTopicResult<'a> {
    /// `Name`, all versions.
    pub name: &'a str,
    /// `ResultsByPartition`, all versions.
    pub results_by_partition: Vec<AddPartitionsToTxnPartitionResult>,
}

impl<'a> AddPartitionsToTxnTopicResult<'a> {
    fn read<S: Source<'a>>(source: &mut S, version: i16) -> Result<Self, WireError> {
        let flexible = version >= 3;
        let name = source.string(flexible)?;
        let results_by_partition =
            source.array(flexible, 6, |source| AddPartitionsToTxnPartitionResult::read(source, version))?;
        if flexible {
            const TAGS: &[u32] = &[];
            for index in 0..source.tag_count(TAGS)? {
                source.tag(index, TAGS)?;
                source.skip_tagged()?;
            }
        }
        Ok(Self { name, results_by_partition })
    }

    fn write<S: Sink<'a>>(&self, sink: &mut S, version: i16) -> Result<(), WireError> {
        let flexible = version >= 3;
        sink.string(flexible, self.name)?;
        sink.array(flexible, &self.results_by_partition, |sink, element| element.write(sink, version))?;
        if flexible {
            sink.varint(0);
        }
        Ok(())
    }
}

/// AddPartitionsToTxnPartitionResult of a [`AddPartitionsToTxnResponse`].
#[derive(Debug, Clone, PartialEq, Default)]
pub struct AddPartitionsToTxnPartitionResult {
    /// `PartitionIndex`, all versions.
    pub partition_index: i32,
    /// `PartitionErrorCode`, all versions.
    pub partition_error_code: i16,
}

impl AddPartitionsToTxnPartitionResult {
    fn read<'a, S: Source<'a>>(source: &mut S, version: i16) -> Result<Self, WireError> {
        let flexible = version >= 3;
        let partition_index = source.i32()?;
        let partition_error_code = source.i16()?;
        if flexible {
            const TAGS: &[u32] = &[];
            for index in 0..source.tag_count(TAGS)? {
                source.tag(index, TAGS)?;
                source.skip_tagged()?;
            }
        }
        Ok(Self { partition_index, partition_error_code })
    }

    fn write<'a, S: Sink<'a>>(&self, sink: &mut S, version: i16) -> Result<(), WireError> {
        let flexible = version >= 3;
        sink.i32(self.partition_index);
        sink.i16(self.partition_error_code);
        if flexible {
            sink.varint(0);
        }
        Ok(())
    }
}

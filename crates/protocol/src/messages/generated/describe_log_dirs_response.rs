// @generated from the message definitions in kafka-clients 4.3.1 by `cargo xtask generate`: do not edit.
//! DescribeLogDirsResponse: API key 35, versions 1 to 5, flexible since v2.

use std::ops::RangeInclusive;

use crate::messages::ApiKey;
use crate::wire::{Message, Response, Sink, Source, WireError, check_version};

/// DescribeLogDirsResponse, versions 1 to 5.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct DescribeLogDirsResponse<'a> {
    /// `ThrottleTimeMs`, all versions.
    pub throttle_time_ms: i32,
    /// `ErrorCode`, v3 and later.
    pub error_code: i16,
    /// `Results`, all versions.
    pub results: Vec<DescribeLogDirsResult<'a>>,
}

impl<'a> Message<'a> for DescribeLogDirsResponse<'a> {
    const NAME: &'static str = "DescribeLogDirsResponse";
    const VERSIONS: RangeInclusive<i16> = 1..=5;

    fn read<S: Source<'a>>(source: &mut S, version: i16) -> Result<Self, WireError> {
        check_version::<Self>(version)?;
        let flexible = version >= 2;
        let throttle_time_ms = source.i32()?;
        let error_code = if version >= 3 { source.i16()? } else { 0 };
        let results = source.array(flexible, 5, |source| DescribeLogDirsResult::read(source, version))?;
        if flexible {
            const TAGS: &[u32] = &[];
            for index in 0..source.tag_count(TAGS)? {
                source.tag(index, TAGS)?;
                source.skip_tagged()?;
            }
        }
        Ok(Self { throttle_time_ms, error_code, results })
    }

    fn write<S: Sink<'a>>(&self, sink: &mut S, version: i16) -> Result<(), WireError> {
        check_version::<Self>(version)?;
        let flexible = version >= 2;
        sink.i32(self.throttle_time_ms);
        if version >= 3 {
            sink.i16(self.error_code);
        }
        sink.array(flexible, &self.results, |sink, element| element.write(sink, version))?;
        if flexible {
            sink.varint(0);
        }
        Ok(())
    }
}

impl<'a> Response<'a> for DescribeLogDirsResponse<'a> {
    const API: ApiKey = ApiKey::DescribeLogDirs;
}

/// DescribeLogDirsResult of a [`DescribeLogDirsResponse`].
#[derive(Debug, Clone, PartialEq)]
pub struct DescribeLogDirsResult<'a> {
    /// `ErrorCode`, all versions.
    pub error_code: i16,
    /// `LogDir`, all versions.
    pub log_dir: &'a str,
    /// `Topics`, all versions.
    pub topics: Vec<DescribeLogDirsTopic<'a>>,
    /// `TotalBytes`, v4 and later, default `-1`.
    pub total_bytes: i64,
    /// `UsableBytes`, v4 and later, default `-1`.
    pub usable_bytes: i64,
    /// `IsCordoned`, v5 and later, default `false`.
    pub is_cordoned: bool,
}

impl Default for DescribeLogDirsResult<'_> {
    fn default() -> Self {
        Self {
            error_code: 0,
            log_dir: "",
            topics: Vec::new(),
            total_bytes: -1,
            usable_bytes: -1,
            is_cordoned: false,
        }
    }
}

impl<'a> DescribeLogDirsResult<'a> {
    fn read<S: Source<'a>>(source: &mut S, version: i16) -> Result<Self, WireError> {
        let flexible = version >= 2;
        let error_code = source.i16()?;
        let log_dir = source.string(flexible)?;
        let topics = source.array(flexible, 3, |source| DescribeLogDirsTopic::read(source, version))?;
        let total_bytes = if version >= 4 { source.i64()? } else { -1 };
        let usable_bytes = if version >= 4 { source.i64()? } else { -1 };
        let is_cordoned = if version >= 5 { source.bool()? } else { false };
        if flexible {
            const TAGS: &[u32] = &[];
            for index in 0..source.tag_count(TAGS)? {
                source.tag(index, TAGS)?;
                source.skip_tagged()?;
            }
        }
        Ok(Self { error_code, log_dir, topics, total_bytes, usable_bytes, is_cordoned })
    }

    fn write<S: Sink<'a>>(&self, sink: &mut S, version: i16) -> Result<(), WireError> {
        let flexible = version >= 2;
        sink.i16(self.error_code);
        sink.string(flexible, self.log_dir)?;
        sink.array(flexible, &self.topics, |sink, element| element.write(sink, version))?;
        if version >= 4 {
            sink.i64(self.total_bytes);
        }
        if version >= 4 {
            sink.i64(self.usable_bytes);
        }
        if version >= 5 {
            sink.bool(self.is_cordoned);
        }
        if flexible {
            sink.varint(0);
        }
        Ok(())
    }
}

/// DescribeLogDirsTopic of a [`DescribeLogDirsResponse`].
#[derive(Debug, Clone, PartialEq, Default)]
pub struct DescribeLogDirsTopic<'a> {
    /// `Name`, all versions.
    pub name: &'a str,
    /// `Partitions`, all versions.
    pub partitions: Vec<DescribeLogDirsPartition>,
}

impl<'a> DescribeLogDirsTopic<'a> {
    fn read<S: Source<'a>>(source: &mut S, version: i16) -> Result<Self, WireError> {
        let flexible = version >= 2;
        let name = source.string(flexible)?;
        let partitions =
            source.array(flexible, 21, |source| DescribeLogDirsPartition::read(source, version))?;
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
        let flexible = version >= 2;
        sink.string(flexible, self.name)?;
        sink.array(flexible, &self.partitions, |sink, element| element.write(sink, version))?;
        if flexible {
            sink.varint(0);
        }
        Ok(())
    }
}

/// DescribeLogDirsPartition of a [`DescribeLogDirsResponse`].
#[derive(Debug, Clone, PartialEq, Default)]
pub struct DescribeLogDirsPartition {
    /// `PartitionIndex`, all versions.
    pub partition_index: i32,
    /// `PartitionSize`, all versions.
    pub partition_size: i64,
    /// `OffsetLag`, all versions.
    pub offset_lag: i64,
    /// `IsFutureKey`, all versions.
    pub is_future_key: bool,
}

impl DescribeLogDirsPartition {
    fn read<'a, S: Source<'a>>(source: &mut S, version: i16) -> Result<Self, WireError> {
        let flexible = version >= 2;
        let partition_index = source.i32()?;
        let partition_size = source.i64()?;
        let offset_lag = source.i64()?;
        let is_future_key = source.bool()?;
        if flexible {
            const TAGS: &[u32] = &[];
            for index in 0..source.tag_count(TAGS)? {
                source.tag(index, TAGS)?;
                source.skip_tagged()?;
            }
        }
        Ok(Self { partition_index, partition_size, offset_lag, is_future_key })
    }

    fn write<'a, S: Sink<'a>>(&self, sink: &mut S, version: i16) -> Result<(), WireError> {
        let flexible = version >= 2;
        sink.i32(self.partition_index);
        sink.i64(self.partition_size);
        sink.i64(self.offset_lag);
        sink.bool(self.is_future_key);
        if flexible {
            sink.varint(0);
        }
        Ok(())
    }
}

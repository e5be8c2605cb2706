// @generated from the message definitions in kafka-clients 4.3.1 by `cargo xtask generate`: do not edit.
//! DescribeQuorumRequest: API key 55, versions 0 to 2, all flexible.

use std::ops::RangeInclusive;

use crate::messages::ApiKey;
use crate::wire::{Message, Request, Sink, Source, WireError, check_version};

/// DescribeQuorumRequest, versions 0 to 2.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct DescribeQuorumRequest<'a> {
    /// `Topics`, all versions.
    pub topics: Vec<TopicData<'a>>,
}

impl<'a> Message<'a> for DescribeQuorumRequest<'a> {
    const NAME: &'static str = "DescribeQuorumRequest";
    const VERSIONS: RangeInclusive<i16> = 0..=2;

    fn read<S: Source<'a>>(source: &mut S, version: i16) -> Result<Self, WireError> {
        check_version::<Self>(version)?;
        let topics = source.array(true, 3, |source| TopicData::read(source, version))?;
        const TAGS: &[u32] = &[];
        for index in 0..source.tag_count(TAGS)? {
            source.tag(index, TAGS)?;
            source.skip_tagged()?;
        }
        Ok(Self { topics })
    }

    fn write<S: Sink<'a>>(&self, sink: &mut S, version: i16) -> Result<(), WireError> {
        check_version::<Self>(version)?;
        sink.array(true, &self.topics, |sink, element| element.write(sink, version))?;
        sink.varint(0);
        Ok(())
    }
}

impl<'a> Request<'a> for DescribeQuorumRequest<'a> {
    const API: ApiKey = ApiKey::DescribeQuorum;
    type Response = super::DescribeQuorumResponse<'a>;
}

/// TopicData of a [`DescribeQuorumRequest`].
#[derive(Debug, Clone, PartialEq, Default)]
pub struct TopicData<'a> {
    /// `TopicName`, all versions.
    pub topic_name: &'a str,
    /// `Partitions`, all versions.
    pub partitions: Vec<PartitionData>,
}

impl<'a> TopicData<'a> {
    fn read<S: Source<'a>>(source: &mut S, version: i16) -> Result<Self, WireError> {
        let topic_name = source.string(true)?;
        let partitions = source.array(true, 5, |source| PartitionData::read(source, version))?;
        const TAGS: &[u32] = &[];
        for index in 0..source.tag_count(TAGS)? {
            source.tag(index, TAGS)?;
            source.skip_tagged()?;
        }
        Ok(Self { topic_name, partitions })
    }

    fn write<S: Sink<'a>>(&self, sink: &mut S, version: i16) -> Result<(), WireError> {
        sink.string(true, self.topic_name)?;
        sink.array(true, &self.partitions, |sink, element| element.write(sink, version))?;
        sink.varint(0);
        Ok(())
    }
}

/// PartitionData of a [`DescribeQuorumRequest`].
#[derive(Debug, Clone, PartialEq, Default)]
pub struct PartitionData {
    /// `PartitionIndex`, all versions.
    pub partition_index: i32,
}

impl PartitionData {
    fn read<'a, S: Source<'a>>(source: &mut S, _version: i16) -> Result<Self, WireError> {
        let partition_index = source.i32()?;
        const TAGS: &[u32] = &[];
        for index in 0..source.tag_count(TAGS)? {
            source.tag(index, TAGS)?;
            source.skip_tagged()?;
        }
        Ok(Self { partition_index })
    }

    fn write<'a, S: Sink<'a>>(&self, sink: &mut S, _version: i16) -> Result<(), WireError> {
        sink.i32(self.partition_index);
        sink.varint(0);
        Ok(())
    }
}

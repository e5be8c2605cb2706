// @generated from the message definitions in kafka-clients 4.3.1 by `cargo xtask generate`: do not edit.
//! DescribeTopicPartitionsRequest: API key 75, version 0, all flexible.

use std::ops::RangeInclusive;

use crate::messages::ApiKey;
use crate::wire::{Message, Request, Sink, Source, WireError, check_version};

/// DescribeTopicPartitionsRequest, version 0.
#[derive(Debug, Clone, PartialEq)]
pub struct DescribeTopicPartitionsRequest<'a> {
    /// `Topics`, all versions.
    pub topics: Vec<TopicRequest<'a>>,
    /// `ResponsePartitionLimit`, all versions, default `2000`.
    pub response_partition_limit: i32,
    /// `Cursor`, all versions, can be null.
    pub cursor: Option<Cursor<'a>>,
}

impl Default for DescribeTopicPartitionsRequest<'_> {
    fn default() -> Self {
        Self { topics: Vec::new(), response_partition_limit: 2000, cursor: None }
    }
}

impl<'a> Message<'a> for DescribeTopicPartitionsRequest<'a> {
    const NAME: &'static str = "DescribeTopicPartitionsRequest";
    const VERSIONS: RangeInclusive<i16> = 0..=0;

    fn read<S: Source<'a>>(source: &mut S, version: i16) -> Result<Self, WireError> {
        check_version::<Self>(version)?;
        let topics = source.array(true, 2, |source| TopicRequest::read(source, version))?;
        let response_partition_limit = source.i32()?;
        let cursor = if source.is_present()? { Some(Cursor::read(source, version)?) } else { None };
        const TAGS: &[u32] = &[];
        for index in 0..source.tag_count(TAGS)? {
            source.tag(index, TAGS)?;
            source.skip_tagged()?;
        }
        Ok(Self { topics, response_partition_limit, cursor })
    }

    fn write<S: Sink<'a>>(&self, sink: &mut S, version: i16) -> Result<(), WireError> {
        check_version::<Self>(version)?;
        sink.array(true, &self.topics, |sink, element| element.write(sink, version))?;
        sink.i32(self.response_partition_limit);
        match &self.cursor {
            Some(value) => {
                sink.presence(true);
                value.write(sink, version)?;
            }
            None => sink.presence(false),
        }
        sink.varint(0);
        Ok(())
    }
}

impl<'a> Request<'a> for DescribeTopicPartitionsRequest<'a> {
    const API: ApiKey = ApiKey::DescribeTopicPartitions;
    type Response = super::DescribeTopicPartitionsResponse<'a>;
}

/// TopicRequest of a [`DescribeTopicPartitionsRequest`].
#[derive(Debug, Clone, PartialEq, Default)]
pub struct TopicRequest<'a> {
    /// `Name`, all versions.
    pub name: &'a str,
}

impl<'a> TopicRequest<'a> {
    fn read<S: Source<'a>>(source: &mut S, _version: i16) -> Result<Self, WireError> {
        let name = source.string(true)?;
        const TAGS: &[u32] = &[];
        for index in 0..source.tag_count(TAGS)? {
            source.tag(index, TAGS)?;
            source.skip_tagged()?;
        }
        Ok(Self { name })
    }

    fn write<S: Sink<'a>>(&self, sink: &mut S, _version: i16) -> Result<(), WireError> {
        sink.string(true, self.name)?;
        sink.varint(0);
        Ok(())
    }
}

/// Cursor of a [`DescribeTopicPartitionsRequest`].
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Cursor<'a> {
    /// `TopicName`, all versions.
    pub topic_name: &'a str,
    /// `PartitionIndex`, all versions.
    pub partition_index: i32,
}

impl<'a> Cursor<'a> {
    fn read<S: Source<'a>>(source: &mut S, _version: i16) -> Result<Self, WireError> {
        let topic_name = source.string(true)?;
        let partition_index = source.i32()?;
        const TAGS: &[u32] = &[];
        for index in 0..source.tag_count(TAGS)? {
            source.tag(index, TAGS)?;
            source.skip_tagged()?;
        }
        Ok(Self { topic_name, partition_index })
    }

    fn write<S: Sink<'a>>(&self, sink: &mut S, _version: i16) -> Result<(), WireError> {
        sink.string(true, self.topic_name)?;
        sink.i32(self.partition_index);
        sink.varint(0);
        Ok(())
    }
}

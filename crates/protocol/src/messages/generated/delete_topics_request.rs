// @generated from the message definitions in kafka-clients 4.3.1 by `cargo xtask generate`: do not edit.
//! DeleteTopicsRequest: API key 20, versions 1 to 6, flexible since v4.

use std::ops::RangeInclusive;
use uuid::Uuid;

use crate::messages::ApiKey;
use crate::wire::{Message, Request, Sink, Source, WireError, check_version, not_in_version};

/// DeleteTopicsRequest, versions 1 to 6.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct DeleteTopicsRequest<'a> {
    /// `Topics`, v6 and later.
    pub topics: Vec<DeleteTopicState<'a>>,
    /// `TopicNames`, v1 to v5.
    pub topic_names: Vec<&'a str>,
    /// `TimeoutMs`, all versions.
    pub timeout_ms: i32,
}

impl<'a> Message<'a> for DeleteTopicsRequest<'a> {
    const NAME: &'static str = "DeleteTopicsRequest";
    const VERSIONS: RangeInclusive<i16> = 1..=6;

    fn read<S: Source<'a>>(source: &mut S, version: i16) -> Result<Self, WireError> {
        check_version::<Self>(version)?;
        let flexible = version >= 4;
        let topics = if version >= 6 {
            source.array(flexible, 18, |source| DeleteTopicState::read(source, version))?
        } else {
            Vec::new()
        };
        let topic_names = if version <= 5 {
            source.array(flexible, 1, |source| source.string(flexible))?
        } else {
            Vec::new()
        };
        let timeout_ms = source.i32()?;
        if flexible {
            const TAGS: &[u32] = &[];
            for index in 0..source.tag_count(TAGS)? {
                source.tag(index, TAGS)?;
                source.skip_tagged()?;
            }
        }
        Ok(Self { topics, topic_names, timeout_ms })
    }

    fn write<S: Sink<'a>>(&self, sink: &mut S, version: i16) -> Result<(), WireError> {
        check_version::<Self>(version)?;
        let flexible = version >= 4;
        if version >= 6 {
            sink.array(flexible, &self.topics, |sink, element| element.write(sink, version))?;
        } else if !self.topics.is_empty() {
            return Err(not_in_version("DeleteTopicsRequest", "topics", version));
        }
        if version <= 5 {
            sink.array(flexible, &self.topic_names, |sink, element| sink.string(flexible, element))?;
        }
        sink.i32(self.timeout_ms);
        if flexible {
            sink.varint(0);
        }
        Ok(())
    }
}

impl<'a> Request<'a> for DeleteTopicsRequest<'a> {
    const API: ApiKey = ApiKey::DeleteTopics;
    type Response = super::DeleteTopicsResponse<'a>;
}

/// DeleteTopicState of a [`DeleteTopicsRequest`].
#[derive(Debug, Clone, PartialEq, Default)]
pub struct DeleteTopicState<'a> {
    /// `Name`, v6 and later, can be null.
    pub name: Option<&'a str>,
    /// `TopicId`, v6 and later.
    pub topic_id: Uuid,
}

impl<'a> DeleteTopicState<'a> {
    fn read<S: Source<'a>>(source: &mut S, version: i16) -> Result<Self, WireError> {
        let flexible = version >= 4;
        let name = if version >= 6 { source.nullable_string(flexible)? } else { None };
        let topic_id = if version >= 6 { source.uuid()? } else { Uuid::nil() };
        if flexible {
            const TAGS: &[u32] = &[];
            for index in 0..source.tag_count(TAGS)? {
                source.tag(index, TAGS)?;
                source.skip_tagged()?;
            }
        }
        Ok(Self { name, topic_id })
    }

    fn write<S: Sink<'a>>(&self, sink: &mut S, version: i16) -> Result<(), WireError> {
        let flexible = version >= 4;
        if version >= 6 {
            sink.nullable_string(flexible, self.name)?;
        } else if self.name.is_some() {
            return Err(not_in_version("DeleteTopicState", "name", version));
        }
        if version >= 6 {
            sink.uuid(self.topic_id);
        } else if !self.topic_id.is_nil() {
            return Err(not_in_version("DeleteTopicState", "topic_id", version));
        }
        if flexible {
            sink.varint(0);
        }
        Ok(())
    }
}

// @generated from the message definitions in kafka-clients 4.3.1 by `cargo xtask generate`: do not edit.
//! MetadataRequest: API key 3, versions 0 to 13, flexible since v9.

use std::ops::RangeInclusive;
use uuid::Uuid;

use crate::messages::ApiKey;
use crate::wire::{
    Message, Request, Sink, Source, WireError, check_version, not_in_version, null_not_in_version,
};

/// MetadataRequest, versions 0 to 13.
#[derive(Debug, Clone, PartialEq)]
pub struct MetadataRequest<'a> {
    /// `Topics`, all versions, can be null in v1 and later.
    pub topics: Option<Vec<MetadataRequestTopic<'a>>>,
    /// `AllowAutoTopicCreation`, v4 and later, default `true`.
    pub allow_auto_topic_creation: bool,
    /// `IncludeClusterAuthorizedOperations`, v8 to v10.
    pub include_cluster_authorized_operations: bool,
    /// `IncludeTopicAuthorizedOperations`, v8 and later.
    pub include_topic_authorized_operations: bool,
}

impl Default for MetadataRequest<'_> {
    fn default() -> Self {
        Self {
            topics: Some(Vec::new()),
            allow_auto_topic_creation: true,
            include_cluster_authorized_operations: false,
            include_topic_authorized_operations: false,
        }
    }
}

impl<'a> Message<'a> for MetadataRequest<'a> {
    const NAME: &'static str = "MetadataRequest";
    const VERSIONS: RangeInclusive<i16> = 0..=13;

    fn read<S: Source<'a>>(source: &mut S, version: i16) -> Result<Self, WireError> {
        check_version::<Self>(version)?;
        let flexible = version >= 9;
        let topics = {
            let value = if version >= 1 {
                source.nullable_array(flexible, 2, |source| MetadataRequestTopic::read(source, version))
            } else {
                source.array(flexible, 2, |source| MetadataRequestTopic::read(source, version)).map(Some)
            };
            value?
        };
        let allow_auto_topic_creation = if version >= 4 { source.bool()? } else { true };
        let include_cluster_authorized_operations =
            if (8..=10).contains(&version) { source.bool()? } else { false };
        let include_topic_authorized_operations = if version >= 8 { source.bool()? } else { false };
        if flexible {
            const TAGS: &[u32] = &[];
            for index in 0..source.tag_count(TAGS)? {
                source.tag(index, TAGS)?;
                source.skip_tagged()?;
            }
        }
        Ok(Self {
            topics,
            allow_auto_topic_creation,
            include_cluster_authorized_operations,
            include_topic_authorized_operations,
        })
    }

    fn write<S: Sink<'a>>(&self, sink: &mut S, version: i16) -> Result<(), WireError> {
        check_version::<Self>(version)?;
        let flexible = version >= 9;
        if version < 1 && self.topics.is_none() {
            return Err(null_not_in_version("MetadataRequest", "topics", version));
        }
        sink.nullable_array(flexible, self.topics.as_deref(), |sink, element| element.write(sink, version))?;
        if version >= 4 {
            sink.bool(self.allow_auto_topic_creation);
        } else if !self.allow_auto_topic_creation {
            return Err(not_in_version("MetadataRequest", "allow_auto_topic_creation", version));
        }
        if (8..=10).contains(&version) {
            sink.bool(self.include_cluster_authorized_operations);
        } else if self.include_cluster_authorized_operations {
            return Err(not_in_version("MetadataRequest", "include_cluster_authorized_operations", version));
        }
        if version >= 8 {
            sink.bool(self.include_topic_authorized_operations);
        } else if self.include_topic_authorized_operations {
            return Err(not_in_version("MetadataRequest", "include_topic_authorized_operations", version));
        }
        if flexible {
            sink.varint(0);
        }
        Ok(())
    }
}

impl<'a> Request<'a> for MetadataRequest<'a> {
    const API: ApiKey = ApiKey::Metadata;
    type Response = super::MetadataResponse<'a>;
}

/// MetadataRequestTopic of a [`MetadataRequest`].
#[derive(Debug, Clone, PartialEq)]
pub struct MetadataRequestTopic<'a> {
    /// `TopicId`, v10 and later.
    pub topic_id: Uuid,
    /// `Name`, all versions, can be null in v10 and later.
    pub name: Option<&'a str>,
}

impl Default for MetadataRequestTopic<'_> {
    fn default() -> Self {
        Self { topic_id: Uuid::nil(), name: Some("") }
    }
}

impl<'a> MetadataRequestTopic<'a> {
    fn read<S: Source<'a>>(source: &mut S, version: i16) -> Result<Self, WireError> {
        let flexible = version >= 9;
        let topic_id = if version >= 10 { source.uuid()? } else { Uuid::nil() };
        let name = {
            let value = if version >= 10 {
                source.nullable_string(flexible)
            } else {
                source.string(flexible).map(Some)
            };
            value?
        };
        if flexible {
            const TAGS: &[u32] = &[];
            for index in 0..source.tag_count(TAGS)? {
                source.tag(index, TAGS)?;
                source.skip_tagged()?;
            }
        }
        Ok(Self { topic_id, name })
    }

    fn write<S: Sink<'a>>(&self, sink: &mut S, version: i16) -> Result<(), WireError> {
        let flexible = version >= 9;
        if version >= 10 {
            sink.uuid(self.topic_id);
        }
        if version < 10 && self.name.is_none() {
            return Err(null_not_in_version("MetadataRequestTopic", "name", version));
        }
        sink.nullable_string(flexible, self.name)?;
        if flexible {
            sink.varint(0);
        }
        Ok(())
    }
}

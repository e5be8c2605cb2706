// @generated from the message definitions in kafka-clients 4.3.1 by `cargo xtask generate`: do not edit.
//! CreateTopicsResponse: API key 19, versions 2 to 7, flexible since v5.

use std::ops::RangeInclusive;
use uuid::Uuid;

use crate::messages::ApiKey;
use crate::wire::{Counter, Message, Response, Sink, Source, WireError, check_version, not_in_version};

/// CreateTopicsResponse, versions 2 to 7.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct CreateTopicsResponse<'a> {
    /// `ThrottleTimeMs`, all versions.
    pub throttle_time_ms: i32,
    /// `Topics`, all versions.
    pub topics: Vec<CreatableTopicResult<'a>>,
}

impl<'a> Message<'a> for CreateTopicsResponse<'a> {
    const NAME: &'static str = "CreateTopicsResponse";
    const VERSIONS: RangeInclusive<i16> = 2..=7;

    fn read<S: Source<'a>>(source: &mut S, version: i16) -> Result<Self, WireError> {
        check_version::<Self>(version)?;
        let flexible = version >= 5;
        let throttle_time_ms = source.i32()?;
        let topics = source.array(flexible, 6, |source| CreatableTopicResult::read(source, version))?;
        if flexible {
            const TAGS: &[u32] = &[];
            for index in 0..source.tag_count(TAGS)? {
                source.tag(index, TAGS)?;
                source.skip_tagged()?;
            }
        }
        Ok(Self { throttle_time_ms, topics })
    }

    fn write<S: Sink<'a>>(&self, sink: &mut S, version: i16) -> Result<(), WireError> {
        check_version::<Self>(version)?;
        let flexible = version >= 5;
        sink.i32(self.throttle_time_ms);
        sink.array(flexible, &self.topics, |sink, element| element.write(sink, version))?;
        if flexible {
            sink.varint(0);
        }
        Ok(())
    }
}

impl<'a> Response<'a> for CreateTopicsResponse<'a> {
    const API: ApiKey = ApiKey::CreateTopics;
}

/// CreatableTopicResult of a [`CreateTopicsResponse`].
#[derive(Debug, Clone, PartialEq)]
pub struct CreatableTopicResult<'a> {
    /// `Name`, all versions.
    pub name: &'a str,
    /// `TopicId`, v7 and later.
    pub topic_id: Uuid,
    /// `ErrorCode`, all versions.
    pub error_code: i16,
    /// `ErrorMessage`, all versions, can be null.
    pub error_message: Option<&'a str>,
    /// `TopicConfigErrorCode`, v5 and later, tag 0.
    pub topic_config_error_code: i16,
    /// `NumPartitions`, v5 and later, default `-1`.
    pub num_partitions: i32,
    /// `ReplicationFactor`, v5 and later, default `-1`.
    pub replication_factor: i16,
    /// `Configs`, v5 and later, can be null.
    pub configs: Option<Vec<CreatableTopicConfigs<'a>>>,
}

impl Default for CreatableTopicResult<'_> {
    fn default() -> Self {
        Self {
            name: "",
            topic_id: Uuid::nil(),
            error_code: 0,
            error_message: Some(""),
            topic_config_error_code: 0,
            num_partitions: -1,
            replication_factor: -1,
            configs: Some(Vec::new()),
        }
    }
}

impl<'a> CreatableTopicResult<'a> {
    fn read<S: Source<'a>>(source: &mut S, version: i16) -> Result<Self, WireError> {
        let flexible = version >= 5;
        let name = source.string(flexible)?;
        let topic_id = if version >= 7 { source.uuid()? } else { Uuid::nil() };
        let error_code = source.i16()?;
        let error_message = source.nullable_string(flexible)?;
        let mut topic_config_error_code = 0;
        let num_partitions = if version >= 5 { source.i32()? } else { -1 };
        let replication_factor = if version >= 5 { source.i16()? } else { -1 };
        let configs = if version >= 5 {
            source.nullable_array(flexible, 6, |source| CreatableTopicConfigs::read(source, version))?
        } else {
            Some(Vec::new())
        };
        if flexible {
            const TAGS: &[u32] = &[0];
            for index in 0..source.tag_count(TAGS)? {
                match source.tag(index, TAGS)? {
                    0 if version >= 5 => {
                        topic_config_error_code = source.tagged(|source| source.i16())?;
                    }
                    _ => source.skip_tagged()?,
                }
            }
        }
        Ok(Self {
            name,
            topic_id,
            error_code,
            error_message,
            topic_config_error_code,
            num_partitions,
            replication_factor,
            configs,
        })
    }

    fn write<S: Sink<'a>>(&self, sink: &mut S, version: i16) -> Result<(), WireError> {
        let flexible = version >= 5;
        sink.string(flexible, self.name)?;
        if version >= 7 {
            sink.uuid(self.topic_id);
        }
        sink.i16(self.error_code);
        sink.nullable_string(flexible, self.error_message)?;
        if version >= 5 {
            sink.i32(self.num_partitions);
        }
        if version >= 5 {
            sink.i16(self.replication_factor);
        }
        if version >= 5 {
            sink.nullable_array(flexible, self.configs.as_deref(), |sink, element| {
                element.write(sink, version)
            })?;
        }
        if flexible {
            let has_tag_0 = version >= 5 && self.topic_config_error_code != 0;
            sink.varint(u32::from(has_tag_0));
            if has_tag_0 {
                let mut counter = Counter::default();
                {
                    let counter = &mut counter;
                    counter.i16(self.topic_config_error_code);
                }
                sink.tag(0, counter.bytes())?;
                sink.i16(self.topic_config_error_code);
            }
        }
        Ok(())
    }
}

/// CreatableTopicConfigs of a [`CreateTopicsResponse`].
#[derive(Debug, Clone, PartialEq)]
pub struct CreatableTopicConfigs<'a> {
    /// `Name`, v5 and later.
    pub name: &'a str,
    /// `Value`, v5 and later, can be null.
    pub value: Option<&'a str>,
    /// `ReadOnly`, v5 and later.
    pub read_only: bool,
    /// `ConfigSource`, v5 and later, default `-1`.
    pub config_source: i8,
    /// `IsSensitive`, v5 and later.
    pub is_sensitive: bool,
}

impl Default for CreatableTopicConfigs<'_> {
    fn default() -> Self {
        Self { name: "", value: Some(""), read_only: false, config_source: -1, is_sensitive: false }
    }
}

impl<'a> CreatableTopicConfigs<'a> {
    fn read<S: Source<'a>>(source: &mut S, version: i16) -> Result<Self, WireError> {
        let flexible = version >= 5;
        let name = if version >= 5 { source.string(flexible)? } else { "" };
        let value = if version >= 5 { source.nullable_string(flexible)? } else { Some("") };
        let read_only = if version >= 5 { source.bool()? } else { false };
        let config_source = if version >= 5 { source.i8()? } else { -1 };
        let is_sensitive = if version >= 5 { source.bool()? } else { false };
        if flexible {
            const TAGS: &[u32] = &[];
            for index in 0..source.tag_count(TAGS)? {
                source.tag(index, TAGS)?;
                source.skip_tagged()?;
            }
        }
        Ok(Self { name, value, read_only, config_source, is_sensitive })
    }

    fn write<S: Sink<'a>>(&self, sink: &mut S, version: i16) -> Result<(), WireError> {
        let flexible = version >= 5;
        if version >= 5 {
            sink.string(flexible, self.name)?;
        } else if !self.name.is_empty() {
            return Err(not_in_version("CreatableTopicConfigs", "name", version));
        }
        if version >= 5 {
            sink.nullable_string(flexible, self.value)?;
        } else if self.value != Some("") {
            return Err(not_in_version("CreatableTopicConfigs", "value", version));
        }
        if version >= 5 {
            sink.bool(self.read_only);
        } else if self.read_only {
            return Err(not_in_version("CreatableTopicConfigs", "read_only", version));
        }
        if version >= 5 {
            sink.i8(self.config_source);
        }
        if version >= 5 {
            sink.bool(self.is_sensitive);
        } else if self.is_sensitive {
            return Err(not_in_version("CreatableTopicConfigs", "is_sensitive", version));
        }
        if flexible {
            sink.varint(0);
        }
        Ok(())
    }
}

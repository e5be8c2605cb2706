// @generated from the message definitions in kafka-clients 4.3.1 by `cargo xtask generate`: do not edit.
//! DeleteTopicsResponse: API key 20, versions 1 to 6, flexible since v4.

use std::ops::RangeInclusive;
use uuid::Uuid;

use crate::messages::ApiKey;
use crate::wire::{Message, Response, Sink, Source, WireError, check_version, null_not_in_version};

/// DeleteTopicsResponse, versions 1 to 6.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct DeleteTopicsResponse<'a> {
    /// `ThrottleTimeMs`, all versions.
    pub throttle_time_ms: i32,
    /// `Responses`, all versions.
    pub responses: Vec<DeletableTopicResult<'a>>,
}

impl<'a> Message<'a> for DeleteTopicsResponse<'a> {
    const NAME: &'static str = "DeleteTopicsResponse";
    const VERSIONS: RangeInclusive<i16> = 1..=6;

    fn read<S: Source<'a>>(source: &mut S, version: i16) -> Result<Self, WireError> {
        check_version::<Self>(version)?;
        let flexible = version >= 4;
        let throttle_time_ms = source.i32()?;
        let responses = source.array(flexible, 4, |source| DeletableTopicResult::read(source, version))?;
        if flexible {
            const TAGS: &[u32] = &[];
            for index in 0..source.tag_count(TAGS)? {
                source.tag(index, TAGS)?;
                source.skip_tagged()?;
            }
        }
        Ok(Self { throttle_time_ms, responses })
    }

    fn write<S: Sink<'a>>(&self, sink: &mut S, version: i16) -> Result<(), WireError> {
        check_version::<Self>(version)?;
        let flexible = version >= 4;
        sink.i32(self.throttle_time_ms);
        sink.array(flexible, &self.responses, |sink, element| element.write(sink, version))?;
        if flexible {
            sink.varint(0);
        }
        Ok(())
    }
}

impl<'a> Response<'a> for DeleteTopicsResponse<'a> {
    const API: ApiKey = ApiKey::DeleteTopics;
}

/// DeletableTopicResult of a [`DeleteTopicsResponse`].
#[derive(Debug, Clone, PartialEq)]
pub struct DeletableTopicResult<'a> {
    /// `Name`, all versions, can be null in v6 and later.
    pub name: Option<&'a str>,
    /// `TopicId`, v6 and later.
    pub topic_id: Uuid,
    /// `ErrorCode`, all versions.
    pub error_code: i16,
    /// `ErrorMessage`, v5 and later, can be null.
    pub error_message: Option<&'a str>,
}

impl Default for DeletableTopicResult<'_> {
    fn default() -> Self {
        Self { name: Some(""), topic_id: Uuid::nil(), error_code: 0, error_message: None }
    }
}

impl<'a> DeletableTopicResult<'a> {
    fn read<S: Source<'a>>(source: &mut S, version: i16) -> Result<Self, WireError> {
        let flexible = version >= 4;
        let name = {
            let value = if version >= 6 {
                source.nullable_string(flexible)
            } else {
                source.string(flexible).map(Some)
            };
            value?
        };
        let topic_id = if version >= 6 { source.uuid()? } else { Uuid::nil() };
        let error_code = source.i16()?;
        let error_message = if version >= 5 { source.nullable_string(flexible)? } else { None };
        if flexible {
            const TAGS: &[u32] = &[];
            for index in 0..source.tag_count(TAGS)? {
                source.tag(index, TAGS)?;
                source.skip_tagged()?;
            }
        }
        Ok(Self { name, topic_id, error_code, error_message })
    }

    fn write<S: Sink<'a>>(&self, sink: &mut S, version: i16) -> Result<(), WireError> {
        let flexible = version >= 4;
        if version < 6 && self.name.is_none() {
            return Err(null_not_in_version("DeletableTopicResult", "name", version));
        }
        sink.nullable_string(flexible, self.name)?;
        if version >= 6 {
            sink.uuid(self.topic_id);
        }
        sink.i16(self.error_code);
        if version >= 5 {
            sink.nullable_string(flexible, self.error_message)?;
        }
        if flexible {
            sink.varint(0);
        }
        Ok(())
    }
}

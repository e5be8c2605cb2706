// @generated from the message definitions in kafka-clients 4.3.1 by `cargo xtask generate`: do not edit.
//! ProduceResponse: API key 0, versions 3 to 13, flexible since v9.

use std::ops::RangeInclusive;
use uuid::Uuid;

use crate::messages::ApiKey;
use crate::wire::{Counter, Message, Response, Sink, Source, WireError, check_version, not_in_version};

/// ProduceResponse, versions 3 to 13.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct ProduceResponse<'a> {
    /// `Responses`, all versions.
    pub responses: Vec<TopicProduceResponse<'a>>,
    /// `ThrottleTimeMs`, all versions, default `0`.
    pub throttle_time_ms: i32,
    /// `NodeEndpoints`, v10 and later, tag 0.
    pub node_endpoints: Vec<NodeEndpoint<'a>>,
}

impl<'a> Message<'a> for ProduceResponse<'a> {
    const NAME: &'static str = "ProduceResponse";
    const VERSIONS: RangeInclusive<i16> = 3..=13;

    fn read<S: Source<'a>>(source: &mut S, version: i16) -> Result<Self, WireError> {
        check_version::<Self>(version)?;
        let flexible = version >= 9;
        let responses = source.array(flexible, 3, |source| TopicProduceResponse::read(source, version))?;
        let throttle_time_ms = source.i32()?;
        let mut node_endpoints = Vec::new();
        if flexible {
            const TAGS: &[u32] = &[0];
            for index in 0..source.tag_count(TAGS)? {
                match source.tag(index, TAGS)? {
                    0 if version >= 10 => {
                        node_endpoints = source.tagged(|source| {
                            source.array(true, 11, |source| NodeEndpoint::read(source, version))
                        })?;
                    }
                    _ => source.skip_tagged()?,
                }
            }
        }
        Ok(Self { responses, throttle_time_ms, node_endpoints })
    }

    fn write<S: Sink<'a>>(&self, sink: &mut S, version: i16) -> Result<(), WireError> {
        check_version::<Self>(version)?;
        let flexible = version >= 9;
        sink.array(flexible, &self.responses, |sink, element| element.write(sink, version))?;
        sink.i32(self.throttle_time_ms);
        if version < 10 && !self.node_endpoints.is_empty() {
            return Err(not_in_version("ProduceResponse", "node_endpoints", version));
        }
        if flexible {
            let has_tag_0 = version >= 10 && !self.node_endpoints.is_empty();
            sink.varint(u32::from(has_tag_0));
            if has_tag_0 {
                let mut counter = Counter::default();
                {
                    let counter = &mut counter;
                    counter
                        .array(true, &self.node_endpoints, |sink, element| element.write(sink, version))?;
                }
                sink.tag(0, counter.bytes())?;
                sink.array(true, &self.node_endpoints, |sink, element| element.write(sink, version))?;
            }
        }
        Ok(())
    }
}

impl<'a> Response<'a> for ProduceResponse<'a> {
    const API: ApiKey = ApiKey::Produce;
}

/// TopicProduceResponse of a [`ProduceResponse`].
#[derive(Debug, Clone, PartialEq, Default)]
pub struct TopicProduceResponse<'a> {
    /// `Name`, v3 to v12.
    pub name: &'a str,
    /// `TopicId`, v13 and later.
    pub topic_id: Uuid,
    /// `PartitionResponses`, all versions.
    pub partition_responses: Vec<PartitionProduceResponse<'a>>,
}

impl<'a> TopicProduceResponse<'a> {
    fn read<S: Source<'a>>(source: &mut S, version: i16) -> Result<Self, WireError> {
        let flexible = version >= 9;
        let name = if version <= 12 { source.string(flexible)? } else { "" };
        let topic_id = if version >= 13 { source.uuid()? } else { Uuid::nil() };
        let partition_responses =
            source.array(flexible, 22, |source| PartitionProduceResponse::read(source, version))?;
        if flexible {
            const TAGS: &[u32] = &[];
            for index in 0..source.tag_count(TAGS)? {
                source.tag(index, TAGS)?;
                source.skip_tagged()?;
            }
        }
        Ok(Self { name, topic_id, partition_responses })
    }

    fn write<S: Sink<'a>>(&self, sink: &mut S, version: i16) -> Result<(), WireError> {
        let flexible = version >= 9;
        if version <= 12 {
            sink.string(flexible, self.name)?;
        }
        if version >= 13 {
            sink.uuid(self.topic_id);
        }
        sink.array(flexible, &self.partition_responses, |sink, element| element.write(sink, version))?;
        if flexible {
            sink.varint(0);
        }
        Ok(())
    }
}

/// PartitionProduceResponse of a [`ProduceResponse`].
#[derive(Debug, Clone, PartialEq)]
pub struct PartitionProduceResponse<'a> {
    /// `Index`, all versions.
    pub index: i32,
    /// `ErrorCode`, all versions.
    pub error_code: i16,
    /// `BaseOffset`, all versions.
    pub base_offset: i64,
    /// `LogAppendTimeMs`, all versions, default `-1`.
    pub log_append_time_ms: i64,
    /// `LogStartOffset`, v5 and later, default `-1`.
    pub log_start_offset: i64,
    /// `RecordErrors`, v8 and later.
    pub record_errors: Vec<BatchIndexAndErrorMessage<'a>>,
    /// `ErrorMessage`, v8 and later, can be null.
    pub error_message: Option<&'a str>,
    /// `CurrentLeader`, v10 and later, tag 0.
    pub current_leader: LeaderIdAndEpoch,
}

impl Default for PartitionProduceResponse<'_> {
    fn default() -> Self {
        Self {
            index: 0,
            error_code: 0,
            base_offset: 0,
            log_append_time_ms: -1,
            log_start_offset: -1,
            record_errors: Vec::new(),
            error_message: None,
            current_leader: LeaderIdAndEpoch::default(),
        }
    }
}

impl<'a> PartitionProduceResponse<'a> {
    fn read<S: Source<'a>>(source: &mut S, version: i16) -> Result<Self, WireError> {
        let flexible = version >= 9;
        let index_ = source.i32()?;
        let error_code = source.i16()?;
        let base_offset = source.i64()?;
        let log_append_time_ms = source.i64()?;
        let log_start_offset = if version >= 5 { source.i64()? } else { -1 };
        let record_errors = if version >= 8 {
            source.array(flexible, 6, |source| BatchIndexAndErrorMessage::read(source, version))?
        } else {
            Vec::new()
        };
        let error_message = if version >= 8 { source.nullable_string(flexible)? } else { None };
        let mut current_leader = LeaderIdAndEpoch::default();
        if flexible {
            const TAGS: &[u32] = &[0];
            for index in 0..source.tag_count(TAGS)? {
                match source.tag(index, TAGS)? {
                    0 if version >= 10 => {
                        current_leader = source.tagged(|source| LeaderIdAndEpoch::read(source, version))?;
                    }
                    _ => source.skip_tagged()?,
                }
            }
        }
        Ok(Self {
            index: index_,
            error_code,
            base_offset,
            log_append_time_ms,
            log_start_offset,
            record_errors,
            error_message,
            current_leader,
        })
    }

    fn write<S: Sink<'a>>(&self, sink: &mut S, version: i16) -> Result<(), WireError> {
        let flexible = version >= 9;
        sink.i32(self.index);
        sink.i16(self.error_code);
        sink.i64(self.base_offset);
        sink.i64(self.log_append_time_ms);
        if version >= 5 {
            sink.i64(self.log_start_offset);
        }
        if version >= 8 {
            sink.array(flexible, &self.record_errors, |sink, element| element.write(sink, version))?;
        }
        if version >= 8 {
            sink.nullable_string(flexible, self.error_message)?;
        }
        if version < 10 && self.current_leader != LeaderIdAndEpoch::default() {
            return Err(not_in_version("PartitionProduceResponse", "current_leader", version));
        }
        if flexible {
            let has_tag_0 = version >= 10 && self.current_leader != LeaderIdAndEpoch::default();
            sink.varint(u32::from(has_tag_0));
            if has_tag_0 {
                let mut counter = Counter::default();
                {
                    let counter = &mut counter;
                    self.current_leader.write(counter, version)?;
                }
                sink.tag(0, counter.bytes())?;
                self.current_leader.write(sink, version)?;
            }
        }
        Ok(())
    }
}

/// BatchIndexAndErrorMessage of a [`ProduceResponse`].
#[derive(Debug, Clone, PartialEq, Default)]
pub struct BatchIndexAndErrorMessage<'a> {
    /// `BatchIndex`, v8 and later.
    pub batch_index: i32,
    /// `BatchIndexErrorMessage`, v8 and later, can be null.
    pub batch_index_error_message: Option<&'a str>,
}

impl<'a> BatchIndexAndErrorMessage<'a> {
    fn read<S: Source<'a>>(source: &mut S, version: i16) -> Result<Self, WireError> {
        let flexible = version >= 9;
        let batch_index = if version >= 8 { source.i32()? } else { 0 };
        let batch_index_error_message = if version >= 8 { source.nullable_string(flexible)? } else { None };
        if flexible {
            const TAGS: &[u32] = &[];
            for index in 0..source.tag_count(TAGS)? {
                source.tag(index, TAGS)?;
                source.skip_tagged()?;
            }
        }
        Ok(Self { batch_index, batch_index_error_message })
    }

    fn write<S: Sink<'a>>(&self, sink: &mut S, version: i16) -> Result<(), WireError> {
        let flexible = version >= 9;
        if version >= 8 {
            sink.i32(self.batch_index);
        } else if self.batch_index != 0 {
            return Err(not_in_version("BatchIndexAndErrorMessage", "batch_index", version));
        }
        if version >= 8 {
            sink.nullable_string(flexible, self.batch_index_error_message)?;
        } else if self.batch_index_error_message.is_some() {
            return Err(not_in_version("BatchIndexAndErrorMessage", "batch_index_error_message", version));
        }
        if flexible {
            sink.varint(0);
        }
        Ok(())
    }
}

/// LeaderIdAndEpoch of a [`ProduceResponse`].
#[derive(Debug, Clone, PartialEq)]
pub struct LeaderIdAndEpoch {
    /// `LeaderId`, v10 and later, default `-1`.
    pub leader_id: i32,
    /// `LeaderEpoch`, v10 and later, default `-1`.
    pub leader_epoch: i32,
}

impl Default for LeaderIdAndEpoch {
    fn default() -> Self {
        Self { leader_id: -1, leader_epoch: -1 }
    }
}

impl LeaderIdAndEpoch {
    fn read<'a, S: Source<'a>>(source: &mut S, version: i16) -> Result<Self, WireError> {
        let flexible = version >= 9;
        let leader_id = if version >= 10 { source.i32()? } else { -1 };
        let leader_epoch = if version >= 10 { source.i32()? } else { -1 };
        if flexible {
            const TAGS: &[u32] = &[];
            for index in 0..source.tag_count(TAGS)? {
                source.tag(index, TAGS)?;
                source.skip_tagged()?;
            }
        }
        Ok(Self { leader_id, leader_epoch })
    }

    fn write<'a, S: Sink<'a>>(&self, sink: &mut S, version: i16) -> Result<(), WireError> {
        let flexible = version >= 9;
        if version >= 10 {
            sink.i32(self.leader_id);
        } else if self.leader_id != -1 {
            return Err(not_in_version("LeaderIdAndEpoch", "leader_id", version));
        }
        if version >= 10 {
            sink.i32(self.leader_epoch);
        } else if self.leader_epoch != -1 {
            return Err(not_in_version("LeaderIdAndEpoch", "leader_epoch", version));
        }
        if flexible {
            sink.varint(0);
        }
        Ok(())
    }
}

/// NodeEndpoint of a [`ProduceResponse`].
#[derive(Debug, Clone, PartialEq, Default)]
pub struct NodeEndpoint<'a> {
    /// `NodeId`, v10 and later.
    pub node_id: i32,
    /// `Host`, v10 and later.
    pub host: &'a str,
    /// `Port`, v10 and later.
    pub port: i32,
    /// `Rack`, v10 and later, can be null.
    pub rack: Option<&'a str>,
}

impl<'a> NodeEndpoint<'a> {
    fn read<S: Source<'a>>(source: &mut S, version: i16) -> Result<Self, WireError> {
        let flexible = version >= 9;
        let node_id = if version >= 10 { source.i32()? } else { 0 };
        let host = if version >= 10 { source.string(flexible)? } else { "" };
        let port = if version >= 10 { source.i32()? } else { 0 };
        let rack = if version >= 10 { source.nullable_string(flexible)? } else { None };
        if flexible {
            const TAGS: &[u32] = &[];
            for index in 0..source.tag_count(TAGS)? {
                source.tag(index, TAGS)?;
                source.skip_tagged()?;
            }
        }
        Ok(Self { node_id, host, port, rack })
    }

    fn write<S: Sink<'a>>(&self, sink: &mut S, version: i16) -> Result<(), WireError> {
        let flexible = version >= 9;
        if version >= 10 {
            sink.i32(self.node_id);
        } else if self.node_id != 0 {
            return Err(not_in_version("NodeEndpoint", "node_id", version));
        }
        if version >= 10 {
            sink.string(flexible, self.host)?;
        } else if !self.host.is_empty() {
            return Err(not_in_version("NodeEndpoint", "host", version));
        }
        if version >= 10 {
            sink.i32(self.port);
        } else if self.port != 0 {
            return Err(not_in_version("NodeEndpoint", "port", version));
        }
        if version >= 10 {
            sink.nullable_string(flexible, self.rack)?;
        } else if self.rack.is_some() {
            return Err(not_in_version("NodeEndpoint", "rack", version));
        }
        if flexible {
            sink.varint(0);
        }
        Ok(())
    }
}

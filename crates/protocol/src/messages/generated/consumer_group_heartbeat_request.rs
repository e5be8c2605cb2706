// @generated from the message definitions in kafka-clients 4.3.1 by `cargo xtask generate`: do not edit.
//! ConsumerGroupHeartbeatRequest: API key 68, versions 0 to 1, all flexible.

use std::ops::RangeInclusive;
use uuid::Uuid;

use crate::messages::ApiKey;
use crate::wire::{Message, Request, Sink, Source, WireError, check_version, not_in_version};

/// ConsumerGroupHeartbeatRequest, versions 0 to 1.
#[derive(Debug, Clone, PartialEq)]
pub struct ConsumerGroupHeartbeatRequest<'a> {
    /// `GroupId`, all versions.
    pub group_id: &'a str,
    /// `MemberId`, all versions.
    pub member_id: &'a str,
    /// `MemberEpoch`, all versions.
    pub member_epoch: i32,
    /// `InstanceId`, all versions, can be null.
    pub instance_id: Option<&'a str>,
    /// `RackId`, all versions, can be null.
    pub rack_id: Option<&'a str>,
    /// `RebalanceTimeoutMs`, all versions, default `-1`.
    pub rebalance_timeout_ms: i32,
    /// `SubscribedTopicNames`, all versions, can be null.
    pub subscribed_topic_names: Option<Vec<&'a str>>,
    /// `SubscribedTopicRegex`, v1 and later, can be null.
    pub subscribed_topic_regex: Option<&'a str>,
    /// `ServerAssignor`, all versions, can be null.
    pub server_assignor: Option<&'a str>,
    /// `TopicPartitions`, all versions, can be null.
    pub topic_partitions: Option<Vec<TopicPartitions>>,
}

impl Default for ConsumerGroupHeartbeatRequest<'_> {
    fn default() -> Self {
        Self {
            group_id: "",
            member_id: "",
            member_epoch: 0,
            instance_id: None,
            rack_id: None,
            rebalance_timeout_ms: -1,
            subscribed_topic_names: None,
            subscribed_topic_regex: None,
            server_assignor: None,
            topic_partitions: None,
        }
    }
}

impl<'a> Message<'a> for ConsumerGroupHeartbeatRequest<'a> {
    const NAME: &'static str = "ConsumerGroupHeartbeatRequest";
    const VERSIONS: RangeInclusive<i16> = 0..=1;

    fn read<S: Source<'a>>(source: &mut S, version: i16) -> Result<Self, WireError> {
        check_version::<Self>(version)?;
        let group_id = source.string(true)?;
        let member_id = source.string(true)?;
        let member_epoch = source.i32()?;
        let instance_id = source.nullable_string(true)?;
        let rack_id = source.nullable_string(true)?;
        let rebalance_timeout_ms = source.i32()?;
        let subscribed_topic_names = source.nullable_array(true, 1, |source| source.string(true))?;
        let subscribed_topic_regex = if version >= 1 { source.nullable_string(true)? } else { None };
        let server_assignor = source.nullable_string(true)?;
        let topic_partitions =
            source.nullable_array(true, 18, |source| TopicPartitions::read(source, version))?;
        const TAGS: &[u32] = &[];
        for index in 0..source.tag_count(TAGS)? {
            source.tag(index, TAGS)?;
            source.skip_tagged()?;
        }
        Ok(Self {
            group_id,
            member_id,
            member_epoch,
            instance_id,
            rack_id,
            rebalance_timeout_ms,
            subscribed_topic_names,
            subscribed_topic_regex,
            server_assignor,
            topic_partitions,
        })
    }

    fn write<S: Sink<'a>>(&self, sink: &mut S, version: i16) -> Result<(), WireError> {
        check_version::<Self>(version)?;
        sink.string(true, self.group_id)?;
        sink.string(true, self.member_id)?;
        sink.i32(self.member_epoch);
        sink.nullable_string(true, self.instance_id)?;
        sink.nullable_string(true, self.rack_id)?;
        sink.i32(self.rebalance_timeout_ms);
        sink.nullable_array(true, self.subscribed_topic_names.as_deref(), |sink, element| {
            sink.string(true, element)
        })?;
        if version >= 1 {
            sink.nullable_string(true, self.subscribed_topic_regex)?;
        } else if self.subscribed_topic_regex.is_some() {
            return Err(not_in_version("ConsumerGroupHeartbeatRequest", "subscribed_topic_regex", version));
        }
        sink.nullable_string(true, self.server_assignor)?;
        sink.nullable_array(true, self.topic_partitions.as_deref(), |sink, element| {
            element.write(sink, version)
        })?;
        sink.varint(0);
        Ok(())
    }
}

impl<'a> Request<'a> for ConsumerGroupHeartbeatRequest<'a> {
    const API: ApiKey = ApiKey::ConsumerGroupHeartbeat;
    type Response = super::ConsumerGroupHeartbeatResponse<'a>;
}

/// TopicPartitions of a [`ConsumerGroupHeartbeatRequest`].
#[derive(Debug, Clone, PartialEq, Default)]
pub struct TopicPartitions {
    /// `TopicId`, all versions.
    pub topic_id: Uuid,
    /// `Partitions`, all versions.
    pub partitions: Vec<i32>,
}

impl TopicPartitions {
    fn read<'a, S: Source<'a>>(source: &mut S, _version: i16) -> Result<Self, WireError> {
        let topic_id = source.uuid()?;
        let partitions = source.array(true, 4, |source| source.i32())?;
        const TAGS: &[u32] = &[];
        for index in 0..source.tag_count(TAGS)? {
            source.tag(index, TAGS)?;
            source.skip_tagged()?;
        }
        Ok(Self { topic_id, partitions })
    }

    fn write<'a, S: Sink<'a>>(&self, sink: &mut S, _version: i16) -> Result<(), WireError> {
        sink.uuid(self.topic_id);
        sink.array(true, &self.partitions, |sink, element| {
            sink.i32(*element);
            Ok(())
        })?;
        sink.varint(0);
        Ok(())
    }
}

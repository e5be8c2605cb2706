// @generated from the message definitions in kafka-clients 4.3.1 by `cargo xtask generate`: do not edit.
//! ConsumerGroupHeartbeatResponse: API key 68, versions 0 to 1, all flexible.

use std::ops::RangeInclusive;
use uuid::Uuid;

use crate::messages::ApiKey;
use crate::wire::{Message, Response, Sink, Source, WireError, check_version};

/// ConsumerGroupHeartbeatResponse, versions 0 to 1.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct ConsumerGroupHeartbeatResponse<'a> {
    /// `ThrottleTimeMs`, all versions.
    pub throttle_time_ms: i32,
    /// `ErrorCode`, all versions.
    pub error_code: i16,
    /// `ErrorMessage`, all versions, can be null.
    pub error_message: Option<&'a str>,
    /// `MemberId`, all versions, can be null.
    pub member_id: Option<&'a str>,
    /// `MemberEpoch`, all versions.
    pub member_epoch: i32,
    /// `HeartbeatIntervalMs`, all versions.
    pub heartbeat_interval_ms: i32,
    /// `Assignment`, all versions, can be null.
    pub assignment: Option<Assignment>,
}

impl<'a> Message<'a> for ConsumerGroupHeartbeatResponse<'a> {
    const NAME: &'static str = "ConsumerGroupHeartbeatResponse";
    const VERSIONS: RangeInclusive<i16> = 0..=1;

    fn read<S: Source<'a>>(source: &mut S, version: i16) -> Result<Self, WireError> {
        check_version::<Self>(version)?;
        let throttle_time_ms = source.i32()?;
        let error_code = source.i16()?;
        let error_message = source.nullable_string(true)?;
        let member_id = source.nullable_string(true)?;
        let member_epoch = source.i32()?;
        let heartbeat_interval_ms = source.i32()?;
        let assignment = if source.is_present()? { Some(Assignment::read(source, version)?) } else { None };
        const TAGS: &[u32] = &[];
        for index in 0..source.tag_count(TAGS)? {
            source.tag(index, TAGS)?;
            source.skip_tagged()?;
        }
        Ok(Self {
            throttle_time_ms,
            error_code,
            error_message,
            member_id,
            member_epoch,
            heartbeat_interval_ms,
            assignment,
        })
    }

    fn write<S: Sink<'a>>(&self, sink: &mut S, version: i16) -> Result<(), WireError> {
        check_version::<Self>(version)?;
        sink.i32(self.throttle_time_ms);
        sink.i16(self.error_code);
        sink.nullable_string(true, self.error_message)?;
        sink.nullable_string(true, self.member_id)?;
        sink.i32(self.member_epoch);
        sink.i32(self.heartbeat_interval_ms);
        match &self.assignment {
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

impl<'a> Response<'a> for ConsumerGroupHeartbeatResponse<'a> {
    const API: ApiKey = ApiKey::ConsumerGroupHeartbeat;
}

/// Assignment of a [`ConsumerGroupHeartbeatResponse`].
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Assignment {
    /// `TopicPartitions`, all versions.
    pub topic_partitions: Vec<TopicPartitions>,
}

impl Assignment {
    fn read<'a, S: Source<'a>>(source: &mut S, version: i16) -> Result<Self, WireError> {
        let topic_partitions = source.array(true, 18, |source| TopicPartitions::read(source, version))?;
        const TAGS: &[u32] = &[];
        for index in 0..source.tag_count(TAGS)? {
            source.tag(index, TAGS)?;
            source.skip_tagged()?;
        }
        Ok(Self { topic_partitions })
    }

    fn write<'a, S: Sink<'a>>(&self, sink: &mut S, version: i16) -> Result<(), WireError> {
        sink.array(true, &self.topic_partitions, |sink, element| element.write(sink, version))?;
        sink.varint(0);
        Ok(())
    }
}

/// TopicPartitions of a [`ConsumerGroupHeartbeatResponse`].
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

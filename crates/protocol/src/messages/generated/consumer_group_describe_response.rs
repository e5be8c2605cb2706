// @generated from the message definitions in kafka-clients 4.3.1 by `cargo xtask generate`: do not edit.
//! ConsumerGroupDescribeResponse: API key 69, versions 0 to 1, all flexible.

use std::ops::RangeInclusive;
use uuid::Uuid;

use crate::messages::ApiKey;
use crate::wire::{Message, Response, Sink, Source, WireError, check_version};

/// ConsumerGroupDescribeResponse, versions 0 to 1.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct ConsumerGroupDescribeResponse<'a> {
    /// `ThrottleTimeMs`, all versions.
    pub throttle_time_ms: i32,
    /// `Groups`, all versions.
    pub groups: Vec<DescribedGroup<'a>>,
}

impl<'a> Message<'a> for ConsumerGroupDescribeResponse<'a> {
    const NAME: &'static str = "ConsumerGroupDescribeResponse";
    const VERSIONS: RangeInclusive<i16> = 0..=1;

    fn read<S: Source<'a>>(source: &mut S, version: i16) -> Result<Self, WireError> {
        check_version::<Self>(version)?;
        let throttle_time_ms = source.i32()?;
        let groups = source.array(true, 20, |source| DescribedGroup::read(source, version))?;
        const TAGS: &[u32] = &[];
        for index in 0..source.tag_count(TAGS)? {
            source.tag(index, TAGS)?;
            source.skip_tagged()?;
        }
        Ok(Self { throttle_time_ms, groups })
    }

    fn write<S: Sink<'a>>(&self, sink: &mut S, version: i16) -> Result<(), WireError> {
        check_version::<Self>(version)?;
        sink.i32(self.throttle_time_ms);
        sink.array(true, &self.groups, |sink, element| element.write(sink, version))?;
        sink.varint(0);
        Ok(())
    }
}

impl<'a> Response<'a> for ConsumerGroupDescribeResponse<'a> {
    const API: ApiKey = ApiKey::ConsumerGroupDescribe;
}

/// DescribedGroup of a [`ConsumerGroupDescribeResponse`].
#[derive(Debug, Clone, PartialEq)]
pub struct DescribedGroup<'a> {
    /// `ErrorCode`, all versions.
    pub error_code: i16,
    /// `ErrorMessage`, all versions, can be null.
    pub error_message: Option<&'a str>,
    /// `GroupId`, all versions.
    pub group_id: &'a str,
    /// `GroupState`, all versions.
    pub group_state: &'a str,
    /// `GroupEpoch`, all versions.
    pub group_epoch: i32,
    /// `AssignmentEpoch`, all versions.
    pub assignment_epoch: i32,
    /// `AssignorName`, all versions.
    pub assignor_name: &'a str,
    /// `Members`, all versions.
    pub members: Vec<Member<'a>>,
    /// `AuthorizedOperations`, all versions, default `-2147483648`.
    pub authorized_operations: i32,
}

impl Default for DescribedGroup<'_> {
    fn default() -> Self {
        Self {
            error_code: 0,
            error_message: None,
            group_id: "",
            group_state: "",
            group_epoch: 0,
            assignment_epoch: 0,
            assignor_name: "",
            members: Vec::new(),
            authorized_operations: -2147483648,
        }
    }
}

impl<'a> DescribedGroup<'a> {
    fn read<S: Source<'a>>(source: &mut S, version: i16) -> Result<Self, WireError> {
        let error_code = source.i16()?;
        let error_message = source.nullable_string(true)?;
        let group_id = source.string(true)?;
        let group_state = source.string(true)?;
        let group_epoch = source.i32()?;
        let assignment_epoch = source.i32()?;
        let assignor_name = source.string(true)?;
        let members = source.array(true, 16, |source| Member::read(source, version))?;
        let authorized_operations = source.i32()?;
        const TAGS: &[u32] = &[];
        for index in 0..source.tag_count(TAGS)? {
            source.tag(index, TAGS)?;
            source.skip_tagged()?;
        }
        Ok(Self {
            error_code,
            error_message,
            group_id,
            group_state,
            group_epoch,
            assignment_epoch,
            assignor_name,
            members,
            authorized_operations,
        })
    }

    fn write<S: Sink<'a>>(&self, sink: &mut S, version: i16) -> Result<(), WireError> {
        sink.i16(self.error_code);
        sink.nullable_string(true, self.error_message)?;
        sink.string(true, self.group_id)?;
        sink.string(true, self.group_state)?;
        sink.i32(self.group_epoch);
        sink.i32(self.assignment_epoch);
        sink.string(true, self.assignor_name)?;
        sink.array(true, &self.members, |sink, element| element.write(sink, version))?;
        sink.i32(self.authorized_operations);
        sink.varint(0);
        Ok(())
    }
}

/// Member of a [`ConsumerGroupDescribeResponse`].
#[derive(Debug, Clone, PartialEq)]
pub struct Member<'a> {
    /// `MemberId`, all versions.
    pub member_id: &'a str,
    /// `InstanceId`, all versions, can be null.
    pub instance_id: Option<&'a str>,
    /// `RackId`, all versions, can be null.
    pub rack_id: Option<&'a str>,
    /// `MemberEpoch`, all versions.
    pub member_epoch: i32,
    /// `ClientId`, all versions.
    pub client_id: &'a str,
    /// `ClientHost`, all versions.
    pub client_host: &'a str,
    /// `SubscribedTopicNames`, all versions.
    pub subscribed_topic_names: Vec<&'a str>,
    /// `SubscribedTopicRegex`, all versions, can be null.
    pub subscribed_topic_regex: Option<&'a str>,
    /// `Assignment`, all versions.
    pub assignment: Assignment<'a>,
    /// `TargetAssignment`, all versions.
    pub target_assignment: Assignment<'a>,
    /// `MemberType`, v1 and later, default `-1`.
    pub member_type: i8,
}

impl Default for Member<'_> {
    fn default() -> Self {
        Self {
            member_id: "",
            instance_id: None,
            rack_id: None,
            member_epoch: 0,
            client_id: "",
            client_host: "",
            subscribed_topic_names: Vec::new(),
            subscribed_topic_regex: None,
            assignment: Assignment::default(),
            target_assignment: Assignment::default(),
            member_type: -1,
        }
    }
}

impl<'a> Member<'a> {
    fn read<S: Source<'a>>(source: &mut S, version: i16) -> Result<Self, WireError> {
        let member_id = source.string(true)?;
        let instance_id = source.nullable_string(true)?;
        let rack_id = source.nullable_string(true)?;
        let member_epoch = source.i32()?;
        let client_id = source.string(true)?;
        let client_host = source.string(true)?;
        let subscribed_topic_names = source.array(true, 1, |source| source.string(true))?;
        let subscribed_topic_regex = source.nullable_string(true)?;
        let assignment = Assignment::read(source, version)?;
        let target_assignment = Assignment::read(source, version)?;
        let member_type = if version >= 1 { source.i8()? } else { -1 };
        const TAGS: &[u32] = &[];
        for index in 0..source.tag_count(TAGS)? {
            source.tag(index, TAGS)?;
            source.skip_tagged()?;
        }
        Ok(Self {
            member_id,
            instance_id,
            rack_id,
            member_epoch,
            client_id,
            client_host,
            subscribed_topic_names,
            subscribed_topic_regex,
            assignment,
            target_assignment,
            member_type,
        })
    }

    fn write<S: Sink<'a>>(&self, sink: &mut S, version: i16) -> Result<(), WireError> {
        sink.string(true, self.member_id)?;
        sink.nullable_string(true, self.instance_id)?;
        sink.nullable_string(true, self.rack_id)?;
        sink.i32(self.member_epoch);
        sink.string(true, self.client_id)?;
        sink.string(true, self.client_host)?;
        sink.array(true, &self.subscribed_topic_names, |sink, element| sink.string(true, element))?;
        sink.nullable_string(true, self.subscribed_topic_regex)?;
        self.assignment.write(sink, version)?;
        self.target_assignment.write(sink, version)?;
        if version >= 1 {
            sink.i8(self.member_type);
        }
        sink.varint(0);
        Ok(())
    }
}

/// Assignment of a [`ConsumerGroupDescribeResponse`].
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Assignment<'a> {
    /// `TopicPartitions`, all versions.
    pub topic_partitions: Vec<TopicPartitions<'a>>,
}

impl<'a> Assignment<'a> {
    fn read<S: Source<'a>>(source: &mut S, version: i16) -> Result<Self, WireError> {
        let topic_partitions = source.array(true, 19, |source| TopicPartitions::read(source, version))?;
        const TAGS: &[u32] = &[];
        for index in 0..source.tag_count(TAGS)? {
            source.tag(index, TAGS)?;
            source.skip_tagged()?;
        }
        Ok(Self { topic_partitions })
    }

    fn write<S: Sink<'a>>(&self, sink: &mut S, version: i16) -> Result<(), WireError> {
        sink.array(true, &self.topic_partitions, |sink, element| element.write(sink, version))?;
        sink.varint(0);
        Ok(())
    }
}

/// TopicPartitions of a [`ConsumerGroupDescribeResponse`].
#[derive(Debug, Clone, PartialEq, Default)]
pub struct TopicPartitions<'a> {
    /// `TopicId`, all versions.
    pub topic_id: Uuid,
    /// `TopicName`, all versions.
    pub topic_name: &'a str,
    /// `Partitions`, all versions.
    pub partitions: Vec<i32>,
}

impl<'a> TopicPartitions<'a> {
    fn read<S: Source<'a>>(source: &mut S, _version: i16) -> Result<Self, WireError> {
        let topic_id = source.uuid()?;
        let topic_name = source.string(true)?;
        let partitions = source.array(true, 4, |source| source.i32())?;
        const TAGS: &[u32] = &[];
        for index in 0..source.tag_count(TAGS)? {
            source.tag(index, TAGS)?;
            source.skip_tagged()?;
        }
        Ok(Self { topic_id, topic_name, partitions })
    }

    fn write<S: Sink<'a>>(&self, sink: &mut S, _version: i16) -> Result<(), WireError> {
        sink.uuid(self.topic_id);
        sink.string(true, self.topic_name)?;
        sink.array(true, &self.partitions, |sink, element| {
            sink.i32(*element);
            Ok(())
        })?;
        sink.varint(0);
        Ok(())
    }
}

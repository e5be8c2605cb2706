//! The records of `__consumer_offsets`, in Kafka's formats: a number and a message make the key, a version and a message
//! the value; no value forgets the key.
//!
//! It knows what the records say, not what follows from them. Types that are not known here (share groups', streams
//! groups') are read as [`Kept::Other`] and left alone.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use uuid::Uuid;
use watershed_protocol::messages::consumer_group_current_member_assignment_value::TopicPartitions as CurrentPartitions;
use watershed_protocol::messages::consumer_group_member_metadata_value::{
    ClassicMemberMetadata, ClassicProtocol,
};
use watershed_protocol::messages::consumer_group_target_assignment_member_value::TopicPartition as TargetPartitions;
use watershed_protocol::messages::group_metadata_value::MemberMetadata;
use watershed_protocol::messages::{
    ConsumerGroupCurrentMemberAssignmentKey, ConsumerGroupCurrentMemberAssignmentValue,
    ConsumerGroupMemberMetadataKey, ConsumerGroupMemberMetadataValue, ConsumerGroupMetadataKey,
    ConsumerGroupMetadataValue, ConsumerGroupRegularExpressionKey, ConsumerGroupRegularExpressionValue,
    ConsumerGroupTargetAssignmentMemberKey, ConsumerGroupTargetAssignmentMemberValue,
    ConsumerGroupTargetAssignmentMetadataKey, ConsumerGroupTargetAssignmentMetadataValue, GroupMetadataKey,
    GroupMetadataValue, OffsetCommitKey, OffsetCommitValue,
};
use watershed_protocol::wire::{Message, WireError, decode, encode};

use super::classic::{ClassicGroup, Member};
use super::consumer::{Assignment, ClassicProfile, MemberState, Position, Profile};
use super::offsets::Committed;
use crate::state_log::StateRecord;

const OFFSET: i16 = 1;
const GROUP: i16 = 2;
const CONSUMER_GROUP: i16 = 3;
const CONSUMER_MEMBER: i16 = 5;
const TARGET_EPOCH: i16 = 6;
const TARGET: i16 = 7;
const POSITION: i16 = 8;
const REGEX: i16 = 16;

/// A record that was read.
#[derive(Debug)]
pub(super) enum Kept<'a> {
    Offset { group: &'a str, topic: &'a str, partition: i32, value: Option<Committed> },
    Group { group: &'a str, value: Option<KeptGroup> },
    Consumer { group: &'a str, record: ConsumerRecord<'a> },
    Other,
}

/// A record of a consumer group; what is named first is the member's id, or the expression.
#[derive(Debug)]
pub(super) enum ConsumerRecord<'a> {
    /// Epoch and hash of the subscribed topics.
    Group(Option<(i32, i64)>),
    Member(&'a str, Option<Profile>),
    Position(&'a str, Option<Position>),
    TargetEpoch(Option<i32>),
    Target(&'a str, Option<Assignment>),
    Regex(&'a str, Option<BTreeSet<String>>),
}

impl ConsumerRecord<'_> {
    /// Whether it forgets.
    pub(super) const fn is_tombstone(&self) -> bool {
        matches!(
            self,
            Self::Group(None)
                | Self::Member(_, None)
                | Self::Position(_, None)
                | Self::TargetEpoch(None)
                | Self::Target(_, None)
                | Self::Regex(_, None)
        )
    }
}

/// A classic group as it was written down.
#[derive(Debug)]
pub(super) struct KeptGroup {
    pub(super) generation: i32,
    pub(super) protocol_type: Option<String>,
    pub(super) protocol: Option<String>,
    pub(super) leader: Option<String>,
    pub(super) state_since_ms: Option<i64>,
    pub(super) members: Vec<Member>,
}

/// Reads a record.
///
/// # Errors
///
/// It is of a known type, and not as Kafka writes it.
pub(super) fn read<'a>(key: &'a [u8], value: Option<&'a [u8]>, offset: i64) -> Result<Kept<'a>, WireError> {
    let Some((kind, key)) = split(key) else { return Ok(Kept::Other) };
    match kind {
        0 | OFFSET => {
            let key: OffsetCommitKey<'_> = decode(key, 0)?;
            let value: Option<OffsetCommitValue<'_>> = read_value(value)?;
            let value = value.map(|value| kept_offset(&value, offset));
            Ok(Kept::Offset { group: key.group, topic: key.topic, partition: key.partition, value })
        }
        GROUP => {
            let key: GroupMetadataKey<'_> = decode(key, 0)?;
            let value: Option<GroupMetadataValue<'_>> = read_value(value)?;
            Ok(Kept::Group { group: key.group, value: value.map(|value| kept_group(&value)) })
        }
        _ => read_consumer(kind, key, value),
    }
}

/// The record of a committed offset.
pub(super) fn offset(
    group: &str,
    topic: &str,
    partition: i32,
    offset: &Committed,
) -> Result<StateRecord, WireError> {
    let key = OffsetCommitKey { group, topic, partition };
    let value = OffsetCommitValue {
        offset: offset.offset,
        leader_epoch: offset.leader_epoch,
        metadata: &offset.metadata,
        commit_timestamp: offset.committed_ms,
        expire_timestamp: offset.expires_ms.unwrap_or(-1),
        topic_id: offset.topic_id,
    };
    // Only version 1 has an expiry of its own, only version 4 the topic's id.
    let version = match (offset.expires_ms, offset.topic_id.is_nil()) {
        (Some(_), _) => 1,
        (None, true) => 3,
        (None, false) => 4,
    };
    record(OFFSET, &key, Some((&value, version)))
}

/// Forgets a committed offset, and the ones that wait for the end of a transaction.
pub(super) fn no_offset(group: &str, topic: &str, partition: i32) -> Result<StateRecord, WireError> {
    record(OFFSET, &OffsetCommitKey { group, topic, partition }, None::<(&OffsetCommitValue<'_>, i16)>)
}

/// A classic group, as it is.
pub(super) fn group(group: &ClassicGroup) -> Result<StateRecord, WireError> {
    let protocol = group.protocol.as_deref();
    let members = group.members.values().map(|member| MemberMetadata {
        member_id: &member.id,
        group_instance_id: member.instance_id.as_deref(),
        client_id: &member.client_id,
        client_host: &member.client_host,
        rebalance_timeout: member.rebalance_timeout_ms,
        session_timeout: member.session_timeout_ms,
        subscription: protocol
            .and_then(|protocol| member.metadata(protocol))
            .map_or(&[], |metadata| &**metadata),
        assignment: &member.assignment,
    });
    let value = GroupMetadataValue {
        protocol_type: group.protocol_type.as_deref().unwrap_or_default(),
        generation: group.generation,
        protocol,
        leader: group.leader.as_deref(),
        current_state_timestamp: group.state_since_ms.unwrap_or(-1),
        members: members.collect(),
    };
    record(GROUP, &GroupMetadataKey { group: &group.id }, Some((&value, 3)))
}

/// Forgets a classic group.
pub(super) fn no_group(group: &str) -> Result<StateRecord, WireError> {
    record(GROUP, &GroupMetadataKey { group }, None::<(&GroupMetadataValue<'_>, i16)>)
}

/// A consumer group's epoch, and the hash of the topics that it is subscribed to.
pub(super) fn consumer_group(group: &str, epoch: Option<(i32, i64)>) -> Result<StateRecord, WireError> {
    let value = epoch.map(|(epoch, metadata_hash)| ConsumerGroupMetadataValue { epoch, metadata_hash });
    record(
        CONSUMER_GROUP,
        &ConsumerGroupMetadataKey { group_id: group },
        value.as_ref().map(|value| (value, 0)),
    )
}

/// What a member of a consumer group says of itself.
pub(super) fn member(group: &str, member: &str, profile: Option<&Profile>) -> Result<StateRecord, WireError> {
    let value = profile.map(|profile| ConsumerGroupMemberMetadataValue {
        instance_id: profile.instance_id.as_deref(),
        rack_id: profile.rack_id.as_deref(),
        client_id: &profile.client_id,
        client_host: &profile.client_host,
        subscribed_topic_names: profile.topics.iter().map(String::as_str).collect(),
        subscribed_topic_regex: profile.regex.as_deref(),
        rebalance_timeout_ms: profile.rebalance_timeout_ms,
        server_assignor: profile.assignor.as_deref(),
        classic_member_metadata: profile.classic.as_ref().map(|classic| ClassicMemberMetadata {
            session_timeout_ms: classic.session_timeout_ms,
            supported_protocols: classic
                .protocols
                .iter()
                .map(|(name, metadata)| ClassicProtocol { name, metadata })
                .collect(),
        }),
    });
    let key = ConsumerGroupMemberMetadataKey { group_id: group, member_id: member };
    record(CONSUMER_MEMBER, &key, value.as_ref().map(|value| (value, 0)))
}

/// Where a member of a consumer group is.
pub(super) fn position(
    group: &str,
    member: &str,
    position: Option<&Position>,
) -> Result<StateRecord, WireError> {
    let partitions = |position: &Position, assignment: &Assignment| {
        let since = |partition| position.since.get(&partition).copied().unwrap_or(position.epoch);
        let topics = assignment.iter().map(|(&topic_id, partitions)| CurrentPartitions {
            topic_id,
            partitions: partitions.iter().copied().collect(),
            assignment_epochs: Some(
                partitions.iter().map(|&partition| since((topic_id, partition))).collect(),
            ),
        });
        topics.collect()
    };
    let value = position.map(|position| ConsumerGroupCurrentMemberAssignmentValue {
        member_epoch: position.epoch,
        previous_member_epoch: position.previous_epoch,
        state: position.state.number(),
        assigned_partitions: partitions(position, &position.assigned),
        partitions_pending_revocation: partitions(position, &position.revoking),
    });
    let key = ConsumerGroupCurrentMemberAssignmentKey { group_id: group, member_id: member };
    record(POSITION, &key, value.as_ref().map(|value| (value, 0)))
}

/// The epoch of a consumer group's target assignment, and when it was made.
pub(super) fn target_epoch(group: &str, epoch: Option<(i32, i64)>) -> Result<StateRecord, WireError> {
    let value = epoch.map(|(assignment_epoch, assignment_timestamp)| {
        ConsumerGroupTargetAssignmentMetadataValue { assignment_epoch, assignment_timestamp }
    });
    let key = ConsumerGroupTargetAssignmentMetadataKey { group_id: group };
    record(TARGET_EPOCH, &key, value.as_ref().map(|value| (value, 0)))
}

/// What a member of a consumer group is to have.
pub(super) fn target(
    group: &str,
    member: &str,
    target: Option<&Assignment>,
) -> Result<StateRecord, WireError> {
    let value = target.map(|target| ConsumerGroupTargetAssignmentMemberValue {
        topic_partitions: target
            .iter()
            .map(|(&topic_id, partitions)| TargetPartitions {
                topic_id,
                partitions: partitions.iter().copied().collect(),
            })
            .collect(),
    });
    let key = ConsumerGroupTargetAssignmentMemberKey { group_id: group, member_id: member };
    record(TARGET, &key, value.as_ref().map(|value| (value, 0)))
}

/// What a regular expression matches, in topics of this version, looked at at this time.
pub(super) fn regex(
    group: &str,
    regex: &str,
    matched: Option<(&BTreeSet<String>, u64, i64)>,
) -> Result<StateRecord, WireError> {
    let value = matched.map(|(topics, version, timestamp)| ConsumerGroupRegularExpressionValue {
        topics: topics.iter().map(String::as_str).collect(),
        version: i64::try_from(version).unwrap_or(i64::MAX),
        timestamp,
    });
    let key = ConsumerGroupRegularExpressionKey { group_id: group, regular_expression: regex };
    record(REGEX, &key, value.as_ref().map(|value| (value, 0)))
}

fn read_consumer<'a>(kind: i16, key: &'a [u8], value: Option<&'a [u8]>) -> Result<Kept<'a>, WireError> {
    let (group, record) = match kind {
        CONSUMER_GROUP => {
            let key: ConsumerGroupMetadataKey<'_> = decode(key, 0)?;
            let value: Option<ConsumerGroupMetadataValue> = read_value(value)?;
            (key.group_id, ConsumerRecord::Group(value.map(|value| (value.epoch, value.metadata_hash))))
        }
        CONSUMER_MEMBER => {
            let key: ConsumerGroupMemberMetadataKey<'_> = decode(key, 0)?;
            let value: Option<ConsumerGroupMemberMetadataValue<'_>> = read_value(value)?;
            (key.group_id, ConsumerRecord::Member(key.member_id, value.map(|value| kept_profile(&value))))
        }
        TARGET_EPOCH => {
            let key: ConsumerGroupTargetAssignmentMetadataKey<'_> = decode(key, 0)?;
            let value: Option<ConsumerGroupTargetAssignmentMetadataValue> = read_value(value)?;
            (key.group_id, ConsumerRecord::TargetEpoch(value.map(|value| value.assignment_epoch)))
        }
        TARGET => {
            let key: ConsumerGroupTargetAssignmentMemberKey<'_> = decode(key, 0)?;
            let value: Option<ConsumerGroupTargetAssignmentMemberValue> = read_value(value)?;
            let target = value.map(|value| {
                let topics = value.topic_partitions.into_iter();
                kept_assignment(topics.map(|topic| (topic.topic_id, topic.partitions)))
            });
            (key.group_id, ConsumerRecord::Target(key.member_id, target))
        }
        POSITION => {
            let key: ConsumerGroupCurrentMemberAssignmentKey<'_> = decode(key, 0)?;
            let value: Option<ConsumerGroupCurrentMemberAssignmentValue> = read_value(value)?;
            (key.group_id, ConsumerRecord::Position(key.member_id, value.map(kept_position)))
        }
        REGEX => {
            let key: ConsumerGroupRegularExpressionKey<'_> = decode(key, 0)?;
            let value: Option<ConsumerGroupRegularExpressionValue<'_>> = read_value(value)?;
            let topics = value.map(|value| value.topics.iter().map(|&topic| topic.to_owned()).collect());
            (key.group_id, ConsumerRecord::Regex(key.regular_expression, topics))
        }
        _ => return Ok(Kept::Other),
    };
    Ok(Kept::Consumer { group, record })
}

fn kept_profile(value: &ConsumerGroupMemberMetadataValue<'_>) -> Profile {
    Profile {
        instance_id: value.instance_id.map(str::to_owned),
        rack_id: value.rack_id.map(str::to_owned),
        client_id: value.client_id.to_owned(),
        client_host: value.client_host.to_owned(),
        topics: value.subscribed_topic_names.iter().map(|&topic| topic.to_owned()).collect(),
        regex: value.subscribed_topic_regex.filter(|regex| !regex.is_empty()).map(str::to_owned),
        assignor: value.server_assignor.map(str::to_owned),
        rebalance_timeout_ms: value.rebalance_timeout_ms,
        classic: value.classic_member_metadata.as_ref().map(|classic| ClassicProfile {
            session_timeout_ms: classic.session_timeout_ms,
            protocols: classic
                .supported_protocols
                .iter()
                .map(|protocol| (protocol.name.to_owned(), Arc::from(protocol.metadata)))
                .collect(),
        }),
    }
}

fn kept_position(value: ConsumerGroupCurrentMemberAssignmentValue) -> Position {
    let mut since = BTreeMap::new();
    for topic in value.assigned_partitions.iter().chain(&value.partitions_pending_revocation) {
        let epochs = topic.assignment_epochs.as_ref().filter(|epochs| epochs.len() == topic.partitions.len());
        for (index, &partition) in topic.partitions.iter().enumerate() {
            // Before Kafka 4.3 they were not written down.
            let epoch = epochs.and_then(|epochs| epochs.get(index)).unwrap_or(&value.member_epoch);
            since.insert((topic.topic_id, partition), *epoch);
        }
    }
    let assignment = |topics: Vec<CurrentPartitions>| {
        kept_assignment(topics.into_iter().map(|topic| (topic.topic_id, topic.partitions)))
    };
    Position {
        epoch: value.member_epoch,
        previous_epoch: value.previous_member_epoch,
        state: MemberState::from_number(value.state),
        assigned: assignment(value.assigned_partitions),
        revoking: assignment(value.partitions_pending_revocation),
        since,
    }
}

fn kept_assignment(topics: impl Iterator<Item = (Uuid, Vec<i32>)>) -> Assignment {
    topics.map(|(topic, partitions)| (topic, partitions.into_iter().collect())).collect()
}

fn kept_offset(value: &OffsetCommitValue<'_>, record_offset: i64) -> Committed {
    Committed {
        offset: value.offset,
        leader_epoch: value.leader_epoch,
        metadata: value.metadata.to_owned(),
        committed_ms: value.commit_timestamp,
        expires_ms: Some(value.expire_timestamp).filter(|&at_ms| at_ms != -1),
        topic_id: value.topic_id,
        record_offset,
    }
}

fn kept_group(value: &GroupMetadataValue<'_>) -> KeptGroup {
    let protocol = value.protocol.unwrap_or_default();
    let members = value.members.iter().map(|member| Member {
        id: member.member_id.to_owned(),
        instance_id: member.group_instance_id.map(str::to_owned),
        client_id: member.client_id.to_owned(),
        client_host: member.client_host.to_owned(),
        session_timeout_ms: member.session_timeout,
        rebalance_timeout_ms: match member.rebalance_timeout {
            -1 => member.session_timeout,
            timeout_ms => timeout_ms,
        },
        protocols: vec![(protocol.to_owned(), Arc::from(member.subscription))],
        assignment: Arc::from(member.assignment),
        joining: None,
        syncing: None,
        is_new: false,
    });
    KeptGroup {
        generation: value.generation,
        protocol_type: Some(value.protocol_type).filter(|kind| !kind.is_empty()).map(str::to_owned),
        protocol: value.protocol.map(str::to_owned),
        leader: value.leader.map(str::to_owned),
        state_since_ms: Some(value.current_state_timestamp).filter(|&at_ms| at_ms != -1),
        members: members.collect(),
    }
}

fn record<'a, K: Message<'a>, V: Message<'a>>(
    kind: i16,
    key: &K,
    value: Option<(&V, i16)>,
) -> Result<StateRecord, WireError> {
    let with_number = |number: i16, message: Vec<u8>| [&number.to_be_bytes()[..], &message].concat();
    let key = with_number(kind, encode(key, 0)?);
    let value = value.map(|(value, version)| Ok(with_number(version, encode(value, version)?)));
    Ok((key, value.transpose()?))
}

fn read_value<'a, V: Message<'a>>(value: Option<&'a [u8]>) -> Result<Option<V>, WireError> {
    let Some((version, value)) = value.and_then(split) else { return Ok(None) };
    decode(value, version).map(Some)
}

/// The number in front of a message.
fn split(bytes: &[u8]) -> Option<(i16, &[u8])> {
    let (number, message) = bytes.split_first_chunk::<2>()?;
    Some((i16::from_be_bytes(*number), message))
}

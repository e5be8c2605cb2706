//! The records of `__consumer_offsets`, in Kafka's formats: a number and a message make the key, a version and a message
//! the value; no value forgets the key.
//!
//! It knows what the records say, not what follows from them. Types that are not known here (share groups', streams
//! groups') are read as [`Kept::Other`] and left alone.

use std::sync::Arc;

use watershed_protocol::messages::group_metadata_value::MemberMetadata;
use watershed_protocol::messages::{
    GroupMetadataKey, GroupMetadataValue, OffsetCommitKey, OffsetCommitValue,
};
use watershed_protocol::wire::{Message, WireError, decode, encode};

use super::classic::{ClassicGroup, Member};
use super::offsets::Committed;
use crate::state_log::StateRecord;

const OFFSET: i16 = 1;
const GROUP: i16 = 2;

/// A record that was read.
#[derive(Debug)]
pub(super) enum Kept<'a> {
    Offset { group: &'a str, topic: &'a str, partition: i32, value: Option<Committed> },
    Group { group: &'a str, value: Option<KeptGroup> },
    Other,
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
        _ => Ok(Kept::Other),
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

//! OffsetFetch, versions 1 to 10: what groups have committed, for some partitions or for all.
//!
//! To version 7 of one group, since 8 of several (KIP-709); since 10 topics have ids instead of names. With
//! `require_stable` (version 7) a partition that an open transaction will change is UNSTABLE_OFFSET_COMMIT.
//!
//! Gaps: none known. As in Kafka, a group or partition that is not there simply has no offset (-1), and neither has a
//! topic that was made anew under the name of one that was deleted.

use uuid::Uuid;
use watershed_protocol::ErrorCode;
use watershed_protocol::messages::offset_fetch_response::{
    OffsetFetchResponseGroup, OffsetFetchResponsePartition, OffsetFetchResponsePartitions,
    OffsetFetchResponseTopic, OffsetFetchResponseTopics,
};
use watershed_protocol::messages::{OffsetFetchRequest, OffsetFetchResponse};

use super::{Call, Frame, Reply, ReplyTo};
use crate::groups::CommittedOffsets;

/// Since then a request names several groups.
const SEVERAL_GROUPS: i16 = 8;
/// Since then topics have ids instead of names.
const TOPIC_IDS: i16 = 10;

/// What is asked of a group.
struct Wanted<'a> {
    group: &'a str,
    member: (Option<&'a str>, i32),
    /// None: all.
    topics: Option<Vec<WantedTopic<'a>>>,
}

struct WantedTopic<'a> {
    /// None: no topic has this id.
    name: Option<String>,
    id: Uuid,
    partitions: &'a [i32],
}

/// What is answered of a group.
struct Group {
    id: String,
    topics: Result<Vec<Topic>, ErrorCode>,
}

struct Topic {
    name: String,
    id: Uuid,
    partitions: Vec<Partition>,
}

struct Partition {
    index: i32,
    offset: i64,
    leader_epoch: i32,
    metadata: String,
    error: ErrorCode,
}

pub(super) async fn answer(call: &Call<'_>, request: &OffsetFetchRequest<'_>) -> Reply {
    let fetched: Vec<_> = wanted(call, request)
        .into_iter()
        .map(|wanted| {
            let id = wanted.group.to_owned();
            let stable = request.require_stable;
            let fetched = call.broker.groups.fetch(call.broker, wanted.group, wanted.member, |offsets| {
                topics_of(call, wanted.topics.as_deref(), offsets, stable)
            });
            async move { Group { id, topics: fetched.await } }
        })
        .collect();
    let to = call.to;
    Reply::Later(Box::pin(async move {
        let mut groups = Vec::with_capacity(fetched.len());
        for fetched in fetched {
            groups.push(fetched.await);
        }
        frame(to, &groups)
    }))
}

fn wanted<'a>(call: &Call<'_>, request: &'a OffsetFetchRequest<'a>) -> Vec<Wanted<'a>> {
    if call.version() < SEVERAL_GROUPS {
        let topic =
            |topic: &'a watershed_protocol::messages::offset_fetch_request::OffsetFetchRequestTopic<'a>| {
                WantedTopic {
                    name: Some(topic.name.to_owned()),
                    id: Uuid::nil(),
                    partitions: &topic.partition_indexes,
                }
            };
        let topics = request.topics.as_ref().map(|topics| topics.iter().map(topic).collect());
        return vec![Wanted { group: request.group_id, member: (None, -1), topics }];
    }
    let by_id = call.version() >= TOPIC_IDS;
    let groups = request.groups.iter().map(|group| {
        let topics = group.topics.as_ref().map(|topics| {
            let topics = topics.iter().map(|topic| WantedTopic {
                name: if by_id {
                    call.broker.catalog.topic_by_id(topic.topic_id).map(|topic| topic.name.clone())
                } else {
                    Some(topic.name.to_owned())
                },
                id: topic.topic_id,
                partitions: &topic.partition_indexes,
            });
            topics.collect()
        });
        Wanted { group: group.group_id, member: (group.member_id, group.member_epoch), topics }
    });
    groups.collect()
}

/// The answer's topics: those that are asked for, or all that have offsets.
fn topics_of(
    call: &Call<'_>,
    wanted: Option<&[WantedTopic<'_>]>,
    offsets: Option<&dyn CommittedOffsets>,
    stable: bool,
) -> Vec<Topic> {
    let Some(wanted) = wanted else {
        return offsets.map(|offsets| all_topics(call, offsets, stable)).unwrap_or_default();
    };
    let topics = wanted.iter().map(|topic| {
        let partitions = topic.partitions.iter().map(|&index| match &topic.name {
            Some(name) => partition(index, name, offsets, stable),
            None => Partition::without_offset(index, ErrorCode::UnknownTopicId),
        });
        Topic { name: topic.name.clone().unwrap_or_default(), id: topic.id, partitions: partitions.collect() }
    });
    topics.collect()
}

fn all_topics(call: &Call<'_>, offsets: &dyn CommittedOffsets, stable: bool) -> Vec<Topic> {
    let mut topics: Vec<Topic> = Vec::new();
    for (name, index, _) in offsets.all() {
        if topics.last().is_none_or(|topic| topic.name != name) {
            let id = call.broker.catalog.topic(name).map_or(Uuid::nil(), |topic| topic.id);
            topics.push(Topic { name: name.to_owned(), id, partitions: Vec::new() });
        }
        if let Some(topic) = topics.last_mut() {
            topic.partitions.push(partition(index, name, Some(offsets), stable));
        }
    }
    if call.version() >= TOPIC_IDS {
        topics.retain(|topic| !topic.id.is_nil());
    }
    topics
}

fn partition(index: i32, topic: &str, offsets: Option<&dyn CommittedOffsets>, stable: bool) -> Partition {
    let Some(offsets) = offsets else { return Partition::without_offset(index, ErrorCode::None) };
    if stable && offsets.is_pending(topic, index) {
        return Partition::without_offset(index, ErrorCode::UnstableOffsetCommit);
    }
    let Some(committed) = offsets.get(topic, index) else {
        return Partition::without_offset(index, ErrorCode::None);
    };
    Partition {
        index,
        offset: committed.offset,
        leader_epoch: committed.leader_epoch,
        metadata: committed.metadata.clone(),
        error: ErrorCode::None,
    }
}

impl Partition {
    fn without_offset(index: i32, error: ErrorCode) -> Self {
        Self { index, offset: -1, leader_epoch: -1, metadata: String::new(), error }
    }
}

fn frame(to: ReplyTo, groups: &[Group]) -> Frame {
    if to.version < SEVERAL_GROUPS {
        return match groups.first().map(|group| &group.topics) {
            Some(Ok(topics)) => to.encode(&OffsetFetchResponse {
                topics: topics.iter().map(old_topic).collect(),
                ..OffsetFetchResponse::default()
            }),
            Some(Err(error)) => {
                to.encode(&OffsetFetchResponse { error_code: error.code(), ..OffsetFetchResponse::default() })
            }
            None => Frame::broken(),
        };
    }
    let groups = groups.iter().map(|group| OffsetFetchResponseGroup {
        group_id: &group.id,
        topics: group.topics.as_deref().unwrap_or_default().iter().map(topic).collect(),
        error_code: group.topics.as_ref().err().map_or(0, |error| error.code()),
    });
    let groups = groups.collect();
    to.encode(&OffsetFetchResponse { groups, ..OffsetFetchResponse::default() })
}

fn old_topic(topic: &Topic) -> OffsetFetchResponseTopic<'_> {
    let partitions = topic.partitions.iter().map(|partition| OffsetFetchResponsePartition {
        partition_index: partition.index,
        committed_offset: partition.offset,
        committed_leader_epoch: partition.leader_epoch,
        metadata: Some(&partition.metadata),
        error_code: partition.error.code(),
    });
    OffsetFetchResponseTopic { name: &topic.name, partitions: partitions.collect() }
}

fn topic(topic: &Topic) -> OffsetFetchResponseTopics<'_> {
    let partitions = topic.partitions.iter().map(|partition| OffsetFetchResponsePartitions {
        partition_index: partition.index,
        committed_offset: partition.offset,
        committed_leader_epoch: partition.leader_epoch,
        metadata: Some(&partition.metadata),
        error_code: partition.error.code(),
    });
    OffsetFetchResponseTopics { name: &topic.name, topic_id: topic.id, partitions: partitions.collect() }
}

//! OffsetCommit, versions 2 to 10: a member, or somebody outside the group's protocol, says how far it has come. Answered
//! when that is on the disk.
//!
//! Gaps: none known. As in Kafka, a partition need not exist, only its topic.

use uuid::Uuid;
use watershed_protocol::ErrorCode;
use watershed_protocol::messages::offset_commit_request::OffsetCommitRequestTopic;
use watershed_protocol::messages::offset_commit_response::{
    OffsetCommitResponsePartition, OffsetCommitResponseTopic,
};
use watershed_protocol::messages::{OffsetCommitRequest, OffsetCommitResponse};

use super::{Call, Reply};
use crate::groups::{Commit, Committed};

/// Since then topics have ids instead of names (KIP-848).
const TOPIC_IDS: i16 = 10;
/// Since then a client knows GROUP_ID_NOT_FOUND and STALE_MEMBER_EPOCH.
const MEMBER_EPOCHS: i16 = 9;

/// A topic of the answer.
struct Topic {
    name: String,
    id: Uuid,
    partitions: Vec<(i32, ErrorCode)>,
}

pub(super) async fn answer(call: &Call<'_>, request: &OffsetCommitRequest<'_>) -> Reply {
    let mut commit = Commit {
        group: request.group_id.to_owned(),
        member_id: request.member_id.to_owned(),
        instance_id: request.group_instance_id.map(str::to_owned),
        generation: request.generation_id_or_member_epoch,
        transactional: false,
        knows_epochs: call.version() >= MEMBER_EPOCHS,
        offsets: Vec::new(),
    };
    let mut topics = Vec::with_capacity(request.topics.len());
    for topic in &request.topics {
        topics.push(take_topic(call, request.retention_time_ms, topic, &mut commit));
    }
    let committed = call.broker.groups.commit(call.broker, None, &commit);
    let to = call.to;
    Reply::Later(Box::pin(async move {
        let mut codes = CommitCodes::new(committed.await);
        let topics = topics.iter().map(|topic| OffsetCommitResponseTopic {
            name: &topic.name,
            topic_id: topic.id,
            partitions: topic
                .partitions
                .iter()
                .map(|&(partition_index, refused)| OffsetCommitResponsePartition {
                    partition_index,
                    error_code: codes.next(refused).code(),
                })
                .collect(),
        });
        let topics = topics.collect();
        to.encode(&OffsetCommitResponse { topics, ..OffsetCommitResponse::default() })
    }))
}

/// Adds the topic's offsets to what is committed, unless the topic is not there.
fn take_topic(
    call: &Call<'_>,
    retention_time_ms: i64,
    topic: &OffsetCommitRequestTopic<'_>,
    commit: &mut Commit,
) -> Topic {
    let (found, unknown) = if call.version() >= TOPIC_IDS {
        (call.broker.catalog.topic_by_id(topic.topic_id), ErrorCode::UnknownTopicId)
    } else {
        (call.broker.catalog.topic(topic.name), ErrorCode::UnknownTopicOrPartition)
    };
    let refused = if found.is_some() { ErrorCode::None } else { unknown };
    let committed_ms = call.broker.now_ms();
    if let Some(found) = found {
        let offsets = topic.partitions.iter().map(|partition| {
            let committed = Committed {
                offset: partition.committed_offset,
                leader_epoch: partition.committed_leader_epoch,
                metadata: partition.committed_metadata.unwrap_or_default().to_owned(),
                committed_ms,
                expires_ms: (retention_time_ms != -1).then(|| committed_ms.saturating_add(retention_time_ms)),
                topic_id: found.id,
                record_offset: -1,
            };
            (found.name.clone(), partition.partition_index, committed)
        });
        commit.offsets.extend(offsets);
    }
    Topic {
        name: topic.name.to_owned(),
        id: topic.topic_id,
        partitions: topic.partitions.iter().map(|partition| (partition.partition_index, refused)).collect(),
    }
}

/// What became of each offset, in the order of the request. What was refused before it came to the group keeps its error.
pub(super) struct CommitCodes {
    codes: Result<std::vec::IntoIter<ErrorCode>, ErrorCode>,
}

impl CommitCodes {
    pub(super) fn new(codes: Result<Vec<ErrorCode>, ErrorCode>) -> Self {
        Self { codes: codes.map(Vec::into_iter) }
    }

    /// The next partition's.
    pub(super) fn next(&mut self, refused: ErrorCode) -> ErrorCode {
        match (&mut self.codes, refused) {
            (Ok(codes), ErrorCode::None) => codes.next().unwrap_or(ErrorCode::UnknownServerError),
            (Err(error), ErrorCode::None) => *error,
            (_, refused) => refused,
        }
    }
}

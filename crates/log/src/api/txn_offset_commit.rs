//! TxnOffsetCommit, versions 0 to 5: offsets that are committed if and when the producer's transaction is.
//!
//! Since version 5 the transaction takes in the group's partition by itself (KIP-890); before, AddOffsetsToTxn has done it.
//!
//! Gaps: none known.

use watershed_protocol::ErrorCode;
use watershed_protocol::messages::txn_offset_commit_response::{
    TxnOffsetCommitResponsePartition, TxnOffsetCommitResponseTopic,
};
use watershed_protocol::messages::{TxnOffsetCommitRequest, TxnOffsetCommitResponse};

use super::offset_commit::CommitCodes;
use super::{Call, Reply};
use crate::catalog::CONSUMER_OFFSETS;
use crate::groups::{Commit, Committed};
use crate::partition::TopicPartition;

/// Since then clients know TRANSACTION_ABORTABLE (KIP-890).
const KNOWS_TRANSACTION_ABORTABLE: i16 = 4;
/// Since then the partition need not be added to the transaction before.
const ADDS_PARTITION: i16 = 5;

/// A topic of the answer: its name, and for each partition what was wrong with it at once.
type Topic = (String, Vec<(i32, ErrorCode)>);

pub(super) async fn answer(call: &Call<'_>, request: &TxnOffsetCommitRequest<'_>) -> Reply {
    let producer = (request.producer_id, request.producer_epoch);
    let partition = TopicPartition { topic: CONSUMER_OFFSETS.to_owned(), partition: 0 };
    let transactional_id = request.transactional_id.to_owned();
    let adds = call.version() >= ADDS_PARTITION;
    let (broker, to) = (std::sync::Arc::clone(call.broker), call.to);
    let may_write =
        broker.transactions.may_write(&broker, &transactional_id, producer, &partition, adds).await;
    // After the wait: a topic may have been deleted meanwhile, and another one made of its name.
    let (commit, topics) = read(call, request);
    let committed = match may_write {
        _ if commit.group.is_empty() => Err(ErrorCode::InvalidGroupId),
        // The guard is held until the offsets are in the log.
        Ok(_writes) => Ok(broker.groups.commit(&broker, Some(producer), &commit)),
        Err(error) => Err(known_to_client(error, call.version())),
    };
    Reply::Later(Box::pin(async move {
        let codes = match committed {
            Ok(committed) => committed.await,
            Err(error) => Err(error),
        };
        let mut codes = CommitCodes::new(codes);
        let topics = topics.iter().map(|(name, partitions)| TxnOffsetCommitResponseTopic {
            name,
            partitions: partitions
                .iter()
                .map(|&(partition_index, refused)| TxnOffsetCommitResponsePartition {
                    partition_index,
                    error_code: codes.next(refused).code(),
                })
                .collect(),
        });
        let topics = topics.collect();
        to.encode(&TxnOffsetCommitResponse { topics, ..TxnOffsetCommitResponse::default() })
    }))
}

/// What a client of this version gets for an error of the transaction coordinator, such that it does the right thing.
const fn known_to_client(error: ErrorCode, version: i16) -> ErrorCode {
    match error {
        ErrorCode::TransactionAbortable if version < KNOWS_TRANSACTION_ABORTABLE => {
            ErrorCode::InvalidTxnState
        }
        // Sent again by every client.
        ErrorCode::ConcurrentTransactions if version < ADDS_PARTITION => ErrorCode::CoordinatorLoadInProgress,
        other => other,
    }
}

/// What is to be committed, and the topics of the answer.
fn read(call: &Call<'_>, request: &TxnOffsetCommitRequest<'_>) -> (Commit, Vec<Topic>) {
    let mut commit = Commit {
        group: request.group_id.to_owned(),
        member_id: request.member_id.to_owned(),
        instance_id: request.group_instance_id.map(str::to_owned),
        generation: request.generation_id,
        transactional: true,
        knows_epochs: false,
        offsets: Vec::new(),
    };
    let committed_ms = call.broker.now_ms();
    let mut topics = Vec::with_capacity(request.topics.len());
    for topic in &request.topics {
        let found = call.broker.catalog.topic(topic.name);
        let refused = if found.is_some() { ErrorCode::None } else { ErrorCode::UnknownTopicOrPartition };
        let partitions = topic.partitions.iter().map(|partition| (partition.partition_index, refused));
        topics.push((topic.name.to_owned(), partitions.collect()));
        let Some(found) = found else { continue };
        commit.offsets.extend(topic.partitions.iter().map(|partition| {
            let committed = Committed {
                offset: partition.committed_offset,
                leader_epoch: partition.committed_leader_epoch,
                metadata: partition.committed_metadata.unwrap_or_default().to_owned(),
                committed_ms,
                expires_ms: None,
                topic_id: found.id,
                record_offset: -1,
            };
            (found.name.clone(), partition.partition_index, committed)
        }));
    }
    (commit, topics)
}

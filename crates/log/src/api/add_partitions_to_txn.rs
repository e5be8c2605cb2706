//! AddPartitionsToTxn: versions 0 to 5.
//!
//! Versions 0 to 3 come from clients. Those from 4 on are what Kafka's brokers say to each other: several transactional ids
//! at once, and questions without effect (`verify_only`); they are answered as Kafka does.
//!
//! All partitions are added or none: if one does not exist, the others get OPERATION_NOT_ATTEMPTED.
//!
//! Gaps: none.

use std::sync::Arc;

use watershed_protocol::ErrorCode;
use watershed_protocol::messages::add_partitions_to_txn_request::AddPartitionsToTxnTopic;
use watershed_protocol::messages::add_partitions_to_txn_response::{
    AddPartitionsToTxnPartitionResult, AddPartitionsToTxnResult, AddPartitionsToTxnTopicResult,
};
use watershed_protocol::messages::{AddPartitionsToTxnRequest, AddPartitionsToTxnResponse};

use super::{Call, Reply};
use crate::broker::Broker;
use crate::partition::TopicPartition;
use crate::transactions::{Producer, run};

/// From this version on clients know PRODUCER_FENCED.
const FIRST_WITH_PRODUCER_FENCED: i16 = 2;
/// From this version on several transactional ids are asked for.
const FIRST_OF_BROKERS: i16 = 4;

/// What is asked for one transactional id.
#[derive(Debug)]
struct Wanted {
    id: String,
    producer: Producer,
    verify_only: bool,
    partitions: Vec<TopicPartition>,
}

/// One error for each partition, in the order of the request.
#[derive(Debug)]
struct Outcome {
    wanted: Wanted,
    errors: Vec<ErrorCode>,
}

pub(super) async fn answer(call: &Call<'_>, request: &AddPartitionsToTxnRequest<'_>) -> Reply {
    let (to, broker) = (call.to, call.broker.clone());
    let wanted = wanted_by(request, to.version);
    let running = run(async move {
        let mut outcomes = Vec::with_capacity(wanted.len());
        for wanted in wanted {
            let errors = add(&broker, &wanted, to.version).await;
            outcomes.push(Outcome { wanted, errors });
        }
        Ok(outcomes)
    });
    Reply::Later(Box::pin(async move {
        match running.await {
            Ok(outcomes) => to.encode(&respond(&outcomes, to.version)),
            Err(error) => {
                let error_code = if to.version >= FIRST_OF_BROKERS { error.code() } else { 0 };
                to.encode(&AddPartitionsToTxnResponse { error_code, ..AddPartitionsToTxnResponse::default() })
            }
        }
    }))
}

fn wanted_by(request: &AddPartitionsToTxnRequest<'_>, version: i16) -> Vec<Wanted> {
    if version < FIRST_OF_BROKERS {
        return vec![Wanted {
            id: request.v3_and_below_transactional_id.to_owned(),
            producer: (request.v3_and_below_producer_id, request.v3_and_below_producer_epoch),
            verify_only: false,
            partitions: partitions_of(&request.v3_and_below_topics),
        }];
    }
    let wanted = request.transactions.iter().map(|transaction| Wanted {
        id: transaction.transactional_id.to_owned(),
        producer: (transaction.producer_id, transaction.producer_epoch),
        verify_only: transaction.verify_only,
        partitions: partitions_of(&transaction.topics),
    });
    wanted.collect()
}

fn partitions_of(topics: &[AddPartitionsToTxnTopic<'_>]) -> Vec<TopicPartition> {
    let partitions = topics.iter().flat_map(|topic| {
        topic.partitions.iter().map(|&partition| TopicPartition { topic: topic.name.to_owned(), partition })
    });
    partitions.collect()
}

async fn add(broker: &Arc<Broker>, wanted: &Wanted, version: i16) -> Vec<ErrorCode> {
    let exists = |name: &TopicPartition| broker.catalog.partition(&name.topic, name.partition).is_some();
    let missing: Vec<bool> = wanted.partitions.iter().map(|name| !exists(name)).collect();
    if missing.contains(&true) {
        let error = |missing| match missing {
            true => ErrorCode::UnknownTopicOrPartition,
            false => ErrorCode::OperationNotAttempted,
        };
        return missing.into_iter().map(error).collect();
    }
    let transactions = &broker.transactions;
    let all = |error| vec![error; wanted.partitions.len()];
    if wanted.verify_only {
        return match transactions.verify(&wanted.id, wanted.producer, &wanted.partitions) {
            Ok(verified) => {
                verified.into_iter().map(|belongs| belongs.err().unwrap_or(ErrorCode::None)).collect()
            }
            Err(error) => all(error),
        };
    }
    match transactions.add_partitions(broker, &wanted.id, wanted.producer, &wanted.partitions).await {
        Ok(()) => all(ErrorCode::None),
        Err(ErrorCode::ProducerFenced) if version < FIRST_WITH_PRODUCER_FENCED => {
            all(ErrorCode::InvalidProducerEpoch)
        }
        Err(error) => all(error),
    }
}

fn respond(outcomes: &[Outcome], version: i16) -> AddPartitionsToTxnResponse<'_> {
    if version < FIRST_OF_BROKERS {
        let results_by_topic_v3_and_below = outcomes.first().map(topics_of).unwrap_or_default();
        return AddPartitionsToTxnResponse {
            results_by_topic_v3_and_below,
            ..AddPartitionsToTxnResponse::default()
        };
    }
    let results = outcomes.iter().map(|outcome| AddPartitionsToTxnResult {
        transactional_id: &outcome.wanted.id,
        topic_results: topics_of(outcome),
    });
    AddPartitionsToTxnResponse {
        results_by_transaction: results.collect(),
        ..AddPartitionsToTxnResponse::default()
    }
}

fn topics_of(outcome: &Outcome) -> Vec<AddPartitionsToTxnTopicResult<'_>> {
    let mut topics: Vec<AddPartitionsToTxnTopicResult<'_>> = Vec::new();
    for (partition, error) in outcome.wanted.partitions.iter().zip(&outcome.errors) {
        let result = AddPartitionsToTxnPartitionResult {
            partition_index: partition.partition,
            partition_error_code: error.code(),
        };
        match topics.last_mut() {
            Some(topic) if topic.name == partition.topic => topic.results_by_partition.push(result),
            _ => topics.push(AddPartitionsToTxnTopicResult {
                name: &partition.topic,
                results_by_partition: vec![result],
            }),
        }
    }
    topics
}

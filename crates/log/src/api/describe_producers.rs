//! DescribeProducers: version 0.
//!
//! The producers that a partition remembers, with the offset where an open transaction began: how administrators find
//! what holds up readers of committed records.
//!
//! Gaps: none.

use std::collections::HashSet;
use std::sync::Arc;

use watershed_protocol::ErrorCode;
use watershed_protocol::messages::describe_producers_response::{
    PartitionResponse, ProducerState, TopicResponse,
};
use watershed_protocol::messages::{DescribeProducersRequest, DescribeProducersResponse};

use super::{Call, Reply};
use crate::partition::Partition;

pub(super) async fn answer(call: &Call<'_>, request: &DescribeProducersRequest<'_>) -> Reply {
    // However often a partition is asked for, it is described once.
    let mut seen = HashSet::new();
    let topics = request.topics.iter().map(|topic| {
        let once = topic.partition_indexes.iter().filter(|&&index| seen.insert((topic.name, index)));
        let partitions = once.map(|&index| {
            let partition = call.broker.catalog.partition(topic.name, index);
            describe(index, partition.as_ref())
        });
        TopicResponse { name: topic.name, partitions: partitions.collect() }
    });
    call.reply(&DescribeProducersResponse {
        topics: topics.collect(),
        ..DescribeProducersResponse::default()
    })
}

fn describe(partition_index: i32, partition: Option<&Arc<Partition>>) -> PartitionResponse<'static> {
    let Some(partition) = partition else {
        return PartitionResponse {
            partition_index,
            error_code: ErrorCode::UnknownTopicOrPartition.code(),
            ..PartitionResponse::default()
        };
    };
    let log = partition.log();
    let producers = log.producers().states().map(|producer| ProducerState {
        producer_id: producer.producer_id,
        producer_epoch: producer.epoch.into(),
        last_sequence: producer.last_sequence,
        last_timestamp: producer.last_timestamp_ms,
        coordinator_epoch: producer.coordinator_epoch,
        current_txn_start_offset: producer.transaction_first_offset,
    });
    let mut active_producers: Vec<ProducerState> = producers.collect();
    active_producers.sort_unstable_by_key(|producer| producer.producer_id);
    PartitionResponse { partition_index, active_producers, ..PartitionResponse::default() }
}

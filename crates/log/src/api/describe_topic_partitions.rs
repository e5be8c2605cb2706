//! DescribeTopicPartitions: version 0. Topics page by page, with a cursor.
//!
//! A page has at most `response_partition_limit` partitions, and never more than `max.request.partition.size.limit`
//! (2000, as in Kafka). Topics come in the order of their names.
//!
//! Gaps: no replica is ever out of sync, so eligible and last known leaders are empty.

use std::collections::BTreeSet;
use std::sync::Arc;

use uuid::Uuid;
use watershed_protocol::ErrorCode;
use watershed_protocol::messages::describe_topic_partitions_response::{
    Cursor, DescribeTopicPartitionsResponsePartition, DescribeTopicPartitionsResponseTopic,
};
use watershed_protocol::messages::{DescribeTopicPartitionsRequest, DescribeTopicPartitionsResponse};

use super::{Call, Reply, operations};
use crate::catalog::{Topic, check_topic_name};

/// The most partitions of an answer.
const PARTITIONS_MAX: usize = 2_000;

pub(super) async fn answer(call: &Call<'_>, request: &DescribeTopicPartitionsRequest<'_>) -> Reply {
    let catalog = &call.broker.catalog;
    let cursor = request.cursor.as_ref().map(|cursor| (cursor.topic_name, cursor.partition_index));
    let (from_topic, from_partition) = cursor.unwrap_or(("", 0));
    let asks_for_all = request.topics.is_empty();
    let names: Vec<String> = if asks_for_all {
        catalog.topics().iter().map(|topic| topic.name.clone()).collect()
    } else {
        let names: BTreeSet<&str> = request.topics.iter().map(|topic| topic.name).collect();
        names.into_iter().map(str::to_owned).collect()
    };
    let names: Vec<&str> = names.iter().map(String::as_str).filter(|name| *name >= from_topic).collect();
    let limit = usize::try_from(request.response_partition_limit).unwrap_or(1).clamp(1, PARTITIONS_MAX);
    let found: Vec<(&str, Option<Arc<Topic>>)> =
        names.into_iter().map(|name| (name, catalog.topic(name))).collect();
    let mut topics = Vec::new();
    let mut next_cursor = None;
    let mut room = limit;
    for (name, topic) in &found {
        let first = if *name == from_topic { usize::try_from(from_partition).unwrap_or(0) } else { 0 };
        // A topic that is not there takes room too: thousands of names are no larger answer.
        if room == 0 {
            next_cursor = Some(Cursor { topic_name: name, partition_index: 0 });
            break;
        }
        let Some(topic) = topic else {
            topics.push(missing(name));
            room -= 1;
            continue;
        };
        let end = topic.partitions.len().min(first.saturating_add(room));
        topics.push(describe(call, topic, first..end));
        room -= end.saturating_sub(first).min(room);
        if end < topic.partitions.len() {
            let partition_index = i32::try_from(end).unwrap_or(i32::MAX);
            next_cursor = Some(Cursor { topic_name: name, partition_index });
            break;
        }
    }
    call.reply(&DescribeTopicPartitionsResponse {
        topics,
        next_cursor,
        ..DescribeTopicPartitionsResponse::default()
    })
}

fn missing<'a>(name: &'a str) -> DescribeTopicPartitionsResponseTopic<'a> {
    let code = match check_topic_name(name) {
        Ok(()) => ErrorCode::UnknownTopicOrPartition,
        Err(_) => ErrorCode::InvalidTopicException,
    };
    DescribeTopicPartitionsResponseTopic {
        error_code: code.code(),
        name: Some(name),
        topic_id: Uuid::nil(),
        ..DescribeTopicPartitionsResponseTopic::default()
    }
}

fn describe<'a>(
    call: &Call<'_>,
    topic: &'a Topic,
    numbers: std::ops::Range<usize>,
) -> DescribeTopicPartitionsResponseTopic<'a> {
    let node_id = call.broker.options.node_id;
    let partitions = topic.partitions.get(numbers).unwrap_or_default();
    let partition = |partition: &Arc<crate::partition::Partition>| DescribeTopicPartitionsResponsePartition {
        error_code: ErrorCode::None.code(),
        partition_index: partition.id.partition,
        leader_id: node_id,
        leader_epoch: partition.leader_epoch,
        replica_nodes: vec![node_id],
        isr_nodes: vec![node_id],
        eligible_leader_replicas: Some(Vec::new()),
        last_known_elr: Some(Vec::new()),
        offline_replicas: Vec::new(),
    };
    DescribeTopicPartitionsResponseTopic {
        error_code: ErrorCode::None.code(),
        name: Some(&topic.name),
        topic_id: topic.id,
        is_internal: topic.internal,
        partitions: partitions.iter().map(partition).collect(),
        topic_authorized_operations: operations::TOPIC,
    }
}

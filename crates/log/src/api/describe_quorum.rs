//! DescribeQuorum: versions 0 to 2. The metadata log, of which the node is the one voter and leader.
//!
//! Gaps: the controller's listener is the broker's, which answers for both. The voter's directory has no id.

use std::collections::HashSet;

use uuid::Uuid;
use watershed_protocol::ErrorCode;
use watershed_protocol::messages::describe_quorum_response::{
    Listener, Node, PartitionData, ReplicaState, TopicData,
};
use watershed_protocol::messages::{DescribeQuorumRequest, DescribeQuorumResponse};

use super::{Call, Reply};
use crate::catalog::METADATA_TOPIC;

/// From this version on, replicas have timestamps.
const FIRST_WITH_TIMESTAMPS: i16 = 1;
/// From this version on, the answer has texts and nodes.
const FIRST_WITH_NODES: i16 = 2;

pub(super) async fn answer(call: &Call<'_>, request: &DescribeQuorumRequest<'_>) -> Reply {
    // However often a partition is asked for, it is described once.
    let mut seen = HashSet::new();
    let topics = request.topics.iter().map(|topic| {
        let wanted = topic.partitions.iter();
        let once = wanted.filter(|wanted| seen.insert((topic.topic_name, wanted.partition_index)));
        let partitions = once.map(|wanted| {
            if topic.topic_name == METADATA_TOPIC && wanted.partition_index == 0 {
                describe(call)
            } else {
                PartitionData {
                    partition_index: wanted.partition_index,
                    error_code: ErrorCode::UnknownTopicOrPartition.code(),
                    ..PartitionData::default()
                }
            }
        });
        TopicData { topic_name: topic.topic_name, partitions: partitions.collect() }
    });
    let (host, port) = &call.caller.advertised;
    let node_id = call.broker.options.node_id;
    let listeners = vec![Listener { name: "CONTROLLER", host, port: *port }];
    let nodes =
        if call.version() >= FIRST_WITH_NODES { vec![Node { node_id, listeners }] } else { Vec::new() };
    call.reply(&DescribeQuorumResponse {
        topics: topics.collect(),
        nodes,
        ..DescribeQuorumResponse::default()
    })
}

fn describe(call: &Call<'_>) -> PartitionData<'static> {
    let (log_end, starts) = call.broker.catalog.quorum();
    let now_ms = if call.version() >= FIRST_WITH_TIMESTAMPS { call.broker.now_ms() } else { -1 };
    let voter = ReplicaState {
        replica_id: call.broker.options.node_id,
        replica_directory_id: Uuid::nil(),
        log_end_offset: log_end,
        last_fetch_timestamp: now_ms,
        last_caught_up_timestamp: now_ms,
    };
    PartitionData {
        partition_index: 0,
        leader_id: call.broker.options.node_id,
        leader_epoch: starts,
        high_watermark: log_end,
        current_voters: vec![voter],
        ..PartitionData::default()
    }
}

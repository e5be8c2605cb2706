//! ElectLeaders: versions 0 to 2. The leader is always the one node: ELECTION_NOT_NEEDED.
//!
//! Gaps: none, for one node.

use watershed_protocol::ErrorCode;
use watershed_protocol::messages::elect_leaders_response::{PartitionResult, ReplicaElectionResult};
use watershed_protocol::messages::{ElectLeadersRequest, ElectLeadersResponse};

use super::{Call, Reply};

pub(super) async fn answer(call: &Call<'_>, request: &ElectLeadersRequest<'_>) -> Reply {
    // Asked for all partitions, Kafka answers with those where something was done.
    let results = request.topic_partitions.iter().flatten().map(|topic| {
        let partitions = topic.partitions.iter().map(|&partition_id| {
            let (code, message) = match call.broker.catalog.partition(topic.topic, partition_id) {
                Some(_) => (ErrorCode::ElectionNotNeeded, "the one node leads the partition"),
                None => (ErrorCode::UnknownTopicOrPartition, "there is no such partition"),
            };
            PartitionResult { partition_id, error_code: code.code(), error_message: Some(message) }
        });
        ReplicaElectionResult { topic: topic.topic, partition_result: partitions.collect() }
    });
    call.reply(&ElectLeadersResponse {
        replica_election_results: results.collect(),
        ..ElectLeadersResponse::default()
    })
}

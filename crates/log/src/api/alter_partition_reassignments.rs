//! AlterPartitionReassignments: versions 0 to 1. A partition may be assigned to the one node, where it is; to none other.
//!
//! Gaps: none, for one node. `timeout_ms` is not looked at.

use watershed_protocol::ErrorCode;
use watershed_protocol::messages::alter_partition_reassignments_request::ReassignablePartition;
use watershed_protocol::messages::alter_partition_reassignments_response::{
    ReassignablePartitionResponse, ReassignableTopicResponse,
};
use watershed_protocol::messages::{AlterPartitionReassignmentsRequest, AlterPartitionReassignmentsResponse};

use super::{Call, Reply};

pub(super) async fn answer(call: &Call<'_>, request: &AlterPartitionReassignmentsRequest<'_>) -> Reply {
    let responses = request.topics.iter().map(|topic| {
        let partitions = topic.partitions.iter().map(|wanted| {
            let (code, message) = check(call, topic.name, wanted);
            ReassignablePartitionResponse {
                partition_index: wanted.partition_index,
                error_code: code.code(),
                error_message: message,
            }
        });
        ReassignableTopicResponse { name: topic.name, partitions: partitions.collect() }
    });
    call.reply(&AlterPartitionReassignmentsResponse {
        allow_replication_factor_change: call.version() < 1 || request.allow_replication_factor_change,
        responses: responses.collect(),
        ..AlterPartitionReassignmentsResponse::default()
    })
}

fn check(call: &Call<'_>, topic: &str, wanted: &ReassignablePartition) -> (ErrorCode, Option<&'static str>) {
    if call.broker.catalog.partition(topic, wanted.partition_index).is_none() {
        return (ErrorCode::UnknownTopicOrPartition, Some("there is no such partition"));
    }
    match wanted.replicas.as_deref() {
        None => (ErrorCode::NoReassignmentInProgress, Some("nothing is being moved")),
        Some([replica]) if *replica == call.broker.options.node_id => (ErrorCode::None, None),
        Some(_) => {
            (ErrorCode::InvalidReplicaAssignment, Some("there is one broker: a partition can be there alone"))
        }
    }
}

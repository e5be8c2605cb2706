//! ConsumerGroupHeartbeat, versions 0 and 1: how a member of a consumer group (KIP-848) joins, stays, changes its
//! subscription and leaves, and how it learns what to consume.
//!
//! Gaps: racks are kept and described, and mean nothing on one node. Topics that are matched by a regular expression are
//! looked up at once. An assignment is worked out as soon as the group's epoch rises, never put off.

use std::collections::{BTreeMap, BTreeSet};

use uuid::Uuid;
use watershed_protocol::messages::consumer_group_heartbeat_response::{Assignment, TopicPartitions};
use watershed_protocol::messages::{ConsumerGroupHeartbeatRequest, ConsumerGroupHeartbeatResponse};

use super::{Call, Reply};
use crate::groups::{ConsumerHeartbeat, HeartbeatAnswer, Refusal};

pub(super) async fn answer(call: &Call<'_>, request: &ConsumerGroupHeartbeatRequest<'_>) -> Reply {
    let Ok(unique) = super::join_group::random_id() else { return Reply::Close };
    let owned = request.topic_partitions.as_ref().map(|topics| {
        let mut owned: BTreeMap<Uuid, BTreeSet<i32>> = BTreeMap::new();
        for topic in topics {
            owned.entry(topic.topic_id).or_default().extend(&topic.partitions);
        }
        owned
    });
    let names = request.subscribed_topic_names.as_ref();
    let beat = ConsumerHeartbeat {
        version: call.version(),
        group: request.group_id.to_owned(),
        member_id: request.member_id.to_owned(),
        epoch: request.member_epoch,
        instance_id: request.instance_id.map(str::to_owned),
        rack_id: request.rack_id.map(str::to_owned),
        rebalance_timeout_ms: request.rebalance_timeout_ms,
        topics: names.map(|names| names.iter().map(|&name| name.to_owned()).collect()),
        regex: request.subscribed_topic_regex.map(str::to_owned),
        assignor: request.server_assignor.map(str::to_owned),
        owned,
        client_id: call.client_id.unwrap_or_default().to_owned(),
        client_host: format!("/{}", call.caller.host),
        unique,
    };
    let answer = call.broker.groups.consumer_heartbeat(call.broker, &beat);
    let to = call.to;
    Reply::Later(Box::pin(async move {
        match answer.await {
            Ok(Ok(answer)) => to.encode(&accepted(&answer)),
            Ok(Err(Refusal { code, message })) => to.encode(&ConsumerGroupHeartbeatResponse {
                error_code: code.code(),
                error_message: Some(&message),
                ..ConsumerGroupHeartbeatResponse::default()
            }),
            Err(error) => to.encode(&ConsumerGroupHeartbeatResponse {
                error_code: error.code(),
                ..ConsumerGroupHeartbeatResponse::default()
            }),
        }
    }))
}

fn accepted(answer: &HeartbeatAnswer) -> ConsumerGroupHeartbeatResponse<'_> {
    let assignment = answer.assignment.as_ref().map(|assignment| Assignment {
        topic_partitions: assignment
            .iter()
            .map(|(&topic_id, partitions)| TopicPartitions {
                topic_id,
                partitions: partitions.iter().copied().collect(),
            })
            .collect(),
    });
    ConsumerGroupHeartbeatResponse {
        member_id: Some(&answer.member_id),
        member_epoch: answer.epoch,
        heartbeat_interval_ms: answer.interval_ms,
        assignment,
        ..ConsumerGroupHeartbeatResponse::default()
    }
}

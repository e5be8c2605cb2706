//! ConsumerGroupDescribe, versions 0 and 1: consumer groups (KIP-848) with their members, what these have and are to have.
//!
//! Gaps: there are no ACLs: all operations are authorized.

use watershed_protocol::ErrorCode;
use watershed_protocol::messages::consumer_group_describe_response::{
    Assignment, DescribedGroup, Member, TopicPartitions,
};
use watershed_protocol::messages::{ConsumerGroupDescribeRequest, ConsumerGroupDescribeResponse};

use super::{Call, Reply, operations};
use crate::groups::{DescribedConsumerGroup, DescribedTopic};

/// The type of a member that still speaks the classic protocol.
const CLASSIC: i8 = 0;
/// The type of a member that speaks this one.
const CONSUMER: i8 = 1;

pub(super) async fn answer(call: &Call<'_>, request: &ConsumerGroupDescribeRequest<'_>) -> Reply {
    let described: Vec<_> = request
        .group_ids
        .iter()
        .map(|&id| {
            let group = if id.is_empty() {
                Err(ErrorCode::InvalidGroupId)
            } else {
                call.broker.groups.describe_consumers(call.broker, id)
            };
            (id, group, format!("Group {id} is not a consumer group, or not there."))
        })
        .collect();
    let asks = request.include_authorized_operations;
    let authorized_operations = if asks { operations::GROUP } else { i32::MIN };
    let groups = described.iter().map(|(id, group, message)| match group {
        Ok(group) => DescribedGroup { authorized_operations, ..describe(id, group) },
        Err(error) => DescribedGroup {
            error_code: error.code(),
            error_message: Some(message),
            group_id: id,
            ..DescribedGroup::default()
        },
    });
    let groups = groups.collect();
    call.reply(&ConsumerGroupDescribeResponse { throttle_time_ms: 0, groups })
}

fn describe<'a>(id: &'a str, group: &'a DescribedConsumerGroup) -> DescribedGroup<'a> {
    let members = group.members.iter().map(|member| Member {
        member_id: &member.id,
        instance_id: member.instance_id.as_deref(),
        rack_id: member.rack_id.as_deref(),
        member_epoch: member.epoch,
        client_id: &member.client_id,
        client_host: &member.client_host,
        subscribed_topic_names: member.topics.iter().map(String::as_str).collect(),
        subscribed_topic_regex: member.regex.as_deref(),
        assignment: assignment(&member.assigned),
        target_assignment: assignment(&member.target),
        member_type: if member.is_classic { CLASSIC } else { CONSUMER },
    });
    DescribedGroup {
        group_id: id,
        group_state: group.state,
        group_epoch: group.epoch,
        assignment_epoch: group.target_epoch,
        assignor_name: group.assignor,
        members: members.collect(),
        ..DescribedGroup::default()
    }
}

fn assignment(topics: &[DescribedTopic]) -> Assignment<'_> {
    let topic_partitions = topics.iter().map(|topic| TopicPartitions {
        topic_id: topic.id,
        topic_name: &topic.name,
        partitions: topic.partitions.clone(),
    });
    Assignment { topic_partitions: topic_partitions.collect() }
}

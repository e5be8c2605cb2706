//! DescribeGroups, versions 0 to 6: classic groups and their members. One that is not there, or is not classic, is "Dead";
//! since version 6 it is GROUP_ID_NOT_FOUND, too (KIP-1043).
//!
//! Gaps: there are no ACLs: all operations are authorized.

use watershed_protocol::ErrorCode;
use watershed_protocol::messages::describe_groups_response::{
    DescribedGroup as Answer, DescribedGroupMember,
};
use watershed_protocol::messages::{DescribeGroupsRequest, DescribeGroupsResponse};

use super::{Call, Reply, operations};
use crate::groups::DescribedGroup;

/// Since then a group that is not there is an error.
const NOT_FOUND: i16 = 6;

pub(super) async fn answer(call: &Call<'_>, request: &DescribeGroupsRequest<'_>) -> Reply {
    let described: Vec<_> = request
        .groups
        .iter()
        .map(|&id| {
            let not_found = format!("Group {id} not found.");
            (id, call.broker.groups.describe(id), not_found)
        })
        .collect();
    let asks = request.include_authorized_operations;
    let authorized_operations = if asks { operations::GROUP } else { i32::MIN };
    let groups = described.iter().map(|(id, group, not_found)| match group {
        Ok(group) => Answer { authorized_operations, ..describe(id, group) },
        Err(error) => {
            let says_so = call.version() >= NOT_FOUND;
            Answer {
                error_code: if says_so { error.code() } else { ErrorCode::None.code() },
                error_message: says_so.then_some(not_found.as_str()),
                group_id: id,
                group_state: "Dead",
                ..Answer::default()
            }
        }
    });
    let groups = groups.collect();
    call.reply(&DescribeGroupsResponse { throttle_time_ms: 0, groups })
}

fn describe<'a>(id: &'a str, group: &'a DescribedGroup) -> Answer<'a> {
    let members = group.members.iter().map(|member| DescribedGroupMember {
        member_id: &member.id,
        group_instance_id: member.instance_id.as_deref(),
        client_id: &member.client_id,
        client_host: &member.client_host,
        member_metadata: &member.metadata,
        member_assignment: &member.assignment,
    });
    Answer {
        group_id: id,
        group_state: group.state,
        protocol_type: &group.protocol_type,
        protocol_data: &group.protocol,
        members: members.collect(),
        ..Answer::default()
    }
}

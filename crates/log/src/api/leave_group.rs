//! LeaveGroup, versions 0 to 5: members go, or an administrator takes static ones out (several since version 3).
//!
//! Gaps: none known. The reason that a client gives (version 5) is only logged.

use watershed_protocol::ErrorCode;
use watershed_protocol::messages::leave_group_response::MemberResponse;
use watershed_protocol::messages::{LeaveGroupRequest, LeaveGroupResponse};

use super::{Call, Reply};
use crate::groups::Leave;

/// Since then a request names several members.
const SEVERAL_MEMBERS: i16 = 3;

pub(super) async fn answer(call: &Call<'_>, request: &LeaveGroupRequest<'_>) -> Reply {
    for reason in request.members.iter().filter_map(|member| member.reason) {
        tracing::debug!(group = request.group_id, reason, "a member leaves");
    }
    let leaves: Vec<Leave> = if call.version() < SEVERAL_MEMBERS {
        vec![Leave { member_id: request.member_id.to_owned(), instance_id: None }]
    } else {
        let members = request.members.iter().map(|member| Leave {
            member_id: member.member_id.to_owned(),
            instance_id: member.group_instance_id.map(str::to_owned),
        });
        members.collect()
    };
    let left = call.broker.groups.leave(call.broker, request.group_id, &leaves);
    let to = call.to;
    Reply::Later(Box::pin(async move {
        match left.await {
            Err(error) => {
                to.encode(&LeaveGroupResponse { error_code: error.code(), ..LeaveGroupResponse::default() })
            }
            Ok(codes) if to.version < SEVERAL_MEMBERS => {
                let error_code = codes.first().copied().unwrap_or(ErrorCode::None).code();
                to.encode(&LeaveGroupResponse { error_code, ..LeaveGroupResponse::default() })
            }
            Ok(codes) => {
                let members = leaves.iter().zip(codes).map(|(leave, code)| MemberResponse {
                    member_id: &leave.member_id,
                    group_instance_id: leave.instance_id.as_deref(),
                    error_code: code.code(),
                });
                let members = members.collect();
                to.encode(&LeaveGroupResponse { members, ..LeaveGroupResponse::default() })
            }
        }
    }))
}

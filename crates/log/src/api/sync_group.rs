//! SyncGroup, versions 0 to 5: a member of a classic group asks for its assignment, the leader brings everybody's. Answered
//! when the leader has.
//!
//! Gaps: none known.

use std::sync::Arc;

use watershed_protocol::ErrorCode;
use watershed_protocol::messages::{SyncGroupRequest, SyncGroupResponse};

use super::{Call, Reply};
use crate::groups::{Sync, Ticket};

/// Since then the protocol must be said, so that a member of another one is found out.
const PROTOCOL_REQUIRED: i16 = 5;

pub(super) async fn answer(call: &Call<'_>, request: &SyncGroupRequest<'_>) -> Reply {
    let has_protocol = request.protocol_type.is_some() && request.protocol_name.is_some();
    if call.version() >= PROTOCOL_REQUIRED && !has_protocol {
        let error_code = ErrorCode::InconsistentGroupProtocol.code();
        return call.reply(&SyncGroupResponse { error_code, ..SyncGroupResponse::default() });
    }
    let sync = |ticket: Ticket| Sync {
        ticket,
        member_id: request.member_id.to_owned(),
        instance_id: request.group_instance_id.map(str::to_owned),
        generation: request.generation_id,
        protocol_type: request.protocol_type.map(str::to_owned),
        protocol: request.protocol_name.map(str::to_owned),
        assignments: request
            .assignments
            .iter()
            .map(|assignment| (assignment.member_id.to_owned(), Arc::from(assignment.assignment)))
            .collect(),
    };
    let answer = call.broker.groups.sync(call.broker, request.group_id, sync);
    let to = call.to;
    Reply::Later(Box::pin(async move {
        let answer = answer.await;
        to.encode(&SyncGroupResponse {
            throttle_time_ms: 0,
            error_code: answer.error.code(),
            protocol_type: answer.protocol_type.as_deref(),
            protocol_name: answer.protocol.as_deref(),
            assignment: &answer.assignment,
        })
    }))
}

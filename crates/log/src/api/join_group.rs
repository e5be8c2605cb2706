//! JoinGroup, versions 0 to 9: a member of a classic group wants to be part of the next generation. Answered when the
//! others have come, too.
//!
//! Gaps: none known. The reason that a client gives (version 8) is only logged.

use std::sync::Arc;

use watershed_protocol::messages::join_group_response::JoinGroupResponseMember;
use watershed_protocol::messages::{JoinGroupRequest, JoinGroupResponse};

use super::{Call, Frame, Reply, ReplyTo};
use crate::groups::{Join, JoinAnswer, Ticket};

/// Since then a new member is first told its id (KIP-394).
const MEMBER_ID_REQUIRED: i16 = 4;
/// Since then a leader can be told that it need not assign (KIP-814).
const SKIP_ASSIGNMENT: i16 = 9;
/// Since then there may be no protocol.
const NULL_PROTOCOL: i16 = 7;

pub(super) async fn answer(call: &Call<'_>, request: &JoinGroupRequest<'_>) -> Reply {
    let Ok(unique) = random_id() else { return Reply::Close };
    if let Some(reason) = request.reason {
        tracing::debug!(group = request.group_id, member = request.member_id, reason, "a member joins");
    }
    let version = call.version();
    let join = |ticket: Ticket| Join {
        ticket,
        member_id: request.member_id.to_owned(),
        instance_id: request.group_instance_id.map(str::to_owned),
        client_id: call.client_id.unwrap_or_default().to_owned(),
        client_host: format!("/{}", call.caller.host),
        session_timeout_ms: request.session_timeout_ms,
        rebalance_timeout_ms: match request.rebalance_timeout_ms {
            // Version 0 has only the one.
            -1 => request.session_timeout_ms,
            timeout_ms => timeout_ms,
        },
        protocol_type: request.protocol_type.to_owned(),
        protocols: request
            .protocols
            .iter()
            .map(|protocol| (protocol.name.to_owned(), Arc::from(protocol.metadata)))
            .collect(),
        unique,
        first_told_its_id: version >= MEMBER_ID_REQUIRED,
        can_skip_assignment: version >= SKIP_ASSIGNMENT,
    };
    let answer = call.broker.groups.join(call.broker, request.group_id, join);
    let to = call.to;
    Reply::Later(Box::pin(async move { frame(to, &answer.await) }))
}

fn frame(to: ReplyTo, answer: &JoinAnswer) -> Frame {
    let members = answer.members.iter().map(|member| JoinGroupResponseMember {
        member_id: &member.member_id,
        group_instance_id: member.instance_id.as_deref(),
        metadata: &member.metadata,
    });
    let protocol_name = match answer.protocol.as_deref() {
        None if to.version < NULL_PROTOCOL => Some(""),
        protocol => protocol,
    };
    to.encode(&JoinGroupResponse {
        throttle_time_ms: 0,
        error_code: answer.error.code(),
        generation_id: answer.generation,
        protocol_type: answer.protocol_type.as_deref(),
        protocol_name,
        leader: &answer.leader,
        skip_assignment: answer.skip_assignment,
        member_id: &answer.member_id,
        members: members.collect(),
    })
}

/// What no other member's id ends in.
pub(super) fn random_id() -> Result<uuid::Uuid, getrandom::Error> {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes)?;
    Ok(uuid::Builder::from_random_bytes(bytes).into_uuid())
}

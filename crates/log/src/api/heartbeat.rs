//! Heartbeat, versions 0 to 4: a member of a classic group is alive, and learns whether the group begins again.
//!
//! Gaps: none known.

use watershed_protocol::ErrorCode;
use watershed_protocol::messages::{HeartbeatRequest, HeartbeatResponse};

use super::{Call, Reply};

pub(super) async fn answer(call: &Call<'_>, request: &HeartbeatRequest<'_>) -> Reply {
    let heard = call.broker.groups.heartbeat(
        call.broker,
        request.group_id,
        request.member_id,
        request.group_instance_id,
        request.generation_id,
    );
    let error_code = heard.err().unwrap_or(ErrorCode::None).code();
    call.reply(&HeartbeatResponse { throttle_time_ms: 0, error_code })
}

//! Heartbeat: not served yet.

use watershed_protocol::messages::HeartbeatRequest;

use super::{Call, Reply};

pub(super) async fn answer(_call: &Call<'_>, _request: &HeartbeatRequest<'_>) -> Reply {
    Reply::Close
}

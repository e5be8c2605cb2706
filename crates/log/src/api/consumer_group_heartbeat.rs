//! ConsumerGroupHeartbeat: not served yet.

use watershed_protocol::messages::ConsumerGroupHeartbeatRequest;

use super::{Call, Reply};

pub(super) async fn answer(_call: &Call<'_>, _request: &ConsumerGroupHeartbeatRequest<'_>) -> Reply {
    Reply::Close
}

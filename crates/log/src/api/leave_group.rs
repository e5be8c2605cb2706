//! LeaveGroup: not served yet.

use watershed_protocol::messages::LeaveGroupRequest;

use super::{Call, Reply};

pub(super) async fn answer(_call: &Call<'_>, _request: &LeaveGroupRequest<'_>) -> Reply {
    Reply::Close
}

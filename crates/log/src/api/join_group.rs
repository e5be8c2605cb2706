//! JoinGroup: not served yet.

use watershed_protocol::messages::JoinGroupRequest;

use super::{Call, Reply};

pub(super) async fn answer(_call: &Call<'_>, _request: &JoinGroupRequest<'_>) -> Reply {
    Reply::Close
}

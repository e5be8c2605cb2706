//! SyncGroup: not served yet.

use watershed_protocol::messages::SyncGroupRequest;

use super::{Call, Reply};

pub(super) async fn answer(_call: &Call<'_>, _request: &SyncGroupRequest<'_>) -> Reply {
    Reply::Close
}

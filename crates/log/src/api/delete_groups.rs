//! DeleteGroups: not served yet.

use watershed_protocol::messages::DeleteGroupsRequest;

use super::{Call, Reply};

pub(super) async fn answer(_call: &Call<'_>, _request: &DeleteGroupsRequest<'_>) -> Reply {
    Reply::Close
}

//! ListGroups: not served yet.

use watershed_protocol::messages::ListGroupsRequest;

use super::{Call, Reply};

pub(super) async fn answer(_call: &Call<'_>, _request: &ListGroupsRequest<'_>) -> Reply {
    Reply::Close
}

//! DeleteAcls: not served yet.

use watershed_protocol::messages::DeleteAclsRequest;

use super::{Call, Reply};

pub(super) async fn answer(_call: &Call<'_>, _request: &DeleteAclsRequest<'_>) -> Reply {
    Reply::Close
}

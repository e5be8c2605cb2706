//! CreateAcls: not served yet.

use watershed_protocol::messages::CreateAclsRequest;

use super::{Call, Reply};

pub(super) async fn answer(_call: &Call<'_>, _request: &CreateAclsRequest<'_>) -> Reply {
    Reply::Close
}

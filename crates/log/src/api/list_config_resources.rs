//! ListConfigResources: not served yet.

use watershed_protocol::messages::ListConfigResourcesRequest;

use super::{Call, Reply};

pub(super) async fn answer(_call: &Call<'_>, _request: &ListConfigResourcesRequest) -> Reply {
    Reply::Close
}

//! ApiVersions: not served yet.

use watershed_protocol::messages::ApiVersionsRequest;

use super::{Call, Reply};

pub(super) async fn answer(_call: &Call<'_>, _request: &ApiVersionsRequest<'_>) -> Reply {
    Reply::Close
}

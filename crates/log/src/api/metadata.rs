//! Metadata: not served yet.

use watershed_protocol::messages::MetadataRequest;

use super::{Call, Reply};

pub(super) async fn answer(_call: &Call<'_>, _request: &MetadataRequest<'_>) -> Reply {
    Reply::Close
}

//! OffsetFetch: not served yet.

use watershed_protocol::messages::OffsetFetchRequest;

use super::{Call, Reply};

pub(super) async fn answer(_call: &Call<'_>, _request: &OffsetFetchRequest<'_>) -> Reply {
    Reply::Close
}

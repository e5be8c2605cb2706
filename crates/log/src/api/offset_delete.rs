//! OffsetDelete: not served yet.

use watershed_protocol::messages::OffsetDeleteRequest;

use super::{Call, Reply};

pub(super) async fn answer(_call: &Call<'_>, _request: &OffsetDeleteRequest<'_>) -> Reply {
    Reply::Close
}

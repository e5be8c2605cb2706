//! Fetch: not served yet.

use watershed_protocol::messages::FetchRequest;

use super::{Call, Reply};

pub(super) async fn answer(_call: &Call<'_>, _request: &FetchRequest<'_>) -> Reply {
    Reply::Close
}

//! Produce: not served yet.

use watershed_protocol::messages::ProduceRequest;

use super::{Call, Reply};

pub(super) async fn answer(_call: &Call<'_>, _request: &ProduceRequest<'_>) -> Reply {
    Reply::Close
}

//! OffsetForLeaderEpoch: not served yet.

use watershed_protocol::messages::OffsetForLeaderEpochRequest;

use super::{Call, Reply};

pub(super) async fn answer(_call: &Call<'_>, _request: &OffsetForLeaderEpochRequest<'_>) -> Reply {
    Reply::Close
}

//! OffsetCommit: not served yet.

use watershed_protocol::messages::OffsetCommitRequest;

use super::{Call, Reply};

pub(super) async fn answer(_call: &Call<'_>, _request: &OffsetCommitRequest<'_>) -> Reply {
    Reply::Close
}

//! TxnOffsetCommit: not served yet.

use watershed_protocol::messages::TxnOffsetCommitRequest;

use super::{Call, Reply};

pub(super) async fn answer(_call: &Call<'_>, _request: &TxnOffsetCommitRequest<'_>) -> Reply {
    Reply::Close
}

//! AddOffsetsToTxn: not served yet.

use watershed_protocol::messages::AddOffsetsToTxnRequest;

use super::{Call, Reply};

pub(super) async fn answer(_call: &Call<'_>, _request: &AddOffsetsToTxnRequest<'_>) -> Reply {
    Reply::Close
}

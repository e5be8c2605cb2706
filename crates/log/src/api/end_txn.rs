//! EndTxn: not served yet.

use watershed_protocol::messages::EndTxnRequest;

use super::{Call, Reply};

pub(super) async fn answer(_call: &Call<'_>, _request: &EndTxnRequest<'_>) -> Reply {
    Reply::Close
}

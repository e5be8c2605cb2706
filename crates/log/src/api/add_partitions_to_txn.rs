//! AddPartitionsToTxn: not served yet.

use watershed_protocol::messages::AddPartitionsToTxnRequest;

use super::{Call, Reply};

pub(super) async fn answer(_call: &Call<'_>, _request: &AddPartitionsToTxnRequest<'_>) -> Reply {
    Reply::Close
}

//! ListTransactions: not served yet.

use watershed_protocol::messages::ListTransactionsRequest;

use super::{Call, Reply};

pub(super) async fn answer(_call: &Call<'_>, _request: &ListTransactionsRequest<'_>) -> Reply {
    Reply::Close
}

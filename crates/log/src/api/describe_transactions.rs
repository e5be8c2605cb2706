//! DescribeTransactions: not served yet.

use watershed_protocol::messages::DescribeTransactionsRequest;

use super::{Call, Reply};

pub(super) async fn answer(_call: &Call<'_>, _request: &DescribeTransactionsRequest<'_>) -> Reply {
    Reply::Close
}

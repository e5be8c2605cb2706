//! DescribeClientQuotas: not served yet.

use watershed_protocol::messages::DescribeClientQuotasRequest;

use super::{Call, Reply};

pub(super) async fn answer(_call: &Call<'_>, _request: &DescribeClientQuotasRequest<'_>) -> Reply {
    Reply::Close
}

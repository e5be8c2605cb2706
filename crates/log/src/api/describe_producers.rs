//! DescribeProducers: not served yet.

use watershed_protocol::messages::DescribeProducersRequest;

use super::{Call, Reply};

pub(super) async fn answer(_call: &Call<'_>, _request: &DescribeProducersRequest<'_>) -> Reply {
    Reply::Close
}

//! DescribeConfigs: not served yet.

use watershed_protocol::messages::DescribeConfigsRequest;

use super::{Call, Reply};

pub(super) async fn answer(_call: &Call<'_>, _request: &DescribeConfigsRequest<'_>) -> Reply {
    Reply::Close
}

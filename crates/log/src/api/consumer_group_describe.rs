//! ConsumerGroupDescribe: not served yet.

use watershed_protocol::messages::ConsumerGroupDescribeRequest;

use super::{Call, Reply};

pub(super) async fn answer(_call: &Call<'_>, _request: &ConsumerGroupDescribeRequest<'_>) -> Reply {
    Reply::Close
}

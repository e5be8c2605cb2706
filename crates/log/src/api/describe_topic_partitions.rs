//! DescribeTopicPartitions: not served yet.

use watershed_protocol::messages::DescribeTopicPartitionsRequest;

use super::{Call, Reply};

pub(super) async fn answer(_call: &Call<'_>, _request: &DescribeTopicPartitionsRequest<'_>) -> Reply {
    Reply::Close
}

//! DescribeCluster: not served yet.

use watershed_protocol::messages::DescribeClusterRequest;

use super::{Call, Reply};

pub(super) async fn answer(_call: &Call<'_>, _request: &DescribeClusterRequest) -> Reply {
    Reply::Close
}

//! DescribeGroups: not served yet.

use watershed_protocol::messages::DescribeGroupsRequest;

use super::{Call, Reply};

pub(super) async fn answer(_call: &Call<'_>, _request: &DescribeGroupsRequest<'_>) -> Reply {
    Reply::Close
}

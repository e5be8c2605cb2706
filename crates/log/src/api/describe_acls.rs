//! DescribeAcls: not served yet.

use watershed_protocol::messages::DescribeAclsRequest;

use super::{Call, Reply};

pub(super) async fn answer(_call: &Call<'_>, _request: &DescribeAclsRequest<'_>) -> Reply {
    Reply::Close
}

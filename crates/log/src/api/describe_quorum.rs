//! DescribeQuorum: not served yet.

use watershed_protocol::messages::DescribeQuorumRequest;

use super::{Call, Reply};

pub(super) async fn answer(_call: &Call<'_>, _request: &DescribeQuorumRequest<'_>) -> Reply {
    Reply::Close
}

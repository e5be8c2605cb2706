//! DescribeLogDirs: not served yet.

use watershed_protocol::messages::DescribeLogDirsRequest;

use super::{Call, Reply};

pub(super) async fn answer(_call: &Call<'_>, _request: &DescribeLogDirsRequest<'_>) -> Reply {
    Reply::Close
}

//! DescribeUserScramCredentials: not served yet.

use watershed_protocol::messages::DescribeUserScramCredentialsRequest;

use super::{Call, Reply};

pub(super) async fn answer(_call: &Call<'_>, _request: &DescribeUserScramCredentialsRequest<'_>) -> Reply {
    Reply::Close
}

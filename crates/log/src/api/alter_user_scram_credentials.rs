//! AlterUserScramCredentials: not served yet.

use watershed_protocol::messages::AlterUserScramCredentialsRequest;

use super::{Call, Reply};

pub(super) async fn answer(_call: &Call<'_>, _request: &AlterUserScramCredentialsRequest<'_>) -> Reply {
    Reply::Close
}

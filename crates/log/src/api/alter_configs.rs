//! AlterConfigs: not served yet.

use watershed_protocol::messages::AlterConfigsRequest;

use super::{Call, Reply};

pub(super) async fn answer(_call: &Call<'_>, _request: &AlterConfigsRequest<'_>) -> Reply {
    Reply::Close
}

//! IncrementalAlterConfigs: not served yet.

use watershed_protocol::messages::IncrementalAlterConfigsRequest;

use super::{Call, Reply};

pub(super) async fn answer(_call: &Call<'_>, _request: &IncrementalAlterConfigsRequest<'_>) -> Reply {
    Reply::Close
}

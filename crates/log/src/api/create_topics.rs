//! CreateTopics: not served yet.

use watershed_protocol::messages::CreateTopicsRequest;

use super::{Call, Reply};

pub(super) async fn answer(_call: &Call<'_>, _request: &CreateTopicsRequest<'_>) -> Reply {
    Reply::Close
}

//! DeleteTopics: not served yet.

use watershed_protocol::messages::DeleteTopicsRequest;

use super::{Call, Reply};

pub(super) async fn answer(_call: &Call<'_>, _request: &DeleteTopicsRequest<'_>) -> Reply {
    Reply::Close
}

//! DeleteRecords: not served yet.

use watershed_protocol::messages::DeleteRecordsRequest;

use super::{Call, Reply};

pub(super) async fn answer(_call: &Call<'_>, _request: &DeleteRecordsRequest<'_>) -> Reply {
    Reply::Close
}

//! CreatePartitions: not served yet.

use watershed_protocol::messages::CreatePartitionsRequest;

use super::{Call, Reply};

pub(super) async fn answer(_call: &Call<'_>, _request: &CreatePartitionsRequest<'_>) -> Reply {
    Reply::Close
}

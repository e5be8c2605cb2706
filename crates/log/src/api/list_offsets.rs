//! ListOffsets: not served yet.

use watershed_protocol::messages::ListOffsetsRequest;

use super::{Call, Reply};

pub(super) async fn answer(_call: &Call<'_>, _request: &ListOffsetsRequest<'_>) -> Reply {
    Reply::Close
}

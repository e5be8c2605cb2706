//! WriteTxnMarkers: not served yet.

use watershed_protocol::messages::WriteTxnMarkersRequest;

use super::{Call, Reply};

pub(super) async fn answer(_call: &Call<'_>, _request: &WriteTxnMarkersRequest<'_>) -> Reply {
    Reply::Close
}

//! InitProducerId: not served yet.

use watershed_protocol::messages::InitProducerIdRequest;

use super::{Call, Reply};

pub(super) async fn answer(_call: &Call<'_>, _request: &InitProducerIdRequest<'_>) -> Reply {
    Reply::Close
}

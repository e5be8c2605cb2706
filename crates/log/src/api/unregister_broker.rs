//! UnregisterBroker: not served yet.

use watershed_protocol::messages::UnregisterBrokerRequest;

use super::{Call, Reply};

pub(super) async fn answer(_call: &Call<'_>, _request: &UnregisterBrokerRequest) -> Reply {
    Reply::Close
}

//! ElectLeaders: not served yet.

use watershed_protocol::messages::ElectLeadersRequest;

use super::{Call, Reply};

pub(super) async fn answer(_call: &Call<'_>, _request: &ElectLeadersRequest<'_>) -> Reply {
    Reply::Close
}

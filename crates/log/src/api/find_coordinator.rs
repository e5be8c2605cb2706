//! FindCoordinator: not served yet.

use watershed_protocol::messages::FindCoordinatorRequest;

use super::{Call, Reply};

pub(super) async fn answer(_call: &Call<'_>, _request: &FindCoordinatorRequest<'_>) -> Reply {
    Reply::Close
}

//! GetTelemetrySubscriptions: not served yet.

use watershed_protocol::messages::GetTelemetrySubscriptionsRequest;

use super::{Call, Reply};

pub(super) async fn answer(_call: &Call<'_>, _request: &GetTelemetrySubscriptionsRequest) -> Reply {
    Reply::Close
}

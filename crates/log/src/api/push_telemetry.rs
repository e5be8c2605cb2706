//! PushTelemetry: not served yet.

use watershed_protocol::messages::PushTelemetryRequest;

use super::{Call, Reply};

pub(super) async fn answer(_call: &Call<'_>, _request: &PushTelemetryRequest<'_>) -> Reply {
    Reply::Close
}

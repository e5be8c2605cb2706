//! PushTelemetry: version 0. Clients are asked for no metrics: it is not offered, and answered with UNSUPPORTED_VERSION.
//!
//! Gap: metrics of clients are not received.

use watershed_protocol::ErrorCode;
use watershed_protocol::messages::{PushTelemetryRequest, PushTelemetryResponse};

use super::{Call, Reply};

pub(super) async fn answer(call: &Call<'_>, _request: &PushTelemetryRequest<'_>) -> Reply {
    call.reply(&PushTelemetryResponse {
        error_code: ErrorCode::UnsupportedVersion.code(),
        ..PushTelemetryResponse::default()
    })
}

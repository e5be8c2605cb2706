//! GetTelemetrySubscriptions: version 0. Clients are asked for no metrics: it is not offered by ApiVersions, as by a Kafka
//! that nothing receives metrics in; who asks all the same gets UNSUPPORTED_VERSION.
//!
//! Gap: metrics of clients are not received.

use watershed_protocol::ErrorCode;
use watershed_protocol::messages::{GetTelemetrySubscriptionsRequest, GetTelemetrySubscriptionsResponse};

use super::{Call, Reply};

pub(super) async fn answer(call: &Call<'_>, _request: &GetTelemetrySubscriptionsRequest) -> Reply {
    call.reply(&GetTelemetrySubscriptionsResponse {
        error_code: ErrorCode::UnsupportedVersion.code(),
        ..GetTelemetrySubscriptionsResponse::default()
    })
}

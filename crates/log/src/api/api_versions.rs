//! ApiVersions: versions 0 to 4. What a client may ask, and in which versions.
//!
//! Gaps against Kafka: none. The features are those of a Kafka 4.3 node that has finalized its newest ones, without
//! share groups, streams groups and eligible leader replicas, which are not served.

use watershed_protocol::ErrorCode;
use watershed_protocol::messages::api_versions_response::{
    ApiVersion, FinalizedFeatureKey, SupportedFeatureKey,
};
use watershed_protocol::messages::{ApiKey, ApiVersionsRequest, ApiVersionsResponse};

use super::{Call, Frame, Reply, ReplyTo};

/// A feature's name, its first and last supported level, and the level in force.
pub(super) const FEATURES: [(&str, i16, i16, i16); 4] = [
    ("group.version", 0, 1, 1),
    ("kraft.version", 0, 1, 1),
    ("metadata.version", 7, 30, 30),
    ("transaction.version", 0, 2, 2),
];

/// Before this version, clients take a feature whose first level is 0 for an error.
const FIRST_WITH_LEVEL_0: i16 = 4;

/// From this version on, the request names the client's software.
const FIRST_WITH_SOFTWARE: i16 = 3;

pub(super) async fn answer(call: &Call<'_>, request: &ApiVersionsRequest<'_>) -> Reply {
    let version = call.version();
    if version >= FIRST_WITH_SOFTWARE
        && !(is_software(request.client_software_name) && is_software(request.client_software_version))
    {
        return call.reply(&ApiVersionsResponse {
            error_code: ErrorCode::InvalidRequest.code(),
            ..ApiVersionsResponse::default()
        });
    }
    let supported = FEATURES
        .iter()
        .filter(|(_, first, ..)| version >= FIRST_WITH_LEVEL_0 || *first > 0)
        .map(|&(name, min_version, max_version, _)| SupportedFeatureKey { name, min_version, max_version });
    let finalized = FEATURES.iter().map(|&(name, _, _, level)| FinalizedFeatureKey {
        name,
        max_version_level: level,
        min_version_level: level,
    });
    call.reply(&ApiVersionsResponse {
        api_keys: ApiKey::ALL.iter().copied().filter(|&api| is_offered(api)).map(versions).collect(),
        supported_features: supported.collect(),
        finalized_features_epoch: 0,
        finalized_features: finalized.collect(),
        ..ApiVersionsResponse::default()
    })
}

/// The answer to ApiVersions in a version that is not known: in version 0, with the versions of ApiVersions itself, so
/// that the client can ask again (KIP-511).
pub(crate) fn answer_unsupported_version(correlation_id: i32) -> Frame {
    let response = ApiVersionsResponse {
        error_code: ErrorCode::UnsupportedVersion.code(),
        api_keys: vec![versions(ApiKey::ApiVersions)],
        ..ApiVersionsResponse::default()
    };
    ReplyTo { version: 0, correlation_id }.encode(&response)
}

/// Metrics of clients are not received, and clients that are not offered it do not ask: as a Kafka that nothing receives
/// metrics in.
fn is_offered(api: ApiKey) -> bool {
    !matches!(api, ApiKey::GetTelemetrySubscriptions | ApiKey::PushTelemetry)
}

fn versions(api: ApiKey) -> ApiVersion {
    let (min_version, max_version) = api.advertised_versions().into_inner();
    ApiVersion { api_key: api as i16, min_version, max_version }
}

/// Letters and digits, with dots and hyphens between them (KIP-511).
fn is_software(name: &str) -> bool {
    let bytes = name.as_bytes();
    let ends = bytes.first().zip(bytes.last());
    ends.is_some_and(|(first, last)| first.is_ascii_alphanumeric() && last.is_ascii_alphanumeric())
        && bytes.iter().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-'))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::harness::Harness;

    #[tokio::test]
    async fn every_api_is_offered_but_those_that_kafka_offers_only_to_who_receives_metrics() {
        let harness = Harness::start().await;
        let request = ApiVersionsRequest { client_software_name: "test", client_software_version: "1" };
        let answer = harness.ask(&request, 4).await;
        let response: ApiVersionsResponse<'_> = answer.read();
        let offered: Vec<i16> = response.api_keys.iter().map(|api| api.api_key).collect();
        let missing: Vec<ApiKey> =
            ApiKey::ALL.iter().copied().filter(|api| !offered.contains(&(*api as i16))).collect();
        assert_eq!(missing, [ApiKey::GetTelemetrySubscriptions, ApiKey::PushTelemetry]);
    }
}

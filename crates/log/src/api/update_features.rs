//! UpdateFeatures: versions 0 to 2. Features stay at the level that they have: asked for that level, nothing is done;
//! asked for another one, INVALID_UPDATE_VERSION.
//!
//! Gap: no feature has a level that could be chosen.

use watershed_protocol::ErrorCode;
use watershed_protocol::messages::update_features_response::UpdatableFeatureResult;
use watershed_protocol::messages::{UpdateFeaturesRequest, UpdateFeaturesResponse};

use super::api_versions::FEATURES;
use super::{Call, Reply};

/// Up to this version, the answer speaks of each feature; from the next on, of all together.
const LAST_WITH_RESULTS: i16 = 1;

pub(super) async fn answer(call: &Call<'_>, request: &UpdateFeaturesRequest<'_>) -> Reply {
    let outcomes: Vec<(&str, Option<String>)> = request
        .feature_updates
        .iter()
        .map(|update| (update.feature, fault(update.feature, update.max_version_level)))
        .collect();
    let first = outcomes.iter().find_map(|(_, fault)| fault.as_deref());
    let code = |fault: bool| if fault { ErrorCode::InvalidUpdateVersion } else { ErrorCode::None };
    let results = outcomes.iter().map(|(feature, fault)| UpdatableFeatureResult {
        feature,
        error_code: code(fault.is_some()).code(),
        error_message: fault.as_deref(),
    });
    let speaks_of_each = call.version() <= LAST_WITH_RESULTS;
    call.reply(&UpdateFeaturesResponse {
        error_code: code(first.is_some() && !speaks_of_each).code(),
        error_message: first.filter(|_| !speaks_of_each),
        results: if speaks_of_each { results.collect() } else { Vec::new() },
        ..UpdateFeaturesResponse::default()
    })
}

fn fault(feature: &str, wanted: i16) -> Option<String> {
    match FEATURES.iter().find(|(name, ..)| *name == feature) {
        None => Some(format!("there is no feature {feature}")),
        Some((_, _, _, level)) if *level == wanted => None,
        Some((_, _, _, level)) => {
            Some(format!("the feature {feature} stays at its level {level}: it cannot become {wanted}"))
        }
    }
}

//! UpdateFeatures: not served yet.

use watershed_protocol::messages::UpdateFeaturesRequest;

use super::{Call, Reply};

pub(super) async fn answer(_call: &Call<'_>, _request: &UpdateFeaturesRequest<'_>) -> Reply {
    Reply::Close
}

//! What settings a resource would have after an alteration: topics, the broker, groups, client metrics.

use std::collections::BTreeMap;

use watershed_protocol::ErrorCode;

use super::changes::{Alteration, topic_settings_after, unknown_topic};
use super::image::Image;
use super::plan::Refusal;
use super::records::RESOURCE_TOPIC;

/// What was set before, and what would be after.
type BeforeAndAfter = (BTreeMap<String, String>, BTreeMap<String, String>);

/// Checks an alteration.
///
/// # Errors
///
/// UNKNOWN_TOPIC_OR_PARTITION, INVALID_CONFIG, INVALID_REQUEST.
pub(crate) fn altered(image: &Image, alteration: &Alteration) -> Result<BeforeAndAfter, Refusal> {
    if alteration.resource_type == RESOURCE_TOPIC {
        let topic = image.topics.get(&alteration.name).ok_or_else(|| unknown_topic(&alteration.name))?;
        let after = topic_settings_after(&topic.settings.set, alteration, &image.broker)?;
        return Ok((topic.settings.set.clone(), after));
    }
    let message =
        format!("resources of type {} have no settings that can be altered", alteration.resource_type);
    Err(Refusal::new(ErrorCode::InvalidRequest, message))
}

//! What settings a resource would have after an alteration: topics, the broker, groups, client metrics, quotas.

use std::collections::BTreeMap;

use watershed_protocol::ErrorCode;

use super::changes::{Alteration, unknown_topic};
use super::image::Image;
use super::plan::{Edit, Refusal, edited};
use crate::settings::resource::{
    self, CLIENT_METRICS_SETTINGS, GROUP_SETTINGS, ResourceSetting, resource_type,
};
use crate::settings::{
    BrokerSettings, SettingError, TopicSettings, VALUE_BYTES_MAX, broker_setting, describe, topic_setting,
};

/// The most resources, besides topics, that settings are kept for.
const RESOURCES_MAX: usize = 10_000;

type Settings = BTreeMap<String, String>;

/// Checks an alteration; gives what was set before, and what would be after.
///
/// # Errors
///
/// UNKNOWN_TOPIC_OR_PARTITION, INVALID_CONFIG, INVALID_REQUEST.
pub(crate) fn altered(
    image: &Image,
    node_id: i32,
    alteration: &Alteration,
) -> Result<(Settings, Settings), Refusal> {
    check_sizes(image, alteration)?;
    let kept = || {
        let resource = (alteration.resource_type, alteration.name.clone());
        image.settings.get(&resource).cloned().unwrap_or_default()
    };
    match alteration.resource_type {
        resource_type::TOPIC => {
            let topic = image.topics.get(&alteration.name).ok_or_else(|| unknown_topic(&alteration.name))?;
            let before = topic.settings.set.clone();
            let after = topic_settings(&before, alteration, &image.broker)?;
            Ok((before, after))
        }
        resource_type::BROKER => {
            check_broker(node_id, &alteration.name)?;
            let before = kept();
            let after = broker_settings(&before, alteration, &image.broker)?;
            Ok((before, after))
        }
        resource_type::GROUP => {
            let before = kept();
            let after = table_settings(GROUP_SETTINGS, &before, alteration, &image.broker)?;
            Ok((before, after))
        }
        resource_type::CLIENT_METRICS => {
            let before = kept();
            let after = table_settings(CLIENT_METRICS_SETTINGS, &before, alteration, &image.broker);
            let after = after.map_err(|refusal| {
                // Kafka's codes for these.
                let is_match = alteration.edits.iter().any(|(name, _)| name == "match");
                let code = if is_match { ErrorCode::InvalidConfig } else { ErrorCode::InvalidRequest };
                Refusal { code, ..refusal }
            })?;
            Ok((before, after))
        }
        resource_type::QUOTA => {
            let before = kept();
            let after = edited(&start(&before, alteration), &alteration.edits, |_| None, |_| false)?;
            Ok((before, after))
        }
        resource_type::BROKER_LOGGER => {
            let message = "there are no loggers whose levels could be altered: start with another filter";
            Err(Refusal::new(ErrorCode::InvalidConfig, message))
        }
        other => {
            let message = format!("resources of type {other} have no settings that can be altered");
            Err(Refusal::new(ErrorCode::InvalidRequest, message))
        }
    }
}

/// What is kept for good must have bounds.
fn check_sizes(image: &Image, alteration: &Alteration) -> Result<(), Refusal> {
    let invalid = |message: String| Err(Refusal::new(ErrorCode::InvalidRequest, message));
    if alteration.name.len() > VALUE_BYTES_MAX {
        return invalid(format!("a resource's name is longer than {VALUE_BYTES_MAX} bytes"));
    }
    for (name, edit) in &alteration.edits {
        let value_bytes = match edit {
            Edit::Set(value) | Edit::Append(value) | Edit::Subtract(value) => value.len(),
            Edit::Delete => 0,
        };
        if name.len().max(value_bytes) > VALUE_BYTES_MAX {
            return invalid(format!("a setting's name or value is longer than {VALUE_BYTES_MAX} bytes"));
        }
    }
    let resource = (alteration.resource_type, alteration.name.clone());
    if alteration.resource_type == resource_type::TOPIC || image.settings.contains_key(&resource) {
        return Ok(());
    }
    if alteration.resource_type == resource_type::GROUP && alteration.name.is_empty() {
        return invalid("a group's settings need the group's name".to_owned());
    }
    if image.settings.len() >= RESOURCES_MAX {
        let message =
            format!("{RESOURCES_MAX} resources have settings of their own: delete some of them first");
        return Err(Refusal::new(ErrorCode::PolicyViolation, message));
    }
    Ok(())
}

/// A broker's settings are altered for this node, or with no name for every one.
///
/// # Errors
///
/// INVALID_REQUEST.
pub(crate) fn check_broker(node_id: i32, name: &str) -> Result<(), Refusal> {
    if name.is_empty() || name.parse() == Ok(node_id) {
        return Ok(());
    }
    let message = format!("there is no broker {name}: ask for {node_id}, or for all with no name");
    Err(Refusal::new(ErrorCode::InvalidRequest, message))
}

fn start(before: &Settings, alteration: &Alteration) -> Settings {
    if alteration.replace { Settings::new() } else { before.clone() }
}

fn topic_settings(
    before: &Settings,
    alteration: &Alteration,
    broker: &BrokerSettings,
) -> Result<Settings, Refusal> {
    let unset = TopicSettings::default();
    let effective = |name: &str| topic_setting(name).and_then(|setting| unset.value(setting, broker).0);
    let is_list = |name: &str| topic_setting(name).is_some_and(|setting| setting.rule.is_list());
    let after = edited(&start(before, alteration), &alteration.edits, effective, is_list)?;
    Ok(TopicSettings::checked(after, broker)?.set)
}

fn broker_settings(
    before: &Settings,
    alteration: &Alteration,
    broker: &BrokerSettings,
) -> Result<Settings, Refusal> {
    let effective = |name: &str| broker.value(name).map(str::to_owned);
    let is_list = |name: &str| broker_setting(name).is_some_and(|setting| setting.rule.is_list());
    let after = edited(&start(before, alteration), &alteration.edits, effective, is_list)?;
    let mut scratch = BrokerSettings::default();
    for (name, value) in &after {
        if broker_setting(name).is_some() && !describe::is_alterable(name) {
            let at_start = match scratch.set(name, value) {
                Ok(()) => format!("start it with --set {name}={value}"),
                Err(error) => error.reason(),
            };
            let message = format!("the setting {name} cannot be altered while the broker runs: {at_start}");
            return Err(Refusal::new(ErrorCode::InvalidRequest, message));
        }
        let invalid = |error: SettingError| Refusal::new(ErrorCode::InvalidRequest, error.to_string());
        scratch.set(name, value).map_err(invalid)?;
    }
    let normal = |name: String| {
        let value = scratch.value(&name).unwrap_or_default().to_owned();
        (name, value)
    };
    Ok(after.into_keys().map(normal).collect())
}

fn table_settings(
    table: &'static [ResourceSetting],
    before: &Settings,
    alteration: &Alteration,
    broker: &BrokerSettings,
) -> Result<Settings, Refusal> {
    let is_list = |name: &str| table.iter().any(|setting| setting.name == name && setting.rule.is_list());
    let after = edited(&start(before, alteration), &alteration.edits, |_| None, is_list)?;
    Ok(resource::checked(table, after, broker)?)
}

/// An alteration of a quota's entity.
pub(crate) fn quota_alteration(entity: String, edits: Vec<(String, Edit)>) -> Alteration {
    Alteration { resource_type: resource_type::QUOTA, name: entity, replace: false, edits }
}

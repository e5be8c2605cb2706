//! What DescribeConfigs says of a topic, the broker, a group, client metrics: entries that own their texts.

use std::collections::BTreeMap;

use super::TopicSettings;
use super::broker::{BrokerSetting, BrokerSettings, Kind, Source};
use super::broker_table::BROKER_SETTINGS;
use super::resource::ResourceSetting;
use super::topic::{TOPIC_SETTINGS, TopicSetting};

/// A setting and its value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Entry {
    pub(crate) name: &'static str,
    pub(crate) value: Option<String>,
    /// It cannot be altered while the broker runs.
    pub(crate) read_only: bool,
    pub(crate) source: Source,
    /// Every value that was or would be used, the one that counts first: name, value, source.
    pub(crate) synonyms: Vec<(&'static str, String, Source)>,
    pub(crate) config_type: i8,
    pub(crate) documentation: &'static str,
}

/// The settings of a topic.
pub(crate) fn topic(settings: &TopicSettings, broker: &BrokerSettings) -> Vec<Entry> {
    let shown = TOPIC_SETTINGS.iter();
    let shown = shown.filter(|setting| !setting.hidden || settings.set.contains_key(setting.name));
    shown.map(|setting| topic_entry(setting, settings, broker)).collect()
}

fn topic_entry(setting: &'static TopicSetting, settings: &TopicSettings, broker: &BrokerSettings) -> Entry {
    let (value, source) = settings.value(setting, broker);
    let own = settings.set.get(setting.name).map(|value| (setting.name, value.clone(), Source::Topic));
    let mut synonyms: Vec<_> = own.into_iter().collect();
    for synonym in setting.synonyms {
        let layers = broker.layers(synonym.name);
        synonyms.extend(layers.map(|(value, source)| (synonym.name, value.to_owned(), source)));
    }
    if let Some((name, default)) = default_synonym(setting) {
        synonyms.push((name, default.to_owned(), Source::Default));
    }
    Entry {
        name: setting.name,
        value,
        read_only: false,
        source,
        synonyms,
        config_type: setting.rule.config_type() as i8,
        documentation: setting.documentation,
    }
}

/// The broker's name for the default, and the default in its unit.
fn default_synonym(setting: &TopicSetting) -> Option<(&'static str, &'static str)> {
    setting.synonyms.iter().find_map(|synonym| {
        let default = super::broker_setting(synonym.name)?.default?;
        Some((synonym.name, default))
    })
}

/// The settings of the broker. `own` are those that follow from how it was started, by name.
pub(crate) fn broker(settings: &BrokerSettings, own: &BTreeMap<&'static str, String>) -> Vec<Entry> {
    BROKER_SETTINGS.iter().map(|setting| broker_entry(setting, settings, own)).collect()
}

fn broker_entry(
    setting: &'static BrokerSetting,
    settings: &BrokerSettings,
    own: &BTreeMap<&'static str, String>,
) -> Entry {
    let own = own.get(setting.name).map(|value| (setting.name, value.clone(), Source::Broker));
    let layers = settings.layers(setting.name);
    let layers = layers.map(|(value, source)| (setting.name, value.to_owned(), source));
    let mut synonyms: Vec<_> = layers.chain(own).collect();
    if let Some(default) = setting.default {
        synonyms.push((setting.name, default.to_owned(), Source::Default));
    }
    let counts = synonyms.first();
    Entry {
        name: setting.name,
        value: counts.map(|(_, value, _)| value.clone()),
        read_only: !(setting.kind == Kind::Settable && is_alterable(setting.name)),
        source: counts.map_or(Source::Default, |(_, _, source)| *source),
        synonyms,
        config_type: setting.rule.config_type() as i8,
        documentation: setting.documentation,
    }
}

/// Whether a broker's setting can be altered while it runs: those that topics take as their defaults.
pub(crate) fn is_alterable(broker_setting: &str) -> bool {
    let synonyms = TOPIC_SETTINGS.iter().flat_map(|setting| setting.synonyms);
    synonyms.into_iter().any(|synonym| synonym.unit == 1 && synonym.name == broker_setting)
}

/// What was altered for every broker.
pub(crate) fn brokers_default(altered: &BTreeMap<String, String>) -> Vec<Entry> {
    let known = altered.iter().filter_map(|(name, value)| Some((super::broker_setting(name)?, value)));
    known
        .map(|(setting, value)| Entry {
            name: setting.name,
            value: Some(value.clone()),
            read_only: false,
            source: Source::AlteredForAllBrokers,
            synonyms: vec![(setting.name, value.clone(), Source::AlteredForAllBrokers)],
            config_type: setting.rule.config_type() as i8,
            documentation: setting.documentation,
        })
        .collect()
}

/// The settings of a group or of client metrics.
pub(crate) fn resource(
    table: &'static [ResourceSetting],
    set: &BTreeMap<String, String>,
    broker: &BrokerSettings,
    source: Source,
) -> Vec<Entry> {
    table
        .iter()
        .map(|setting| {
            let own = set.get(setting.name).map(|value| (setting.name, value.clone(), source));
            let mut synonyms: Vec<_> = own.into_iter().collect();
            if let Some(name) = setting.synonym {
                synonyms.extend(broker.layers(name).map(|(value, source)| (name, value.to_owned(), source)));
                synonyms.push((name, setting.default.to_owned(), Source::Default));
            }
            let counts = synonyms.first();
            Entry {
                name: setting.name,
                value: Some(counts.map_or(setting.default, |(_, value, _)| value).to_owned()),
                read_only: false,
                source: counts.map_or(Source::Default, |(_, _, source)| *source),
                synonyms,
                config_type: setting.rule.config_type() as i8,
                documentation: setting.documentation,
            }
        })
        .collect()
}

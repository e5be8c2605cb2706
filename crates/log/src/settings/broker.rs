//! Broker settings: what `--set NAME=VALUE` takes, and what DescribeConfigs says of the broker.

use std::collections::BTreeMap;
use std::time::Duration;

use super::broker_table::BROKER_SETTINGS;
use super::rule::Rule;
use super::topic::{TOPIC_SETTINGS, TopicSetting};
use super::{SettingError, invalid, nearest};
use crate::{Limits, Options};

/// One of Kafka's broker settings.
#[derive(Debug)]
pub(crate) struct BrokerSetting {
    /// Kafka's name.
    pub(crate) name: &'static str,
    /// What it is unless it was set; none: it has no value then.
    pub(crate) default: Option<&'static str>,
    pub(crate) rule: Rule,
    pub(crate) kind: Kind,
    pub(crate) documentation: &'static str,
}

/// Who decides about a broker setting.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// It can be set.
    Settable,
    /// It says how things are on one node, or is set in another way: described, and refused.
    Described,
}

/// The broker settings that were set, by Kafka's names. What was not set has its default.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct BrokerSettings {
    /// At the start.
    set: BTreeMap<&'static str, String>,
    /// Altered since, for this broker.
    altered: BTreeMap<String, String>,
    /// Altered since, for every broker.
    altered_for_all: BTreeMap<String, String>,
}

/// Where a value comes from, with Kafka's numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(i8)]
pub(crate) enum Source {
    Topic = 1,
    AlteredBroker = 2,
    AlteredForAllBrokers = 3,
    Broker = 4,
    Default = 5,
    ClientMetrics = 7,
    Group = 8,
}

impl BrokerSettings {
    /// Sets one.
    ///
    /// # Errors
    ///
    /// [`SettingError`]: there is no such setting, it cannot be set, or cannot be this.
    pub fn set(&mut self, name: &str, value: &str) -> Result<(), SettingError> {
        if let Some(option) = option_instead(name) {
            return Err(invalid(name, value, format!("it is set with {option}")));
        }
        let setting = broker_setting(name).ok_or_else(|| SettingError::Unknown {
            name: name.to_owned(),
            nearest: nearest(name, settable_names().chain(Limits::NAMES)),
        })?;
        if setting.kind == Kind::Described {
            let reason = format!("it cannot be set. {}", setting.documentation);
            return Err(invalid(name, value, reason));
        }
        setting.rule.check(value).map_err(|reason| invalid(name, value, reason))?;
        check_as_default(setting, value).map_err(|reason| invalid(name, value, reason))?;
        self.set.insert(setting.name, setting.rule.normal(value));
        Ok(())
    }

    /// Takes what was altered since the start: for this broker, and for every broker.
    pub(crate) fn with_altered(
        mut self,
        altered: BTreeMap<String, String>,
        altered_for_all: BTreeMap<String, String>,
    ) -> Self {
        (self.altered, self.altered_for_all) = (altered, altered_for_all);
        self
    }

    /// Every value that was set, the one that counts first.
    pub(crate) fn layers(&self, name: &str) -> impl Iterator<Item = (&str, Source)> {
        let altered = self.altered.get(name).map(|value| (value.as_str(), Source::AlteredBroker));
        let for_all =
            self.altered_for_all.get(name).map(|value| (value.as_str(), Source::AlteredForAllBrokers));
        let set = self.set.get(name).map(|value| (value.as_str(), Source::Broker));
        altered.into_iter().chain(for_all).chain(set)
    }

    /// What it is: what was set, or the default.
    pub(crate) fn value(&self, name: &str) -> Option<&str> {
        let set = self.layers(name).next().map(|(value, _)| value);
        set.or_else(|| broker_setting(name).and_then(|setting| setting.default))
    }

    /// A number; 0 if there is no such setting.
    #[must_use]
    pub fn long(&self, name: &str) -> i64 {
        self.value(name).and_then(|value| value.parse().ok()).unwrap_or_default()
    }

    /// `fetch.max.bytes`
    pub(crate) fn fetch_bytes_max(&self) -> usize {
        usize::try_from(self.long("fetch.max.bytes")).unwrap_or_default()
    }

    /// A number of milliseconds.
    #[must_use]
    pub fn milliseconds(&self, name: &str) -> Duration {
        Duration::from_millis(u64::try_from(self.long(name)).unwrap_or_default())
    }

    /// What the broker says that a topic's setting is by default, if it says anything.
    pub(crate) fn topic_default(&self, setting: &TopicSetting) -> Option<(String, Source)> {
        setting.synonyms.iter().find_map(|synonym| {
            let (value, source) = self.layers(synonym.name).next()?;
            Some((in_unit(value, synonym.unit), source))
        })
    }
}

/// What topics take as their default must be something that a topic could have been given.
fn check_as_default(setting: &BrokerSetting, value: &str) -> Result<(), String> {
    let value = setting.rule.normal(value);
    for topic in TOPIC_SETTINGS {
        for synonym in topic.synonyms.iter().filter(|synonym| synonym.name == setting.name) {
            topic.rule.check(&in_unit(&value, synonym.unit))?;
        }
    }
    Ok(())
}

/// A broker's value in the topic's unit.
fn in_unit(value: &str, unit: i64) -> String {
    match (unit, value.parse::<i64>()) {
        (1, _) | (_, Err(_)) => value.to_owned(),
        // Kafka's -1 for "no limit" stays that in every unit.
        (_, Ok(number)) if number < 0 => "-1".to_owned(),
        (unit, Ok(number)) => number.saturating_mul(unit).to_string(),
    }
}

impl Options {
    /// Sets one of Kafka's broker settings by its name.
    ///
    /// # Errors
    ///
    /// [`SettingError`]: there is no such setting, it cannot be set, or cannot be this.
    pub fn set(&mut self, name: &str, value: &str) -> Result<(), SettingError> {
        self.settings.set(name, value)?;
        match name {
            "num.partitions" => {
                self.default_partitions = i32::try_from(self.settings.long(name)).unwrap_or(1);
            }
            "auto.create.topics.enable" => {
                self.auto_create_topics = super::rule::boolean(value.trim()).unwrap_or(true);
            }
            _ => {}
        }
        Ok(())
    }
}

/// The setting of this name.
pub(crate) fn broker_setting(name: &str) -> Option<&'static BrokerSetting> {
    let at = BROKER_SETTINGS.binary_search_by(|setting| setting.name.cmp(name)).ok()?;
    BROKER_SETTINGS.get(at)
}

/// The option of the command line that says what this setting of Kafka's says.
fn option_instead(name: &str) -> Option<&'static str> {
    match name {
        "advertised.listeners" => Some("--advertise"),
        "listeners" => Some("--listen"),
        "log.dir" | "log.dirs" => Some("--data"),
        "sasl.enabled.mechanisms" | "sasl.jaas.config" => Some("--users"),
        "listener.security.protocol.map" => Some("--tls-cert, --tls-key and --users"),
        "ssl.client.auth" => Some("--tls-client-ca"),
        _ if name.starts_with("ssl.truststore.") => Some("--tls-client-ca"),
        _ if name.starts_with("ssl.keystore.") || name.starts_with("ssl.key.") => {
            Some("--tls-cert and --tls-key")
        }
        _ => None,
    }
}

fn settable_names() -> impl Iterator<Item = &'static str> {
    BROKER_SETTINGS.iter().filter(|setting| setting.kind == Kind::Settable).map(|setting| setting.name)
}

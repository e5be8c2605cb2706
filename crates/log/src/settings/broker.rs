//! Broker settings: what `--set NAME=VALUE` takes, and what DescribeConfigs says of the broker.

use std::collections::BTreeMap;
use std::time::Duration;

use super::broker_table::BROKER_SETTINGS;
use super::rule::Rule;
use super::topic::TopicSetting;
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
    set: BTreeMap<&'static str, String>,
}

impl BrokerSettings {
    /// Sets one.
    ///
    /// # Errors
    ///
    /// [`SettingError`]: there is no such setting, it cannot be set, or cannot be this.
    pub fn set(&mut self, name: &str, value: &str) -> Result<(), SettingError> {
        let setting = broker_setting(name).ok_or_else(|| SettingError::Unknown {
            name: name.to_owned(),
            nearest: nearest(name, settable_names().chain(Limits::NAMES)),
        })?;
        if setting.kind == Kind::Described {
            return Err(invalid(name, value, "it cannot be set here".to_owned()));
        }
        setting.rule.check(value).map_err(|reason| invalid(name, value, reason))?;
        self.set.insert(setting.name, value.trim().to_owned());
        Ok(())
    }

    /// What was set, if it was.
    pub(crate) fn own(&self, name: &str) -> Option<&str> {
        self.set.get(name).map(String::as_str)
    }

    /// What it is: what was set, or the default.
    pub(crate) fn value(&self, name: &str) -> Option<&str> {
        self.own(name).or_else(|| broker_setting(name).and_then(|setting| setting.default))
    }

    /// A number; 0 if there is no such setting.
    #[must_use]
    pub fn long(&self, name: &str) -> i64 {
        self.value(name).and_then(|value| value.parse().ok()).unwrap_or_default()
    }

    /// A number of milliseconds.
    #[must_use]
    pub fn milliseconds(&self, name: &str) -> Duration {
        Duration::from_millis(u64::try_from(self.long(name)).unwrap_or_default())
    }

    /// What the broker says that a topic's setting is by default, if it says anything.
    pub(crate) fn topic_default(&self, setting: &TopicSetting) -> Option<String> {
        setting.synonyms.iter().find_map(|synonym| {
            let value = self.own(synonym.name)?;
            match (synonym.unit, value.parse::<i64>()) {
                (1, _) | (_, Err(_)) => Some(value.to_owned()),
                // Kafka's -1 for "no limit" stays that in every unit.
                (_, Ok(number)) if number < 0 => Some("-1".to_owned()),
                (unit, Ok(number)) => Some(number.saturating_mul(unit).to_string()),
            }
        })
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

fn settable_names() -> impl Iterator<Item = &'static str> {
    BROKER_SETTINGS.iter().filter(|setting| setting.kind == Kind::Settable).map(|setting| setting.name)
}

//! Kafka's settings: names, types, defaults, checks, and what follows from them for a partition's log.
//!
//! | file | owns |
//! |---|---|
//! | `rule` | types, bounds, reading a text |
//! | `topic` | the table of topic settings |
//! | `broker`, `broker_table` | broker settings, and what was set of them |
//! | `resource` | settings of groups and of client metrics |
//! | `describe` | what DescribeConfigs says of each |
//!
//! A topic keeps the texts that were set on it. What was not set has the broker's value, and that Kafka's default:
//! a change of the broker's settings counts for every topic that says nothing itself. Every text was checked before
//! it got here, so that reading one cannot fail.

mod broker;
mod broker_table;
pub(crate) mod describe;
pub(crate) mod resource;
pub(crate) mod rule;
mod topic;

use std::collections::BTreeMap;

use watershed_protocol::batch::Codec;

pub use broker::BrokerSettings;
pub(crate) use broker::{Source, broker_setting};
pub(crate) use topic::{CLEANUP_POLICY, TOPIC_SETTINGS, TopicSetting, topic_setting};

use crate::partition::compact::plan::CompactRules;
use crate::partition::log::LogConfig;
use crate::partition::validate::{AppendRules, Compression, DECOMPRESSED_BYTES_MAX, TimestampType};

/// The longest value of a setting: Kafka's limit of a text in its records.
pub(crate) const VALUE_BYTES_MAX: usize = i16::MAX as usize;

/// A setting that cannot be what was asked for: INVALID_CONFIG.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SettingError {
    /// The value is not one that the setting can have.
    #[error("the setting {name} cannot be {value}: {reason}")]
    Value {
        /// The setting.
        name: String,
        /// What was asked for.
        value: String,
        /// What it must be.
        reason: String,
    },
    /// There is no such setting.
    #[error("there is no setting {name}{}", .nearest.as_ref().map(|near| format!(": did you mean {near}?")).unwrap_or_default())]
    Unknown {
        /// What was asked for.
        name: String,
        /// The nearest name that there is.
        nearest: Option<String>,
    },
}

impl SettingError {
    /// What is wrong, as the end of `NAME=VALUE: `.
    #[must_use]
    pub fn reason(&self) -> String {
        match self {
            Self::Value { reason, .. } => reason.clone(),
            Self::Unknown { nearest: None, .. } => "there is no such setting".to_owned(),
            Self::Unknown { nearest: Some(near), .. } => {
                format!("there is no such setting; did you mean {near}?")
            }
        }
    }
}

/// The settings of one topic: what was set, by Kafka's names. What was not set has the broker's value, or Kafka's.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct TopicSettings {
    pub(crate) set: BTreeMap<String, String>,
}

impl TopicSettings {
    /// Checks texts that are to be set on a topic.
    ///
    /// # Errors
    ///
    /// The first setting that is not there, cannot have its value, or does not go with another.
    pub(crate) fn checked(
        set: BTreeMap<String, String>,
        broker: &BrokerSettings,
    ) -> Result<Self, SettingError> {
        let mut normal = BTreeMap::new();
        for (name, value) in &set {
            let setting = topic_setting(name).ok_or_else(|| SettingError::Unknown {
                name: name.clone(),
                nearest: nearest(name, TOPIC_SETTINGS.iter().map(|setting| setting.name)),
            })?;
            setting.rule.check(value).map_err(|reason| invalid(name, value, reason))?;
            if value.len() > VALUE_BYTES_MAX {
                let reason = format!("it is longer than {VALUE_BYTES_MAX} bytes");
                return Err(invalid(name, "this", reason));
            }
            normal.insert(name.clone(), setting.rule.normal(value));
        }
        let settings = Self { set: normal };
        settings.check_pairs(broker)?;
        Ok(settings)
    }

    /// What must hold between settings.
    fn check_pairs(&self, broker: &BrokerSettings) -> Result<(), SettingError> {
        if self.boolean("remote.storage.enable", broker) {
            let reason = "there is no tiered storage".to_owned();
            return Err(invalid("remote.storage.enable", "true", reason));
        }
        let (min, max) =
            (self.long("min.compaction.lag.ms", broker), self.long("max.compaction.lag.ms", broker));
        if min > max {
            let reason = format!("it must not be over max.compaction.lag.ms, which is {max}");
            return Err(invalid("min.compaction.lag.ms", &min.to_string(), reason));
        }
        Ok(())
    }

    /// The value that counts, and where it comes from. None: there is none.
    pub(crate) fn value(
        &self,
        setting: &'static TopicSetting,
        broker: &BrokerSettings,
    ) -> (Option<String>, Source) {
        if let Some(value) = self.set.get(setting.name) {
            return (Some(value.clone()), Source::Topic);
        }
        match broker.topic_default(setting) {
            Some((value, source)) => (Some(value), source),
            None => (setting.default.map(str::to_owned), Source::Default),
        }
    }

    fn text(&self, name: &str, broker: &BrokerSettings) -> String {
        let value = topic_setting(name).and_then(|setting| self.value(setting, broker).0);
        value.unwrap_or_default().trim().to_owned()
    }

    fn long(&self, name: &str, broker: &BrokerSettings) -> i64 {
        self.text(name, broker).parse().unwrap_or_default()
    }

    fn boolean(&self, name: &str, broker: &BrokerSettings) -> bool {
        rule::boolean(&self.text(name, broker)).unwrap_or_default()
    }

    /// What they say of a partition's log.
    pub(crate) fn log_config(&self, broker: &BrokerSettings) -> LogConfig {
        let long = |name| self.long(name, broker);
        let bytes = |name| u64::try_from(long(name)).unwrap_or_default();
        let policy = self.text(CLEANUP_POLICY, broker);
        let has = |what| rule::members(&policy).any(|member| member == what);
        let segment_bytes = match bytes("internal.segment.bytes") {
            0 => bytes("segment.bytes"),
            internal => internal,
        };
        LogConfig {
            rules: AppendRules {
                batch_bytes_max: usize::try_from(long("max.message.bytes")).unwrap_or_default(),
                segment_bytes_max: segment_bytes,
                timestamp_type: match self.text("message.timestamp.type", broker).as_str() {
                    "LogAppendTime" => TimestampType::LogAppendTime,
                    _ => TimestampType::CreateTime,
                },
                before_max_ms: long("message.timestamp.before.max.ms"),
                after_max_ms: long("message.timestamp.after.max.ms"),
                compression: self.compression(broker),
                compacted: has("compact"),
            },
            segment_bytes,
            // Only closed segments are compacted: one is closed in time for max.compaction.lag.ms.
            segment_ms: match has("compact") {
                true => long("segment.ms").min(long("max.compaction.lag.ms").max(1)),
                false => long("segment.ms"),
            },
            index_interval_bytes: bytes("index.interval.bytes"),
            retention_ms: long("retention.ms"),
            retention_bytes: long("retention.bytes"),
            delete: has("delete"),
            compact: has("compact"),
        }
    }

    /// What they say of compacting a partition.
    pub(crate) fn compact_rules(&self, broker: &BrokerSettings) -> CompactRules {
        let config = self.log_config(broker);
        CompactRules {
            delete_retention_ms: self.long("delete.retention.ms", broker),
            min_lag_ms: self.long("min.compaction.lag.ms", broker),
            max_lag_ms: self.long("max.compaction.lag.ms", broker),
            dirty_ratio_min: self.text("min.cleanable.dirty.ratio", broker).parse().unwrap_or(0.5),
            segment_bytes_max: config.segment_bytes,
            index_interval_bytes: config.index_interval_bytes,
            decompressed_bytes_max: DECOMPRESSED_BYTES_MAX.max(config.rules.batch_bytes_max),
        }
    }

    fn compression(&self, broker: &BrokerSettings) -> Compression {
        let level = |name| i32::try_from(self.long(name, broker)).ok();
        match self.text("compression.type", broker).as_str() {
            "uncompressed" => Compression::Fixed(Codec::None, None),
            "gzip" => {
                Compression::Fixed(Codec::Gzip, level("compression.gzip.level").filter(|&level| level != -1))
            }
            "snappy" => Compression::Fixed(Codec::Snappy, None),
            "lz4" => Compression::Fixed(Codec::Lz4, level("compression.lz4.level")),
            "zstd" => Compression::Fixed(Codec::Zstd, level("compression.zstd.level")),
            _ => Compression::Producer,
        }
    }
}

fn invalid(name: &str, value: &str, reason: String) -> SettingError {
    SettingError::Value { name: name.to_owned(), value: value.to_owned(), reason }
}

/// The name that is most like this one, if one is like it at all.
fn nearest<'a>(name: &str, names: impl Iterator<Item = &'a str>) -> Option<String> {
    let close = |other: &&str| distance(name, other) * 3 <= name.len().max(other.len());
    names.filter(close).min_by_key(|other| distance(name, other)).map(str::to_owned)
}

/// How many letters must be changed, put in or left out to make one of the other (Levenshtein).
fn distance(left: &str, right: &str) -> usize {
    let right: Vec<char> = right.chars().take(128).collect();
    let mut row: Vec<usize> = (0..=right.len()).collect();
    for (above, from) in left.chars().take(128).enumerate() {
        let mut diagonal = std::mem::replace(&mut row[0], above + 1);
        for (at, to) in right.iter().enumerate() {
            let kept = diagonal + usize::from(from != *to);
            diagonal = row[at + 1];
            row[at + 1] = kept.min(diagonal + 1).min(row[at] + 1);
        }
    }
    row[right.len()]
}

#[cfg(test)]
mod tests;

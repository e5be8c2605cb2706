//! Kafka's topic settings: names, types, defaults, checks, and what follows from them for a partition's log.

use std::collections::BTreeMap;

use crate::partition::log::LogConfig;
use crate::partition::validate::{AppendRules, Compression, TimestampType};

/// The settings of one topic: what was set, by Kafka's names. What was not set has Kafka's default, or the broker's.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct TopicSettings {
    pub(crate) set: BTreeMap<String, String>,
}

impl TopicSettings {
    /// What they say of a partition's log.
    pub(crate) fn log_config(&self) -> LogConfig {
        LogConfig {
            rules: AppendRules {
                batch_bytes_max: 1_048_588,
                segment_bytes_max: 1 << 30,
                timestamp_type: TimestampType::CreateTime,
                before_max_ms: i64::MAX,
                after_max_ms: 3_600_000,
                compression: Compression::Producer,
                compacted: false,
            },
            segment_bytes: 1 << 30,
            segment_ms: 604_800_000,
            index_interval_bytes: 4_096,
            retention_ms: 604_800_000,
            retention_bytes: -1,
            delete: true,
            compact: false,
        }
    }
}

//! The limits and times of groups, under Kafka's names.

use std::collections::BTreeMap;

use crate::options::Options;

/// What the coordinator is told at its start.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct GroupSettings {
    pub(super) initial_rebalance_delay_ms: i64,
    pub(super) session_timeout_ms_min: i32,
    pub(super) session_timeout_ms_max: i32,
    pub(super) group_size_max: usize,
    pub(super) consumer_group_size_max: usize,
    pub(super) groups_max: usize,
    pub(super) member_metadata_bytes_max: usize,
    pub(super) offset_metadata_bytes_max: usize,
    pub(super) offsets_retention_ms: i64,
    pub(super) offsets_retention_check_ms: i64,
    pub(super) consumer_session_timeout_ms: i32,
    pub(super) consumer_heartbeat_interval_ms: i32,
}

/// How long a new classic member may wait in its first join (Kafka has it as a constant, too).
pub(super) const NEW_MEMBER_JOIN_TIMEOUT_MS: i64 = 5 * 60 * 1000;

/// What single consumer groups are told, by their ids.
pub(super) type OwnSettings = BTreeMap<String, OwnSetting>;

/// What one consumer group is told instead.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct OwnSetting {
    pub(super) session_timeout_ms: Option<i32>,
    pub(super) heartbeat_interval_ms: Option<i32>,
}

impl GroupSettings {
    /// As this group has them.
    pub(super) fn with(&self, own: Option<&OwnSetting>) -> Self {
        let own = own.copied().unwrap_or_default();
        Self {
            consumer_session_timeout_ms: own.session_timeout_ms.unwrap_or(self.consumer_session_timeout_ms),
            consumer_heartbeat_interval_ms: own
                .heartbeat_interval_ms
                .unwrap_or(self.consumer_heartbeat_interval_ms),
            ..self.clone()
        }
    }

    pub(super) fn new(options: &Options) -> Self {
        let settings = &options.settings;
        let int = |name: &str| i32::try_from(settings.long(name)).unwrap_or(i32::MAX);
        let size = |name: &str| usize::try_from(settings.long(name)).unwrap_or(0);
        Self {
            initial_rebalance_delay_ms: settings.long("group.initial.rebalance.delay.ms").max(0),
            session_timeout_ms_min: int("group.min.session.timeout.ms"),
            session_timeout_ms_max: int("group.max.session.timeout.ms"),
            group_size_max: size("group.max.size").min(options.group_size_max),
            consumer_group_size_max: size("group.consumer.max.size").min(options.group_size_max),
            groups_max: options.groups_max,
            member_metadata_bytes_max: options.group_member_metadata_bytes_max,
            offset_metadata_bytes_max: size("offset.metadata.max.bytes"),
            offsets_retention_ms: settings.long("offsets.retention.minutes").saturating_mul(60_000),
            offsets_retention_check_ms: settings.long("offsets.retention.check.interval.ms"),
            consumer_session_timeout_ms: int("group.consumer.session.timeout.ms"),
            consumer_heartbeat_interval_ms: int("group.consumer.heartbeat.interval.ms"),
        }
    }
}

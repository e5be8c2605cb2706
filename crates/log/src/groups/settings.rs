//! The limits and times of groups, under Kafka's names.

use crate::options::Options;

/// What the coordinator is told at its start.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct GroupSettings {
    pub(super) initial_rebalance_delay_ms: i64,
    pub(super) session_timeout_ms_min: i32,
    pub(super) session_timeout_ms_max: i32,
    /// For classic and for consumer groups.
    pub(super) group_size_max: usize,
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

impl GroupSettings {
    pub(super) fn new(options: &Options) -> Self {
        let ms = |duration: std::time::Duration| i64::try_from(duration.as_millis()).unwrap_or(i64::MAX / 4);
        let ms32 = |duration: std::time::Duration| i32::try_from(duration.as_millis()).unwrap_or(i32::MAX);
        Self {
            initial_rebalance_delay_ms: ms(options.group_initial_rebalance_delay),
            session_timeout_ms_min: ms32(options.group_min_session_timeout),
            session_timeout_ms_max: ms32(options.group_max_session_timeout),
            group_size_max: options.group_size_max,
            groups_max: options.groups_max,
            member_metadata_bytes_max: options.group_member_metadata_bytes_max,
            offset_metadata_bytes_max: options.offset_metadata_bytes_max,
            offsets_retention_ms: ms(options.offsets_retention),
            offsets_retention_check_ms: ms(options.offsets_retention_check_interval),
            consumer_session_timeout_ms: ms32(options.consumer_group_session_timeout),
            consumer_heartbeat_interval_ms: ms32(options.consumer_group_heartbeat_interval),
        }
    }
}

//! What is done to a partition from time to time: deleting what is too old, compacting, forgetting silent producers,
//! writing checkpoints.
//!
//! Each part goes on where another failed, and is tried again the next time. It blocks: for threads that may. The
//! log is held for short steps alone, so that who appends or reads does not wait for it.

use super::append::AppendError;
use super::compact::CompactError;
use super::compact::plan::CompactRules;
use super::handle::Partition;

/// What the settings say of it.
#[derive(Debug, Clone)]
pub(crate) struct Upkeep {
    /// `None` if the topic is not compacted.
    pub(crate) compact: Option<CompactRules>,
    /// `producer.id.expiration.ms`
    pub(crate) producer_expiration_ms: i64,
}

impl Partition {
    /// Does what is due. Ends soon after `stop` says so.
    pub(crate) fn upkeep(&self, upkeep: &Upkeep, now_ms: i64, stop: &dyn Fn() -> bool) {
        {
            let mut log = self.log();
            match log.retain(now_ms) {
                Ok(0) => {}
                Ok(segments) => tracing::info!(partition = %self.id, segments, "old segments were deleted"),
                // It was said when it was closed.
                Err(AppendError::Closed(_)) => {}
                Err(error) => {
                    tracing::warn!(partition = %self.id, %error, "old segments could not be deleted")
                }
            }
            log.expire_producers(now_ms, upkeep.producer_expiration_ms);
        }
        if stop() {
            return;
        }
        if let Some(rules) = &upkeep.compact {
            self.compact_and_tell(rules, now_ms, stop);
        }
        if !stop()
            && self.log().checkpoint_due()
            && let Err(error) = self.checkpoint()
        {
            tracing::warn!(partition = %self.id, %error, "no checkpoint was written: the next start reads more again");
        }
    }

    fn compact_and_tell(&self, rules: &CompactRules, now_ms: i64, stop: &dyn Fn() -> bool) {
        match self.compact(rules, now_ms, stop) {
            Ok(None) | Err(CompactError::Stopped) => {}
            Ok(Some(outcome)) => tracing::info!(
                partition = %self.id,
                up_to_offset = outcome.first_dirty_offset,
                read_bytes = outcome.read_bytes,
                written_bytes = outcome.written_bytes,
                "compacted"
            ),
            Err(CompactError::Changed) => {
                tracing::debug!(partition = %self.id, "segments were deleted under a compaction: it begins again");
            }
            Err(error @ CompactError::Damaged { .. }) => {
                tracing::error!(partition = %self.id, %error, "not compacted any more before the next start");
            }
            Err(error) => tracing::warn!(partition = %self.id, %error, "a compaction failed"),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;
    use std::sync::Arc;

    use super::*;
    use crate::disk::{Disk, SimulatedDisk};
    use crate::options::Blocking;
    use crate::partition::append::Origin;
    use crate::partition::log::LogConfig;
    use crate::partition::log::tests::{config, open_on, plain, sequenced};

    fn partition(disk: &SimulatedDisk, config: LogConfig) -> Arc<Partition> {
        let log = open_on(Arc::new(disk.clone()), config, 0);
        Partition::new(log, uuid::Uuid::nil(), 0, Blocking::Inline)
    }

    fn upkeep(compact: bool) -> Upkeep {
        let rules = CompactRules {
            delete_retention_ms: 0,
            min_lag_ms: 0,
            max_lag_ms: i64::MAX,
            dirty_ratio_min: 0.5,
            segment_bytes_max: 1 << 20,
            index_interval_bytes: 4096,
            decompressed_bytes_max: 1 << 20,
        };
        Upkeep { compact: compact.then_some(rules), producer_expiration_ms: 1_000 }
    }

    /// Three segments of one record each, with times around 1000.
    fn fill(partition: &Partition) {
        for n in 0..3 {
            partition.append(&sequenced(1, 0, n, false, &[b"value"]), Origin::Client, 5_000).unwrap();
            partition.log().roll(5_000).unwrap();
        }
        partition.sync_now().unwrap();
    }

    #[test]
    fn old_segments_go_silent_producers_are_forgotten_and_a_checkpoint_is_written() {
        let disk = SimulatedDisk::new(1);
        let partition = partition(&disk, LogConfig { retention_ms: 100, ..config() });
        fill(&partition);
        partition.upkeep(&upkeep(false), 5_500, &|| false);
        assert_eq!(partition.log().offsets().log_start, 3);
        assert_eq!(partition.log().producers().states().len(), 1);
        assert!(!partition.log().checkpoint_due());
        let names = disk.list(Path::new("t-0")).unwrap();
        assert_eq!(names.iter().filter(|name| name.ends_with(".log")).count(), 1, "{names:?}");
        partition.upkeep(&upkeep(false), 6_000, &|| false);
        assert_eq!(partition.log().producers().states().len(), 0);
    }

    #[test]
    fn a_compacted_topic_is_compacted_and_told_to_stop_it_stops() {
        let disk = SimulatedDisk::new(1);
        let partition = partition(&disk, LogConfig { delete: false, compact: true, ..config() });
        fill(&partition);
        let size_bytes = partition.log().size_bytes();
        partition.upkeep(&upkeep(true), 5_500, &|| true);
        assert_eq!(partition.log().size_bytes(), size_bytes);
        partition.upkeep(&upkeep(true), 5_500, &|| false);
        assert!(partition.log().size_bytes() < size_bytes);
        assert_eq!(partition.append(&plain(&[b"on"]), Origin::Client, 0).unwrap().base_offset, 3);
    }

    #[test]
    fn damage_ends_compaction_and_nothing_else() {
        let disk = SimulatedDisk::new(1);
        let partition = partition(&disk, LogConfig { delete: false, compact: true, ..config() });
        fill(&partition);
        disk.flip(Path::new("t-0/00000000000000000001.log"), 70, 1).unwrap();
        for _ in 0..2 {
            partition.upkeep(&upkeep(true), 5_500, &|| false);
        }
        let rules = upkeep(true).compact.unwrap();
        assert!(partition.compact(&rules, 0, &|| false).unwrap().is_none());
        assert_eq!(partition.append(&plain(&[b"on"]), Origin::Client, 0).unwrap().base_offset, 3);
    }
}

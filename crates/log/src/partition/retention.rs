//! Deletion of whole segments from the log's front: by time, by size, and by request.
//!
//! A segment leaves the log at once and the disk after the next checkpoint, which says where the log begins: a power cut
//! between the two must not leave a hole.

use super::append::AppendError;
use super::log::PartitionLog;
use super::segment::Segment;

/// Why records were not deleted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("records before offset {offset} cannot be deleted: the high watermark is {high_watermark}")]
pub(crate) struct BeyondHighWatermark {
    pub(crate) offset: i64,
    pub(crate) high_watermark: i64,
}

impl PartitionLog {
    /// Makes `offset` the log's start, or the high watermark for -1 (DeleteRecords). Gives the log's start. It survives a
    /// power cut after the next checkpoint.
    ///
    /// # Errors
    ///
    /// [`BeyondHighWatermark`], also for other negative offsets.
    pub(crate) fn delete_before(&mut self, offset: i64) -> Result<i64, BeyondHighWatermark> {
        let high_watermark = self.synced.offset;
        let wanted = if offset == -1 { high_watermark } else { offset };
        if wanted < 0 || wanted > high_watermark {
            return Err(BeyondHighWatermark { offset, high_watermark });
        }
        if wanted > self.log_start {
            self.log_start = wanted;
            self.drop_front(self.before_log_start());
        }
        Ok(self.log_start)
    }

    /// Deletes segments that are too old or too many, as Kafka does it: never one that is not wholly below the high
    /// watermark; the active one too if it is expired, behind a new one. Gives how many.
    ///
    /// # Errors
    ///
    /// [`AppendError::Disk`], [`AppendError::Closed`].
    pub(crate) fn retain(&mut self, now_ms: i64) -> Result<usize, AppendError> {
        if let Some(reason) = &self.closed {
            return Err(AppendError::Closed(reason.clone()));
        }
        let mut count = self.before_log_start();
        if self.config.delete {
            count = count.max(self.too_old(now_ms)?).max(self.too_many());
        }
        if count == self.segments.len() {
            self.roll(now_ms)?;
        }
        self.drop_front(count);
        Ok(count)
    }

    /// How many segments lie wholly before the log's start.
    pub(super) fn before_log_start(&self) -> usize {
        self.segments[1..].iter().take_while(|next| next.base_offset <= self.log_start).count()
    }

    /// How many segments hold nothing that is young enough.
    fn too_old(&self, now_ms: i64) -> Result<usize, AppendError> {
        let mut count = 0;
        if self.config.retention_ms < 0 {
            return Ok(count);
        }
        while self.may_go(count) {
            let segment = &self.segments[count];
            let newest_ms = match self.max_timestamp_of(segment)? {
                // Without times a segment ages from its opening.
                negative if negative < 0 => segment.opened_ms,
                newest_ms => newest_ms,
            };
            if now_ms.saturating_sub(newest_ms) <= self.config.retention_ms {
                break;
            }
            count += 1;
        }
        Ok(count)
    }

    /// How many segments are not needed to keep `retention.bytes`.
    fn too_many(&self) -> usize {
        let Ok(limit) = u64::try_from(self.config.retention_bytes) else { return 0 };
        let mut over = self.size_bytes().saturating_sub(limit);
        let mut count = 0;
        while self.may_go(count) && self.segments[count].size_bytes <= over && over > 0 {
            over -= self.segments[count].size_bytes;
            count += 1;
        }
        count
    }

    /// Whether a segment is there, holds something, and is wholly on the disk.
    fn may_go(&self, at: usize) -> bool {
        let next = self.segments.get(at + 1).map_or(self.end.offset, |next| next.base_offset);
        let closed = at + 1 < self.segments.len();
        // Compaction may leave nothing of a closed one.
        self.segments.get(at).is_some_and(|segment| closed || segment.size_bytes > 0)
            && next <= self.synced.offset
    }

    /// Takes segments off the front. Not while some of them are being replaced: the next retention does it.
    pub(super) fn drop_front(&mut self, count: usize) {
        if self.swapping {
            return;
        }
        for segment in self.segments.drain(..count) {
            self.unsynced.retain(|(base_offset, _)| *base_offset != segment.base_offset);
            let Segment { ref path, .. } = segment;
            self.doomed.push(segment.index_path());
            self.doomed.push(path.clone());
        }
        self.log_start = self.log_start.max(self.segments[0].base_offset);
        self.aborted.delete_before(self.log_start);
        self.epochs.delete_before(self.log_start);
    }
}

#[cfg(test)]
mod tests;

//! Whether a compaction is due, what it may touch, and which segments go together.

use std::sync::Arc;

use watershed_protocol::batch::BatchError;

use super::CompactError;
use crate::disk::DiskFile;

/// What a topic's settings say of compaction.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct CompactRules {
    /// `delete.retention.ms`: how long tombstones, and markers of emptied transactions, are kept for readers who are
    /// on their way through the log.
    pub(crate) delete_retention_ms: i64,
    /// `min.compaction.lag.ms`: a record stays for so long in any case.
    pub(crate) min_lag_ms: i64,
    /// `max.compaction.lag.ms`: a record that is older is compacted, however clean the log.
    pub(crate) max_lag_ms: i64,
    /// `min.cleanable.dirty.ratio`
    pub(crate) dirty_ratio_min: f64,
    /// `segment.bytes`: segments are put together up to this.
    pub(crate) segment_bytes_max: u64,
    /// `index.interval.bytes`
    pub(crate) index_interval_bytes: u64,
    /// What a batch may decompress to.
    pub(crate) decompressed_bytes_max: usize,
}

/// A closed segment.
#[derive(Debug, Clone)]
pub(crate) struct Input {
    pub(crate) base_offset: i64,
    /// The base offset of the segment behind it.
    pub(crate) next_offset: i64,
    pub(crate) file: Arc<dyn DiskFile>,
    pub(crate) size_bytes: u64,
    /// The largest time of a record; -1 for none.
    pub(crate) max_timestamp_ms: i64,
    /// The max timestamp of the first batch; -1 for none.
    pub(crate) first_timestamp_ms: i64,
}

impl Input {
    pub(super) fn damaged(&self, position: u64, source: BatchError) -> CompactError {
        CompactError::Damaged { segment: self.base_offset, position, source }
    }
}

/// How many of the closed segments, from the log's first on, are to be compacted now; `None` if it is not worth it.
///
/// `stable_offset` is the least of the last stable offset and the last checkpoint's segment: nothing is touched that
/// ends behind it.
pub(crate) fn plan(
    closed: &[Input],
    first_dirty_offset: i64,
    stable_offset: i64,
    rules: &CompactRules,
    now_ms: i64,
) -> Option<usize> {
    let too_young_ms = if rules.min_lag_ms > 0 { now_ms.saturating_sub(rules.min_lag_ms) } else { i64::MAX };
    let is_dirty = |input: &&Input| input.next_offset > first_dirty_offset;
    let cleanable: Vec<&Input> = closed
        .iter()
        .take_while(|input| input.next_offset <= stable_offset)
        .take_while(|input| !is_dirty(input) || input.max_timestamp_ms <= too_young_ms)
        .collect();
    let bytes = |inputs: &mut dyn Iterator<Item = &Input>| inputs.map(|input| input.size_bytes).sum::<u64>();
    let total_bytes = bytes(&mut cleanable.iter().copied());
    let dirty_bytes = bytes(&mut cleanable.iter().copied().filter(|input| is_dirty(input)));
    if dirty_bytes == 0 {
        return None;
    }
    let overdue_ms = now_ms.saturating_sub(rules.max_lag_ms.max(0));
    let overdue = cleanable
        .iter()
        .filter(|input| is_dirty(input))
        .any(|input| input.first_timestamp_ms > 0 && input.first_timestamp_ms < overdue_ms);
    #[expect(clippy::cast_precision_loss, reason = "a ratio that is compared with a setting of two digits")]
    let ratio = dirty_bytes as f64 / total_bytes as f64;
    (overdue || ratio > rules.dirty_ratio_min).then_some(cleanable.len())
}

/// Neighbours that fit into one segment, as they are now.
pub(super) fn groups(inputs: &[Input], segment_bytes_max: u64) -> Vec<&[Input]> {
    let mut groups = Vec::new();
    let mut rest = inputs;
    while let Some(first) = rest.first() {
        let mut size_bytes = 0_u64;
        let count = rest
            .iter()
            .take_while(|input| {
                size_bytes = size_bytes.saturating_add(input.size_bytes);
                // Kafka's indexes count offsets from the segment's first in 31 bits.
                size_bytes <= segment_bytes_max
                    && input.next_offset.saturating_sub(first.base_offset) <= i64::from(i32::MAX)
            })
            .count()
            .max(1);
        let (group, others) = rest.split_at(count);
        groups.push(group);
        rest = others;
    }
    groups
}

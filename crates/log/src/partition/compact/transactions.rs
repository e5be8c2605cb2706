//! What compaction knows of the transactions that it passes by.

use std::collections::{HashMap, HashSet};

use watershed_protocol::batch::BatchHeader;

use crate::partition::aborted::AbortedTransaction;

/// The aborted transactions of the part of a log that is compacted. Everything else there is committed: it lies
/// below the last stable offset.
#[derive(Debug, Default)]
pub(super) struct Transactions {
    /// Of each producer the first offsets and the markers', in order; one producer's do not overlap.
    aborted: HashMap<i64, Vec<(i64, i64)>>,
    markers: HashSet<i64>,
    /// Producers of which a batch was met since their last marker.
    met: HashSet<i64>,
}

impl Transactions {
    /// `aborted` by the offsets of the markers.
    pub(super) fn new(aborted: &[AbortedTransaction]) -> Self {
        let mut transactions = Self::default();
        for entry in aborted {
            transactions
                .aborted
                .entry(entry.producer_id)
                .or_default()
                .push((entry.first_offset, entry.last_offset));
            transactions.markers.insert(entry.last_offset);
        }
        transactions
    }

    /// Whether a data batch belongs to an aborted transaction.
    pub(super) fn is_aborted(&self, batch: &BatchHeader) -> bool {
        if !batch.attributes.is_transactional() {
            return false;
        }
        let Some(ranges) = self.aborted.get(&batch.producer_id) else { return false };
        let ended_before = ranges.partition_point(|(_, marker)| *marker < batch.base_offset);
        ranges.get(ended_before).is_some_and(|(first, _)| *first <= batch.base_offset)
    }

    /// Takes note of a data batch.
    pub(super) fn meet(&mut self, batch: &BatchHeader) {
        if batch.attributes.is_transactional() {
            self.met.insert(batch.producer_id);
        }
    }

    /// Takes note of a marker. True if a batch of its transaction was met.
    pub(super) fn end(&mut self, producer_id: i64) -> bool {
        self.met.remove(&producer_id)
    }

    /// Whether a marker is that of a transaction in the index of aborted ones.
    pub(super) fn is_indexed(&self, marker_offset: i64) -> bool {
        self.markers.contains(&marker_offset)
    }
}

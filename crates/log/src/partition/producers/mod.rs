//! What a partition knows of its producers: the last five batches of each, epochs, and open transactions.
//!
//! A batch is first [checked](Producers::check), then written, then [taken note of](Producers::appended); a marker
//! likewise. Nothing is checked when a log is read again: what is in it was checked when it was written. Reading a log
//! from its start, or from a [snapshot](snapshot) on, gives the same state as having written it.
//!
//! Semantics: Kafka's `ProducerStateManager` and `ProducerAppendInfo` (KIP-98, KIP-360, KIP-890), with these
//! differences: a producer expires by when it last wrote, not by what its records' timestamps claim; all five batches
//! survive a restart, not one; and a partition remembers at most [`PRODUCERS_MAX`] producers.
//!
//! Invariants: each open transaction is in `open` under its first offset and in its producer's entry; a transaction
//! is in `unsynced` from its marker until the high watermark has passed that.

mod entry;
pub(crate) mod snapshot;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, HashMap, HashSet};

use watershed_protocol::ErrorCode;
use watershed_protocol::batch::{BatchHeader, ControlType};

use super::aborted::AbortedTransaction;
use super::append::AppendError;
use entry::Entry;

/// Producers that a partition remembers; of more, those that wrote longest ago are forgotten.
const PRODUCERS_MAX: usize = 100_000;

/// What is to be done with a batch of a producer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// Write it.
    Append,
    /// It is there already: answer with these.
    Duplicate { base_offset: i64, last_offset: i64, timestamp_ms: i64 },
}

/// A producer, as DescribeProducers lists it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct ProducerState {
    pub(crate) producer_id: i64,
    pub(crate) epoch: i16,
    /// -1 if nothing was written in this epoch.
    pub(crate) last_sequence: i32,
    pub(crate) last_timestamp_ms: i64,
    /// Of the last marker; -1 for none.
    pub(crate) coordinator_epoch: i32,
    /// Where the open transaction began; -1 for none.
    pub(crate) transaction_first_offset: i64,
}

/// The producers of one partition.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(crate) struct Producers {
    entries: HashMap<i64, Entry>,
    /// Open transactions: first offset to producer id.
    open: BTreeMap<i64, i64>,
    /// Ended transactions with a marker that is not below the high watermark: first offset to that of the marker.
    unsynced: BTreeMap<i64, i64>,
}

impl Producers {
    /// Whether a batch that names a producer id may be appended. One without a sequence comes from a coordinator,
    /// and only its epoch is checked.
    ///
    /// # Errors
    ///
    /// OUT_OF_ORDER_SEQUENCE_NUMBER, INVALID_PRODUCER_EPOCH, INVALID_TXN_STATE.
    pub(crate) fn check(&self, batch: &BatchHeader) -> Result<Verdict, AppendError> {
        // Of a producer that is not known (new, expired, or its records all deleted) any sequence is taken.
        let Some(entry) = self.entries.get(&batch.producer_id) else { return Ok(Verdict::Append) };
        let sequenced = batch.base_sequence >= 0;
        if sequenced && let Some(known) = entry.find(batch) {
            return Ok(Verdict::Duplicate {
                base_offset: known.base_offset(),
                last_offset: known.last_offset,
                timestamp_ms: known.timestamp_ms,
            });
        }
        if batch.producer_epoch < entry.epoch {
            return Err(fenced(batch.producer_id, batch.producer_epoch, entry.epoch));
        }
        if sequenced {
            check_sequence(entry, batch)?;
        }
        if entry.transaction_first_offset.is_some() && !batch.attributes.is_transactional() {
            return Err(AppendError::refused(
                ErrorCode::InvalidTxnState,
                format!(
                    "producer {} has a transaction open in this partition and sent a batch outside of it: end it first",
                    batch.producer_id
                ),
            ));
        }
        Ok(Verdict::Append)
    }

    /// Takes note of a data batch with a producer id that was written at `now_ms`; its offsets are those in the log.
    /// Also used when a log is read again. A batch without a producer id changes nothing.
    pub(crate) fn appended(&mut self, batch: &BatchHeader, now_ms: i64) {
        if batch.producer_id < 0 {
            return;
        }
        let entry = self.entries.entry(batch.producer_id).or_insert_with(|| Entry::new(now_ms));
        entry.add(batch, now_ms);
        if batch.attributes.is_transactional() && entry.transaction_first_offset.is_none() {
            entry.transaction_first_offset = Some(batch.base_offset);
            self.open.insert(batch.base_offset, batch.producer_id);
        }
        if self.entries.len() > PRODUCERS_MAX {
            self.forget_longest_idle();
        }
    }

    /// Whether a coordinator may write a marker. `epoch_bumped`: each transaction has an epoch of its own
    /// (transaction version 2, KIP-890), so the marker's must be higher than that of the data, but for a marker that
    /// is sent again after it was written, and an epoch that cannot be raised any more.
    ///
    /// # Errors
    ///
    /// INVALID_PRODUCER_EPOCH, TRANSACTION_COORDINATOR_FENCED.
    pub(crate) fn check_marker(
        &self,
        producer_id: i64,
        epoch: i16,
        coordinator_epoch: i32,
        epoch_bumped: bool,
    ) -> Result<(), AppendError> {
        let Some(entry) = self.entries.get(&producer_id) else { return Ok(()) };
        let same_is_fine = !epoch_bumped || entry.transaction_first_offset.is_none() || epoch == i16::MAX;
        if epoch < entry.epoch || (epoch == entry.epoch && !same_is_fine) {
            return Err(fenced(producer_id, epoch, entry.epoch));
        }
        if coordinator_epoch < entry.coordinator_epoch {
            return Err(AppendError::refused(
                ErrorCode::TransactionCoordinatorFenced,
                format!(
                    "a marker for producer {producer_id} comes from coordinator epoch {coordinator_epoch}, and one of \
                     epoch {} was here: load the coordinator's state again",
                    entry.coordinator_epoch
                ),
            ));
        }
        Ok(())
    }

    /// Takes note of a marker that was written at `offset`. Gives the transaction that it ended, if one was open and
    /// it was aborted.
    pub(crate) fn marker(&mut self, marker: &Marker) -> Option<AbortedTransaction> {
        let entry = self.entries.entry(marker.producer_id).or_insert_with(|| Entry::new(marker.now_ms));
        let ended = entry.end_transaction(marker);
        if self.entries.len() > PRODUCERS_MAX {
            self.forget_longest_idle();
        }
        let first_offset = ended?;
        self.open.remove(&first_offset);
        self.unsynced.insert(first_offset, marker.offset);
        (marker.kind == ControlType::Abort).then(|| AbortedTransaction {
            producer_id: marker.producer_id,
            first_offset,
            last_offset: marker.offset,
            last_stable_offset: self.first_open_offset().unwrap_or(marker.offset.saturating_add(1)),
        })
    }

    /// Where the oldest transaction begins that is open, or ended with a marker that is not yet below the high
    /// watermark: the last stable offset must not pass this.
    pub(crate) fn first_unstable_offset(&self) -> Option<i64> {
        let unsynced = self.unsynced.first_key_value().map(|(&first, _)| first);
        match (self.first_open_offset(), unsynced) {
            (Some(open), Some(unsynced)) => Some(open.min(unsynced)),
            (open, unsynced) => open.or(unsynced),
        }
    }

    /// Where the oldest open transaction begins. Compaction must not pass it.
    pub(crate) fn first_open_offset(&self) -> Option<i64> {
        self.open.first_key_value().map(|(&first, _)| first)
    }

    /// Takes note of a high watermark: transactions with a marker below it are settled.
    pub(crate) fn high_watermark_moved(&mut self, high_watermark: i64) {
        if !self.unsynced.is_empty() {
            self.unsynced.retain(|_, marker_offset| *marker_offset >= high_watermark);
        }
    }

    /// Forgets producers that wrote nothing for `expiration_ms` and have no transaction open
    /// (`producer.id.expiration.ms`).
    pub(crate) fn expire(&mut self, now_ms: i64, expiration_ms: i64) {
        self.entries.retain(|_, entry| {
            entry.transaction_first_offset.is_some()
                || now_ms.saturating_sub(entry.last_seen_ms) < expiration_ms
        });
    }

    /// True if this producer has a transaction open here.
    #[cfg(test)]
    pub(crate) fn has_open_transaction(&self, producer_id: i64) -> bool {
        self.entries.get(&producer_id).is_some_and(|entry| entry.transaction_first_offset.is_some())
    }

    /// All producers, in no order.
    pub(crate) fn states(&self) -> impl ExactSizeIterator<Item = ProducerState> + '_ {
        self.entries.iter().map(|(&producer_id, entry)| entry.state(producer_id))
    }

    /// One producer.
    #[cfg(test)]
    pub(crate) fn state(&self, producer_id: i64) -> Option<ProducerState> {
        self.entries.get(&producer_id).map(|entry| entry.state(producer_id))
    }

    /// What compaction must leave, so that reading the log again gives the same state.
    pub(crate) fn kept(&self) -> Kept {
        let mut kept = Kept::default();
        for (producer_id, entry) in &self.entries {
            if entry.batches().is_empty() {
                kept.epochs.insert(*producer_id, entry.epoch);
            }
            kept.batches.extend(entry.batches().iter().map(|batch| batch.last_offset));
        }
        kept
    }

    /// An eighth of all at once, so that the search for the oldest is seldom.
    #[cold]
    fn forget_longest_idle(&mut self) {
        let mut idle: Vec<(i64, i64)> = self
            .entries
            .iter()
            .filter(|(_, entry)| entry.transaction_first_offset.is_none())
            .map(|(&id, entry)| (entry.last_seen_ms, id))
            .collect();
        let count = (PRODUCERS_MAX / 8).min(idle.len());
        if count < idle.len() {
            idle.select_nth_unstable(count);
        }
        for (_, id) in &idle[..count] {
            self.entries.remove(id);
        }
    }
}

/// A marker that was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Marker {
    pub(crate) producer_id: i64,
    pub(crate) epoch: i16,
    pub(crate) kind: ControlType,
    pub(crate) coordinator_epoch: i32,
    /// Where it stands in the log.
    pub(crate) offset: i64,
    pub(crate) timestamp_ms: i64,
    /// The broker's time.
    pub(crate) now_ms: i64,
}

/// What compaction must leave of the producers of a partition.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(crate) struct Kept {
    /// The last offsets of batches that are remembered: these stay, if need be without records.
    pub(crate) batches: HashSet<i64>,
    /// Producers of which only a marker is remembered, and its epoch: that marker stays.
    pub(crate) epochs: HashMap<i64, i16>,
}

fn check_sequence(entry: &Entry, batch: &BatchHeader) -> Result<(), AppendError> {
    let sequence = batch.base_sequence;
    let expected =
        if batch.producer_epoch == entry.epoch { entry::sequence_after(entry.last_sequence()) } else { 0 };
    if sequence == expected {
        return Ok(());
    }
    Err(AppendError::refused(
        ErrorCode::OutOfOrderSequenceNumber,
        format!(
            "producer {} sent sequence {sequence} in epoch {}, and {expected} is next: a batch before it is missing",
            batch.producer_id, batch.producer_epoch
        ),
    ))
}

fn fenced(producer_id: i64, epoch: i16, current: i16) -> AppendError {
    AppendError::refused(
        ErrorCode::InvalidProducerEpoch,
        format!(
            "producer {producer_id} came with epoch {epoch}, and {current} is current: a newer instance fenced it"
        ),
    )
}

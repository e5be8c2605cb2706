//! One producer of a partition.

use watershed_protocol::batch::BatchHeader;

use super::{Marker, ProducerState};

/// Batches by which duplicates are noticed: a producer has at most five in flight.
pub(super) const BATCHES_MAX: usize = 5;

/// A batch that was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Written {
    pub(super) last_offset: i64,
    pub(super) timestamp_ms: i64,
    pub(super) last_offset_delta: i32,
    /// -1 from a coordinator.
    pub(super) last_sequence: i32,
}

impl Written {
    pub(super) fn base_offset(&self) -> i64 {
        self.last_offset - i64::from(self.last_offset_delta)
    }
}

/// One producer: nothing on the heap.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Entry {
    pub(super) epoch: i16,
    pub(super) coordinator_epoch: i32,
    pub(super) transaction_first_offset: Option<i64>,
    /// As the last batch or marker has it.
    pub(super) last_timestamp_ms: i64,
    /// The broker's time of the last batch or marker, or of the start if that was before it.
    pub(super) last_seen_ms: i64,
    /// The first `count` are in use, oldest first.
    batches: [Written; BATCHES_MAX],
    count: u8,
}

impl Entry {
    pub(super) fn new(now_ms: i64) -> Self {
        Self {
            epoch: -1,
            coordinator_epoch: -1,
            transaction_first_offset: None,
            last_timestamp_ms: -1,
            last_seen_ms: now_ms,
            batches: [Written::default(); BATCHES_MAX],
            count: 0,
        }
    }

    /// Those that are remembered, oldest first.
    pub(super) fn batches(&self) -> &[Written] {
        &self.batches[..usize::from(self.count)]
    }

    /// The batch that was written before with exactly these sequences.
    pub(super) fn find(&self, batch: &BatchHeader) -> Option<&Written> {
        if batch.producer_epoch != self.epoch {
            return None;
        }
        let last_sequence = last_sequence(batch);
        self.batches().iter().find(|known| {
            known.last_sequence == last_sequence && known.last_offset_delta == batch.last_offset_delta
        })
    }

    /// -1 for none.
    pub(super) fn last_sequence(&self) -> i32 {
        self.batches().last().map_or(-1, |batch| batch.last_sequence)
    }

    pub(super) fn add(&mut self, batch: &BatchHeader, now_ms: i64) {
        self.enter_epoch(batch.producer_epoch);
        self.push(Written {
            last_offset: batch.last_offset(),
            timestamp_ms: batch.max_timestamp_ms,
            last_offset_delta: batch.last_offset_delta,
            last_sequence: last_sequence(batch),
        });
        self.last_timestamp_ms = batch.max_timestamp_ms;
        self.last_seen_ms = now_ms;
    }

    /// Remembers one more batch, in place of the oldest if there are five.
    pub(super) fn push(&mut self, batch: Written) {
        let mut count = usize::from(self.count);
        if count == BATCHES_MAX {
            self.batches.copy_within(1.., 0);
            count -= 1;
        }
        self.batches[count] = batch;
        #[expect(clippy::cast_possible_truncation, reason = "at most five")]
        {
            self.count = count as u8 + 1;
        }
    }

    /// Gives where the transaction began that the marker ends.
    pub(super) fn end_transaction(&mut self, marker: &Marker) -> Option<i64> {
        self.enter_epoch(marker.epoch);
        self.coordinator_epoch = marker.coordinator_epoch;
        self.last_timestamp_ms = marker.timestamp_ms;
        self.last_seen_ms = marker.now_ms;
        self.transaction_first_offset.take()
    }

    pub(super) fn state(&self, producer_id: i64) -> ProducerState {
        ProducerState {
            producer_id,
            epoch: self.epoch,
            last_sequence: self.last_sequence(),
            last_timestamp_ms: self.last_timestamp_ms,
            coordinator_epoch: self.coordinator_epoch,
            transaction_first_offset: self.transaction_first_offset.unwrap_or(-1),
        }
    }

    /// Sequences begin again with each epoch.
    fn enter_epoch(&mut self, epoch: i16) {
        if self.epoch != epoch {
            self.epoch = epoch;
            self.count = 0;
        }
    }
}

/// The sequence of a batch's last record; -1 without sequences. They wrap from 2^31 - 1 to 0.
fn last_sequence(batch: &BatchHeader) -> i32 {
    if batch.base_sequence < 0 {
        return -1;
    }
    batch.base_sequence.wrapping_add(batch.last_offset_delta) & i32::MAX
}

/// What follows a sequence; 0 follows "none".
pub(super) fn sequence_after(sequence: i32) -> i32 {
    sequence.wrapping_add(1) & i32::MAX
}

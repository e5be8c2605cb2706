//! What a partition knows of its producers: the last five batches of each, epochs, and open transactions.

use watershed_protocol::batch::{BatchHeader, ControlType};

use super::aborted::AbortedTransaction;
use super::append::AppendError;

/// What is to be done with a batch of a producer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// Write it.
    Append,
    /// It is there already: answer with these.
    Duplicate { base_offset: i64, last_offset: i64, timestamp_ms: i64 },
}

/// The producers of one partition.
#[derive(Debug, Default)]
pub(crate) struct Producers {}

impl Producers {
    /// Whether a client's batch (producer id set) may be appended.
    ///
    /// # Errors
    ///
    /// OUT_OF_ORDER_SEQUENCE_NUMBER, INVALID_PRODUCER_EPOCH, INVALID_TXN_STATE...
    pub(crate) fn check(&self, _batch: &BatchHeader) -> Result<Verdict, AppendError> {
        Ok(Verdict::Append)
    }

    /// Takes note of a data batch that was written; its offsets are those in the log. Also used when a log is read again.
    pub(crate) fn appended(&mut self, _batch: &BatchHeader) {}

    /// Takes note of a marker that was written at `offset`. Gives the transaction that it ended, if one was open and
    /// it was aborted.
    pub(crate) fn marker(
        &mut self,
        _producer_id: i64,
        _epoch: i16,
        _kind: ControlType,
        _coordinator_epoch: i32,
        _offset: i64,
        _timestamp_ms: i64,
    ) -> Option<AbortedTransaction> {
        None
    }

    /// Where the oldest open transaction begins.
    pub(crate) fn first_unstable_offset(&self) -> Option<i64> {
        None
    }
}

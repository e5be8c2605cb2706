//! The index of aborted transactions of a partition.

/// An aborted transaction, as a fetch under read_committed names it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct AbortedTransaction {
    pub(crate) producer_id: i64,
    pub(crate) first_offset: i64,
    /// Of its marker.
    pub(crate) last_offset: i64,
    /// The last stable offset when the marker was written, which is at most `last_offset + 1`.
    pub(crate) last_stable_offset: i64,
}

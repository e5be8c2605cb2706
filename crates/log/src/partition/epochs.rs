//! Where each leader epoch begins: what OffsetForLeaderEpoch and the epochs in other answers are made of.
//!
//! Each start of the broker is an epoch. Only those that wrote something, and the present one, are kept.

/// The epochs of a partition, in order.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(crate) struct Epochs {
    /// Epoch and start offset; both grow, the offset strictly.
    starts: Vec<(i32, i64)>,
}

impl Epochs {
    pub(crate) fn from_starts(starts: Vec<(i32, i64)>) -> Self {
        let mut epochs = Self::default();
        for (epoch, start_offset) in starts {
            epochs.begin(epoch, start_offset);
        }
        epochs
    }

    pub(crate) fn starts(&self) -> &[(i32, i64)] {
        &self.starts
    }

    /// Takes note that offsets from `start_offset` on are of `epoch`, unless that or a later epoch is known already.
    /// An epoch that ended where it began is forgotten.
    pub(crate) fn begin(&mut self, epoch: i32, start_offset: i64) {
        if epoch < 0 || self.starts.last().is_some_and(|last| last.0 >= epoch) {
            return;
        }
        while self.starts.last().is_some_and(|last| last.1 >= start_offset) {
            self.starts.pop();
        }
        self.starts.push((epoch, start_offset));
    }

    /// The last one.
    #[cfg(test)]
    pub(crate) fn latest(&self) -> Option<i32> {
        self.starts.last().map(|start| start.0)
    }

    /// The epoch of the record at an offset; of the log's end, the present one.
    pub(crate) fn of(&self, offset: i64) -> Option<i32> {
        let behind = self.starts.partition_point(|start| start.1 <= offset);
        behind.checked_sub(1).map(|at| self.starts[at].0)
    }

    /// The last epoch that is at most `epoch`, and the offset where it ended: what OffsetForLeaderEpoch answers.
    /// `None` if all epochs are later, or `epoch` is one that has not been.
    pub(crate) fn end_of(&self, epoch: i32, log_end: i64) -> Option<(i32, i64)> {
        if epoch < 0 {
            return None;
        }
        let behind = self.starts.partition_point(|start| start.0 <= epoch);
        match (behind.checked_sub(1).map(|at| self.starts[at].0), self.starts.get(behind)) {
            (Some(found), Some(next)) => Some((found, next.1)),
            (Some(found), None) if found == epoch => Some((found, log_end)),
            // As Kafka has it: an epoch before all that are known ended where the first of these begins.
            (None, Some(first)) => Some((epoch, first.1)),
            (_, None) => None,
        }
    }

    /// Forgets what lies before the log's new start.
    pub(crate) fn delete_before(&mut self, offset: i64) {
        let behind = self.starts.partition_point(|start| start.1 <= offset);
        if behind > 0 {
            self.starts.drain(..behind - 1);
            self.starts[0].1 = offset.max(self.starts[0].1);
        }
    }

    /// Forgets what lies at or behind `offset`: the log was cut there.
    #[cfg(test)]
    pub(crate) fn truncate(&mut self, offset: i64) {
        let keep = self.starts.partition_point(|start| start.1 < offset);
        self.starts.truncate(keep);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn epochs() -> Epochs {
        Epochs::from_starts(vec![(2, 10), (3, 10), (5, 20), (8, 40)])
    }

    #[test]
    fn an_epoch_without_records_is_forgotten() {
        assert_eq!(epochs().starts(), [(3, 10), (5, 20), (8, 40)]);
    }

    #[test]
    fn an_epoch_ends_where_the_next_begins() {
        let check = |epoch, expect| assert_eq!(epochs().end_of(epoch, 55), expect, "epoch {epoch}");
        check(-1, None);
        check(1, Some((1, 10)));
        check(3, Some((3, 20)));
        check(4, Some((3, 20)));
        check(5, Some((5, 40)));
        check(8, Some((8, 55)));
        check(9, None);
        assert_eq!(Epochs::default().end_of(0, 0), None);
    }

    #[test]
    fn an_offset_has_the_epoch_that_wrote_it() {
        for (offset, expect) in [(9, None), (10, Some(3)), (19, Some(3)), (20, Some(5)), (100, Some(8))] {
            assert_eq!(epochs().of(offset), expect, "offset {offset}");
        }
    }

    #[test]
    fn what_is_deleted_or_cut_is_forgotten() {
        let mut epochs = epochs();
        epochs.delete_before(25);
        assert_eq!(epochs.starts(), [(5, 25), (8, 40)]);
        epochs.truncate(40);
        assert_eq!(epochs.starts(), [(5, 25)]);
        epochs.truncate(0);
        assert_eq!(epochs.latest(), None);
    }
}

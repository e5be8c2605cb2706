//! What is to happen when: one deadline for each thing that waits, and the earliest of them.
//!
//! It owns no clock and no task. Invariant: the two maps hold the same deadlines.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// What happens at a deadline.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Timer {
    /// A classic member, or one that was given an id and has not joined, is not heard of any more.
    ClassicSession { group: Arc<str>, member: String },
    /// A classic group waits no longer for members to join.
    ClassicJoin { group: Arc<str> },
    /// A classic group waits no longer for members to ask for their assignment.
    ClassicSync { group: Arc<str> },
    /// A member of a consumer group is not heard of any more.
    ConsumerSession { group: Arc<str>, member: String },
    /// A member of a consumer group has not given up what it was told to give up.
    ConsumerRebalance { group: Arc<str>, member: String },
    /// A classic member of a consumer group has not joined again, or not asked for its assignment.
    ConsumerClassic { group: Arc<str>, member: String },
    /// Offsets that nobody needs are looked for.
    Expiry,
}

/// Deadlines in milliseconds of [`Now::elapsed_ms`](super::effects::Now).
#[derive(Debug, Default)]
pub(super) struct Deadlines {
    at: BTreeMap<Timer, i64>,
    order: BTreeSet<(i64, Timer)>,
}

impl Timer {
    /// Of a consumer group: it has been done with when the records that come of it are in the log, not before.
    pub(super) const fn is_of_consumers(&self) -> bool {
        match self {
            Self::ConsumerSession { .. } | Self::ConsumerRebalance { .. } | Self::ConsumerClassic { .. } => {
                true
            }
            Self::ClassicSession { .. }
            | Self::ClassicJoin { .. }
            | Self::ClassicSync { .. }
            | Self::Expiry => false,
        }
    }
}

impl Deadlines {
    /// Sets the deadline, instead of an earlier one for the same thing.
    pub(super) fn set(&mut self, timer: Timer, at_ms: i64) {
        if let Some(before_ms) = self.at.insert(timer.clone(), at_ms) {
            self.order.remove(&(before_ms, timer.clone()));
        }
        self.order.insert((at_ms, timer));
    }

    /// Forgets the deadline.
    pub(super) fn cancel(&mut self, timer: &Timer) {
        if let Some((timer, at_ms)) = self.at.remove_entry(timer) {
            self.order.remove(&(at_ms, timer));
        }
    }

    /// Whether it has a deadline.
    pub(super) fn is_set(&self, timer: &Timer) -> bool {
        self.at.contains_key(timer)
    }

    /// The earliest deadline.
    pub(super) fn next_ms(&self) -> Option<i64> {
        self.order.first().map(|(at_ms, _)| *at_ms)
    }

    /// Takes out the earliest deadline that has passed.
    pub(super) fn pop_due(&mut self, now_ms: i64) -> Option<Timer> {
        if self.next_ms()? > now_ms {
            return None;
        }
        let (_, timer) = self.order.pop_first()?;
        self.at.remove(&timer);
        Some(timer)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn join(group: &str) -> Timer {
        Timer::ClassicJoin { group: group.into() }
    }

    #[test]
    fn deadlines_come_in_their_order_and_only_once_they_have_passed() {
        let mut deadlines = Deadlines::default();
        deadlines.set(join("late"), 30);
        deadlines.set(join("early"), 10);
        assert_eq!(deadlines.next_ms(), Some(10));
        assert_eq!(deadlines.pop_due(9), None);
        assert_eq!(deadlines.pop_due(30), Some(join("early")));
        assert_eq!(deadlines.pop_due(30), Some(join("late")));
        assert_eq!(deadlines.pop_due(30), None);
    }

    #[test]
    fn a_new_deadline_replaces_the_old_one() {
        let mut deadlines = Deadlines::default();
        deadlines.set(join("group"), 10);
        deadlines.set(join("group"), 50);
        assert_eq!(deadlines.pop_due(49), None);
        assert_eq!(deadlines.pop_due(50), Some(join("group")));
        assert_eq!(deadlines.next_ms(), None);
    }

    #[test]
    fn what_was_cancelled_does_not_come() {
        let mut deadlines = Deadlines::default();
        deadlines.set(join("group"), 10);
        deadlines.cancel(&join("group"));
        assert!(!deadlines.is_set(&join("group")));
        assert_eq!(deadlines.pop_due(100), None);
    }
}

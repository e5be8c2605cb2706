//! The server-side assignors: who is to have which partition.
//!
//! They are pure functions of the members, their subscriptions and what they have; everything is sorted, so that the same
//! input gives the same assignment. Invariant: every partition of a subscribed topic goes to exactly one member that is
//! subscribed to it.

mod range;
#[cfg(test)]
mod tests;
mod uniform;

use std::collections::{BTreeMap, BTreeSet};

use uuid::Uuid;

/// Partitions by topic; no topic is without any.
pub(in crate::groups) type Assignment = BTreeMap<Uuid, BTreeSet<i32>>;

/// An assignor.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::groups) enum Assignor {
    /// Balanced over all topics, and moves as little as it can. The default.
    Uniform,
    /// Each topic in consecutive ranges, so that topics with equally many partitions are joined member by member.
    Range,
}

/// What an assignor is told of a member.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::groups) struct Subscriber {
    pub(in crate::groups) member: String,
    /// Static members keep their place in the order.
    pub(in crate::groups) instance_id: Option<String>,
    pub(in crate::groups) topics: BTreeSet<Uuid>,
    /// What it was to have so far.
    pub(in crate::groups) had: Assignment,
}

impl Assignor {
    /// The assignor of this name.
    pub(in crate::groups) fn named(name: &str) -> Option<Self> {
        [Self::Uniform, Self::Range].into_iter().find(|assignor| assignor.name() == name)
    }

    /// Kafka's name.
    pub(in crate::groups) const fn name(self) -> &'static str {
        match self {
            Self::Uniform => "uniform",
            Self::Range => "range",
        }
    }

    /// Assigns all partitions of these topics (id and number of partitions).
    pub(in crate::groups) fn assign(
        self,
        members: &[Subscriber],
        topics: &BTreeMap<Uuid, i32>,
    ) -> BTreeMap<String, Assignment> {
        match self {
            Self::Uniform => uniform::assign(members, topics),
            Self::Range => range::assign(members, topics),
        }
    }
}

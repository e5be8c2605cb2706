//! What groups may have committed, by what their clients were told.

use std::collections::BTreeMap;

use super::client::Place;
use super::transactions::Fate;

/// Something that may be what a group has committed for a partition.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Candidate {
    /// -1: nothing, since the group was deleted.
    offset: i64,
    /// Its client was told so.
    is_sure: bool,
    transaction: Option<usize>,
}

/// For each group and partition all that was tried, in its order.
#[derive(Debug, Default)]
pub(super) struct Offsets {
    tried: BTreeMap<(&'static str, Place), Vec<Candidate>>,
}

impl Offsets {
    /// A commit, by itself or in a transaction.
    pub(super) fn tried(
        &mut self,
        group: &'static str,
        place: Place,
        offset: i64,
        is_sure: bool,
        transaction: Option<usize>,
    ) {
        let tried = self.tried.entry((group, place)).or_default();
        tried.push(Candidate { offset, is_sure, transaction });
    }

    /// The group was deleted, with what it had committed.
    pub(super) fn tried_to_delete(&mut self, group: &str, is_sure: bool) {
        for ((of, _), tried) in &mut self.tried {
            if *of == group {
                tried.push(Candidate { offset: -1, is_sure, transaction: None });
            }
        }
    }

    /// What may be committed now: the last that is sure, or what was tried later.
    pub(super) fn allowed(
        &self,
        group: &'static str,
        place: Place,
        fate: impl Fn(usize) -> Fate,
    ) -> Vec<i64> {
        let mut allowed = Vec::new();
        for candidate in self.tried.get(&(group, place)).into_iter().flatten().rev() {
            let fate = candidate.transaction.map_or(Fate::Committed, &fate);
            match fate {
                Fate::Open | Fate::Aborted => continue,
                Fate::Committed | Fate::Unknown => allowed.push(candidate.offset),
            }
            if candidate.is_sure && fate == Fate::Committed {
                return allowed;
            }
        }
        allowed.push(-1);
        allowed
    }

    /// The transaction in which this offset was committed.
    pub(super) fn transaction_of(&self, group: &'static str, place: Place, offset: i64) -> Option<usize> {
        let tried = self.tried.get(&(group, place))?;
        tried.iter().find(|candidate| candidate.offset == offset)?.transaction
    }
}

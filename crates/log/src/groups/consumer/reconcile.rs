//! One step of a member towards the target assignment.
//!
//! It gives up what others are to have before it comes into a new epoch, and gets what is free at once, the rest when it
//! is released.

use std::collections::{BTreeMap, BTreeSet};

use uuid::Uuid;

use super::{Assignment, MemberState, Position, partitions};

/// What a step is made from.
pub(super) struct Step<'a> {
    /// The target's epoch.
    pub(super) epoch: i32,
    pub(super) target: &'a Assignment,
    /// What the member says it has, if it says so.
    pub(super) owned: Option<&'a Assignment>,
    /// Whether somebody has this partition.
    pub(super) is_held: &'a dyn Fn(Uuid, i32) -> bool,
}

/// Where the member is after its step.
pub(super) fn step(position: &Position, step: &Step<'_>) -> Position {
    match position.state {
        MemberState::Stable if position.epoch == step.epoch => position.clone(),
        MemberState::Stable | MemberState::UnreleasedPartitions => next(position, position.epoch, step),
        MemberState::UnrevokedPartitions if step.owns_any(&position.revoking) => position.clone(),
        MemberState::UnrevokedPartitions => next(position, position.epoch.saturating_add(1), step),
    }
}

impl Step<'_> {
    /// Whether the member has any of these; it has, if it does not say.
    fn owns_any(&self, of: &Assignment) -> bool {
        let Some(owned) = self.owned else { return true };
        partitions(of).any(|(topic, partition)| {
            owned.get(&topic).is_some_and(|partitions| partitions.contains(&partition))
        })
    }
}

fn next(position: &Position, epoch: i32, step: &Step<'_>) -> Position {
    let target: BTreeSet<(Uuid, i32)> = partitions(step.target).collect();
    let has: BTreeSet<(Uuid, i32)> = partitions(&position.assigned).collect();
    let keeps = assignment(has.intersection(&target).copied());
    let revokes = assignment(has.difference(&target).copied());
    if !revokes.is_empty() && step.owns_any(&revokes) {
        return Position {
            state: MemberState::UnrevokedPartitions,
            since: since(position, has.iter().copied(), epoch),
            assigned: keeps,
            revoking: revokes,
            ..in_epoch(position, epoch)
        };
    }
    let missing = || target.difference(&has).copied();
    let is_unreleased = missing().any(|(topic, partition)| (step.is_held)(topic, partition));
    let free = missing().filter(|&(topic, partition)| !(step.is_held)(topic, partition));
    let assigned = assignment(partitions(&keeps).chain(free));
    Position {
        state: if is_unreleased { MemberState::UnreleasedPartitions } else { MemberState::Stable },
        since: since(position, partitions(&assigned), step.epoch),
        assigned,
        revoking: Assignment::new(),
        ..in_epoch(position, step.epoch)
    }
}

/// Since when the member has these: since it was given them, or from now on.
fn since(before: &Position, held: impl Iterator<Item = (Uuid, i32)>, now: i32) -> BTreeMap<(Uuid, i32), i32> {
    held.map(|partition| (partition, before.since.get(&partition).copied().unwrap_or(now))).collect()
}

/// The same in another epoch; the one before is kept, since the answer that told of the new one may get lost.
fn in_epoch(position: &Position, epoch: i32) -> Position {
    let previous_epoch = if epoch == position.epoch { position.previous_epoch } else { position.epoch };
    Position { epoch, previous_epoch, ..position.clone() }
}

fn assignment(partitions: impl Iterator<Item = (Uuid, i32)>) -> Assignment {
    let mut assignment = Assignment::new();
    for (topic, partition) in partitions {
        assignment.entry(topic).or_default().insert(partition);
    }
    assignment
}

//! The uniform assignor: as even as the subscriptions allow, and everybody keeps what it has as far as that allows.
//!
//! If all have the same subscription, each has a quota: what is over it is taken away, what is free fills up those
//! below. Otherwise free partitions go to whoever has least of those that may have them, and then partitions move from
//! members with more to members with at least two fewer, until none can.

use std::collections::{BTreeMap, BTreeSet};

use uuid::Uuid;

use super::{Assignment, Subscriber};

type Partition = (Uuid, i32);

pub(super) fn assign(members: &[Subscriber], topics: &BTreeMap<Uuid, i32>) -> BTreeMap<String, Assignment> {
    let mut in_order: Vec<&Subscriber> = members.iter().collect();
    in_order.sort_by(|one, other| one.member.cmp(&other.member));
    let mut board = Board::new(&in_order, topics);
    let first = in_order.first().map(|member| &member.topics);
    if in_order.iter().all(|member| Some(&member.topics) == first) {
        board.fill_quotas();
    } else {
        board.fill_least();
        board.even_out();
    }
    board.into_assignments()
}

/// Who has what while it is worked out.
struct Board<'a> {
    members: Vec<&'a Subscriber>,
    has: Vec<BTreeSet<Partition>>,
    free: Vec<Partition>,
}

impl<'a> Board<'a> {
    /// Everybody has what it had, as far as it is still subscribed to it and it is still there.
    fn new(members: &[&'a Subscriber], topics: &BTreeMap<Uuid, i32>) -> Self {
        let mut taken: BTreeSet<Partition> = BTreeSet::new();
        let mut has: Vec<BTreeSet<Partition>> = Vec::with_capacity(members.len());
        for member in members {
            let had = member
                .had
                .iter()
                .flat_map(|(&topic, partitions)| partitions.iter().map(move |&partition| (topic, partition)));
            let keeps = had.filter(|&(topic, partition)| {
                let is_there = topics.get(&topic).is_some_and(|&count| partition < count);
                is_there && member.topics.contains(&topic) && taken.insert((topic, partition))
            });
            has.push(keeps.collect());
        }
        let is_wanted = |topic: &Uuid| members.iter().any(|member| member.topics.contains(topic));
        let all = topics.iter().filter(|(topic, _)| is_wanted(topic));
        let free = all
            .flat_map(|(&topic, &count)| (0..count).map(move |partition| (topic, partition)))
            .filter(|partition| !taken.contains(partition))
            .collect();
        Self { members: members.to_vec(), has, free }
    }

    /// All have the same subscription.
    fn fill_quotas(&mut self) {
        let count = self.members.len();
        let total = self.free.len() + self.has.iter().map(BTreeSet::len).sum::<usize>();
        let (Some(quota), Some(mut longer)) = (total.checked_div(count), total.checked_rem(count)) else {
            return;
        };
        // The odd ones stay with those that have them.
        let mut order: Vec<usize> = (0..count).collect();
        order.sort_by_key(|&index| std::cmp::Reverse(self.has.get(index).map_or(0, BTreeSet::len)));
        let mut quotas = vec![quota; count];
        for index in order {
            if longer > 0 {
                quotas[index] += 1;
                longer -= 1;
            }
        }
        for (has, &quota) in self.has.iter_mut().zip(&quotas) {
            while has.len() > quota {
                self.free.extend(has.pop_last());
            }
        }
        self.free.sort_unstable();
        let mut free = std::mem::take(&mut self.free).into_iter();
        for (has, &quota) in self.has.iter_mut().zip(&quotas) {
            has.extend(free.by_ref().take(quota - has.len()));
        }
    }

    /// What is free goes to whoever has least of those that may have it. Topics that few want come first.
    fn fill_least(&mut self) {
        let wanted_by =
            |topic: Uuid| self.members.iter().filter(|member| member.topics.contains(&topic)).count();
        let mut free: Vec<(usize, Partition)> =
            self.free.iter().map(|&partition| (wanted_by(partition.0), partition)).collect();
        free.sort_unstable();
        self.free.clear();
        for (_, partition) in free {
            if let Some(index) = self.least(partition.0) {
                self.has[index].insert(partition);
            }
        }
    }

    /// Moves partitions to members that have at least two fewer. Each move makes the sum of the squares smaller, so it ends.
    fn even_out(&mut self) {
        let mut moved = true;
        while moved {
            moved = false;
            for from in 0..self.members.len() {
                for partition in self.has[from].clone() {
                    let Some(to) = self.least(partition.0) else { continue };
                    if self.has[to].len() + 1 < self.has[from].len() {
                        self.has[from].remove(&partition);
                        self.has[to].insert(partition);
                        moved = true;
                    }
                }
            }
        }
    }

    /// Who has least of those that want this topic.
    fn least(&self, topic: Uuid) -> Option<usize> {
        let wants = |index: &usize| self.members[*index].topics.contains(&topic);
        (0..self.members.len()).filter(wants).min_by_key(|&index| self.has[index].len())
    }

    fn into_assignments(self) -> BTreeMap<String, Assignment> {
        let assignment = |has: BTreeSet<Partition>| {
            let mut assignment = Assignment::new();
            for (topic, partition) in has {
                assignment.entry(topic).or_default().insert(partition);
            }
            assignment
        };
        let names = self.members.iter().map(|member| member.member.clone());
        names.zip(self.has.into_iter().map(assignment)).collect()
    }
}

//! Committed offsets: what each group has committed for each partition, and what it will have once a transaction ends.
//!
//! It changes only by records that are in the log, in their order, whether they were just written or are read again at
//! the start: what is remembered is therefore what a restart would find. It checks nothing of who commits.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use uuid::Uuid;

use super::topics::Topics;

/// A committed offset.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Committed {
    pub(crate) offset: i64,
    /// -1: none said.
    pub(crate) leader_epoch: i32,
    pub(crate) metadata: String,
    pub(crate) committed_ms: i64,
    /// Only of clients that still say how long (OffsetCommit to version 4).
    pub(crate) expires_ms: Option<i64>,
    /// Nil: not known.
    pub(crate) topic_id: Uuid,
    /// Where it is in the log: of two, the later one counts, though its transaction may have ended first.
    pub(crate) record_offset: i64,
}

/// By topic and partition.
pub(super) type ByPartition = BTreeMap<String, BTreeMap<i32, Committed>>;

/// All committed offsets.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Offsets {
    committed: HashMap<Arc<str>, ByPartition>,
    /// By producer, until its transaction ends.
    pending: HashMap<i64, HashMap<Arc<str>, ByPartition>>,
}

impl Offsets {
    /// A record was written or read.
    pub(super) fn apply(&mut self, producer_id: Option<i64>, key: (&Arc<str>, &str, i32), offset: Committed) {
        let (group, topic, partition) = key;
        let groups = match producer_id {
            Some(producer_id) => self.pending.entry(producer_id).or_default(),
            None => &mut self.committed,
        };
        let topics = groups.entry(Arc::clone(group)).or_default();
        match topics.get_mut(topic) {
            Some(partitions) => drop(partitions.insert(partition, offset)),
            None => drop(topics.insert(topic.to_owned(), BTreeMap::from([(partition, offset)]))),
        }
    }

    /// A record that forgets was written or read.
    pub(super) fn forget(&mut self, group: &str, topic: &str, partition: i32) {
        take(&mut self.committed, group, topic, partition);
        for groups in self.pending.values_mut() {
            take(groups, group, topic, partition);
        }
        self.pending.retain(|_, groups| !groups.is_empty());
    }

    /// The producer's transaction has ended; gives the groups that had a part in it.
    pub(super) fn transaction_ended(&mut self, producer_id: i64, committed: bool) {
        let Some(groups) = self.pending.remove(&producer_id) else { return };
        if !committed {
            return;
        }
        for (group, topics) in groups {
            for (topic, partitions) in topics {
                for (partition, offset) in partitions {
                    let before = self.committed(&group, &topic, partition);
                    if before.is_none_or(|before| before.record_offset < offset.record_offset) {
                        self.apply(None, (&group, &topic, partition), offset);
                    }
                }
            }
        }
    }

    /// What the group has committed for this partition.
    pub(super) fn committed(&self, group: &str, topic: &str, partition: i32) -> Option<&Committed> {
        self.committed.get(group)?.get(topic)?.get(&partition)
    }

    /// All that the group has committed.
    pub(super) fn all(&self, group: &str) -> Option<&ByPartition> {
        self.committed.get(group)
    }

    /// Whether an open transaction has an offset for this partition.
    pub(super) fn is_pending(&self, group: &str, topic: &str, partition: i32) -> bool {
        self.pending.values().any(|groups| {
            let partitions = groups.get(group).and_then(|topics| topics.get(topic));
            partitions.is_some_and(|partitions| partitions.contains_key(&partition))
        })
    }

    /// Whether an open transaction has an offset for any partition of the group.
    pub(super) fn has_pending(&self, group: &str) -> bool {
        self.pending.values().any(|groups| groups.contains_key(group))
    }

    /// The partitions for which the group has an offset, committed or pending.
    pub(super) fn partitions(&self, group: &str) -> BTreeSet<(String, i32)> {
        let all = self.pending.values().chain([&self.committed]).filter_map(|groups| groups.get(group));
        all.flat_map(|topics| {
            topics.iter().flat_map(|(topic, partitions)| {
                partitions.keys().map(move |&partition| (topic.clone(), partition))
            })
        })
        .collect()
    }

    /// Groups, topics and partitions of committed offsets of topics that are gone, whatever has their names now. One that
    /// an open transaction will change is left alone.
    pub(super) fn of_gone(&self, topics: &Topics) -> Vec<(Arc<str>, String, i32)> {
        let mut gone = Vec::new();
        for (group, by_topic) in &self.committed {
            for (topic, partitions) in by_topic {
                let is_gone = |offset: &Committed| !topics.is_id_of(offset.topic_id, topic);
                let of_topic = partitions.iter().filter(|(partition, offset)| {
                    is_gone(offset) && !self.is_pending(group, topic, **partition)
                });
                gone.extend(of_topic.map(|(&partition, _)| (Arc::clone(group), topic.clone(), partition)));
            }
        }
        gone
    }

    /// The groups and partitions of this topic for which there is an offset, committed or pending.
    pub(super) fn of_topic(&self, topic: &str) -> BTreeSet<(Arc<str>, i32)> {
        let all = self.pending.values().chain([&self.committed]);
        all.flat_map(|groups| {
            groups.iter().filter_map(|(group, topics)| Some((group, topics.get(topic)?))).flat_map(
                |(group, partitions)| partitions.keys().map(move |&partition| (Arc::clone(group), partition)),
            )
        })
        .collect()
    }
}

/// Takes one out, and what is empty without it.
fn take(groups: &mut HashMap<Arc<str>, ByPartition>, group: &str, topic: &str, partition: i32) {
    let Some(topics) = groups.get_mut(group) else { return };
    if let Some(partitions) = topics.get_mut(topic) {
        partitions.remove(&partition);
        if partitions.is_empty() {
            topics.remove(topic);
        }
    }
    if topics.is_empty() {
        groups.remove(group);
    }
}

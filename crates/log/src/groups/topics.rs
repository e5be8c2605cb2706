//! The topics that there are, as groups see them: names, ids, how many partitions.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use uuid::Uuid;

/// All topics at a moment.
#[derive(Debug, Default, Clone)]
pub(crate) struct Topics {
    /// Rises with every change of any topic; 0: nothing was seen yet.
    pub(super) version: u64,
    by_name: BTreeMap<String, (Uuid, i32)>,
    names: HashMap<Uuid, String>,
}

impl Topics {
    /// These topics: name, id, number of partitions.
    pub(super) fn new(version: u64, topics: impl Iterator<Item = (String, Uuid, i32)>) -> Self {
        let by_name: BTreeMap<String, (Uuid, i32)> =
            topics.map(|(name, id, partitions)| (name, (id, partitions))).collect();
        let names = by_name.iter().map(|(name, (id, _))| (*id, name.clone())).collect();
        Self { version, by_name, names }
    }

    /// The name of this topic, if it is there.
    pub(crate) fn name(&self, id: Uuid) -> Option<&str> {
        self.names.get(&id).map(String::as_str)
    }

    /// Id and number of partitions of this topic, if it is there.
    pub(super) fn get(&self, name: &str) -> Option<(Uuid, i32)> {
        self.by_name.get(name).copied()
    }

    /// Whether this is the id of the topic that has this name now. Nil, which is of no topic, may be any topic's.
    pub(super) fn is_id_of(&self, id: Uuid, name: &str) -> bool {
        id.is_nil() || self.get(name).is_some_and(|(of_name, _)| of_name == id)
    }

    /// The topics whose whole name is matched.
    pub(super) fn matched_by(&self, pattern: &regex::Regex) -> BTreeSet<String> {
        self.by_name.keys().filter(|name| pattern.is_match(name)).cloned().collect()
    }
}

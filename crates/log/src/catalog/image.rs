//! The catalog at a moment: what requests look at.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use uuid::Uuid;

use super::records::ScramCredential;
use crate::partition::Partition;
use crate::settings::resource::resource_type;
use crate::settings::{BrokerSettings, TopicSettings};

/// One topic, as it is at a moment: a change makes another one.
#[derive(Debug)]
pub(crate) struct Topic {
    pub(crate) name: String,
    pub(crate) id: Uuid,
    /// One of the coordinators' own.
    pub(crate) internal: bool,
    pub(crate) settings: TopicSettings,
    pub(crate) partitions: Vec<Arc<Partition>>,
}

impl Topic {
    /// How many partitions it has, as the protocol counts.
    pub(crate) fn partition_count(&self) -> i32 {
        i32::try_from(self.partitions.len()).unwrap_or(i32::MAX)
    }
}

/// Everything at a moment. Cloned only when somebody still looks at the one before.
#[derive(Debug, Clone, Default)]
pub(crate) struct Image {
    pub(crate) topics: BTreeMap<String, Arc<Topic>>,
    pub(crate) names: HashMap<Uuid, String>,
    /// Topics by their names with dots written as underscores.
    pub(crate) collisions: HashMap<String, String>,
    /// Settings of resources that are not topics, by Kafka's number for their type and by name.
    pub(crate) settings: BTreeMap<(i8, String), BTreeMap<String, String>>,
    pub(crate) scram: BTreeMap<(String, i8), ScramCredential>,
    pub(crate) next_producer_id: i64,
    /// The broker's settings: those of its start, and over them those that were altered since.
    pub(crate) broker: Arc<BrokerSettings>,
    /// Partitions of all topics.
    pub(crate) partition_count: usize,
}

impl Image {
    /// Puts a topic in, in the place of what it was.
    pub(crate) fn insert(&mut self, topic: Arc<Topic>) {
        self.remove(&topic.name);
        self.partition_count += topic.partitions.len();
        self.names.insert(topic.id, topic.name.clone());
        if super::names::may_collide(&topic.name) {
            self.collisions.insert(super::names::collision_key(&topic.name), topic.name.clone());
        }
        self.topics.insert(topic.name.clone(), topic);
    }

    /// Takes a topic out.
    pub(crate) fn remove(&mut self, name: &str) -> Option<Arc<Topic>> {
        let topic = self.topics.remove(name)?;
        self.partition_count -= topic.partitions.len();
        self.names.remove(&topic.id);
        self.collisions.remove(&super::names::collision_key(name));
        Some(topic)
    }

    /// Makes the broker's settings those of its start and what was altered since.
    pub(crate) fn take_up_broker_settings(&mut self, node_id: i32) {
        let altered =
            |name: String| self.settings.get(&(resource_type::BROKER, name)).cloned().unwrap_or_default();
        let (own, for_all) = (altered(node_id.to_string()), altered(String::new()));
        self.broker = Arc::new(BrokerSettings::clone(&self.broker).with_altered(own, for_all));
    }

    /// The topic with this id.
    pub(crate) fn by_id(&self, id: Uuid) -> Option<&Arc<Topic>> {
        self.topics.get(self.names.get(&id)?)
    }

    /// The topic whose name this one would collide with.
    pub(crate) fn collides_with(&self, name: &str) -> Option<&str> {
        if !super::names::may_collide(name) {
            return None;
        }
        self.collisions
            .get(&super::names::collision_key(name))
            .map(String::as_str)
            .filter(|other| *other != name)
    }
}

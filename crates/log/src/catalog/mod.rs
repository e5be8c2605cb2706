//! The catalog: topics with their ids, settings and partitions, and what else the node knows of itself, in a log of its
//! own.
//!
//! | file | owns |
//! |---|---|
//! | `image` | everything at a moment, which requests look at |
//! | `plan`, `alter`, `names` | what a change would do, and why it may not be made |
//! | `changes` | making changes, one after the other |
//! | `records` | how it is written down |
//! | `open` | the start |
//! | `partitions`, `directories` | opening partitions; their directories |
//! | `background` | retention, compaction, checkpoints |
//!
//! # Invariants
//!
//! - What an answer says was changed is on the disk.
//! - Looking never waits for a change: the image is replaced as a whole.
//! - A topic's name may come back, its id never does: files belong to ids.

mod alter;
mod background;
mod changes;
mod directories;
pub(crate) mod ids;
mod image;
mod names;
mod open;
mod partitions;
mod plan;
mod records;
#[cfg(test)]
mod tests;

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError, RwLock};

use tokio::sync::{mpsc, oneshot, watch};
use tokio::task::JoinHandle;
use uuid::Uuid;
use watershed_event::clock::Clock;
use watershed_protocol::ErrorCode;

use crate::OpenError;
use crate::broker::Broker;
use crate::disk::Disk;
use crate::metrics::State;
use crate::options::Options;
use crate::partition::Partition;
use crate::partition::log::LogConfig;
use crate::settings::TopicSettings;
use crate::state_log::{StateLog, StateRecord};
pub(crate) use alter::{altered, check_broker, quota_alteration};
use changes::Change;
pub(crate) use changes::{Alteration, Outcomes};
pub(crate) use image::{Image, Topic};
pub(crate) use names::check_name as check_topic_name;
use partitions::{Node, Wanted};
pub(crate) use plan::{Creation, Deleted, Edit, NewTopic, Refusal, check_growth};
pub(crate) use records::{RESOURCE_TOPIC, ScramCredential};

/// The internal topic of the group coordinator.
pub(crate) const CONSUMER_OFFSETS: &str = "__consumer_offsets";
/// The internal topic of the transaction coordinator.
pub(crate) const TRANSACTION_STATE: &str = "__transaction_state";
/// The catalog's own log, which is no topic.
pub(crate) const METADATA_TOPIC: &str = "__cluster_metadata";

/// How many changes may wait for their turn; who asks for one more waits himself.
const CHANGES_WAITING_MAX: usize = 64;

/// Whether it is a topic of a coordinator.
pub(crate) fn is_internal(topic: &str) -> bool {
    topic == CONSUMER_OFFSETS || topic == TRANSACTION_STATE
}

/// All topics, and what else the node knows of itself.
#[derive(Debug)]
pub(crate) struct Catalog {
    shared: Arc<Shared>,
    changes: mpsc::Sender<Change>,
    /// For the task that makes changes, until it is started.
    waiting: Mutex<Option<mpsc::Receiver<Change>>>,
}

/// What lookups and the task that makes changes share.
#[derive(Debug)]
struct Shared {
    node: Node,
    log: StateLog,
    cluster_id: String,
    image: RwLock<Arc<Image>>,
    /// How many changes there were.
    changed: watch::Sender<u64>,
    /// Directories of deleted topics, found at the start.
    to_remove: Mutex<Vec<std::path::PathBuf>>,
    /// Background work.
    tasks: Mutex<Vec<JoinHandle<()>>>,
}

impl Catalog {
    /// Reads the catalog's log, raises the epoch, opens every partition, creates the internal topics. Blocks.
    pub(crate) fn open(
        options: &Options,
        disk: &Arc<dyn Disk>,
        clock: &dyn Clock,
    ) -> Result<Self, OpenError> {
        let shared = open::open(options, disk, clock.now().as_millisecond())?;
        let (changes, waiting) = mpsc::channel(CHANGES_WAITING_MAX);
        Ok(Self { shared: Arc::new(shared), changes, waiting: Mutex::new(Some(waiting)) })
    }

    /// The cluster's id: made at the first start, kept for good.
    pub(crate) fn cluster_id(&self) -> &str {
        &self.shared.cluster_id
    }

    /// The end of the catalog's own log, and how often the node was started.
    pub(crate) fn quorum(&self) -> (i64, i32) {
        (self.shared.log.partition().log().offsets().high_watermark, self.shared.node.start)
    }

    /// Everything, as it is now.
    pub(crate) fn image(&self) -> Arc<Image> {
        self.shared.image()
    }

    /// The topic of this name.
    pub(crate) fn topic(&self, name: &str) -> Option<Arc<Topic>> {
        self.shared.look(|image| image.topics.get(name).cloned())
    }

    /// The topic with this id.
    pub(crate) fn topic_by_id(&self, id: Uuid) -> Option<Arc<Topic>> {
        self.shared.look(|image| image.by_id(id).cloned())
    }

    /// The partition, if topic and partition are there.
    pub(crate) fn partition(&self, topic: &str, partition: i32) -> Option<Arc<Partition>> {
        let number = usize::try_from(partition).ok()?;
        self.shared.look(|image| image.topics.get(topic)?.partitions.get(number).cloned())
    }

    /// All topics, by name.
    pub(crate) fn topics(&self) -> Vec<Arc<Topic>> {
        self.shared.look(|image| image.topics.values().cloned().collect())
    }

    /// Creates topics, each or not by itself; on the disk when this returns.
    pub(crate) async fn create_topics(&self, topics: Vec<NewTopic>) -> Outcomes<Arc<Topic>> {
        let count = topics.len();
        self.change_each(count, |answer| Change::Create { topics, answer }).await
    }

    /// Deletes topics.
    pub(crate) async fn delete_topics(&self, ids: Vec<Uuid>) -> Outcomes<Deleted> {
        let count = ids.len();
        self.change_each(count, |answer| Change::Delete { ids, answer }).await
    }

    /// Gives topics more partitions: each name with how many it is to have.
    pub(crate) async fn grow_topics(&self, topics: Vec<(String, i32)>) -> Outcomes<()> {
        let count = topics.len();
        self.change_each(count, |answer| Change::Grow { topics, answer }).await
    }

    /// Alters settings, each resource's all or none.
    pub(crate) async fn alter(&self, resources: Vec<Alteration>) -> Outcomes<()> {
        let count = resources.len();
        self.change_each(count, |answer| Change::Alter { resources, answer }).await
    }

    /// Keeps or removes SCRAM credentials, by user and Kafka's number for the mechanism.
    pub(crate) async fn alter_scram(
        &self,
        credentials: Vec<((String, i8), Option<ScramCredential>)>,
    ) -> Outcomes<()> {
        let count = credentials.len();
        self.change_each(count, |answer| Change::Scram { credentials, answer }).await
    }

    /// A user's SCRAM credential, by Kafka's number for the mechanism (1: SCRAM-SHA-256, 2: SCRAM-SHA-512).
    pub(crate) fn scram_credential(&self, user: &str, mechanism: i8) -> Option<ScramCredential> {
        self.shared.look(|image| image.scram.get(&(user.to_owned(), mechanism)).cloned())
    }

    /// Changes whenever a topic is created, deleted or grows: for coordinators that watch subscriptions.
    pub(crate) fn changes(&self) -> watch::Receiver<u64> {
        self.shared.changed.subscribe()
    }

    /// A block of producer ids that were never given out before, in this start or an earlier one; on the disk when
    /// this returns.
    pub(crate) async fn producer_ids(
        &self,
        _broker: &Arc<Broker>,
    ) -> Result<std::ops::Range<i64>, ErrorCode> {
        let ids = self.change(|answer| Change::ProducerIds { answer }).await;
        ids.and_then(|ids| ids).map_err(|_| ErrorCode::CoordinatorNotAvailable)
    }

    /// A coordinator's log: the only partition of its internal topic.
    pub(crate) fn state_log(&self, internal_topic: &str) -> Option<StateLog> {
        self.partition(internal_topic, 0).map(StateLog::new)
    }

    /// The partition of the catalog's own log.
    fn own_partition(&self) -> Arc<Partition> {
        Arc::clone(self.shared.log.partition())
    }

    /// What there is, for metrics.
    pub(crate) fn state(&self) -> State {
        let mut state = State::default();
        let of_topics = self.topics().into_iter().flat_map(|topic| topic.partitions.clone());
        for partition in of_topics.chain([self.own_partition()]) {
            state.partitions += 1;
            state.partitions_unwritable += i64::from(!partition.is_writable());
            let bytes = i64::try_from(partition.log().size_bytes()).unwrap_or(i64::MAX);
            state.bytes = state.bytes.saturating_add(bytes);
        }
        state
    }

    /// Waits until background work has ended, once the broker is closing.
    pub(crate) async fn rest(&self) {
        let tasks = std::mem::take(&mut *self.shared.tasks.lock().unwrap_or_else(PoisonError::into_inner));
        for task in tasks {
            drop(task.await);
        }
    }

    /// Syncs every partition and writes its checkpoint, until it is `late`; the rest is as after a kill: nothing is lost, and
    /// the next start reads more. Blocks.
    pub(crate) fn close(&self, late: impl Fn() -> bool + Sync) {
        let of_topics = self.topics().into_iter().flat_map(|topic| topic.partitions.clone());
        let all: Vec<_> = std::iter::once(self.own_partition()).chain(of_topics).collect();
        let closed = AtomicUsize::new(0);
        partitions::on_threads(self.shared.node.blocking, &all, |_, partition| {
            if late() {
                return false;
            }
            if let Err(error) = partition.close() {
                tracing::error!(partition = %partition.id, %error, "a partition could not be closed cleanly: the next start reads its end again");
            }
            closed.fetch_add(1, Ordering::Relaxed);
            true
        });
        let left = all.len() - closed.into_inner();
        if left > 0 {
            tracing::info!(
                partitions = left,
                "not all checkpoints were written in time: the next start reads more"
            );
        }
    }

    async fn change<T>(&self, change: impl FnOnce(oneshot::Sender<T>) -> Change) -> Result<T, Refusal> {
        let closing = || Refusal::new(ErrorCode::BrokerNotAvailable, "the broker is closing");
        let (answer, answered) = oneshot::channel();
        self.changes.send(change(answer)).await.map_err(|_| closing())?;
        answered.await.map_err(|_| closing())
    }

    async fn change_each<T>(
        &self,
        count: usize,
        change: impl FnOnce(oneshot::Sender<Outcomes<T>>) -> Change,
    ) -> Outcomes<T> {
        if count == 0 {
            return Vec::new();
        }
        match self.change(change).await {
            Ok(outcomes) => outcomes,
            Err(refusal) => (0..count).map(|_| Err(refusal.clone())).collect(),
        }
    }
}

impl Shared {
    fn image(&self) -> Arc<Image> {
        Arc::clone(&self.image.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Looks something up, without keeping the image.
    fn look<T>(&self, look: impl FnOnce(&Image) -> T) -> T {
        look(&self.image.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Changes what is seen. The old image is copied only if somebody still looks at it.
    fn publish(&self, change: impl FnOnce(&mut Image)) {
        change(Arc::make_mut(&mut self.image.write().unwrap_or_else(PoisonError::into_inner)));
        self.changed.send_modify(|changes| *changes += 1);
    }

    /// Sets what is set on a resource that is no topic.
    fn set_resource(
        &self,
        resource_type: i8,
        name: &str,
        settings: std::collections::BTreeMap<String, String>,
    ) {
        self.publish(|image| {
            let resource = (resource_type, name.to_owned());
            if settings.is_empty() {
                image.settings.remove(&resource);
            } else {
                image.settings.insert(resource, settings);
            }
        });
    }

    fn wanted(&self, topic: &str, topic_id: Uuid, partition: i32, config: &LogConfig) -> Wanted {
        let made_in_start = self.node.start;
        Wanted { topic: topic.to_owned(), topic_id, partition, made_in_start, config: config.clone() }
    }

    fn partition_record(&self, topic_id: Uuid, partition: i32) -> StateRecord {
        records::partition(topic_id, partition, self.node.node_id, self.node.start)
    }

    /// The records that make a topic.
    fn topic_records(
        &self,
        name: &str,
        id: Uuid,
        partitions: i32,
        settings: &TopicSettings,
    ) -> Vec<StateRecord> {
        let mut all = vec![records::topic(id, name)];
        all.extend((0..partitions).map(|partition| self.partition_record(id, partition)));
        let set = settings.set.iter();
        all.extend(set.map(|(setting, value)| records::config(RESOURCE_TOPIC, name, setting, Some(value))));
        all
    }

    /// Makes new and renamed directories survive a power cut. Blocks.
    fn sync_root(&self) -> Result<(), OpenError> {
        let root = std::path::Path::new(directories::ROOT);
        self.node.disk.sync_directory(root).map_err(|source| OpenError::Io {
            path: "the data directory".into(),
            doing: "synced",
            source,
        })
    }
}

/// Begins the work of the catalog: making changes; retention, compaction, checkpoints.
pub(crate) fn start(broker: &Arc<Broker>) {
    let catalog = &broker.catalog;
    let waiting = catalog.waiting.lock().unwrap_or_else(PoisonError::into_inner).take();
    if let Some(waiting) = waiting {
        tokio::spawn(changes::make(Arc::clone(&catalog.shared), Arc::downgrade(broker), waiting));
    }
    background::start(broker, &catalog.shared);
}

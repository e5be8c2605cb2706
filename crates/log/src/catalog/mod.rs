//! The catalog: topics with their ids, settings and partitions, and what else the node knows of itself, in a log of its
//! own. Skeleton of the interface; its author replaces this file.

use std::sync::Arc;

use uuid::Uuid;
use watershed_event::clock::Clock;
use watershed_protocol::ErrorCode;

use crate::OpenError;
use crate::broker::Broker;
use crate::disk::Disk;
use crate::options::Options;
use crate::partition::Partition;
use crate::settings::TopicSettings;
use crate::state_log::StateLog;

/// The internal topic of the group coordinator.
pub(crate) const CONSUMER_OFFSETS: &str = "__consumer_offsets";
/// The internal topic of the transaction coordinator.
pub(crate) const TRANSACTION_STATE: &str = "__transaction_state";

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

/// All topics.
#[derive(Debug)]
pub(crate) struct Catalog {}

impl Catalog {
    /// Reads the catalog's log, raises the epoch, opens every partition, creates the internal topics.
    pub(crate) fn open(
        _options: &Options,
        _disk: &Arc<dyn Disk>,
        _clock: &dyn Clock,
    ) -> Result<Self, OpenError> {
        Ok(Self {})
    }

    /// The cluster's id: made at the first start, kept for good.
    pub(crate) fn cluster_id(&self) -> &str {
        ""
    }

    /// The topic of this name.
    pub(crate) fn topic(&self, _name: &str) -> Option<Arc<Topic>> {
        None
    }

    /// The topic with this id.
    pub(crate) fn topic_by_id(&self, _id: Uuid) -> Option<Arc<Topic>> {
        None
    }

    /// The partition, if topic and partition are there.
    pub(crate) fn partition(&self, _topic: &str, _partition: i32) -> Option<Arc<Partition>> {
        None
    }

    /// All topics, by name.
    pub(crate) fn topics(&self) -> Vec<Arc<Topic>> {
        Vec::new()
    }

    /// Creates a topic as Metadata and Produce do when it is not there (`auto.create.topics.enable`); on the disk when
    /// this returns.
    pub(crate) async fn auto_create(
        &self,
        _broker: &Arc<Broker>,
        _name: &str,
    ) -> Result<Arc<Topic>, ErrorCode> {
        Err(ErrorCode::UnknownTopicOrPartition)
    }

    /// Changes whenever a topic is created, deleted or grows: for coordinators that watch subscriptions.
    pub(crate) fn changes(&self) -> tokio::sync::watch::Receiver<u64> {
        tokio::sync::watch::Sender::new(0).subscribe()
    }

    /// A block of producer ids that were never given out before, in this start or an earlier one; on the disk when
    /// this returns.
    pub(crate) async fn producer_ids(
        &self,
        _broker: &Arc<Broker>,
    ) -> Result<std::ops::Range<i64>, ErrorCode> {
        Err(ErrorCode::CoordinatorNotAvailable)
    }

    /// A coordinator's log: the only partition of its internal topic.
    pub(crate) fn state_log(&self, _internal_topic: &str) -> Option<StateLog> {
        None
    }

    /// Syncs and closes every partition. Blocks.
    pub(crate) fn close(&self) {}
}

/// Begins the background work: retention, compaction, checkpoints.
pub(crate) fn start(_broker: &Arc<Broker>) {}

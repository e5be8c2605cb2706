//! What a broker is told at its start.

use std::path::PathBuf;
use std::time::Duration;

use tokio::task::JoinError;

use crate::settings::BrokerSettings;

/// Settings of a broker.
#[derive(Debug, Clone)]
pub struct Options {
    /// The data directory.
    pub data: PathBuf,
    /// The id that clients see.
    pub node_id: i32,
    /// Partitions of a topic that does not say how many (Kafka's `num.partitions`).
    pub default_partitions: i32,
    /// Whether asking for a topic's metadata, or producing, creates it (Kafka's `auto.create.topics.enable`).
    pub auto_create_topics: bool,
    /// What was written with acks=1 is synced at the latest after this time, also when nobody reads.
    pub sync_interval: Duration,
    /// What somebody waits to read is synced at once, and then no more often than this.
    pub sync_interval_for_readers: Duration,
    /// Where blocking work is done.
    pub blocking: Blocking,
    /// Transactional ids that are kept at most; more are refused with POLICY_VIOLATION. Kafka has no such bound.
    pub transactional_ids_max: usize,
    /// Kafka's broker settings that were set by name: [`Options::set`].
    pub settings: BrokerSettings,
    /// Most members of a group, whatever Kafka's `group.max.size` says, which has no bound by default.
    pub group_size_max: usize,
    /// Most groups of the node; Kafka has no such limit.
    pub groups_max: usize,
    /// Most bytes of a classic member's protocols and their metadata; Kafka has no such limit.
    pub group_member_metadata_bytes_max: usize,
}

/// Where blocking work is done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Blocking {
    /// On the runtime's threads for blocking work.
    Threads,
    /// At once, on the caller's thread: for a simulated disk, so that a seed gives the same history again.
    Inline,
}

impl Blocking {
    /// Does work that blocks where it may, and waits for it.
    ///
    /// # Errors
    ///
    /// The work panicked, or the runtime ended before it.
    pub(crate) async fn run<T: Send + 'static>(
        self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, JoinError> {
        match self {
            Self::Inline => Ok(work()),
            Self::Threads => tokio::task::spawn_blocking(work).await,
        }
    }

    /// Does work that blocks where it may; nobody waits for it.
    pub(crate) fn spawn(self, work: impl FnOnce() + Send + 'static) {
        match self {
            Self::Inline => work(),
            Self::Threads => drop(tokio::task::spawn_blocking(work)),
        }
    }
}

impl Options {
    /// Kafka's defaults, in this directory.
    #[must_use]
    pub fn new(data: impl Into<PathBuf>) -> Self {
        Self {
            data: data.into(),
            node_id: 1,
            default_partitions: 1,
            auto_create_topics: true,
            sync_interval: Duration::from_millis(100),
            sync_interval_for_readers: Duration::from_millis(20),
            blocking: Blocking::Threads,
            transactional_ids_max: 100_000,
            settings: BrokerSettings::default(),
            group_size_max: 10_000,
            groups_max: 100_000,
            group_member_metadata_bytes_max: 4 << 20,
        }
    }
}

//! The broker: what all connections share, from opening the data directory to closing it.
//!
//! It owns the parts and their order of birth and death; what the parts do is said in their own modules.

use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use tokio::sync::watch;
use watershed_event::clock::Clock;

use crate::OpenError;
use crate::api::FetchSessions;
use crate::catalog::Catalog;
use crate::disk::Disk;
use crate::groups::Groups;
use crate::metrics::Metrics;
use crate::options::Options;
use crate::sync_schedule::SyncSchedule;
use crate::transactions::Transactions;

/// How long partitions are closed one after the other: a clean end takes less than a second.
const CLOSE_TIME: Duration = Duration::from_millis(500);

/// One node that speaks Kafka's protocol.
pub struct Broker {
    pub(crate) options: Options,
    pub(crate) disk: Arc<dyn Disk>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) catalog: Catalog,
    pub(crate) groups: Groups,
    pub(crate) transactions: Transactions,
    pub(crate) fetch_sessions: FetchSessions,
    pub(crate) metrics: Metrics,
    pub(crate) sync_schedule: SyncSchedule,
    /// True once the broker is closing: background tasks and long polls end.
    closing: watch::Sender<bool>,
}

impl Broker {
    /// Opens the data directory: recovers every partition, loads the coordinators, begins the background work. Must be
    /// called on a tokio runtime.
    ///
    /// # Errors
    ///
    /// [`OpenError`], which names the file.
    pub async fn open(
        mut options: Options,
        disk: Arc<dyn Disk>,
        clock: Arc<dyn Clock>,
    ) -> Result<Arc<Self>, OpenError> {
        // As clients are told it: they know nothing of this process's working directory.
        if let Ok(absolute) = std::path::absolute(&options.data) {
            options.data = absolute;
        }
        let catalog = Catalog::open(&options, &disk, &*clock)?;
        let groups = Groups::open(&options, &catalog, &*clock)?;
        let transactions = Transactions::open(&options, &catalog, &*clock)?;
        let sync_schedule = SyncSchedule::new(&options);
        let fetch_sessions = FetchSessions::open(&options)?;
        let broker = Arc::new(Self {
            options,
            disk,
            clock,
            catalog,
            groups,
            transactions,
            fetch_sessions,
            metrics: Metrics::default(),
            sync_schedule,
            closing: watch::Sender::new(false),
        });
        tokio::spawn(sync_in_time(Arc::clone(&broker)));
        crate::groups::start(&broker);
        crate::transactions::start(&broker).await;
        crate::catalog::start(&broker);
        Ok(broker)
    }

    /// The wall clock in milliseconds since 1970, as Kafka has it.
    pub(crate) fn now_ms(&self) -> i64 {
        let now: Timestamp = self.clock.now();
        now.as_millisecond()
    }

    /// Whether users were made over the wire (AlterUserScramCredentials), who may connect beside those of a file.
    #[must_use]
    pub fn keeps_credentials(&self) -> bool {
        !self.catalog.image().scram.is_empty()
    }

    /// What the broker counts, in the text format of OpenMetrics.
    #[must_use]
    pub fn metrics_text(&self) -> String {
        self.metrics.holds(self.catalog.state());
        self.metrics.text()
    }

    /// Resolves when the broker begins to close: for background tasks and long polls.
    pub(crate) fn closing(&self) -> impl Future<Output = ()> + Send + use<> {
        let mut closing = self.closing.subscribe();
        async move {
            // An error is a broker that is gone, which is the same.
            drop(closing.wait_for(|&closing| closing).await);
        }
    }

    /// Whether it has begun to close.
    pub(crate) fn is_closing(&self) -> bool {
        *self.closing.borrow()
    }

    /// Ends background work and long polls, syncs every partition and writes checkpoints. Connections are closed by
    /// who opened them.
    pub async fn close(self: &Arc<Self>) {
        self.closing.send_replace(true);
        self.catalog.rest().await;
        let broker = Arc::clone(self);
        let deadline = tokio::time::Instant::now() + CLOSE_TIME;
        let close = move || broker.catalog.close(|| tokio::time::Instant::now() >= deadline);
        if let Err(error) = self.options.blocking.run(close).await {
            tracing::error!(%error, "the partitions were not closed cleanly: the next start reads more");
        }
    }
}

impl std::fmt::Debug for Broker {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Broker").field("options", &self.options).finish_non_exhaustive()
    }
}

/// Syncs what nobody waits for, until the broker closes.
async fn sync_in_time(broker: Arc<Broker>) {
    tokio::select! {
        () = broker.closing() => {}
        () = broker.sync_schedule.run() => {}
    }
}

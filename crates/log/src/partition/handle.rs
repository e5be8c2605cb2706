//! The handle through which requests share a partition: a mutex around its log, group commit, and who waits for what.
//!
//! Invariants: the mutex is held for one append or one lookup, never across a sync or an await. At most one sync of a
//! partition runs; whoever asks meanwhile gets the next one, which covers all that was written before it began.

use std::io;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

use tokio::runtime::{Handle, RuntimeFlavor};
use tokio::sync::{Notify, watch};
use uuid::Uuid;
use watershed_protocol::ErrorCode;

use super::append::{AppendError, Appended, Origin, TopicPartition};
use super::log::PartitionLog;
use super::validate::validate;
use crate::options::Blocking;
use crate::sync_schedule::Pace;

/// How far a partition is on the disk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Durable {
    /// Everything before this offset is.
    end_offset: i64,
    /// A sync failed: nothing more will be.
    failed: bool,
}

/// Why a sync that somebody waits for never comes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum SyncFailed {
    #[error(
        "the disk failed to sync the partition, which is closed for writing until a restart has read it again"
    )]
    Disk,
    #[error("the topic was deleted meanwhile")]
    Deleted,
}

impl SyncFailed {
    /// What the client is told.
    pub(crate) const fn code(self) -> ErrorCode {
        match self {
            Self::Disk => ErrorCode::KafkaStorageError,
            Self::Deleted => ErrorCode::UnknownTopicOrPartition,
        }
    }
}

/// Whether a sync runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Syncing {
    Idle,
    Running { again: bool },
}

/// One partition.
#[derive(Debug)]
pub(crate) struct Partition {
    pub(crate) id: TopicPartition,
    pub(crate) topic_id: Uuid,
    pub(crate) leader_epoch: i32,
    log: Mutex<PartitionLog>,
    durable: watch::Sender<Durable>,
    syncing: Mutex<Syncing>,
    /// One compaction at a time.
    pub(super) compacting: Mutex<()>,
    /// One checkpoint at a time: they write the same files, and a later one must not be undone by an earlier one.
    checkpointing: Mutex<()>,
    /// Its topic was deleted.
    deleted: AtomicBool,
    /// The last write was refused by the disk.
    refused_by_disk: AtomicBool,
    /// Fetches that wait for more.
    fetches: Mutex<Vec<Weak<Notify>>>,
    /// Whether the broker's timers will sync it.
    timed_for_readers: AtomicBool,
    timed_unread: AtomicBool,
    blocking: Blocking,
}

impl Partition {
    pub(crate) fn new(log: PartitionLog, topic_id: Uuid, leader_epoch: i32, blocking: Blocking) -> Arc<Self> {
        let durable = Durable { end_offset: log.offsets().high_watermark, failed: false };
        Arc::new(Self {
            id: log.name().clone(),
            topic_id,
            leader_epoch,
            log: Mutex::new(log),
            durable: watch::Sender::new(durable),
            syncing: Mutex::new(Syncing::Idle),
            compacting: Mutex::new(()),
            checkpointing: Mutex::new(()),
            deleted: AtomicBool::new(false),
            refused_by_disk: AtomicBool::new(false),
            fetches: Mutex::new(Vec::new()),
            timed_for_readers: AtomicBool::new(false),
            timed_unread: AtomicBool::new(false),
            blocking,
        })
    }

    /// The log, for one append or lookup.
    pub(crate) fn log(&self) -> MutexGuard<'_, PartitionLog> {
        self.log.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Appends; nothing is on the disk yet. The batch is checked, and compressed anew where the topic asks for it, while
    /// nobody holds the log.
    pub(crate) fn append(
        &self,
        records: &[u8],
        origin: Origin,
        now_ms: i64,
    ) -> Result<Appended, AppendError> {
        let rules = self.log().rules()?;
        let check = || validate(records, origin, &rules, now_ms);
        let on_many_threads = || {
            Handle::try_current().is_ok_and(|runtime| runtime.runtime_flavor() == RuntimeFlavor::MultiThread)
        };
        // Compressing can take a second: the other tasks of this thread go to another one.
        let checked =
            if self.blocking == Blocking::Threads && rules.recompresses(records) && on_many_threads() {
                tokio::task::block_in_place(check)?
            } else {
                check()?
            };
        let appended = self.log().append_checked(&checked, now_ms);
        self.note_disk(&appended);
        appended
    }

    /// Says once that the disk refuses writes, and once that it takes them again.
    fn note_disk(&self, appended: &Result<Appended, AppendError>) {
        let refused = &self.refused_by_disk;
        match appended {
            Err(AppendError::Disk(error)) if !refused.swap(true, Ordering::Relaxed) => tracing::error!(
                partition = %self.id, %error,
                "the disk refuses writes: producers are told KAFKA_STORAGE_ERROR until it takes them again; make room if it is full"
            ),
            Ok(_) if refused.load(Ordering::Relaxed) && refused.swap(false, Ordering::Relaxed) => {
                tracing::info!(partition = %self.id, "the disk takes writes again");
            }
            _ => {}
        }
    }

    /// False while the disk refuses writes, and once the log is closed for writing.
    pub(crate) fn is_writable(&self) -> bool {
        !self.refused_by_disk.load(Ordering::Relaxed) && self.log().closed().is_none()
    }

    /// Waits until everything up to and with `offset` is on the disk; asks for a sync if need be.
    pub(crate) fn durable(
        self: &Arc<Self>,
        offset: i64,
    ) -> impl Future<Output = Result<(), SyncFailed>> + Send + use<> {
        if self.durable.borrow().end_offset <= offset {
            self.sync_soon();
        }
        let mut durable = self.durable.subscribe();
        let partition = Arc::clone(self);
        async move {
            let reached = durable.wait_for(|durable| durable.failed || durable.end_offset > offset).await;
            match reached {
                Ok(durable) if durable.end_offset > offset => Ok(()),
                _ => Err(partition.why_not_durable()),
            }
        }
    }

    /// Waits until what was written before is visible to readers; at once if it is. A partition that can't be synced goes on
    /// being read up to its high watermark.
    pub(crate) fn sync_for_reader(self: &Arc<Self>) -> impl Future<Output = ()> + Send + use<> {
        let sync = self.needs_sync().then(|| {
            let last_offset = self.log().offsets().log_end - 1;
            self.durable(last_offset)
        });
        async move {
            if let Some(sync) = sync {
                // The error says that nothing more will be visible.
                sync.await.ok();
            }
        }
    }

    /// Wakes `fetch` when the high watermark or the last stable offset has moved, or the log was closed. Register
    /// before looking, so that nothing is missed.
    pub(crate) fn wake_when_moved(&self, fetch: &Arc<Notify>) {
        let mut fetches = self.fetches.lock().unwrap_or_else(PoisonError::into_inner);
        fetches.retain(|waiting| waiting.strong_count() > 0 && !waiting.ptr_eq(&Arc::downgrade(fetch)));
        fetches.push(Arc::downgrade(fetch));
    }

    /// Whether a fetch waits for more.
    pub(crate) fn has_fetch_waiting(&self) -> bool {
        let fetches = self.fetches.lock().unwrap_or_else(PoisonError::into_inner);
        fetches.iter().any(|waiting| waiting.strong_count() > 0)
    }

    /// Whether the broker's timer of that pace has it.
    pub(crate) fn is_timed(&self, pace: Pace) -> &AtomicBool {
        match pace {
            Pace::ForReaders => &self.timed_for_readers,
            Pace::Unread => &self.timed_unread,
        }
    }

    /// Whether something was written that is not synced, and can be.
    pub(crate) fn needs_sync(&self) -> bool {
        self.log().needs_sync()
    }

    /// Starts a sync, or asks for another one after the one that runs.
    pub(crate) fn sync_soon(self: &Arc<Self>) {
        {
            let mut syncing = self.syncing.lock().unwrap_or_else(PoisonError::into_inner);
            if let Syncing::Running { again } = &mut *syncing {
                *again = true;
                return;
            }
            *syncing = Syncing::Running { again: false };
        }
        let partition = Arc::clone(self);
        self.blocking.spawn(move || partition.sync_until_done());
    }

    /// Syncs what was written, on this thread: at the start, before others use the partition.
    pub(crate) fn sync_now(&self) -> Result<(), SyncFailed> {
        self.sync_once();
        if self.durable.borrow().failed { Err(self.why_not_durable()) } else { Ok(()) }
    }

    /// Its topic was deleted: nothing more is written, nobody waits for it any longer, and nothing in the background touches
    /// its directory once this returns: the next topic of the name has one of the same path. Blocks.
    pub(crate) fn delete(&self) {
        self.deleted.store(true, Ordering::Release);
        self.close_for_writing("its topic was deleted");
        self.publish(Durable { end_offset: 0, failed: true });
        // A compaction ends at its next batch, a checkpoint by itself; neither begins on a closed log.
        drop(self.compacting.lock().unwrap_or_else(PoisonError::into_inner));
        drop(self.checkpointing.lock().unwrap_or_else(PoisonError::into_inner));
    }

    /// Whether its topic was deleted.
    pub(crate) fn is_deleted(&self) -> bool {
        self.deleted.load(Ordering::Acquire)
    }

    /// Takes no more appends before a restart, for this reason.
    pub(crate) fn close_for_writing(&self, reason: &str) {
        self.log().closed.get_or_insert_with(|| reason.to_owned());
    }

    fn why_not_durable(&self) -> SyncFailed {
        if self.is_deleted() { SyncFailed::Deleted } else { SyncFailed::Disk }
    }

    fn sync_until_done(&self) {
        loop {
            self.sync_once();
            let urgent = self.log().checkpoint_urgent();
            if urgent && let Err(error) = self.checkpoint() {
                tracing::warn!(partition = %self.id, %error, "no checkpoint was written: the next start reads more again");
            }
            let mut syncing = self.syncing.lock().unwrap_or_else(PoisonError::into_inner);
            if *syncing == (Syncing::Running { again: true }) {
                *syncing = Syncing::Running { again: false };
            } else {
                *syncing = Syncing::Idle;
                return;
            }
        }
    }

    fn sync_once(&self) {
        let Some(ticket) = self.log().start_sync() else { return };
        let result = ticket.run();
        let failed = result.is_err();
        let offsets = {
            let mut log = self.log();
            log.finish_sync(&ticket, result);
            log.offsets()
        };
        self.publish(Durable { end_offset: offsets.high_watermark, failed });
    }

    fn publish(&self, durable: Durable) {
        self.durable.send_modify(|last| {
            last.end_offset = last.end_offset.max(durable.end_offset);
            last.failed |= durable.failed;
        });
        self.wake_fetches();
    }

    /// Wakes every fetch that waits for this partition.
    pub(crate) fn wake_fetches(&self) {
        let waiting = std::mem::take(&mut *self.fetches.lock().unwrap_or_else(PoisonError::into_inner));
        for fetch in waiting.iter().filter_map(Weak::upgrade) {
            fetch.notify_one();
        }
    }

    /// Writes a checkpoint, if the last one says something else. Blocks; the log is held only before and after.
    ///
    /// # Errors
    ///
    /// Those of the disk. A sync that failed closes the partition for writing.
    pub(crate) fn checkpoint(&self) -> io::Result<()> {
        // Only who writes checkpoints waits here.
        let _alone = self.checkpointing.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(ticket) = self.log().start_checkpoint() else { return Ok(()) };
        let done = ticket.run();
        let (result, offsets, failed) = {
            let mut log = self.log();
            let result = log.finish_checkpoint(done);
            (result, log.offsets(), log.closed().is_some())
        };
        // Its sync may have been the one that somebody waits for.
        self.publish(Durable { end_offset: offsets.high_watermark, failed });
        result
    }

    /// Syncs and writes a checkpoint, for a clean end. Blocks.
    pub(crate) fn close(&self) -> io::Result<()> {
        let _alone = self.checkpointing.lock().unwrap_or_else(PoisonError::into_inner);
        self.sync_once();
        self.log().close()
    }
}

#[cfg(test)]
mod tests;

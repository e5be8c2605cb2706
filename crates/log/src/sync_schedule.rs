//! When that is synced which no producer waits for: what came with acks=1 or acks=0.
//!
//! Readers see only what is synced, so they set the pace. Where a fetch waits, the first record is synced at once and what
//! comes after it every [`Options::sync_interval_for_readers`]; where nobody reads, everything within
//! [`Options::sync_interval`], which is the most that a power cut can take.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::Notify;

use crate::options::Options;
use crate::partition::Partition;

/// The partitions that are to be synced, by who is in need of it.
#[derive(Debug)]
pub(crate) struct SyncSchedule {
    for_readers: Timer,
    unread: Timer,
}

/// Partitions whose time comes once in an interval.
#[derive(Debug)]
struct Timer {
    pace: Pace,
    interval: Duration,
    partitions: Mutex<Vec<Arc<Partition>>>,
    changed: Notify,
}

/// Why a partition is on a timer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Pace {
    /// A fetch waits for what was written.
    ForReaders,
    /// It was written to.
    Unread,
}

impl SyncSchedule {
    pub(crate) fn new(options: &Options) -> Self {
        Self {
            for_readers: Timer::new(Pace::ForReaders, options.sync_interval_for_readers),
            unread: Timer::new(Pace::Unread, options.sync_interval),
        }
    }

    /// The partition was written to, and the producer does not wait for the sync.
    pub(crate) fn written(&self, partition: &Arc<Partition>) {
        if partition.has_fetch_waiting() {
            self.reader_waits(partition);
        } else {
            self.unread.add(partition);
        }
    }

    /// Somebody waits to read what was written to the partition and is not synced yet.
    pub(crate) fn reader_waits(&self, partition: &Arc<Partition>) {
        // One that is on the timer was synced less than an interval ago.
        if self.for_readers.add(partition) {
            partition.sync_soon();
        }
    }

    /// Keeps the times. Never ends: to be dropped with the broker.
    pub(crate) async fn run(&self) {
        let for_readers = async {
            loop {
                for partition in self.for_readers.due().await {
                    // While there is more each time, it stays on the timer.
                    if partition.needs_sync() {
                        self.for_readers.add(&partition);
                        partition.sync_soon();
                    }
                }
            }
        };
        let unread = async {
            loop {
                let due = self.unread.due().await;
                due.iter().filter(|partition| partition.needs_sync()).for_each(Partition::sync_soon);
            }
        };
        tokio::join!(for_readers, unread);
    }
}

impl Timer {
    fn new(pace: Pace, interval: Duration) -> Self {
        Self { pace, interval, partitions: Mutex::default(), changed: Notify::new() }
    }

    /// False if it was on the timer.
    fn add(&self, partition: &Arc<Partition>) -> bool {
        if partition.is_timed(self.pace).swap(true, std::sync::atomic::Ordering::AcqRel) {
            return false;
        }
        let mut partitions = self.partitions.lock().unwrap_or_else(PoisonError::into_inner);
        partitions.push(Arc::clone(partition));
        if partitions.len() == 1 {
            self.changed.notify_one();
        }
        true
    }

    /// Those on the timer, an interval after the first; they are taken off it.
    async fn due(&self) -> Vec<Arc<Partition>> {
        self.changed.notified().await;
        tokio::time::sleep(self.interval).await;
        let due = std::mem::take(&mut *self.partitions.lock().unwrap_or_else(PoisonError::into_inner));
        // From here on, whoever writes or waits puts it on the timer again.
        for partition in &due {
            partition.is_timed(self.pace).store(false, std::sync::atomic::Ordering::Release);
        }
        due
    }
}

//! Opening the partitions of topics, and what is done with many of them at a time.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

use uuid::Uuid;

use super::directories;
use crate::OpenError;
use crate::disk::Disk;
use crate::options::Blocking;
use crate::partition::log::{LogConfig, PartitionLog};
use crate::partition::{Partition, TopicPartition};

/// The most threads that open partitions, or close them.
const THREADS_MAX: usize = 8;
/// Fewer partitions than this are done on one thread.
const PARTITIONS_PER_THREAD_MIN: usize = 4;

/// This node, as far as partitions need to know.
#[derive(Debug)]
pub(super) struct Node {
    pub(super) disk: Arc<dyn Disk>,
    pub(super) node_id: i32,
    pub(super) blocking: Blocking,
    /// Which start of the node this is.
    pub(super) start: i32,
}

/// A partition to be opened.
#[derive(Debug, Clone)]
pub(super) struct Wanted {
    pub(super) topic: String,
    pub(super) topic_id: Uuid,
    pub(super) partition: i32,
    /// In which start of the node it was made.
    pub(super) made_in_start: i32,
    pub(super) config: LogConfig,
}

/// Opens partitions, in their order. Blocks.
///
/// # Errors
///
/// The first [`OpenError`]; others may be open and are dropped.
pub(super) fn open(node: &Node, wanted: &[Wanted], now_ms: i64) -> Result<Vec<Arc<Partition>>, OpenError> {
    let opened = Mutex::new(Vec::with_capacity(wanted.len()));
    on_threads(node.blocking, wanted, |at, wanted| {
        let partition = open_one(node, wanted, now_ms);
        // After a failure nobody needs the rest.
        let go_on = partition.is_ok();
        opened.lock().unwrap_or_else(PoisonError::into_inner).push((at, partition));
        go_on
    });
    let mut opened = opened.into_inner().unwrap_or_else(PoisonError::into_inner);
    opened.sort_by_key(|(at, _)| *at);
    opened.into_iter().map(|(_, partition)| partition).collect()
}

/// Does some work with each item, on a few threads if there are many items; until there are none left, or the work gives
/// false. Blocks.
pub(super) fn on_threads<T: Sync>(blocking: Blocking, items: &[T], work: impl Fn(usize, &T) -> bool + Sync) {
    let next = AtomicUsize::new(0);
    let work_off = || {
        while let Some((at, item)) = take(&next, items) {
            if !work(at, item) {
                next.store(items.len(), Ordering::Relaxed);
            }
        }
    };
    let threads = match blocking {
        Blocking::Inline => 1,
        Blocking::Threads => std::thread::available_parallelism()
            .map_or(1, usize::from)
            .min(THREADS_MAX)
            .min(items.len().div_ceil(PARTITIONS_PER_THREAD_MIN)),
    };
    if threads <= 1 {
        return work_off();
    }
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(work_off);
        }
    });
}

fn take<'a, T>(next: &AtomicUsize, items: &'a [T]) -> Option<(usize, &'a T)> {
    let at = next.fetch_add(1, Ordering::Relaxed);
    items.get(at).map(|one| (at, one))
}

fn open_one(node: &Node, wanted: &Wanted, now_ms: i64) -> Result<Arc<Partition>, OpenError> {
    let new = wanted.made_in_start == node.start;
    let directory = directories::claim(&*node.disk, &wanted.topic, wanted.topic_id, wanted.partition, new)
        .map_err(|source| OpenError::Io {
            path: directories::partition_directory(&wanted.topic, wanted.partition),
            doing: "made",
            source,
        })?;
    let name = TopicPartition { topic: wanted.topic.clone(), partition: wanted.partition };
    let leader_epoch = node.start.saturating_sub(wanted.made_in_start).max(0);
    let disk = Arc::clone(&node.disk);
    let log = PartitionLog::open(disk, directory, name, wanted.config.clone(), leader_epoch, now_ms)?;
    Ok(Partition::new(log, wanted.topic_id, leader_epoch, node.blocking))
}

/// Takes back what [`open`] made, for a topic that was not created in the end. Blocks. What cannot be renamed or
/// removed now is found at the next start.
pub(super) fn remove(disk: &dyn Disk, topic: &str, id: Uuid, partitions: std::ops::Range<i32>) {
    remove_directories(disk, &set_aside(disk, topic, id, partitions));
}

/// Renames the directories of a topic that is no more, so that another can have its name; gives the new names. Blocks.
pub(super) fn set_aside(
    disk: &dyn Disk,
    topic: &str,
    id: Uuid,
    partitions: std::ops::Range<i32>,
) -> Vec<PathBuf> {
    let root = Path::new(directories::ROOT);
    let renamed: Vec<PathBuf> = partitions
        .filter_map(|partition| {
            let renamed = directories::set_aside(disk, topic, id, partition);
            tell(&directories::partition_directory(topic, partition), renamed.as_ref().map(drop));
            renamed.ok().flatten()
        })
        .collect();
    tell(root, disk.sync_directory(root).as_ref().map(drop));
    renamed
}

/// Removes directories. Blocks.
pub(super) fn remove_directories(disk: &dyn Disk, directories: &[PathBuf]) {
    for directory in directories {
        tell(directory, disk.remove_directory(directory).as_ref().map(drop));
    }
}

fn tell(directory: &Path, result: Result<(), &io::Error>) {
    if let Err(error) = result {
        tracing::warn!(directory = %directory.display(), %error, "a deleted partition's files are still there: the next start tries again");
    }
}

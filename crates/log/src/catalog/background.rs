//! Background work: retention, compaction, checkpoints, and the removal of what was deleted. One piece at a time, on
//! the runtime's threads for blocking work.

use std::sync::{Arc, PoisonError};

use super::{Shared, partitions};
use crate::broker::Broker;
use crate::options::Blocking;

/// Begins it.
pub(super) fn start(broker: &Arc<Broker>, shared: &Arc<Shared>) {
    let to_remove = std::mem::take(&mut *shared.to_remove.lock().unwrap_or_else(PoisonError::into_inner));
    if !to_remove.is_empty() {
        let disk = Arc::clone(&broker.disk);
        let remove = move || partitions::remove_directories(&*disk, &to_remove);
        match broker.options.blocking {
            Blocking::Inline => remove(),
            Blocking::Threads => drop(tokio::task::spawn_blocking(remove)),
        }
    }
}

//! One partition: its log on the disk, and the handle through which requests share it.
//!
//! [`log::PartitionLog`] is the one writer, without a lock of its own; [`Partition`] puts it behind a mutex that is held
//! for one append or one lookup, never across a sync or an await.

pub(crate) mod aborted;
pub(crate) mod append;
pub(crate) mod checkpoint;
pub(crate) mod compact;
pub(crate) mod compaction;
pub(crate) mod epochs;
mod handle;
#[cfg(test)]
mod histories;
pub(crate) mod index;
pub(crate) mod log;
pub(crate) mod lookup;
pub(crate) mod producers;
pub(crate) mod read;
pub(crate) mod recovery;
pub(crate) mod retention;
pub(crate) mod segment;
pub(crate) mod sync;
pub(crate) mod validate;
pub(crate) mod walk;

pub(crate) use append::{AppendError, Appended, Origin, TopicPartition};
pub(crate) use handle::{Partition, SyncFailed};

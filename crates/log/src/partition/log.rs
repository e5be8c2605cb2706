//! The one writer of a partition: skeleton of the interface; its author replaces this file.

use std::io;
use std::path::PathBuf;
use std::sync::Arc;

use watershed_protocol::batch::ControlType;

use super::aborted::AbortedTransaction;
use super::append::{AppendError, Appended, Origin, TopicPartition};
use super::producers::Producers;
use super::validate::AppendRules;
use crate::OpenError;
use crate::disk::{Disk, DiskFile};

/// What a topic's settings say of a partition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct LogConfig {
    pub(crate) rules: AppendRules,
    pub(crate) segment_bytes: u64,
    pub(crate) segment_ms: i64,
    pub(crate) index_interval_bytes: u64,
    pub(crate) retention_ms: i64,
    pub(crate) retention_bytes: i64,
    pub(crate) delete: bool,
    pub(crate) compact: bool,
    pub(crate) delete_retention_ms: i64,
    pub(crate) min_compaction_lag_ms: i64,
    pub(crate) max_compaction_lag_ms: i64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Offsets {
    pub(crate) log_start: i64,
    pub(crate) high_watermark: i64,
    pub(crate) last_stable: i64,
    pub(crate) log_end: i64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ReadBound {
    HighWatermark,
    LastStable,
    LogEnd,
}

#[derive(Debug, Clone)]
pub(crate) struct Slice {
    pub(crate) file: Arc<dyn DiskFile>,
    pub(crate) position: u64,
    pub(crate) bytes: usize,
}

#[derive(Debug, thiserror::Error)]
pub(crate) enum ReadError {
    #[error("offset {offset} is not between {log_start} and {log_end}")]
    OutOfRange { offset: i64, log_start: i64, log_end: i64 },
    #[error("{} is damaged at byte {position}: {reason}", .path.display())]
    Corrupt { path: PathBuf, position: u64, reason: String },
    #[error("the disk refused a read: {0}")]
    Disk(#[from] io::Error),
}

#[derive(Debug)]
pub(crate) struct SyncTicket {}

impl SyncTicket {
    pub(crate) fn files(&self) -> &[Arc<dyn DiskFile>] {
        &[]
    }
}

#[derive(Debug)]
pub(crate) struct PartitionLog {
    name: TopicPartition,
    producers: Producers,
}

impl PartitionLog {
    pub(crate) fn open(
        _disk: Arc<dyn Disk>,
        _directory: PathBuf,
        name: TopicPartition,
        _config: LogConfig,
        _leader_epoch: i32,
        _now_ms: i64,
    ) -> Result<Self, OpenError> {
        Ok(Self { name, producers: Producers::default() })
    }
    pub(crate) fn name(&self) -> &TopicPartition {
        &self.name
    }
    pub(crate) fn append(&mut self, _: &[u8], _: Origin, _now_ms: i64) -> Result<Appended, AppendError> {
        Err(AppendError::Closed("skeleton".to_owned()))
    }
    pub(crate) fn append_marker(
        &mut self,
        _producer_id: i64,
        _epoch: i16,
        _kind: ControlType,
        _coordinator_epoch: i32,
        _now_ms: i64,
    ) -> Result<Appended, AppendError> {
        Err(AppendError::Closed("skeleton".to_owned()))
    }
    pub(crate) fn set_config(&mut self, _config: LogConfig) {}
    pub(crate) fn offsets(&self) -> Offsets {
        Offsets { log_start: 0, high_watermark: 0, last_stable: 0, log_end: 0 }
    }
    pub(crate) fn read(
        &self,
        _from: i64,
        _bound: ReadBound,
        _bytes_max: usize,
        _at_least_one: bool,
    ) -> Result<Option<Slice>, ReadError> {
        Ok(None)
    }
    pub(crate) fn aborted(&self, _from: i64, _to: i64) -> Vec<AbortedTransaction> {
        Vec::new()
    }
    pub(crate) fn producers(&self) -> &Producers {
        &self.producers
    }
    pub(crate) fn start_sync(&mut self) -> Option<SyncTicket> {
        None
    }
    pub(crate) fn finish_sync(&mut self, _ticket: SyncTicket, _result: io::Result<()>) {}
    pub(crate) fn close(&mut self) -> io::Result<()> {
        Ok(())
    }
}

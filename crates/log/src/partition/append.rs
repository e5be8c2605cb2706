//! What an append takes and gives, and why it is refused.

use std::io;

use watershed_protocol::ErrorCode;

/// A topic's name and a partition's number.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct TopicPartition {
    pub(crate) topic: String,
    pub(crate) partition: i32,
}

impl std::fmt::Display for TopicPartition {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}-{}", self.topic, self.partition)
    }
}

/// Who appends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Origin {
    /// A client: no control batches.
    Client,
    /// A coordinator of this broker.
    Coordinator,
}

/// What became of an append.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Appended {
    pub(crate) base_offset: i64,
    pub(crate) last_offset: i64,
    /// The broker's time, if the topic's timestamps are the broker's; else -1.
    pub(crate) log_append_time_ms: i64,
    pub(crate) log_start_offset: i64,
    /// True if the batch was there already (idempotence); nothing was written.
    pub(crate) duplicate: bool,
}

/// Why an append was refused. Nothing of it is in the log.
#[derive(Debug, thiserror::Error)]
pub(crate) enum AppendError {
    /// The client's fault, or its bad luck: the error that it gets.
    #[error("{code}: {message}")]
    Refused {
        code: ErrorCode,
        message: String,
        /// Records (by index in the batch) that are at fault, with what is wrong: `record_errors` of KIP-467.
        records: Vec<(i32, String)>,
    },
    /// The disk: KAFKA_STORAGE_ERROR for the client.
    #[error("the disk refused a write: {0}")]
    Disk(#[from] io::Error),
    /// A sync failed before, or the log is damaged: closed for writing until a restart has read it again.
    #[error("the partition is closed for writing: {0}")]
    Closed(String),
}

impl AppendError {
    /// A refusal without a list of records.
    pub(crate) fn refused(code: ErrorCode, message: impl Into<String>) -> Self {
        Self::Refused { code, message: message.into(), records: Vec::new() }
    }

    /// What the client is told.
    pub(crate) fn code(&self) -> ErrorCode {
        match self {
            Self::Refused { code, .. } => *code,
            Self::Disk(_) | Self::Closed(_) => ErrorCode::KafkaStorageError,
        }
    }
}

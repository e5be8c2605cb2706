//! What is in a record batch, by the word of whoever read it: the common form in which readers are compared and golden
//! files are described.

use serde::{Deserialize, Serialize};

use crate::record::{Record, TimestampType};

/// Everything that a batch says, but for its compressed bytes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "the names are those of Kafka's documentation of the format")]
pub struct BatchView {
    pub size_bytes: u32,
    pub base_offset: i64,
    pub last_offset: i64,
    pub leader_epoch: i32,
    pub crc: u32,
    /// By the name that clients' configurations give it.
    pub codec: String,
    pub timestamp_type: TimestampType,
    pub transactional: bool,
    pub control: bool,
    #[serde(rename = "base_timestamp")]
    pub base_timestamp_ms: i64,
    #[serde(rename = "max_timestamp")]
    pub max_timestamp_ms: i64,
    #[serde(rename = "delete_horizon")]
    pub delete_horizon_ms: Option<i64>,
    pub producer_id: i64,
    pub producer_epoch: i16,
    pub base_sequence: i32,
    pub record_count: i32,
    /// What a control batch says.
    pub marker: Option<MarkerView>,
    pub records: Vec<Record>,
}

/// A transaction's end.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MarkerView {
    /// `commit` or `abort`.
    #[serde(rename = "type")]
    pub kind: String,
    /// Of the coordinator that decided.
    pub coordinator_epoch: i32,
}

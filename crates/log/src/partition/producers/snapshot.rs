//! The producers of a partition as bytes, so that a restart need not read the whole log again.
//!
//! ```text
//! version u16 | CRC-32C of all that follows u32 | end offset i64 | producers u32 | that many producers
//! producer:   id i64 | epoch i16 | coordinator epoch i32 | transaction's first offset i64, -1 for none
//!             | last timestamp i64 | last seen i64 | batches u8 | that many batches, oldest first
//! batch:      last offset i64 | timestamp i64 | last offset delta i32 | last sequence i32
//! ```
//!
//! All big-endian. Not kept: transactions that ended above the high watermark, since whoever reads a snapshot has
//! first synced what it describes.

use std::collections::{BTreeMap, HashMap};

use watershed_protocol::batch::crc32c;

use super::Producers;
use super::entry::{BATCHES_MAX, Entry, Written};

const VERSION: u16 = 1;
const PRODUCER_BYTES_MIN: usize = 8 + 2 + 4 + 8 + 8 + 8 + 1;
const BATCH_BYTES: usize = 8 + 8 + 4 + 4;

/// Why a snapshot is not used. The log itself says the same: read it from an older snapshot on, or from its start.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum SnapshotError {
    #[error("version {0} of the producers' snapshot is not known here: a newer Watershed wrote it")]
    Version(u16),
    #[error("the producers' snapshot is damaged: {0}")]
    Damaged(&'static str),
}

impl Producers {
    /// The state after everything below `end_offset`.
    pub(crate) fn encode(&self, end_offset: i64) -> Vec<u8> {
        let mut out = Vec::with_capacity(18 + self.entries.len() * (PRODUCER_BYTES_MIN + BATCH_BYTES));
        out.extend_from_slice(&VERSION.to_be_bytes());
        out.extend_from_slice(&[0; 4]);
        out.extend_from_slice(&end_offset.to_be_bytes());
        // `PRODUCERS_MAX` bounds it.
        out.extend_from_slice(&u32::try_from(self.entries.len()).unwrap_or(u32::MAX).to_be_bytes());
        for (producer_id, entry) in &self.entries {
            encode_entry(*producer_id, entry, &mut out);
        }
        let crc = crc32c(&out[6..]);
        out[2..6].copy_from_slice(&crc.to_be_bytes());
        out
    }

    /// The state and its end offset.
    ///
    /// # Errors
    ///
    /// [`SnapshotError`]: nothing of it is to be used.
    pub(crate) fn decode(bytes: &[u8]) -> Result<(Self, i64), SnapshotError> {
        let mut bytes = bytes;
        let version = u16::from_be_bytes(take(&mut bytes)?);
        if version != VERSION {
            return Err(SnapshotError::Version(version));
        }
        let crc = u32::from_be_bytes(take(&mut bytes)?);
        if crc32c(bytes) != crc {
            return Err(SnapshotError::Damaged("its CRC is not that of its bytes"));
        }
        let end_offset = i64::from_be_bytes(take(&mut bytes)?);
        let count = u32::from_be_bytes(take(&mut bytes)?);
        let mut producers =
            Self { entries: HashMap::new(), open: BTreeMap::new(), unsynced: BTreeMap::new() };
        for _ in 0..count {
            let (producer_id, entry) = decode_entry(&mut bytes)?;
            if let Some(first_offset) = entry.transaction_first_offset
                && (first_offset >= end_offset || producers.open.insert(first_offset, producer_id).is_some())
            {
                return Err(SnapshotError::Damaged(
                    "two transactions begin at one offset, or one behind the end",
                ));
            }
            if producers.entries.insert(producer_id, entry).is_some() {
                return Err(SnapshotError::Damaged("a producer is in it twice"));
            }
        }
        if !bytes.is_empty() {
            return Err(SnapshotError::Damaged("bytes follow its last producer"));
        }
        Ok((producers, end_offset))
    }
}

fn encode_entry(producer_id: i64, entry: &Entry, out: &mut Vec<u8>) {
    out.extend_from_slice(&producer_id.to_be_bytes());
    out.extend_from_slice(&entry.epoch.to_be_bytes());
    out.extend_from_slice(&entry.coordinator_epoch.to_be_bytes());
    out.extend_from_slice(&entry.transaction_first_offset.unwrap_or(-1).to_be_bytes());
    out.extend_from_slice(&entry.last_timestamp_ms.to_be_bytes());
    out.extend_from_slice(&entry.last_seen_ms.to_be_bytes());
    out.push(u8::try_from(entry.batches().len()).unwrap_or(u8::MAX));
    for batch in entry.batches() {
        out.extend_from_slice(&batch.last_offset.to_be_bytes());
        out.extend_from_slice(&batch.timestamp_ms.to_be_bytes());
        out.extend_from_slice(&batch.last_offset_delta.to_be_bytes());
        out.extend_from_slice(&batch.last_sequence.to_be_bytes());
    }
}

fn decode_entry(bytes: &mut &[u8]) -> Result<(i64, Entry), SnapshotError> {
    let producer_id = i64::from_be_bytes(take(bytes)?);
    let mut entry = Entry::new(0);
    entry.epoch = i16::from_be_bytes(take(bytes)?);
    entry.coordinator_epoch = i32::from_be_bytes(take(bytes)?);
    let first_offset = i64::from_be_bytes(take(bytes)?);
    entry.transaction_first_offset = (first_offset >= 0).then_some(first_offset);
    entry.last_timestamp_ms = i64::from_be_bytes(take(bytes)?);
    entry.last_seen_ms = i64::from_be_bytes(take(bytes)?);
    let [count] = take(bytes)?;
    if usize::from(count) > BATCHES_MAX {
        return Err(SnapshotError::Damaged("a producer has more than five batches"));
    }
    for _ in 0..count {
        entry.push(Written {
            last_offset: i64::from_be_bytes(take(bytes)?),
            timestamp_ms: i64::from_be_bytes(take(bytes)?),
            last_offset_delta: i32::from_be_bytes(take(bytes)?),
            last_sequence: i32::from_be_bytes(take(bytes)?),
        });
    }
    Ok((producer_id, entry))
}

fn take<const N: usize>(bytes: &mut &[u8]) -> Result<[u8; N], SnapshotError> {
    let (taken, rest) =
        bytes.split_first_chunk::<N>().ok_or(SnapshotError::Damaged("it ends within a producer"))?;
    *bytes = rest;
    Ok(*taken)
}

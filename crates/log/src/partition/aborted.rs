//! The index of aborted transactions of a partition: what a fetch under read_committed is told to leave out.
//!
//! In memory, 32 bytes for each, in the order of their markers; what retention or compaction has removed from the log
//! goes from here too. As bytes it is one file:
//!
//! ```text
//! version u16 | CRC-32C of all that follows u32 | transactions u32
//!     | for each: producer id i64, first offset i64, offset of the marker i64, last stable offset then i64
//! ```

use watershed_protocol::batch::crc32c;

const VERSION: u16 = 1;
const ENTRY_BYTES: usize = 4 * 8;
const HEAD_BYTES: usize = 2 + 4 + 4;

/// An aborted transaction, as a fetch under read_committed names it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct AbortedTransaction {
    pub(crate) producer_id: i64,
    pub(crate) first_offset: i64,
    /// Of its marker.
    pub(crate) last_offset: i64,
    /// The last stable offset when the marker was written, which is at most `last_offset + 1`.
    pub(crate) last_stable_offset: i64,
}

/// The aborted transactions of a partition, by the offsets of their markers.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(crate) struct AbortedIndex {
    entries: Vec<AbortedTransaction>,
}

/// Why an index is not used. The log itself says the same: read it again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum IndexError {
    #[error("version {0} of the index of aborted transactions is not known here: a newer Watershed wrote it")]
    Version(u16),
    #[error("the index of aborted transactions is damaged: {0}")]
    Damaged(&'static str),
}

impl AbortedIndex {
    /// Adds a transaction. One that is there already, because a log is read again, changes nothing.
    pub(crate) fn append(&mut self, transaction: AbortedTransaction) {
        match self.entries.last() {
            Some(last) if last.last_offset >= transaction.last_offset => {}
            _ => self.entries.push(transaction),
        }
    }

    /// The transactions of which a record may lie in `from..to`; a few more may be among them, which a consumer
    /// passes over: it looks at the markers too.
    pub(crate) fn overlapping(&self, from: i64, to: i64) -> Vec<AbortedTransaction> {
        let start = self.entries.partition_point(|entry| entry.last_offset < from);
        let mut found = Vec::new();
        for entry in &self.entries[start..] {
            if entry.first_offset < to {
                found.push(*entry);
            }
            // When this marker was written, everything below its last stable offset was decided: what comes later
            // began at or behind it.
            if entry.last_stable_offset >= to {
                break;
            }
        }
        found
    }

    /// Forgets transactions that ended before `offset`, the new start of the log.
    pub(crate) fn delete_before(&mut self, offset: i64) {
        let gone = self.entries.partition_point(|entry| entry.last_offset < offset);
        self.entries.drain(..gone);
    }

    /// Forgets transactions with a marker at or behind `offset`: the log was cut there.
    pub(crate) fn truncate(&mut self, offset: i64) {
        let kept = self.entries.partition_point(|entry| entry.last_offset < offset);
        self.entries.truncate(kept);
    }

    /// Forgets the transactions with these markers, which compaction removed.
    pub(crate) fn remove_markers(&mut self, marker_offsets: &[i64]) {
        let gone: std::collections::HashSet<i64> = marker_offsets.iter().copied().collect();
        self.entries.retain(|entry| !gone.contains(&entry.last_offset));
    }

    /// All, by the offsets of their markers.
    pub(crate) fn entries(&self) -> &[AbortedTransaction] {
        &self.entries
    }

    pub(crate) fn encode(&self) -> Vec<u8> {
        let mut out = Vec::with_capacity(HEAD_BYTES + self.entries.len() * ENTRY_BYTES);
        out.extend_from_slice(&VERSION.to_be_bytes());
        out.extend_from_slice(&[0; 4]);
        // 2^32 of them would take 128 GB of memory.
        out.extend_from_slice(&u32::try_from(self.entries.len()).unwrap_or(u32::MAX).to_be_bytes());
        for entry in &self.entries {
            for field in [entry.producer_id, entry.first_offset, entry.last_offset, entry.last_stable_offset]
            {
                out.extend_from_slice(&field.to_be_bytes());
            }
        }
        let crc = crc32c(&out[6..]);
        out[2..6].copy_from_slice(&crc.to_be_bytes());
        out
    }

    /// # Errors
    ///
    /// [`IndexError`]: nothing of it is to be used.
    pub(crate) fn decode(bytes: &[u8]) -> Result<Self, IndexError> {
        let Some((&[v0, v1, c0, c1, c2, c3], signed)) = bytes.split_first_chunk() else {
            return Err(IndexError::Damaged("it is shorter than its head"));
        };
        let version = u16::from_be_bytes([v0, v1]);
        if version != VERSION {
            return Err(IndexError::Version(version));
        }
        if crc32c(signed) != u32::from_be_bytes([c0, c1, c2, c3]) {
            return Err(IndexError::Damaged("its CRC is not that of its bytes"));
        }
        let Some((count, body)) = signed.split_first_chunk::<4>() else {
            return Err(IndexError::Damaged("it is shorter than its head"));
        };
        let (chunks, rest) = body.as_chunks::<ENTRY_BYTES>();
        if !rest.is_empty() || usize::try_from(u32::from_be_bytes(*count)) != Ok(chunks.len()) {
            return Err(IndexError::Damaged("its size is not that of its transactions"));
        }
        let entries: Vec<AbortedTransaction> = chunks.iter().map(decode_entry).collect();
        if !entries.is_sorted_by(|a, b| a.last_offset < b.last_offset) {
            return Err(IndexError::Damaged("its transactions are not in order"));
        }
        Ok(Self { entries })
    }
}

fn decode_entry(bytes: &[u8; ENTRY_BYTES]) -> AbortedTransaction {
    let (fields, _) = bytes.as_chunks::<8>();
    let field = |index: usize| fields.get(index).map_or(-1, |field| i64::from_be_bytes(*field));
    AbortedTransaction {
        producer_id: field(0),
        first_offset: field(1),
        last_offset: field(2),
        last_stable_offset: field(3),
    }
}

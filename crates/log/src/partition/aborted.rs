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
    #[cfg(test)]
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
    #[cfg(test)]
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

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn aborted(producer_id: i64, first: i64, last: i64, stable: i64) -> AbortedTransaction {
        AbortedTransaction { producer_id, first_offset: first, last_offset: last, last_stable_offset: stable }
    }

    fn index(entries: &[AbortedTransaction]) -> AbortedIndex {
        let mut index = AbortedIndex::default();
        for entry in entries {
            index.append(*entry);
        }
        index
    }

    #[test]
    fn a_query_gives_what_lies_in_its_range() {
        // Producer 2 begins inside of producer 1's and ends first.
        let index = index(&[aborted(2, 5, 8, 3), aborted(1, 3, 10, 11), aborted(1, 20, 22, 23)]);
        let check = |from, to, expect: &[i64]| {
            let firsts: Vec<i64> =
                index.overlapping(from, to).iter().map(|entry| entry.first_offset).collect();
            assert_eq!(firsts, expect, "{from}..{to}");
        };
        check(0, 3, &[]);
        check(0, 4, &[3]);
        check(0, 6, &[5, 3]);
        check(9, 12, &[3]);
        check(10, 21, &[3, 20]);
        check(11, 20, &[]);
        check(22, 30, &[20]);
        check(23, 30, &[]);
    }

    #[test]
    fn reading_a_log_again_adds_nothing_twice() {
        let entries = [aborted(2, 5, 8, 3), aborted(1, 3, 10, 11)];
        let mut twice = index(&entries);
        for entry in entries {
            twice.append(entry);
        }
        assert_eq!(twice, index(&entries));
    }

    #[test]
    fn what_is_deleted_cut_or_compacted_goes() {
        let all = index(&[aborted(2, 5, 8, 3), aborted(1, 3, 10, 11), aborted(1, 20, 22, 23)]);
        let check = |change: &dyn Fn(&mut AbortedIndex), expect: &[i64]| {
            let mut index = all.clone();
            change(&mut index);
            assert_eq!(index.entries().iter().map(|entry| entry.last_offset).collect::<Vec<_>>(), expect);
        };
        check(&|index| index.delete_before(8), &[8, 10, 22]);
        check(&|index| index.delete_before(9), &[10, 22]);
        check(&|index| index.truncate(22), &[8, 10]);
        check(&|index| index.truncate(23), &[8, 10, 22]);
        check(&|index| index.remove_markers(&[10, 11]), &[8, 22]);
    }

    #[test]
    fn a_damaged_index_is_refused_wherever_the_damage_is() {
        let bytes = index(&[aborted(2, 5, 8, 3), aborted(1, 3, 10, 11)]).encode();
        for position in 0..bytes.len() {
            let mut damaged = bytes.clone();
            damaged[position] ^= 4;
            assert!(AbortedIndex::decode(&damaged).is_err(), "byte {position}");
            assert!(AbortedIndex::decode(&bytes[..position]).is_err(), "cut at {position}");
        }
        assert!(AbortedIndex::decode(&[&bytes[..], &[0; 32]].concat()).is_err());
    }

    /// Transactions of several producers: who begins at each offset, and who is ended there.
    fn history() -> impl Strategy<Value = Vec<AbortedTransaction>> {
        prop::collection::vec((0..4_usize, any::<bool>()), 0..60).prop_map(|steps| {
            let mut open = [None; 4];
            let mut ended = Vec::new();
            for (offset, (producer, end)) in (0_i64..).zip(steps) {
                match open[producer] {
                    None => open[producer] = Some(offset),
                    Some(first) if end => {
                        open[producer] = None;
                        let stable = open.iter().flatten().min().copied().unwrap_or(offset + 1);
                        ended.push(aborted(producer as i64, first, offset, stable));
                    }
                    Some(_) => {}
                }
            }
            ended
        })
    }

    proptest! {
        #[test]
        fn a_query_misses_nothing_and_bytes_come_back(history in history(), from in 0..60_i64, length in 1..30_i64) {
            let to = from + length;
            let index = index(&history);
            let found = index.overlapping(from, to);
            let expect: Vec<_> =
                history.iter().filter(|t| t.first_offset < to && t.last_offset >= from).copied().collect();
            prop_assert_eq!(found, expect);
            prop_assert_eq!(AbortedIndex::decode(&index.encode()).unwrap(), index);
        }
    }
}

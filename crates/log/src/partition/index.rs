//! The sparse index of a segment: from an offset, a time or a number of bytes to a place in the file.
//!
//! It lives in memory while a segment is written, and in a file beside it afterwards. The file is a convenience: its
//! checksum and the size of what it covers are checked, and it is made again from the segment when they are wrong.
//!
//! An entry stands for a batch; entries are at least `index.interval.bytes` apart.

use watershed_protocol::batch::crc32c;

const MAGIC: &[u8; 4] = b"WSix";
const VERSION: u32 = 1;
const HEAD_BYTES: usize = 40; // magic, crc, version, count, covered bytes, max timestamp, next offset
const ENTRY_BYTES: usize = 16;

/// Where a batch begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Entry {
    /// The batch's base offset less the segment's.
    pub(crate) offset_delta: u32,
    /// In the file.
    pub(crate) position: u32,
    /// The largest time of a record in the batches before this one.
    pub(crate) max_before_ms: i64,
}

/// The index of one segment, or of its first bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Index {
    entries: Vec<Entry>,
    /// Up to here the file was looked at; the end of a batch.
    pub(crate) covered_bytes: u64,
    /// The largest time of a record in these bytes; -1 if they hold none.
    pub(crate) max_timestamp_ms: i64,
    /// The offset behind the last batch in these bytes.
    pub(crate) next_offset: i64,
}

impl Index {
    /// Of a segment that is empty.
    pub(crate) fn new(base_offset: i64) -> Self {
        Self { entries: Vec::new(), covered_bytes: 0, max_timestamp_ms: -1, next_offset: base_offset }
    }

    /// Takes note of a batch at `position`, which is behind all that were noted before.
    pub(crate) fn add(&mut self, batch: &Noted, base_offset: i64, interval_bytes: u64) {
        let far_enough = self
            .entries
            .last()
            .is_none_or(|last| batch.position >= u64::from(last.position).saturating_add(interval_bytes));
        let place = (u32::try_from(batch.base_offset - base_offset), u32::try_from(batch.position));
        if far_enough && let (Ok(offset_delta), Ok(position)) = place {
            self.entries.push(Entry { offset_delta, position, max_before_ms: self.max_timestamp_ms });
        }
        self.covered_bytes = batch.position + batch.size_bytes;
        self.max_timestamp_ms = self.max_timestamp_ms.max(batch.max_timestamp_ms);
        self.next_offset = batch.last_offset + 1;
    }

    /// From where to look for the batch that holds the offset `base_offset + delta`, or the first one behind it.
    pub(crate) fn before_offset(&self, delta: i64) -> Start {
        self.before(|entry| i64::from(entry.offset_delta) <= delta)
    }

    /// From where to look for the last batch that begins at or before `position`.
    pub(crate) fn before_position(&self, position: u64) -> Start {
        self.before(|entry| u64::from(entry.position) <= position)
    }

    /// From where to look for the first batch with a record at or after a time.
    pub(crate) fn before_time(&self, timestamp_ms: i64) -> Start {
        self.before(|entry| entry.max_before_ms < timestamp_ms)
    }

    /// The offset, less the segment's base offset, of a batch at `position` or a little behind it; `None` if none is known.
    pub(crate) fn at_or_after_position(&self, position: u64) -> Option<i64> {
        let at = self.entries.partition_point(|entry| u64::from(entry.position) < position);
        self.entries.get(at).map(|entry| i64::from(entry.offset_delta))
    }

    fn before(&self, is_before: impl Fn(&Entry) -> bool) -> Start {
        match self.entries.partition_point(is_before).checked_sub(1).and_then(|last| self.entries.get(last)) {
            Some(entry) => {
                let (position, offset_delta) = (u64::from(entry.position), i64::from(entry.offset_delta));
                Start { position, offset_delta, max_before_ms: entry.max_before_ms }
            }
            None => Start { position: 0, offset_delta: 0, max_before_ms: -1 },
        }
    }

    /// The last entry: its offset less the segment's, and where it points to.
    pub(crate) fn last_entry(&self) -> Option<(i64, u64)> {
        self.entries.last().map(|entry| (i64::from(entry.offset_delta), u64::from(entry.position)))
    }

    /// Forgets what lies at or behind `position`. The time and offset of the rest are not known any more: what looks
    /// at the segment from `covered_bytes` on makes them right.
    pub(crate) fn cut(&mut self, position: u64, base_offset: i64) {
        let keep = self.entries.partition_point(|entry| u64::from(entry.position) < position);
        match keep.checked_sub(1).map(|last| self.entries[last]) {
            Some(last) => {
                // The entry itself is noted again.
                self.entries.truncate(keep - 1);
                self.covered_bytes = u64::from(last.position);
                self.max_timestamp_ms = last.max_before_ms;
                self.next_offset = base_offset + i64::from(last.offset_delta);
            }
            None => *self = Self::new(base_offset),
        }
    }

    /// As a file.
    pub(crate) fn encode(&self) -> Vec<u8> {
        let mut out = Vec::with_capacity(HEAD_BYTES + self.entries.len() * ENTRY_BYTES);
        out.extend_from_slice(MAGIC);
        out.extend_from_slice(&[0; 4]);
        out.extend_from_slice(&VERSION.to_be_bytes());
        out.extend_from_slice(&u32::try_from(self.entries.len()).unwrap_or(u32::MAX).to_be_bytes());
        out.extend_from_slice(&self.covered_bytes.to_be_bytes());
        out.extend_from_slice(&self.max_timestamp_ms.to_be_bytes());
        out.extend_from_slice(&self.next_offset.to_be_bytes());
        for entry in &self.entries {
            out.extend_from_slice(&entry.offset_delta.to_be_bytes());
            out.extend_from_slice(&entry.position.to_be_bytes());
            out.extend_from_slice(&entry.max_before_ms.to_be_bytes());
        }
        let crc = crc32c(&out[8..]);
        out[4..8].copy_from_slice(&crc.to_be_bytes());
        out
    }

    /// From a file; `None` if that is damaged.
    pub(crate) fn decode(bytes: &[u8]) -> Option<Self> {
        let rest = bytes.strip_prefix(MAGIC)?;
        let (crc, rest) = rest.split_first_chunk::<4>()?;
        if crc32c(rest) != u32::from_be_bytes(*crc) {
            return None;
        }
        let (version, rest) = rest.split_first_chunk::<4>()?;
        let (count, rest) = rest.split_first_chunk::<4>()?;
        let (covered_bytes, rest) = rest.split_first_chunk::<8>()?;
        let (max_timestamp_ms, rest) = rest.split_first_chunk::<8>()?;
        let (next_offset, rest) = rest.split_first_chunk::<8>()?;
        let (entries, odd) = rest.as_chunks::<ENTRY_BYTES>();
        let count = usize::try_from(u32::from_be_bytes(*count)).ok()?;
        if u32::from_be_bytes(*version) != VERSION || !odd.is_empty() || entries.len() != count {
            return None;
        }
        let entries = entries
            .iter()
            .map(|[a, b, c, d, e, f, g, h, time @ ..]| Entry {
                offset_delta: u32::from_be_bytes([*a, *b, *c, *d]),
                position: u32::from_be_bytes([*e, *f, *g, *h]),
                max_before_ms: i64::from_be_bytes(*time),
            })
            .collect();
        Some(Self {
            entries,
            covered_bytes: u64::from_be_bytes(*covered_bytes),
            max_timestamp_ms: i64::from_be_bytes(*max_timestamp_ms),
            next_offset: i64::from_be_bytes(*next_offset),
        })
    }

    /// Where the entries point to, in order.
    #[cfg(test)]
    fn positions(&self) -> Vec<u32> {
        self.entries.iter().map(|entry| entry.position).collect()
    }
}

/// Where a search in a segment begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Start {
    pub(crate) position: u64,
    /// The offset of the batch there, or a smaller one, less the segment's.
    pub(crate) offset_delta: i64,
    /// The largest time of a record before it; -1 for none.
    pub(crate) max_before_ms: i64,
}

/// What an index takes note of.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Noted {
    pub(crate) position: u64,
    pub(crate) size_bytes: u64,
    pub(crate) base_offset: i64,
    pub(crate) last_offset: i64,
    pub(crate) max_timestamp_ms: i64,
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Batches of 100 bytes and 10 offsets; times go up by 5 but for the third, which is far ahead.
    fn index(interval_bytes: u64) -> Index {
        let mut index = Index::new(1000);
        for number in 0..10_u32 {
            let batch = Noted {
                position: u64::from(number) * 100,
                size_bytes: 100,
                base_offset: 1000 + i64::from(number) * 10,
                last_offset: 1009 + i64::from(number) * 10,
                max_timestamp_ms: if number == 2 { 1000 } else { i64::from(number) * 5 },
            };
            index.add(&batch, 1000, interval_bytes);
        }
        index
    }

    #[test]
    fn entries_are_an_interval_apart() {
        assert_eq!(index(0).positions(), [0, 100, 200, 300, 400, 500, 600, 700, 800, 900]);
        assert_eq!(index(250).positions(), [0, 300, 600, 900]);
        assert_eq!(index(10_000).positions(), [0]);
    }

    #[test]
    fn a_lookup_begins_at_or_before_what_is_looked_for() {
        let index = index(250);
        for (delta, expect) in [(0, 0), (29, 0), (30, 300), (59, 300), (60, 600), (1000, 900)] {
            assert_eq!(index.before_offset(delta).position, expect, "offset {delta}");
        }
        for (position, expect) in [(0, 0), (299, 0), (300, 300), (5000, 900)] {
            assert_eq!(index.before_position(position).position, expect, "position {position}");
        }
        // The batch at 200 has the time 1000, so that nothing behind it is needed for a time up to that.
        for (time, expect) in [(-5, 0), (0, 0), (10, 0), (1000, 0), (1001, 900)] {
            assert_eq!(index.before_time(time).position, expect, "time {time}");
        }
    }

    #[test]
    fn an_encoded_index_comes_back_and_a_damaged_one_does_not() {
        let index = index(150);
        let bytes = index.encode();
        assert_eq!(Index::decode(&bytes), Some(index));
        for at in 0..bytes.len() {
            let mut damaged = bytes.clone();
            damaged[at] ^= 0x40;
            assert_eq!(Index::decode(&damaged), None, "byte {at}");
            assert_eq!(Index::decode(&bytes[..at]), None, "cut at {at}");
        }
    }

    #[test]
    fn a_cut_index_goes_on_where_its_last_entry_was() {
        let mut index = index(250);
        index.cut(450, 1000);
        assert_eq!(index.positions(), [0]);
        assert_eq!((index.covered_bytes, index.next_offset, index.max_timestamp_ms), (300, 1030, 1000));
        index.cut(0, 1000);
        assert_eq!(index, Index::new(1000));
    }
}

//! Offsets by time, and by leader epoch: what ListOffsets and OffsetForLeaderEpoch ask.
//!
//! A time is looked up in the index, then in batch headers, and only in the one batch that holds it in records.

use std::io;
use std::sync::Arc;

use watershed_protocol::batch::{BatchReader, RawBatch};

use super::index::Index;
use super::log::PartitionLog;
use super::read::{ReadBound, ReadError};
use super::segment::Segment;
use super::validate::DECOMPRESSED_BYTES_MAX;
use super::walk::{Check, Found, Step, Walk};

/// Indexes of closed segments that are kept in memory after a look into them.
const INDEXES_MAX: usize = 4;

/// A record's place and time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct TimedOffset {
    pub(crate) offset: i64,
    pub(crate) timestamp_ms: i64,
    /// -1 if not known.
    pub(crate) leader_epoch: i32,
}

impl PartitionLog {
    /// The first record below the bound whose time is `timestamp_ms` or later (ListOffsets with a time).
    ///
    /// # Errors
    ///
    /// [`ReadError::Disk`].
    pub(crate) fn offset_for_time(
        &self,
        timestamp_ms: i64,
        bound: ReadBound,
    ) -> Result<Option<TimedOffset>, ReadError> {
        for segment in &self.segments {
            if self.max_timestamp_of(segment)? >= timestamp_ms
                && let Some(found) = self.first_at_or_after(segment, timestamp_ms)?
            {
                return Ok(Some(found).filter(|found| found.offset < self.bound(bound)));
            }
        }
        Ok(None)
    }

    /// The first record with the largest time (ListOffsets with -3), if it is below the bound.
    ///
    /// # Errors
    ///
    /// [`ReadError::Disk`].
    pub(crate) fn max_timestamp(&self, bound: ReadBound) -> Result<Option<TimedOffset>, ReadError> {
        let mut largest: Option<(i64, &Segment)> = None;
        for segment in &self.segments {
            let timestamp_ms = self.max_timestamp_of(segment)?;
            if timestamp_ms >= 0 && largest.is_none_or(|largest| largest.0 < timestamp_ms) {
                largest = Some((timestamp_ms, segment));
            }
        }
        let Some((timestamp_ms, segment)) = largest else { return Ok(None) };
        let found = self.first_at_or_after(segment, timestamp_ms)?;
        Ok(found.filter(|found| found.offset < self.bound(bound)))
    }

    /// The last epoch that is at most `epoch`, and the offset where it ended; `None` if that is not known, or the epoch
    /// is one that has not been (OffsetForLeaderEpoch).
    pub(crate) fn end_offset_for_epoch(&self, epoch: i32) -> Option<(i32, i64)> {
        self.epochs.end_of(epoch, self.end.offset)
    }

    /// The leader epoch of the record at an offset; -1 if not known.
    pub(crate) fn epoch_of(&self, offset: i64) -> i32 {
        self.epochs.of(offset).unwrap_or(-1)
    }

    /// The largest time in a segment; -1 for none.
    pub(super) fn max_timestamp_of(&self, segment: &Segment) -> io::Result<i64> {
        match segment.known_max_timestamp_ms() {
            Some(known) => Ok(known),
            None => Ok(self.index_of(segment)?.max_timestamp_ms),
        }
    }

    /// The index of a segment. Those of a few closed ones stay in memory.
    pub(super) fn index_of(&self, segment: &Segment) -> io::Result<Arc<Index>> {
        if let Some(index) = segment.index_in_memory() {
            return Ok(index);
        }
        let index = Arc::new(segment.index_up_to(
            &*self.disk,
            segment.size_bytes,
            self.config.index_interval_bytes,
        )?);
        segment.set_index(Arc::clone(&index));
        let mut loaded = self.loaded_indexes.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        loaded.push_back(segment.base_offset);
        if loaded.len() > INDEXES_MAX
            && let Some(oldest) = loaded.pop_front()
            && let Ok(at) = self.segments.binary_search_by_key(&oldest, |segment| segment.base_offset)
            && at + 1 < self.segments.len()
        {
            self.segments[at].forget_index();
        }
        Ok(index)
    }

    fn first_at_or_after(
        &self,
        segment: &Segment,
        timestamp_ms: i64,
    ) -> Result<Option<TimedOffset>, ReadError> {
        let start = self.index_of(segment)?.before_time(timestamp_ms);
        let check = Check::Unless(&segment.verified);
        let part = (start.position, segment.size_bytes);
        let offset_min = segment.base_offset + start.offset_delta;
        let mut walk = Walk::new(&*segment.file, check, part, offset_min, segment.base_offset)
            .below(self.end_of(segment));
        loop {
            match walk.step()? {
                Step::Batch(found) => {
                    let header = &found.header;
                    if header.max_timestamp_ms >= timestamp_ms
                        && header.last_offset() >= self.log_start
                        && let Some((offset, timestamp_ms)) =
                            record_at_or_after(&walk.bytes(&found)?, &found, timestamp_ms, self.log_start)
                    {
                        let leader_epoch = header.leader_epoch;
                        return Ok(Some(TimedOffset { offset, timestamp_ms, leader_epoch }));
                    }
                }
                Step::Damaged { .. } => {}
                Step::End => return Ok(None),
            }
        }
    }
}

/// Offset and time of the first record in a batch that is not before a time, nor before an offset.
fn record_at_or_after(bytes: &[u8], found: &Found, timestamp_ms: i64, offset_min: i64) -> Option<(i64, i64)> {
    let batch = RawBatch::parse(bytes).ok()?.validate().ok()?;
    let mut reader = BatchReader::new(DECOMPRESSED_BYTES_MAX);
    // What cannot be taken apart is named as a whole: its reader begins there and sees for itself.
    let whole = (found.header.base_offset.max(offset_min), found.header.max_timestamp_ms);
    let Ok(records) = reader.records(&batch) else { return Some(whole) };
    for record in records {
        let Ok(record) = record else { return Some(whole) };
        if record.timestamp_ms >= timestamp_ms && record.offset >= offset_min {
            return Some((record.offset, record.timestamp_ms));
        }
    }
    None
}

#[cfg(test)]
mod tests;

//! Offsets by time, and by leader epoch: what ListOffsets and OffsetForLeaderEpoch ask.
//!
//! A time is looked up in the index, then in batch headers, and only in the one batch that holds it in records.

use std::io;
use std::sync::Arc;

use watershed_protocol::batch::{BatchReader, RawBatch};

use super::checkpoint::replace;
use super::handle::Partition;
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

/// What a look into the log needs to have in memory.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Needs {
    /// The index of the segment that holds this offset.
    Offset(i64),
    /// The largest time in each segment.
    Times,
}

impl Partition {
    /// Reads indexes from the disk, or makes them again, while nobody holds the log. Blocks.
    ///
    /// # Errors
    ///
    /// Those of the disk.
    pub(crate) fn load(&self, needs: Needs) -> io::Result<()> {
        loop {
            let (segment, disk, interval_bytes) = {
                let log = self.log();
                let Some(missing) = log.missing(needs) else { return Ok(()) };
                (missing.detached(), log.disk(), log.config.index_interval_bytes)
            };
            let in_file = segment.has_whole_index(&*disk)?;
            let index = segment.index_up_to(&*disk, segment.size_bytes, interval_bytes)?;
            self.log().loaded(&segment, Arc::new(index), in_file);
        }
    }
}

impl PartitionLog {
    /// Whether a look has all that it needs in memory.
    pub(crate) fn has(&self, needs: Needs) -> bool {
        self.missing(needs).is_none()
    }

    fn missing(&self, needs: Needs) -> Option<&Segment> {
        match needs {
            Needs::Offset(offset) => {
                let behind = self.segments.partition_point(|segment| segment.base_offset <= offset);
                let holds = self.segments.get(behind.checked_sub(1)?)?;
                Some(holds).filter(|segment| segment.index_in_memory().is_none())
            }
            Needs::Times => self.segments.iter().find(|segment| segment.known_max_timestamp_ms().is_none()),
        }
    }

    /// Takes the index of a closed segment, if that is still there. One that is not `in_file` is written there.
    fn loaded(&self, detached: &Segment, index: Arc<Index>, in_file: bool) {
        let at = self.segments.binary_search_by_key(&detached.base_offset, |segment| segment.base_offset);
        let Ok(segment) = at.map(|at| &self.segments[at]) else { return };
        if !Arc::ptr_eq(&segment.file, &detached.file) || segment.size_bytes != detached.size_bytes {
            return;
        }
        if !in_file && !self.swapping && self.closed.is_none() {
            // Without a sync, as always: damage to it is noticed.
            if let Err(error) = replace(&*self.disk, &segment.index_path(), &index.encode(), false) {
                tracing::debug!(file = %segment.index_path().display(), %error, "an index was not written");
            }
        }
        self.keep_index(segment, &index);
    }

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

    /// The first record with the largest time of those below the bound (ListOffsets with -3).
    ///
    /// # Errors
    ///
    /// [`ReadError::Disk`].
    pub(crate) fn max_timestamp(&self, bound: ReadBound) -> Result<Option<TimedOffset>, ReadError> {
        let end_offset = self.bound(bound);
        let mut largest: Option<(i64, &Segment)> = None;
        for (at, segment) in self.segments.iter().enumerate() {
            if segment.base_offset >= end_offset {
                break;
            }
            let timestamp_ms = if self.end_of(segment) <= end_offset {
                self.max_timestamp_of(segment)?
            } else {
                self.max_timestamp_below(at, end_offset)?
            };
            if timestamp_ms >= 0 && largest.is_none_or(|largest| largest.0 < timestamp_ms) {
                largest = Some((timestamp_ms, segment));
            }
        }
        let Some((timestamp_ms, segment)) = largest else { return Ok(None) };
        let found = self.first_at_or_after(segment, timestamp_ms)?;
        Ok(found.filter(|found| found.offset < end_offset))
    }

    /// The largest time in a segment's batches that end below an offset; -1 for none.
    fn max_timestamp_below(&self, at: usize, end_offset: i64) -> Result<i64, ReadError> {
        let segment = &self.segments[at];
        let start = self.index_of(segment)?.before_offset(end_offset - segment.base_offset);
        let mut largest = start.max_before_ms;
        let limit = self.limit_in(at, end_offset)?;
        let mut walk = self.walk_from(segment, end_offset, limit)?;
        loop {
            match walk.step()? {
                Step::Batch(found) => largest = largest.max(found.header.max_timestamp_ms),
                Step::Damaged { .. } => {}
                Step::End => return Ok(largest),
            }
        }
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
        let interval_bytes = self.config.index_interval_bytes;
        let index = Arc::new(segment.index_up_to(&*self.disk, segment.size_bytes, interval_bytes)?);
        self.keep_index(segment, &index);
        Ok(index)
    }

    fn keep_index(&self, segment: &Segment, index: &Arc<Index>) {
        segment.set_index(Arc::clone(index));
        let mut loaded = self.loaded_indexes.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        loaded.push_back(segment.base_offset);
        if loaded.len() > INDEXES_MAX
            && let Some(oldest) = loaded.pop_front()
            && let Ok(at) = self.segments.binary_search_by_key(&oldest, |segment| segment.base_offset)
            && at + 1 < self.segments.len()
        {
            self.segments[at].forget_index();
        }
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

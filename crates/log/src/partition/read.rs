//! Finding what a fetch may have: a range of whole batches in one segment file. Records are not read.
//!
//! What this process neither wrote nor checked before is checked once before it is handed out, so that damage in old
//! files is never served. The check reads the bytes: it is a step of its own ([`Range::checked`]), for which nobody
//! has to hold the partition.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::log::PartitionLog;
use super::segment::Segment;
use super::walk::{Check, Found, Step, Verified, Walk};
use crate::disk::DiskFile;

/// Up to where a reader may see.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ReadBound {
    /// What is on the disk: clients under read_uncommitted.
    HighWatermark,
    /// What no open transaction can change: clients under read_committed.
    LastStable,
    /// Everything, also what a power cut may take back: this broker itself.
    LogEnd,
}

/// A part of a file with whole batches.
#[derive(Debug, Clone)]
pub(crate) struct Slice {
    pub(crate) file: Arc<dyn DiskFile>,
    pub(crate) position: u64,
    pub(crate) bytes: usize,
    /// The base offset of the first batch, which may be less than what was asked for; what was asked for, if empty.
    pub(crate) first_offset: i64,
    /// All of its offsets are below this one, which is at most the bound.
    pub(crate) end_offset_max: i64,
    /// Whether more lies behind it that the reader may see: the limits cut it, or the end of a segment.
    pub(crate) more: bool,
}

/// Why nothing could be read.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ReadError {
    #[error("offset {offset} is not in the log, which has {log_start} to {log_end}")]
    OutOfRange { offset: i64, log_start: i64, log_end: i64 },
    /// Reading behind it goes on.
    #[error(
        "{} is damaged at byte {position}, where offset {offset} should be: {reason}; read on from a later offset, or \
         bring the file back from a copy",
        .path.display()
    )]
    Corrupt { path: PathBuf, position: u64, offset: i64, reason: &'static str },
    #[error("the disk refused a read: {0}")]
    Disk(#[from] io::Error),
}

/// What a read found, before its bytes are known to be right.
#[derive(Debug)]
pub(crate) struct Range {
    slice: Slice,
    verified: Arc<Verified>,
    path: PathBuf,
    segment_offset: i64,
    /// Of the segment.
    offset_end: i64,
}

impl Range {
    /// True if [`checked`](Self::checked) has nothing to read.
    pub(crate) fn is_checked(&self) -> bool {
        self.verified.has(self.slice.position, self.end()) || self.slice.bytes == 0
    }

    /// The range, of which every batch has the right checksum; shorter if damage follows.
    ///
    /// # Errors
    ///
    /// [`ReadError::Corrupt`] if the first batch is damaged; [`ReadError::Disk`].
    pub(crate) fn checked(mut self) -> Result<Slice, ReadError> {
        if self.is_checked() {
            return Ok(self.slice);
        }
        let part = (self.slice.position, self.end());
        let first = self.slice.first_offset;
        let mut walk =
            Walk::new(&*self.slice.file, Check::Unless(&self.verified), part, first, self.segment_offset)
                .below(self.offset_end);
        loop {
            match walk.step()? {
                Step::Batch(_) => {}
                Step::End => return Ok(self.slice),
                Step::Damaged { position, reason, .. } if position == part.0 => {
                    return Err(corrupt((&self.path, &self.verified), position, first, reason));
                }
                Step::Damaged { position, .. } => {
                    self.slice.more = true;
                    self.slice.bytes = usize::try_from(position - part.0).unwrap_or(0);
                    return Ok(self.slice);
                }
            }
        }
    }

    /// The offsets in it are below this one.
    pub(crate) fn end_offset_max(&self) -> i64 {
        self.slice.end_offset_max
    }

    fn end(&self) -> u64 {
        self.slice.position + self.slice.bytes as u64
    }
}

impl PartitionLog {
    /// Finds whole batches from the one that holds `from_offset` (or is the first behind it) on, in one segment, of
    /// `bytes_max` together; the first one also if it is larger and `at_least_one` is set. Empty at the bound.
    ///
    /// # Errors
    ///
    /// [`ReadError`].
    pub(crate) fn read(
        &self,
        from_offset: i64,
        bound: ReadBound,
        bytes_max: usize,
        at_least_one: bool,
    ) -> Result<Range, ReadError> {
        let end_offset = self.bound(bound);
        if from_offset < self.log_start || from_offset > self.end.offset {
            let (log_start, log_end) = (self.log_start, self.end.offset);
            return Err(ReadError::OutOfRange { offset: from_offset, log_start, log_end });
        }
        let behind = self.segments.partition_point(|segment| segment.base_offset <= from_offset);
        for at in behind.saturating_sub(1)..self.segments.len() {
            let segment = &self.segments[at];
            if from_offset >= end_offset || segment.base_offset >= end_offset {
                break;
            }
            let limit = self.limit_in(at, end_offset)?;
            if let Some(first) = self.locate(at, from_offset, limit)? {
                let end = self.cut(segment, &first, limit, bytes_max, at_least_one)?;
                let mut range = self.range(segment, (first.position, end), first.header.base_offset);
                let next = self.index_of(segment)?.at_or_after_position(end);
                let next = next.map_or(self.end_of(segment), |delta| segment.base_offset + delta);
                range.slice.end_offset_max = next.min(end_offset);
                range.slice.more = end < limit || self.end_of(segment) < end_offset;
                return Ok(range);
            }
        }
        let nothing = (self.active().size_bytes, self.active().size_bytes);
        Ok(self.range(self.active(), nothing, from_offset))
    }

    /// The offset where a reader's sight ends.
    pub(crate) fn bound(&self, bound: ReadBound) -> i64 {
        let offsets = self.offsets();
        match bound {
            ReadBound::HighWatermark => offsets.high_watermark,
            ReadBound::LastStable => offsets.last_stable,
            ReadBound::LogEnd => offsets.log_end,
        }
    }

    /// Up to where a segment holds offsets below `end_offset`.
    pub(super) fn limit_in(&self, at: usize, end_offset: i64) -> Result<u64, ReadError> {
        let segment = &self.segments[at];
        let next = self.segments.get(at + 1).map_or(self.end.offset, |next| next.base_offset);
        if end_offset >= next {
            return Ok(segment.size_bytes);
        }
        if self.synced.offset == end_offset && self.synced.segment == segment.base_offset {
            return Ok(self.synced.position);
        }
        let mut walk = self.walk_from(segment, end_offset, segment.size_bytes)?;
        loop {
            match walk.step()? {
                Step::Batch(found) if found.header.last_offset() >= end_offset => return Ok(found.position),
                Step::Batch(_) => {}
                // Nobody reads past damage in one go.
                Step::Damaged { resume: None, .. } | Step::End => return Ok(segment.size_bytes),
                Step::Damaged { .. } => {}
            }
        }
    }

    /// The first batch in a segment that ends at or behind `offset`, and begins before the position `limit`.
    pub(super) fn locate(&self, at: usize, offset: i64, limit: u64) -> Result<Option<Found>, ReadError> {
        let segment = &self.segments[at];
        let place = (segment.path.as_path(), &*segment.verified);
        let mut walk = self.walk_from(segment, offset, limit)?;
        let mut damage = None;
        loop {
            match walk.step()? {
                Step::Batch(found) => {
                    if let Some((position, reason)) = damage
                        && found.header.base_offset > offset
                    {
                        return Err(corrupt(place, position, offset, reason));
                    }
                    damage = None;
                    if found.header.last_offset() >= offset {
                        return Ok(Some(found));
                    }
                }
                Step::Damaged { position, reason, .. } => damage = Some((position, reason)),
                Step::End => {
                    return match damage {
                        Some((position, reason)) => Err(corrupt(place, position, offset, reason)),
                        None => Ok(None),
                    };
                }
            }
        }
    }

    /// Where a range that begins with the batch `first` ends: behind a batch, at most at `limit`.
    fn cut(
        &self,
        segment: &Segment,
        first: &Found,
        limit: u64,
        bytes_max: usize,
        at_least_one: bool,
    ) -> Result<u64, ReadError> {
        let wanted = first.position.saturating_add(bytes_max as u64);
        if limit <= wanted {
            return Ok(limit);
        }
        if first.end() > wanted {
            return Ok(if at_least_one { first.end() } else { first.position });
        }
        let start = self.index_of(segment)?.before_position(wanted);
        let (from, offset_min) = if start.position > first.position {
            (start.position, segment.base_offset + start.offset_delta)
        } else {
            (first.position, first.header.base_offset)
        };
        let check = Check::Unless(&segment.verified);
        let mut walk = Walk::new(&*segment.file, check, (from, limit), offset_min, segment.base_offset)
            .below(self.end_of(segment));
        loop {
            match walk.step()? {
                Step::Batch(found) if found.end() > wanted => return Ok(found.position),
                Step::Batch(_) => {}
                Step::Damaged { position, .. } => return Ok(position),
                Step::End => return Ok(limit),
            }
        }
    }

    /// A walk that begins at or before the batch with an offset.
    pub(super) fn walk_from<'a>(
        &self,
        segment: &'a Segment,
        offset: i64,
        limit: u64,
    ) -> io::Result<Walk<'a>> {
        let start = self.index_of(segment)?.before_offset(offset - segment.base_offset);
        let part = (start.position.min(limit), limit);
        let offset_min = segment.base_offset + start.offset_delta;
        let check = Check::Unless(&segment.verified);
        Ok(Walk::new(&*segment.file, check, part, offset_min, segment.base_offset)
            .below(self.end_of(segment)))
    }

    /// The offset behind the last one that a segment can hold.
    pub(super) fn end_of(&self, segment: &Segment) -> i64 {
        let next = self.segments.partition_point(|other| other.base_offset <= segment.base_offset);
        self.segments.get(next).map_or(self.end.offset, |next| next.base_offset)
    }

    fn range(&self, segment: &Segment, (from, to): (u64, u64), first_offset: i64) -> Range {
        Range {
            slice: Slice {
                file: Arc::clone(&segment.file),
                position: from,
                bytes: usize::try_from(to - from).unwrap_or(usize::MAX),
                first_offset,
                end_offset_max: first_offset,
                more: false,
            },
            verified: Arc::clone(&segment.verified),
            path: segment.path.clone(),
            segment_offset: segment.base_offset,
            offset_end: self.end_of(segment),
        }
    }
}

fn corrupt(
    (path, verified): (&Path, &Verified),
    position: u64,
    offset: i64,
    reason: &'static str,
) -> ReadError {
    if verified.is_news(position) {
        tracing::error!(file = %path.display(), position, offset, reason, "damaged bytes are not served");
    }
    ReadError::Corrupt { path: path.to_owned(), position, offset, reason }
}

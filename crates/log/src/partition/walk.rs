//! Going through a segment file batch by batch, and finding the way again behind damaged bytes.
//!
//! A batch's header is read, the records are not, unless the checksum has to be checked. Memory is one small window,
//! whatever a damaged length says.

use std::io;
use std::sync::{Mutex, MutexGuard, PoisonError};

use watershed_protocol::batch::{BatchError, BatchHeader, HEADER_BYTES, LENGTH_PREFIX_BYTES, RawBatch};

use super::index::Noted;
use crate::disk::DiskFile;

/// Bytes of a header that the checksum does not cover.
const CRC_START: u64 = 21;
/// What is read at once when only headers are looked at: most index intervals, with the header behind.
const HEADERS_BYTES: usize = 4096 + HEADER_BYTES;
/// What is read at once when all bytes are looked at.
const ALL_BYTES: usize = 128 << 10;

/// Which batches' checksums are checked.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Check<'a> {
    /// All.
    All,
    /// Those that were not checked before, nor written by this process. What is found right is noted.
    Unless(&'a Verified),
    /// None: headers only have to be plausible.
    None,
}

/// A batch's place and header.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Found {
    pub(crate) position: u64,
    pub(crate) size_bytes: u64,
    pub(crate) header: BatchHeader,
}

impl Found {
    /// Where the next batch begins.
    pub(crate) fn end(&self) -> u64 {
        self.position + self.size_bytes
    }

    pub(crate) fn noted(&self) -> Noted {
        Noted {
            position: self.position,
            size_bytes: self.size_bytes,
            base_offset: self.header.base_offset,
            last_offset: self.header.last_offset(),
            max_timestamp_ms: self.header.max_timestamp_ms,
        }
    }
}

/// What lies where the walk has come to.
#[derive(Debug)]
pub(crate) enum Step {
    Batch(Found),
    /// No batch can be read at `position`. The walk goes on at `resume`, where a batch with a right checksum begins; with
    /// `None` there is nothing more to read.
    Damaged {
        position: u64,
        resume: Option<u64>,
        reason: &'static str,
    },
    End,
}

/// A walk over the batches in a part of a file.
#[derive(Debug)]
pub(crate) struct Walk<'a> {
    file: &'a dyn DiskFile,
    check: Check<'a>,
    position: u64,
    end: u64,
    /// A smaller base offset is damage.
    offset_min: i64,
    /// So is a larger one.
    offset_max: i64,
    window: Vec<u8>,
    window_position: u64,
}

impl<'a> Walk<'a> {
    /// From `position`, where a batch begins, to `end`. Offsets of the batches are at least `offset_min`, which is the
    /// first one's if nothing was removed there, and less than 2^31 above `segment_offset`.
    pub(crate) fn new(
        file: &'a dyn DiskFile,
        check: Check<'a>,
        (position, end): (u64, u64),
        offset_min: i64,
        segment_offset: i64,
    ) -> Self {
        let offset_max = segment_offset.saturating_add(i64::from(i32::MAX));
        Self { file, check, position, end, offset_min, offset_max, window: Vec::new(), window_position: 0 }
    }

    /// The same, with all offsets below `offset_end`.
    pub(crate) fn below(mut self, offset_end: i64) -> Self {
        self.offset_max = self.offset_max.min(offset_end.saturating_sub(1));
        self
    }

    /// Where the next step will look.
    #[cfg(test)]
    pub(crate) fn position(&self) -> u64 {
        self.position
    }

    /// Goes on to the next batch.
    ///
    /// # Errors
    ///
    /// Those of the disk.
    pub(crate) fn step(&mut self) -> io::Result<Step> {
        if self.position >= self.end {
            return Ok(Step::End);
        }
        let reason = match self.plausible_at(self.position)? {
            Ok(found) if !self.is_right(&found)? => "its checksum is wrong",
            Ok(found) if self.overlaps(&found)? => "its offsets reach into those behind it",
            Ok(found) => {
                if let Check::Unless(verified) = self.check {
                    verified.add(found.position, found.end());
                }
                self.position = found.end();
                self.offset_min = found.header.last_offset().saturating_add(1);
                return Ok(Step::Batch(found));
            }
            Err(reason) => reason,
        };
        let position = self.position;
        let resume = self.find_next(position)?;
        self.position = resume.unwrap_or(self.end);
        Ok(Step::Damaged { position, resume, reason })
    }

    /// The whole batch, for one that has to be looked into.
    ///
    /// # Errors
    ///
    /// Those of the disk.
    pub(crate) fn bytes(&self, found: &Found) -> io::Result<Vec<u8>> {
        let mut bytes = vec![0; usize::try_from(found.size_bytes).map_err(io::Error::other)?];
        let read = self.file.read_at(&mut bytes, found.position)?;
        bytes.truncate(read);
        Ok(bytes)
    }

    /// The header at a position, if it is one and its batch fits in.
    fn plausible_at(&mut self, position: u64) -> io::Result<Result<Found, &'static str>> {
        let (offset_min, offset_max, left) = (self.offset_min, self.offset_max, self.end - position);
        let bytes = self.window_at(position, HEADER_BYTES)?;
        let Some(head) = bytes.first_chunk::<HEADER_BYTES>() else {
            return Ok(Err("the file ends inside its header"));
        };
        let header = match RawBatch::split_first(head) {
            Ok((batch, _)) => *batch.header(),
            Err(BatchError::Truncated { .. }) => match BatchHeader::read(head) {
                Ok(header) => header,
                Err(_) => return Ok(Err("its header makes no sense")),
            },
            Err(_) => return Ok(Err("its header makes no sense")),
        };
        // The length was checked to be that of a header at least.
        let size_bytes = u64::try_from(header.length_bytes).unwrap_or(0) + LENGTH_PREFIX_BYTES as u64;
        if size_bytes > left {
            return Ok(Err("the file ends inside it"));
        }
        if header.base_offset < offset_min || header.last_offset() > offset_max {
            return Ok(Err("its offsets do not follow those before it"));
        }
        Ok(Ok(Found { position, size_bytes, header }))
    }

    /// Whether the checksum is right, as far as it has to be checked.
    fn is_right(&mut self, found: &Found) -> io::Result<bool> {
        Ok(!self.must_check(found) || self.checksum(found)? == found.header.crc)
    }

    fn must_check(&self, found: &Found) -> bool {
        match self.check {
            Check::None => false,
            Check::Unless(verified) => !verified.has(found.position, found.end()),
            Check::All => true,
        }
    }

    /// The base offset is outside of the checksum. Without a gap before it there is nothing to doubt; behind a gap, which
    /// compaction leaves too, it must leave room for the next batch.
    fn overlaps(&mut self, found: &Found) -> io::Result<bool> {
        if found.header.base_offset == self.offset_min || found.end() >= self.end || !self.must_check(found) {
            return Ok(false);
        }
        let next = self.plausible_at(found.end())?;
        Ok(next.is_ok_and(|next| next.header.base_offset <= found.header.last_offset()))
    }

    fn checksum(&mut self, found: &Found) -> io::Result<u32> {
        let (mut at, mut crc) = (found.position + CRC_START, 0);
        while at < found.end() {
            let left = usize::try_from(found.end() - at).unwrap_or(usize::MAX);
            let bytes = self.window_at(at, left.min(ALL_BYTES))?;
            let bytes = &bytes[..left.min(bytes.len())];
            if bytes.is_empty() {
                // Shorter than it was: the checksum cannot be right.
                return Ok(!found.header.crc);
            }
            crc = crc32c::crc32c_append(crc, bytes);
            at += bytes.len() as u64;
        }
        Ok(crc)
    }

    /// The next batch with a right checksum behind damage at `position`.
    fn find_next(&mut self, position: u64) -> io::Result<Option<u64>> {
        // Most often the length is right, and only the records are damaged.
        let likely = self.plausible_at(position)?.ok().map(|found| found.end());
        if let Some(likely) = likely
            && self.is_batch_at(likely)?
        {
            return Ok(Some(likely));
        }
        let mut at = position + 1;
        while at + HEADER_BYTES as u64 <= self.end {
            let bytes = self.window_at(at, HEADER_BYTES)?;
            // The byte of the format's number is the quickest to refuse a place by.
            match bytes.iter().skip(16).position(|&byte| byte == 2) {
                None if bytes.len() <= 16 => return Ok(None),
                None => at += bytes.len() as u64 - 16,
                Some(skip) => {
                    at += skip as u64;
                    if at + HEADER_BYTES as u64 <= self.end && self.is_batch_at(at)? {
                        return Ok(Some(at));
                    }
                    at += 1;
                }
            }
        }
        Ok(None)
    }

    fn is_batch_at(&mut self, position: u64) -> io::Result<bool> {
        if position >= self.end {
            return Ok(false);
        }
        match self.plausible_at(position)? {
            Ok(found) => Ok(self.checksum(&found)? == found.header.crc),
            Err(_) => Ok(false),
        }
    }

    /// At least `wanted` bytes at a position, fewer only at the end.
    fn window_at(&mut self, position: u64, wanted: usize) -> io::Result<&[u8]> {
        let left = usize::try_from(self.end.saturating_sub(position)).unwrap_or(usize::MAX);
        let wanted = wanted.min(left);
        let inside = position
            .checked_sub(self.window_position)
            .and_then(|skip| usize::try_from(skip).ok())
            .filter(|skip| self.window.len().saturating_sub(*skip) >= wanted);
        let skip = match inside {
            Some(skip) => skip,
            None => {
                let chunk = match self.check {
                    Check::All => ALL_BYTES,
                    _ => HEADERS_BYTES,
                };
                self.window.resize(wanted.max(chunk).min(left), 0);
                self.window_position = position;
                let read = self.file.read_at(&mut self.window, position)?;
                self.window.truncate(read);
                0
            }
        };
        Ok(&self.window[skip..])
    }
}

/// The parts of a file whose bytes are known to be right: written by this process, or checked since it started.
#[derive(Debug, Default)]
pub(crate) struct Verified {
    parts: Mutex<Vec<(u64, u64)>>,
    /// The place of the damage that was reported last.
    reported: Mutex<Option<u64>>,
}

impl Verified {
    /// Parts that are remembered; of more the shortest is forgotten, and will be checked again.
    const PARTS_MAX: usize = 256;

    /// Of a file that is right from its front to `end`.
    pub(crate) fn up_to(end: u64) -> Self {
        let verified = Self::default();
        verified.add(0, end);
        verified
    }

    /// True if damage at this place was not the last to be reported: consumers ask again and again.
    pub(crate) fn is_news(&self, position: u64) -> bool {
        let mut reported = self.reported.lock().unwrap_or_else(PoisonError::into_inner);
        reported.replace(position) != Some(position)
    }

    /// Takes note of a part.
    pub(crate) fn add(&self, from: u64, to: u64) {
        if from >= to {
            return;
        }
        let mut parts = self.parts();
        // Those that overlap it or lie beside it become one with it.
        let first = parts.partition_point(|part| part.1 < from);
        let last = parts.partition_point(|part| part.0 <= to);
        let joined =
            parts[first..last].iter().fold((from, to), |all, part| (all.0.min(part.0), all.1.max(part.1)));
        parts.splice(first..last, [joined]);
        if parts.len() > Self::PARTS_MAX
            && let Some(shortest) = (0..parts.len()).min_by_key(|&part| parts[part].1 - parts[part].0)
        {
            parts.remove(shortest);
        }
    }

    /// Forgets what lies behind `end`.
    #[cfg(test)]
    pub(crate) fn cut(&self, end: u64) {
        let mut parts = self.parts();
        parts.retain(|part| part.0 < end);
        if let Some(last) = parts.last_mut() {
            last.1 = last.1.min(end);
        }
    }

    /// Whether all of a part is right.
    pub(crate) fn has(&self, from: u64, to: u64) -> bool {
        let parts = self.parts();
        let behind = parts.partition_point(|part| part.0 <= from);
        behind.checked_sub(1).is_some_and(|at| to <= parts[at].1)
    }

    fn parts(&self) -> MutexGuard<'_, Vec<(u64, u64)>> {
        self.parts.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests;

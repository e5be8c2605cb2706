//! Compaction as a partition's log sees it: what may be compacted, and putting it in place.
//!
//! In four steps, of which the second is long and done while nobody holds the log:
//!
//! 1. [`PartitionLog::start_compaction`] gives a job, if one is due;
//! 2. [`compact::run`](super::compact::run) reads and writes;
//! 3. each time it has a new segment, [`PartitionLog::start_swap`], [`SwapTicket::run`] while nobody holds the log,
//!    and [`PartitionLog::finish_swap`];
//! 4. [`PartitionLog::finish_compaction`].
//!
//! [`Partition::compact`] does all four.
//!
//! Only what lies below the last checkpoint's segment is touched. So a start never begins within a compacted segment,
//! and the index of aborted transactions on the disk is as new as the job's.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError};

use watershed_protocol::batch::crc32c;

use super::checkpoint::replace;
use super::compact::keys::KEYS_MAX;
use super::compact::plan::{CompactRules, Input, plan};
use super::compact::{CompactError, Job, Outcome, Replacement, run, swap};
use super::handle::Partition;
use super::log::PartitionLog;
use super::segment::{Segment, read_whole};
use super::walk::{Check, Step, Verified, Walk};
use crate::disk::Disk;

/// Says up to where a log is compact. That it is lost costs one longer run.
const PROGRESS_NAME: &str = "compacted";

impl Partition {
    /// Compacts, if it is due: all of the steps. Blocks for as long as it takes; the log is held for each step but the
    /// long one. `None` if it is not due.
    ///
    /// # Errors
    ///
    /// [`CompactError`]. After [`CompactError::Damaged`] nothing is due any more before a restart.
    pub(crate) fn compact(
        &self,
        rules: &CompactRules,
        now_ms: i64,
        stop: &dyn Fn() -> bool,
    ) -> Result<Option<Outcome>, CompactError> {
        if self.log().segment_count() == 1 {
            return Ok(None);
        }
        // A deletion waits here, so that it leaves nobody behind who writes to the directory.
        let _alone = self.compacting.lock().unwrap_or_else(PoisonError::into_inner);
        let stop = || stop() || self.is_deleted();
        self.checkpoint()?;
        let job = self.log().start_compaction(rules, now_ms)?;
        let Some(job) = job else { return Ok(None) };
        let disk = self.log().disk();
        let mut swap = |replacement: &Replacement| {
            let ticket = self.log().start_swap(replacement, now_ms)?;
            let swapped = ticket.run();
            self.log().finish_swap(&ticket, swapped)
        };
        let result = run(&*disk, &job, KEYS_MAX, &stop, &mut swap);
        let mut log = self.log();
        match &result {
            Ok(outcome) => log.finish_compaction(outcome),
            Err(CompactError::Damaged { .. }) => log.not_compacted = true,
            Err(_) => {}
        }
        result.map(Some)
    }
}

impl PartitionLog {
    /// A job, if a compaction is due. Take a checkpoint first, if [one is due](Self::checkpoint_due).
    ///
    /// # Errors
    ///
    /// Those of the disk.
    pub(crate) fn start_compaction(&self, rules: &CompactRules, now_ms: i64) -> io::Result<Option<Job>> {
        let index_is_on_disk = self.aborted_removals.0 == self.aborted_removals.1;
        if self.closed.is_some() || self.not_compacted || !index_is_on_disk {
            return Ok(None);
        }
        let mut inputs = self.closed_segments(rules)?;
        let first_dirty_offset = self.compacted_to.max(self.log_start);
        let stable_offset = self.offsets().last_stable.min(self.checkpointed.segment);
        let Some(count) = plan(&inputs, first_dirty_offset, stable_offset, rules, now_ms) else {
            return Ok(None);
        };
        inputs.truncate(count);
        let (Some(first), Some(last)) = (inputs.first(), inputs.last()) else { return Ok(None) };
        Ok(Some(Job {
            directory: self.directory.clone(),
            aborted: self.aborted.overlapping(first.base_offset, last.next_offset),
            kept: self.producers.kept(),
            first_dirty_offset,
            rules: rules.clone(),
            now_ms,
            inputs,
        }))
    }

    /// Begins to put a compacted segment in the place of those that it was made from: until
    /// [`finish_swap`](Self::finish_swap) no segment leaves the log.
    ///
    /// # Errors
    ///
    /// [`CompactError::Changed`] if these are not all there any more, [`CompactError::Stopped`] if the log is closed for
    /// writing.
    pub(crate) fn start_swap(
        &mut self,
        replacement: &Replacement,
        now_ms: i64,
    ) -> Result<SwapTicket, CompactError> {
        if self.closed.is_some() {
            return Err(CompactError::Stopped);
        }
        let same = self.segments.get(self.replaced_by(replacement)).is_some_and(|segments| {
            segments.iter().map(|segment| segment.base_offset).eq(replacement.replaced.iter().copied())
        });
        let end = self.replaced_by(replacement).end;
        let follows = self.segments.get(end).is_some_and(|next| next.base_offset == replacement.next_offset);
        if !same || !follows {
            return Err(CompactError::Changed);
        }
        self.swapping = true;
        Ok(SwapTicket {
            disk: Arc::clone(&self.disk),
            directory: self.directory.clone(),
            replacement: replacement.clone(),
            now_ms,
        })
    }

    /// Reads the new segment from now on, if it is in its place.
    ///
    /// # Errors
    ///
    /// [`CompactError::Disk`] if it is not: then this log is not compacted again before it is opened again.
    pub(crate) fn finish_swap(
        &mut self,
        ticket: &SwapTicket,
        swapped: io::Result<Segment>,
    ) -> Result<(), CompactError> {
        self.swapping = false;
        let segment = match swapped {
            Ok(segment) => segment,
            Err(error) => {
                self.not_compacted = true;
                return Err(error.into());
            }
        };
        let index = &ticket.replacement.index;
        segment.set_index(Arc::clone(index));
        // Not synced: damage to it is noticed, and costs a walk over the segment. Only now: until here it would have
        // been taken for that of the old one.
        match replace(&*self.disk, &segment.index_path(), &index.encode(), false) {
            Ok(()) => segment.forget_index(),
            Err(error) => {
                let file = segment.index_path();
                tracing::debug!(file = %file.display(), %error, "a compacted segment's index stays in memory");
            }
        }
        let replaced = self.replaced_by(&ticket.replacement);
        self.segments.splice(replaced, [segment]);
        Ok(())
    }

    /// All of a swap, in one step that blocks.
    ///
    /// # Errors
    ///
    /// As [`start_swap`](Self::start_swap) and [`finish_swap`](Self::finish_swap).
    #[cfg(test)]
    pub(crate) fn swap_in(&mut self, replacement: &Replacement, now_ms: i64) -> Result<(), CompactError> {
        let ticket = self.start_swap(replacement, now_ms)?;
        let swapped = ticket.run();
        self.finish_swap(&ticket, swapped)
    }

    /// Where the segments lie that are replaced.
    fn replaced_by(&self, replacement: &Replacement) -> std::ops::Range<usize> {
        let base_offset = replacement.base_offset();
        let first = self.segments.partition_point(|segment| segment.base_offset < base_offset);
        first..first + replacement.replaced.len()
    }

    /// Takes note of a run that came to its end.
    pub(crate) fn finish_compaction(&mut self, outcome: &Outcome) {
        if !outcome.aborted_gone.is_empty() {
            self.aborted.remove_markers(&outcome.aborted_gone);
            self.aborted_removals.0 += 1;
        }
        self.compacted_to = outcome.first_dirty_offset;
        let bytes = encode_progress(self.compacted_to);
        if let Err(error) = replace(&*self.disk, &self.directory.join(PROGRESS_NAME), &bytes, false) {
            tracing::debug!(partition = %self.name, %error, "how far compaction came was not written down");
        }
    }

    pub(super) fn segment_count(&self) -> usize {
        self.segments.len()
    }

    pub(super) fn disk(&self) -> Arc<dyn Disk> {
        Arc::clone(&self.disk)
    }

    /// The closed segments as compaction wants them.
    fn closed_segments(&self, rules: &CompactRules) -> io::Result<Vec<Input>> {
        self.segments
            .windows(2)
            .map(|pair| {
                let [segment, next] = pair else {
                    return Err(io::Error::other("windows of two hold two"));
                };
                let dirty = next.base_offset > self.compacted_to;
                Ok(Input {
                    base_offset: segment.base_offset,
                    next_offset: next.base_offset,
                    file: Arc::clone(&segment.file),
                    size_bytes: segment.size_bytes,
                    max_timestamp_ms: match dirty && rules.min_lag_ms > 0 {
                        true => self.max_timestamp_of(segment)?,
                        false => -1,
                    },
                    first_timestamp_ms: match dirty && rules.max_lag_ms < i64::MAX {
                        true => first_timestamp_ms(segment)?,
                        false => -1,
                    },
                })
            })
            .collect()
    }
}

/// A compacted segment on its way to its place.
#[derive(Debug)]
pub(crate) struct SwapTicket {
    disk: Arc<dyn Disk>,
    directory: PathBuf,
    replacement: Replacement,
    now_ms: i64,
}

impl SwapTicket {
    /// Changes the directory, and opens the new segment. Blocks. Who reads the old ones meanwhile has them open.
    ///
    /// # Errors
    ///
    /// Those of the disk; to be handed to [`PartitionLog::finish_swap`].
    pub(crate) fn run(&self) -> io::Result<Segment> {
        swap::commit(&*self.disk, &self.directory, &self.replacement)?;
        let base_offset = self.replacement.base_offset();
        let mut segment = Segment::open(&*self.disk, &self.directory, base_offset, false, self.now_ms)?;
        segment.verified = Arc::new(Verified::up_to(self.replacement.size_bytes));
        Ok(segment)
    }
}

/// The max timestamp of a segment's first batch; -1 for none.
fn first_timestamp_ms(segment: &Segment) -> io::Result<i64> {
    let part = (0, segment.size_bytes);
    let mut walk = Walk::new(&*segment.file, Check::None, part, segment.base_offset, segment.base_offset);
    Ok(match walk.step()? {
        Step::Batch(found) => found.header.max_timestamp_ms,
        _ => -1,
    })
}

/// Up to where the log in a directory is compact; 0 if nothing is known of it.
///
/// # Errors
///
/// Those of the disk.
pub(super) fn read_progress(disk: &dyn Disk, directory: &Path) -> io::Result<i64> {
    match read_whole(disk, &directory.join(PROGRESS_NAME)) {
        Ok(bytes) => Ok(decode_progress(&bytes).unwrap_or(0)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(0),
        Err(error) => Err(error),
    }
}

fn encode_progress(offset: i64) -> [u8; 12] {
    let mut bytes = [0; 12];
    bytes[4..].copy_from_slice(&offset.to_be_bytes());
    let crc = crc32c(&bytes[4..]);
    bytes[..4].copy_from_slice(&crc.to_be_bytes());
    bytes
}

fn decode_progress(bytes: &[u8]) -> Option<i64> {
    let (crc, offset) = bytes.split_first_chunk::<4>()?;
    let right = crc32c(offset) == u32::from_be_bytes(*crc);
    right.then(|| offset.try_into().ok().map(i64::from_be_bytes)).flatten()
}

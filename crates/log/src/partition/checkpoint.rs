//! What a restart needs so that it does not have to read the whole log: a file that is replaced atomically.
//!
//! ```text
//! magic "WSck" | CRC-32C of all that follows u32 | version u16
//!     | recovery point: offset i64, its segment i64, position there u64
//!     | log start i64
//!     | leader epochs u32, for each: epoch i32, start offset i64
//!     | producers: bytes u32, their snapshot | aborted transactions: bytes u32, their index
//! ```
//!
//! Everything before the recovery point is on the disk and was right when it was written; everything else in the file
//! is as it was at the recovery point. The file is written in three steps, of which only the long one, in the middle,
//! is done while nobody holds the partition.

use std::io::{self, IoSlice};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use watershed_protocol::batch::crc32c;

use super::aborted::AbortedIndex;
use super::epochs::Epochs;
use super::index::Index;
use super::log::{PartitionLog, Place};
use super::producers::Producers;
use super::segment::read_whole;
use super::sync::SyncTicket;
use crate::disk::Disk;

const MAGIC: &[u8; 4] = b"WSck";
const VERSION: u16 = 1;
const NAME: &str = "checkpoint";
/// After so many bytes a checkpoint is due: what a start reads again at most, but for what came in meanwhile.
const INTERVAL_BYTES: u64 = 64 << 20;

/// What the file says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Checkpoint {
    pub(crate) place: Place,
    pub(crate) log_start: i64,
    pub(crate) epochs: Epochs,
    pub(crate) producers: Producers,
    pub(crate) aborted: AbortedIndex,
}

impl Checkpoint {
    /// Reads the file; `None` if there is none, or it cannot be used.
    ///
    /// # Errors
    ///
    /// Those of the disk.
    pub(crate) fn read(disk: &dyn Disk, directory: &Path) -> io::Result<Option<Self>> {
        let path = directory.join(NAME);
        match read_whole(disk, &path) {
            Ok(bytes) => {
                let checkpoint = Self::decode(&bytes);
                if checkpoint.is_none() {
                    tracing::warn!(file = %path.display(), "the checkpoint is damaged: the whole log is read again");
                }
                Ok(checkpoint)
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }

    fn decode(bytes: &[u8]) -> Option<Self> {
        let rest = bytes.strip_prefix(MAGIC)?;
        let (crc, mut rest) = rest.split_first_chunk::<4>()?;
        if crc32c(rest) != u32::from_be_bytes(*crc) || u16::from_be_bytes(take(&mut rest)?) != VERSION {
            return None;
        }
        let place = Place {
            offset: i64::from_be_bytes(take(&mut rest)?),
            segment: i64::from_be_bytes(take(&mut rest)?),
            position: u64::from_be_bytes(take(&mut rest)?),
        };
        let log_start = i64::from_be_bytes(take(&mut rest)?);
        let mut starts = Vec::new();
        for _ in 0..u32::from_be_bytes(take(&mut rest)?) {
            starts.push((i32::from_be_bytes(take(&mut rest)?), i64::from_be_bytes(take(&mut rest)?)));
        }
        let (producers, at) = Producers::decode(take_section(&mut rest)?).ok()?;
        let aborted = AbortedIndex::decode(take_section(&mut rest)?).ok()?;
        let consistent = at == place.offset && rest.is_empty();
        consistent.then(|| Self { place, log_start, epochs: Epochs::from_starts(starts), producers, aborted })
    }
}

fn take<const N: usize>(bytes: &mut &[u8]) -> Option<[u8; N]> {
    let (taken, rest) = bytes.split_first_chunk::<N>()?;
    *bytes = rest;
    Some(*taken)
}

fn take_section<'a>(bytes: &mut &'a [u8]) -> Option<&'a [u8]> {
    let length = usize::try_from(u32::from_be_bytes(take(bytes)?)).ok()?;
    let (taken, rest) = bytes.split_at_checked(length)?;
    *bytes = rest;
    Some(taken)
}

/// A checkpoint that is to be written.
#[derive(Debug)]
pub(crate) struct CheckpointTicket {
    disk: Arc<dyn Disk>,
    directory: PathBuf,
    sync: SyncTicket,
    log_start: i64,
    bytes: Vec<u8>,
    indexes: Vec<(PathBuf, Arc<Index>)>,
    doomed: Vec<PathBuf>,
    aborted_removals: u64,
    number: u64,
    gate: Arc<CheckpointGate>,
}

/// One checkpoint of a log is written at a time, and none over a later one.
#[derive(Debug, Default)]
pub(crate) struct CheckpointGate {
    /// Checkpoints that were begun.
    begun: AtomicU64,
    /// The last of them that was written.
    written: Mutex<u64>,
}

/// What became of a checkpoint.
#[derive(Debug)]
pub(crate) struct CheckpointDone {
    ticket: CheckpointTicket,
    synced: io::Result<()>,
    written: io::Result<()>,
    /// Indexes that are in their files now.
    indexed: Vec<PathBuf>,
}

impl CheckpointTicket {
    /// Syncs the log, writes the file, and removes what is needed no more. Blocks.
    pub(crate) fn run(self) -> CheckpointDone {
        let mut last_written = self.gate.written.lock().unwrap_or_else(PoisonError::into_inner);
        let synced = self.sync.run();
        let (written, indexed) = match &synced {
            Ok(()) if *last_written > self.number => (Ok(()), Vec::new()),
            Ok(()) => (self.write(), self.write_indexes()),
            Err(_) => (Ok(()), Vec::new()),
        };
        if synced.is_ok() && written.is_ok() {
            *last_written = self.number.max(*last_written);
        }
        drop(last_written);
        CheckpointDone { ticket: self, synced, written, indexed }
    }

    fn write(&self) -> io::Result<()> {
        match self.write_file() {
            Ok(()) => self.remove_doomed(),
            // What deletion is to make room for must not hinder it. The files go in their order, so that a power cut
            // leaves no hole; a start in between reads more than it would have to.
            Err(error) if error.kind() == io::ErrorKind::StorageFull && !self.doomed.is_empty() => {
                self.remove_doomed()?;
                self.write_file()
            }
            Err(error) => Err(error),
        }
    }

    fn write_file(&self) -> io::Result<()> {
        replace(&*self.disk, &self.directory.join(NAME), &self.bytes, true)?;
        self.disk.sync_directory(&self.directory)
    }

    fn remove_doomed(&self) -> io::Result<()> {
        for path in &self.doomed {
            match self.disk.remove(path) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
                _ => {}
            }
        }
        Ok(())
    }

    /// Without a sync: damage to an index is noticed, and costs a walk over the segment. So does its absence.
    fn write_indexes(&self) -> Vec<PathBuf> {
        let mut written = Vec::new();
        for (path, index) in &self.indexes {
            match replace(&*self.disk, path, &index.encode(), false) {
                Ok(()) => written.push(path.clone()),
                Err(error) => tracing::debug!(file = %path.display(), %error, "an index was not written"),
            }
        }
        written
    }
}

/// Puts a file of our own in place of what has its name.
pub(super) fn replace(disk: &dyn Disk, path: &Path, bytes: &[u8], sync: bool) -> io::Result<()> {
    let new = path.with_added_extension("new");
    let file = disk.open(&new, true)?;
    file.truncate(0)?;
    file.write_at(&[IoSlice::new(bytes)], 0)?;
    if sync {
        file.sync()?;
    }
    disk.rename(&new, path)
}

impl PartitionLog {
    /// Whether a checkpoint would save the next start something: a segment was closed, the log's start moved, files wait to
    /// be removed, or enough was written.
    pub(crate) fn checkpoint_due(&self) -> bool {
        self.closed.is_none()
            && (self.checkpointed.segment != self.end.segment
                || self.checkpointed_start != self.log_start
                || !self.doomed.is_empty()
                || self.aborted_removals.0 != self.aborted_removals.1
                || self.checkpoint_urgent())
    }

    /// Whether so much was written since the last checkpoint that the next start would take long.
    pub(crate) fn checkpoint_urgent(&self) -> bool {
        let first = self.segments.partition_point(|segment| segment.base_offset < self.checkpointed.segment);
        let written: u64 = self.segments[first..].iter().map(|segment| segment.size_bytes).sum();
        self.closed.is_none() && written.saturating_sub(self.checkpointed.position) >= INTERVAL_BYTES
    }

    /// A checkpoint of the present state; `None` if the last one says the same, or the log is closed for writing.
    pub(crate) fn start_checkpoint(&self) -> Option<CheckpointTicket> {
        let same = self.checkpointed == self.end && self.checkpointed_start == self.log_start;
        let same = same && self.aborted_removals.0 == self.aborted_removals.1;
        if self.closed.is_some() || (same && self.doomed.is_empty()) {
            return None;
        }
        // Those before were written by an earlier checkpoint.
        let unwritten =
            self.segments.partition_point(|segment| segment.base_offset < self.checkpointed.segment);
        let indexes = self.segments[unwritten..].iter().filter(|segment| segment.size_bytes > 0);
        Some(CheckpointTicket {
            disk: Arc::clone(&self.disk),
            directory: self.directory.clone(),
            sync: self.sync_ticket(),
            log_start: self.log_start,
            bytes: self.encode_checkpoint(),
            indexes: indexes
                .filter_map(|segment| Some((segment.index_path(), segment.index_in_memory()?)))
                .collect(),
            doomed: self.doomed.clone(),
            aborted_removals: self.aborted_removals.0,
            number: self.checkpoint_gate.begun.fetch_add(1, Ordering::Relaxed) + 1,
            gate: Arc::clone(&self.checkpoint_gate),
        })
    }

    /// Takes note of a checkpoint that was tried. A sync that failed closes the log for writing; a file that could not be
    /// written leaves the last checkpoint, and is tried again with the next one.
    ///
    /// # Errors
    ///
    /// Those of the disk.
    pub(crate) fn finish_checkpoint(&mut self, done: CheckpointDone) -> io::Result<()> {
        let CheckpointDone { ticket, synced, written, indexed } = done;
        let failed = synced.as_ref().err().map(|error| io::Error::new(error.kind(), error.to_string()));
        self.finish_sync(&ticket.sync, synced);
        match failed {
            Some(error) => return Err(error),
            None => written?,
        }
        if ticket.number > self.checkpoint_number {
            self.checkpoint_number = ticket.number;
            self.checkpointed = ticket.sync.end();
            self.checkpointed_start = ticket.log_start;
        }
        self.doomed.retain(|path| !ticket.doomed.contains(path));
        self.aborted_removals.1 = self.aborted_removals.1.max(ticket.aborted_removals);
        let active = self.active().base_offset;
        for segment in &self.segments {
            // One that grew meanwhile has a file that covers a part of it.
            let whole = |index: Arc<Index>| index.covered_bytes == segment.size_bytes;
            if segment.base_offset != active
                && indexed.contains(&segment.index_path())
                && segment.index_in_memory().is_some_and(whole)
            {
                segment.forget_index();
            }
        }
        Ok(())
    }

    /// A checkpoint, in one step that blocks.
    ///
    /// # Errors
    ///
    /// Those of the disk.
    pub(crate) fn checkpoint(&mut self) -> io::Result<()> {
        match self.start_checkpoint() {
            Some(ticket) => self.finish_checkpoint(ticket.run()),
            None => Ok(()),
        }
    }

    /// Leaves the log so that the next opening has nothing to read again. Gives back reserved room.
    ///
    /// # Errors
    ///
    /// Those of the disk: the next opening reads more.
    pub(crate) fn close(&mut self) -> io::Result<()> {
        if self.closed.is_none() && self.reserved_bytes > self.active().size_bytes {
            self.active().file.truncate(self.active().size_bytes)?;
            self.reserved_bytes = 0;
        }
        self.checkpoint()
    }

    fn encode_checkpoint(&self) -> Vec<u8> {
        let mut out = Vec::with_capacity(128);
        out.extend_from_slice(MAGIC);
        out.extend_from_slice(&[0; 4]);
        out.extend_from_slice(&VERSION.to_be_bytes());
        out.extend_from_slice(&self.end.offset.to_be_bytes());
        out.extend_from_slice(&self.end.segment.to_be_bytes());
        out.extend_from_slice(&self.end.position.to_be_bytes());
        out.extend_from_slice(&self.log_start.to_be_bytes());
        let starts = self.epochs.starts();
        out.extend_from_slice(&length(starts.len()));
        for (epoch, start_offset) in starts {
            out.extend_from_slice(&epoch.to_be_bytes());
            out.extend_from_slice(&start_offset.to_be_bytes());
        }
        for section in [self.producers.encode(self.end.offset), self.aborted.encode()] {
            out.extend_from_slice(&length(section.len()));
            out.extend_from_slice(&section);
        }
        let crc = crc32c(&out[8..]);
        out[4..8].copy_from_slice(&crc.to_be_bytes());
        out
    }
}

/// Lengths here are bounded far below this by the memory that the things themselves take.
fn length(length: usize) -> [u8; 4] {
    u32::try_from(length).unwrap_or(u32::MAX).to_be_bytes()
}

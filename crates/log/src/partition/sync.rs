//! Group commit: a ticket is taken, its files are synced while nobody holds the partition, and its result handed in.
//!
//! Beside the segments lies a small file that says up to where they were synced. It is never synced itself: after a
//! kill it is exact; after a power cut it may be old, which is all that recovery needs. By it recovery knows damage
//! (bytes that were on the disk and changed) from a write that a power cut took apart.

use std::io::{self, IoSlice};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use watershed_protocol::batch::crc32c;

use super::log::{PartitionLog, Place};
use crate::disk::{Disk, DiskFile};

/// What has to be synced, and what is on the disk then.
#[derive(Debug)]
pub(crate) struct SyncTicket {
    end: Place,
    files: Vec<Arc<dyn DiskFile>>,
    closed_segments: Vec<i64>,
    directory: Option<(Arc<dyn Disk>, PathBuf)>,
    directory_changes: u64,
    gate: Arc<SyncGate>,
}

/// One sync of a log at a time, and none after one that failed: the operating system reports a failure once, so that
/// of two syncs side by side, or of two in a row, the second would succeed without the data. Only who syncs waits here.
#[derive(Debug, Default)]
pub(crate) struct SyncGate {
    failed: Mutex<bool>,
}

impl SyncTicket {
    /// The high watermark when this is done.
    #[cfg(test)]
    pub(crate) fn end_offset(&self) -> i64 {
        self.end.offset
    }

    /// Syncs. Blocks.
    ///
    /// # Errors
    ///
    /// Those of the disk; to be handed to [`PartitionLog::finish_sync`].
    pub(crate) fn run(&self) -> io::Result<()> {
        let mut failed = self.gate.failed.lock().unwrap_or_else(PoisonError::into_inner);
        if *failed {
            return Err(io::Error::other("an earlier sync failed"));
        }
        let result = self.sync_all();
        *failed = result.is_err();
        result
    }

    fn sync_all(&self) -> io::Result<()> {
        for file in &self.files {
            file.sync()?;
        }
        match &self.directory {
            Some((disk, path)) => disk.sync_directory(path),
            None => Ok(()),
        }
    }

    pub(super) fn end(&self) -> Place {
        self.end
    }
}

impl PartitionLog {
    /// What has to be synced so that everything appended so far is on the disk; `None` if it is, or if the log is closed
    /// for writing.
    pub(crate) fn start_sync(&self) -> Option<SyncTicket> {
        self.needs_sync().then(|| self.sync_ticket())
    }

    /// Whether something was appended that is not on the disk, and the log is not closed for writing.
    pub(crate) fn needs_sync(&self) -> bool {
        self.closed.is_none() && self.synced.offset < self.end.offset
    }

    pub(super) fn sync_ticket(&self) -> SyncTicket {
        let mut files: Vec<_> = self.unsynced.iter().map(|(_, file)| Arc::clone(file)).collect();
        files.push(Arc::clone(&self.active().file));
        let (changes, synced_changes) = self.directory_changes;
        SyncTicket {
            end: self.end,
            files,
            closed_segments: self.unsynced.iter().map(|(base_offset, _)| *base_offset).collect(),
            directory: (changes > synced_changes).then(|| (Arc::clone(&self.disk), self.directory.clone())),
            directory_changes: changes,
            gate: Arc::clone(&self.sync_gate),
        }
    }

    /// Takes the result of a ticket's sync. One that failed closes the log for writing.
    pub(crate) fn finish_sync(&mut self, ticket: &SyncTicket, result: Result<(), io::Error>) {
        // Nothing more can be lost, and a deleted topic's files may be gone.
        if self.closed.is_some() {
            return;
        }
        if let Err(error) = result {
            let reason = format!(
                "a sync of {} failed ({error}), and what of it is on the disk is not known: start the broker again, \
                 which reads the log again",
                self.directory.display()
            );
            tracing::error!(partition = %self.name, %error, "a sync failed: the partition is closed for writing");
            // A later sync may lie about what this one lost.
            self.closed = Some(reason);
            return;
        }
        self.unsynced.retain(|(base_offset, _)| !ticket.closed_segments.contains(base_offset));
        self.directory_changes.1 = self.directory_changes.1.max(ticket.directory_changes);
        if self.synced.offset < ticket.end.offset {
            self.synced = ticket.end;
            self.producers.high_watermark_moved(ticket.end.offset);
            self.synced_file.write(ticket.end);
        }
    }
}

/// The file that says up to where the segments are synced.
#[derive(Debug)]
pub(crate) struct SyncedFile {
    file: Arc<dyn DiskFile>,
    path: PathBuf,
    turn: u64,
}

impl SyncedFile {
    const NAME: &'static str = "synced";
    const RECORD_BYTES: usize = 36;
    /// The first is for what was synced; the others take turns, so that a torn one leaves the one before.
    const RECORDS: u64 = 3;
    /// Records are in sectors of their own.
    const APART_BYTES: u64 = 512;

    /// Opens the file, and reads what it says.
    ///
    /// # Errors
    ///
    /// Those of the disk.
    pub(crate) fn open(disk: &dyn Disk, directory: &Path) -> io::Result<(Self, Option<Place>)> {
        let path = directory.join(Self::NAME);
        let file = disk.open(&path, true)?;
        let mut newest: Option<(u64, Place)> = None;
        for slot in 0..Self::RECORDS {
            let mut bytes = [0; Self::RECORD_BYTES];
            if file.read_at(&mut bytes, slot * Self::APART_BYTES)? == bytes.len()
                && let Some(record) = decode(&bytes)
                && newest.is_none_or(|newest| newest.0 < record.0)
            {
                newest = Some(record);
            }
        }
        let turn = newest.map_or(0, |newest| newest.0 + 1);
        Ok((Self { file, path, turn }, newest.map(|newest| newest.1)))
    }

    /// Says it anew. Without a sync; that it failed is no harm but to recovery's judgement.
    pub(crate) fn write(&mut self, place: Place) {
        if let Err(error) = self.write_record(1 + self.turn % (Self::RECORDS - 1), place) {
            tracing::debug!(file = %self.path.display(), %error, "the note of the last sync was not written");
        }
    }

    /// Says it anew so that it survives a power cut: where an older state, or none, would mislead.
    ///
    /// # Errors
    ///
    /// Those of the disk.
    pub(crate) fn write_synced(&mut self, place: Place) -> io::Result<()> {
        self.write_record(0, place)?;
        self.file.sync()
    }

    fn write_record(&mut self, slot: u64, place: Place) -> io::Result<()> {
        let bytes = encode(self.turn, place);
        self.turn += 1;
        self.file.write_at(&[IoSlice::new(&bytes)], slot * Self::APART_BYTES)
    }
}

fn encode(turn: u64, place: Place) -> [u8; SyncedFile::RECORD_BYTES] {
    let mut bytes = [0; SyncedFile::RECORD_BYTES];
    bytes[4..12].copy_from_slice(&turn.to_be_bytes());
    bytes[12..20].copy_from_slice(&place.offset.to_be_bytes());
    bytes[20..28].copy_from_slice(&place.segment.to_be_bytes());
    bytes[28..36].copy_from_slice(&place.position.to_be_bytes());
    let crc = crc32c(&bytes[4..]);
    bytes[..4].copy_from_slice(&crc.to_be_bytes());
    bytes
}

fn decode(bytes: &[u8; SyncedFile::RECORD_BYTES]) -> Option<(u64, Place)> {
    let (crc, rest) = bytes.split_first_chunk::<4>()?;
    if crc32c(rest) != u32::from_be_bytes(*crc) {
        return None;
    }
    let (fields, _) = rest.as_chunks::<8>();
    let [turn, offset, segment, position] = fields else { return None };
    let place = Place {
        offset: i64::from_be_bytes(*offset),
        segment: i64::from_be_bytes(*segment),
        position: u64::from_be_bytes(*position),
    };
    Some((u64::from_be_bytes(*turn), place))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::disk::RealDisk;

    #[test]
    fn a_torn_note_of_the_last_sync_leaves_the_one_before() {
        let folder = tempfile::tempdir().unwrap();
        let disk = RealDisk::new(folder.path()).unwrap();
        let place = |offset| Place { offset, segment: 0, position: 7 };
        let open = || SyncedFile::open(&disk, Path::new("")).unwrap();
        let (mut file, none) = open();
        assert_eq!(none, None);
        for offset in 1..=3 {
            file.write(place(offset));
            assert_eq!(open().1, Some(place(offset)));
        }
        file.file.write_at(&[IoSlice::new(b"x")], SyncedFile::APART_BYTES + 2).unwrap();
        assert_eq!(open().1, Some(place(2)));
    }
}

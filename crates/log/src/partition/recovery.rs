//! Opening a partition's log: from the last checkpoint on everything is read and checked; what lies before is not.
//!
//! What a power cut or a kill left at the end is cut at the last valid batch. What was on the disk and changed is left as
//! it is, named, and never served: recovery tells the two apart by the note of the last sync.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use watershed_protocol::batch::{BatchReader, ControlType, EndTxnMarker, RawBatch};

use super::append::TopicPartition;
use super::checkpoint::Checkpoint;
use super::epochs::Epochs;
use super::log::{LogConfig, PartitionLog, Place};
use super::producers::Marker;
use super::segment::Segment;
use super::sync::SyncedFile;
use super::validate::DECOMPRESSED_BYTES_MAX;
use super::walk::{Check, Found, Step, Walk};
use super::{compact, compaction};
use crate::disk::Disk;
use crate::error::OpenError;

/// After so much was read again, a new checkpoint is made at once.
const CHECKPOINT_AFTER_BYTES: u64 = 16 << 20;

impl PartitionLog {
    /// Opens the log in a directory, which is made if it is not there. What it writes is of `leader_epoch`.
    ///
    /// # Errors
    ///
    /// [`OpenError::Io`].
    pub(crate) fn open(
        disk: Arc<dyn Disk>,
        directory: PathBuf,
        name: TopicPartition,
        config: LogConfig,
        leader_epoch: i32,
        now_ms: i64,
    ) -> Result<Self, OpenError> {
        let failed = |source| OpenError::Io { path: directory.clone(), doing: "read again", source };
        let (mut log, without_checkpoint) =
            Self::load(disk, &directory, name, config, leader_epoch, now_ms).map_err(failed)?;
        let failed =
            |source| OpenError::Io { path: directory.clone(), doing: "brought to its last state", source };
        log.recover(without_checkpoint, now_ms).map_err(failed)?;
        Ok(log)
    }

    /// All that is known without reading a batch; and whether there is no checkpoint.
    fn load(
        disk: Arc<dyn Disk>,
        directory: &Path,
        name: TopicPartition,
        config: LogConfig,
        leader_epoch: i32,
        now_ms: i64,
    ) -> io::Result<(Self, bool)> {
        let bases = prepare_directory(&*disk, directory)?;
        let checkpoint = Checkpoint::read(&*disk, directory)?;
        let (synced_file, noted) = SyncedFile::open(&*disk, directory)?;
        let mut segments = Vec::with_capacity(bases.len().max(1));
        for &base_offset in &bases {
            segments.push(Segment::open(&*disk, directory, base_offset, false, now_ms)?);
        }
        let first = bases.first().copied();
        let log_start =
            checkpoint.as_ref().map_or(0, |checkpoint| checkpoint.log_start).max(first.unwrap_or(0));
        let mut directory_changes = (0, 0);
        if segments.is_empty() {
            let base_offset = checkpoint.as_ref().map_or(0, |checkpoint| checkpoint.place.offset);
            segments.push(Segment::open(&*disk, directory, base_offset, true, now_ms)?);
            directory_changes.0 = 1;
        }
        let begin = Place { offset: segments[0].base_offset, segment: segments[0].base_offset, position: 0 };
        let compacted_to = compaction::read_progress(&*disk, directory)?;
        let mut log = Self {
            disk,
            directory: directory.to_owned(),
            name,
            config,
            leader_epoch,
            log_start,
            end: begin,
            synced: known_synced(noted, checkpoint.as_ref()),
            unsynced: Vec::new(),
            directory_changes,
            synced_file,
            sync_gate: Arc::default(),
            closed: None,
            producers: super::producers::Producers::default(),
            aborted: super::aborted::AbortedIndex::default(),
            epochs: Epochs::default(),
            // Without a checkpoint a start begins here.
            checkpointed: begin,
            checkpointed_start: begin.offset,
            checkpoint_gate: Arc::default(),
            checkpoint_number: 0,
            reserved_bytes: 0,
            tail_dirty: false,
            active_since_ms: None,
            doomed: Vec::new(),
            aborted_removals: (0, 0),
            compacted_to,
            not_compacted: false,
            swapping: false,
            segments,
            loaded_indexes: Mutex::default(),
        };
        let without_checkpoint = checkpoint.is_none();
        if let Some(checkpoint) = checkpoint {
            log.begin_at(checkpoint);
        }
        Ok((log, without_checkpoint))
    }

    /// Takes over a checkpoint, if the files are still those that it speaks of.
    fn begin_at(&mut self, checkpoint: Checkpoint) {
        let place = checkpoint.place;
        let first = self.end;
        let there = self
            .segments
            .iter()
            .any(|segment| segment.base_offset == place.segment && segment.size_bytes >= place.position);
        // On a full disk segments can be deleted before the checkpoint that says so.
        let deleted = first.offset > place.offset;
        if !there && !deleted {
            tracing::error!(
                partition = %self.name,
                offset = place.offset,
                segment = place.segment,
                position = place.position,
                "files are missing or shorter than when they were synced: the whole log is read again"
            );
            return;
        }
        if there {
            self.end = place;
            self.checkpointed = place;
            self.checkpointed_start = checkpoint.log_start;
        }
        self.epochs = checkpoint.epochs;
        self.producers = checkpoint.producers;
        self.aborted = checkpoint.aborted;
    }

    /// Reads what lies behind the checkpoint, cuts what is torn, and syncs all of it.
    fn recover(&mut self, without_checkpoint: bool, now_ms: i64) -> io::Result<()> {
        let known_synced = self.synced;
        let from = self.end;
        let first = self.segments.partition_point(|segment| segment.base_offset < from.segment);
        let (mut read_bytes, mut cut) = (0, false);
        let mut at = first;
        while at < self.segments.len() {
            let segment = &self.segments[at];
            if at > first {
                if segment.base_offset > self.end.offset && !self.end.is_before(&known_synced) {
                    // The end of the segment before was lost in a power cut; nothing behind it was acknowledged.
                    cut = true;
                    break;
                }
                let offset = self.end.offset.max(segment.base_offset);
                self.end = Place { offset, segment: segment.base_offset, position: 0 };
            }
            read_bytes += segment.size_bytes - self.end.position;
            let torn = self.read_again(at, &known_synced, now_ms)?;
            at += 1;
            if torn {
                cut = true;
                break;
            }
        }
        self.remove_from(at)?;
        if self.end.offset < known_synced.offset {
            tracing::error!(
                partition = %self.name,
                lost_from = self.end.offset,
                lost_to = known_synced.offset,
                "records that were synced are gone from the end of the log; their offsets are not used again"
            );
            self.end.offset = known_synced.offset;
            cut = true;
        }
        self.settle(first, read_bytes, cut, without_checkpoint)
    }

    /// Reads a segment from the log's end on. True if it was torn, and cut there.
    fn read_again(&mut self, at: usize, known_synced: &Place, now_ms: i64) -> io::Result<bool> {
        let interval_bytes = self.config.index_interval_bytes;
        let is_last = at + 1 == self.segments.len();
        let segment = &self.segments[at];
        let (file, base_offset, size_bytes) =
            (Arc::clone(&segment.file), segment.base_offset, segment.size_bytes);
        segment.set_index(Arc::new(segment.index_up_to(&*self.disk, self.end.position, interval_bytes)?));
        // After a sync that failed, the operating system may remember bytes that the disk never took.
        let trusted =
            if known_synced.segment == base_offset { known_synced.position } else { self.end.position };
        file.forget_cached(trusted.max(self.end.position))?;
        let part = (self.end.position, size_bytes);
        let mut walk = Walk::new(&*file, Check::All, part, self.end.offset, base_offset);
        loop {
            match walk.step()? {
                Step::End => return Ok(false),
                Step::Batch(found) => self.read_batch(at, &walk, &found, now_ms)?,
                Step::Damaged { position, resume, reason } => {
                    let place = Place { offset: self.end.offset, segment: base_offset, position };
                    let was_synced = place.is_before(known_synced);
                    let path = self.segments[at].path.display();
                    if was_synced && (resume.is_some() || !is_last) {
                        tracing::error!(
                            file = %path, position, resume, reason, offset = place.offset,
                            "damaged in the middle: what lies there is kept and not served; what follows is"
                        );
                        continue;
                    }
                    tracing::warn!(
                        file = %path, position, cut_bytes = size_bytes - position, reason, was_synced,
                        "torn at its end: cut behind the last valid batch"
                    );
                    file.truncate(position)?;
                    self.segments[at].size_bytes = position;
                    self.end.position = position;
                    return Ok(true);
                }
            }
        }
    }

    fn read_batch(&mut self, at: usize, walk: &Walk<'_>, found: &Found, now_ms: i64) -> io::Result<()> {
        let header = &found.header;
        if header.attributes.is_control() {
            if let Some(marker) = self.marker_in(&walk.bytes(found)?, now_ms) {
                self.took_marker(&marker);
            }
        } else {
            self.producers.appended(header, now_ms);
        }
        let segment = &self.segments[at];
        let (base_offset, interval_bytes) = (segment.base_offset, self.config.index_interval_bytes);
        segment.change_index(|index| index.add(&found.noted(), base_offset, interval_bytes));
        segment.verified.add(found.position, found.end());
        self.epochs.begin(header.leader_epoch, header.base_offset);
        self.end = Place {
            offset: header.last_offset().saturating_add(1),
            segment: base_offset,
            position: found.end(),
        };
        Ok(())
    }

    /// The marker in a control batch; `None` for other control batches.
    fn marker_in(&mut self, bytes: &[u8], now_ms: i64) -> Option<Marker> {
        let batch = RawBatch::parse(bytes).ok()?.validate().ok()?;
        let header = *batch.header();
        let mut reader = BatchReader::new(DECOMPRESSED_BYTES_MAX);
        let record = reader.records(&batch).ok()?.next()?.ok()?;
        let kind = ControlType::from_key(record.key).ok()?;
        if !matches!(kind, ControlType::Abort | ControlType::Commit) {
            return None;
        }
        Some(Marker {
            producer_id: header.producer_id,
            epoch: header.producer_epoch,
            kind,
            coordinator_epoch: EndTxnMarker::from_value(record.value).ok()?.coordinator_epoch,
            offset: record.offset,
            timestamp_ms: record.timestamp_ms,
            now_ms,
        })
    }

    /// Removes the segments from `at` on: what was lost before them makes them unreadable as a log.
    fn remove_from(&mut self, at: usize) -> io::Result<()> {
        for segment in self.segments.drain(at..) {
            tracing::warn!(file = %segment.path.display(), "removed: it follows a part that a power cut took");
            self.disk.remove(&segment.path)?;
            self.directory_changes.0 += 1;
        }
        Ok(())
    }

    /// Makes what was found the state of the log: on the disk, and readable.
    fn settle(
        &mut self,
        first: usize,
        read_bytes: u64,
        cut: bool,
        without_checkpoint: bool,
    ) -> io::Result<()> {
        let end = self.end;
        if read_bytes > 0 || cut {
            for segment in &self.segments[first..] {
                segment.file.sync()?;
            }
        }
        if self.directory_changes.0 > 0 || read_bytes > 0 || self.checkpointed.segment != end.segment {
            self.disk.sync_directory(&self.directory)?;
            self.directory_changes.1 = self.directory_changes.0;
        }
        self.synced = end;
        self.drop_front(self.before_log_start());
        self.producers.high_watermark_moved(end.offset);
        if without_checkpoint {
            // The directory may be new too, or from a start that did not come this far.
            self.disk.sync_directory(&self.directory)?;
            self.disk.sync_directory(self.directory.parent().unwrap_or(Path::new("")))?;
        }
        if cut || without_checkpoint {
            self.synced_file.write_synced(end)?;
        } else {
            self.synced_file.write(end);
        }
        self.epochs.begin(self.leader_epoch, end.offset);
        self.active_since_ms = self.first_timestamp()?;
        if (cut || read_bytes >= CHECKPOINT_AFTER_BYTES)
            && let Err(error) = self.checkpoint()
        {
            tracing::warn!(partition = %self.name, %error, "no checkpoint was made: the next start reads as much again");
        }
        Ok(())
    }

    /// The time of the first batch in the active segment.
    fn first_timestamp(&self) -> io::Result<Option<i64>> {
        let active = self.active();
        let part = (0, active.size_bytes);
        let mut walk = Walk::new(&*active.file, Check::None, part, active.base_offset, active.base_offset);
        Ok(match walk.step()? {
            Step::Batch(found) => Some(found.header.max_timestamp_ms),
            _ => None,
        })
    }
}

/// Up to where the log is known to have been synced. With neither file nothing is known: then nothing that looks like
/// damage is thrown away.
fn known_synced(noted: Option<Place>, checkpoint: Option<&Checkpoint>) -> Place {
    noted
        .into_iter()
        .chain(checkpoint.map(|checkpoint| checkpoint.place))
        .reduce(|a, b| if a.is_before(&b) { b } else { a })
        .unwrap_or(Place { offset: -1, segment: i64::MAX, position: 0 })
}

/// Makes the directory, finishes or forgets what a crash interrupted, and gives the base offsets of its segments.
fn prepare_directory(disk: &dyn Disk, directory: &Path) -> io::Result<Vec<i64>> {
    let names = match disk.list(directory) {
        Ok(_) => {
            compact::swap::recover(disk, directory)?;
            disk.list(directory)?
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            disk.create_directory(directory)?;
            Vec::new()
        }
        Err(error) => return Err(error),
    };
    let mut bases: Vec<i64> = names.iter().filter_map(|name| Segment::base_offset(name)).collect();
    bases.sort_unstable();
    for name in &names {
        let index_of = name.strip_suffix(".lookup").map(|stem| Segment::base_offset(&format!("{stem}.log")));
        let orphan = index_of.is_some_and(|base| base.is_none_or(|base| bases.binary_search(&base).is_err()));
        if orphan || name.ends_with(".new") {
            disk.remove(&directory.join(name))?;
        }
    }
    Ok(bases)
}

#[cfg(test)]
mod tests;

//! The log of one partition: appending, and what is known of it.
//!
//! One owner, no lock, no task: reading is in `read`, syncing in `sync`, opening in `recovery`, what survives a restart
//! in `checkpoint`, deletion in `retention`, lookups by time in `lookup`.
//!
//! # Invariants
//!
//! - An append that failed leaves no trace that a reader or a restart could take for a record.
//! - The high watermark is where the last sync that worked had begun: everything below it survives a power cut.
//! - Nothing below the high watermark changes, but for whole segments that retention removes or compaction replaces.
//! - After a sync that failed nothing is written and nothing is synced until the log is opened again.

use std::collections::VecDeque;
use std::io::{self, IoSlice};
use std::path::PathBuf;
use std::sync::{Arc, Mutex};

use watershed_protocol::ErrorCode;
use watershed_protocol::batch::{
    BatchBuilder, BatchHeader, BatchOptions, ControlType, EndTxnMarker, RawBatch,
};

use super::aborted::{AbortedIndex, AbortedTransaction};
use super::append::{AppendError, Appended, TopicPartition};
use super::checkpoint::CheckpointGate;
use super::epochs::Epochs;
use super::index::Noted;
use super::producers::{Marker, Producers, Verdict};
use super::segment::Segment;
use super::sync::{SyncGate, SyncedFile};
use super::validate::{AppendRules, Checked, TimestampType};
use crate::disk::{Disk, DiskFile};

/// The first room that is reserved ahead of a segment's end; doubled from there.
const RESERVE_BYTES_MIN: u64 = 64 << 10;
/// The most room that is reserved at once.
const RESERVE_BYTES_MAX: u64 = 16 << 20;

/// What a topic's settings say of its partitions' logs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct LogConfig {
    pub(crate) rules: AppendRules,
    /// `segment.bytes`
    pub(crate) segment_bytes: u64,
    /// `segment.ms`: a segment whose first record is older is closed at the next append.
    pub(crate) segment_ms: i64,
    /// `index.interval.bytes`
    pub(crate) index_interval_bytes: u64,
    /// `retention.ms`; -1 for no limit.
    pub(crate) retention_ms: i64,
    /// `retention.bytes`; -1 for no limit.
    pub(crate) retention_bytes: i64,
    /// `cleanup.policy` contains delete.
    pub(crate) delete: bool,
    /// `cleanup.policy` contains compact.
    pub(crate) compact: bool,
}

/// A place in the log: an offset, and where in which segment its batch begins or would begin.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Place {
    pub(crate) offset: i64,
    /// The segment's base offset.
    pub(crate) segment: i64,
    pub(crate) position: u64,
}

impl Place {
    /// Whether it lies before another one in the files.
    pub(crate) fn is_before(&self, other: &Self) -> bool {
        (self.segment, self.position) < (other.segment, other.position)
    }
}

/// The offsets that everybody asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Offsets {
    pub(crate) log_start: i64,
    /// Everything below is on the disk.
    pub(crate) high_watermark: i64,
    /// Everything below is on the disk and decided: no transaction that began below it is open, or ended by a marker
    /// that is not yet on the disk.
    pub(crate) last_stable: i64,
    pub(crate) log_end: i64,
}

/// The log of one partition.
#[derive(Debug)]
pub(crate) struct PartitionLog {
    pub(super) disk: Arc<dyn Disk>,
    /// Below the data directory.
    pub(super) directory: PathBuf,
    pub(super) name: TopicPartition,
    pub(super) config: LogConfig,
    pub(super) leader_epoch: i32,
    /// In order, and never empty: the last one is written to.
    pub(super) segments: Vec<Segment>,
    pub(super) log_start: i64,
    pub(super) end: Place,
    /// The high watermark.
    pub(super) synced: Place,
    /// Closed segments of which not all is synced, by base offset.
    pub(super) unsynced: Vec<(i64, Arc<dyn DiskFile>)>,
    /// Counts changes of the directory, and how many of them are synced.
    pub(super) directory_changes: (u64, u64),
    pub(super) synced_file: SyncedFile,
    pub(super) sync_gate: Arc<SyncGate>,
    /// Why nothing is written any more.
    pub(super) closed: Option<String>,
    pub(super) producers: Producers,
    pub(super) aborted: AbortedIndex,
    pub(super) epochs: Epochs,
    /// Up to where the last checkpoint reaches.
    pub(super) checkpointed: Place,
    pub(super) checkpoint_gate: Arc<CheckpointGate>,
    /// Of the last checkpoint by this process.
    pub(super) checkpoint_number: u64,
    /// The log's start in the last checkpoint.
    pub(super) checkpointed_start: i64,
    /// Room is reserved in the active segment up to here.
    pub(super) reserved_bytes: u64,
    /// Bytes of a write that failed lie behind the active segment's end.
    pub(super) tail_dirty: bool,
    /// The largest time in the active segment's first batch, from which it ages.
    pub(super) active_since_ms: Option<i64>,
    /// Files that nothing refers to any more, to be removed after the next checkpoint.
    pub(super) doomed: Vec<PathBuf>,
    /// Counts runs of compaction that took entries from the index of aborted transactions, and how many of them the
    /// last checkpoint knows.
    pub(super) aborted_removals: (u64, u64),
    /// Everything below was compacted.
    pub(super) compacted_to: i64,
    /// A segment is damaged, or a compacted one may be half in its place: not again before a restart.
    pub(super) not_compacted: bool,
    /// Segments are being replaced: none leaves the log.
    pub(super) swapping: bool,
    /// Closed segments with an index in memory, in the order in which it was loaded.
    pub(super) loaded_indexes: Mutex<VecDeque<i64>>,
}

impl PartitionLog {
    /// Checks and appends the record set of a produce request, which is one batch.
    ///
    /// # Errors
    ///
    /// [`AppendError`]; nothing was appended.
    #[cfg(test)]
    pub(crate) fn append(
        &mut self,
        records: &[u8],
        origin: super::append::Origin,
        now_ms: i64,
    ) -> Result<Appended, AppendError> {
        let rules = self.rules()?;
        self.append_checked(&super::validate::validate(records, origin, &rules, now_ms)?, now_ms)
    }

    /// What appended batches are checked by: to check one while nobody holds the log.
    ///
    /// # Errors
    ///
    /// [`AppendError::Closed`].
    pub(super) fn rules(&self) -> Result<AppendRules, AppendError> {
        self.check_open()?;
        Ok(self.config.rules.clone())
    }

    /// Appends a batch that was checked.
    ///
    /// # Errors
    ///
    /// [`AppendError`]; nothing was appended.
    pub(super) fn append_checked(
        &mut self,
        checked: &Checked<'_>,
        now_ms: i64,
    ) -> Result<Appended, AppendError> {
        self.check_open()?;
        let mut header = checked.header;
        if header.attributes.is_control() {
            return Err(AppendError::refused(
                ErrorCode::InvalidRecord,
                "markers are written by the coordinator alone",
            ));
        }
        if header.producer_id >= 0
            && let Verdict::Duplicate { base_offset, last_offset, timestamp_ms } =
                self.producers.check(&header)?
        {
            return Ok(self.appended(base_offset, last_offset, timestamp_ms, true));
        }
        self.assign(&mut header)?;
        self.write(&header, checked.body(), now_ms)?;
        self.producers.appended(&header, now_ms);
        Ok(self.appended(header.base_offset, header.last_offset(), header.max_timestamp_ms, false))
    }

    /// Appends the marker that ends a producer's transaction. `epoch_bumped`: each transaction of the producer has an
    /// epoch of its own (KIP-890).
    ///
    /// # Errors
    ///
    /// [`AppendError`]; nothing was appended.
    pub(crate) fn append_marker(
        &mut self,
        (producer_id, epoch): (i64, i16),
        kind: ControlType,
        coordinator_epoch: i32,
        epoch_bumped: bool,
        now_ms: i64,
    ) -> Result<Appended, AppendError> {
        self.check_open()?;
        self.producers.check_marker(producer_id, epoch, coordinator_epoch, epoch_bumped)?;
        let bytes = marker_batch((producer_id, epoch), kind, coordinator_epoch, now_ms)
            .map_err(|error| AppendError::refused(ErrorCode::InvalidRecord, error.to_string()))?;
        let batch = RawBatch::parse(&bytes)
            .map_err(|error| AppendError::refused(ErrorCode::CorruptMessage, error.to_string()))?;
        let mut header = *batch.header();
        self.assign(&mut header)?;
        self.write(&header, batch.body(), now_ms)?;
        let offset = header.base_offset;
        self.took_marker(&Marker {
            producer_id,
            epoch,
            kind,
            coordinator_epoch,
            offset,
            timestamp_ms: now_ms,
            now_ms,
        });
        Ok(self.appended(offset, offset, -1, false))
    }

    /// Changes the settings, from the next append on.
    pub(crate) fn set_config(&mut self, config: LogConfig) {
        self.config = config;
    }

    /// The offsets that everybody asks for.
    pub(crate) fn offsets(&self) -> Offsets {
        let high_watermark = self.synced.offset;
        let unstable = self.producers.first_unstable_offset().unwrap_or(i64::MAX);
        Offsets {
            log_start: self.log_start,
            high_watermark,
            // Records can be deleted below an open transaction's later ones.
            last_stable: high_watermark.min(unstable).max(self.log_start),
            log_end: self.end.offset,
        }
    }

    /// The aborted transactions of which a record may lie in `from..to`.
    pub(crate) fn aborted(&self, from: i64, to: i64) -> Vec<AbortedTransaction> {
        self.aborted.overlapping(from, to)
    }

    /// What is known of producers.
    pub(crate) fn producers(&self) -> &Producers {
        &self.producers
    }

    /// Forgets producers that have been silent for too long (`producer.id.expiration.ms`).
    pub(crate) fn expire_producers(&mut self, now_ms: i64, expiration_ms: i64) {
        self.producers.expire(now_ms, expiration_ms);
    }

    /// The topic and the partition.
    pub(crate) fn name(&self) -> &TopicPartition {
        &self.name
    }

    /// All segments together, in bytes.
    pub(crate) fn size_bytes(&self) -> u64 {
        self.segments.iter().map(|segment| segment.size_bytes).sum()
    }

    /// Why nothing is written any more, if that is so.
    pub(crate) fn closed(&self) -> Option<&str> {
        self.closed.as_deref()
    }

    /// Closes the active segment, if there is something in it, and begins another.
    ///
    /// # Errors
    ///
    /// [`AppendError::Disk`]: the active segment stays.
    pub(crate) fn roll(&mut self, now_ms: i64) -> Result<(), AppendError> {
        self.check_open()?;
        if self.active().size_bytes == 0 {
            return Ok(());
        }
        self.clean_tail()?;
        let mut next = Segment::open(&*self.disk, &self.directory, self.end.offset, true, now_ms)?;
        if next.size_bytes > 0 {
            // From a roll that was not to be.
            next.file.truncate(0)?;
            next.size_bytes = 0;
        }
        next.change_index(|_| {});
        self.directory_changes.0 += 1;
        let active = self.active();
        if self.reserved_bytes > active.size_bytes
            && let Err(error) = active.file.truncate(active.size_bytes)
        {
            tracing::warn!(file = %active.path.display(), %error, "room that was reserved could not be given back");
        }
        let closed = (active.base_offset, Arc::clone(&active.file));
        self.unsynced.push(closed);
        self.end = Place { segment: next.base_offset, position: 0, ..self.end };
        self.segments.push(next);
        self.reserved_bytes = 0;
        self.active_since_ms = None;
        Ok(())
    }

    pub(super) fn active(&self) -> &Segment {
        self.segments.last().expect("a log has a segment from its opening on")
    }

    fn active_mut(&mut self) -> &mut Segment {
        self.segments.last_mut().expect("a log has a segment from its opening on")
    }

    /// Takes note of a marker in the log.
    pub(super) fn took_marker(&mut self, marker: &Marker) {
        if let Some(aborted) = self.producers.marker(marker) {
            self.aborted.append(aborted);
        }
    }

    /// Takes note of a batch at the active segment's end.
    pub(super) fn took_batch(&mut self, header: &BatchHeader, size_bytes: u64) {
        let interval_bytes = self.config.index_interval_bytes;
        let active = self.active_mut();
        let (position, base_offset) = (active.size_bytes, active.base_offset);
        let noted = Noted {
            position,
            size_bytes,
            base_offset: header.base_offset,
            last_offset: header.last_offset(),
            max_timestamp_ms: header.max_timestamp_ms,
        };
        active.change_index(|index| index.add(&noted, base_offset, interval_bytes));
        active.size_bytes += size_bytes;
        active.verified.add(position, position + size_bytes);
        self.active_since_ms.get_or_insert(header.max_timestamp_ms);
        self.end = Place {
            offset: header.last_offset().saturating_add(1),
            segment: base_offset,
            position: position + size_bytes,
        };
        self.epochs.begin(header.leader_epoch, header.base_offset);
    }

    fn check_open(&self) -> Result<(), AppendError> {
        match &self.closed {
            None => Ok(()),
            Some(reason) => Err(AppendError::Closed(reason.clone())),
        }
    }

    /// Gives a batch its offsets and its epoch.
    fn assign(&self, header: &mut BatchHeader) -> Result<(), AppendError> {
        header.base_offset = self.end.offset;
        header.leader_epoch = self.leader_epoch;
        match header.base_offset.checked_add(i64::from(header.last_offset_delta) + 1) {
            Some(_) => Ok(()),
            None => Err(AppendError::refused(ErrorCode::CorruptMessage, "the log has no offsets left")),
        }
    }

    fn appended(&self, base_offset: i64, last_offset: i64, timestamp_ms: i64, duplicate: bool) -> Appended {
        let broker_time = self.config.rules.timestamp_type == TimestampType::LogAppendTime;
        Appended {
            base_offset,
            last_offset,
            log_append_time_ms: if broker_time { timestamp_ms } else { -1 },
            log_start_offset: self.log_start,
            duplicate,
        }
    }

    /// Writes a batch at the end, in a new segment if it is time for one.
    fn write(&mut self, header: &BatchHeader, body: &[u8], now_ms: i64) -> Result<(), AppendError> {
        let head = header.write();
        let size_bytes = (head.len() + body.len()) as u64;
        if self.is_full(header, size_bytes, now_ms) {
            self.roll(now_ms)?;
        }
        self.clean_tail()?;
        let position = self.active().size_bytes;
        self.reserve(position + size_bytes)?;
        let parts = [IoSlice::new(&head), IoSlice::new(body)];
        if let Err(error) = self.active().file.write_at(&parts, position) {
            self.tail_dirty = true;
            // Now, if it can be: a process that ends before the next append must not leave half a batch, or a whole
            // one that its producer was told is not there.
            if let Err(error) = self.clean_tail() {
                tracing::warn!(file = %self.active().path.display(), %error, "a failed write was not yet undone");
            }
            return Err(error.into());
        }
        self.took_batch(header, size_bytes);
        Ok(())
    }

    /// Whether a batch goes to a new segment: as Kafka decides it.
    fn is_full(&self, header: &BatchHeader, size_bytes: u64, now_ms: i64) -> bool {
        let active = self.active();
        if active.size_bytes == 0 {
            return false;
        }
        let age_ms = match self.active_since_ms {
            Some(since_ms) if since_ms >= 0 && header.max_timestamp_ms >= 0 => {
                header.max_timestamp_ms.saturating_sub(since_ms)
            }
            _ => now_ms.saturating_sub(active.opened_ms),
        };
        active.size_bytes + size_bytes > self.config.segment_bytes
            || age_ms > self.config.segment_ms
            || header.last_offset() - active.base_offset > i64::from(i32::MAX)
    }

    /// Removes what a failed write left behind the end.
    fn clean_tail(&mut self) -> io::Result<()> {
        if self.tail_dirty {
            self.active().file.truncate(self.active().size_bytes)?;
            self.reserved_bytes = 0;
            self.tail_dirty = false;
        }
        Ok(())
    }

    /// Makes sure of room for the active segment up to `size_bytes`, so that a full disk is noticed before anything
    /// is written.
    fn reserve(&mut self, size_bytes: u64) -> io::Result<()> {
        if size_bytes <= self.reserved_bytes {
            return Ok(());
        }
        let ahead = self.active().size_bytes.clamp(RESERVE_BYTES_MIN, RESERVE_BYTES_MAX);
        let wanted = (size_bytes + ahead).min(self.config.segment_bytes).max(size_bytes);
        let file = &self.active().file;
        let reserved = match file.reserve(wanted) {
            Ok(()) => wanted,
            // The last room there is will do for this one.
            Err(error) if error.kind() == io::ErrorKind::StorageFull && wanted > size_bytes => {
                file.reserve(size_bytes)?;
                size_bytes
            }
            Err(error) => return Err(error),
        };
        self.reserved_bytes = reserved;
        Ok(())
    }
}

/// The batch of a marker, at offset 0.
fn marker_batch(
    (producer_id, producer_epoch): (i64, i16),
    kind: ControlType,
    coordinator_epoch: i32,
    now_ms: i64,
) -> Result<Vec<u8>, watershed_protocol::batch::BatchError> {
    let mut builder = BatchBuilder::new(BatchOptions {
        producer_id,
        producer_epoch,
        transactional: true,
        control: true,
        ..BatchOptions::default()
    });
    let value = EndTxnMarker { coordinator_epoch }.to_value();
    builder.append(now_ms, Some(&kind.to_key()), Some(&value), &[])?;
    let mut bytes = Vec::new();
    builder.finish(&mut bytes)?;
    Ok(bytes)
}

#[cfg(test)]
pub(crate) mod tests;

//! Compaction: of each key only the last record stays, at its offset.
//!
//! What it does to a log, as Kafka's cleaner does it (KIP-58, KIP-98, KIP-354, KIP-534):
//! - A record goes if a later record has its key and is committed; a record without a key goes.
//! - A tombstone stays until its batch's delete horizon has passed: `delete.retention.ms` after the first compaction
//!   that met it.
//! - Records of aborted transactions go. A marker stays while the log holds a batch of its transaction, and from then on
//!   until its own delete horizon has passed.
//! - The batches by which a producer's duplicates are noticed stay, without records if need be; likewise the marker
//!   of a producer of which only that is remembered. So reading the log again gives the same producers.
//! - Offsets, times, epochs and sequences of what stays do not change.
//! - A batch that decompresses to more than fits the memory for it stays as it is.
//!
//! How: [`plan`](plan::plan) says how many of the closed segments may be cleaned and whether it is worth it.
//! [`run`] reads the dirty ones into a bounded [map](keys::Keys) of keys, then reads all from the first on and writes
//! what stays into new files, a group of segments that fit together into one, and hands each over to be
//! [swapped in](swap) at once.
//!
//! What it needs of its caller, who owns the log:
//! - Before it takes a [`Job`], a checkpoint; only segments that end below its recovery point, and below the last
//!   stable offset, are given. So the index of aborted transactions in the job is no newer than the one on the disk.
//! - After it, [`Outcome::aborted_gone`] leaves that index. Their markers go with a later run, and only if that run's
//!   job has them no more: an entry without its marker would hide what the producer committed later.
//! - [`Outcome::first_dirty_offset`] is kept for the next plan. That it is lost costs one longer run.
//!
//! Nothing here holds a lock, a segment or a map that grows with the log. A run that stops half way, for whatever
//! reason, leaves a log that means the same; the next run goes on from there.

mod filter;
pub(crate) mod keys;
pub(crate) mod plan;
mod segments;
pub(crate) mod swap;
#[cfg(test)]
pub(crate) mod tests;
mod transactions;

use std::io;
use std::path::PathBuf;
use std::sync::Arc;

use watershed_protocol::batch::{BatchError, BatchReader, RawBatch};

use super::aborted::AbortedTransaction;
use super::index::Index;
use super::producers::Kept;
use crate::disk::Disk;
use filter::Filter;
use keys::Keys;
use plan::{CompactRules, Input};
use segments::{Reader, Writer};
use transactions::Transactions;

/// What is to be compacted.
#[derive(Debug)]
pub(crate) struct Job {
    /// The partition's.
    pub(crate) directory: PathBuf,
    /// As many of the closed segments as [`plan::plan`] says, from the log's first on.
    pub(crate) inputs: Vec<Input>,
    /// Everything below was compacted before.
    pub(crate) first_dirty_offset: i64,
    /// Those that overlap the inputs, by the offsets of their markers.
    pub(crate) aborted: Vec<AbortedTransaction>,
    pub(crate) kept: Kept,
    pub(crate) rules: CompactRules,
    pub(crate) now_ms: i64,
}

/// A new file in place of one or more segments. It is synced, and empty if nothing stayed.
#[derive(Debug, Clone)]
pub(crate) struct Replacement {
    /// The segments that it replaces, by their base offsets; it takes the name of the first.
    pub(crate) replaced: Vec<i64>,
    /// The base offset of the segment behind the last one replaced.
    pub(crate) next_offset: i64,
    pub(crate) size_bytes: u64,
    pub(crate) index: Arc<Index>,
}

impl Replacement {
    /// The base offset of the new segment.
    pub(crate) fn base_offset(&self) -> i64 {
        self.replaced.first().copied().unwrap_or(self.next_offset)
    }
}

/// What a run did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Outcome {
    /// Everything below is compact now.
    pub(crate) first_dirty_offset: i64,
    /// The markers of aborted transactions of which the log holds no batch any more.
    pub(crate) aborted_gone: Vec<i64>,
    pub(crate) read_bytes: u64,
    pub(crate) written_bytes: u64,
}

/// Why a run ended early. What it swapped in stays, and all else is as it was.
#[derive(Debug, thiserror::Error)]
pub(crate) enum CompactError {
    #[error("compaction was told to stop")]
    Stopped,
    #[error("compaction met a segment that is gone: it begins again with the log as it is now")]
    Changed,
    #[error("the segment of offset {segment} is damaged at byte {position} ({source}): it is not compacted")]
    Damaged { segment: i64, position: u64, source: BatchError },
    #[error("compaction met an error of the disk: {0}")]
    Disk(#[from] io::Error),
}

/// Compacts. Blocks for as long as it takes to read and write the segments; `stop` is asked before each batch.
/// `swap` puts a replacement into the log, under the log's lock, by [`swap::commit`].
///
/// # Errors
///
/// [`CompactError`].
pub(crate) fn run(
    disk: &dyn Disk,
    job: &Job,
    keys_max: usize,
    stop: &dyn Fn() -> bool,
    swap: &mut dyn FnMut(&Replacement) -> Result<(), CompactError>,
) -> Result<Outcome, CompactError> {
    let mut records = BatchReader::new(job.rules.decompressed_bytes_max);
    let mut keys = Keys::new(keys_max);
    let clean_to = map_keys(job, &mut keys, &mut records, stop)?;
    let inputs = &job.inputs[..job.inputs.partition_point(|input| input.base_offset < clean_to)];
    let mut filter = Filter::new(job, &keys, clean_to, records);
    let mut outcome =
        Outcome { first_dirty_offset: clean_to, aborted_gone: Vec::new(), read_bytes: 0, written_bytes: 0 };
    for group in plan::groups(inputs, job.rules.segment_bytes_max) {
        outcome.read_bytes += group.iter().map(|input| input.size_bytes).sum::<u64>();
        if let Some(replacement) = clean(disk, job, group, &mut filter, stop)? {
            outcome.written_bytes += replacement.size_bytes;
            swap(&replacement)?;
        }
    }
    outcome.aborted_gone = filter.into_aborted_gone();
    Ok(outcome)
}

/// Puts the keys of the dirty segments into the map, until it is full. Gives the offset up to which it knows them.
fn map_keys(
    job: &Job,
    keys: &mut Keys,
    records: &mut BatchReader,
    stop: &dyn Fn() -> bool,
) -> Result<i64, CompactError> {
    let transactions = Transactions::new(&job.aborted);
    let mut clean_to = job.first_dirty_offset;
    for input in job.inputs.iter().filter(|input| input.next_offset > job.first_dirty_offset) {
        let mut reader = Reader::new(input);
        while let Some((position, batch)) = reader.next_batch()? {
            let header = *batch.header();
            if stop() {
                return Err(CompactError::Stopped);
            }
            if header.last_offset() < job.first_dirty_offset {
                continue;
            }
            if keys.is_full() {
                return Ok(clean_to);
            }
            if !header.attributes.is_control() && !transactions.is_aborted(&header) {
                map_batch(&batch, job.first_dirty_offset, keys, records)
                    .map_err(|source| input.damaged(position, source))?;
            }
            clean_to = header.last_offset().saturating_add(1);
        }
        clean_to = input.next_offset;
    }
    Ok(clean_to)
}

fn map_batch(
    batch: &RawBatch<'_>,
    from_offset: i64,
    keys: &mut Keys,
    records: &mut BatchReader,
) -> Result<(), BatchError> {
    let batch = batch.validate()?;
    let found = match records.records(&batch) {
        // It stays as it is, and so does what it supersedes.
        Err(BatchError::TooLarge { .. }) => return Ok(()),
        found => found?,
    };
    for record in found {
        let record = record?;
        if let Some(key) = record.key
            && record.offset >= from_offset
        {
            keys.put(key, record.offset);
        }
    }
    Ok(())
}

/// Writes what stays of a group of segments; `None` if that is all of a single one.
fn clean(
    disk: &dyn Disk,
    job: &Job,
    group: &[Input],
    filter: &mut Filter<'_>,
    stop: &dyn Fn() -> bool,
) -> Result<Option<Replacement>, CompactError> {
    let (Some(first), Some(last)) = (group.first(), group.last()) else { return Ok(None) };
    let path = job.directory.join(swap::cleaned_name(first.base_offset));
    let writer = Writer::create(disk, &path, first.base_offset, job.rules.index_interval_bytes)?;
    match write_group(writer, group, filter, stop) {
        Ok((writer, true)) => {
            let replaced = group.iter().map(|input| input.base_offset).collect();
            let (size_bytes, index) = writer.finish()?;
            let index = Arc::new(index);
            Ok(Some(Replacement { replaced, next_offset: last.next_offset, size_bytes, index }))
        }
        Ok((_, false)) => {
            disk.remove(&path)?;
            Ok(None)
        }
        Err(error) => {
            // It would be overwritten, or removed by the next start: that it stays for now does no harm.
            if let Err(error) = disk.remove(&path) {
                tracing::debug!(file = %path.display(), %error, "what an ended compaction wrote was not removed");
            }
            Err(error)
        }
    }
}

/// Also says whether there is any difference to what was there.
fn write_group(
    mut writer: Writer,
    group: &[Input],
    filter: &mut Filter<'_>,
    stop: &dyn Fn() -> bool,
) -> Result<(Writer, bool), CompactError> {
    let mut changed = group.len() > 1;
    for input in group {
        let mut reader = Reader::new(input);
        while let Some((position, batch)) = reader.next_batch()? {
            if stop() {
                return Err(CompactError::Stopped);
            }
            let stays = filter.apply(&batch).map_err(|source| input.damaged(position, source))?;
            changed |= stays != Some(batch.bytes());
            if let Some(bytes) = stays {
                writer.append(bytes)?;
            }
        }
    }
    Ok((writer, changed))
}

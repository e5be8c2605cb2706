//! A partition's log to compact, and the eyes of a consumer.

use std::collections::HashSet;
use std::sync::Arc;

use watershed_protocol::batch::{
    BatchBuilder, BatchHeader, BatchOptions, BatchReader, Batches, Codec, ControlType,
};

use crate::disk::{Disk, SimulatedDisk};
use crate::partition::append::Origin;
use crate::partition::compact::plan::CompactRules;
use crate::partition::compact::{CompactError, Outcome, run};
use crate::partition::log::tests::{bytes_of, config, open_on, sync};
use crate::partition::log::{LogConfig, PartitionLog};
use crate::partition::read::ReadBound;

pub(super) const DAY_MS: i64 = 86_400_000;

/// A key and a value, or none.
pub(super) type Pair<'a> = (&'a str, Option<&'a str>);

pub(crate) fn rules() -> CompactRules {
    CompactRules {
        delete_retention_ms: DAY_MS,
        min_lag_ms: 0,
        max_lag_ms: i64::MAX,
        dirty_ratio_min: 0.0,
        segment_bytes_max: 1 << 20,
        index_interval_bytes: 100,
        decompressed_bytes_max: 1 << 24,
    }
}

/// A record as a consumer gets it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Seen {
    pub(super) offset: i64,
    pub(super) timestamp_ms: i64,
    pub(super) key: Option<String>,
    pub(super) value: Option<String>,
}

/// A batch as it lies in the log.
#[derive(Debug, Clone)]
pub(super) struct Stored {
    pub(super) header: BatchHeader,
    pub(super) kind: Option<ControlType>,
    pub(super) records: Vec<Seen>,
}

pub(super) struct Lab {
    pub(super) machine: SimulatedDisk,
    pub(super) disk: Arc<dyn Disk>,
    log: Option<PartitionLog>,
    pub(super) config: LogConfig,
    pub(super) now_ms: i64,
    pub(super) keys_max: usize,
}

impl Lab {
    pub(super) fn new() -> Self {
        Self::with_seed(0)
    }

    pub(super) fn with_seed(seed: u64) -> Self {
        let machine = SimulatedDisk::new(seed);
        let disk: Arc<dyn Disk> = Arc::new(machine.clone());
        let config = LogConfig { index_interval_bytes: 100, compact: true, delete: false, ..config() };
        let log = Some(open_on(Arc::clone(&disk), config.clone(), 0));
        Self { machine, disk, log, config, now_ms: 1_000_000, keys_max: 1_000 }
    }

    pub(super) fn log(&mut self) -> &mut PartitionLog {
        self.log.as_mut().unwrap()
    }

    /// The log itself; the lab is of no use afterwards.
    pub(super) fn take_log(&mut self) -> PartitionLog {
        self.log.take().unwrap()
    }

    /// Appends a batch; gives its base offset.
    pub(super) fn put(&mut self, options: BatchOptions, pairs: &[Pair<'_>]) -> i64 {
        let mut builder = BatchBuilder::new(options);
        for (key, value) in pairs {
            builder.append(self.now_ms, Some(key.as_bytes()), value.map(str::as_bytes), &[]).unwrap();
        }
        let mut bytes = Vec::new();
        builder.finish(&mut bytes).unwrap();
        let now_ms = self.now_ms;
        self.log().append(&bytes, Origin::Client, now_ms).unwrap().base_offset
    }

    pub(super) fn puts(&mut self, pairs: &[Pair<'_>]) -> i64 {
        self.put(BatchOptions::default(), pairs)
    }

    pub(super) fn put_in_transaction(&mut self, producer_id: i64, sequence: i32, pairs: &[Pair<'_>]) -> i64 {
        self.put(transactional(producer_id, 0, sequence), pairs)
    }

    /// Appends a marker; gives its offset.
    pub(super) fn end(&mut self, producer_id: i64, epoch: i16, kind: ControlType) -> i64 {
        let now_ms = self.now_ms;
        self.log().append_marker((producer_id, epoch), kind, 0, false, now_ms).unwrap().base_offset
    }

    pub(super) fn roll(&mut self) {
        let now_ms = self.now_ms;
        self.log().roll(now_ms).unwrap();
    }

    /// Closes the active segment and compacts all before it.
    pub(super) fn compact(&mut self) -> Outcome {
        self.roll();
        self.compact_closed(&rules()).unwrap().expect("something is dirty")
    }

    pub(super) fn compact_closed(&mut self, rules: &CompactRules) -> Result<Option<Outcome>, CompactError> {
        let (disk, now_ms, keys_max) = (Arc::clone(&self.disk), self.now_ms, self.keys_max);
        let log = self.log();
        sync(log);
        log.checkpoint()?;
        let Some(job) = log.start_compaction(rules, now_ms)? else { return Ok(None) };
        let mut swap = |replacement: &_| log.swap_in(replacement, now_ms);
        let outcome = run(&*disk, &job, keys_max, &|| false, &mut swap)?;
        log.finish_compaction(&outcome);
        Ok(Some(outcome))
    }

    /// Opens the log again; without its checkpoint all of it is read.
    pub(super) fn reopen(&mut self, lose_checkpoint: bool) {
        self.log.take().unwrap().close().unwrap();
        if lose_checkpoint {
            // There is none of an empty log.
            let _ = self.disk.remove("t-0/checkpoint".as_ref());
        }
        self.log = Some(open_on(Arc::clone(&self.disk), self.config.clone(), 0));
    }

    /// Stops the machine after so many changes within a compaction, and starts it again. True if it came so far.
    pub(super) fn crash_in_compaction(&mut self, rules: &CompactRules, changes: u64, power: bool) -> bool {
        sync(self.log());
        self.log().checkpoint().unwrap();
        self.machine.stop_after(changes);
        let result = self.compact_closed(rules);
        let stopped = self.machine.has_stopped();
        // What may be lost without harm is written without complaint.
        assert!(stopped || result.is_ok(), "{result:?}");
        self.log = None;
        match power {
            true => self.machine.power_cut(),
            false => self.machine.kill(),
        }
        self.log = Some(open_on(Arc::clone(&self.disk), self.config.clone(), 0));
        stopped
    }

    /// All batches below the bound, from the one that holds `from` on.
    pub(super) fn stored(&mut self, from: i64, bound: ReadBound) -> Vec<Stored> {
        sync(self.log());
        let (mut next, mut found, mut reader) = (from, Vec::new(), BatchReader::new(1 << 24));
        loop {
            let slice = self.log().read(next, bound, 1 << 16, true).unwrap().checked().unwrap();
            if slice.bytes == 0 {
                return found;
            }
            for batch in Batches::new(&bytes_of(&slice)) {
                let batch = batch.unwrap().validate().unwrap();
                let header = *batch.header();
                next = header.last_offset() + 1;
                let mut stored = Stored { header, kind: None, records: Vec::new() };
                for record in reader.records(&batch).unwrap() {
                    let record = record.unwrap();
                    if header.attributes.is_control() {
                        stored.kind = Some(ControlType::from_key(record.key).unwrap());
                        continue;
                    }
                    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
                    stored.records.push(Seen {
                        offset: record.offset,
                        timestamp_ms: record.timestamp_ms,
                        key: record.key.map(text),
                        value: record.value.map(text),
                    });
                }
                found.push(stored);
            }
        }
    }

    /// What a consumer under read_committed gets that begins at `from`: it leaves out what Kafka's consumer leaves
    /// out, by the list of aborted transactions and the markers.
    pub(super) fn committed(&mut self, from: i64) -> Vec<Seen> {
        let stored = self.stored(from, ReadBound::LastStable);
        let to = self.log().offsets().last_stable;
        let mut aborted = self.log().aborted(from, to);
        aborted.sort_by_key(|entry| entry.first_offset);
        let mut aborted = aborted.into_iter().peekable();
        let mut aborting = HashSet::new();
        let mut seen = Vec::new();
        for batch in stored {
            while let Some(entry) = aborted.next_if(|entry| entry.first_offset <= batch.header.last_offset())
            {
                aborting.insert(entry.producer_id);
            }
            if batch.kind == Some(ControlType::Abort) {
                aborting.remove(&batch.header.producer_id);
            }
            let hidden =
                batch.header.attributes.is_transactional() && aborting.contains(&batch.header.producer_id);
            if !hidden {
                seen.extend(batch.records.into_iter().filter(|record| record.offset >= from));
            }
        }
        seen
    }

    /// Offsets, keys and values of all records.
    pub(super) fn records(&mut self) -> Vec<(i64, String, Option<String>)> {
        self.stored(0, ReadBound::HighWatermark)
            .into_iter()
            .flat_map(|batch| batch.records)
            .map(|record| (record.offset, record.key.unwrap_or_default(), record.value))
            .collect()
    }

    /// Offset and kind of all markers.
    pub(super) fn markers(&mut self) -> Vec<(i64, ControlType)> {
        self.stored(0, ReadBound::HighWatermark)
            .into_iter()
            .filter_map(|batch| Some((batch.header.base_offset, batch.kind?)))
            .collect()
    }

    /// The names in the partition's directory, sorted.
    pub(super) fn files(&self) -> Vec<String> {
        let mut names = self.disk.list("t-0".as_ref()).unwrap();
        names.sort();
        names
    }
}

pub(super) fn idempotent(producer_id: i64, epoch: i16, sequence: i32) -> BatchOptions {
    BatchOptions { producer_id, producer_epoch: epoch, base_sequence: sequence, ..BatchOptions::default() }
}

pub(super) fn transactional(producer_id: i64, epoch: i16, sequence: i32) -> BatchOptions {
    BatchOptions { transactional: true, ..idempotent(producer_id, epoch, sequence) }
}

pub(super) fn compressed(codec: Codec) -> BatchOptions {
    BatchOptions { codec, ..BatchOptions::default() }
}

/// A record as [`Lab::records`] gives it.
pub(super) fn record(offset: i64, key: &str, value: Option<&str>) -> (i64, String, Option<String>) {
    (offset, key.to_owned(), value.map(str::to_owned))
}

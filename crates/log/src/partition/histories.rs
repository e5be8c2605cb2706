//! Random histories of one partition's log on a disk that fails, fills up and forgets, compared with a small model.
//!
//! A history follows from its seed, which a failure prints: `WATERSHED_SEED=7 cargo test -p watershed-log histories`
//! runs that one alone; `WATERSHED_HISTORIES=100000` runs more than usual.

use std::path::PathBuf;
use std::sync::Arc;

use watershed_protocol::batch::{BatchReader, Batches, ControlType};

mod model;

use model::{Entry, Producer, meaning, wire};

use super::append::{AppendError, Appended, Origin, TopicPartition};
use super::log::tests::{bytes_of, config};
use super::log::{LogConfig, PartitionLog};
use super::read::ReadBound;
use crate::disk::{Chance, Disk, Fault, SimulatedDisk};

const HISTORIES: u64 = 2000;
const STEPS: usize = 60;

struct History {
    chance: Chance,
    disk: SimulatedDisk,
    config: LogConfig,
    log: Option<PartitionLog>,
    leader_epoch: i32,
    /// All that the log took, also what was deleted from its front since.
    entries: Vec<Entry>,
    /// Appends that failed, and those that a crash took: what may yet be found at their offsets.
    lost: Vec<Entry>,
    high_watermark: i64,
    /// Offsets below were once shown to readers.
    shown: i64,
    /// In the last checkpoint, and now.
    log_start: (i64, i64),
    next_value: u64,
    followed: bool,
}

impl History {
    fn new(seed: u64) -> Self {
        let mut chance = Chance::new(seed);
        let config = LogConfig {
            segment_bytes: [700, 4000, 1 << 20][chance.index(3)],
            index_interval_bytes: [0, 300, 4096][chance.index(3)],
            retention_bytes: if chance.one_in(2) { 3000 } else { -1 },
            ..config()
        };
        let mut history = Self {
            disk: SimulatedDisk::new(seed ^ 0xd15c),
            chance,
            config,
            log: None,
            leader_epoch: -1,
            entries: Vec::new(),
            lost: Vec::new(),
            high_watermark: 0,
            shown: 0,
            log_start: (0, 0),
            next_value: 0,
            followed: std::env::var_os("WATERSHED_SEED").is_some(),
        };
        history.reopen();
        history
    }

    fn log(&mut self) -> &mut PartitionLog {
        self.log.as_mut().expect("open between steps")
    }

    fn step(&mut self) {
        let choice = self.chance.below(100);
        self.note(&choice.to_string());
        match choice {
            0..25 => self.produce_plain(),
            25..40 => self.produce(false),
            40..52 => self.produce(true),
            52..60 => self.end_transaction(),
            60..64 => self.repeat(),
            64..76 => self.sync(),
            76..80 => self.checkpoint(),
            80..82 => self.roll(),
            82..84 => self.retain(),
            84..86 => self.delete_records(),
            86..88 => self.disk.fail(Fault::Write(self.chance.below(3))),
            88 => self.disk.fail(Fault::Sync(self.chance.below(3))),
            89 => self.fill_the_disk(),
            90..92 => self.disk.stop_after(self.chance.below(12)),
            92..95 => self.power_cut(),
            95..97 => self.kill(),
            _ => self.restart(),
        }
        if self.disk.has_stopped() {
            if self.chance.one_in(2) { self.power_cut() } else { self.kill() }
        }
        self.check_offsets();
    }

    /// With a seed of one's own, what happens can be followed.
    fn note(&self, what: &str) {
        if self.followed {
            let log = self.log.as_ref().map(|log| (log.end, log.synced, log.closed().is_some()));
            eprintln!("{what}: {log:?}");
        }
    }

    fn values(&mut self) -> Vec<Vec<u8>> {
        let count = 1 + self.chance.index(3);
        let value = |history: &mut Self| {
            history.next_value += 1;
            let mut value = history.next_value.to_be_bytes().to_vec();
            let length = if history.chance.one_in(8) { 1500 } else { 40 };
            value.resize(8 + history.chance.index(length), 0x5a);
            value
        };
        (0..count).map(|_| value(self)).collect()
    }

    fn produce_plain(&mut self) {
        let values = self.values();
        let entry = Entry {
            base_offset: self.end(),
            values,
            producer_id: -1,
            epoch: -1,
            sequence: -1,
            transactional: false,
            marker: None,
        };
        self.append(entry);
    }

    fn produce(&mut self, transactional: bool) {
        let producer_id = if transactional { 100 } else { 1 } + i64::from(self.chance.one_in(2));
        let known = meaning(&self.entries).producers.get(&producer_id).copied();
        let known = known.unwrap_or(Producer { epoch: 0, last_sequence: -1, open_since: None });
        let bump = known.open_since.is_none() && self.chance.one_in(10);
        let (epoch, sequence) =
            if bump { (known.epoch + 1, 0) } else { (known.epoch, known.last_sequence + 1) };
        let values = self.values();
        let base_offset = self.end();
        self.append(Entry { base_offset, values, producer_id, epoch, sequence, transactional, marker: None });
    }

    fn end_transaction(&mut self) {
        let open: Vec<_> = meaning(&self.entries).producers.into_iter().collect();
        let open: Vec<_> = open.into_iter().filter(|(_, producer)| producer.open_since.is_some()).collect();
        if open.is_empty() {
            return;
        }
        let (producer_id, producer) = open[self.chance.index(open.len())];
        let kind = if self.chance.one_in(2) { ControlType::Commit } else { ControlType::Abort };
        let base_offset = self.end();
        let result = self.log().append_marker((producer_id, producer.epoch), kind, 3, false, 7000);
        let entry = Entry {
            base_offset,
            values: vec![kind.to_key().to_vec()],
            producer_id,
            epoch: producer.epoch,
            sequence: -1,
            transactional: true,
            marker: Some(kind),
        };
        self.took(entry, result);
    }

    fn append(&mut self, entry: Entry) {
        let bytes = wire(&entry);
        let result = self.log().append(&bytes, Origin::Client, 6000);
        self.took(entry, result);
    }

    fn took(&mut self, entry: Entry, result: Result<Appended, AppendError>) {
        match result {
            Ok(appended) => {
                assert!(!appended.duplicate);
                assert_eq!(
                    (appended.base_offset, appended.last_offset),
                    (entry.base_offset, entry.end() - 1)
                );
                self.entries.push(entry);
            }
            Err(AppendError::Disk(_)) => self.lost.push(entry),
            Err(AppendError::Closed(_)) => assert!(self.log().closed().is_some()),
            Err(refused) => panic!("{entry:?}: {refused}"),
        }
    }

    /// A producer sends its last batch again.
    fn repeat(&mut self) {
        let last = self.entries.iter().rev().find(|entry| entry.sequence >= 0).cloned();
        let Some(last) = last else { return };
        let current = meaning(&self.entries).producers[&last.producer_id];
        if current.epoch != last.epoch || self.log().closed().is_some() {
            return;
        }
        let appended = self.log().append(&wire(&last), Origin::Client, 6000).unwrap();
        assert!(appended.duplicate);
        assert_eq!((appended.base_offset, appended.last_offset), (last.base_offset, last.end() - 1));
    }

    fn sync(&mut self) {
        let Some(ticket) = self.log().start_sync() else { return };
        // What comes in meanwhile is not of this sync.
        if self.chance.one_in(3) {
            self.produce_plain();
        }
        let result = ticket.run();
        let worked = result.is_ok();
        self.log().finish_sync(&ticket, result);
        if worked {
            self.high_watermark = self.high_watermark.max(ticket.end_offset());
        } else {
            assert!(self.log().closed().is_some());
        }
    }

    fn checkpoint(&mut self) {
        let Some(ticket) = self.log().start_checkpoint() else { return };
        let (end, start) = (self.end(), self.log_start.1);
        if self.chance.one_in(3) {
            self.produce_plain();
        }
        if self.chance.one_in(4) {
            // Another one, begun later, is done earlier.
            self.checkpoint();
        }
        let done = ticket.run();
        if self.log().finish_checkpoint(done).is_ok() {
            self.log_start.0 = self.log_start.0.max(start);
            self.high_watermark = self.high_watermark.max(end);
        } else {
            self.high_watermark = self.log().offsets().high_watermark;
        }
    }

    fn roll(&mut self) {
        // It may fail: then everything is as it was.
        let _ = self.log().roll(6000);
    }

    fn retain(&mut self) {
        if self.log().retain(6000).is_ok() {
            self.new_log_start();
        }
    }

    fn delete_records(&mut self) {
        let offset = i64::try_from(self.chance.below(self.high_watermark.unsigned_abs() + 2)).unwrap();
        match self.log().delete_before(offset) {
            Ok(start) => assert_eq!(start, self.log_start.1.max(offset)),
            Err(_) => assert!(offset > self.high_watermark),
        }
        self.new_log_start();
    }

    fn new_log_start(&mut self) {
        let start = self.log().offsets().log_start;
        assert!(start >= self.log_start.1 && start <= self.high_watermark);
        self.log_start.1 = start;
    }

    /// Reading goes on while the disk is full, and writing when it no more is.
    fn fill_the_disk(&mut self) {
        self.disk.set_capacity(Some(self.disk.used_bytes()));
        for _ in 0..3 {
            self.produce_plain();
        }
        if !self.disk.has_stopped() {
            self.check_offsets();
            self.check_content(ReadBound::LogEnd);
        }
        if self.chance.one_in(2) && !self.disk.has_stopped() {
            // Deletion makes room though there is none to write down what was deleted. A crash right then would cost
            // what is known of producers without records; not here.
            self.disk.clear_faults();
            self.disk.stop_after(u64::MAX);
            self.retain();
            self.checkpoint();
            self.disk.set_capacity(None);
            self.checkpoint();
        }
        self.disk.set_capacity(None);
    }

    fn power_cut(&mut self) {
        self.note("power cut");
        self.log = None;
        self.disk.power_cut();
        self.reopen();
    }

    fn kill(&mut self) {
        self.note("kill");
        self.log = None;
        self.disk.kill();
        self.reopen();
    }

    /// A clean end, as far as it works, or none at all without a kill.
    fn restart(&mut self) {
        self.note("restart");
        let mut log = self.log.take().unwrap();
        if self.chance.one_in(2) {
            let _ = log.close();
        }
        if !self.disk.has_stopped() {
            self.reopen();
        } else {
            self.disk.kill();
            self.reopen();
        }
    }

    fn reopen(&mut self) {
        self.disk.clear_faults();
        self.shown = self.shown.max(self.high_watermark);
        if self.chance.one_in(4) {
            self.disk.stop_after(self.chance.below(10));
        }
        loop {
            self.leader_epoch += 1;
            let name = TopicPartition { topic: "t".to_owned(), partition: 0 };
            let disk: Arc<dyn Disk> = Arc::new(self.disk.clone());
            let directory = PathBuf::from("t-0");
            match PartitionLog::open(disk, directory, name, self.config.clone(), self.leader_epoch, 5000) {
                Ok(log) if !self.disk.has_stopped() => {
                    self.log = Some(log);
                    break;
                }
                Err(error) if !self.disk.has_stopped() => panic!("{error}"),
                _ if self.chance.one_in(2) => self.disk.power_cut(),
                _ => self.disk.kill(),
            }
        }
        self.disk.stop_after(u64::MAX);
        self.after_opening();
    }

    /// Everything that was synced is there; what follows was once tried at its place.
    fn after_opening(&mut self) {
        let offsets = self.log().offsets();
        self.note("opened");
        assert_eq!(offsets.high_watermark, offsets.log_end, "what is there is on the disk");
        assert!(offsets.log_end >= self.shown, "offsets that were shown are not used again");
        assert!(offsets.log_start >= self.log_start.0 && offsets.log_start <= self.log_start.1);
        self.log_start = (self.log_start.0, offsets.log_start);
        let found = self.scan(offsets.log_start, ReadBound::LogEnd);
        if self.followed {
            let offsets: Vec<_> = found.iter().map(|entry| entry.base_offset).collect();
            let log_start = self.log_start;
            let checkpoint = self.log().checkpointed;
            eprintln!("opened: {log_start:?}, checkpoint {checkpoint:?}: {offsets:?}");
        }
        let kept: Vec<Entry> =
            self.entries.iter().filter(|entry| entry.end() <= offsets.log_start).cloned().collect();
        for entry in &self.entries {
            if entry.end() > offsets.log_start && entry.base_offset < self.high_watermark {
                assert!(found.contains(entry), "{entry:?} was synced");
            }
        }
        let mut candidates = std::mem::take(&mut self.entries);
        candidates.append(&mut self.lost);
        let mut next = found.first().map_or(offsets.log_end, |entry| entry.base_offset);
        for entry in &found {
            assert_eq!(entry.base_offset, next, "no gap");
            assert!(candidates.contains(entry), "{entry:?} was never written");
            next = entry.end();
        }
        assert_eq!(next, offsets.log_end);
        self.entries = kept;
        self.entries.extend(found);
        self.lost = candidates;
        self.high_watermark = offsets.log_end;
        self.check_content(ReadBound::HighWatermark);
    }

    fn end(&self) -> i64 {
        self.entries.last().map_or(0, Entry::end)
    }

    fn check_offsets(&mut self) {
        let (end, high_watermark, log_start) = (self.end(), self.high_watermark, self.log_start.1);
        let meaning = meaning(&self.entries);
        let open = meaning.producers.values().filter_map(|producer| producer.open_since);
        let undecided = meaning.ended.iter().filter(|ended| ended.1 >= high_watermark).map(|ended| ended.0);
        let unstable = open.chain(undecided).min().unwrap_or(i64::MAX);
        let last_stable = high_watermark.min(unstable).max(log_start);
        let log = self.log();
        let offsets = log.offsets();
        assert_eq!(
            (offsets.log_start, offsets.last_stable, offsets.high_watermark, offsets.log_end),
            (log_start, last_stable, high_watermark, end)
        );
        for (&producer_id, expect) in &meaning.producers {
            let state = log.producers().state(producer_id).expect("a producer that wrote is known");
            let open_since = Some(state.transaction_first_offset).filter(|&offset| offset >= 0);
            let found = Producer { epoch: state.epoch, last_sequence: state.last_sequence, open_since };
            assert_eq!(found, *expect, "producer {producer_id}");
        }
        let aborted: Vec<_> = log.aborted(log_start, last_stable);
        let aborted: Vec<_> =
            aborted.iter().map(|one| (one.producer_id, one.first_offset, one.last_offset)).collect();
        for expect in meaning.aborted.iter().filter(|one| one.2 >= log_start && one.1 < last_stable) {
            assert!(aborted.contains(expect), "{expect:?} in {aborted:?}");
        }
        assert!(aborted.iter().all(|one| meaning.aborted.contains(one)));
        if self.chance.one_in(4) {
            let bounds = [ReadBound::HighWatermark, ReadBound::LastStable, ReadBound::LogEnd];
            let bound = bounds[self.chance.index(3)];
            self.check_content(bound);
        }
    }

    /// What is read from anywhere is what was written.
    fn check_content(&mut self, bound: ReadBound) {
        let end = self.log().bound(bound);
        let span = (end - self.log_start.1).unsigned_abs() + 1;
        let from = self.log_start.1 + i64::try_from(self.chance.below(span)).unwrap();
        let found = self.scan(from, bound);
        let visible = |entry: &&Entry| entry.end() > from && entry.base_offset < end && from < end;
        let expect: Vec<_> = self.entries.iter().filter(visible).collect();
        assert_eq!(found.iter().collect::<Vec<_>>(), expect, "from {from} to {end}");
    }

    fn scan(&mut self, from: i64, bound: ReadBound) -> Vec<Entry> {
        let mut found = Vec::new();
        let (mut next, mut reader) = (from, BatchReader::new(1 << 20));
        loop {
            let bytes_max = [1, 300, 1 << 20][self.chance.index(3)];
            let slice = self.log().read(next, bound, bytes_max, true).unwrap().checked().unwrap();
            if slice.bytes == 0 {
                return found;
            }
            for batch in Batches::new(&bytes_of(&slice)) {
                let batch = batch.unwrap().validate().unwrap();
                let header = *batch.header();
                next = header.last_offset() + 1;
                let control = header.attributes.is_control();
                let values = reader.records(&batch).unwrap().map(|record| {
                    let record = record.unwrap();
                    if control { record.key } else { record.value }.unwrap().to_vec()
                });
                let values: Vec<_> = values.collect();
                let marker = control.then(|| ControlType::from_key(Some(&values[0])).unwrap());
                found.push(Entry {
                    base_offset: header.base_offset,
                    values,
                    producer_id: header.producer_id,
                    epoch: header.producer_epoch,
                    sequence: header.base_sequence,
                    transactional: header.attributes.is_transactional(),
                    marker,
                });
            }
        }
    }
}

fn run(seed: u64) {
    let mut history = History::new(seed);
    for _ in 0..STEPS {
        history.step();
    }
    history.disk.clear_faults();
    history.disk.stop_after(u64::MAX);
    history.power_cut();
    history.restart();
}

#[test]
fn random_histories_end_as_the_model_says() {
    let number = |name: &str| std::env::var(name).ok().and_then(|number| number.parse().ok());
    if let Some(seed) = number("WATERSHED_SEED") {
        return run(seed);
    }
    for seed in 0..number("WATERSHED_HISTORIES").unwrap_or(HISTORIES) {
        if let Err(panic) = std::panic::catch_unwind(|| run(seed)) {
            eprintln!("the history of WATERSHED_SEED={seed} failed");
            std::panic::resume_unwind(panic);
        }
    }
}

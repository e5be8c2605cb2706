//! Random histories: whatever is written, ended, compacted and read again, a consumer ends with the same values.

use std::collections::{BTreeMap, HashMap};

use proptest::prelude::*;
use watershed_protocol::batch::{BatchHeader, BatchOptions, Codec, ControlType};

use super::lab::*;
use crate::partition::log::tests::sync;
use crate::partition::producers::Verdict;
use crate::partition::read::ReadBound;

#[derive(Debug, Clone)]
enum Step {
    /// Producer 0 has no id, 1 and 2 are idempotent, 3 to 5 transactional.
    Put {
        producer: usize,
        pairs: Vec<(u8, Option<u8>)>,
        codec: Codec,
    },
    End {
        producer: usize,
        abort: bool,
        bump: bool,
    },
    Roll,
    Compact {
        later_ms: i64,
        keys_max: usize,
        segment_bytes: u64,
    },
    Reopen {
        lose_checkpoint: bool,
    },
    Expire,
    Crash {
        changes: u64,
        power: bool,
    },
}

fn step() -> impl Strategy<Value = Step> {
    let value = prop_oneof![3 => any::<u8>().prop_map(Some), 1 => Just(None)];
    let pairs = prop::collection::vec((0..5_u8, value), 1..4);
    let codec = prop_oneof![Just(Codec::None), Just(Codec::Lz4)];
    let later_ms = prop_oneof![Just(0), Just(DAY_MS / 2), Just(DAY_MS * 2)];
    let segment_bytes = prop_oneof![Just(1), Just(400), Just(1 << 20)];
    let keys_max = prop_oneof![1 => 1..4_usize, 3 => Just(1_000)];
    prop_oneof![
        12 => (0..6_usize, pairs, codec).prop_map(|(producer, pairs, codec)| Step::Put { producer, pairs, codec }),
        5 => (3..6_usize, any::<bool>(), any::<bool>()).prop_map(|(producer, abort, bump)| Step::End { producer, abort, bump }),
        4 => Just(Step::Roll),
        4 => (later_ms, keys_max, segment_bytes).prop_map(|(later_ms, keys_max, segment_bytes)| Step::Compact { later_ms, keys_max, segment_bytes }),
        1 => any::<bool>().prop_map(|lose_checkpoint| Step::Reopen { lose_checkpoint }),
        1 => Just(Step::Expire),
        2 => (0..30_u64, any::<bool>()).prop_map(|(changes, power)| Step::Crash { changes, power }),
    ]
}

/// A record that was written, and the transaction that decides over it.
struct Written {
    seen: Seen,
    transaction: Option<usize>,
}

#[derive(Default)]
struct Producer {
    epoch: i16,
    /// Of this epoch: first sequence, records, base offset.
    batches: Vec<(i32, i32, i64)>,
    transaction: Option<usize>,
    /// Not since it was forgotten.
    known: bool,
}

struct History {
    lab: Lab,
    written: Vec<Written>,
    producers: Vec<Producer>,
    /// Each transaction's end: aborted or not.
    ends: Vec<Option<bool>>,
    compacted_to: i64,
}

impl History {
    fn new(seed: u64) -> Self {
        let producers = (0..6).map(|_| Producer::default()).collect();
        Self { lab: Lab::with_seed(seed), written: Vec::new(), producers, ends: Vec::new(), compacted_to: 0 }
    }

    fn apply(&mut self, step: Step) {
        match step {
            Step::Put { producer, pairs, codec } => self.put(producer, &pairs, codec),
            Step::End { producer, abort, bump } => self.end(producer, abort, bump),
            Step::Roll => self.lab.roll(),
            Step::Compact { later_ms, keys_max, segment_bytes } => {
                self.lab.now_ms += later_ms;
                self.lab.keys_max = keys_max;
                let mut rules = rules();
                rules.segment_bytes_max = segment_bytes;
                if let Some(outcome) = self.lab.compact_closed(&rules).unwrap() {
                    self.compacted_to = outcome.first_dirty_offset;
                }
                self.check();
            }
            Step::Reopen { lose_checkpoint } => {
                self.lab.reopen(lose_checkpoint);
                self.check();
            }
            Step::Crash { changes, power } => {
                self.lab.crash_in_compaction(&rules(), changes, power);
                self.check();
            }
            Step::Expire => {
                self.lab.log().expire_producers(i64::MAX, 1);
                // A log that is read again may remember them better, so they come back as a new instance.
                for producer in self.producers.iter_mut().filter(|producer| producer.transaction.is_none()) {
                    *producer = Producer { epoch: producer.epoch + 1, ..Producer::default() };
                }
            }
        }
    }

    fn put(&mut self, producer: usize, pairs: &[(u8, Option<u8>)], codec: Codec) {
        let state = &mut self.producers[producer];
        let sequence = state.batches.last().map_or(0, |(sequence, count, _)| sequence + count);
        let options = match producer {
            0 => BatchOptions::default(),
            1 | 2 => idempotent(producer as i64, state.epoch, sequence),
            _ => transactional(producer as i64, state.epoch, sequence),
        };
        if producer > 2 && state.transaction.is_none() {
            state.transaction = Some(self.ends.len());
            self.ends.push(None);
        }
        let transaction = state.transaction;
        let texts: Vec<(String, Option<String>)> = pairs
            .iter()
            .map(|(key, value)| (key.to_string(), value.map(|value| value.to_string())))
            .collect();
        let borrowed: Vec<Pair<'_>> =
            texts.iter().map(|(key, value)| (key.as_str(), value.as_deref())).collect();
        let base = self.lab.put(BatchOptions { codec, ..options }, &borrowed);
        let count = i32::try_from(pairs.len()).unwrap();
        state.known = true;
        state.batches.push((sequence, count, base));
        for ((key, value), offset) in texts.into_iter().zip(base..) {
            let seen = Seen { offset, timestamp_ms: self.lab.now_ms, key: Some(key), value };
            self.written.push(Written { seen, transaction });
        }
    }

    fn end(&mut self, producer: usize, abort: bool, bump: bool) {
        let state = &mut self.producers[producer];
        let Some(transaction) = state.transaction.take() else { return };
        self.ends[transaction] = Some(abort);
        if bump {
            state.epoch += 1;
            state.batches.clear();
        }
        let kind = if abort { ControlType::Abort } else { ControlType::Commit };
        self.lab.end(producer as i64, state.epoch, kind);
    }

    fn check(&mut self) {
        sync(self.lab.log());
        let stable = self.lab.log().offsets().last_stable;
        let committed: BTreeMap<i64, &Seen> = self
            .written
            .iter()
            .filter(|record| {
                record.transaction.is_none_or(|transaction| self.ends[transaction] == Some(false))
            })
            .map(|record| (record.seen.offset, &record.seen))
            .filter(|(offset, _)| *offset < stable)
            .collect();
        let mut last: HashMap<&Option<String>, &Seen> = HashMap::new();
        for record in committed.values() {
            last.insert(&record.key, record);
        }
        // From the start, and from somewhere within.
        for from in [0, stable / 3, stable / 2] {
            let seen = self.lab.committed(from);
            for record in &seen {
                assert_eq!(
                    committed.get(&record.offset),
                    Some(&record),
                    "only what was written and committed"
                );
            }
            for record in last.values().filter(|record| record.offset >= from) {
                let there = seen.iter().any(|seen| seen == *record);
                assert!(there || record.value.is_none(), "{record:?} is gone");
            }
            assert!(seen.is_sorted_by(|a, b| a.offset < b.offset));
            let mut keys: Vec<_> = seen
                .iter()
                .filter(|record| record.offset < self.compacted_to)
                .map(|record| &record.key)
                .collect();
            let count = keys.len();
            keys.sort();
            keys.dedup();
            assert_eq!(keys.len(), count, "one record of a key in what is compact");
        }
        self.check_markers();
        self.check_producers();
    }

    /// A transaction in the index has its marker: or it would hide what comes later.
    fn check_markers(&mut self) {
        let markers = self.lab.markers();
        for entry in self.lab.log().aborted(0, i64::MAX) {
            assert!(markers.contains(&(entry.last_offset, ControlType::Abort)), "{entry:?}");
        }
    }

    fn check_producers(&mut self) {
        for (id, producer) in self.producers.iter().enumerate().skip(1).filter(|(_, producer)| producer.known)
        {
            let state = self.lab.log().producers().state(id as i64).expect("known");
            assert_eq!(state.epoch, producer.epoch, "producer {id}");
            let last = producer.batches.last().map_or(-1, |(sequence, count, _)| sequence + count - 1);
            assert_eq!(state.last_sequence, last, "producer {id}");
            for (sequence, count, base_offset) in producer.batches.iter().rev().take(5) {
                let header = header(id as i64, producer.epoch, *sequence, *count);
                let verdict = self.lab.log().producers().check(&header).unwrap();
                let Verdict::Duplicate { base_offset: found, .. } = verdict else { panic!("{header:?}") };
                assert_eq!(found, *base_offset);
            }
        }
    }
}

fn header(producer_id: i64, producer_epoch: i16, base_sequence: i32, count: i32) -> BatchHeader {
    BatchHeader {
        base_offset: 0,
        length_bytes: 49,
        leader_epoch: 0,
        crc: 0,
        attributes: Default::default(),
        last_offset_delta: count - 1,
        base_timestamp_ms: 0,
        max_timestamp_ms: 0,
        producer_id,
        producer_epoch,
        base_sequence,
        record_count: count,
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 150, ..ProptestConfig::default() })]

    #[test]
    fn a_consumer_ends_with_the_same_values_and_producers_go_on(seed: u64, steps in prop::collection::vec(step(), 1..70)) {
        let mut history = History::new(seed);
        for step in steps {
            history.apply(step);
        }
        // In the end everything is decided, and compacted until nothing changes.
        for producer in 3..6 {
            history.end(producer, producer == 4, false);
        }
        history.lab.roll();
        for _ in 0..4 {
            let later_ms = 2 * DAY_MS;
            history.apply(Step::Compact { later_ms, keys_max: 1_000, segment_bytes: 1 << 20 });
            history.put(0, &[(9, Some(1))], Codec::None);
            history.lab.roll();
        }
        history.apply(Step::Reopen { lose_checkpoint: true });
        let tombstones = history.lab.stored(0, ReadBound::LogEnd).iter().flat_map(|batch| &batch.records).filter(|record| record.value.is_none()).count();
        prop_assert_eq!(tombstones, 0, "all tombstones are past their horizon");
    }
}

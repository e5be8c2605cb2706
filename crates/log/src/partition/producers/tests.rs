//! Producers' states: Kafka's rules one by one, and random histories against a plain model.

use proptest::prelude::*;
use watershed_protocol::batch::Attributes;

use super::snapshot::SnapshotError;
use super::*;

const PID: i64 = 9;

/// A batch of `count` records at `base_offset`.
fn batch(epoch: i16, sequence: i32, count: i32, base_offset: i64) -> BatchHeader {
    BatchHeader {
        base_offset,
        length_bytes: 49,
        leader_epoch: 0,
        crc: 0,
        attributes: Attributes::default(),
        last_offset_delta: count - 1,
        base_timestamp_ms: 0,
        max_timestamp_ms: 1_000 + base_offset,
        producer_id: PID,
        producer_epoch: epoch,
        base_sequence: sequence,
        record_count: count,
    }
}

fn transactional(mut header: BatchHeader) -> BatchHeader {
    header.attributes = header.attributes.with_transactional(true);
    header
}

fn of(producer_id: i64, header: BatchHeader) -> BatchHeader {
    BatchHeader { producer_id, ..header }
}

fn end(kind: ControlType, producer_id: i64, epoch: i16, offset: i64) -> Marker {
    Marker { producer_id, epoch, kind, coordinator_epoch: 0, offset, timestamp_ms: 7, now_ms: 7 }
}

fn with(batches: &[BatchHeader]) -> Producers {
    let mut producers = Producers::default();
    for batch in batches {
        producers.appended(batch, 0);
    }
    producers
}

fn check(producers: &Producers, batch: &BatchHeader, expect: Result<Verdict, ErrorCode>) {
    assert_eq!(producers.check(batch).map_err(|error| error.code()), expect, "{batch:?}");
}

const OUT_OF_ORDER: Result<Verdict, ErrorCode> = Err(ErrorCode::OutOfOrderSequenceNumber);
const FENCED: Result<Verdict, ErrorCode> = Err(ErrorCode::InvalidProducerEpoch);

#[test]
fn an_unknown_producer_may_start_with_any_sequence() {
    check(&Producers::default(), &batch(0, 0, 1, 0), Ok(Verdict::Append));
    check(&Producers::default(), &batch(3, 77, 1, 0), Ok(Verdict::Append));
}

#[test]
fn a_known_producer_goes_on_where_it_was_or_is_out_of_order() {
    let producers = with(&[batch(0, 0, 3, 100)]);
    check(&producers, &batch(0, 3, 2, 0), Ok(Verdict::Append));
    check(&producers, &batch(0, 4, 1, 0), OUT_OF_ORDER);
    check(&producers, &batch(0, 2, 1, 0), OUT_OF_ORDER);
    // The same start with another length is no duplicate.
    check(&producers, &batch(0, 0, 2, 0), OUT_OF_ORDER);
}

#[test]
fn any_of_the_last_five_batches_is_a_duplicate_and_older_ones_are_out_of_order() {
    let producers = with(&[0, 1, 2, 3, 4, 5].map(|n| batch(0, n * 2, 2, i64::from(n) * 10)));
    check(&producers, &batch(0, 0, 2, 0), OUT_OF_ORDER);
    for n in 1..6 {
        let base_offset = i64::from(n) * 10;
        let expect = Verdict::Duplicate {
            base_offset,
            last_offset: base_offset + 1,
            timestamp_ms: 1_000 + base_offset,
        };
        check(&producers, &batch(0, n * 2, 2, 0), Ok(expect));
    }
    check(&producers, &batch(0, 12, 2, 0), Ok(Verdict::Append));
}

#[test]
fn sequences_wrap_to_zero_also_within_a_batch() {
    let producers = with(&[batch(0, i32::MAX - 1, 2, 0)]);
    check(&producers, &batch(0, 0, 1, 0), Ok(Verdict::Append));
    check(&producers, &batch(0, i32::MAX, 1, 0), OUT_OF_ORDER);
    // MAX - 1, MAX, 0, 1: the next is 2.
    let producers = with(&[batch(0, i32::MAX - 1, 4, 0)]);
    check(&producers, &batch(0, 2, 1, 0), Ok(Verdict::Append));
    let again = Verdict::Duplicate { base_offset: 0, last_offset: 3, timestamp_ms: 1_000 };
    check(&producers, &batch(0, i32::MAX - 1, 4, 0), Ok(again));
}

#[test]
fn a_new_epoch_starts_at_zero_and_fences_the_old_one() {
    let mut producers = with(&[batch(4, 0, 1, 0)]);
    check(&producers, &batch(5, 1, 1, 0), OUT_OF_ORDER);
    check(&producers, &batch(5, 0, 1, 0), Ok(Verdict::Append));
    check(&producers, &batch(3, 0, 1, 0), FENCED);
    producers.appended(&batch(5, 0, 1, 1), 0);
    check(&producers, &batch(4, 0, 1, 0), FENCED);
    check(&producers, &batch(4, 1, 1, 0), FENCED);
    check(
        &producers,
        &batch(5, 0, 1, 0),
        Ok(Verdict::Duplicate { base_offset: 1, last_offset: 1, timestamp_ms: 1_001 }),
    );
}

#[test]
fn a_marker_keeps_sequences_in_its_epoch_and_restarts_them_in_a_new_one() {
    let mut producers = with(&[transactional(batch(0, 0, 2, 0))]);
    producers.marker(&end(ControlType::Commit, PID, 0, 2));
    check(&producers, &transactional(batch(0, 2, 1, 0)), Ok(Verdict::Append));
    check(&producers, &transactional(batch(0, 0, 1, 0)), OUT_OF_ORDER);
    producers.marker(&end(ControlType::Abort, PID, 1, 3));
    check(&producers, &transactional(batch(0, 2, 1, 0)), FENCED);
    check(&producers, &transactional(batch(1, 0, 1, 0)), Ok(Verdict::Append));
    check(&producers, &transactional(batch(1, 2, 1, 0)), OUT_OF_ORDER);
}

#[test]
fn within_a_transaction_only_its_own_batches_are_taken() {
    let producers = with(&[transactional(batch(0, 0, 1, 0))]);
    check(&producers, &batch(0, 1, 1, 0), Err(ErrorCode::InvalidTxnState));
    check(&producers, &transactional(batch(0, 1, 1, 0)), Ok(Verdict::Append));
    assert!(producers.has_open_transaction(PID));
    assert!(!producers.has_open_transaction(PID + 1));
}

#[test]
fn a_coordinators_batch_without_sequence_answers_for_its_epoch_alone() {
    let committed = transactional(batch(2, -1, 3, 0));
    let producers = with(&[committed]);
    check(&producers, &committed, Ok(Verdict::Append));
    check(&producers, &transactional(batch(1, -1, 1, 0)), FENCED);
    check(&producers, &transactional(batch(3, -1, 1, 0)), Ok(Verdict::Append));
}

#[test]
fn a_marker_is_refused_from_an_old_epoch_or_an_old_coordinator() {
    let mut producers = with(&[transactional(batch(3, 0, 1, 0))]);
    let check = |producers: &Producers, epoch, coordinator_epoch, bumped, expect: Option<ErrorCode>| {
        let result = producers.check_marker(PID, epoch, coordinator_epoch, bumped);
        assert_eq!(result.err().map(|error| error.code()), expect, "{epoch} {coordinator_epoch} {bumped}");
    };
    check(&producers, 2, 0, false, Some(ErrorCode::InvalidProducerEpoch));
    check(&producers, 3, 0, false, None);
    check(&producers, 4, 0, false, None);
    check(&producers, 3, 0, true, Some(ErrorCode::InvalidProducerEpoch));
    check(&producers, 4, 0, true, None);
    producers.marker(&Marker { coordinator_epoch: 8, ..end(ControlType::Abort, PID, 4, 1) });
    check(&producers, 4, 7, true, Some(ErrorCode::TransactionCoordinatorFenced));
    // Sent again because the answer was lost.
    check(&producers, 4, 8, true, None);
    check(&producers, 3, 8, true, Some(ErrorCode::InvalidProducerEpoch));
    assert!(Producers::default().check_marker(PID, 0, 0, true).is_ok());
    let exhausted = with(&[transactional(batch(i16::MAX, 0, 1, 0))]);
    check(&exhausted, i16::MAX, 0, true, None);
}

#[test]
fn an_aborted_transaction_is_told_with_the_last_stable_offset_of_its_end() {
    let mut producers = with(&[
        transactional(of(1, batch(0, 0, 2, 10))),
        transactional(of(2, batch(0, 0, 1, 12))),
        transactional(of(1, batch(0, 2, 1, 13))),
    ]);
    assert_eq!(producers.first_unstable_offset(), Some(10));
    let aborted = |producer_id, first_offset, last_offset, last_stable_offset| {
        Some(AbortedTransaction { producer_id, first_offset, last_offset, last_stable_offset })
    };
    assert_eq!(producers.marker(&end(ControlType::Abort, 1, 0, 14)), aborted(1, 10, 14, 12));
    assert_eq!(producers.marker(&end(ControlType::Abort, 2, 0, 15)), aborted(2, 12, 15, 16));
    // An empty transaction's marker aborts nothing.
    assert_eq!(producers.marker(&end(ControlType::Abort, 2, 0, 16)), None);
    producers.appended(&transactional(of(2, batch(0, 1, 1, 17))), 0);
    assert_eq!(producers.marker(&end(ControlType::Commit, 2, 0, 18)), None);
}

#[test]
fn an_ended_transaction_is_unstable_until_its_marker_is_below_the_high_watermark() {
    let mut producers =
        with(&[transactional(of(1, batch(0, 0, 1, 0))), transactional(of(2, batch(0, 0, 1, 1)))]);
    producers.marker(&end(ControlType::Commit, 1, 0, 2));
    assert_eq!(producers.first_open_offset(), Some(1));
    producers.high_watermark_moved(2);
    assert_eq!(producers.first_unstable_offset(), Some(0));
    producers.high_watermark_moved(3);
    assert_eq!(producers.first_unstable_offset(), Some(1));
    producers.marker(&end(ControlType::Commit, 2, 0, 3));
    producers.high_watermark_moved(9);
    assert_eq!(producers.first_unstable_offset(), None);
}

#[test]
fn idle_producers_expire_but_not_in_a_transaction() {
    let mut producers = Producers::default();
    producers.appended(&of(1, batch(0, 0, 1, 0)), 1_000);
    producers.appended(&transactional(of(2, batch(0, 0, 1, 1))), 1_000);
    producers.appended(&of(3, batch(0, 0, 1, 2)), 1_001);
    producers.expire(2_000, 1_000);
    let mut left: Vec<i64> = producers.states().map(|state| state.producer_id).collect();
    left.sort_unstable();
    assert_eq!(left, [2, 3]);
    check(&producers, &of(1, batch(0, 50, 1, 0)), Ok(Verdict::Append));
}

#[test]
fn a_listed_producer_has_kafkas_fields() {
    let mut producers = with(&[transactional(batch(4, 0, 3, 10))]);
    let state = producers.state(PID).unwrap();
    let expect = ProducerState {
        producer_id: PID,
        epoch: 4,
        last_sequence: 2,
        last_timestamp_ms: 1_010,
        coordinator_epoch: -1,
        transaction_first_offset: 10,
    };
    assert_eq!(state, expect);
    producers.marker(&Marker { coordinator_epoch: 5, ..end(ControlType::Commit, PID, 4, 13) });
    let after =
        ProducerState { last_timestamp_ms: 7, coordinator_epoch: 5, transaction_first_offset: -1, ..expect };
    assert_eq!(producers.state(PID), Some(after));
}

#[test]
fn made_up_producer_ids_do_not_fill_the_memory() {
    let mut producers = with(&[transactional(of(0, batch(0, 0, 1, 0)))]);
    for id in 1..=i64::try_from(PRODUCERS_MAX).unwrap() {
        producers.appended(&of(id, batch(0, 0, 1, id)), id);
    }
    assert!(producers.states().len() <= PRODUCERS_MAX);
    assert!(producers.states().len() > PRODUCERS_MAX / 2);
    assert!(producers.has_open_transaction(0), "an open transaction is never forgotten");
    assert!(producers.state(1).is_none(), "the longest idle goes first");
    assert!(producers.state(i64::try_from(PRODUCERS_MAX).unwrap()).is_some());
}

#[test]
fn a_damaged_snapshot_is_refused_wherever_the_damage_is() {
    let mut producers = with(&[transactional(batch(0, 0, 1, 0)), of(3, batch(7, 4, 1, 1))]);
    producers.marker(&end(ControlType::Abort, 3, 8, 2));
    let bytes = producers.encode(3);
    assert_eq!(Producers::decode(&bytes).unwrap().1, 3);
    for position in 0..bytes.len() {
        let mut damaged = bytes.clone();
        damaged[position] ^= 1;
        assert!(Producers::decode(&damaged).is_err(), "byte {position}");
        assert!(Producers::decode(&bytes[..position]).is_err(), "cut at {position}");
    }
    assert!(Producers::decode(&[&bytes[..], &[0]].concat()).is_err());
    let mut newer = bytes;
    newer[1] = 2;
    assert_eq!(Producers::decode(&newer), Err(SnapshotError::Version(2)));
}

/// Something that happens to a partition.
#[derive(Debug, Clone)]
enum Step {
    /// A batch of so many records; of the right sequence plus this, in the producer's epoch plus this.
    Data {
        producer: usize,
        count: i32,
        sequence_off: i32,
        epoch_off: i16,
        transactional: bool,
    },
    /// The n-th last batch again.
    Again {
        producer: usize,
        back: usize,
    },
    End {
        producer: usize,
        abort: bool,
        bump: bool,
    },
    Sync,
    Restart,
}

fn step() -> impl Strategy<Value = Step> {
    let off = prop_oneof![8 => Just(0), 1 => -2..3_i32];
    let epoch_off = prop_oneof![8 => Just(0_i16), 1 => -1..2_i16];
    prop_oneof![
        8 => (0..3_usize, 1..4_i32, off, epoch_off, any::<bool>()).prop_map(
            |(producer, count, sequence_off, epoch_off, transactional)| Step::Data { producer, count, sequence_off, epoch_off, transactional }),
        3 => (0..3_usize, 0..8_usize).prop_map(|(producer, back)| Step::Again { producer, back }),
        3 => (0..3_usize, any::<bool>(), any::<bool>()).prop_map(|(producer, abort, bump)| Step::End { producer, abort, bump }),
        1 => Just(Step::Sync),
        1 => Just(Step::Restart),
    ]
}

/// All that one producer wrote, in its present epoch first.
#[derive(Debug, Default, Clone)]
struct Model {
    epoch: Option<i16>,
    /// Of this epoch: first sequence, count, base offset.
    batches: Vec<(i32, i32, i64)>,
    open: Option<i64>,
}

impl Model {
    fn next(&self) -> i32 {
        self.batches.last().map_or(0, |(sequence, count, _)| sequence + count)
    }

    fn verdict(&self, header: &BatchHeader) -> Result<Verdict, ErrorCode> {
        let Some(epoch) = self.epoch else { return Ok(Verdict::Append) };
        let (sequence, count) = (header.base_sequence, header.record_count);
        if header.producer_epoch == epoch
            && let Some((_, _, base)) =
                self.batches.iter().rev().take(5).find(|(s, c, _)| (*s, *c) == (sequence, count))
        {
            let last_offset = base + i64::from(count) - 1;
            return Ok(Verdict::Duplicate { base_offset: *base, last_offset, timestamp_ms: 1_000 + base });
        }
        if header.producer_epoch < epoch {
            return FENCED;
        }
        let expected = if header.producer_epoch > epoch { 0 } else { self.next() };
        if sequence != expected {
            return OUT_OF_ORDER;
        }
        if self.open.is_some() && !header.attributes.is_transactional() {
            return Err(ErrorCode::InvalidTxnState);
        }
        Ok(Verdict::Append)
    }
}

proptest! {
    #[test]
    fn histories_agree_with_a_model_that_remembers_everything(steps in prop::collection::vec(step(), 1..60)) {
        let mut producers = Producers::default();
        let mut models = vec![Model::default(); 3];
        let mut unsynced: Vec<(i64, i64)> = Vec::new();
        let mut next_offset = 0;
        for step in steps {
            match step {
                Step::Data { producer, count, sequence_off, epoch_off, transactional: in_transaction } => {
                    let model = &mut models[producer];
                    let epoch = model.epoch.unwrap_or(1) + epoch_off;
                    let sequence = (if epoch_off > 0 { 0 } else { model.next() } + sequence_off).max(0);
                    let mut header = of(producer as i64, batch(epoch, sequence, count, next_offset));
                    header.attributes = header.attributes.with_transactional(in_transaction);
                    let verdict = producers.check(&header).map_err(|error| error.code());
                    prop_assert_eq!(verdict, model.verdict(&header));
                    if verdict == Ok(Verdict::Append) {
                        producers.appended(&header, 0);
                        if model.epoch != Some(epoch) {
                            model.batches.clear();
                        }
                        model.epoch = Some(epoch);
                        model.batches.push((sequence, count, next_offset));
                        if in_transaction {
                            model.open.get_or_insert(next_offset);
                        }
                        next_offset += i64::from(count);
                    }
                }
                Step::Again { producer, back } => {
                    let model = &models[producer];
                    if let Some((sequence, count, _)) = model.batches.iter().rev().nth(back) {
                        let header = of(producer as i64, batch(model.epoch.unwrap(), *sequence, *count, next_offset));
                        prop_assert_eq!(producers.check(&header).map_err(|error| error.code()), model.verdict(&header));
                    }
                }
                Step::End { producer, abort, bump } => {
                    let model = &mut models[producer];
                    let epoch = model.epoch.unwrap_or(1) + i16::from(bump);
                    let allowed = producers.check_marker(producer as i64, epoch, 0, bump).is_ok();
                    prop_assert!(allowed);
                    let kind = if abort { ControlType::Abort } else { ControlType::Commit };
                    let aborted = producers.marker(&end(kind, producer as i64, epoch, next_offset));
                    if bump || model.epoch.is_none() {
                        model.batches.clear();
                    }
                    model.epoch = Some(epoch);
                    let first = model.open.take();
                    prop_assert_eq!(aborted.map(|aborted| aborted.first_offset), first.filter(|_| abort));
                    if let Some(first) = first {
                        unsynced.push((first, next_offset));
                    }
                    let open = models.iter().filter_map(|model| model.open).min();
                    if let Some(aborted) = aborted {
                        prop_assert_eq!(aborted.last_stable_offset, open.unwrap_or(next_offset + 1));
                    }
                    next_offset += 1;
                }
                Step::Sync => {
                    producers.high_watermark_moved(next_offset);
                    unsynced.clear();
                }
                Step::Restart => {
                    producers = Producers::decode(&producers.encode(next_offset)).unwrap().0;
                    unsynced.clear();
                }
            }
            let open = models.iter().filter_map(|model| model.open);
            let unstable = open.chain(unsynced.iter().map(|(first, _)| *first)).min();
            prop_assert_eq!(producers.first_unstable_offset(), unstable);
        }
    }

    #[test]
    fn no_bytes_make_a_snapshot_panic(bytes in prop::collection::vec(any::<u8>(), 0..100), count in any::<u32>()) {
        let mut signed = [&[0, 1, 0, 0, 0, 0][..], &[0; 8], &count.to_be_bytes(), &bytes].concat();
        let crc = watershed_protocol::batch::crc32c(&signed[6..]);
        signed[2..6].copy_from_slice(&crc.to_be_bytes());
        let _ = Producers::decode(&signed);
        let _ = Producers::decode(&bytes);
    }
}

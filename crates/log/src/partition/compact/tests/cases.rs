//! Compaction, claim by claim.

use watershed_protocol::batch::{BatchOptions, Codec, ControlType};

use super::lab::*;
use crate::partition::compact::keys::Keys;
use crate::partition::compact::plan::{CompactRules, plan};
use crate::partition::compact::run;
use crate::partition::log::tests::sync;
use crate::partition::producers::Verdict;
use crate::partition::read::ReadBound;

#[test]
fn the_last_record_of_each_key_stays_where_it_was() {
    for codec in Codec::ALL {
        let mut lab = Lab::new();
        lab.put(compressed(codec), &[("a", Some("1")), ("b", Some("1")), ("a", Some("2"))]);
        lab.put(compressed(codec), &[("c", Some("1")), ("b", Some("2"))]);
        lab.roll();
        lab.put(compressed(codec), &[("c", Some("2"))]);
        let before = lab.stored(0, ReadBound::HighWatermark);
        let outcome = lab.compact();
        let expect = [record(2, "a", Some("2")), record(4, "b", Some("2")), record(5, "c", Some("2"))];
        assert_eq!(lab.records(), expect, "{codec}");
        assert_eq!(outcome.first_dirty_offset, 6);
        let after = lab.stored(0, ReadBound::HighWatermark);
        assert_eq!(after.len(), 3);
        for (old, new) in before.iter().zip(&after) {
            assert_eq!(
                (old.header.base_offset, old.header.last_offset()),
                (new.header.base_offset, new.header.last_offset())
            );
            assert_eq!(old.header.attributes, new.header.attributes);
        }
    }
}

#[test]
fn what_is_not_closed_not_stable_or_not_checkpointed_stays() {
    let mut lab = Lab::new();
    lab.puts(&[("a", Some("1"))]);
    lab.roll();
    lab.put_in_transaction(1, 0, &[("a", Some("2"))]);
    lab.roll();
    lab.puts(&[("a", Some("3"))]);
    lab.compact();
    // The map knows nothing of what lies behind the open transaction's begin.
    assert_eq!(lab.records().len(), 3);
    lab.end(1, 0, ControlType::Commit);
    lab.compact();
    assert_eq!(lab.records(), [record(2, "a", Some("3"))]);
    lab.puts(&[("a", Some("4"))]);
    lab.roll();
    sync(lab.log());
    assert!(lab.log().start_compaction(&rules(), 0).unwrap().is_none(), "no checkpoint since");
}

#[test]
fn records_without_a_key_go() {
    let mut lab = Lab::new();
    let mut builder = watershed_protocol::batch::BatchBuilder::new(BatchOptions::default());
    builder.append(1, None, Some(b"no key"), &[]).unwrap();
    builder.append(1, Some(b"a"), Some(b"1"), &[]).unwrap();
    let mut bytes = Vec::new();
    builder.finish(&mut bytes).unwrap();
    lab.log().append(&bytes, crate::partition::append::Origin::Client, 0).unwrap();
    lab.compact();
    assert_eq!(lab.records(), [record(1, "a", Some("1"))]);
}

#[test]
fn a_tombstone_stays_for_its_retention_after_the_run_that_met_it() {
    let mut lab = Lab::new();
    lab.puts(&[("a", Some("1")), ("b", Some("1"))]);
    lab.puts(&[("a", None), ("c", Some("1"))]);
    lab.compact();
    let kept = [record(1, "b", Some("1")), record(2, "a", None), record(3, "c", Some("1"))];
    assert_eq!(lab.records(), kept);
    let times = |lab: &mut Lab| -> Vec<i64> {
        lab.stored(0, ReadBound::LogEnd)
            .iter()
            .flat_map(|b| b.records.iter().map(|r| r.timestamp_ms))
            .collect()
    };
    assert_eq!(
        times(&mut lab),
        [1_000_000; 3],
        "the horizon takes the base timestamp's place, not the records' times"
    );
    let horizon = |lab: &mut Lab| lab.stored(2, ReadBound::LogEnd)[0].header.delete_horizon_ms();
    assert_eq!(horizon(&mut lab), Some(1_000_000 + DAY_MS));
    lab.now_ms += DAY_MS - 1;
    lab.puts(&[("d", Some("1"))]);
    lab.compact();
    assert_eq!(lab.records()[..3], kept, "the horizon does not move");
    assert_eq!(horizon(&mut lab), Some(1_000_000 + DAY_MS));
    lab.now_ms += 1;
    lab.puts(&[("d", Some("2"))]);
    lab.compact();
    assert_eq!(
        lab.records(),
        [record(1, "b", Some("1")), record(3, "c", Some("1")), record(5, "d", Some("2"))]
    );
}

#[test]
fn aborted_records_go_and_supersede_nothing() {
    let mut lab = Lab::new();
    lab.puts(&[("a", Some("1"))]);
    lab.put_in_transaction(1, 0, &[("a", Some("aborted")), ("b", Some("aborted"))]);
    let marker = lab.end(1, 0, ControlType::Abort);
    lab.put_in_transaction(1, 2, &[("b", Some("committed"))]);
    lab.end(1, 0, ControlType::Commit);
    lab.compact();
    assert_eq!(lab.records(), [record(0, "a", Some("1")), record(4, "b", Some("committed"))]);
    assert_eq!(lab.markers(), [(marker, ControlType::Abort), (5, ControlType::Commit)]);
}

#[test]
fn a_marker_goes_when_its_transaction_is_gone_and_its_horizon_has_passed() {
    for kind in [ControlType::Commit, ControlType::Abort] {
        let mut lab = Lab::new();
        lab.put_in_transaction(1, 0, &[("a", Some("1"))]);
        let marker = lab.end(1, 0, kind);
        lab.puts(&[("a", Some("2"))]);
        // So that the transaction's batch is not remembered for its sequence.
        lab.log().expire_producers(i64::MAX, 1);
        assert!(lab.compact().aborted_gone.is_empty());
        assert_eq!(lab.markers(), [(marker, kind)], "a batch of it was there in this run");
        lab.puts(&[("a", Some("3"))]);
        let gone = if kind == ControlType::Abort { vec![marker] } else { vec![] };
        assert_eq!(lab.compact().aborted_gone, gone);
        assert_eq!(lab.log().aborted(0, 100), [], "the index forgets it first");
        assert_eq!(lab.markers(), [(marker, kind)], "its horizon begins now");
        lab.now_ms += DAY_MS;
        lab.puts(&[("a", Some("4"))]);
        lab.compact();
        assert_eq!(lab.markers(), []);
        assert_eq!(lab.records(), [record(4, "a", Some("4"))]);
    }
}

#[test]
fn a_marker_stays_while_the_index_on_the_disk_may_have_its_transaction() {
    let mut lab = Lab::new();
    lab.put_in_transaction(1, 0, &[("a", Some("1"))]);
    lab.end(1, 0, ControlType::Abort);
    lab.puts(&[("a", Some("2"))]);
    lab.log().expire_producers(i64::MAX, 1);
    lab.compact();
    lab.now_ms += 2 * DAY_MS;
    // A run that sets the horizon and is not taken note of: the process ended there.
    for turn in 0..3 {
        lab.puts(&[("a", Some("3"))]);
        lab.roll();
        let (disk, now_ms) = (lab.disk.clone(), lab.now_ms);
        let log = lab.log();
        sync(log);
        log.checkpoint().unwrap();
        let job = log.start_compaction(&rules(), now_ms).unwrap().unwrap();
        let outcome = run(&*disk, &job, 100, &|| false, &mut |it| log.swap_in(it, now_ms)).unwrap();
        assert_eq!(outcome.aborted_gone, [1]);
        assert_eq!(lab.markers(), [(1, ControlType::Abort)], "turn {turn}");
        lab.now_ms += 2 * DAY_MS;
    }
}

#[test]
fn the_batches_that_a_producer_is_remembered_by_stay_without_records() {
    let mut lab = Lab::new();
    for n in 0..7 {
        lab.put(
            BatchOptions { codec: Codec::Gzip, ..idempotent(1, 0, n * 2) },
            &[("a", Some("1")), ("a", Some("2"))],
        );
    }
    lab.puts(&[("a", Some("last"))]);
    lab.compact();
    assert_eq!(lab.records(), [record(14, "a", Some("last"))]);
    let headers: Vec<_> = lab
        .stored(0, ReadBound::LogEnd)
        .iter()
        .map(|b| {
            (
                b.header.base_offset,
                b.header.base_sequence,
                b.header.last_offset_delta,
                b.header.max_timestamp_ms,
                b.header.length_bytes,
            )
        })
        .collect();
    let empty = |n: i32| (i64::from(n) * 2, n * 2, 1, 1_000_000, 49);
    assert_eq!(headers[..5], [2, 3, 4, 5, 6].map(empty));
    lab.reopen(true);
    for n in 0..8 {
        let header = watershed_protocol::batch::BatchHeader {
            base_sequence: n * 2,
            ..lab.stored(4, ReadBound::LogEnd)[0].header
        };
        let base_offset = i64::from(n) * 2;
        let expect = match n {
            0 | 1 => None,
            7 => Some(Verdict::Append),
            _ => Some(Verdict::Duplicate {
                base_offset,
                last_offset: base_offset + 1,
                timestamp_ms: 1_000_000,
            }),
        };
        assert_eq!(lab.log().producers().check(&header).ok(), expect, "batch {n}");
    }
    // Forgotten producers leave nothing.
    lab.log().expire_producers(i64::MAX, 1);
    lab.puts(&[("a", Some("again"))]);
    lab.compact();
    assert_eq!(lab.stored(0, ReadBound::LogEnd).len(), 1);
}

#[test]
fn a_producer_that_is_remembered_by_a_marker_alone_keeps_its_epoch() {
    let mut lab = Lab::new();
    lab.put_in_transaction(1, 0, &[("a", Some("1"))]);
    lab.end(1, 5, ControlType::Abort);
    for n in 0..4 {
        lab.puts(&[("a", Some("x"))]);
        lab.compact();
        lab.now_ms += 2 * DAY_MS;
        lab.reopen(true);
        assert_eq!(lab.log().producers().state(1).map(|state| state.epoch), Some(5), "run {n}");
    }
    assert_eq!(lab.stored(0, ReadBound::LogEnd).len(), 2);
}

#[test]
fn small_segments_become_one_and_a_large_one_stays_alone() {
    let mut lab = Lab::new();
    for n in 0..6 {
        lab.puts(&[("a", Some("1")), ("b", Some(&n.to_string()))]);
        lab.roll();
    }
    let long = "x".repeat(2_000);
    lab.puts(&[("c", Some(&long))]);
    lab.roll();
    lab.puts(&[("d", Some("1"))]);
    lab.roll();
    let rules = CompactRules { segment_bytes_max: 1_000, ..rules() };
    lab.compact_closed(&rules).unwrap();
    let logs = |lab: &Lab| lab.files().into_iter().filter(|name| name.ends_with(".log")).collect::<Vec<_>>();
    let names = |bases: &[i64]| bases.iter().map(|base| format!("{base:020}.log")).collect::<Vec<_>>();
    assert_eq!(logs(&lab), names(&[0, 12, 13, 14]));
    assert_eq!(lab.records().len(), 4);
    lab.reopen(false);
    assert_eq!(lab.records().len(), 4);
    assert_eq!(lab.stored(11, ReadBound::LogEnd)[0].header.base_offset, 10);
    assert_eq!(
        lab.files().iter().filter(|name| !name.ends_with(".log") && !name.ends_with(".lookup")).count(),
        3
    );
}

#[test]
fn a_segment_of_which_nothing_stays_is_passed_over() {
    let mut lab = Lab::new();
    for _ in 0..3 {
        lab.puts(&[("a", Some("1"))]);
        lab.roll();
    }
    lab.puts(&[("a", Some("2"))]);
    let rules = CompactRules { segment_bytes_max: 1, ..rules() };
    lab.roll();
    lab.compact_closed(&rules).unwrap();
    for turn in 0..3 {
        assert_eq!(lab.records(), [record(3, "a", Some("2"))]);
        assert_eq!(lab.log().offsets().log_start, 0);
        lab.reopen(turn == 1);
    }
    lab.puts(&[("a", Some("3"))]);
    lab.compact();
    assert_eq!(lab.records(), [record(4, "a", Some("3"))]);
}

#[test]
fn a_run_is_due_by_dirt_or_by_age_and_never_too_early() {
    let mut lab = Lab::new();
    let mut segment = |value: &str, now_ms: i64| {
        lab.now_ms = now_ms;
        lab.puts(&[("a", Some(value))]);
        lab.roll();
    };
    for n in 0..4 {
        segment("1", 1_000 * (n + 1));
    }
    let inputs = {
        sync(lab.log());
        lab.log().checkpoint().unwrap();
        let with_times = CompactRules { min_lag_ms: 1, max_lag_ms: 1, ..rules() };
        lab.log().start_compaction(&with_times, 9_000).unwrap().unwrap().inputs
    };
    assert_eq!(inputs.len(), 4);
    let times: Vec<_> =
        inputs.iter().map(|input| (input.max_timestamp_ms, input.first_timestamp_ms)).collect();
    assert_eq!(times, [1_000, 2_000, 3_000, 4_000].map(|ms| (ms, ms)));
    let due = |dirty, stable, change: fn(&mut CompactRules), now_ms| {
        let mut rules = rules();
        change(&mut rules);
        plan(&inputs, dirty, stable, &rules, now_ms)
    };
    assert_eq!(due(0, 4, |_| (), 0), Some(4));
    assert_eq!(due(0, 3, |_| (), 0), Some(3), "stable up to there");
    assert_eq!(due(4, 4, |_| (), 0), None, "all clean");
    assert_eq!(due(0, 0, |_| (), 0), None);
    // One dirty segment of four: a quarter.
    assert_eq!(due(3, 4, |rules| rules.dirty_ratio_min = 0.25, 0), None);
    assert_eq!(due(3, 4, |rules| rules.dirty_ratio_min = 0.24, 0), Some(4));
    assert_eq!(due(0, 4, |rules| rules.min_lag_ms = 500, 3_500), Some(3));
    assert_eq!(due(0, 4, |rules| rules.min_lag_ms = 500, 3_499), Some(2));
    assert_eq!(due(2, 4, |rules| rules.min_lag_ms = 500, 3_499), None, "only clean ones are old enough");
    let overdue = |rules: &mut CompactRules| (rules.dirty_ratio_min, rules.max_lag_ms) = (1.0, 1_000);
    assert_eq!(due(3, 4, overdue, 5_000), None);
    assert_eq!(due(3, 4, overdue, 5_001), Some(4));
}

#[test]
fn retention_goes_on_past_a_segment_of_which_nothing_stayed() {
    let mut lab = Lab::new();
    lab.puts(&[("a", Some("1"))]);
    lab.roll();
    lab.puts(&[("a", Some("2")), ("b", Some("1"))]);
    lab.roll();
    let rules = CompactRules { segment_bytes_max: 1, ..rules() };
    lab.compact_closed(&rules).unwrap();
    let config = crate::partition::log::LogConfig { delete: true, retention_ms: 10, ..lab.config.clone() };
    lab.log().set_config(config);
    let now_ms = lab.now_ms + 1_000;
    assert_eq!(lab.log().retain(now_ms).unwrap(), 2);
    assert_eq!(lab.log().offsets().log_start, 3);
}

#[test]
fn two_keys_are_never_taken_for_one() {
    let mut keys = Keys::new(10);
    let all: Vec<Vec<u8>> = (0..2_000_u32).map(|n| n.to_be_bytes().repeat(n as usize % 9)).collect();
    let mut last = std::collections::HashMap::new();
    for (key, offset) in all.iter().zip(0..) {
        keys.put(key, offset);
        last.insert(key, offset);
    }
    for (key, offset) in all.iter().zip(0..) {
        assert_eq!(keys.is_last(key, offset), last[key] == offset);
    }
    assert!(keys.is_last(b"not there", 0));
}

#[test]
fn a_partition_is_compacted_in_one_call_and_who_waits_for_its_sync_is_told() {
    use crate::options::Blocking;
    use crate::partition::Partition;
    use crate::partition::append::Origin;

    let mut lab = Lab::new();
    for _ in 0..3 {
        lab.puts(&[("a", Some("1"))]);
        lab.roll();
    }
    let partition = Partition::new(lab.take_log(), uuid::Uuid::nil(), 0, Blocking::Inline);
    let one = |value: &[u8]| {
        let mut bytes = Vec::new();
        let mut builder = watershed_protocol::batch::BatchBuilder::new(BatchOptions::default());
        builder.append(1, Some(b"a"), Some(value), &[]).unwrap();
        builder.finish(&mut bytes).unwrap();
        bytes
    };
    let last = partition.append(&one(b"2"), Origin::Client, 0).unwrap().last_offset;
    let outcome = partition.compact(&rules(), 0, &|| false).unwrap().expect("three segments are dirty");
    assert_eq!(outcome.first_dirty_offset, 3);
    assert_eq!(partition.log().offsets().high_watermark, 4, "a checkpoint syncs");
    let durable = std::pin::pin!(partition.durable(last));
    let mut context = std::task::Context::from_waker(std::task::Waker::noop());
    assert!(matches!(durable.poll(&mut context), std::task::Poll::Ready(Ok(()))));
    assert!(partition.compact(&rules(), 0, &|| false).unwrap().is_none());
}

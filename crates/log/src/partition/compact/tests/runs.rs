//! What can happen to a run of the compactor: a full map, a stop anywhere, a crash at any step, damage.

use std::cell::Cell;

use watershed_protocol::batch::Codec;

use super::lab::*;
use crate::partition::compact::plan::CompactRules;
use crate::partition::compact::{CompactError, run};
use crate::partition::log::tests::sync;
use crate::partition::read::ReadBound;

#[test]
fn a_map_that_is_full_cleans_what_it_knows_and_the_next_run_goes_on() {
    let mut lab = Lab::new();
    lab.keys_max = 3;
    let keys: Vec<String> = (0..10).map(|n| format!("key {n}")).collect();
    for round in ["1", "2"] {
        for key in &keys {
            lab.puts(&[(key, Some(round))]);
        }
    }
    lab.roll();
    let mut runs = 0;
    while lab.compact_closed(&rules()).unwrap().is_some() {
        runs += 1;
        assert!(runs < 20);
    }
    assert_eq!(runs, 7, "20 records, three keys at a time");
    let expect: Vec<_> = keys.iter().zip(10..).map(|(key, offset)| record(offset, key, Some("2"))).collect();
    assert_eq!(lab.records(), expect);
}

#[test]
fn a_run_that_stops_anywhere_leaves_a_log_that_means_the_same() {
    for stop_after in 0..12 {
        let mut lab = Lab::new();
        for n in 0..5 {
            lab.puts(&[("a", Some("1")), ("b", Some(&n.to_string()))]);
            lab.roll();
        }
        let (disk, now_ms) = (lab.disk.clone(), lab.now_ms);
        let log = lab.log();
        sync(log);
        log.checkpoint().unwrap();
        let rules = CompactRules { segment_bytes_max: 180, ..rules() };
        let job = log.start_compaction(&rules, now_ms).unwrap().unwrap();
        let asked = Cell::new(0);
        let stop = || {
            asked.set(asked.get() + 1);
            asked.get() > stop_after
        };
        let result = run(&*disk, &job, 100, &stop, &mut |it| log.swap_in(it, now_ms));
        assert_eq!(matches!(result, Err(CompactError::Stopped)), stop_after < 10, "{result:?}");
        let last = lab.records().into_iter().rev().take(2).collect::<Vec<_>>();
        assert_eq!(last, [record(9, "b", Some("4")), record(8, "a", Some("1"))]);
        assert!(lab.files().iter().all(|name| !name.ends_with(".cleaned") && !name.ends_with(".swap")));
        lab.compact_closed(&rules).unwrap();
        assert_eq!(lab.records().len(), 2);
    }
}

#[test]
fn a_log_that_lost_segments_meanwhile_is_not_swapped_into() {
    let mut lab = Lab::new();
    for _ in 0..3 {
        lab.puts(&[("a", Some("1"))]);
        lab.roll();
    }
    let (disk, now_ms) = (lab.disk.clone(), lab.now_ms);
    let log = lab.log();
    sync(log);
    log.checkpoint().unwrap();
    let job = log.start_compaction(&rules(), now_ms).unwrap().unwrap();
    log.delete_before(2).unwrap();
    let result = run(&*disk, &job, 100, &|| false, &mut |it| log.swap_in(it, now_ms));
    assert!(matches!(result, Err(CompactError::Changed)));
    assert_eq!(lab.stored(2, ReadBound::LogEnd).len(), 1);
}

#[test]
fn nothing_is_deleted_while_it_is_being_replaced() {
    let mut lab = Lab::new();
    for _ in 0..3 {
        lab.puts(&[("a", Some("1"))]);
        lab.roll();
    }
    lab.puts(&[("b", Some("1"))]);
    let (disk, now_ms) = (lab.disk.clone(), lab.now_ms);
    let log = lab.log();
    sync(log);
    log.checkpoint().unwrap();
    let job = log.start_compaction(&rules(), now_ms).unwrap().unwrap();
    let mut swap = |it: &_| {
        let ticket = log.start_swap(it, now_ms)?;
        let swapped = ticket.run();
        log.delete_before(2).unwrap();
        log.checkpoint().unwrap();
        log.finish_swap(&ticket, swapped)
    };
    let outcome = run(&*disk, &job, 100, &|| false, &mut swap).unwrap();
    log.finish_compaction(&outcome);
    assert_eq!(lab.log().offsets().log_start, 2);
    for _ in 0..2 {
        let stored: Vec<i64> =
            lab.stored(2, ReadBound::LogEnd).iter().map(|batch| batch.header.base_offset).collect();
        assert_eq!(stored, [2, 3]);
        lab.reopen(false);
    }
    lab.log().delete_before(3).unwrap();
    lab.reopen(false);
    let logs = lab.files().into_iter().filter(|name| name.ends_with(".log")).count();
    assert_eq!(logs, 1);
}

#[test]
fn a_crash_at_any_step_leaves_a_log_that_means_the_same() {
    let mut ends = [0, 0];
    for (seed, power) in (0..6).flat_map(|seed| [(seed, true), (seed, false)]) {
        let mut changes = 0;
        loop {
            let mut lab = Lab::with_seed(seed);
            for n in 0..4 {
                lab.puts(&[("a", Some("1")), ("b", Some(&n.to_string()))]);
                lab.roll();
            }
            let rules = CompactRules { segment_bytes_max: 250, ..rules() };
            let stopped = lab.crash_in_compaction(&rules, changes, power);
            let records = lab.records();
            assert!(records.contains(&record(6, "a", Some("1"))), "{records:?}");
            assert!(records.contains(&record(7, "b", Some("3"))), "{records:?}");
            assert!(records.is_sorted_by(|a, b| a.0 < b.0), "{records:?}");
            let names = lab.files();
            assert!(
                names.iter().all(|name| !name.ends_with(".cleaned") && !name.ends_with(".swap")),
                "{names:?}"
            );
            ends[usize::from(records.len() < 8)] += 1;
            lab.compact_closed(&rules).unwrap();
            assert_eq!(lab.records().len(), 2);
            if !stopped {
                break;
            }
            changes += 1;
        }
        assert!(changes > 10, "{changes} changes of the disk in two swaps");
    }
    assert!(ends[0] > 20 && ends[1] > 20, "undone or finished: {ends:?}");
}

#[test]
fn damage_stops_the_run_and_is_named() {
    let mut lab = Lab::new();
    lab.puts(&[("a", Some("1"))]);
    let position = {
        lab.puts(&[("a", Some("2"))]);
        let stored = lab.stored(0, ReadBound::LogEnd);
        u64::try_from(stored[0].header.length_bytes).unwrap() + 12
    };
    lab.roll();
    let file = lab.disk.open("t-0/00000000000000000000.log".as_ref(), false).unwrap();
    file.write_at(&[std::io::IoSlice::new(b"\xff")], position + 65).unwrap();
    match lab.compact_closed(&rules()) {
        Err(CompactError::Damaged { segment: 0, position: at, .. }) => assert_eq!(at, position),
        other => panic!("{other:?}"),
    }
    assert!(lab.files().iter().all(|name| !name.ends_with(".cleaned")));
}

#[test]
fn a_batch_that_is_too_large_to_look_into_stays_and_all_else_is_compacted() {
    let mut lab = Lab::new();
    let long = "x".repeat(100_000);
    lab.puts(&[("a", Some("1")), ("b", Some("1"))]);
    lab.put(compressed(Codec::Zstd), &[("a", Some("2")), ("c", Some(&long))]);
    lab.puts(&[("b", Some("2"))]);
    lab.roll();
    let rules = CompactRules { decompressed_bytes_max: 50_000, ..rules() };
    lab.compact_closed(&rules).unwrap();
    let offsets: Vec<i64> = lab.records().iter().map(|record| record.0).collect();
    assert_eq!(offsets, [0, 2, 3, 4]);
}

#[test]
fn how_far_it_came_survives_a_restart() {
    let mut lab = Lab::new();
    lab.puts(&[("a", Some("1"))]);
    lab.compact();
    lab.reopen(false);
    assert!(lab.compact_closed(&rules()).unwrap().is_none(), "nothing is dirty");
    lab.disk.remove("t-0/compacted".as_ref()).unwrap();
    lab.reopen(false);
    assert!(lab.compact_closed(&rules()).unwrap().is_some(), "it is done again");
}

//! Claims about lookups by time.

use super::super::append::Origin;
use super::super::log::LogConfig;
use super::super::log::tests::{batch, config, open_on, sync};
use super::*;
use crate::disk::SimulatedDisk;
use watershed_protocol::batch::{BatchBuilder, BatchOptions, Codec};

/// Segments of three batches; the times of batches are not in order.
fn log() -> PartitionLog {
    let config = LogConfig { segment_bytes: 250, index_interval_bytes: 0, ..config() };
    let mut log = open_on(Arc::new(SimulatedDisk::new(1)), config, 4);
    for timestamp_ms in [100, 90, 110, 105, 300, 200, 150, 300, 120] {
        log.append(&batch(BatchOptions::default(), timestamp_ms, &[b"x"]), Origin::Client, 0).unwrap();
    }
    assert!(log.segments.len() >= 3);
    sync(&mut log);
    log
}

#[test]
fn the_first_record_at_or_after_a_time_is_found() {
    let log = log();
    let cases = [
        (0, Some((0, 100))),
        (100, Some((0, 100))),
        (101, Some((2, 110))),
        (111, Some((4, 300))),
        (300, Some((4, 300))),
        (301, None),
    ];
    for (timestamp_ms, expect) in cases {
        let found = log.offset_for_time(timestamp_ms, ReadBound::HighWatermark).unwrap();
        assert_eq!(found.map(|found| (found.offset, found.timestamp_ms)), expect, "time {timestamp_ms}");
        assert!(found.is_none_or(|found| found.leader_epoch == 4));
    }
}

#[test]
fn the_first_record_with_the_largest_time_is_found() {
    let mut log = log();
    let found = log.max_timestamp(ReadBound::HighWatermark).unwrap().unwrap();
    assert_eq!((found.offset, found.timestamp_ms), (4, 300));
    log.append(&batch(BatchOptions::default(), 400, &[b"x"]), Origin::Client, 0).unwrap();
    let found = log.max_timestamp(ReadBound::HighWatermark).unwrap().unwrap();
    assert_eq!((found.offset, found.timestamp_ms), (4, 300), "the last one is not yet on the disk");
    sync(&mut log);
    assert_eq!(log.max_timestamp(ReadBound::HighWatermark).unwrap().unwrap().offset, 9);
}

#[test]
fn a_record_inside_of_a_compressed_batch_is_found() {
    let mut log = open_on(Arc::new(SimulatedDisk::new(1)), config(), 0);
    let mut builder = BatchBuilder::new(BatchOptions { codec: Codec::Lz4, ..BatchOptions::default() });
    for timestamp_ms in [10, 30, 20, 30, 40] {
        builder.append(timestamp_ms, None, Some(b"v"), &[]).unwrap();
    }
    let mut bytes = Vec::new();
    builder.finish(&mut bytes).unwrap();
    log.append(&bytes, Origin::Client, 0).unwrap();
    sync(&mut log);
    for (timestamp_ms, expect) in [(5, 0), (11, 1), (30, 1), (31, 4)] {
        let found = log.offset_for_time(timestamp_ms, ReadBound::HighWatermark).unwrap().unwrap();
        assert_eq!(found.offset, expect, "time {timestamp_ms}");
    }
    log.delete_before(2).unwrap();
    assert_eq!(log.offset_for_time(5, ReadBound::HighWatermark).unwrap().unwrap().offset, 2);
}

#[test]
fn lookups_are_the_same_after_a_restart() {
    let disk = SimulatedDisk::new(1);
    let config = LogConfig { segment_bytes: 250, index_interval_bytes: 0, ..config() };
    let mut log = open_on(Arc::new(disk.clone()), config.clone(), 4);
    for timestamp_ms in 0..60 {
        let timestamp_ms = timestamp_ms * 37 % 61;
        log.append(&batch(BatchOptions::default(), timestamp_ms, &[b"x"]), Origin::Client, 0).unwrap();
    }
    sync(&mut log);
    let answers = |log: &PartitionLog| {
        let bound = ReadBound::HighWatermark;
        let times: Vec<_> = (0..62).map(|time| log.offset_for_time(time, bound).unwrap()).collect();
        (times, log.max_timestamp(bound).unwrap())
    };
    let before = answers(&log);
    log.close().unwrap();
    drop(log);
    disk.kill();
    let log = open_on(Arc::new(disk), config, 5);
    assert_eq!(answers(&log), before);
    let in_memory = log.segments.iter().filter(|segment| segment.index_in_memory().is_some()).count();
    assert!(in_memory <= INDEXES_MAX + 1, "{in_memory} indexes stay in memory");
}

//! Claims about deletion from the front.

use std::path::Path;
use std::sync::Arc;

use super::super::append::Origin;
use super::super::log::LogConfig;
use super::super::log::tests::{batch, config, open_on, records, sync};
use super::super::read::{ReadBound, ReadError};
use super::*;
use crate::disk::{Disk, SimulatedDisk};
use watershed_protocol::batch::BatchOptions;

/// Ten segments of one batch of one record, with the times 0, 100 and so on.
fn log(disk: &SimulatedDisk, config: LogConfig) -> PartitionLog {
    let mut log = open_on(Arc::new(disk.clone()), LogConfig { segment_bytes: 100, ..config }, 0);
    for number in 0..10 {
        log.append(&batch(BatchOptions::default(), number * 100, &[&[9; 20]]), Origin::Client, 0).unwrap();
    }
    sync(&mut log);
    assert_eq!(log.segments.len(), 10);
    log
}

fn files(disk: &SimulatedDisk) -> usize {
    disk.list(Path::new("t-0")).unwrap().iter().filter(|name| name.ends_with(".log")).count()
}

#[test]
fn segments_go_when_all_their_records_are_too_old() {
    for (now_ms, expect) in [(500, 0), (501, 1), (799, 3), (801, 4)] {
        let disk = SimulatedDisk::new(1);
        let mut log = log(&disk, LogConfig { retention_ms: 500, ..config() });
        assert_eq!(log.retain(now_ms).unwrap(), expect, "at {now_ms}");
        assert_eq!(log.offsets().log_start, i64::try_from(expect).unwrap());
    }
}

#[test]
fn an_expired_active_segment_goes_too_and_offsets_go_on() {
    let disk = SimulatedDisk::new(1);
    let mut log = log(&disk, LogConfig { retention_ms: 500, ..config() });
    assert_eq!(log.retain(10_000).unwrap(), 10);
    assert_eq!((log.offsets().log_start, log.offsets().log_end), (10, 10));
    assert_eq!(log.retain(10_000).unwrap(), 0);
    log.close().unwrap();
    drop(log);
    let mut log = open_on(Arc::new(disk.clone()), config(), 1);
    assert_eq!(
        (
            files(&disk),
            log.append(&batch(BatchOptions::default(), 1, &[b"x"]), Origin::Client, 0).unwrap().base_offset
        ),
        (1, 10)
    );
}

#[test]
fn segments_go_as_long_as_what_stays_is_enough() {
    for (kept, expect) in [(0, 10), (1, 9), (3, 7), (20, 0)] {
        let disk = SimulatedDisk::new(1);
        let mut log = log(&disk, config());
        let segment_bytes = i64::try_from(log.segments[0].size_bytes).unwrap();
        log.set_config(LogConfig { retention_bytes: kept * segment_bytes, ..config() });
        assert_eq!(log.retain(0).unwrap(), expect, "of ten, with room for {kept}");
    }
}

#[test]
fn what_is_not_on_the_disk_does_not_go() {
    let disk = SimulatedDisk::new(1);
    let mut log = log(&disk, LogConfig { retention_ms: 0, segment_bytes: 100, ..config() });
    log.append(&batch(BatchOptions::default(), 0, &[&[9; 20]]), Origin::Client, 0).unwrap();
    assert_eq!(log.retain(10_000).unwrap(), 10);
    assert_eq!(log.offsets().log_start, 10);
}

#[test]
fn a_compacted_topic_loses_only_what_was_asked_for() {
    let disk = SimulatedDisk::new(1);
    let mut log = log(&disk, LogConfig { retention_ms: 0, retention_bytes: 0, delete: false, ..config() });
    assert_eq!(log.retain(10_000).unwrap(), 0);
    assert_eq!(log.delete_before(3).unwrap(), 3);
    assert_eq!(log.segments.len(), 7);
}

#[test]
fn deleted_records_are_gone_for_good_after_a_checkpoint() {
    let disk = SimulatedDisk::new(1);
    let mut log = log(&disk, config());
    assert_eq!(log.delete_before(11), Err(BeyondHighWatermark { offset: 11, high_watermark: 10 }));
    assert_eq!(log.delete_before(-2), Err(BeyondHighWatermark { offset: -2, high_watermark: 10 }));
    assert_eq!(log.delete_before(4).unwrap(), 4);
    assert_eq!(log.delete_before(2).unwrap(), 4);
    assert!(matches!(log.read(3, ReadBound::HighWatermark, 1, true), Err(ReadError::OutOfRange { .. })));
    assert!(log.checkpoint_due());
    assert_eq!(files(&disk), 10, "until then they may be needed");
    log.checkpoint().unwrap();
    assert!(!log.checkpoint_due());
    assert_eq!(files(&disk), 6);
    drop(log);
    disk.power_cut();
    let mut log = open_on(Arc::new(disk.clone()), config(), 1);
    assert_eq!(log.offsets().log_start, 4);
    assert_eq!(records(&log, 4, ReadBound::HighWatermark, 1).len(), 6);
    assert_eq!(log.delete_before(-1).unwrap(), 10);
}

#[test]
fn who_reads_a_segment_that_is_deleted_reads_it_to_its_end() {
    let disk = SimulatedDisk::new(1);
    let mut log = log(&disk, config());
    let slice = log.read(0, ReadBound::HighWatermark, 1 << 20, true).unwrap().checked().unwrap();
    log.delete_before(5).unwrap();
    log.checkpoint().unwrap();
    let mut bytes = vec![0; slice.bytes];
    assert_eq!(slice.file.read_at(&mut bytes, slice.position).unwrap(), slice.bytes);
}

//! Claims about what an opening makes of files that a crash, a power cut or decay has changed.

use std::io::IoSlice;
use std::path::Path;

use super::super::append::Origin;
use super::super::log::tests::{bytes_of, config, open_on, plain, records, sequenced, sync};
use super::super::read::{ReadBound, ReadError};
use super::*;
use crate::disk::{Fault, SimulatedDisk};

const SEGMENT: &str = "t-0/00000000000000000000.log";

/// Ten batches of two records, the values their number; all synced. Gives where each begins, and the end.
fn ten_batches(disk: &SimulatedDisk, clean: bool) -> Vec<u64> {
    let mut log = open_on(Arc::new(disk.clone()), config(), 0);
    let mut positions = Vec::new();
    for number in 0..10_u8 {
        positions.push(log.end.position);
        log.append(&plain(&[&[number], &[number]]), Origin::Client, 0).unwrap();
    }
    positions.push(log.end.position);
    sync(&mut log);
    if clean {
        log.close().unwrap();
    }
    drop(log);
    disk.kill();
    positions
}

fn reopen(disk: &SimulatedDisk) -> PartitionLog {
    open_on(Arc::new(disk.clone()), config(), 1)
}

fn overwrite(disk: &SimulatedDisk, position: u64, bytes: &[u8]) {
    let file = disk.open(Path::new(SEGMENT), false).unwrap();
    file.write_at(&[IoSlice::new(bytes)], position).unwrap();
    file.sync().unwrap();
    disk.kill();
}

/// What a consumer at `offset` gets: the first batch's offset and value.
fn first_at(log: &PartitionLog, offset: i64) -> Result<(i64, Vec<u8>), ReadError> {
    let slice = log.read(offset, ReadBound::HighWatermark, 1, true)?.checked()?;
    let bytes = bytes_of(&slice);
    let batch = RawBatch::split_first(&bytes).unwrap().0.validate().unwrap();
    let value =
        BatchReader::new(1 << 20).records(&batch).unwrap().next().unwrap().unwrap().value.unwrap().to_vec();
    Ok((batch.header().base_offset, value))
}

#[test]
fn damage_in_the_middle_is_named_and_never_served_and_what_follows_is() {
    for clean in [false, true] {
        let size = {
            let disk = SimulatedDisk::new(1);
            let positions = ten_batches(&disk, clean);
            positions[5] - positions[4]
        };
        // Each byte of the fifth batch in turn; but the leader's epoch, which nothing covers.
        for at in (0..size).filter(|at| !(12..16).contains(at)) {
            let disk = SimulatedDisk::new(1);
            let positions = ten_batches(&disk, clean);
            disk.flip(Path::new(SEGMENT), positions[4] + at, 0x01).unwrap();
            let log = reopen(&disk);
            assert_eq!(log.offsets().log_end, 20);
            for offset in (0..20).filter(|offset| offset / 2 != 4) {
                let expect = (offset / 2 * 2, vec![u8::try_from(offset / 2).unwrap()]);
                assert_eq!(first_at(&log, offset).unwrap(), expect, "byte {at}, clean {clean}");
            }
            for offset in [8, 9] {
                match first_at(&log, offset) {
                    Err(ReadError::Corrupt { path, position, .. }) => {
                        assert_eq!((path.as_path(), position), (Path::new(SEGMENT), positions[4]));
                    }
                    other => panic!("byte {at}, clean {clean}: {other:?}"),
                }
            }
            // A long read ends before it.
            let slice = log.read(0, ReadBound::HighWatermark, 1 << 20, true).unwrap().checked().unwrap();
            assert_eq!(slice.bytes as u64, positions[4]);
        }
    }
}

#[test]
fn what_is_torn_at_the_end_is_cut_at_the_last_valid_batch() {
    let disk = SimulatedDisk::new(1);
    let positions = ten_batches(&disk, false);
    let garbage = [0x5a; 3000];
    for length in [1, 61, 600, 3000] {
        overwrite(&disk, positions[10], &garbage[..length]);
        let log = reopen(&disk);
        assert_eq!(log.offsets().log_end, 20);
        assert_eq!(log.active().file.size_bytes().unwrap(), positions[10]);
        disk.kill();
    }
    // Half a batch that nobody was told of.
    let half = &plain(&[b"half of this"])[..70];
    overwrite(&disk, positions[10], half);
    let mut log = reopen(&disk);
    assert_eq!(log.append(&plain(&[b"next"]), Origin::Client, 0).unwrap().base_offset, 20);
}

#[test]
fn what_is_lost_from_the_end_after_its_sync_leaves_its_offsets_unused() {
    for (clean, whole) in [(false, false), (false, true), (true, false), (true, true)] {
        let disk = SimulatedDisk::new(1);
        let positions = ten_batches(&disk, clean);
        let file = disk.open(Path::new(SEGMENT), false).unwrap();
        file.truncate(if whole { positions[8] } else { positions[9] - 3 }).unwrap();
        file.sync().unwrap();
        disk.kill();
        for _ in 0..2 {
            let mut log = reopen(&disk);
            assert_eq!(records(&log, 0, ReadBound::HighWatermark, 1 << 20)[..16].len(), 16);
            let appended = log.append(&plain(&[b"x"]), Origin::Client, 0).unwrap();
            assert!(appended.base_offset >= 20, "clean {clean}, whole {whole}: {appended:?}");
            sync(&mut log);
            assert_eq!(first_at(&log, 17).unwrap(), (20, b"x".to_vec()));
            drop(log);
            disk.kill();
        }
    }
}

#[test]
fn a_start_reads_nothing_before_the_last_checkpoint() {
    let small = LogConfig { segment_bytes: 20_000, ..config() };
    let disk = SimulatedDisk::new(1);
    let mut log = open_on(Arc::new(disk.clone()), small.clone(), 0);
    for _ in 0..400 {
        log.append(&plain(&[&[7; 1000]]), Origin::Client, 0).unwrap();
    }
    log.checkpoint().unwrap();
    log.append(&plain(&[&[7; 1000]]), Origin::Client, 0).unwrap();
    sync(&mut log);
    assert!(log.segments.len() > 20);
    drop(log);
    disk.kill();
    let before = disk.read_bytes();
    let log = open_on(Arc::new(disk.clone()), small, 1);
    let read_bytes = disk.read_bytes() - before;
    assert_eq!(log.offsets().high_watermark, 401);
    assert!(read_bytes < 20_000, "{read_bytes} bytes were read");
}

#[test]
fn a_damaged_checkpoint_or_index_costs_time_and_nothing_else() {
    let check = |damaged: &str| {
        let disk = SimulatedDisk::new(1);
        let mut log = open_on(Arc::new(disk.clone()), config(), 0);
        for number in 0..50_u8 {
            let batch = sequenced(5, 0, i32::from(number), number >= 48, &[&[number; 300]]);
            log.append(&batch, Origin::Client, 0).unwrap();
        }
        log.close().unwrap();
        drop(log);
        disk.kill();
        disk.flip(Path::new(damaged), 30, 4).unwrap();
        let log = reopen(&disk);
        let all = records(&log, 0, ReadBound::LogEnd, 5000);
        assert_eq!(all.len(), 50);
        assert!(all.iter().all(|(offset, value)| value[..] == [u8::try_from(*offset).unwrap(); 300]));
        let state = log.producers().state(5).unwrap();
        assert_eq!((state.last_sequence, state.transaction_first_offset), (49, 48));
        assert_eq!(log.offsets().last_stable, 48);
    };
    check("t-0/checkpoint");
    check("t-0/00000000000000000000.lookup");
    check("t-0/synced");
}

#[test]
fn each_start_is_a_leader_epoch() {
    let disk = SimulatedDisk::new(1);
    for epoch in 0..4 {
        let mut log = open_on(Arc::new(disk.clone()), config(), epoch);
        assert_eq!(log.append(&plain(&[b"x"]), Origin::Client, 0).unwrap().base_offset, i64::from(epoch));
        if epoch % 2 == 0 {
            log.close().unwrap();
        }
        drop(log);
        disk.kill();
    }
    let log = open_on(Arc::new(disk), config(), 7);
    for epoch in 0..4 {
        assert_eq!(log.epoch_of(i64::from(epoch)), epoch);
        assert_eq!(log.end_offset_for_epoch(epoch), Some((epoch, i64::from(epoch) + 1)));
    }
    assert_eq!(log.end_offset_for_epoch(5), Some((3, 4)));
    assert_eq!(log.end_offset_for_epoch(7), Some((7, 4)));
    assert_eq!(log.end_offset_for_epoch(8), None);
}

#[test]
fn a_disk_that_cannot_be_read_is_an_error_and_no_empty_log() {
    for after in 0..6 {
        let disk = SimulatedDisk::new(1);
        ten_batches(&disk, false);
        disk.fail(Fault::Read(after));
        let name = TopicPartition { topic: "t".to_owned(), partition: 0 };
        let opened = PartitionLog::open(Arc::new(disk.clone()), PathBuf::from("t-0"), name, config(), 1, 0);
        if let Ok(log) = opened {
            assert_eq!(log.offsets().log_end, 20, "the fault was still to come");
        }
        disk.kill();
        assert_eq!(reopen(&disk).offsets().log_end, 20);
    }
}

//! Claims about a partition's log, and what other tests need to make one.

use super::*;
use crate::disk::{Fault, RealDisk, SimulatedDisk};
use crate::partition::append::Origin;
use crate::partition::lookup::Needs;
use crate::partition::read::{ReadBound, ReadError, Slice};
use crate::partition::validate::Compression;
use watershed_protocol::batch::{BatchReader, Batches};

/// Settings without limits.
pub(crate) fn config() -> LogConfig {
    LogConfig {
        rules: AppendRules {
            batch_bytes_max: 1 << 20,
            segment_bytes_max: 1 << 30,
            timestamp_type: TimestampType::CreateTime,
            before_max_ms: i64::MAX,
            after_max_ms: i64::MAX,
            compression: Compression::Producer,
            compacted: false,
        },
        segment_bytes: 1 << 30,
        segment_ms: i64::MAX,
        index_interval_bytes: 4096,
        retention_ms: -1,
        retention_bytes: -1,
        delete: true,
        compact: false,
    }
}

/// A batch of records with these values, as a producer sends it.
pub(crate) fn batch(options: BatchOptions, timestamp_ms: i64, values: &[&[u8]]) -> Vec<u8> {
    let mut builder = BatchBuilder::new(options);
    for value in values {
        builder.append(timestamp_ms, Some(b"key"), Some(value), &[]).unwrap();
    }
    let mut bytes = Vec::new();
    builder.finish(&mut bytes).unwrap();
    bytes
}

pub(crate) fn plain(values: &[&[u8]]) -> Vec<u8> {
    batch(BatchOptions::default(), 1000, values)
}

/// A batch of an idempotent producer, or of a transaction.
pub(crate) fn sequenced(
    producer_id: i64,
    epoch: i16,
    sequence: i32,
    transactional: bool,
    values: &[&[u8]],
) -> Vec<u8> {
    let options = BatchOptions {
        producer_id,
        producer_epoch: epoch,
        base_sequence: sequence,
        transactional,
        ..BatchOptions::default()
    };
    batch(options, 1000, values)
}

pub(crate) fn open_on(disk: Arc<dyn Disk>, config: LogConfig, leader_epoch: i32) -> PartitionLog {
    let name = TopicPartition { topic: "t".to_owned(), partition: 0 };
    PartitionLog::open(disk, PathBuf::from("t-0"), name, config, leader_epoch, 5000).unwrap()
}

pub(crate) fn sync(log: &mut PartitionLog) {
    if let Some(ticket) = log.start_sync() {
        let result = ticket.run();
        log.finish_sync(&ticket, result);
    }
}

/// The bytes of a slice.
pub(crate) fn bytes_of(slice: &Slice) -> Vec<u8> {
    let mut bytes = vec![0; slice.bytes];
    assert_eq!(slice.file.read_at(&mut bytes, slice.position).unwrap(), slice.bytes);
    bytes
}

/// Offsets and values of all records from `from` to the bound, read `bytes_max` at a time.
pub(crate) fn records(
    log: &PartitionLog,
    from: i64,
    bound: ReadBound,
    bytes_max: usize,
) -> Vec<(i64, Vec<u8>)> {
    let mut found = Vec::new();
    let (mut next, mut reader) = (from, BatchReader::new(1 << 24));
    loop {
        let slice = log.read(next, bound, bytes_max, true).unwrap().checked().unwrap();
        if slice.bytes == 0 {
            return found;
        }
        for batch in Batches::new(&bytes_of(&slice)) {
            let batch = batch.unwrap().validate().unwrap();
            next = batch.header().last_offset() + 1;
            if batch.header().attributes.is_control() {
                continue;
            }
            for record in reader.records(&batch).unwrap() {
                let record = record.unwrap();
                if record.offset >= from {
                    found.push((record.offset, record.value.unwrap_or_default().to_vec()));
                }
            }
        }
    }
}

fn real() -> (tempfile::TempDir, Arc<dyn Disk>) {
    let folder = tempfile::tempdir().unwrap();
    let disk = Arc::new(RealDisk::new(folder.path()).unwrap());
    (folder, disk)
}

#[test]
fn nobody_sees_what_is_not_synced() {
    let (_folder, disk) = real();
    let mut log = open_on(disk, config(), 0);
    let appended = log.append(&plain(&[b"a", b"b"]), Origin::Client, 0).unwrap();
    assert_eq!((appended.base_offset, appended.last_offset, appended.duplicate), (0, 1, false));
    assert_eq!(records(&log, 0, ReadBound::HighWatermark, 1 << 20), []);
    assert_eq!(records(&log, 0, ReadBound::LogEnd, 1 << 20).len(), 2);
    sync(&mut log);
    let all = records(&log, 0, ReadBound::HighWatermark, 1 << 20);
    assert_eq!(all, [(0, b"a".to_vec()), (1, b"b".to_vec())]);
    assert_eq!(log.offsets().high_watermark, 2);
    assert!(log.start_sync().is_none());
}

#[test]
fn what_was_written_is_there_after_a_restart_with_and_without_a_clean_end() {
    for clean in [false, true] {
        let (_folder, disk) = real();
        let small = LogConfig { segment_bytes: 500, ..config() };
        let mut log = open_on(Arc::clone(&disk), small.clone(), 0);
        for number in 0..30_u8 {
            log.append(&plain(&[&[number], &[number]]), Origin::Client, 0).unwrap();
            if number % 7 == 0 {
                sync(&mut log);
            }
        }
        assert!(log.segments.len() > 3);
        if clean {
            log.close().unwrap();
        } else {
            drop(log);
        }
        let log = open_on(disk, small, 1);
        assert_eq!(log.offsets().high_watermark, 60);
        for bytes_max in [1, 200, 1 << 20] {
            let all = records(&log, 0, ReadBound::HighWatermark, bytes_max);
            let expect: Vec<_> = (0..60_u8).map(|at| (i64::from(at), vec![at / 2])).collect();
            assert_eq!(all, expect, "clean {clean}, {bytes_max}");
        }
    }
}

#[test]
fn an_offset_outside_of_the_log_is_refused() {
    let (_folder, disk) = real();
    let mut log = open_on(disk, config(), 0);
    log.append(&plain(&[b"a"]), Origin::Client, 0).unwrap();
    for offset in [-1, 2] {
        let found = log.read(offset, ReadBound::HighWatermark, 1, true);
        assert!(matches!(found, Err(ReadError::OutOfRange { log_start: 0, log_end: 1, .. })), "{found:?}");
    }
    assert_eq!(log.read(1, ReadBound::HighWatermark, 1, true).unwrap().checked().unwrap().bytes, 0);
}

fn simulated() -> (SimulatedDisk, PartitionLog) {
    let disk = SimulatedDisk::new(1);
    let mut log = open_on(Arc::new(disk.clone()), config(), 0);
    log.append(&plain(&[b"first"]), Origin::Client, 0).unwrap();
    sync(&mut log);
    (disk, log)
}

#[test]
fn a_sync_that_failed_is_never_retried_into_a_success() {
    let (disk, mut log) = simulated();
    log.append(&plain(&[b"lost?"]), Origin::Client, 0).unwrap();
    disk.fail(Fault::Sync(0));
    let ticket = log.start_sync().unwrap();
    let later = log.start_sync().unwrap();
    let result = ticket.run();
    assert!(result.is_err());
    let second = later.run();
    assert!(second.is_err(), "one that was begun beside it must not succeed");
    log.finish_sync(&later, Ok(()));
    log.finish_sync(&ticket, result);
    assert!(log.start_sync().is_none() && log.start_checkpoint().is_none());
    assert!(matches!(log.append(&plain(&[b"x"]), Origin::Client, 0), Err(AppendError::Closed(_))));
    assert!(log.roll(0).is_err() && log.retain(0).is_err());
    assert_eq!(records(&log, 0, ReadBound::HighWatermark, 1)[0].1, b"first");
    log.close().unwrap();
    drop(log);
    let mut log = open_on(Arc::new(disk), config(), 1);
    log.append(&plain(&[b"again"]), Origin::Client, 0).unwrap();
    sync(&mut log);
    assert_eq!(records(&log, 0, ReadBound::HighWatermark, 1).last().unwrap().1, b"again");
}

#[test]
fn a_full_disk_refuses_appends_without_a_trace_until_there_is_room() {
    let (disk, mut log) = simulated();
    let large = vec![7; 200_000];
    disk.set_capacity(Some(disk.used_bytes()));
    for _ in 0..3 {
        let refused = log.append(&plain(&[&large]), Origin::Client, 0).unwrap_err();
        assert_eq!(refused.code(), ErrorCode::KafkaStorageError);
        assert!(matches!(refused, AppendError::Disk(error) if error.kind() == io::ErrorKind::StorageFull));
    }
    assert!(log.closed().is_none());
    assert_eq!(log.active().file.size_bytes().unwrap(), log.active().size_bytes);
    assert_eq!(records(&log, 0, ReadBound::HighWatermark, 1).len(), 1);
    disk.set_capacity(None);
    assert_eq!(log.append(&plain(&[&large]), Origin::Client, 0).unwrap().base_offset, 1);
}

#[test]
fn a_write_that_failed_half_way_is_undone() {
    for seed in 0..50 {
        let disk = SimulatedDisk::new(seed);
        let mut log = open_on(Arc::new(disk.clone()), config(), 0);
        log.append(&sequenced(1, 0, 0, false, &[b"a"]), Origin::Client, 0).unwrap();
        disk.fail(Fault::Write(0));
        let again = sequenced(1, 0, 1, false, &[&[7; 3000]]);
        assert!(matches!(log.append(&again, Origin::Client, 0), Err(AppendError::Disk(_))));
        assert_eq!(log.active().file.size_bytes().unwrap(), log.active().size_bytes);
        let appended = log.append(&again, Origin::Client, 0).unwrap();
        assert_eq!((appended.base_offset, appended.duplicate), (1, false));
        drop(log);
        disk.kill();
        let log = open_on(Arc::new(disk), config(), 1);
        assert_eq!(records(&log, 0, ReadBound::HighWatermark, 1 << 20).len(), 2);
    }
}

#[test]
fn a_transaction_is_stable_only_when_its_marker_is_on_the_disk() {
    let (_disk, mut log) = simulated();
    log.append(&sequenced(9, 0, 0, true, &[b"t"]), Origin::Client, 0).unwrap();
    log.append(&plain(&[b"beside"]), Origin::Client, 0).unwrap();
    sync(&mut log);
    assert_eq!((log.offsets().last_stable, log.offsets().high_watermark), (1, 3));
    log.append_marker((9, 0), ControlType::Abort, 0, false, 0).unwrap();
    assert_eq!(log.offsets().last_stable, 1);
    assert_eq!(records(&log, 0, ReadBound::LastStable, 1).len(), 1);
    sync(&mut log);
    assert_eq!(log.offsets().last_stable, 4);
    let aborted = log.aborted(0, 4);
    assert_eq!((aborted[0].producer_id, aborted[0].first_offset, aborted[0].last_offset), (9, 1, 3));
}

#[test]
fn a_segment_is_closed_when_it_is_full_or_old() {
    let disk = SimulatedDisk::new(1);
    let one = plain(&[&[1; 100]]).len() as u64;
    let mut log =
        open_on(Arc::new(disk), LogConfig { segment_bytes: 2 * one, segment_ms: 1000, ..config() }, 0);
    let segments = |log: &mut PartitionLog, timestamp_ms| {
        log.append(&batch(BatchOptions::default(), timestamp_ms, &[&[1; 100]]), Origin::Client, 0).unwrap();
        log.segments.len()
    };
    assert_eq!([0, 500, 500].map(|timestamp_ms| segments(&mut log, timestamp_ms)), [1, 1, 2]);
    assert_eq!([1500, 1501].map(|timestamp_ms| segments(&mut log, timestamp_ms)), [2, 3]);
    assert_eq!(segments(&mut log, 2502), 4, "the first record is more than a second older");
}

#[test]
fn control_batches_of_clients_are_refused() {
    let (_disk, mut log) = simulated();
    let marker = marker_batch((1, 0), ControlType::Commit, 0, 0).unwrap();
    let refused = log.append(&marker, Origin::Client, 0).unwrap_err();
    assert_eq!(refused.code(), ErrorCode::InvalidRecord);
    assert_eq!(log.offsets().log_end, 1);
}

#[test]
fn a_slice_says_where_its_offsets_end_and_whether_limits_cut_it() {
    let config = LogConfig { segment_bytes: 250, index_interval_bytes: 0, ..config() };
    let mut log = open_on(Arc::new(SimulatedDisk::new(1)), config, 0);
    for _ in 0..6 {
        log.append(&plain(&[b"x"]), Origin::Client, 0).unwrap();
    }
    let batch_bytes = plain(&[b"x"]).len();
    assert_eq!(log.segments.len(), 2, "three batches each");
    let look = |log: &PartitionLog, from, bytes_max| {
        let slice = log.read(from, ReadBound::HighWatermark, bytes_max, true).unwrap().checked().unwrap();
        (slice.bytes / batch_bytes, slice.end_offset_max, slice.more)
    };
    assert_eq!(look(&log, 0, 1 << 20), (0, 0, false), "nothing is synced");
    sync(&mut log);
    assert_eq!(look(&log, 0, batch_bytes), (1, 1, true), "cut by the limit");
    assert_eq!(look(&log, 0, 1 << 20), (3, 3, true), "cut by the end of the segment");
    assert_eq!(look(&log, 4, 1 << 20), (2, 6, false));
    log.append(&plain(&[b"x"]), Origin::Client, 0).unwrap();
    assert_eq!(look(&log, 4, 1 << 20), (2, 6, false), "what is not synced counts for nothing");
}

#[test]
fn a_lost_index_is_made_again_beside_the_log_and_kept() {
    let disk = SimulatedDisk::new(1);
    let config = LogConfig { segment_bytes: 250, index_interval_bytes: 0, ..config() };
    let mut log = open_on(Arc::new(disk.clone()), config, 0);
    for _ in 0..6 {
        log.append(&plain(&[b"x"]), Origin::Client, 0).unwrap();
    }
    log.checkpoint().unwrap();
    let path = log.segments[0].index_path();
    disk.open(&path, false).unwrap().truncate(0).unwrap();
    let partition =
        crate::partition::Partition::new(log, uuid::Uuid::nil(), 0, crate::options::Blocking::Inline);
    assert!(!partition.log().has(Needs::Offset(1)));
    partition.load(Needs::Offset(1)).unwrap();
    assert!(partition.log().has(Needs::Offset(1)));
    assert!(disk.open(&path, false).unwrap().size_bytes().unwrap() > 0);
}

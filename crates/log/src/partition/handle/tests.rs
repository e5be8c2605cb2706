//! Claims about a partition that is shared.

use std::pin::pin;
use std::task::{Context, Poll, Waker};
use std::thread;

use super::*;
use crate::disk::{Disk, SimulatedDisk};
use crate::partition::append::{AppendError, Origin};
use crate::partition::compact::CompactError;
use crate::partition::compact::tests::rules;
use crate::partition::log::tests::{config, open_on, plain};

fn partition(disk: &SimulatedDisk) -> Arc<Partition> {
    let log = open_on(Arc::new(disk.clone()), config(), 0);
    Partition::new(log, Uuid::nil(), 0, Blocking::Inline)
}

fn append(partition: &Partition) -> i64 {
    partition.append(&plain(&[b"value"]), Origin::Client, 0).unwrap().last_offset
}

#[test]
fn who_waits_for_the_sync_of_a_deleted_topic_is_told_so() {
    let partition = partition(&SimulatedDisk::new(1));
    let offset = append(&partition);
    // Nothing will ever be there.
    let mut never = pin!(partition.durable(offset + 1));
    let mut context = Context::from_waker(Waker::noop());
    assert!(never.as_mut().poll(&mut context).is_pending());
    partition.delete();
    assert_eq!(never.poll(&mut context), Poll::Ready(Err(SyncFailed::Deleted)));
    append_is_refused(&partition);
}

fn append_is_refused(partition: &Partition) {
    let refused = partition.append(&plain(&[b"value"]), Origin::Client, 0);
    assert!(matches!(refused, Err(AppendError::Closed(_))), "{refused:?}");
}

#[test]
fn a_compaction_leaves_a_deleted_topics_directory_before_another_topic_can_have_it() {
    let disk = SimulatedDisk::new(1);
    let partition = partition(&disk);
    for _ in 0..3 {
        append(&partition);
        partition.log().roll(0).unwrap();
    }
    thread::scope(|scope| {
        let mut deletion = None;
        let compacted = {
            let deletion = std::cell::RefCell::new(&mut deletion);
            partition.compact(&rules(), 0, &|| {
                // In the middle of the run; the deletion waits for its end.
                deletion.borrow_mut().get_or_insert_with(|| {
                    let deleted = scope.spawn(|| {
                        partition.delete();
                        disk.list("t-0".as_ref()).unwrap()
                    });
                    while !partition.is_deleted() {
                        thread::yield_now();
                    }
                    deleted
                });
                false
            })
        };
        assert!(matches!(compacted, Err(CompactError::Stopped)), "{compacted:?}");
        let found = deletion.unwrap().join().unwrap();
        assert!(!found.iter().any(|name| name.ends_with(".cleaned") || name.ends_with(".swap")), "{found:?}");
        let after = disk.list("t-0".as_ref()).unwrap();
        assert_eq!(found, after, "something was still at work");
        partition.checkpoint().unwrap();
        assert_eq!(after, disk.list("t-0".as_ref()).unwrap());
    });
}

#[test]
fn a_disk_that_refuses_writes_is_seen_until_it_takes_them_again() {
    let disk = SimulatedDisk::new(1);
    let partition = partition(&disk);
    let large = vec![7; 200_000];
    let append_large = || partition.append(&plain(&[&large]), Origin::Client, 0);
    assert!(partition.is_writable());
    disk.set_capacity(Some(disk.used_bytes()));
    assert!(append_large().is_err() && !partition.is_writable());
    disk.set_capacity(None);
    assert!(append_large().is_ok() && partition.is_writable());
    partition.delete();
    assert!(!partition.is_writable());
}

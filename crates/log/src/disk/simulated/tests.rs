//! Claims about the simulated disk.

use std::io::IoSlice;

use super::*;

fn write(file: &dyn DiskFile, position: u64, bytes: &[u8]) -> io::Result<()> {
    file.write_at(&[IoSlice::new(bytes)], position)
}

fn content(disk: &SimulatedDisk, path: &str) -> Option<Vec<u8>> {
    let file = disk.open(Path::new(path), false).ok()?;
    let mut bytes = vec![0; usize::try_from(file.size_bytes().unwrap()).unwrap()];
    file.read_at(&mut bytes, 0).unwrap();
    Some(bytes)
}

/// A disk with a file that is synced, its name too.
fn with_file(seed: u64, bytes: &[u8]) -> (SimulatedDisk, Arc<dyn DiskFile>) {
    let disk = SimulatedDisk::new(seed);
    let file = disk.open(Path::new("a"), true).unwrap();
    write(&*file, 0, bytes).unwrap();
    file.sync().unwrap();
    disk.sync_directory(Path::new("")).unwrap();
    (disk, file)
}

#[test]
fn what_was_synced_survives_a_power_cut_and_the_rest_may_be_lost_or_torn() {
    let (mut all, mut none, mut torn) = (0, 0, 0);
    for seed in 0..200 {
        let (disk, file) = with_file(seed, b"synced");
        write(&*file, 6, &[7; 2000]).unwrap();
        disk.power_cut();
        let bytes = content(&disk, "a").unwrap();
        assert_eq!(&bytes[..6], b"synced");
        match bytes[6..].iter().filter(|&&byte| byte == 7).count() {
            2000 => all += 1,
            0..100 => none += 1,
            _ => torn += 1,
        }
    }
    assert!(all > 20 && none > 20 && torn > 20, "{all} {none} {torn}");
}

#[test]
fn of_several_writes_a_later_one_may_survive_alone() {
    let alone = (0..200).filter(|&seed| {
        let (disk, file) = with_file(seed, b"0");
        write(&*file, 1, b"1").unwrap();
        write(&*file, 2, b"2").unwrap();
        disk.power_cut();
        content(&disk, "a").unwrap() == b"0\x002"
    });
    assert!(alone.count() > 5);
}

#[test]
fn a_kill_loses_nothing_but_the_handles() {
    let disk = SimulatedDisk::new(1);
    let file = disk.open(Path::new("a"), true).unwrap();
    write(&*file, 0, b"written").unwrap();
    disk.kill();
    assert_eq!(content(&disk, "a").unwrap(), b"written");
    assert!(write(&*file, 0, b"x").is_err() && file.size_bytes().is_err());
}

#[test]
fn a_name_may_be_lost_until_its_directory_is_synced() {
    let lost = (0..100).filter(|&seed| {
        let disk = SimulatedDisk::new(seed);
        let file = disk.open(Path::new("a"), true).unwrap();
        write(&*file, 0, b"x").unwrap();
        file.sync().unwrap();
        disk.power_cut();
        content(&disk, "a").is_none()
    });
    let lost = lost.count();
    assert!(lost > 20 && lost < 80, "{lost}");
}

#[test]
fn a_rename_is_done_or_not_done() {
    let mut outcomes = [0; 2];
    for seed in 0..100 {
        let (disk, _) = with_file(seed, b"old");
        let new = disk.open(Path::new("a.new"), true).unwrap();
        write(&*new, 0, b"new").unwrap();
        new.sync().unwrap();
        disk.rename(Path::new("a.new"), Path::new("a")).unwrap();
        disk.power_cut();
        outcomes[usize::from(content(&disk, "a").expect("one of them") == b"new")] += 1;
    }
    assert!(outcomes.iter().all(|&count| count > 10), "{outcomes:?}");
}

#[test]
fn a_sync_that_failed_is_not_made_good_by_the_next() {
    let lost = (0..100).filter(|&seed| {
        let (disk, file) = with_file(seed, b"0");
        write(&*file, 1, b"1").unwrap();
        disk.fail(Fault::Sync(0));
        assert_eq!(file.sync().unwrap_err().raw_os_error(), Some(5));
        file.sync().unwrap();
        assert_eq!(content(&disk, "a").unwrap(), b"01", "the operating system still shows it");
        file.forget_cached(1).unwrap();
        let platter = content(&disk, "a").unwrap();
        disk.power_cut();
        platter == b"0\0"
    });
    let lost = lost.count();
    assert!(lost > 20 && lost < 80, "{lost}");
}

#[test]
fn the_call_that_was_named_fails_and_no_other() {
    let (disk, file) = with_file(1, b"0123");
    disk.fail(Fault::Write(1));
    disk.fail(Fault::Read(2));
    write(&*file, 0, b"a").unwrap();
    write(&*file, 0, b"b").unwrap_err();
    write(&*file, 0, b"c").unwrap();
    let mut byte = [0];
    let read: Vec<bool> = (0..4).map(|_| file.read_at(&mut byte, 0).is_ok()).collect();
    assert_eq!(read, [true, true, false, true]);
}

#[test]
fn a_full_disk_takes_what_was_reserved_and_no_more() {
    let (disk, file) = with_file(1, b"0123");
    disk.set_capacity(Some(100));
    file.reserve(80).unwrap();
    let other = disk.open(Path::new("b"), true).unwrap();
    assert_eq!(write(&*other, 0, &[1; 21]).unwrap_err().kind(), io::ErrorKind::StorageFull);
    assert_eq!(file.reserve(101).unwrap_err().kind(), io::ErrorKind::StorageFull);
    write(&*file, 4, &[1; 76]).unwrap();
    file.truncate(4).unwrap();
    write(&*other, 0, &[1; 96]).unwrap();
    assert_eq!(disk.space().unwrap(), Space { total_bytes: 100, usable_bytes: 0 });
}

#[test]
fn after_the_stop_nothing_works_until_the_machine_starts_again() {
    let (disk, file) = with_file(1, b"0");
    disk.stop_after(1);
    write(&*file, 1, b"1").unwrap();
    assert!(write(&*file, 2, b"2").is_err() && disk.has_stopped());
    assert!(file.read_at(&mut [0], 0).is_err() && disk.list(Path::new("")).is_err());
    disk.kill();
    assert_eq!(&content(&disk, "a").unwrap()[..2], b"01");
}

#[test]
fn the_same_seed_gives_the_same_disk() {
    let run = || {
        let (disk, file) = with_file(42, b"0");
        for at in 1..50 {
            write(&*file, at * 100, &[3; 100]).unwrap();
        }
        disk.power_cut();
        content(&disk, "a")
    };
    assert_eq!(run(), run());
}

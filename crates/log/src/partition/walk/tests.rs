//! Claims about walks over batches, and about what is remembered of them.

use std::io::IoSlice;
use std::path::Path;
use std::sync::Arc;

use super::super::log::tests::batch;
use super::*;
use crate::disk::{Chance, Disk, SimulatedDisk};
use watershed_protocol::batch::BatchOptions;

/// Batches of one record at the offsets 100, 101 and so on, with these bytes between them.
fn file(between: &[&[u8]]) -> (Arc<dyn DiskFile>, Vec<u8>, Vec<u64>) {
    let (mut bytes, mut positions) = (Vec::new(), Vec::new());
    for (number, garbage) in (100..).zip(between) {
        positions.push(bytes.len() as u64);
        let options = BatchOptions { base_offset: number, ..BatchOptions::default() };
        bytes.extend(batch(options, 0, &[&[3; 50]]));
        bytes.extend_from_slice(garbage);
    }
    let file = SimulatedDisk::new(1).open(Path::new("a"), true).unwrap();
    file.write_at(&[IoSlice::new(&bytes)], 0).unwrap();
    (file, bytes, positions)
}

/// Offsets of the batches that a walk finds, and where it met damage.
fn walk(file: &dyn DiskFile, check: Check<'_>, end: u64) -> (Vec<i64>, Vec<u64>) {
    let (mut offsets, mut damage) = (Vec::new(), Vec::new());
    let mut walk = Walk::new(file, check, (0, end), 100, 100);
    loop {
        match walk.step().unwrap() {
            Step::Batch(found) => offsets.push(found.header.base_offset),
            Step::Damaged { position, resume, .. } => {
                damage.push(position);
                assert_eq!(walk.position(), resume.unwrap_or(end));
            }
            Step::End => return (offsets, damage),
        }
    }
}

#[test]
fn a_walk_finds_its_way_again_behind_anything() {
    let magic = [2; 300];
    let long = vec![9; 300_000];
    let nested = batch(BatchOptions::default(), 0, &[b"offset 0 cannot be here"]);
    for garbage in [&b"x"[..], &[0; 61], &magic, &long, &nested] {
        let (file, bytes, positions) = file(&[b"", garbage, b"", garbage]);
        let size = bytes.len() as u64;
        let batch_bytes = positions[1];
        let expect = vec![positions[1] + batch_bytes, positions[3] + batch_bytes];
        for check in [Check::All, Check::Unless(&Verified::default()), Check::None] {
            assert_eq!(walk(&*file, check, size), (vec![100, 101, 102, 103], expect.clone()));
        }
    }
}

#[test]
fn what_a_header_promises_is_not_believed() {
    // A length, an offset delta and a record count that are far too large.
    for (field, value) in [(8, i32::MAX), (8, 0), (8, -1), (23, i32::MAX), (23, -1), (57, i32::MAX)] {
        let (file, bytes, positions) = file(&[b"", b"", b""]);
        file.write_at(&[IoSlice::new(&value.to_be_bytes())], positions[1] + field).unwrap();
        let found = walk(&*file, Check::All, bytes.len() as u64);
        assert_eq!(found, (vec![100, 102], vec![positions[1]]), "{value} at {field}");
    }
}

#[test]
fn a_cut_file_ends_in_damage() {
    let (file, bytes, positions) = file(&[b"", b""]);
    for end in positions[1] + 1..bytes.len() as u64 {
        assert_eq!(walk(&*file, Check::All, end), (vec![100], vec![positions[1]]), "cut at {end}");
    }
}

#[test]
fn what_was_checked_is_not_read_again() {
    let (file, bytes, positions) = file(&[b"", b"", b""]);
    let verified = Verified::default();
    let end = bytes.len() as u64;
    walk(&*file, Check::Unless(&verified), end);
    assert!(verified.has(0, end));
    // The records of a batch are not looked at any more; its header is.
    file.write_at(&[IoSlice::new(b"!")], positions[1] + 70).unwrap();
    assert_eq!(walk(&*file, Check::Unless(&verified), end).0, [100, 101, 102]);
    assert_eq!(walk(&*file, Check::All, end).0, [100, 102]);
}

#[test]
fn remembered_parts_are_those_that_were_added() {
    let mut chance = Chance::new(7);
    for _ in 0..300 {
        let verified = Verified::default();
        let mut model = [false; 64];
        for _ in 0..chance.index(20) {
            let from = chance.index(64);
            let to = from + chance.index(64 - from + 1);
            if chance.one_in(8) {
                verified.cut(from as u64);
                model[from..].fill(false);
            } else {
                verified.add(from as u64, to as u64);
                model[from..to].fill(true);
            }
        }
        for from in 0..64 {
            for to in from + 1..=64 {
                let expect = model[from..to].iter().all(|byte| *byte);
                assert_eq!(verified.has(from as u64, to as u64), expect, "{from}..{to} of {verified:?}");
            }
        }
    }
}

#[test]
fn no_more_than_a_bound_of_parts_is_remembered() {
    let verified = Verified::default();
    for part in 0..10_000 {
        verified.add(part * 10, part * 10 + 5);
    }
    assert!(verified.parts().len() <= Verified::PARTS_MAX);
    assert!(!verified.has(0, 10));
}

#[test]
fn damage_is_reported_once_until_other_damage_is_met() {
    let verified = Verified::default();
    assert_eq!([5, 5, 5, 9, 5].map(|position| verified.is_news(position)), [true, false, false, true, true]);
}

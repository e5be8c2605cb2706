//! What is promised of committed offsets, and of groups of both protocols together.

use watershed_protocol::ErrorCode;

use super::super::bench::{Bench, offset_of, restarted, settings};
use super::super::effects::Effects;
use super::super::settings::GroupSettings;
use super::*;

const DAY_MS: i64 = 24 * 60 * 60 * 1000;

fn commit_of(group: &str, offsets: &[(&str, i32, i64)]) -> Commit {
    let offsets =
        offsets.iter().map(|&(topic, partition, offset)| (topic.to_owned(), partition, offset_of(offset)));
    Commit {
        group: group.to_owned(),
        member_id: String::new(),
        instance_id: None,
        generation: -1,
        transactional: false,
        knows_epochs: true,
        offsets: offsets.collect(),
    }
}

fn commit(bench: &mut Bench, group: &str, offsets: &[(&str, i32, i64)]) {
    let commit = commit_of(group, offsets);
    let codes = bench.run(|coordinator, now, effects| coordinator.commit(&commit, now, effects));
    assert_eq!(codes, Ok(vec![ErrorCode::None; offsets.len()]));
}

/// Commits in the transaction of a producer; nothing of it is in the bench's log, which knows none.
fn commit_in_transaction(bench: &mut Bench, producer: i64, group: &str, offset: (&str, i32, i64), at: i64) {
    let commit = Commit { transactional: true, ..commit_of(group, &[offset]) };
    let (mut effects, now) = (Effects::default(), bench.now());
    bench.coordinator.commit(&commit, now, &mut effects).unwrap();
    for (key, value) in effects.to_apply {
        let kept = records::read(&key, value.as_deref(), at).unwrap();
        bench.coordinator.apply(Some(producer), kept, now);
    }
}

fn committed(bench: &Bench, group: &str, topic: &str, partition: i32) -> Option<i64> {
    bench.coordinator.offsets.committed(group, topic, partition).map(|offset| offset.offset)
}

#[test]
fn an_offset_counts_once_its_transaction_is_committed_and_never_if_it_is_aborted() {
    let mut bench = Bench::new(settings());
    commit(&mut bench, "g", &[("t", 0, 1)]);
    commit_in_transaction(&mut bench, 7, "g", ("t", 0, 2), 10);
    commit_in_transaction(&mut bench, 8, "g", ("t", 1, 3), 11);
    assert_eq!(committed(&bench, "g", "t", 0), Some(1));
    assert!(bench.coordinator.offsets.is_pending("g", "t", 0));
    assert!(!bench.coordinator.offsets.is_pending("g", "t", 2));
    bench.coordinator.offsets.transaction_ended(7, true);
    bench.coordinator.offsets.transaction_ended(8, false);
    assert_eq!(committed(&bench, "g", "t", 0), Some(2));
    assert_eq!(committed(&bench, "g", "t", 1), None);
    assert!(!bench.coordinator.offsets.has_pending("g"));
}

#[test]
fn of_two_commits_the_later_one_in_the_log_counts_though_its_transaction_ended_first() {
    let mut bench = Bench::new(settings());
    commit_in_transaction(&mut bench, 7, "g", ("t", 0, 1), 10);
    commit_in_transaction(&mut bench, 8, "g", ("t", 0, 2), 11);
    bench.coordinator.offsets.transaction_ended(8, true);
    bench.coordinator.offsets.transaction_ended(7, true);
    assert_eq!(committed(&bench, "g", "t", 0), Some(2));
}

#[test]
fn what_is_too_long_is_refused_and_the_rest_is_committed() {
    let mut bench = Bench::new(settings());
    let mut both = commit_of("g", &[("t", 0, 1), ("t", 1, 2)]);
    both.offsets[0].2.metadata = "x".repeat(4_097);
    both.offsets[1].2.metadata = "x".repeat(4_096);
    let codes = bench.run(|coordinator, now, effects| coordinator.commit(&both, now, effects));
    assert_eq!(codes, Ok(vec![ErrorCode::OffsetMetadataTooLarge, ErrorCode::None]));
    assert_eq!((committed(&bench, "g", "t", 0), committed(&bench, "g", "t", 1)), (None, Some(2)));
}

#[test]
fn offsets_of_a_group_that_nobody_uses_go_after_a_week_and_then_the_group() {
    let mut bench = Bench::new(settings());
    bench.run(|coordinator, now, effects| coordinator.loaded(now, effects));
    commit(&mut bench, "g", &[("t", 0, 1)]);
    bench.wait(7 * DAY_MS - 60 * 60 * 1000);
    assert_eq!(committed(&bench, "g", "t", 0), Some(1));
    bench.wait(2 * 60 * 60 * 1000);
    assert_eq!(committed(&bench, "g", "t", 0), None);
    assert!(bench.coordinator.groups.is_empty());
}

#[test]
fn an_offset_with_an_expiry_of_its_own_goes_then() {
    let mut bench = Bench::new(settings());
    bench.run(|coordinator, now, effects| coordinator.loaded(now, effects));
    let mut soon = commit_of("g", &[("t", 0, 1), ("t", 1, 2)]);
    soon.offsets[0].2.expires_ms = Some(bench.now().wall_ms + DAY_MS);
    bench.run(|coordinator, now, effects| coordinator.commit(&soon, now, effects)).unwrap();
    let after = restarted(&bench);
    assert_eq!(after.coordinator.offsets, bench.coordinator.offsets, "it is written down");
    bench.wait(DAY_MS + 60 * 60 * 1000);
    assert_eq!((committed(&bench, "g", "t", 0), committed(&bench, "g", "t", 1)), (None, Some(2)));
}

#[test]
fn a_pending_offset_keeps_the_one_before_and_its_group_from_expiry() {
    let mut bench = Bench::new(GroupSettings { offsets_retention_ms: 1_000, ..settings() });
    bench.run(|coordinator, now, effects| coordinator.loaded(now, effects));
    commit(&mut bench, "g", &[("t", 0, 1)]);
    commit_in_transaction(&mut bench, 7, "g", ("t", 0, 2), 10);
    bench.wait(DAY_MS);
    assert_eq!(committed(&bench, "g", "t", 0), Some(1));
    bench.coordinator.offsets.transaction_ended(7, false);
    bench.wait(DAY_MS);
    assert!(bench.coordinator.groups.is_empty());
}

#[test]
fn a_deleted_topic_takes_its_offsets_with_it() {
    let mut bench = Bench::new(settings());
    commit(&mut bench, "g", &[("t", 0, 1), ("u", 0, 2)]);
    commit(&mut bench, "h", &[("t", 3, 1)]);
    commit_in_transaction(&mut bench, 7, "g", ("t", 1, 2), 10);
    bench.run(|coordinator, _, effects| coordinator.topic_deleted("t", effects));
    bench.coordinator.offsets.transaction_ended(7, true);
    assert_eq!(committed(&bench, "g", "t", 0), None);
    assert_eq!(committed(&bench, "g", "t", 1), None, "the one that was pending, too");
    assert_eq!(committed(&bench, "h", "t", 3), None);
    assert_eq!(committed(&bench, "g", "u", 0), Some(2));
}

#[test]
fn only_offsets_of_topics_that_nobody_reads_can_be_deleted() {
    let mut bench = Bench::new(settings());
    commit(&mut bench, "g", &[("t", 0, 1), ("t", 1, 2)]);
    let delete = |bench: &mut Bench, group: &str, partitions: &[(&str, i32)]| {
        let partitions: Vec<(String, i32)> =
            partitions.iter().map(|&(topic, partition)| (topic.to_owned(), partition)).collect();
        bench.run(|coordinator, _, effects| coordinator.delete_offsets(group, &partitions, effects))
    };
    assert_eq!(delete(&mut bench, "nobody", &[("t", 0)]), Err(ErrorCode::GroupIdNotFound));
    assert_eq!(delete(&mut bench, "", &[("t", 0)]), Err(ErrorCode::InvalidGroupId));
    assert_eq!(delete(&mut bench, "g", &[("t", 0), ("t", 9)]), Ok(vec![ErrorCode::None; 2]));
    assert_eq!((committed(&bench, "g", "t", 0), committed(&bench, "g", "t", 1)), (None, Some(2)));
}

#[test]
fn a_deleted_group_is_gone_with_its_offsets_also_after_a_restart() {
    let mut bench = Bench::new(settings());
    commit(&mut bench, "g", &[("t", 0, 1)]);
    commit(&mut bench, "h", &[("t", 0, 1)]);
    bench.run(|coordinator, _, effects| coordinator.delete_group("g", effects)).unwrap();
    let again = bench.run(|coordinator, _, effects| coordinator.delete_group("g", effects));
    assert_eq!(again, Err(ErrorCode::GroupIdNotFound));
    for bench in [&restarted(&bench), &bench] {
        assert_eq!(committed(bench, "g", "t", 0), None);
        let groups: Vec<_> = bench.coordinator.list().into_iter().map(|group| group.id.to_string()).collect();
        assert_eq!(groups, ["h"]);
    }
}

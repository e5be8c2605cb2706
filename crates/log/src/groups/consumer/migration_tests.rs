//! Groups that go from one protocol to the other while they run.

use std::collections::BTreeMap;
use std::sync::Arc;

use uuid::Uuid;
use watershed_protocol::ErrorCode;
use watershed_protocol::messages::consumer_protocol_subscription::TopicPartition;
use watershed_protocol::messages::{ConsumerProtocolAssignment, ConsumerProtocolSubscription};
use watershed_protocol::wire::{decode, encode};

use super::super::bench::{Bench, offset_of, restarted};
use super::super::coordinator::{Commit, Group};
use super::super::effects::{Answer, JoinAnswer, SyncAnswer};
use super::tests::{GROUP, assignment, beat, bench, group, joining, owning, send};
use super::*;
use crate::groups::classic::{Join, Leave, Sync};

/// What a consumer says of itself: it consumes `a`, and has these partitions of it.
fn subscription(owned: &[i32]) -> Arc<[u8]> {
    let message = ConsumerProtocolSubscription {
        topics: vec!["a"],
        owned_partitions: vec![TopicPartition { topic: "a", partitions: owned.to_vec() }],
        ..ConsumerProtocolSubscription::default()
    };
    [&1_i16.to_be_bytes()[..], &encode(&message, 1).unwrap()].concat().into()
}

fn join(bench: &mut Bench, member: &str, protocol_type: &str, owned: &[i32]) -> JoinAnswer {
    join_in(GROUP, bench, member, protocol_type, owned)
}

fn join_in(group: &str, bench: &mut Bench, member: &str, protocol_type: &str, owned: &[i32]) -> JoinAnswer {
    let ticket = bench.ticket();
    let join = Join {
        ticket,
        member_id: member.to_owned(),
        instance_id: None,
        client_id: "classic".to_owned(),
        client_host: "/127.0.0.1".to_owned(),
        session_timeout_ms: 10_000,
        rebalance_timeout_ms: 60_000,
        protocol_type: protocol_type.to_owned(),
        protocols: vec![("cooperative-sticky".to_owned(), subscription(owned))],
        unique: Uuid::from_u128(1),
        first_told_its_id: true,
        can_skip_assignment: true,
    };
    bench.run(|coordinator, now, effects| coordinator.join(group, join, now, effects));
    match bench.answers.remove(&ticket) {
        Some(Answer::Join(answer)) => answer,
        other => panic!("{other:?} for a join"),
    }
}

fn sync(bench: &mut Bench, member: &str, generation: i32, assigns: Option<Arc<[u8]>>) -> SyncAnswer {
    let ticket = bench.ticket();
    let sync = Sync {
        ticket,
        member_id: member.to_owned(),
        instance_id: None,
        generation,
        protocol_type: None,
        protocol: Some("cooperative-sticky".to_owned()),
        assignments: assigns.into_iter().map(|bytes| (member.to_owned(), bytes)).collect(),
    };
    bench.run(|coordinator, now, effects| coordinator.sync(GROUP, sync, now, effects));
    match bench.answers.remove(&ticket) {
        Some(Answer::Sync(answer)) => answer,
        other => panic!("{other:?} for a sync"),
    }
}

/// The partitions of `a` that an answer assigns.
fn synced(bench: &mut Bench, member: &str, generation: i32) -> Vec<i32> {
    let answer = sync(bench, member, generation, None);
    assert_eq!(answer.error, ErrorCode::None);
    let message: ConsumerProtocolAssignment<'_> = decode(&answer.assignment[2..], 1).unwrap();
    message.assigned_partitions.iter().flat_map(|topic| topic.partitions.clone()).collect()
}

fn heartbeat(bench: &mut Bench, member: &str, generation: i32) -> Result<(), ErrorCode> {
    let now = bench.now();
    bench.coordinator.heartbeat(GROUP, member, None, generation, now)
}

/// A classic group of one member that has both partitions of `a`; its id.
fn classic(bench: &mut Bench, protocol_type: &str) -> String {
    let id = join(bench, "", protocol_type, &[]).member_id;
    assert_eq!(join(bench, &id, protocol_type, &[]).generation, 1);
    let topic = watershed_protocol::messages::consumer_protocol_assignment::TopicPartition {
        topic: "a",
        partitions: vec![0, 1],
    };
    let both = ConsumerProtocolAssignment { assigned_partitions: vec![topic], user_data: None };
    let both = [&1_i16.to_be_bytes()[..], &encode(&both, 1).unwrap()].concat();
    assert_eq!(sync(bench, &id, 1, Some(both.into())).error, ErrorCode::None);
    id
}

#[test]
fn a_classic_group_becomes_a_consumer_group_and_a_classic_one_again() {
    let mut bench = bench(&[("a", 2)]);
    let old = classic(&mut bench, "consumer");
    let new = send(&mut bench, &joining("m1", &["a"])).unwrap();
    assert_eq!((new.epoch, new.assignment), (2, Some(Assignment::new())), "the classic member has both");
    assert_eq!(heartbeat(&mut bench, &old, 1), Err(ErrorCode::RebalanceInProgress));
    assert_eq!(join(&mut bench, &old, "consumer", &[0, 1]).generation, 1, "it must give one up first");
    assert_eq!(synced(&mut bench, &old, 1), [0]);
    assert_eq!(heartbeat(&mut bench, &old, 1), Err(ErrorCode::RebalanceInProgress));
    let answer = join(&mut bench, &old, "consumer", &[0]);
    assert_eq!((answer.generation, answer.leader.as_str()), (2, ""), "no member leads");
    assert_eq!(synced(&mut bench, &old, 2), [0]);
    assert_eq!(heartbeat(&mut bench, &old, 2), Ok(()));
    let gets = send(&mut bench, &owning("m1", 2, &[])).unwrap();
    assert_eq!(gets.assignment, Some(assignment(&[("a", &[1])])));

    let mut after = restarted(&bench);
    after.coordinator.topics = Arc::clone(&bench.coordinator.topics);
    after.coordinator.looked_at(GROUP, group(&bench).topics_seen);
    assert_eq!(group(&after), group(&bench));

    send(&mut bench, &beat("m1", -1)).unwrap();
    assert!(matches!(bench.coordinator.groups[GROUP], Group::Classic(_)), "nobody speaks the new protocol");
    assert_eq!(heartbeat(&mut bench, &old, 2), Err(ErrorCode::RebalanceInProgress));
    let answer = join(&mut bench, &old, "consumer", &[0]);
    assert_eq!((answer.generation, answer.leader), (3, old.clone()));
    assert_eq!(restarted(&bench).coordinator.describe(GROUP).unwrap().members[0].id, old);
}

#[test]
fn a_classic_member_joins_a_consumer_group_and_leaves_it() {
    let mut bench = bench(&[("a", 2)]);
    send(&mut bench, &joining("m1", &["a"])).unwrap();
    let id = join(&mut bench, "", "consumer", &[]).member_id;
    assert_eq!(join(&mut bench, &id, "consumer", &[]).generation, 2);
    assert_eq!(synced(&mut bench, &id, 2), Vec::<i32>::new());
    assert_eq!(heartbeat(&mut bench, &id, 2), Ok(()), "what it waits for is not free yet");
    send(&mut bench, &beat("m1", 1)).unwrap();
    send(&mut bench, &owning("m1", 1, &[("a", &[0])])).unwrap();
    assert_eq!(heartbeat(&mut bench, &id, 2), Err(ErrorCode::RebalanceInProgress), "now it is");
    assert_eq!(join(&mut bench, &id, "consumer", &[]).generation, 2);
    assert_eq!(synced(&mut bench, &id, 2), [1]);
    let leave = [Leave { member_id: id.clone(), instance_id: None }];
    let left = bench.run(|coordinator, now, effects| coordinator.leave(GROUP, &leave, now, effects));
    assert_eq!(left, Ok(vec![ErrorCode::None]));
    let gets = send(&mut bench, &owning("m1", 2, &[("a", &[0])])).unwrap();
    assert_eq!(gets.assignment, Some(assignment(&[("a", &[0, 1])])));
}

#[test]
fn groups_that_become_classic_ones_at_the_same_time_all_begin_again() {
    let mut bench = bench(&[("a", 2)]);
    let groups = ["one", "other"];
    let ids = groups.map(|group| {
        send(&mut bench, &ConsumerHeartbeat { group: group.to_owned(), ..joining("m1", &["a"]) }).unwrap();
        let id = join_in(group, &mut bench, "", "consumer", &[]).member_id;
        assert_eq!(join_in(group, &mut bench, &id, "consumer", &[]).generation, 2);
        id
    });
    let mut heartbeats = [Ok(()); 2];
    for _ in 0..10 {
        bench.wait(5_000);
        let now = bench.now();
        heartbeats = [0, 1].map(|i| bench.coordinator.heartbeat(groups[i], &ids[i], None, 2, now));
    }
    // The members of the new protocol were not heard of, in both groups at the same moment.
    assert_eq!(heartbeats, [Err(ErrorCode::RebalanceInProgress); 2]);
    for group in groups {
        assert_eq!(bench.coordinator.describe(group).unwrap().state, "PreparingRebalance");
    }
}

#[test]
fn a_classic_member_that_does_not_ask_for_its_assignment_is_out() {
    let mut bench = bench(&[("a", 2)]);
    send(&mut bench, &joining("m1", &["a"])).unwrap();
    let id = join(&mut bench, "", "consumer", &[]).member_id;
    join(&mut bench, &id, "consumer", &[]);
    for _ in 0..13 {
        bench.wait(5_000);
        _ = heartbeat(&mut bench, &id, 2);
        send(&mut bench, &joining("m1", &["a"])).unwrap();
    }
    assert_eq!(heartbeat(&mut bench, &id, 2), Err(ErrorCode::UnknownMemberId));
}

#[test]
fn a_group_that_is_not_one_of_consumers_stays_as_it_is() {
    let mut bench = bench(&[("a", 2)]);
    let old = classic(&mut bench, "connect");
    let written = bench.log.len();
    assert_eq!(send(&mut bench, &joining("m1", &["a"])), Err(ErrorCode::GroupIdNotFound));
    assert_eq!(heartbeat(&mut bench, &old, 1), Ok(()));
    assert_eq!(bench.log.len(), written);
    let described: BTreeMap<_, _> =
        bench.coordinator.list().into_iter().map(|group| (group.kind, group.state)).collect();
    assert_eq!(described, BTreeMap::from([("classic", "Stable")]));
}

#[test]
fn a_group_whose_last_new_member_an_administrator_takes_out_becomes_a_classic_one() {
    let mut bench = bench(&[("a", 2)]);
    let joins = ConsumerHeartbeat { instance_id: Some("i".to_owned()), ..joining("m1", &["a"]) };
    send(&mut bench, &joins).unwrap();
    let id = join(&mut bench, "", "consumer", &[]).member_id;
    assert_eq!(join(&mut bench, &id, "consumer", &[]).generation, 2);
    let leave = [Leave { member_id: String::new(), instance_id: Some("i".to_owned()) }];
    let left = bench.run(|coordinator, now, effects| coordinator.leave(GROUP, &leave, now, effects));
    assert_eq!(left, Ok(vec![ErrorCode::None]));
    assert!(matches!(bench.coordinator.groups[GROUP], Group::Classic(_)));
    assert_eq!(heartbeat(&mut bench, &id, 2), Err(ErrorCode::RebalanceInProgress));
    assert_eq!(join(&mut bench, &id, "consumer", &[]).leader, id);
}

#[test]
fn who_is_refused_leaves_a_classic_group_as_it_was() {
    let mut bench = bench(&[("a", 2)]);
    bench.coordinator.settings.consumer_group_size_max = 1;
    let old = classic(&mut bench, "consumer");
    let written = bench.log.len();
    assert_eq!(send(&mut bench, &joining("m1", &["a"])), Err(ErrorCode::GroupMaxSizeReached));
    assert_eq!(bench.log.len(), written);
    assert_eq!(heartbeat(&mut bench, &old, 1), Ok(()));
    bench.wait(9_000);
    assert_eq!(bench.coordinator.describe(GROUP).unwrap().state, "Stable");
}

#[test]
fn a_restart_before_the_first_classic_generation_finds_the_group_with_its_offsets() {
    let mut bench = bench(&[("a", 2)]);
    send(&mut bench, &joining("m1", &["a"])).unwrap();
    let commit = Commit {
        group: GROUP.to_owned(),
        member_id: "m1".to_owned(),
        instance_id: None,
        generation: 1,
        transactional: false,
        knows_epochs: true,
        offsets: vec![("a".to_owned(), 0, offset_of(7))],
    };
    bench.run(|coordinator, now, effects| coordinator.commit(&commit, now, effects)).unwrap();
    send(&mut bench, &beat("m1", -1)).unwrap();
    join(&mut bench, "", "consumer", &[]);
    let after = restarted(&bench);
    assert_eq!(after.coordinator.check_fetch(GROUP, None, -1), Ok(true));
    assert_eq!(after.coordinator.offsets.committed(GROUP, "a", 0).unwrap().offset, 7);
    assert!(matches!(after.coordinator.groups[GROUP], Group::Classic(_)));
}

//! What consumer groups promise, asked of the whole coordinator.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use proptest::prelude::*;
use uuid::Uuid;
use watershed_protocol::ErrorCode;

use super::super::bench::{Bench, offset_of, restarted, settings};
use super::super::coordinator::{Commit, Group};
use super::super::topics::Topics;
use super::*;

pub(super) const GROUP: &str = "group";
const REBALANCE_MS: i32 = 60_000;

fn topic(name: &str) -> Uuid {
    Uuid::from_u128(name.bytes().fold(1, |id, byte| id * 256 + u128::from(byte)))
}

/// Topics by name and number of partitions.
fn set_topics(bench: &mut Bench, topics: &[(&str, i32)]) {
    let version = bench.coordinator.topics.version + 1;
    let topics = topics.iter().map(|&(name, partitions)| (name.to_owned(), topic(name), partitions));
    bench.coordinator.topics = Arc::new(Topics::new(version, topics));
}

pub(super) fn bench(topics: &[(&str, i32)]) -> Bench {
    let mut bench = Bench::new(settings());
    set_topics(&mut bench, topics);
    bench
}

pub(super) fn joining(member: &str, topics: &[&str]) -> ConsumerHeartbeat {
    ConsumerHeartbeat {
        version: 1,
        group: GROUP.to_owned(),
        member_id: member.to_owned(),
        rebalance_timeout_ms: REBALANCE_MS,
        topics: Some(topics.iter().map(|&topic| topic.to_owned()).collect()),
        owned: Some(BTreeMap::new()),
        ..ConsumerHeartbeat::default()
    }
}

pub(super) fn beat(member: &str, epoch: i32) -> ConsumerHeartbeat {
    ConsumerHeartbeat {
        version: 1,
        group: GROUP.to_owned(),
        member_id: member.to_owned(),
        epoch,
        rebalance_timeout_ms: -1,
        ..ConsumerHeartbeat::default()
    }
}

pub(super) fn owning(member: &str, epoch: i32, owned: &[(&str, &[i32])]) -> ConsumerHeartbeat {
    ConsumerHeartbeat { owned: Some(assignment(owned)), ..beat(member, epoch) }
}

pub(super) fn assignment(topics: &[(&str, &[i32])]) -> Assignment {
    topics.iter().map(|(name, partitions)| (topic(name), partitions.iter().copied().collect())).collect()
}

pub(super) fn send(bench: &mut Bench, beat: &ConsumerHeartbeat) -> Result<HeartbeatAnswer, ErrorCode> {
    let answer = bench.run(|coordinator, now, effects| coordinator.consumer_heartbeat(beat, now, effects));
    answer.map_err(|refusal| refusal.code)
}

pub(super) fn group(bench: &Bench) -> &ConsumerGroup {
    match &bench.coordinator.groups[GROUP] {
        Group::Consumer(group) => group,
        Group::Classic(_) => panic!("a classic group"),
    }
}

#[test]
fn the_first_member_gets_everything_with_its_first_heartbeat() {
    let mut bench = bench(&[("a", 2), ("b", 1), ("other", 3)]);
    let answer = send(&mut bench, &joining("m1", &["a", "b", "missing"])).unwrap();
    assert_eq!((answer.epoch, answer.interval_ms), (1, 5_000));
    assert_eq!(answer.assignment, Some(assignment(&[("a", &[0, 1]), ("b", &[0])])));
    assert_eq!(group(&bench).state(), "Stable");
    let next = send(&mut bench, &beat("m1", 1)).unwrap();
    assert_eq!((next.epoch, next.assignment), (1, None), "nothing has changed");
}

#[test]
fn a_partition_is_given_up_before_another_member_gets_it() {
    let mut bench = bench(&[("a", 2)]);
    send(&mut bench, &joining("m1", &["a"])).unwrap();
    let second = send(&mut bench, &joining("m2", &["a"])).unwrap();
    assert_eq!((second.epoch, second.assignment), (2, Some(Assignment::new())), "m1 still has both");
    assert_eq!(group(&bench).state(), "Reconciling");
    let first = send(&mut bench, &beat("m1", 1)).unwrap();
    assert_eq!((first.epoch, first.assignment), (1, Some(assignment(&[("a", &[0])]))));
    let still = send(&mut bench, &beat("m2", 2)).unwrap();
    assert_eq!(still.assignment, None, "m1 has not said that it has given it up");
    let given_up = send(&mut bench, &owning("m1", 1, &[("a", &[0])])).unwrap();
    assert_eq!((given_up.epoch, given_up.assignment), (2, None));
    let gets = send(&mut bench, &beat("m2", 2)).unwrap();
    assert_eq!(gets.assignment, Some(assignment(&[("a", &[1])])));
    assert_eq!(group(&bench).state(), "Stable");
}

#[test]
fn who_does_not_give_up_in_time_is_out() {
    let mut bench = bench(&[("a", 2)]);
    send(&mut bench, &joining("m1", &["a"])).unwrap();
    send(&mut bench, &joining("m2", &["a"])).unwrap();
    send(&mut bench, &beat("m1", 1)).unwrap();
    for _ in 0..7 {
        bench.wait(10_000);
        _ = send(&mut bench, &beat("m1", 1));
        send(&mut bench, &beat("m2", 2)).or_else(|_| send(&mut bench, &beat("m2", 3))).unwrap();
    }
    assert_eq!(send(&mut bench, &beat("m1", 1)), Err(ErrorCode::UnknownMemberId));
    assert_eq!(group(&bench).members["m2"].position.assigned, assignment(&[("a", &[0, 1])]));
}

#[test]
fn who_is_not_heard_of_is_out_and_the_others_get_its_partitions() {
    let mut bench = bench(&[("a", 2)]);
    send(&mut bench, &joining("m1", &["a"])).unwrap();
    send(&mut bench, &joining("m2", &["a"])).unwrap();
    bench.wait(40_000);
    send(&mut bench, &beat("m2", 2)).unwrap();
    bench.wait(10_000);
    let answer = send(&mut bench, &beat("m2", 2)).unwrap();
    assert_eq!((answer.epoch, answer.assignment), (3, Some(assignment(&[("a", &[0, 1])]))));
    assert_eq!(send(&mut bench, &beat("m1", 1)), Err(ErrorCode::UnknownMemberId));
}

#[test]
fn who_leaves_is_out_at_once() {
    let mut bench = bench(&[("a", 1)]);
    send(&mut bench, &joining("m1", &["a"])).unwrap();
    let left = send(&mut bench, &beat("m1", -1)).unwrap();
    assert_eq!((left.epoch, left.assignment), (-1, None));
    assert_eq!(group(&bench).state(), "Empty");
    assert_eq!(send(&mut bench, &beat("m1", 1)), Err(ErrorCode::UnknownMemberId));
    assert_eq!(bench.coordinator.deadlines.next_ms(), None, "nothing waits for it");
}

#[test]
fn a_member_in_another_epoch_is_fenced_unless_it_is_one_answer_behind() {
    let mut bench = bench(&[("a", 2)]);
    send(&mut bench, &joining("m1", &["a"])).unwrap();
    send(&mut bench, &joining("m2", &["a"])).unwrap();
    assert_eq!(send(&mut bench, &beat("m1", 9)), Err(ErrorCode::FencedMemberEpoch));
    send(&mut bench, &beat("m1", 1)).unwrap();
    send(&mut bench, &owning("m1", 1, &[("a", &[0])])).unwrap();
    let again = send(&mut bench, &owning("m1", 1, &[("a", &[0])])).unwrap();
    assert_eq!(again.epoch, 2, "the answer that told of epoch 2 was lost");
    assert_eq!(send(&mut bench, &owning("m1", 1, &[("a", &[0, 1])])), Err(ErrorCode::FencedMemberEpoch));
    assert_eq!(send(&mut bench, &beat("m1", 1)), Err(ErrorCode::FencedMemberEpoch));
}

#[test]
fn who_joins_again_with_its_id_is_told_everything_that_it_has() {
    let mut bench = bench(&[("a", 2)]);
    send(&mut bench, &joining("m1", &["a"])).unwrap();
    let again = send(&mut bench, &joining("m1", &["a"])).unwrap();
    assert_eq!((again.epoch, again.assignment), (1, Some(assignment(&[("a", &[0, 1])]))));
}

#[test]
fn a_static_member_that_is_away_keeps_its_partitions_for_who_comes_in_its_place() {
    let mut bench = bench(&[("a", 4)]);
    let with_instance =
        |beat: ConsumerHeartbeat| ConsumerHeartbeat { instance_id: Some("i".to_owned()), ..beat };
    send(&mut bench, &with_instance(joining("old", &["a"]))).unwrap();
    assert_eq!(
        send(&mut bench, &with_instance(joining("new", &["a"]))),
        Err(ErrorCode::UnreleasedInstanceId)
    );
    let away = send(&mut bench, &with_instance(beat("old", AWAY))).unwrap();
    assert_eq!(away.epoch, AWAY);
    let back = send(&mut bench, &with_instance(joining("new", &["a"]))).unwrap();
    assert_eq!((back.epoch, back.assignment), (1, Some(assignment(&[("a", &[0, 1, 2, 3])]))));
    assert_eq!(send(&mut bench, &with_instance(beat("old", 1))), Err(ErrorCode::FencedInstanceId));
    assert_eq!(group(&bench).members.len(), 1);
    assert_eq!(group(&bench).epoch, 1, "nobody else need know");
}

#[test]
fn a_static_member_that_stays_away_is_out_after_the_session_time() {
    let mut bench = bench(&[("a", 1)]);
    let joins = ConsumerHeartbeat { instance_id: Some("i".to_owned()), ..joining("m", &["a"]) };
    send(&mut bench, &joins).unwrap();
    let away = ConsumerHeartbeat { instance_id: Some("i".to_owned()), ..beat("m", AWAY) };
    send(&mut bench, &away).unwrap();
    bench.wait(46_000);
    assert_eq!(group(&bench).state(), "Empty");
}

#[test]
fn a_topic_that_comes_or_grows_is_assigned_with_the_next_heartbeat() {
    let mut bench = bench(&[("a", 1)]);
    send(&mut bench, &joining("m1", &["a", "b"])).unwrap();
    set_topics(&mut bench, &[("a", 2), ("b", 1), ("c", 1)]);
    let answer = send(&mut bench, &beat("m1", 1)).unwrap();
    assert_eq!((answer.epoch, answer.assignment), (2, Some(assignment(&[("a", &[0, 1]), ("b", &[0])]))));
    set_topics(&mut bench, &[("a", 2), ("b", 1), ("c", 7)]);
    assert_eq!(send(&mut bench, &beat("m1", 2)).unwrap().epoch, 2, "c is nobody's");
    set_topics(&mut bench, &[("a", 2)]);
    let answer = send(&mut bench, &beat("m1", 2)).unwrap();
    assert_eq!(answer.assignment, Some(assignment(&[("a", &[0, 1])])), "b is gone");
}

#[test]
fn a_regular_expression_matches_whole_names_of_topics_that_come_and_go() {
    let mut bench = bench(&[("orders-1", 1), ("orders-22", 1), ("my-orders-1", 1)]);
    let joins =
        ConsumerHeartbeat { regex: Some("orders-[0-9]".to_owned()), topics: None, ..joining("m1", &[]) };
    let answer = send(&mut bench, &joins).unwrap();
    assert_eq!(answer.assignment, Some(assignment(&[("orders-1", &[0])])));
    set_topics(&mut bench, &[("orders-1", 1), ("orders-2", 1)]);
    let answer = send(&mut bench, &beat("m1", 1)).unwrap();
    assert_eq!(answer.assignment, Some(assignment(&[("orders-1", &[0]), ("orders-2", &[0])])));
    let other = ConsumerHeartbeat { regex: Some(String::new()), ..owning("m1", 2, &[]) };
    send(&mut bench, &other).unwrap();
    assert!(group(&bench).matches.is_empty(), "nobody has the expression any more");
}

#[test]
fn who_says_everything_of_itself_is_told_everything_that_it_has() {
    fn check(says: ConsumerHeartbeat, expect: bool) {
        let mut bench = bench(&[("a", 1)]);
        let joins = joining("m", &["a"]);
        send(&mut bench, &ConsumerHeartbeat { regex: Some("a".to_owned()), ..joins }).unwrap();
        assert_eq!(send(&mut bench, &says).unwrap().assignment.is_some(), expect, "{says:?}");
    }
    let owned = owning("m", 1, &[("a", &[0])]);
    let full = ConsumerHeartbeat { rebalance_timeout_ms: REBALANCE_MS, ..owned.clone() };
    let topics = Some(BTreeSet::from(["a".to_owned()]));
    check(ConsumerHeartbeat { topics, ..full.clone() }, true);
    check(ConsumerHeartbeat { regex: Some("a".to_owned()), ..full.clone() }, true);
    check(ConsumerHeartbeat { regex: Some("a".to_owned()), ..owned }, false);
    check(full, false);
}

#[test]
fn a_bad_heartbeat_is_refused_and_changes_nothing() {
    fn check(beat: ConsumerHeartbeat, expect: ErrorCode) {
        let mut bench = bench(&[("a", 1)]);
        assert_eq!(send(&mut bench, &beat), Err(expect), "{beat:?}");
        assert!(bench.log.is_empty() && bench.coordinator.groups.is_empty());
    }
    let regex = |regex: &str| ConsumerHeartbeat { regex: Some(regex.to_owned()), ..joining("m", &[]) };
    check(regex("(a"), ErrorCode::InvalidRegularExpression);
    check(regex("a)|(b"), ErrorCode::InvalidRegularExpression);
    check(regex("(((a{100}){100}){100}){100}"), ErrorCode::InvalidRegularExpression);
    check(joining("m", &[]), ErrorCode::InvalidRequest);
    check(joining("", &["a"]), ErrorCode::InvalidRequest);
    check(ConsumerHeartbeat { group: String::new(), ..joining("m", &["a"]) }, ErrorCode::InvalidRequest);
    check(ConsumerHeartbeat { owned: None, ..joining("m", &["a"]) }, ErrorCode::InvalidRequest);
    check(ConsumerHeartbeat { rebalance_timeout_ms: -1, ..joining("m", &["a"]) }, ErrorCode::InvalidRequest);
    check(ConsumerHeartbeat { epoch: -3, ..joining("m", &["a"]) }, ErrorCode::InvalidRequest);
    check(beat("m", AWAY), ErrorCode::InvalidRequest);
    let assignor = Some("sticky".to_owned());
    check(ConsumerHeartbeat { assignor, ..joining("m", &["a"]) }, ErrorCode::UnsupportedAssignor);
    check(beat("m", 1), ErrorCode::GroupIdNotFound);
}

#[test]
fn a_member_without_an_id_is_given_one_in_version_0() {
    let mut bench = bench(&[("a", 1)]);
    let joins = ConsumerHeartbeat { version: 0, unique: Uuid::from_u128(7), ..joining("", &["a"]) };
    assert_eq!(send(&mut bench, &joins).unwrap().member_id, Uuid::from_u128(7).to_string());
}

#[test]
fn a_full_group_takes_nobody_more() {
    let mut bench =
        Bench::new(super::super::settings::GroupSettings { consumer_group_size_max: 1, ..settings() });
    set_topics(&mut bench, &[("a", 1)]);
    send(&mut bench, &joining("m1", &["a"])).unwrap();
    assert_eq!(send(&mut bench, &joining("m2", &["a"])), Err(ErrorCode::GroupMaxSizeReached));
    send(&mut bench, &beat("m1", 1)).unwrap();
}

#[test]
fn most_members_choose_the_assignor() {
    let mut bench = bench(&[("a", 2), ("b", 2)]);
    let range =
        |member| ConsumerHeartbeat { assignor: Some("range".to_owned()), ..joining(member, &["a", "b"]) };
    send(&mut bench, &range("m1")).unwrap();
    send(&mut bench, &range("m2")).unwrap();
    assert_eq!(group(&bench).assignor().name(), "range");
    assert_eq!(group(&bench).targets["m1"], assignment(&[("a", &[0]), ("b", &[0])]));
}

#[test]
fn commits_and_fetches_must_be_of_the_members_epoch() {
    let mut bench = bench(&[("a", 1)]);
    send(&mut bench, &joining("m1", &["a"])).unwrap();
    let commit = |member: &str, generation: i32, transactional: bool| Commit {
        group: GROUP.to_owned(),
        member_id: member.to_owned(),
        instance_id: None,
        generation,
        transactional,
        knows_epochs: true,
        offsets: vec![("a".to_owned(), 0, offset_of(1))],
    };
    let mut check = |request: Commit, expect: Result<Vec<ErrorCode>, ErrorCode>| {
        let done = bench.run(|coordinator, now, effects| coordinator.commit(&request, now, effects));
        assert_eq!(done, expect);
    };
    check(commit("m1", 1, false), Ok(vec![ErrorCode::None]));
    check(commit("m1", 2, false), Err(ErrorCode::StaleMemberEpoch));
    check(commit("m1", 2, true), Err(ErrorCode::IllegalGeneration));
    check(commit("m2", 1, false), Err(ErrorCode::UnknownMemberId));
    check(commit("", -1, false), Err(ErrorCode::UnknownMemberId));
    check(Commit { knows_epochs: false, ..commit("m1", 1, false) }, Err(ErrorCode::UnsupportedVersion));
    let fetch = |member, epoch| bench.coordinator.check_fetch(GROUP, member, epoch);
    assert_eq!(fetch(Some("m1"), 1), Ok(true));
    assert_eq!(fetch(Some("m1"), 2), Err(ErrorCode::StaleMemberEpoch));
    assert_eq!(fetch(Some("m2"), 1), Err(ErrorCode::UnknownMemberId));
    assert_eq!(fetch(None, -1), Ok(true));
}

#[test]
fn an_older_epoch_will_do_for_what_a_member_has_had_since_then() {
    let mut bench = bench(&[("a", 2)]);
    send(&mut bench, &joining("m1", &["a"])).unwrap();
    send(&mut bench, &joining("m2", &["a"])).unwrap();
    send(&mut bench, &beat("m1", 1)).unwrap();
    assert_eq!(send(&mut bench, &owning("m1", 1, &[("a", &[0])])).unwrap().epoch, 2);
    send(&mut bench, &beat("m2", 2)).unwrap();
    let mut after = restarted(&bench);
    let mut check = |member: &str, epoch: i32, partitions: &[i32], expect: Result<usize, ErrorCode>| {
        let of_a = Committed { topic_id: topic("a"), ..offset_of(1) };
        let commit = Commit {
            group: GROUP.to_owned(),
            member_id: member.to_owned(),
            instance_id: None,
            generation: epoch,
            transactional: false,
            knows_epochs: true,
            offsets: partitions.iter().map(|&partition| ("a".to_owned(), partition, of_a.clone())).collect(),
        };
        for bench in [&mut bench, &mut after] {
            let done = bench.run(|coordinator, now, effects| coordinator.commit(&commit, now, effects));
            assert_eq!(done.map(|codes| codes.len()), expect, "{member} in {epoch} for {partitions:?}");
        }
    };
    check("m1", 1, &[0], Ok(1));
    check("m1", 0, &[0], Err(ErrorCode::StaleMemberEpoch));
    check("m1", 1, &[0, 1], Err(ErrorCode::StaleMemberEpoch));
    check("m1", 3, &[0], Err(ErrorCode::StaleMemberEpoch));
    check("m2", 1, &[1], Err(ErrorCode::StaleMemberEpoch));
    check("m2", 2, &[1], Ok(1));
}

#[test]
fn a_group_without_members_changes_its_protocol_and_keeps_its_offsets() {
    let mut bench = bench(&[("a", 1)]);
    let simple = Commit {
        group: GROUP.to_owned(),
        member_id: String::new(),
        instance_id: None,
        generation: -1,
        transactional: false,
        knows_epochs: true,
        offsets: vec![("a".to_owned(), 0, offset_of(5))],
    };
    bench.run(|coordinator, now, effects| coordinator.commit(&simple, now, effects)).unwrap();
    send(&mut bench, &joining("m1", &["a"])).unwrap();
    assert_eq!(bench.coordinator.offsets.committed(GROUP, "a", 0).unwrap().offset, 5);
    assert_eq!(group(&restarted(&bench)).members.len(), 1);
}

/// What the members of a random history do.
#[derive(Debug, Clone)]
enum Act {
    Join(usize),
    /// A heartbeat that says what the client has: all that it was told, since it gives up at once.
    Beat(usize),
    /// One that says nothing of it, as of a client that is still giving up.
    Silent(usize),
    Leave(usize),
    /// It comes again under its id, as after a fence.
    Wait(i64),
    Topics(i32, i32),
    Restart,
}

fn acts() -> impl Strategy<Value = Vec<Act>> {
    let act = prop_oneof![
        3 => (0..4_usize).prop_map(Act::Join),
        8 => (0..4_usize).prop_map(Act::Beat),
        3 => (0..4_usize).prop_map(Act::Silent),
        1 => (0..4_usize).prop_map(Act::Leave),
        2 => (1_000..30_000_i64).prop_map(Act::Wait),
        1 => (0..4_i32, 0..6_i32).prop_map(|(a, b)| Act::Topics(a, b)),
        1 => Just(Act::Restart),
    ];
    prop::collection::vec(act, 1..60)
}

/// A client as it believes itself to be.
#[derive(Debug, Clone, Default)]
struct Client {
    epoch: i32,
    owned: Assignment,
}

/// One act of a client, and what it makes of the answer.
fn do_act(bench: &mut Bench, clients: &mut [Client], member: usize, request: &ConsumerHeartbeat) {
    match send(bench, request) {
        Ok(answer) => {
            assert!(answer.epoch >= clients[member].epoch || request.joins(), "epochs rise");
            clients[member].epoch = answer.epoch;
            if let Some(assignment) = answer.assignment {
                clients[member].owned = assignment;
            }
        }
        Err(ErrorCode::UnknownMemberId | ErrorCode::FencedMemberEpoch | ErrorCode::GroupIdNotFound) => {
            clients[member] = Client::default();
        }
        Err(error) => panic!("{error} for {request:?}"),
    }
}

fn nothing_is_held_twice(bench: &Bench) {
    let Some(Group::Consumer(group)) = bench.coordinator.groups.get(GROUP) else { return };
    let mut held: BTreeSet<(Uuid, i32)> = BTreeSet::new();
    for member in group.members.values() {
        for partition in partitions(&member.position.assigned).chain(partitions(&member.position.revoking)) {
            assert!(held.insert(partition), "{partition:?} is held twice: {group:#?}");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn no_partition_is_held_twice_and_a_restart_finds_the_same_group(acts in acts()) {
        let mut bench = bench(&[("a", 3), ("b", 2)]);
        let mut clients = vec![Client::default(); 4];
        let name = |member: usize| format!("m{member}");
        for act in acts {
            match act {
                Act::Join(member) => {
                    let request = joining(&name(member), &["a", "b"]);
                    clients[member].owned.clear();
                    do_act(&mut bench, &mut clients, member, &request);
                }
                Act::Beat(member) if clients[member].epoch > 0 => {
                    let client = clients[member].clone();
                    let request = ConsumerHeartbeat { owned: Some(client.owned), ..beat(&name(member), client.epoch) };
                    do_act(&mut bench, &mut clients, member, &request);
                }
                Act::Silent(member) if clients[member].epoch > 0 => {
                    let request = beat(&name(member), clients[member].epoch);
                    do_act(&mut bench, &mut clients, member, &request);
                }
                Act::Leave(member) if clients[member].epoch > 0 => {
                    _ = send(&mut bench, &beat(&name(member), -1));
                    clients[member] = Client::default();
                }
                Act::Wait(ms) => bench.wait(ms),
                Act::Topics(a, b) => set_topics(&mut bench, &[("a", a), ("b", b)]),
                Act::Restart => {
                    let mut after = restarted(&bench);
                    if let Some(Group::Consumer(_)) = bench.coordinator.groups.get(GROUP) {
                        let seen = group(&bench).topics_seen;
                        after.coordinator.looked_at(GROUP, seen);
                        prop_assert_eq!(group(&after), group(&bench));
                    }
                    after.coordinator.topics = Arc::clone(&bench.coordinator.topics);
                    bench = after;
                }
                Act::Beat(_) | Act::Silent(_) | Act::Leave(_) => {}
            }
            nothing_is_held_twice(&bench);
        }
        // Left alone, the group comes to rest, with every partition with exactly one member.
        set_topics(&mut bench, &[("a", 3), ("b", 2)]);
        for _ in 0..10 {
            for member in 0..clients.len() {
                let client = clients[member].clone();
                let request = if client.epoch > 0 {
                    ConsumerHeartbeat { owned: Some(client.owned), ..beat(&name(member), client.epoch) }
                } else {
                    joining(&name(member), &["a", "b"])
                };
                do_act(&mut bench, &mut clients, member, &request);
            }
        }
        nothing_is_held_twice(&bench);
        prop_assert_eq!(group(&bench).state(), "Stable");
        let total: usize = clients.iter().map(|client| partitions(&client.owned).count()).sum();
        prop_assert_eq!(total, 5);
    }
}

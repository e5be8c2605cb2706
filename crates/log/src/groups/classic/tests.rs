//! What classic groups promise, asked of the whole coordinator.

use std::sync::Arc;

use watershed_protocol::ErrorCode;

use super::super::bench::{Bench, offset_of, restarted, settings};
use super::super::coordinator::Commit;
use super::super::effects::{Answer, JoinAnswer, SyncAnswer, Ticket};
use super::super::settings::GroupSettings;
use super::{Join, Leave, Sync};

const GROUP: &str = "group";
const SESSION_MS: i32 = 10_000;
const REBALANCE_MS: i32 = 60_000;

impl Bench {
    fn send_join(&mut self, join: Join) -> Ticket {
        let ticket = join.ticket;
        self.run(|coordinator, now, effects| coordinator.join(GROUP, join, now, effects));
        ticket
    }

    /// A request to join with one protocol, from a client that need not be told its id.
    fn join_of(&mut self, member: &str) -> Join {
        let ticket = self.ticket();
        Join {
            ticket,
            member_id: member.to_owned(),
            instance_id: None,
            client_id: "client".to_owned(),
            client_host: "/127.0.0.1".to_owned(),
            session_timeout_ms: SESSION_MS,
            rebalance_timeout_ms: REBALANCE_MS,
            protocol_type: "consumer".to_owned(),
            protocols: vec![("range".to_owned(), Arc::from(*b"metadata"))],
            unique: uuid::Uuid::from_u128(u128::from(ticket.0)),
            first_told_its_id: false,
            can_skip_assignment: true,
        }
    }

    fn joined(&mut self, ticket: Ticket) -> Option<JoinAnswer> {
        match self.answers.remove(&ticket)? {
            Answer::Join(answer) => Some(answer),
            Answer::Sync(_) => panic!("a SyncGroup's answer for a JoinGroup"),
        }
    }

    fn synced(&mut self, ticket: Ticket) -> Option<SyncAnswer> {
        match self.answers.remove(&ticket)? {
            Answer::Sync(answer) => Some(answer),
            Answer::Join(_) => panic!("a JoinGroup's answer for a SyncGroup"),
        }
    }

    fn join(&mut self, member: &str) -> Ticket {
        let join = self.join_of(member);
        self.send_join(join)
    }

    fn join_static(&mut self, instance: &str) -> Ticket {
        let join = Join { instance_id: Some(instance.to_owned()), ..self.join_of("") };
        self.send_join(join)
    }

    fn sync(&mut self, member: &str, generation: i32, assignments: &[(&str, &[u8])]) -> Ticket {
        let ticket = self.ticket();
        let sync = Sync {
            ticket,
            member_id: member.to_owned(),
            instance_id: None,
            generation,
            protocol_type: Some("consumer".to_owned()),
            protocol: Some("range".to_owned()),
            assignments: assignments.iter().map(|&(id, bytes)| (id.to_owned(), Arc::from(bytes))).collect(),
        };
        self.run(|coordinator, now, effects| coordinator.sync(GROUP, sync, now, effects));
        ticket
    }

    fn heartbeat(&mut self, member: &str, generation: i32) -> Result<(), ErrorCode> {
        let now = self.now();
        self.coordinator.heartbeat(GROUP, member, None, generation, now)
    }

    fn leave(&mut self, member: &str) -> Vec<ErrorCode> {
        let leave = [Leave { member_id: member.to_owned(), instance_id: None }];
        self.run(|coordinator, now, effects| coordinator.leave(GROUP, &leave, now, effects)).unwrap()
    }

    fn commit(&mut self, member: &str, generation: i32) -> Result<Vec<ErrorCode>, ErrorCode> {
        let commit = commit_of(member, generation);
        self.run(|coordinator, now, effects| coordinator.commit(&commit, now, effects))
    }

    fn state(&self) -> &'static str {
        self.coordinator.describe(GROUP).unwrap().state
    }

    /// A stable group of this many members; the first one leads.
    fn stable(&mut self, members: usize) -> (Vec<String>, i32) {
        let mut ids: Vec<String> = Vec::new();
        let mut generation = 0;
        for _ in 0..members {
            let mut tickets = vec![self.join("")];
            let olds = ids.clone();
            tickets.extend(olds.iter().map(|id| self.join(id)));
            let answers: Vec<JoinAnswer> =
                tickets.iter().map(|&ticket| self.joined(ticket).unwrap()).collect();
            generation = answers[0].generation;
            if !ids.contains(&answers[0].member_id) {
                ids.push(answers[0].member_id.clone());
            }
            let leader = answers[0].leader.clone();
            let syncs: Vec<Ticket> = ids
                .clone()
                .iter()
                .filter(|id| **id != leader)
                .map(|id| self.sync(id, generation, &[]))
                .collect();
            let assignments: Vec<(&str, &[u8])> = ids.iter().map(|id| (id.as_str(), id.as_bytes())).collect();
            let lead = self.sync(&leader, generation, &assignments);
            for ticket in syncs.into_iter().chain([lead]) {
                assert_eq!(self.synced(ticket).unwrap().error, ErrorCode::None);
            }
        }
        assert_eq!(self.state(), "Stable");
        (ids, generation)
    }
}

fn bench() -> Bench {
    Bench::new(settings())
}

fn commit_of(member: &str, generation: i32) -> Commit {
    Commit {
        group: GROUP.to_owned(),
        member_id: member.to_owned(),
        instance_id: None,
        generation,
        transactional: false,
        knows_epochs: true,
        offsets: vec![("topic".to_owned(), 0, offset_of(7))],
    }
}

#[test]
fn the_first_member_leads_and_sees_everybody() {
    let mut bench = bench();
    let ticket = bench.join("");
    let answer = bench.joined(ticket).expect("there is nobody to wait for");
    assert_eq!((answer.error, answer.generation), (ErrorCode::None, 1));
    assert_eq!(answer.leader, answer.member_id);
    assert_eq!(answer.members.len(), 1);
    assert_eq!(&*answer.members[0].metadata, b"metadata");
    assert_eq!(bench.state(), "CompletingRebalance");
}

#[test]
fn everybody_gets_what_the_leader_assigned_and_the_rest_nothing() {
    let mut bench = bench();
    let (ids, generation) = bench.stable(2);
    let again = bench.join(&ids[0]);
    assert!(bench.joined(again).is_none(), "the leader joins again: all must come");
    let other = bench.join(&ids[1]);
    assert_eq!(bench.joined(again).unwrap().generation, generation + 1);
    assert!(bench.joined(other).unwrap().members.is_empty(), "only the leader sees the members");
    let waits = bench.sync(&ids[1], generation + 1, &[]);
    assert!(bench.synced(waits).is_none(), "the leader has not assigned yet");
    let lead = bench.sync(&ids[0], generation + 1, &[(&ids[1], b"all of it")]);
    assert_eq!(&*bench.synced(waits).unwrap().assignment, b"all of it");
    assert_eq!(&*bench.synced(lead).unwrap().assignment, b"");
}

#[test]
fn a_new_client_is_first_told_its_id() {
    let mut bench = bench();
    let join = Join { first_told_its_id: true, ..bench.join_of("") };
    let ticket = bench.send_join(join);
    let answer = bench.joined(ticket).unwrap();
    assert_eq!(answer.error, ErrorCode::MemberIdRequired);
    assert!(answer.member_id.starts_with("client-"));
    let join = Join { first_told_its_id: true, ..bench.join_of(&answer.member_id) };
    let ticket = bench.send_join(join);
    let joined = bench.joined(ticket).unwrap();
    assert_eq!((joined.error, joined.member_id), (ErrorCode::None, answer.member_id));
}

#[test]
fn an_id_that_was_given_out_is_forgotten_after_the_session_time() {
    let mut bench = bench();
    let join = Join { first_told_its_id: true, ..bench.join_of("") };
    let ticket = bench.send_join(join);
    let id = bench.joined(ticket).unwrap().member_id;
    bench.wait(i64::from(SESSION_MS) + 1);
    let late = bench.join(&id);
    assert_eq!(bench.joined(late).unwrap().error, ErrorCode::UnknownMemberId);
}

#[test]
fn the_first_generation_waits_for_the_initial_delay_and_longer_while_members_come() {
    let mut bench = Bench::new(GroupSettings { initial_rebalance_delay_ms: 3_000, ..settings() });
    let first = bench.join("");
    bench.wait(2_000);
    let second = bench.join("");
    bench.wait(2_000);
    assert!(bench.answers.is_empty(), "a member came, so it waits for three seconds more");
    bench.wait(2_500);
    let (first, second) = (bench.joined(first).unwrap(), bench.joined(second).unwrap());
    assert_eq!((first.generation, second.generation), (1, 1));
    assert_eq!(first.members.len() + second.members.len(), 2);
}

#[test]
fn a_member_that_falls_silent_is_out_and_the_others_learn_of_it() {
    let mut bench = bench();
    let (ids, generation) = bench.stable(2);
    bench.wait(6_000);
    assert_eq!(bench.heartbeat(&ids[0], generation), Ok(()));
    bench.wait(6_000);
    assert_eq!(bench.heartbeat(&ids[0], generation), Err(ErrorCode::RebalanceInProgress));
    let again = bench.join(&ids[0]);
    let answer = bench.joined(again).unwrap();
    assert_eq!((answer.generation, answer.members.len()), (generation + 1, 1));
    assert_eq!(bench.heartbeat(&ids[1], generation), Err(ErrorCode::UnknownMemberId));
}

#[test]
fn who_does_not_join_again_in_time_is_out() {
    let mut bench = bench();
    let (ids, generation) = bench.stable(2);
    let again = bench.join(&ids[0]);
    for _ in 0..i64::from(REBALANCE_MS) / 5_000 {
        bench.wait(5_000);
        // It lives, but does not join.
        _ = bench.heartbeat(&ids[1], generation);
    }
    let answer = bench.joined(again).expect("the rebalance timeout has passed");
    assert_eq!(answer.members.len(), 1);
    assert_eq!(bench.heartbeat(&ids[1], generation), Err(ErrorCode::UnknownMemberId));
}

#[test]
fn who_does_not_ask_for_its_assignment_in_time_is_out() {
    let mut bench = bench();
    let (ids, generation) = bench.stable(2);
    let (one, other) = (bench.join(&ids[0]), bench.join(&ids[1]));
    assert!(bench.joined(one).is_some() && bench.joined(other).is_some());
    let lead = bench.sync(&ids[0], generation + 1, &[]);
    assert!(bench.synced(lead).is_some());
    for _ in 0..=i64::from(REBALANCE_MS) / 5_000 {
        _ = bench.heartbeat(&ids[0], generation + 1);
        _ = bench.heartbeat(&ids[1], generation + 1);
        bench.wait(5_000);
    }
    assert_eq!(bench.heartbeat(&ids[1], generation + 1), Err(ErrorCode::UnknownMemberId));
    assert_eq!(bench.heartbeat(&ids[0], generation + 1), Err(ErrorCode::RebalanceInProgress));
}

#[test]
fn a_member_that_waits_in_its_first_join_for_too_long_is_out() {
    let mut bench = bench();
    let (ids, generation) = bench.stable(1);
    let join = Join { rebalance_timeout_ms: 600_000, ..bench.join_of(&ids[0]) };
    // The leader joins again with a long rebalance timeout, then only sends heartbeats while a new member waits.
    let again = bench.send_join(join);
    let answer = bench.joined(again).unwrap();
    let lead = bench.sync(&ids[0], generation + 1, &[]);
    assert!(bench.synced(lead).is_some());
    let new = bench.join("");
    for _ in 0..61 {
        bench.wait(5_000);
        _ = bench.heartbeat(&ids[0], answer.generation);
    }
    assert_eq!(bench.joined(new).unwrap().error, ErrorCode::UnknownMemberId);
}

#[test]
fn a_wrong_generation_or_member_is_refused() {
    let mut bench = bench();
    let (ids, generation) = bench.stable(1);
    assert_eq!(bench.heartbeat(&ids[0], generation - 1), Err(ErrorCode::IllegalGeneration));
    assert_eq!(bench.heartbeat("nobody", generation), Err(ErrorCode::UnknownMemberId));
    assert_eq!(bench.commit(&ids[0], generation + 1), Err(ErrorCode::IllegalGeneration));
    assert_eq!(bench.commit("nobody", generation), Err(ErrorCode::UnknownMemberId));
    let ticket = bench.sync(&ids[0], generation + 1, &[]);
    assert_eq!(bench.synced(ticket).unwrap().error, ErrorCode::IllegalGeneration);
    let ticket = bench.join("nobody");
    assert_eq!(bench.joined(ticket).unwrap().error, ErrorCode::UnknownMemberId);
}

#[test]
fn the_protocol_is_one_that_all_have_and_most_prefer() {
    fn check(members: &[&[&str]], expect: &str) {
        let mut bench = Bench::new(GroupSettings { initial_rebalance_delay_ms: 1_000, ..settings() });
        let mut tickets = Vec::new();
        for protocols in members {
            let protocols = protocols.iter().map(|name| ((*name).to_owned(), Arc::from([]))).collect();
            let join = Join { protocols, ..bench.join_of("") };
            tickets.push(bench.send_join(join));
        }
        bench.wait(10_000);
        for ticket in tickets {
            assert_eq!(bench.joined(ticket).unwrap().protocol.as_deref(), Some(expect));
        }
    }
    check(&[&["range"]], "range");
    check(&[&["range", "roundrobin"], &["roundrobin", "range"], &["roundrobin", "range"]], "roundrobin");
    check(&[&["sticky", "range"], &["range"]], "range");
    check(&[&["a", "b", "c"], &["c", "b"], &["c", "b"]], "c");
}

#[test]
fn a_member_without_a_common_protocol_is_refused() {
    let mut bench = bench();
    bench.stable(1);
    let join = Join { protocols: vec![("other".to_owned(), Arc::from([]))], ..bench.join_of("") };
    let ticket = bench.send_join(join);
    assert_eq!(bench.joined(ticket).unwrap().error, ErrorCode::InconsistentGroupProtocol);
    let join = Join { protocol_type: "connect".to_owned(), ..bench.join_of("") };
    let ticket = bench.send_join(join);
    assert_eq!(bench.joined(ticket).unwrap().error, ErrorCode::InconsistentGroupProtocol);
}

#[test]
fn sessions_outside_the_limits_are_refused() {
    for session_timeout_ms in [0, 5_999, 1_800_001] {
        let mut bench = bench();
        let join = Join { session_timeout_ms, ..bench.join_of("") };
        let ticket = bench.send_join(join);
        assert_eq!(bench.joined(ticket).unwrap().error, ErrorCode::InvalidSessionTimeout);
    }
}

#[test]
fn a_full_group_takes_nobody_more() {
    let mut bench = Bench::new(GroupSettings { group_size_max: 2, ..settings() });
    let (ids, generation) = bench.stable(2);
    let ticket = bench.join("");
    assert_eq!(bench.joined(ticket).unwrap().error, ErrorCode::GroupMaxSizeReached);
    assert_eq!(bench.heartbeat(&ids[0], generation), Ok(()), "the members notice nothing");
}

#[test]
fn a_static_member_comes_back_without_a_rebalance_and_fences_the_one_before() {
    let mut bench = bench();
    let ticket = bench.join_static("instance");
    let first = bench.joined(ticket).unwrap();
    let lead = bench.sync(&first.member_id, 1, &[(&first.member_id, b"part")]);
    assert!(bench.synced(lead).is_some());
    let ticket = bench.join_static("instance");
    let second = bench.joined(ticket).unwrap();
    assert_eq!((second.error, second.generation), (ErrorCode::None, 1));
    assert_ne!(second.member_id, first.member_id);
    assert!(second.skip_assignment && second.members.len() == 1);
    let now = bench.now();
    let fenced = bench.coordinator.heartbeat(GROUP, &first.member_id, Some("instance"), 1, now);
    assert_eq!(fenced, Err(ErrorCode::FencedInstanceId));
    let ticket = bench.sync(&second.member_id, 1, &[]);
    assert_eq!(&*bench.synced(ticket).unwrap().assignment, b"part");
}

#[test]
fn a_static_member_that_does_not_join_in_time_keeps_its_place() {
    let mut bench = bench();
    let ticket = bench.join_static("instance");
    let resting = bench.joined(ticket).unwrap().member_id;
    let dynamic = bench.join("");
    let join = Join {
        instance_id: Some("instance".to_owned()),
        session_timeout_ms: 200_000,
        ..bench.join_of(&resting)
    };
    bench.send_join(join);
    let first = bench.joined(dynamic).unwrap();
    let lead = bench.sync(&resting, first.generation, &[]);
    assert!(bench.synced(lead).is_some());
    // Only the dynamic member comes to the next generation, with new metadata.
    let protocols = vec![("range".to_owned(), Arc::from(*b"other"))];
    let again = Join { protocols, ..bench.join_of(&first.member_id) };
    let again = bench.send_join(again);
    bench.wait(i64::from(REBALANCE_MS));
    let answer = bench.joined(again).expect("the rebalance timeout has passed");
    assert_eq!(answer.generation, first.generation + 1);
    assert_eq!(answer.members.len(), 2, "the static one is still a member");
    assert_eq!(answer.leader, first.member_id, "the leader has not come");
}

#[test]
fn a_static_member_that_gives_itself_no_time_to_join_is_waited_for_step_by_step() {
    for timeout_ms in [0, -7] {
        let mut bench = bench();
        let instance_id = Some("hasty".to_owned());
        let hasty = Join { instance_id, rebalance_timeout_ms: timeout_ms, ..bench.join_of("") };
        let ticket = bench.send_join(hasty.clone());
        let member_id = bench.joined(ticket).unwrap().member_id;
        let (patient, ticket) = (bench.join_static("patient"), bench.ticket());
        bench.send_join(Join { ticket, member_id: member_id.clone(), ..hasty });
        let patient = bench.joined(patient).unwrap().member_id;
        let assigned = [&patient, &member_id].map(|member| bench.sync(member, 2, &[]));
        assert!(assigned.map(|ticket| bench.synced(ticket)).iter().all(Option::is_some));
        assert_eq!(bench.state(), "Stable");
        assert_eq!(bench.leave(&patient), [ErrorCode::None]);
        for _ in 0..3 {
            let next_ms = bench.coordinator.deadlines.next_ms().expect("it is waited for");
            assert!(next_ms > bench.now_ms, "what is due at once again is never done");
            bench.wait(next_ms - bench.now_ms);
            assert_eq!(bench.state(), "PreparingRebalance");
        }
        bench.wait(i64::from(SESSION_MS));
        assert_eq!(bench.state(), "Empty");
    }
}

#[test]
fn who_leaves_is_out_at_once_and_what_it_waits_for_is_refused() {
    let mut bench = bench();
    let (ids, generation) = bench.stable(2);
    let waits = bench.join(&ids[0]);
    assert_eq!(bench.leave(&ids[0]), [ErrorCode::None]);
    assert_eq!(bench.joined(waits).unwrap().error, ErrorCode::UnknownMemberId);
    assert_eq!(bench.leave(&ids[0]), [ErrorCode::UnknownMemberId]);
    assert_eq!(bench.heartbeat(&ids[1], generation), Err(ErrorCode::RebalanceInProgress));
    assert_eq!(bench.leave(&ids[1]), [ErrorCode::None]);
    assert_eq!(bench.state(), "Empty");
}

#[test]
fn an_administrator_takes_a_static_member_out_by_its_instance_id() {
    let mut bench = bench();
    let ticket = bench.join_static("instance");
    assert!(bench.joined(ticket).is_some());
    let leave = [
        Leave { member_id: String::new(), instance_id: Some("instance".to_owned()) },
        Leave { member_id: String::new(), instance_id: Some("nobody".to_owned()) },
        Leave { member_id: String::new(), instance_id: None },
    ];
    let left = bench.run(|coordinator, now, effects| coordinator.leave(GROUP, &leave, now, effects)).unwrap();
    assert_eq!(left, [ErrorCode::None, ErrorCode::UnknownMemberId, ErrorCode::UnknownMemberId]);
    assert_eq!(bench.state(), "Empty");
}

#[test]
fn nobody_may_commit_while_the_assignment_is_under_way() {
    let mut bench = bench();
    let ticket = bench.join("");
    let id = bench.joined(ticket).unwrap().member_id;
    assert_eq!(bench.commit(&id, 1), Err(ErrorCode::RebalanceInProgress));
    let lead = bench.sync(&id, 1, &[]);
    assert!(bench.synced(lead).is_some());
    assert_eq!(bench.commit(&id, 1), Ok(vec![ErrorCode::None]));
    assert_eq!(bench.commit("", -1), Err(ErrorCode::UnknownMemberId), "the group has members");
}

#[test]
fn who_is_in_no_group_may_commit_to_one_without_members() {
    let mut bench = bench();
    assert_eq!(bench.commit("", -1), Ok(vec![ErrorCode::None]));
    assert_eq!(bench.coordinator.offsets.committed(GROUP, "topic", 0).map(|offset| offset.offset), Some(7));
    assert_eq!(bench.commit("member", 3), Err(ErrorCode::UnknownMemberId));
    let mut other = Bench::new(settings());
    assert_eq!(other.commit("member", 3), Err(ErrorCode::GroupIdNotFound));
    let old = Commit { knows_epochs: false, ..commit_of("member", 3) };
    let refused = other.run(|coordinator, now, effects| coordinator.commit(&old, now, effects));
    assert_eq!(refused, Err(ErrorCode::IllegalGeneration));
}

#[test]
fn members_go_on_with_their_generation_after_a_restart() {
    let mut bench = bench();
    let (ids, generation) = bench.stable(2);
    bench.commit(&ids[0], generation).unwrap();
    let mut after = restarted(&bench);
    for id in &ids {
        assert_eq!(after.heartbeat(id, generation), Ok(()));
    }
    let ticket = after.sync(&ids[1], generation, &[]);
    assert_eq!(&*after.synced(ticket).unwrap().assignment, ids[1].as_bytes());
    assert_eq!(after.coordinator.offsets, bench.coordinator.offsets);
    assert_eq!(after.coordinator.describe(GROUP), bench.coordinator.describe(GROUP));
    after.wait(6_000);
    assert_eq!(after.heartbeat(&ids[0], generation), Ok(()));
    after.wait(6_000);
    assert_eq!(after.state(), "PreparingRebalance", "sessions run on after the restart");
}

#[test]
fn when_the_assignment_cannot_be_written_the_group_begins_again() {
    let mut bench = bench();
    let ticket = bench.join("");
    let id = bench.joined(ticket).unwrap().member_id;
    let sync = bench.sync(&id, 1, &[(&id, b"part")]);
    drop(bench.synced(sync));
    bench.run(|coordinator, now, effects| coordinator.assignment_lost(GROUP, now, effects));
    assert_eq!(bench.heartbeat(&id, 1), Err(ErrorCode::RebalanceInProgress));
    let again = bench.join(&id);
    assert_eq!(bench.joined(again).unwrap().generation, 2);
}

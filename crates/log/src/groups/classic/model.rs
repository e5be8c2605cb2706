//! Random histories of a classic group, and what must hold in each.
//!
//! Clients are as simple as they can be: they join, ask for their assignment, send heartbeats, fall silent. The model
//! keeps what each was told, never what the group has in mind.

use std::collections::BTreeMap;
use std::sync::Arc;

use proptest::prelude::*;
use watershed_protocol::ErrorCode;

use super::super::bench::{Bench, restarted, settings};
use super::super::effects::{Answer, Ticket};
use super::super::settings::GroupSettings;
use super::{Join, Leave, Sync};

const GROUP: &str = "group";
const CLIENTS: usize = 4;
const SESSION_MS: i32 = 10_000;
const REBALANCE_MS: i32 = 30_000;

#[derive(Debug, Clone)]
enum Act {
    Join(usize, u8),
    Sync(usize),
    Heartbeat(usize),
    Leave(usize),
    Wait(i64),
    Restart,
}

fn acts() -> impl Strategy<Value = Vec<Act>> {
    let client = 0..CLIENTS;
    let act = prop_oneof![
        5 => (client.clone(), 0..2_u8).prop_map(|(client, metadata)| Act::Join(client, metadata)),
        5 => client.clone().prop_map(Act::Sync),
        3 => client.clone().prop_map(Act::Heartbeat),
        1 => client.prop_map(Act::Leave),
        2 => (500..12_000_i64).prop_map(Act::Wait),
        1 => Just(Act::Restart),
    ];
    prop::collection::vec(act, 1..80)
}

/// What a client was told.
#[derive(Debug, Clone, Default)]
struct Client {
    member_id: String,
    generation: i32,
    leads: bool,
    members: Vec<String>,
    /// The highest generation that it was told since the last restart: what was not assigned yet is not written down.
    told: i32,
}

struct World {
    bench: Bench,
    clients: Vec<Client>,
    /// Who waits for what: the client, and until when an answer must have come.
    waiting: BTreeMap<Ticket, (usize, i64)>,
    /// The assignments of each generation, by member.
    assigned: BTreeMap<i32, BTreeMap<String, Vec<u8>>>,
}

impl World {
    fn new(delay_ms: i64) -> Self {
        let settings = GroupSettings { initial_rebalance_delay_ms: delay_ms, ..settings() };
        Self {
            bench: Bench::new(settings),
            clients: vec![Client::default(); CLIENTS],
            waiting: BTreeMap::new(),
            assigned: BTreeMap::new(),
        }
    }

    fn act(&mut self, act: &Act) {
        match *act {
            Act::Join(client, metadata) => self.join(client, metadata),
            Act::Sync(client) => self.sync(client),
            Act::Heartbeat(client) => self.heartbeat(client),
            Act::Leave(client) => self.leave(client),
            Act::Wait(ms) => self.wait(ms),
            Act::Restart => self.restart(),
        }
        self.take_answers();
    }

    fn join(&mut self, client: usize, metadata: u8) {
        let ticket = self.bench.ticket();
        // The last client is a static member, which forgets its id now and then.
        let is_static = client == CLIENTS - 1;
        let join = Join {
            ticket,
            member_id: self.clients[client].member_id.clone(),
            instance_id: is_static.then(|| "instance".to_owned()),
            client_id: format!("client{client}"),
            client_host: "/127.0.0.1".to_owned(),
            session_timeout_ms: SESSION_MS,
            rebalance_timeout_ms: REBALANCE_MS,
            protocol_type: "consumer".to_owned(),
            protocols: vec![("range".to_owned(), Arc::from([metadata]))],
            unique: uuid::Uuid::from_u128(u128::from(ticket.0)),
            first_told_its_id: client != 0,
            can_skip_assignment: true,
        };
        // A new member may wait for as long as others are waited for, and a session more.
        self.waiting.insert(ticket, (client, self.bench.now_ms + 10 * 60_000));
        self.bench.run(|coordinator, now, effects| coordinator.join(GROUP, join, now, effects));
    }

    fn sync(&mut self, client: usize) {
        let Client { member_id, generation, leads, members, .. } = self.clients[client].clone();
        if generation == 0 {
            return;
        }
        let ticket = self.bench.ticket();
        let part = |id: &String| (id.clone(), Arc::from(format!("{generation} {id}").into_bytes()));
        let sync = Sync {
            ticket,
            member_id,
            instance_id: None,
            generation,
            protocol_type: Some("consumer".to_owned()),
            protocol: Some("range".to_owned()),
            assignments: if leads { members.iter().map(part).collect() } else { BTreeMap::new() },
        };
        self.waiting.insert(ticket, (client, self.bench.now_ms + 10 * 60_000));
        self.bench.run(|coordinator, now, effects| coordinator.sync(GROUP, sync, now, effects));
    }

    fn heartbeat(&mut self, client: usize) {
        let now = self.bench.now();
        let Client { member_id, generation, .. } = &self.clients[client];
        let heard = self.bench.coordinator.heartbeat(GROUP, member_id, None, *generation, now);
        if heard == Err(ErrorCode::UnknownMemberId) {
            self.clients[client] = Client::default();
        }
    }

    fn leave(&mut self, client: usize) {
        let leave = [Leave { member_id: self.clients[client].member_id.clone(), instance_id: None }];
        self.bench.run(|coordinator, now, effects| coordinator.leave(GROUP, &leave, now, effects)).unwrap();
        self.clients[client] = Client::default();
    }

    fn wait(&mut self, ms: i64) {
        self.bench.wait(ms);
    }

    /// Connections are lost, and with them who waits.
    fn restart(&mut self) {
        let mut after = restarted(&self.bench);
        after.skip_tickets(&self.bench);
        self.bench = after;
        self.waiting.clear();
        self.clients.iter_mut().for_each(|client| client.told = 0);
    }

    fn take_answers(&mut self) {
        for (ticket, answer) in std::mem::take(&mut self.bench.answers) {
            let (client, _) = self.waiting.remove(&ticket).expect("somebody waits for it");
            match answer {
                Answer::Join(answer) => self.joined(client, answer),
                Answer::Sync(answer) if answer.error == ErrorCode::None => {
                    self.synced(client, &answer.assignment);
                }
                Answer::Sync(_) => {}
            }
        }
        let late = self.waiting.values().find(|(_, until_ms)| *until_ms < self.bench.now_ms);
        assert!(late.is_none(), "{late:?} was never answered");
    }

    fn joined(&mut self, client: usize, answer: super::super::effects::JoinAnswer) {
        let known = &mut self.clients[client];
        match answer.error {
            ErrorCode::None => {
                assert!(answer.generation >= known.told || known.member_id != answer.member_id);
                let leads = answer.leader == answer.member_id;
                if leads && !answer.skip_assignment {
                    let has_itself = answer.members.iter().any(|member| member.member_id == answer.member_id);
                    assert!(has_itself, "the leader sees everybody, itself too");
                } else if !leads {
                    assert!(answer.members.is_empty(), "only the leader sees the members");
                }
                let members = answer.members.into_iter().map(|member| member.member_id).collect();
                let generation = answer.generation;
                *known = Client { member_id: answer.member_id, generation, leads, members, told: generation };
            }
            ErrorCode::MemberIdRequired => known.member_id = answer.member_id,
            ErrorCode::UnknownMemberId | ErrorCode::FencedInstanceId => *known = Client::default(),
            ErrorCode::RebalanceInProgress => {}
            error => panic!("{error} for a join"),
        }
    }

    /// All that are told an assignment of one generation are told the one that its leader made.
    fn synced(&mut self, client: usize, assignment: &[u8]) {
        let Client { member_id, generation, .. } = &self.clients[client];
        let assignments = self.assigned.entry(*generation).or_default();
        let before = assignments.entry(member_id.clone()).or_insert_with(|| assignment.to_vec());
        assert_eq!(before, assignment, "one member has one assignment in a generation");
        if !assignment.is_empty() {
            let made_in: i32 =
                std::str::from_utf8(assignment).unwrap().split(' ').next().unwrap().parse().unwrap();
            assert_eq!(made_in, *generation, "the assignment is of this generation");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn everybody_is_answered_and_each_generation_has_one_assignment(
        acts in acts(),
        delay_ms in prop_oneof![Just(0), Just(3_000)],
    ) {
        let mut world = World::new(delay_ms);
        for act in &acts {
            world.act(act);
        }
        // Whatever has happened: who waits is answered when time goes by.
        for _ in 0..60 {
            world.wait(10_000);
            world.take_answers();
        }
        prop_assert!(world.waiting.is_empty(), "{:?} are never answered", world.waiting);
        // And nobody is left in the group, since nobody was heard of.
        let described = world.bench.coordinator.describe(GROUP);
        prop_assert!(described.is_err() || described.is_ok_and(|group| group.members.is_empty()));
    }
}

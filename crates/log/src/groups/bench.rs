//! What tests of the coordinator have in common: one whose log is a list, and whose time the test makes go by.

use std::collections::BTreeMap;

use super::coordinator::Coordinator;
use super::effects::{Answer, Effects, Now, Ticket};
use super::offsets::Committed;
use super::records;
use super::settings::GroupSettings;
use crate::options::Options;

/// A coordinator whose log is a list, with its own time.
pub(super) struct Bench {
    pub(super) coordinator: Coordinator,
    pub(super) now_ms: i64,
    pub(super) log: Vec<crate::state_log::StateRecord>,
    pub(super) answers: BTreeMap<Ticket, Answer>,
    tickets: u64,
}

pub(super) fn settings() -> GroupSettings {
    GroupSettings::new(&Options::new("unused"))
}

impl Bench {
    pub(super) fn new(settings: GroupSettings) -> Self {
        let coordinator = Coordinator::new(settings);
        Self { coordinator, now_ms: 0, log: Vec::new(), answers: BTreeMap::new(), tickets: 0 }
    }

    pub(super) fn now(&self) -> Now {
        Now { elapsed_ms: self.now_ms, wall_ms: 1_700_000_000_000 + self.now_ms }
    }

    /// Does something as the shell does it: records are written, then applied, then answers are sent.
    pub(super) fn run<T>(&mut self, operation: impl FnOnce(&mut Coordinator, Now, &mut Effects) -> T) -> T {
        let (mut effects, now) = (Effects::default(), self.now());
        let value = operation(&mut self.coordinator, now, &mut effects);
        let looked_at = effects.looked_at.take();
        let downgraded = effects.downgraded.take();
        self.log.extend(effects.records);
        for (key, value) in effects.to_apply {
            let offset = i64::try_from(self.log.len()).unwrap();
            let kept = records::read(&key, value.as_deref(), offset).unwrap();
            self.coordinator.apply(None, kept, now);
            self.log.push((key, value));
        }
        if let Some((group, version)) = looked_at {
            self.coordinator.looked_at(&group, version);
        }
        if let Some(group) = downgraded {
            let mut none = Effects::default();
            self.coordinator.begin_again(&group, now, &mut none);
            assert!(none.answers.is_empty() && none.records.is_empty() && none.to_apply.is_empty());
        }
        for (ticket, answer) in effects.answers {
            assert!(self.answers.insert(ticket, answer).is_none(), "answered twice");
        }
        value
    }

    pub(super) fn ticket(&mut self) -> Ticket {
        self.tickets += 1;
        Ticket(self.tickets)
    }

    /// Gives no ticket again that the other one gave.
    pub(super) fn skip_tickets(&mut self, other: &Self) {
        self.tickets = self.tickets.max(other.tickets);
    }

    /// Lets time go by.
    pub(super) fn wait(&mut self, ms: i64) {
        let until_ms = self.now_ms + ms;
        while let Some(next_ms) = self.coordinator.deadlines.next_ms().filter(|&at_ms| at_ms <= until_ms) {
            self.now_ms = self.now_ms.max(next_ms);
            self.run(|coordinator, now, effects| coordinator.expire(now, effects));
        }
        self.now_ms = until_ms;
    }
}

pub(super) fn offset_of(offset: i64) -> Committed {
    Committed {
        offset,
        leader_epoch: -1,
        metadata: String::new(),
        committed_ms: 1_700_000_000_000,
        expires_ms: None,
        topic_id: uuid::Uuid::nil(),
        record_offset: -1,
    }
}

/// What a coordinator is that finds this one's log.
pub(super) fn restarted(bench: &Bench) -> Bench {
    let mut after = Bench::new(bench.coordinator.settings.clone());
    after.now_ms = bench.now_ms;
    let now = after.now();
    for (offset, (key, value)) in (0..).zip(&bench.log) {
        after.coordinator.apply(None, records::read(key, value.as_deref(), offset).unwrap(), now);
    }
    after.run(|coordinator, now, effects| coordinator.loaded(now, effects));
    after.log.clone_from(&bench.log);
    after
}

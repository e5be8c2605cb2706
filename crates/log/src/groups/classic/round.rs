//! A round of a classic group: everybody joins again, one leads, a new generation begins.

use std::sync::Arc;

use watershed_protocol::ErrorCode;

use super::{ClassicGroup, InitialDelay, State};
use crate::groups::deadlines::Timer;
use crate::groups::effects::{JoinAnswer, SyncAnswer, Turn};
use crate::groups::records;

/// How long it is at least waited again, if of those who are missing nobody may be taken out.
const NOBODY_CAME_MS: i64 = 500;

impl ClassicGroup {
    /// Begins a round: members learn of it by their heartbeats and join again.
    pub(super) fn prepare_rebalance(&mut self, turn: &mut Turn<'_>) {
        if self.state == State::CompletingRebalance {
            for member in self.members.values_mut() {
                member.assignment = Arc::from([]);
                if let Some(ticket) = member.syncing.take() {
                    turn.effects.sync(ticket, SyncAnswer::refused(ErrorCode::RebalanceInProgress));
                    turn.deadlines.set(
                        Timer::ClassicSession { group: Arc::clone(&self.id), member: member.id.clone() },
                        turn.now.elapsed_ms + i64::from(member.session_timeout_ms),
                    );
                }
            }
        }
        self.pending_syncs.clear();
        turn.deadlines.cancel(&self.sync_timer());
        let is_initial = self.state == State::Empty;
        self.come_into(State::PreparingRebalance, turn);
        let delay_ms = turn.settings.initial_rebalance_delay_ms;
        if is_initial && delay_ms > 0 {
            let remaining_ms = (self.rebalance_timeout_ms() - delay_ms).max(0);
            self.initial = Some(InitialDelay { delay_ms, remaining_ms, member_came: false });
            turn.deadlines.set(self.join_timer(), turn.now.elapsed_ms + delay_ms);
        } else if is_initial || self.all_have_joined() {
            self.complete_join(turn);
        } else {
            turn.deadlines.set(self.join_timer(), turn.now.elapsed_ms + self.rebalance_timeout_ms());
        }
    }

    /// Begins a round, or completes the one that runs if this member was the last to come.
    pub(super) fn rebalance_or_complete(&mut self, turn: &mut Turn<'_>) {
        if self.state == State::PreparingRebalance {
            self.maybe_complete_join(turn);
        } else {
            self.prepare_rebalance(turn);
        }
    }

    /// Completes the joining if nobody is missing; the first generation waits its time out.
    pub(super) fn maybe_complete_join(&mut self, turn: &mut Turn<'_>) {
        if self.state == State::PreparingRebalance && self.initial.is_none() && self.all_have_joined() {
            self.complete_join(turn);
        }
    }

    /// Ends the joining: dynamic members that have not come are out, the others get the next generation.
    pub(super) fn complete_join(&mut self, turn: &mut Turn<'_>) {
        self.initial = None;
        turn.deadlines.cancel(&self.join_timer());
        let missing = self.members.values().filter(|member| member.joining.is_none());
        let missing: Vec<String> =
            missing.filter(|member| member.instance_id.is_none()).map(|member| member.id.clone()).collect();
        missing.iter().for_each(|id| self.remove(id, ErrorCode::UnknownMemberId, turn));
        if self.members.is_empty() {
            self.generation = self.generation.wrapping_add(1).max(1);
            self.protocol = None;
            self.subscribed = self.subscribed_topics();
            self.come_into(State::Empty, turn);
            turn.effects.keep(records::group(self));
            return;
        }
        if !self.elect_leader() {
            // Only static members are left, and none of them has come: they keep their places and get more time.
            let more_ms = self.rebalance_timeout_ms().max(NOBODY_CAME_MS);
            turn.deadlines.set(self.join_timer(), turn.now.elapsed_ms + more_ms);
            return;
        }
        self.generation = self.generation.wrapping_add(1).max(1);
        self.protocol = self.select_protocol();
        self.subscribed = self.subscribed_topics();
        self.come_into(State::CompletingRebalance, turn);
        self.pending_syncs = self.members.keys().cloned().collect();
        let ids: Vec<String> = self.members.keys().cloned().collect();
        for id in ids {
            let answer = self.joined(&id, false);
            if let Some(member) = self.members.get_mut(&id) {
                member.is_new = false;
                if let Some(ticket) = member.joining.take() {
                    turn.effects.join(ticket, answer);
                }
            }
            self.heard_of(&id, turn);
        }
        turn.deadlines.set(self.sync_timer(), turn.now.elapsed_ms + self.rebalance_timeout_ms());
    }

    /// The leader stays unless it has not come; false if nobody has.
    pub(super) fn elect_leader(&mut self) -> bool {
        let has_come = |id: &String| self.members.get(id).is_some_and(|member| member.joining.is_some());
        if self.leader.as_ref().is_some_and(has_come) {
            return true;
        }
        let first = self.members.values().find(|member| member.joining.is_some());
        let Some(first) = first.map(|member| member.id.clone()) else { return false };
        self.leader = Some(first);
        true
    }

    /// The protocol that all members have and most prefer; among equals, the first by name.
    pub(super) fn select_protocol(&self) -> Option<String> {
        let first = self.members.values().next()?;
        let has = |name: &str| self.members.values().all(|member| member.metadata(name).is_some());
        let mut candidates: Vec<&str> =
            first.protocols.iter().map(|(name, _)| name.as_str()).filter(|name| has(name)).collect();
        candidates.sort_unstable();
        let votes = |name: &str| {
            self.members.values().filter(|member| member.vote(&candidates) == Some(name)).count()
        };
        let best = candidates.iter().rev().max_by_key(|name| votes(name))?;
        Some((*best).to_owned())
    }

    /// What a member is told when the joining is complete.
    pub(super) fn joined(&self, id: &str, skip_assignment: bool) -> JoinAnswer {
        let is_leader = self.leader.as_deref() == Some(id);
        let protocol = self.protocol.as_deref().unwrap_or_default();
        let members = self.members.values().map(|member| member.for_leader(protocol));
        JoinAnswer {
            error: ErrorCode::None,
            member_id: id.to_owned(),
            generation: self.generation,
            protocol_type: self.protocol_type.clone(),
            protocol: self.protocol.clone(),
            leader: self.leader.clone().unwrap_or_default(),
            skip_assignment: skip_assignment && is_leader,
            members: if is_leader { members.collect() } else { Vec::new() },
        }
    }

    pub(super) fn all_have_joined(&self) -> bool {
        self.pending_joins.is_empty() && self.members.values().all(|member| member.joining.is_some())
    }

    /// The longest that one of the members wants. Clients may say anything: it is never so short that what waits for it
    /// is due at once.
    pub(super) fn rebalance_timeout_ms(&self) -> i64 {
        self.members.values().map(|member| i64::from(member.rebalance_timeout_ms)).max().unwrap_or(0).max(1)
    }
}

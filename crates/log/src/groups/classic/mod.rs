//! A classic group: clients join, one of them (the leader) assigns, all are told; whoever comes, goes or falls silent makes
//! it begin again.
//!
//! Here are the group's state and what joining, syncing and leaving have in common: preparing a rebalance and completing
//! it. It knows no other group, no offsets and no disk.
//!
//! Invariants:
//! - generations rise by one, whenever all who are to come have come;
//! - a member is known under one id, a static one also under its instance id, which names one member at a time;
//! - whoever waits for an answer gets one: when the phase completes, when the member goes, or when another takes its place.

mod join;
mod leave;
mod member;
#[cfg(test)]
mod model;
mod round;
mod sync;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use watershed_protocol::ErrorCode;
use watershed_protocol::messages::ConsumerProtocolSubscription;
use watershed_protocol::wire::{Message, Reader};

use super::deadlines::{Deadlines, Timer};
use super::effects::{JoinAnswer, SyncAnswer, Ticket, Turn};
use super::records;
pub(crate) use join::Join;
pub(crate) use leave::Leave;
pub(super) use member::Member;
pub(crate) use sync::Sync;

/// The protocol type of consumers; Connect and others have their own.
const CONSUMER: &str = "consumer";

/// Where a group is in its round. A group that is gone is no longer in the coordinator, which then says "Dead".
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum State {
    Empty,
    PreparingRebalance,
    CompletingRebalance,
    Stable,
}

impl State {
    /// Kafka's name.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Empty => "Empty",
            Self::PreparingRebalance => "PreparingRebalance",
            Self::CompletingRebalance => "CompletingRebalance",
            Self::Stable => "Stable",
        }
    }
}

/// The wait before the first generation, which is lengthened while members come.
#[derive(Debug, Clone, Copy)]
struct InitialDelay {
    delay_ms: i64,
    remaining_ms: i64,
    member_came: bool,
}

/// A classic group.
#[derive(Debug)]
pub(super) struct ClassicGroup {
    pub(super) id: Arc<str>,
    pub(super) state: State,
    pub(super) generation: i32,
    pub(super) protocol_type: Option<String>,
    pub(super) protocol: Option<String>,
    pub(super) leader: Option<String>,
    /// When it came into its state, on the wall clock.
    pub(super) state_since_ms: Option<i64>,
    pub(super) members: BTreeMap<String, Member>,
    /// Instance ids to member ids.
    statics: BTreeMap<String, String>,
    /// Ids that were given out and have not joined yet.
    pending_joins: BTreeSet<String>,
    /// Members that have not asked for their assignment in this generation.
    pending_syncs: BTreeSet<String>,
    initial: Option<InitialDelay>,
    /// The topics of a group of consumers, as far as their metadata can be read.
    subscribed: Option<BTreeSet<String>>,
}

impl ClassicGroup {
    /// A group without members.
    pub(super) fn new(id: Arc<str>, wall_ms: i64) -> Self {
        Self {
            id,
            state: State::Empty,
            generation: 0,
            protocol_type: None,
            protocol: None,
            leader: None,
            state_since_ms: Some(wall_ms),
            members: BTreeMap::new(),
            statics: BTreeMap::new(),
            pending_joins: BTreeSet::new(),
            pending_syncs: BTreeSet::new(),
            initial: None,
            subscribed: None,
        }
    }

    /// A group as it was written down.
    pub(super) fn restored(id: Arc<str>, kept: records::KeptGroup) -> Self {
        let mut group = Self::new(id, 0);
        group.state = if kept.members.is_empty() { State::Empty } else { State::Stable };
        group.generation = kept.generation;
        group.protocol_type = kept.protocol_type;
        group.protocol = kept.protocol;
        group.leader = kept.leader;
        group.state_since_ms = kept.state_since_ms;
        for member in kept.members {
            if let Some(instance) = &member.instance_id {
                group.statics.insert(instance.clone(), member.id.clone());
            }
            group.members.insert(member.id.clone(), member);
        }
        group.subscribed = group.subscribed_topics();
        group
    }

    /// Begins the sessions of members that were restored; a group over its size begins again, so that they may commit.
    pub(super) fn loaded(&mut self, turn: &mut Turn<'_>) {
        let ids: Vec<String> = self.members.keys().cloned().collect();
        ids.iter().for_each(|id| self.heard_of(id, turn));
        if self.members.len() > turn.settings.group_size_max {
            self.prepare_rebalance(turn);
        }
    }

    /// It was a consumer group until now: its members learn by their heartbeats that they must join.
    pub(super) fn begin_again(&mut self, turn: &mut Turn<'_>) {
        self.loaded(turn);
        if self.state == State::Stable {
            self.prepare_rebalance(turn);
        }
    }

    /// What waits is refused: the members are to join the consumer group that it becomes. Should it not become one, they
    /// have a session of theirs, as who waits for nothing.
    pub(super) fn refuse_waiting(&mut self, turn: &mut Turn<'_>) {
        let waits = |member: &&Member| member.joining.is_some() || member.syncing.is_some();
        let waiting: Vec<String> =
            self.members.values().filter(waits).map(|member| member.id.clone()).collect();
        for id in waiting {
            if let Some(member) = self.members.get_mut(&id) {
                refuse(&member.joining, &member.syncing, ErrorCode::RebalanceInProgress, &id, turn);
                (member.joining, member.syncing) = (None, None);
            }
            self.heard_of(&id, turn);
        }
    }

    /// Nobody is there, or about to be.
    pub(super) fn is_empty(&self) -> bool {
        self.state == State::Empty
    }

    /// Somebody was given an id and is about to join.
    pub(super) fn is_awaited(&self) -> bool {
        !self.pending_joins.is_empty()
    }

    /// Whether a member may still need this topic's offsets. What cannot be read might be subscribed.
    pub(super) fn is_subscribed_to(&self, topic: &str) -> bool {
        self.subscribed.as_ref().map_or(self.is_consumers(), |topics| topics.contains(topic))
    }

    /// Its members are consumers, of which it is known what they consume.
    pub(super) fn is_consumers(&self) -> bool {
        self.protocol_type.as_deref() == Some(CONSUMER)
    }

    /// Whether the subscriptions of its consumers could be read.
    pub(super) const fn knows_subscriptions(&self) -> bool {
        self.subscribed.is_some()
    }

    /// The member of this id, and of this instance if one is named.
    pub(super) fn check_member(&self, id: &str, instance: Option<&str>) -> Result<(), ErrorCode> {
        if let Some(instance) = instance {
            match self.statics.get(instance) {
                None => return Err(ErrorCode::UnknownMemberId),
                Some(current) if current != id => return Err(ErrorCode::FencedInstanceId),
                Some(_) => {}
            }
        }
        if self.members.contains_key(id) { Ok(()) } else { Err(ErrorCode::UnknownMemberId) }
    }

    /// Whether this member may commit offsets.
    pub(super) fn check_commit(
        &self,
        member: &str,
        instance: Option<&str>,
        generation: i32,
        transactional: bool,
    ) -> Result<(), ErrorCode> {
        if generation < 0 && self.is_empty() {
            return Ok(());
        }
        if generation >= 0 || !member.is_empty() || instance.is_some() {
            self.check_member(member, instance)?;
            if generation != self.generation {
                return Err(ErrorCode::IllegalGeneration);
            }
        } else if !transactional && !self.is_empty() {
            return Err(ErrorCode::UnknownMemberId);
        }
        if !transactional && self.state == State::CompletingRebalance {
            return Err(ErrorCode::RebalanceInProgress);
        }
        Ok(())
    }

    /// A sign of life.
    pub(super) fn heartbeat(
        &self,
        member: &str,
        instance: Option<&str>,
        generation: i32,
        turn: &mut Turn<'_>,
    ) -> Result<(), ErrorCode> {
        self.check_member(member, instance)?;
        if generation != self.generation {
            return Err(ErrorCode::IllegalGeneration);
        }
        match self.state {
            State::Empty => Err(ErrorCode::UnknownMemberId),
            State::PreparingRebalance => {
                self.heard_of(member, turn);
                Err(ErrorCode::RebalanceInProgress)
            }
            State::CompletingRebalance | State::Stable => {
                self.heard_of(member, turn);
                Ok(())
            }
        }
    }

    /// A commit is a sign of life, too.
    pub(super) fn committed(&self, member: &str, turn: &mut Turn<'_>) {
        if matches!(self.state, State::Stable | State::PreparingRebalance) {
            self.heard_of(member, turn);
        }
    }

    /// A member's session is over.
    pub(super) fn session_over(&mut self, id: &str, turn: &mut Turn<'_>) {
        if self.pending_joins.remove(id) {
            if self.state == State::PreparingRebalance && self.all_have_joined() {
                self.complete_join(turn);
            }
        } else if self.members.get(id).is_some_and(|member| !member.waits()) {
            self.remove(id, ErrorCode::UnknownMemberId, turn);
            match self.state {
                State::Stable | State::CompletingRebalance => self.prepare_rebalance(turn),
                State::PreparingRebalance if self.all_have_joined() => self.complete_join(turn),
                State::PreparingRebalance | State::Empty => {}
            }
        }
    }

    /// The time to join is over.
    pub(super) fn join_over(&mut self, turn: &mut Turn<'_>) {
        if self.state != State::PreparingRebalance {
            return;
        }
        match self.initial {
            Some(InitialDelay { delay_ms, remaining_ms, member_came: true }) if remaining_ms > 0 => {
                let next_ms = turn.settings.initial_rebalance_delay_ms.min(remaining_ms);
                let remaining_ms = (remaining_ms - delay_ms).max(0);
                self.initial = Some(InitialDelay { delay_ms: next_ms, remaining_ms, member_came: false });
                turn.deadlines.set(self.join_timer(), turn.now.elapsed_ms + next_ms);
            }
            _ => self.complete_join(turn),
        }
    }

    /// The time to ask for the assignment is over: who has not asked is gone.
    pub(super) fn sync_over(&mut self, turn: &mut Turn<'_>) {
        let late = std::mem::take(&mut self.pending_syncs);
        if late.is_empty() || !matches!(self.state, State::CompletingRebalance | State::Stable) {
            return;
        }
        late.iter().for_each(|id| self.remove(id, ErrorCode::UnknownMemberId, turn));
        self.prepare_rebalance(turn);
    }

    /// The assignment could not be written down: nobody gets it, and the group begins again.
    pub(super) fn assignment_lost(&mut self, turn: &mut Turn<'_>) {
        if self.state == State::Stable {
            self.members.values_mut().for_each(|member| member.assignment = Arc::from([]));
            self.prepare_rebalance(turn);
        }
    }

    /// Ends everything that waits for this group, which goes.
    pub(super) fn forget_timers(&self, deadlines: &mut Deadlines) {
        deadlines.cancel(&self.join_timer());
        deadlines.cancel(&self.sync_timer());
        self.pending_joins.iter().for_each(|id| deadlines.cancel(&self.session_timer(id)));
        self.members.keys().for_each(|id| deadlines.cancel(&self.session_timer(id)));
    }

    /// Takes a member out; what it waits for is refused with `error`.
    fn remove(&mut self, id: &str, error: ErrorCode, turn: &mut Turn<'_>) {
        turn.deadlines.cancel(&self.session_timer(id));
        self.pending_syncs.remove(id);
        let Some(member) = self.members.remove(id) else { return };
        if let Some(instance) = &member.instance_id
            && self.statics.get(instance).is_some_and(|current| current == id)
        {
            self.statics.remove(instance);
        }
        if self.leader.as_deref() == Some(id) {
            self.leader = self.members.keys().next().cloned();
        }
        refuse(&member.joining, &member.syncing, error, "", turn);
    }

    /// Begins the member's session again.
    fn heard_of(&self, id: &str, turn: &mut Turn<'_>) {
        if let Some(member) = self.members.get(id) {
            let over_ms = turn.now.elapsed_ms + i64::from(member.session_timeout_ms);
            turn.deadlines.set(self.session_timer(id), over_ms);
        }
    }

    fn come_into(&mut self, state: State, turn: &Turn<'_>) {
        self.state = state;
        self.state_since_ms = Some(turn.now.wall_ms);
    }

    /// The topics of its consumers, if it is one of consumers and all of their metadata can be read.
    fn subscribed_topics(&self) -> Option<BTreeSet<String>> {
        if !self.is_consumers() {
            return None;
        }
        if self.members.is_empty() {
            return Some(BTreeSet::new());
        }
        let protocol = self.protocol.as_deref()?;
        let mut topics = BTreeSet::new();
        for member in self.members.values() {
            topics.extend(subscription_topics(member.metadata(protocol)?)?);
        }
        Some(topics)
    }

    fn session_timer(&self, member: &str) -> Timer {
        Timer::ClassicSession { group: Arc::clone(&self.id), member: member.to_owned() }
    }

    fn join_timer(&self) -> Timer {
        Timer::ClassicJoin { group: Arc::clone(&self.id) }
    }

    fn sync_timer(&self) -> Timer {
        Timer::ClassicSync { group: Arc::clone(&self.id) }
    }
}

/// Refuses what a member waits for.
fn refuse(
    joining: &Option<Ticket>,
    syncing: &Option<Ticket>,
    error: ErrorCode,
    member: &str,
    turn: &mut Turn<'_>,
) {
    if let Some(ticket) = joining {
        turn.effects.join(*ticket, JoinAnswer::refused(error, member));
    }
    if let Some(ticket) = syncing {
        turn.effects.sync(*ticket, SyncAnswer::refused(error));
    }
}

/// The topics in a consumer's metadata, of which only what every version begins with is read.
fn subscription_topics(metadata: &[u8]) -> Option<Vec<String>> {
    let (version, body) = metadata.split_first_chunk::<2>()?;
    if i16::from_be_bytes(*version) < 0 {
        return None;
    }
    let mut reader = Reader::new(body);
    let subscription = ConsumerProtocolSubscription::read(&mut reader, 0).ok()?;
    Some(subscription.topics.iter().map(|topic| (*topic).to_owned()).collect())
}

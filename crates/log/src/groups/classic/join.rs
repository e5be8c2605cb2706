//! JoinGroup: who comes, under which id, and whether the group begins again for it.

use std::sync::Arc;

use watershed_protocol::ErrorCode;

use super::super::effects::{JoinAnswer, Ticket, Turn};
use super::super::settings::NEW_MEMBER_JOIN_TIMEOUT_MS;
use super::{ClassicGroup, Member, State, refuse};
use crate::groups::records;

/// A request to join.
#[derive(Debug, Clone)]
pub(crate) struct Join {
    pub(crate) ticket: Ticket,
    /// Empty: none yet.
    pub(crate) member_id: String,
    pub(crate) instance_id: Option<String>,
    pub(crate) client_id: String,
    pub(crate) client_host: String,
    pub(crate) session_timeout_ms: i32,
    pub(crate) rebalance_timeout_ms: i32,
    pub(crate) protocol_type: String,
    pub(crate) protocols: Vec<(String, Arc<[u8]>)>,
    /// What tells the id of a new member from all others.
    pub(crate) unique: uuid::Uuid,
    /// A new member is first told its id, and joins with it (KIP-394, version 4).
    pub(crate) first_told_its_id: bool,
    /// A leader understands that it need not assign (KIP-814, version 9).
    pub(crate) can_skip_assignment: bool,
}

impl Join {
    /// The id of a new member: its instance's or client's name, and what no other has.
    pub(crate) fn new_member_id(&self) -> String {
        format!("{}-{}", self.instance_id.as_deref().unwrap_or(&self.client_id), self.unique)
    }
}

impl ClassicGroup {
    /// A member wants to join; its answer comes with the effects, now or later.
    pub(crate) fn join(&mut self, join: Join, turn: &mut Turn<'_>) {
        if !self.has_room_for(&join.member_id, turn) {
            self.remove(&join.member_id, ErrorCode::UnknownMemberId, turn);
            self.pending_joins.remove(&join.member_id);
            let refused = JoinAnswer::refused(ErrorCode::GroupMaxSizeReached, "");
            turn.effects.join(join.ticket, refused);
        } else if !self.understands(&join) {
            let refused = JoinAnswer::refused(ErrorCode::InconsistentGroupProtocol, &join.member_id);
            turn.effects.join(join.ticket, refused);
        } else if join.member_id.is_empty() {
            self.join_new(join, turn);
        } else {
            self.join_known(join, turn);
        }
    }

    fn join_new(&mut self, join: Join, turn: &mut Turn<'_>) {
        let member_id = join.new_member_id();
        if let Some(current) = join.instance_id.as_ref().and_then(|instance| self.statics.get(instance)) {
            let current = current.clone();
            self.replace_static(join, &current, member_id, turn);
        } else if join.instance_id.is_none() && join.first_told_its_id {
            let over_ms = turn.now.elapsed_ms + i64::from(join.session_timeout_ms);
            turn.deadlines.set(self.session_timer(&member_id), over_ms);
            turn.effects.join(join.ticket, JoinAnswer::refused(ErrorCode::MemberIdRequired, &member_id));
            self.pending_joins.insert(member_id);
        } else {
            self.add(join, member_id, turn);
        }
    }

    fn join_known(&mut self, join: Join, turn: &mut Turn<'_>) {
        let id = join.member_id.clone();
        if join.instance_id.is_none() && self.pending_joins.contains(&id) {
            return self.add(join, id, turn);
        }
        if let Err(error) = self.check_member(&id, join.instance_id.as_deref()) {
            return turn.effects.join(join.ticket, JoinAnswer::refused(error, &id));
        }
        let same = self.members.get(&id).is_some_and(|member| member.protocols == join.protocols);
        let is_leader = self.leader.as_deref() == Some(&id);
        match self.state {
            State::CompletingRebalance if same => turn.effects.join(join.ticket, self.joined(&id, false)),
            State::Stable if same && !is_leader => turn.effects.join(join.ticket, self.joined(&id, false)),
            State::PreparingRebalance | State::CompletingRebalance | State::Stable => {
                self.update(&id, join, turn);
                self.rebalance_or_complete(turn);
            }
            State::Empty => {
                turn.effects.join(join.ticket, JoinAnswer::refused(ErrorCode::UnknownMemberId, &id));
            }
        }
    }

    fn add(&mut self, join: Join, id: String, turn: &mut Turn<'_>) {
        if self.members.is_empty() {
            self.protocol_type = Some(join.protocol_type.clone());
        }
        if self.leader.is_none() {
            self.leader = Some(id.clone());
        }
        if let Some(initial) = &mut self.initial {
            initial.member_came = true;
        }
        if let Some(instance) = &join.instance_id {
            self.statics.insert(instance.clone(), id.clone());
        }
        self.pending_joins.remove(&id);
        let over_ms = turn.now.elapsed_ms + NEW_MEMBER_JOIN_TIMEOUT_MS;
        turn.deadlines.set(self.session_timer(&id), over_ms);
        let member = Member {
            id: id.clone(),
            instance_id: join.instance_id,
            client_id: join.client_id,
            client_host: join.client_host,
            session_timeout_ms: join.session_timeout_ms,
            rebalance_timeout_ms: join.rebalance_timeout_ms,
            protocols: join.protocols,
            assignment: Arc::from([]),
            joining: Some(join.ticket),
            syncing: None,
            is_new: true,
        };
        self.members.insert(id, member);
        self.rebalance_or_complete(turn);
    }

    /// The member joins again, with what it now says of itself. A join of it that still waits is the one of a
    /// connection that it has left.
    fn update(&mut self, id: &str, join: Join, turn: &mut Turn<'_>) {
        let Some(member) = self.members.get_mut(id) else { return };
        refuse(&member.joining, &None, ErrorCode::RebalanceInProgress, id, turn);
        member.joining = Some(join.ticket);
        member.protocols = join.protocols;
        member.session_timeout_ms = join.session_timeout_ms;
        member.rebalance_timeout_ms = join.rebalance_timeout_ms;
    }

    /// A static member has started again: it takes the place of the one before, which is fenced. As long as the group is
    /// stable and stays with its protocol, nobody else notices.
    fn replace_static(&mut self, join: Join, old_id: &str, new_id: String, turn: &mut Turn<'_>) {
        turn.deadlines.cancel(&self.session_timer(old_id));
        let Some(mut member) = self.members.remove(old_id) else { return };
        refuse(&member.joining, &member.syncing, ErrorCode::FencedInstanceId, old_id, turn);
        (member.joining, member.syncing) = (None, None);
        new_id.clone_into(&mut member.id);
        member.client_id.clone_from(&join.client_id);
        member.client_host.clone_from(&join.client_host);
        if let Some(instance) = &member.instance_id {
            self.statics.insert(instance.clone(), new_id.clone());
        }
        self.members.insert(new_id.clone(), member);
        let old_leader = self.leader.clone().unwrap_or_default();
        if old_leader == old_id {
            self.leader = Some(new_id.clone());
        }
        if self.pending_syncs.remove(old_id) {
            self.pending_syncs.insert(new_id.clone());
        }
        let (ticket, can_skip) = (join.ticket, join.can_skip_assignment);
        self.update(&new_id, join, turn);
        self.heard_of(&new_id, turn);
        match self.state {
            State::Stable if self.select_protocol() == self.protocol => {
                if let Some(member) = self.members.get_mut(&new_id) {
                    member.joining = None;
                }
                self.subscribed = self.subscribed_topics();
                let mut answer = self.joined(&new_id, can_skip);
                if !can_skip {
                    // It would assign, were it told that it leads: old clients are told of the leader that is no more.
                    (answer.leader, answer.members) = (old_leader, Vec::new());
                }
                turn.effects.keep(records::group(self));
                turn.effects.join(ticket, answer);
            }
            State::Stable | State::CompletingRebalance => self.prepare_rebalance(turn),
            State::PreparingRebalance | State::Empty => self.maybe_complete_join(turn),
        }
    }

    /// Whether one more may come.
    fn has_room_for(&self, id: &str, turn: &Turn<'_>) -> bool {
        let (most, is_pending) = (turn.settings.group_size_max, self.pending_joins.contains(id));
        let joining = || self.members.values().filter(|member| member.joining.is_some()).count();
        match self.state {
            _ if id.is_empty() && self.pending_joins.len() >= most => false,
            State::Empty => true,
            State::PreparingRebalance => {
                self.members.get(id).is_some_and(|member| member.joining.is_some()) || joining() < most
            }
            State::CompletingRebalance | State::Stable => {
                self.members.contains_key(id) || self.members.len() < most || (is_pending && most == 0)
            }
        }
    }

    /// Whether a member with these protocols can be part of this group.
    fn understands(&self, join: &Join) -> bool {
        if self.state == State::Empty {
            return !join.protocol_type.is_empty() && !join.protocols.is_empty();
        }
        let all_have = |name: &str| self.members.values().all(|member| member.metadata(name).is_some());
        self.protocol_type.as_deref() == Some(&join.protocol_type)
            && join.protocols.iter().any(|(name, _)| all_have(name))
    }
}

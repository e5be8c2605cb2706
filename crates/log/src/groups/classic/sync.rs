//! SyncGroup: the leader brings the assignment, the others ask for their part.

use std::collections::BTreeMap;
use std::sync::Arc;

use watershed_protocol::ErrorCode;

use super::super::effects::{SyncAnswer, Ticket, Turn};
use super::{ClassicGroup, State};
use crate::groups::records;

/// A request for one's assignment.
#[derive(Debug, Clone)]
pub(crate) struct Sync {
    pub(crate) ticket: Ticket,
    pub(crate) member_id: String,
    pub(crate) instance_id: Option<String>,
    pub(crate) generation: i32,
    pub(crate) protocol_type: Option<String>,
    pub(crate) protocol: Option<String>,
    /// From the leader: everybody's.
    pub(crate) assignments: BTreeMap<String, Arc<[u8]>>,
}

impl ClassicGroup {
    /// A member wants its assignment; its answer comes with the effects, now or later.
    pub(crate) fn sync(&mut self, sync: Sync, turn: &mut Turn<'_>) {
        if let Err(error) = self.check_sync(&sync) {
            return turn.effects.sync(sync.ticket, SyncAnswer::refused(error));
        }
        self.pending_syncs.remove(&sync.member_id);
        if self.pending_syncs.is_empty() {
            turn.deadlines.cancel(&self.sync_timer());
        }
        match self.state {
            State::Empty => turn.effects.sync(sync.ticket, SyncAnswer::refused(ErrorCode::UnknownMemberId)),
            State::PreparingRebalance => {
                turn.effects.sync(sync.ticket, SyncAnswer::refused(ErrorCode::RebalanceInProgress));
            }
            State::CompletingRebalance => {
                if let Some(member) = self.members.get_mut(&sync.member_id)
                    && let Some(before) = member.syncing.replace(sync.ticket)
                {
                    // Its connection is gone, or it would not ask again.
                    turn.effects.sync(before, SyncAnswer::refused(ErrorCode::RebalanceInProgress));
                }
                if self.leader.as_deref() == Some(&sync.member_id) {
                    self.assign(sync.assignments, turn);
                }
            }
            State::Stable => turn.effects.sync(sync.ticket, self.assignment_of(&sync.member_id)),
        }
    }

    /// Everybody gets what the leader says, or nothing if it says nothing of them.
    fn assign(&mut self, mut assignments: BTreeMap<String, Arc<[u8]>>, turn: &mut Turn<'_>) {
        for (id, member) in &mut self.members {
            member.assignment = assignments.remove(id).unwrap_or_else(|| Arc::from([]));
        }
        self.come_into(State::Stable, turn);
        turn.effects.keep(records::group(self));
        turn.effects.assigned = Some(Arc::clone(&self.id));
        let waiting: Vec<(String, Ticket)> = self
            .members
            .values_mut()
            .filter_map(|member| Some((member.id.clone(), member.syncing.take()?)))
            .collect();
        for (id, ticket) in waiting {
            turn.effects.sync(ticket, self.assignment_of(&id));
            self.heard_of(&id, turn);
        }
    }

    fn assignment_of(&self, id: &str) -> SyncAnswer {
        SyncAnswer {
            error: ErrorCode::None,
            protocol_type: self.protocol_type.clone(),
            protocol: self.protocol.clone(),
            assignment: self.members.get(id).map_or_else(|| Arc::from([]), |m| Arc::clone(&m.assignment)),
        }
    }

    fn check_sync(&self, sync: &Sync) -> Result<(), ErrorCode> {
        self.check_member(&sync.member_id, sync.instance_id.as_deref())?;
        if sync.generation != self.generation {
            return Err(ErrorCode::IllegalGeneration);
        }
        let differs =
            |one: &Option<String>, other: &Option<String>| one.is_some() && other.is_some() && one != other;
        if differs(&sync.protocol_type, &self.protocol_type) || differs(&sync.protocol, &self.protocol) {
            return Err(ErrorCode::InconsistentGroupProtocol);
        }
        Ok(())
    }
}

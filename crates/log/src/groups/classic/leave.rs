//! LeaveGroup: members say that they go, or an administrator says so of static ones.

use watershed_protocol::ErrorCode;

use super::super::effects::Turn;
use super::{ClassicGroup, State};

/// Who goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Leave {
    /// Empty: the one that has the instance id.
    pub(crate) member_id: String,
    pub(crate) instance_id: Option<String>,
}

impl ClassicGroup {
    /// Takes these members out; says of each what became of it.
    pub(crate) fn leave(&mut self, leaves: &[Leave], turn: &mut Turn<'_>) -> Vec<ErrorCode> {
        let codes: Vec<ErrorCode> =
            leaves.iter().map(|leave| self.leave_one(leave, turn).err().unwrap_or(ErrorCode::None)).collect();
        if codes.contains(&ErrorCode::None) {
            match self.state {
                State::Stable | State::CompletingRebalance => self.prepare_rebalance(turn),
                State::PreparingRebalance => self.maybe_complete_join(turn),
                State::Empty => {}
            }
        }
        codes
    }

    fn leave_one(&mut self, leave: &Leave, turn: &mut Turn<'_>) -> Result<(), ErrorCode> {
        if leave.member_id.is_empty() {
            let current = leave.instance_id.as_ref().and_then(|instance| self.statics.get(instance));
            let current = current.cloned().ok_or(ErrorCode::UnknownMemberId)?;
            self.remove(&current, ErrorCode::UnknownMemberId, turn);
        } else if self.pending_joins.remove(&leave.member_id) {
            turn.deadlines.cancel(&self.session_timer(&leave.member_id));
        } else {
            self.check_member(&leave.member_id, leave.instance_id.as_deref())?;
            self.remove(&leave.member_id, ErrorCode::UnknownMemberId, turn);
        }
        Ok(())
    }
}

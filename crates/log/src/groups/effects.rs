//! What an operation of the coordinator is given, and what it leaves to be done: records to be kept, answers to be sent.
//!
//! The coordinator itself does neither: it only changes its state, so that tests need no disk, no network and no clock.

use std::sync::Arc;

use watershed_protocol::ErrorCode;
use watershed_protocol::wire::WireError;

use super::deadlines::{Deadlines, Timer};
use super::settings::GroupSettings;
use super::topics::Topics;
use crate::state_log::StateRecord;

/// The time at which an operation happens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Now {
    /// For deadlines: never goes back.
    pub(super) elapsed_ms: i64,
    /// For what is written down: milliseconds since 1970.
    pub(super) wall_ms: i64,
}

/// Who waits for an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Ticket(pub(super) u64);

/// An answer to who waits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Answer {
    Join(JoinAnswer),
    Sync(SyncAnswer),
}

/// What JoinGroup answers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct JoinAnswer {
    pub(crate) error: ErrorCode,
    pub(crate) member_id: String,
    pub(crate) generation: i32,
    pub(crate) protocol_type: Option<String>,
    pub(crate) protocol: Option<String>,
    pub(crate) leader: String,
    /// The leader need not assign anything: nothing has changed (KIP-814).
    pub(crate) skip_assignment: bool,
    /// Everybody, for the leader.
    pub(crate) members: Vec<JoinedMember>,
}

/// A member as the leader sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct JoinedMember {
    pub(crate) member_id: String,
    pub(crate) instance_id: Option<String>,
    pub(crate) metadata: Arc<[u8]>,
}

/// What SyncGroup answers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct SyncAnswer {
    pub(crate) error: ErrorCode,
    pub(crate) protocol_type: Option<String>,
    pub(crate) protocol: Option<String>,
    pub(crate) assignment: Arc<[u8]>,
}

impl JoinAnswer {
    /// A refusal.
    pub(super) fn refused(error: ErrorCode, member_id: &str) -> Self {
        Self {
            error,
            member_id: member_id.to_owned(),
            generation: -1,
            protocol_type: None,
            protocol: None,
            leader: String::new(),
            skip_assignment: false,
            members: Vec::new(),
        }
    }
}

impl SyncAnswer {
    /// A refusal.
    pub(super) fn refused(error: ErrorCode) -> Self {
        Self { error, protocol_type: None, protocol: None, assignment: Arc::from([]) }
    }
}

/// What an operation leaves to be done, in this order: the records are appended, as one batch unless they are divisible;
/// the answers are sent once they are on the disk.
#[derive(Debug, Default)]
pub(super) struct Effects {
    pub(super) records: Vec<StateRecord>,
    /// Records that change the state only once they are in the log, by
    /// [`Coordinator::apply`](super::coordinator::Coordinator::apply).
    pub(super) to_apply: Vec<StateRecord>,
    pub(super) answers: Vec<(Ticket, Answer)>,
    /// A classic group whose assignment is among the records: if they cannot be written, it begins again.
    pub(super) assigned: Option<Arc<str>>,
    /// A consumer group that has looked at the topics of this version, as its records say.
    pub(super) looked_at: Option<(Arc<str>, u64)>,
    /// A consumer group that is a classic one once its records are applied, and begins a round.
    pub(super) downgraded: Option<Arc<str>>,
    /// What was due and led to this: it comes again if the records cannot be written.
    pub(super) due: Option<Timer>,
    /// Each record means something without the others, and there may be very many (all of them are applied): what does
    /// not go into one batch goes into several.
    pub(super) divisible: bool,
}

impl Effects {
    /// A record of what has become of the state.
    pub(super) fn keep(&mut self, record: Result<StateRecord, WireError>) {
        match record {
            Ok(record) => self.records.push(record),
            // Lengths are checked where they come in.
            Err(error) => tracing::error!(%error, "a record of a group could not be written"),
        }
    }

    /// A record of what is to become of the state.
    pub(super) fn apply(&mut self, record: Result<StateRecord, WireError>) {
        match record {
            Ok(record) => self.to_apply.push(record),
            Err(error) => tracing::error!(%error, "a record of a group could not be written"),
        }
    }

    pub(super) fn join(&mut self, ticket: Ticket, answer: JoinAnswer) {
        self.answers.push((ticket, Answer::Join(answer)));
    }

    pub(super) fn sync(&mut self, ticket: Ticket, answer: SyncAnswer) {
        self.answers.push((ticket, Answer::Sync(answer)));
    }
}

/// What one operation works with.
#[derive(Debug)]
pub(super) struct Turn<'a> {
    pub(super) now: Now,
    pub(super) settings: &'a GroupSettings,
    pub(super) topics: &'a Topics,
    pub(super) deadlines: &'a mut Deadlines,
    pub(super) effects: &'a mut Effects,
}

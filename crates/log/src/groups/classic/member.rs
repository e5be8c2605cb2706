//! One member of a classic group.

use std::sync::Arc;

use super::super::effects::{JoinedMember, Ticket};

/// A member. At most one JoinGroup and one SyncGroup of it wait for an answer.
#[derive(Debug, Clone)]
pub(crate) struct Member {
    pub(crate) id: String,
    pub(crate) instance_id: Option<String>,
    pub(crate) client_id: String,
    pub(crate) client_host: String,
    pub(crate) session_timeout_ms: i32,
    pub(crate) rebalance_timeout_ms: i32,
    /// What it can assign by, the preferred first, with its metadata for each.
    pub(crate) protocols: Vec<(String, Arc<[u8]>)>,
    pub(crate) assignment: Arc<[u8]>,
    pub(crate) joining: Option<Ticket>,
    pub(crate) syncing: Option<Ticket>,
    /// It waits in its first join: a client that has given up meanwhile must not hold up the group for ever.
    pub(crate) is_new: bool,
}

impl Member {
    /// Whether its session lives on without heartbeats: clients do not send any while they wait.
    pub(super) fn waits(&self) -> bool {
        !self.is_new && (self.joining.is_some() || self.syncing.is_some())
    }

    /// Its metadata for a protocol.
    pub(crate) fn metadata(&self, protocol: &str) -> Option<&Arc<[u8]>> {
        self.protocols.iter().find(|(name, _)| name == protocol).map(|(_, metadata)| metadata)
    }

    /// The protocol that it prefers among these.
    pub(super) fn vote<'m>(&'m self, candidates: &[&str]) -> Option<&'m str> {
        let mut names = self.protocols.iter().map(|(name, _)| name.as_str());
        names.find(|name| candidates.contains(name))
    }

    /// What the leader is told of it.
    pub(super) fn for_leader(&self, protocol: &str) -> JoinedMember {
        JoinedMember {
            member_id: self.id.clone(),
            instance_id: self.instance_id.clone(),
            metadata: self.metadata(protocol).cloned().unwrap_or_else(|| Arc::from([])),
        }
    }
}

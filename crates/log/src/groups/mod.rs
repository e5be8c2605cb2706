//! The group coordinator: classic groups, KIP-848's consumer groups, committed offsets. Skeleton of the interface; its
//! author replaces this file.

use std::sync::Arc;

use watershed_event::clock::Clock;

use crate::OpenError;
use crate::broker::Broker;
use crate::catalog::Catalog;
use crate::options::Options;

/// All groups of the node.
#[derive(Debug)]
pub(crate) struct Groups {}

impl Groups {
    /// Reads `__consumer_offsets`.
    pub(crate) fn open(_: &Options, _: &Catalog, _: &dyn Clock) -> Result<Self, OpenError> {
        Ok(Self {})
    }

    /// Called by the transaction coordinator once the marker of this producer's transaction is in
    /// `__consumer_offsets`: pending offsets become committed ones, or go.
    pub(crate) fn transaction_ended(&self, _producer_id: i64, _committed: bool) {}

    /// Called when a topic is gone: its committed offsets go too.
    pub(crate) fn topic_deleted(&self, _broker: &Arc<Broker>, _topic: &str) {}
}

/// Begins the background work: session timeouts, expiry of offsets.
pub(crate) fn start(_broker: &Arc<Broker>) {}

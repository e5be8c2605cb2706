//! The transaction coordinator. Skeleton of the interface; its author replaces this file.

use std::sync::Arc;

use watershed_event::clock::Clock;
use watershed_protocol::ErrorCode;

use crate::OpenError;
use crate::broker::Broker;
use crate::catalog::Catalog;
use crate::options::Options;
use crate::partition::TopicPartition;

/// All transactional ids of the node.
#[derive(Debug)]
pub(crate) struct Transactions {}

impl Transactions {
    /// Reads `__transaction_state`.
    pub(crate) fn open(_: &Options, _: &Catalog, _: &dyn Clock) -> Result<Self, OpenError> {
        Ok(Self {})
    }

    /// Called before a transactional batch is appended (Produce) or an offset is committed in a transaction: the
    /// partition must belong to the ongoing transaction of this id, producer and epoch. With `add` (KIP-890, clients of
    /// transaction version 2) it is added, durably, if it does not.
    pub(crate) async fn may_write(
        &self,
        _broker: &Arc<Broker>,
        _transactional_id: &str,
        _producer: (i64, i16),
        _partition: &TopicPartition,
        _add: bool,
    ) -> Result<(), ErrorCode> {
        Err(ErrorCode::InvalidTxnState)
    }
}

/// Completes what was prepared before the last crash, and begins the background work: timeouts, expiry of ids.
pub(crate) async fn start(_broker: &Arc<Broker>) {}

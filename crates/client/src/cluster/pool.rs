//! One connection for each broker and purpose: a broker answers a connection in order, so that a long poll, a sync or a
//! rebalance must not stand before what others wait for.

use std::sync::{Arc, Mutex, PoisonError};

use tokio::time::Instant;

use super::backoff::Backoff;
use super::{ByNode, Metadata};
use crate::error::Error;
use crate::net::{Address, Connection};
use crate::options::ClientOptions;

/// A broker.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Node {
    /// One of the addresses to begin with, whoever answers there.
    Bootstrap(usize),
    /// By its id.
    Id(i32),
}

/// What a connection is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Purpose {
    /// Metadata, administration: what is answered at once.
    General,
    Produce,
    Fetch,
}

/// The connections of a client.
#[derive(Debug)]
pub(crate) struct Pool {
    options: Arc<ClientOptions>,
    slots: Mutex<ByNode<Arc<Slot>>>,
}

#[derive(Debug)]
struct Slot {
    /// For a look that does not wait.
    open: Mutex<Option<Connection>>,
    opening: tokio::sync::Mutex<Opening>,
}

#[derive(Debug)]
struct Opening {
    address: Address,
    backoff: Backoff,
    not_before: Option<Instant>,
}

impl Pool {
    pub(crate) fn new(options: Arc<ClientOptions>) -> Self {
        Self { options, slots: Mutex::default() }
    }

    /// The connection, if it is open.
    pub(crate) fn open(&self, key: (Node, Purpose)) -> Option<Connection> {
        let slot = self.slots().get(&key).cloned()?;
        slot.open().clone().filter(|connection| !connection.has_ended())
    }

    /// The connection; opened if it is not there or goes to another address, after the pause that earlier failures ask
    /// for. One opens, and the others wait for it.
    ///
    /// # Errors
    ///
    /// Why it cannot be opened.
    pub(crate) async fn connection(
        &self,
        key: (Node, Purpose),
        address: &Address,
    ) -> Result<Connection, Error> {
        let slot = self.slot(key, address);
        if let Some(open) = slot.usable(address) {
            return Ok(open);
        }
        let mut opening = slot.opening.lock().await;
        if let Some(open) = slot.usable(address) {
            return Ok(open);
        }
        if opening.address != *address {
            *opening = Opening::new(&self.options, address);
        }
        if let Some(at) = opening.not_before {
            tokio::time::sleep_until(at).await;
        }
        match Connection::open(&self.options, address).await {
            Ok(connection) => {
                opening.backoff.worked();
                opening.not_before = None;
                *slot.open() = Some(connection.clone());
                Ok(connection)
            }
            Err(error) => {
                opening.not_before = Some(Instant::now() + opening.backoff.failed(dice()));
                Err(error)
            }
        }
    }

    /// Forgets the connections to brokers that are no more.
    pub(crate) fn keep(&self, metadata: &Metadata) {
        self.slots().retain(|(node, _), _| match node {
            Node::Bootstrap(_) => true,
            Node::Id(id) => metadata.brokers.contains_key(id),
        });
    }

    fn slot(&self, key: (Node, Purpose), address: &Address) -> Arc<Slot> {
        let mut slots = self.slots();
        let slot = slots.entry(key).or_insert_with(|| {
            let opening = tokio::sync::Mutex::new(Opening::new(&self.options, address));
            Arc::new(Slot { open: Mutex::default(), opening })
        });
        Arc::clone(slot)
    }

    fn slots(&self) -> std::sync::MutexGuard<'_, ByNode<Arc<Slot>>> {
        self.slots.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Slot {
    fn open(&self) -> std::sync::MutexGuard<'_, Option<Connection>> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn usable(&self, address: &Address) -> Option<Connection> {
        self.open().clone().filter(|connection| !connection.has_ended() && connection.address() == address)
    }
}

impl Opening {
    fn new(options: &ClientOptions, address: &Address) -> Self {
        let backoff = Backoff::new(options.reconnect_backoff, options.reconnect_backoff_max);
        Self { address: address.clone(), backoff, not_before: None }
    }
}

/// A random number, for jitter and for spreading load.
pub(super) fn dice() -> u32 {
    getrandom::u32().unwrap_or(0)
}

//! The embedded log: one durable node that any Kafka client takes for Kafka.
//!
//! A [`Broker`] keeps topics in a data directory and answers Kafka's protocol on any pair of byte streams: a socket, a
//! TLS session, or two pipes in memory. It is one node for good: no replication, no clustering, no second API.
//!
//! # Invariants
//!
//! - Nobody reads an offset that is not on the disk: the high watermark and the last stable offset never pass what
//!   was synced.
//! - Every byte goes through [`disk`], every reading of the time through a [`Clock`](watershed_event::clock::Clock):
//!   a test replaces both.
//! - A partition has one writer. What was synced is never changed in place; only recovery cuts, and only behind the last
//!   valid batch.

mod api;
mod broker;
#[cfg(test)]
mod broker_histories;
mod catalog;
pub mod disk;
mod error;
mod groups;
mod metrics;
mod options;
mod partition;
mod server;
mod settings;
mod state_log;
mod sync_schedule;
mod transactions;

pub use broker::Broker;
pub use error::OpenError;
pub use options::{Blocking, Options};
pub use server::{LimitError, Limits, Server, ServerConfig, StartError, Tls, TlsError, Users, UsersError};
pub use settings::{BrokerSettings, SettingError};

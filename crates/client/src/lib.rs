//! The Kafka client: whole batches or records, at a fraction of a core, on real Kafka clusters that misbehave.
//!
//! Under construction: connections (TLS, SASL), metadata and whole batches are here; producers, consumers, groups,
//! transactions and administration come.
//!
//! It shares nothing with the embedded log but the protocol: the log is one more broker to it.

mod client;
mod cluster;
mod error;
mod net;
mod options;

pub use client::{Acks, Appended, Client, Fetched};
pub use error::{Error, ErrorKind};
pub use net::{Address, AddressError, Connect, Connecting, Io, Sasl, Tls, TlsError, TokenSource};
pub use options::{ClientOptions, Security};

//! The Kafka client: whole batches or records, at a fraction of a core, on real Kafka clusters that misbehave.
//!
//! It shares nothing with the embedded log but the protocol: the log is one more broker to it.

mod cluster;
mod error;
mod net;
mod options;

pub use error::{Error, ErrorKind};
pub use net::{Address, AddressError, Connect, Io, Sasl, Tls, TlsError, TokenSource};
pub use options::{ClientOptions, Security};

//! Connections to brokers: from a name to requests in flight.
//!
//! | file | owns |
//! |---|---|
//! | `address` | `host:port` |
//! | `connector` | names to sockets, with the last good address kept |
//! | `tls` | certificates |
//! | `sasl` | credentials |
//! | `handshake` | the first requests on a new connection: versions, credentials |
//! | `connection` | requests and answers of one connection |
//! | `frames` | bytes to frames, and back |

mod address;
mod connection;
mod connector;
mod frames;
mod handshake;
mod sasl;
mod tls;

pub use address::{Address, AddressError};
pub(crate) use connection::Connection;
pub(crate) use connector::TcpConnector;
pub use connector::{Connect, Connecting, Io};
pub use sasl::{Sasl, TokenSource};
pub use tls::{Tls, TlsError};

#[cfg(test)]
mod tests;

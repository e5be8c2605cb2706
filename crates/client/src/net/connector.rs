//! From a name to a stream of bytes.

use std::collections::HashMap;
use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::{Mutex, PoisonError};

use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;

use super::Address;

/// A stream of bytes in both directions.
pub trait Io: AsyncRead + AsyncWrite + Send + Unpin + 'static {}

impl<T: AsyncRead + AsyncWrite + Send + Unpin + 'static> Io for T {}

/// A stream that is being opened.
pub type Connecting<'a> = Pin<Box<dyn Future<Output = io::Result<Box<dyn Io>>> + Send + 'a>>;

/// Opens streams to brokers. Sockets are the usual way; a test, or a log in the same process, has another.
pub trait Connect: Send + Sync + 'static {
    /// Opens one. The time that it may take is the caller's business, who drops the future.
    fn connect<'a>(&'a self, to: &'a Address) -> Connecting<'a>;
}

/// Sockets. A name is resolved anew for every connection, and each of its addresses is tried in turn, the one that
/// worked last first. Where resolving fails, the last good address is used on: brokers outlive name servers.
#[derive(Debug, Default)]
pub(crate) struct TcpConnector {
    last_good: Mutex<HashMap<Address, SocketAddr>>,
}

impl Connect for TcpConnector {
    fn connect<'a>(&'a self, to: &'a Address) -> Connecting<'a> {
        Box::pin(async move {
            let last_good = self.last_good().get(to).copied();
            let resolved = tokio::net::lookup_host((&*to.host, to.port)).await;
            let mut last_error = None;
            for address in candidates(resolved.map(Iterator::collect), last_good)? {
                match TcpStream::connect(address).await {
                    Ok(stream) => {
                        stream.set_nodelay(true)?;
                        self.last_good().insert(to.clone(), address);
                        return Ok(Box::new(stream) as Box<dyn Io>);
                    }
                    Err(error) => last_error = Some(error),
                }
            }
            Err(last_error
                .unwrap_or_else(|| io::Error::new(io::ErrorKind::NotFound, "the name has no address")))
        })
    }
}

impl TcpConnector {
    fn last_good(&self) -> std::sync::MutexGuard<'_, HashMap<Address, SocketAddr>> {
        self.last_good.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The addresses to try, in their order.
fn candidates(
    resolved: io::Result<Vec<SocketAddr>>,
    last_good: Option<SocketAddr>,
) -> io::Result<Vec<SocketAddr>> {
    match (resolved, last_good) {
        (Ok(mut addresses), Some(good)) if addresses.contains(&good) => {
            addresses.retain(|&address| address != good);
            addresses.insert(0, good);
            Ok(addresses)
        }
        (Ok(addresses), None) => Ok(addresses),
        // Names answer with nothing while a name server is broken, too.
        (Ok(addresses), Some(_)) if !addresses.is_empty() => Ok(addresses),
        (Ok(_) | Err(_), Some(good)) => Ok(vec![good]),
        (Err(error), None) => Err(error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_good_address_is_tried_first_and_outlives_its_name() {
        let at = |last: u8| SocketAddr::from(([10, 0, 0, last], 9092));
        let broken = || Err(io::Error::other("no name server"));
        let check =
            |resolved: io::Result<Vec<SocketAddr>>, good: Option<SocketAddr>, expect: &[SocketAddr]| {
                assert_eq!(candidates(resolved, good).unwrap(), expect);
            };
        check(Ok(vec![at(1), at(2)]), None, &[at(1), at(2)]);
        check(Ok(vec![at(1), at(2), at(3)]), Some(at(3)), &[at(3), at(1), at(2)]);
        check(Ok(vec![at(1)]), Some(at(9)), &[at(1)]);
        check(Ok(vec![]), Some(at(9)), &[at(9)]);
        check(broken(), Some(at(9)), &[at(9)]);
        assert!(candidates(broken(), None).is_err());
    }
}

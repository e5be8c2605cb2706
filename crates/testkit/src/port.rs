//! Ports on loopback for servers that must be told theirs before they start.

use std::io;
use std::net::{Ipv4Addr, SocketAddr, TcpListener};

/// `N` different ports on 127.0.0.1 that nobody listened on a moment ago. Another process may take one before it is used:
/// who starts a server on one tries again with another if the server says that it is taken.
///
/// # Errors
///
/// Those of the operating system, when it has no free port.
pub fn free_loopback_ports<const N: usize>() -> io::Result<[SocketAddr; N]> {
    // All are held until all are found, so that they differ.
    let listeners =
        (0..N).map(|_| TcpListener::bind((Ipv4Addr::LOCALHOST, 0))).collect::<io::Result<Vec<_>>>()?;
    let mut ports = [SocketAddr::from((Ipv4Addr::LOCALHOST, 0)); N];
    for (port, listener) in ports.iter_mut().zip(&listeners) {
        *port = listener.local_addr()?;
    }
    Ok(ports)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ports_differ_and_can_be_listened_on() {
        let ports = free_loopback_ports::<3>().unwrap();
        let listeners = ports.map(TcpListener::bind);
        assert!(listeners.iter().all(Result::is_ok), "{ports:?} {listeners:?}");
    }
}

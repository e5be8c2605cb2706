//! Addresses: which may be listened on, binding them, accepting connections, and what clients are told.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use socket2::SockRef;
use tokio::net::{TcpListener, TcpStream, lookup_host};
use tokio::sync::watch;

use super::auth::MECHANISM_NAMES;
use super::config::ServerConfig;
use super::{ANONYMOUS, Shared, Transport};
use crate::api::{Caller, ListenerSecurity};

/// Connections that wait to be accepted.
const BACKLOG: u32 = 1024;

/// How long accepting pauses when the operating system refuses, as when there are no more file descriptors.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

/// Why a server could not be started.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StartError {
    /// The address is not one.
    #[error(
        "{address} cannot be listened on: {reason}; give HOST:PORT, as 127.0.0.1:9092, or :0 for a free port"
    )]
    Address {
        /// As it was given.
        address: String,
        /// What is wrong with it.
        reason: String,
    },
    /// Others could reach the server.
    #[error(
        "{address} can be reached from other machines, {}, listen on 127.0.0.1, or accept it with --insecure",
        missing(*.tls, *.users)
    )]
    Unprotected {
        /// The address.
        address: SocketAddr,
        /// Whether there is TLS.
        tls: bool,
        /// Whether there are users.
        users: bool,
    },
    /// Another process listens there.
    #[error(
        "{address} is in use by another process: stop it, or choose another address with --listen (:0 takes any free port)"
    )]
    InUse {
        /// The address.
        address: SocketAddr,
    },
    /// The operating system refused.
    #[error("{address} cannot be listened on: {source}; choose another address with --listen")]
    Bind {
        /// The address.
        address: SocketAddr,
        /// What the operating system says.
        source: io::Error,
    },
}

/// A socket that listens.
#[derive(Debug)]
pub(super) struct Listener {
    socket: TcpListener,
    pub(super) address: SocketAddr,
    /// The name it was given by, where that was a name.
    name: Option<String>,
}

/// Binds all addresses.
pub(super) async fn bind(config: &ServerConfig) -> Result<Vec<Listener>, StartError> {
    let mut listeners = Vec::new();
    for given in &config.listen {
        let (address, name) = resolve(given).await?;
        let (tls, users) = (config.tls.is_some(), config.users.is_some());
        let allowed = address.ip().is_loopback() || (tls && users) || config.insecure;
        if !allowed {
            return Err(StartError::Unprotected { address, tls, users });
        }
        let socket = listen(address).map_err(|source| match source.kind() {
            io::ErrorKind::AddrInUse => StartError::InUse { address },
            _ => StartError::Bind { address, source },
        })?;
        let address = socket.local_addr().map_err(|source| StartError::Bind { address, source })?;
        listeners.push(Listener { socket, address, name });
    }
    Ok(listeners)
}

/// What an address that others can reach lacks, and the option that gives it.
fn missing(tls: bool, users: bool) -> &'static str {
    match (tls, users) {
        (false, true) => {
            "and without TLS what passes could be read and changed on the way: add TLS (--tls-cert, --tls-key)"
        }
        (true, false) => "and without users anybody could read and write: add users (--users)",
        _ => "where anybody could read and write: add TLS and users (--tls-cert, --tls-key, --users)",
    }
}

/// The address that was given, and its host if that is a name. Of several addresses that a name has, the first of IPv4.
async fn resolve(given: &str) -> Result<(SocketAddr, Option<String>), StartError> {
    let refuse = |reason: &str| StartError::Address { address: given.to_owned(), reason: reason.to_owned() };
    if let Ok(address) = given.parse::<SocketAddr>() {
        return Ok((address, None));
    }
    let (host, port) = given.rsplit_once(':').ok_or_else(|| refuse("it has no port"))?;
    let port: u16 = port.parse().map_err(|_| refuse("its port is not a number from 0 to 65535"))?;
    if host.is_empty() {
        return Ok((SocketAddr::from(([127, 0, 0, 1], port)), None));
    }
    let found = lookup_host((host, port)).await.map_err(|error| refuse(&error.to_string()))?;
    let mut found: Vec<SocketAddr> = found.collect();
    found.sort_by_key(SocketAddr::is_ipv6);
    let address = found.first().copied().ok_or_else(|| refuse("the name has no address"))?;
    Ok((address, Some(host.to_owned())))
}

fn listen(address: SocketAddr) -> io::Result<TcpListener> {
    let socket =
        if address.is_ipv4() { tokio::net::TcpSocket::new_v4()? } else { tokio::net::TcpSocket::new_v6()? };
    // A port whose last connections are not forgotten yet can be had again at once after a restart.
    socket.set_reuseaddr(true)?;
    socket.bind(address)?;
    socket.listen(BACKLOG)
}

/// Accepts until the server stops.
pub(super) async fn accept(shared: Arc<Shared>, listener: Listener, mut stop: watch::Receiver<bool>) {
    loop {
        let accepted = tokio::select! {
            _ = stop.wait_for(|&stop| stop) => return,
            accepted = listener.socket.accept() => accepted,
        };
        match accepted {
            Ok((socket, peer)) => admit(&shared, &listener, socket, peer),
            Err(error) => {
                tracing::warn!(address = %listener.address, %error, "a connection could not be accepted; trying again shortly");
                tokio::time::sleep(ACCEPT_PAUSE).await;
            }
        }
    }
}

fn admit(shared: &Arc<Shared>, listener: &Listener, socket: TcpStream, peer: SocketAddr) {
    let ip = peer.ip().to_canonical();
    // A TLS handshake counts, too: with certificates of clients it is how they authenticate.
    let (users, tls) = (shared.config.users.is_some(), shared.config.tls.is_some());
    let admitted = match shared.admission.admit(ip, users || tls) {
        Ok(admitted) => admitted,
        Err(refused) => {
            let (limit, setting) = (refused.limit, refused.setting);
            shared.broker.metrics.closed(setting);
            shared.log_quota.write(|left_out| {
                tracing::warn!(%peer, limit, setting, left_out, "refused a connection: there are as many as the setting allows");
            });
            return;
        }
    };
    // Without them answers are only slower, and a peer that vanished is noticed later.
    let options = socket.set_nodelay(true).and_then(|()| SockRef::from(&socket).set_keepalive(true));
    if let Err(error) = options {
        tracing::debug!(%peer, %error, "TCP_NODELAY and SO_KEEPALIVE could not be set");
    }
    let caller = Caller {
        connection_id: shared.next_connection_id(),
        host: ip.to_string(),
        principal: ANONYMOUS.to_owned(),
        listener: ListenerSecurity { tls, mechanisms: users.then_some(MECHANISM_NAMES) },
        advertised: advertised(shared, listener, &socket),
    };
    shared.serve(Transport::Socket(socket), caller, admitted);
}

/// What the peer is told: what was configured, or the name or address by which it came here.
fn advertised(shared: &Shared, listener: &Listener, socket: &TcpStream) -> (String, u16) {
    if let Some(advertised) = &shared.config.advertise {
        return advertised.clone();
    }
    let here = socket.local_addr().unwrap_or(listener.address);
    let host = listener.name.clone().unwrap_or_else(|| here.ip().to_canonical().to_string());
    (host, here.port())
}

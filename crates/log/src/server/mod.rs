//! The server: sockets and connections in front of a [`Broker`].
//!
//! | file | owns |
//! |---|---|
//! | `config` | what a server is told at its start, its limits and their names |
//! | `listen` | addresses: which may be listened on, binding, accepting, what clients are told |
//! | `admission` | how many connections there may be, in all, by address and before authentication |
//! | `auth` | SASL on one connection; `scram` its exchange, `users` who is known |
//! | `tls` | certificates and keys |
//! | `connection` | one connection: requests in, answers out in their order, and when it is closed |
//! | `input` | bytes that arrive, and the frames in them |
//! | `log_quota` | how many lines the log takes of what any peer can cause |
//! | `memory` | how much memory the frames of all connections may take |
//! | `output` | answers that wait to be sent |
//! | `stream` | the two byte streams: a socket, TLS, or anything in memory |
//!
//! # Invariants
//!
//! - A connection is one task. What it waits for never keeps another from going on.
//! - Answers leave in the order of their requests.
//! - What cannot be read closes its own connection, is logged once, and ends nothing else.
//! - Every queue and buffer has a limit, which has a setting, a metric and a refusal that names it.

mod admission;
mod auth;
mod config;
mod connection;
mod input;
mod listen;
mod log_quota;
mod memory;
mod output;
mod scram;
mod stream;
#[cfg(test)]
mod tests;
mod tls;
mod users;

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use prometheus_client::collector::Collector;
use prometheus_client::encoding::{DescriptorEncoder, EncodeMetric as _};
use prometheus_client::metrics::gauge::ConstGauge;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio::sync::watch;
use tokio::task::AbortHandle;
use tokio::time::Instant;

use crate::api::{Caller, ListenerSecurity};
use crate::broker::Broker;
pub use config::{LimitError, Limits, ServerConfig};
pub use listen::StartError;
pub use tls::{Tls, TlsError};
pub use users::{Users, UsersError};

use admission::{Admission, Admitted};
use auth::Session;
use log_quota::LogQuota;
use memory::FrameMemory;
use scram::Credential;
pub(crate) use scram::Hash;
use stream::Stream;

/// What a principal is called where nobody authenticates.
const ANONYMOUS: &str = "User:ANONYMOUS";

/// What part of the memory for frames there is besides for connections that have yet to authenticate: a token is small.
const STRANGERS_SHARE: usize = 16;

/// A broker that answers on sockets, and in memory.
#[derive(Debug)]
pub struct Server {
    shared: Arc<Shared>,
    addresses: Vec<SocketAddr>,
    advertised: (String, u16),
}

/// What all connections of a server share.
#[derive(Debug)]
struct Shared {
    broker: Arc<Broker>,
    config: ServerConfig,
    memory: Arc<FrameMemory>,
    /// That of connections that have yet to authenticate, so that they take none from the others.
    strangers_memory: Arc<FrameMemory>,
    admission: Arc<Admission>,
    log_quota: LogQuota,
    /// True once the server stops. Whoever holds a receiver is a task that has not ended.
    stop: watch::Sender<bool>,
    tasks: Mutex<HashMap<u64, AbortHandle>>,
    connections_made: AtomicU64,
}

impl Server {
    /// Listens on the addresses of `config`, which may be none. Must be called on a tokio runtime.
    ///
    /// # Errors
    ///
    /// [`StartError`]: an address that cannot be had, or must not be without TLS and SASL.
    pub async fn start(broker: Arc<Broker>, config: ServerConfig) -> Result<Self, StartError> {
        let listeners = listen::bind(&config).await?;
        let shared = Arc::new(Shared {
            memory: FrameMemory::new(config.limits.frame_memory_bytes_max),
            strangers_memory: FrameMemory::new(config.limits.frame_memory_bytes_max / STRANGERS_SHARE),
            admission: Admission::new(&config.limits),
            log_quota: LogQuota::new(),
            stop: watch::Sender::new(false),
            tasks: Mutex::new(HashMap::new()),
            connections_made: AtomicU64::new(0),
            broker,
            config,
        });
        shared.broker.metrics.register(Box::new(Usage {
            admission: Arc::clone(&shared.admission),
            memories: [Arc::clone(&shared.memory), Arc::clone(&shared.strangers_memory)],
        }));
        let addresses: Vec<SocketAddr> = listeners.iter().map(|listener| listener.address).collect();
        let advertised = shared.config.advertise.clone().unwrap_or_else(|| {
            addresses.first().map_or_else(
                || ("127.0.0.1".to_owned(), 0),
                |address| (address.ip().to_string(), address.port()),
            )
        });
        for listener in listeners {
            tokio::spawn(listen::accept(Arc::clone(&shared), listener, shared.stop.subscribe()));
        }
        Ok(Self { shared, addresses, advertised })
    }

    /// Where it listens, in the order of the configuration, with the ports that the operating system chose.
    #[must_use]
    pub fn addresses(&self) -> &[SocketAddr] {
        &self.addresses
    }

    /// The host and port that a client is told on the first listener.
    #[must_use]
    pub fn advertised(&self) -> (&str, u16) {
        (&self.advertised.0, self.advertised.1)
    }

    /// Serves the other end of `io`, as if it had come in on a socket of its own without TLS and SASL.
    pub fn connect(&self, io: impl AsyncRead + AsyncWrite + Send + Unpin + 'static) {
        let caller = Caller {
            connection_id: self.shared.next_connection_id(),
            host: "in memory".to_owned(),
            principal: ANONYMOUS.to_owned(),
            listener: ListenerSecurity::default(),
            advertised: self.advertised.clone(),
        };
        let admitted = self.shared.admission.admit_in_memory();
        self.shared.serve(Transport::InMemory(Stream::other(io), Session::Open), caller, admitted);
    }

    /// Stops accepting, answers what was asked, and ends every connection; those that have not ended `within` this time are
    /// cut.
    pub async fn shutdown(&self, within: Duration) {
        self.shared.stop.send_replace(true);
        if tokio::time::timeout(within, self.shared.stop.closed()).await.is_err() {
            let tasks = std::mem::take(&mut *self.shared.lock_tasks());
            tracing::info!(connections = tasks.len(), "cut the connections that did not end in time");
            tasks.values().for_each(AbortHandle::abort);
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.shared.stop.send_replace(true);
    }
}

impl Shared {
    fn next_connection_id(&self) -> u64 {
        self.connections_made.fetch_add(1, Ordering::Relaxed) + 1
    }

    fn lock_tasks(&self) -> std::sync::MutexGuard<'_, HashMap<u64, AbortHandle>> {
        self.tasks.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Serves a connection in a task of its own.
    fn serve(self: &Arc<Self>, transport: Transport, caller: Caller, mut admitted: Admitted) {
        let opened_at = Instant::now();
        let connection_id = caller.connection_id;
        self.broker.metrics.connections_opened.inc();
        let (shared, stop) = (Arc::clone(self), self.stop.subscribe());
        // Locked until the task is on the list, so that it cannot take itself off before.
        let mut tasks = self.lock_tasks();
        let task = tokio::spawn(async move {
            let listed = Listed { shared: &shared, connection_id };
            if let Some((stream, session)) = listed.shared.open(transport, &caller, opened_at).await {
                if session.is_authenticated() {
                    admitted.authenticated();
                }
                let opened = Opened { stream, session, opened_at };
                connection::serve(&shared, opened, caller, admitted, stop).await;
            }
            drop(listed);
        });
        tasks.insert(connection_id, task.abort_handle());
    }

    /// The streams of a connection, after the TLS handshake if there is one.
    async fn open(
        &self,
        transport: Transport,
        caller: &Caller,
        opened_at: Instant,
    ) -> Option<(Stream, Session)> {
        let socket = match transport {
            Transport::InMemory(stream, session) => return Some((stream, session)),
            Transport::Socket(socket) => socket,
        };
        let session = if self.config.users.is_some() { Session::New } else { Session::Open };
        let Some(tls) = &self.config.tls else { return Some((Stream::Tcp(socket), session)) };
        let (peer, within) = (&caller.host, self.config.limits.authentication_timeout);
        match tokio::time::timeout_at(opened_at + within, tls.acceptor.accept(socket)).await {
            Ok(Ok(stream)) => return Some((Stream::Tls(Box::new(stream)), session)),
            Ok(Err(error)) => {
                self.log_quota.write(|left_out| {
                    tracing::warn!(%peer, %error, left_out, "closed a connection whose TLS handshake failed");
                });
                self.broker.metrics.closed("TLS handshake");
            }
            Err(_) => {
                let setting = "authentication.timeout.ms";
                self.log_quota.write(|left_out| {
                    tracing::warn!(%peer, setting, left_out, "closed a connection whose TLS handshake took too long");
                });
                self.broker.metrics.closed(setting);
            }
        }
        None
    }

    /// The credential that was made for a user through the protocol.
    fn made_credential(&self, user: &str, hash: Hash) -> Option<Credential> {
        // Kafka's numbers of the mechanisms.
        let mechanism = match hash {
            Hash::Sha256 => 1,
            Hash::Sha512 => 2,
        };
        let made = self.broker.catalog.scram_credential(user, mechanism)?;
        Some(Credential {
            salt: made.salt,
            stored_key: made.stored_key,
            server_key: made.server_key,
            iterations: u32::try_from(made.iterations).ok()?,
        })
    }
}

/// A connection that was opened, with its TLS handshake done.
#[derive(Debug)]
struct Opened {
    stream: Stream,
    session: Session,
    /// Before the handshake.
    opened_at: Instant,
}

/// What a connection comes in on.
#[derive(Debug)]
enum Transport {
    Socket(TcpStream),
    InMemory(Stream, Session),
}

/// Takes a task off the list, however it ends.
struct Listed<'a> {
    shared: &'a Shared,
    connection_id: u64,
}

impl Drop for Listed<'_> {
    fn drop(&mut self) {
        self.shared.lock_tasks().remove(&self.connection_id);
    }
}

/// Connections and frame memory as they are when somebody asks.
#[derive(Debug)]
struct Usage {
    admission: Arc<Admission>,
    memories: [Arc<FrameMemory>; 2],
}

impl Collector for Usage {
    fn encode(&self, mut encoder: DescriptorEncoder<'_>) -> std::fmt::Result {
        let (connections, unauthenticated) = self.admission.counts();
        let frame_bytes = self.memories.iter().map(|memory| memory.taken_bytes()).sum();
        for (name, help, value) in [
            ("connections", "Connections that are open", connections),
            ("connections_unauthenticated", "Connections that have yet to authenticate", unauthenticated),
            ("frame_memory_bytes", "Memory that large requests take", frame_bytes),
        ] {
            let gauge = ConstGauge::new(i64::try_from(value).unwrap_or(i64::MAX));
            gauge.encode(encoder.encode_descriptor(name, help, None, gauge.metric_type())?)?;
        }
        Ok(())
    }
}

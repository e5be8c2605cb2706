//! A proxy between clients and a broker that does harm on command: it loses answers, delays them, or cuts connections.
//!
//! Wherever an answer says where a broker is (Metadata, FindCoordinator, DescribeCluster), the proxy puts its own address, so
//! that a client which came through it stays with it. The broker needs to know nothing, and many proxies share one.
//! All else goes through as it came.
//!
//! Invariants: a fault happens once, at the n-th answer (or request) of its API through this proxy, whatever the connection;
//! [`Proxy::unfired`] names those that have not happened, since a test of a fault that never came proves nothing.

use std::collections::HashMap;
use std::io::{self, ErrorKind, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

use serde::Deserialize;
use watershed_protocol::messages::{
    ApiKey, DescribeClusterResponse, FindCoordinatorResponse, MetadataResponse,
};
use watershed_protocol::wire::{encode_response, frame_bytes, read_response};

/// Frames over this end their connection.
const FRAME_BYTES_MAX: usize = 128 << 20;
/// Both sides of a frame's first bytes: its size, API key, version and correlation id.
const REQUEST_START_BYTES: usize = 8;

/// What happens to one answer or request.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fault {
    /// The API by Kafka's name for it, such as `Produce`.
    pub api: String,
    /// Which one of that API through this proxy, from 1.
    pub nth: u32,
    /// What happens.
    #[serde(rename = "do")]
    pub harm: Harm,
}

/// A kind of harm.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Harm {
    /// The broker has done what it was asked; its answer is lost and the connection closed.
    DropAnswer,
    /// The broker never sees the request; the connection is closed.
    DropRequest,
    /// The answer comes that many milliseconds later, and those behind it with it.
    DelayMs(u64),
}

/// A running proxy. It ends, with its connections, when it is dropped.
#[derive(Debug)]
pub struct Proxy {
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    address: SocketAddr,
    upstream: SocketAddr,
    faults: Mutex<Faults>,
    /// Both sides of each connection, to be closed at the end.
    sockets: Mutex<Vec<TcpStream>>,
    ended: AtomicBool,
}

#[derive(Debug, Default)]
struct Faults {
    /// Those still to come.
    planned: Vec<Fault>,
    requests: HashMap<i16, u32>,
    answers: HashMap<i16, u32>,
}

/// The requests of a connection that have no answer yet: API key and version by correlation id.
type Asked = Arc<Mutex<HashMap<i32, (i16, i16)>>>;

impl Proxy {
    /// Starts a proxy in front of the broker at `upstream` on a free loopback port.
    ///
    /// # Errors
    ///
    /// If no port can be had, or a fault names no API.
    pub fn start(upstream: SocketAddr, faults: Vec<Fault>) -> io::Result<Self> {
        for fault in &faults {
            api_key(&fault.api)?;
        }
        let listener = TcpListener::bind(("127.0.0.1", 0))?;
        let shared = Arc::new(Shared {
            address: listener.local_addr()?,
            upstream,
            faults: Mutex::new(Faults { planned: faults, ..Faults::default() }),
            sockets: Mutex::default(),
            ended: AtomicBool::new(false),
        });
        let accepting = Arc::clone(&shared);
        thread::Builder::new().name("proxy".into()).spawn(move || {
            for client in listener.incoming().map_while(Result::ok) {
                if accepting.ended.load(Ordering::Relaxed) {
                    return;
                }
                // A broker that cannot be reached looks to the client like one that closes.
                drop(accepting.connect(client));
            }
        })?;
        Ok(Self { shared })
    }

    /// Where clients connect to.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.shared.address
    }

    /// The faults that have not happened.
    #[must_use]
    pub fn unfired(&self) -> Vec<Fault> {
        lock(&self.shared.faults).planned.clone()
    }

    /// Cuts every connection. New ones are served as before.
    pub fn cut(&self) {
        for socket in lock(&self.shared.sockets).drain(..) {
            // It may be closed already.
            drop(socket.shutdown(Shutdown::Both));
        }
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.shared.ended.store(true, Ordering::Relaxed);
        // Wakes the thread that accepts.
        drop(TcpStream::connect(self.shared.address));
        self.cut();
    }
}

impl Shared {
    fn connect(self: &Arc<Self>, client: TcpStream) -> io::Result<()> {
        let broker = TcpStream::connect(self.upstream)?;
        client.set_nodelay(true)?;
        broker.set_nodelay(true)?;
        lock(&self.sockets).extend([client.try_clone()?, broker.try_clone()?]);
        let asked = Asked::default();
        let (client_too, broker_too) = (client.try_clone()?, broker.try_clone()?);
        let (shared, asked_too) = (Arc::clone(self), Arc::clone(&asked));
        thread::spawn(move || {
            drop(shared.pass_requests(&client_too, &broker_too, &asked_too));
            close(&client_too, &broker_too);
        });
        let shared = Arc::clone(self);
        thread::spawn(move || {
            drop(shared.pass_answers(&broker, &client, &asked));
            close(&client, &broker);
        });
        Ok(())
    }

    fn pass_requests(&self, mut from: &TcpStream, mut to: &TcpStream, asked: &Asked) -> io::Result<()> {
        loop {
            let frame = read_frame(&mut from)?;
            let start = frame.get(4..4 + REQUEST_START_BYTES).ok_or(ErrorKind::InvalidData)?;
            let (key, version) = (i16_at(start, 0), i16_at(start, 2));
            lock(asked).insert(i32_at(start, 4), (key, version));
            if self.fault(key, |faults| &mut faults.requests, |harm| harm == Harm::DropRequest).is_some() {
                return Ok(());
            }
            to.write_all(&frame)?;
        }
    }

    fn pass_answers(&self, mut from: &TcpStream, mut to: &TcpStream, asked: &Asked) -> io::Result<()> {
        loop {
            let frame = read_frame(&mut from)?;
            let correlation_id = i32_at(frame.get(4..8).ok_or(ErrorKind::InvalidData)?, 0);
            let (key, version) = lock(asked).remove(&correlation_id).ok_or(ErrorKind::InvalidData)?;
            match self.fault(key, |faults| &mut faults.answers, |harm| harm != Harm::DropRequest) {
                None => {}
                Some(Harm::DelayMs(ms)) => pause(Duration::from_millis(ms), &self.ended),
                Some(Harm::DropAnswer | Harm::DropRequest) => return Ok(()),
            }
            match self.readdressed(&frame[4..], key, version, correlation_id) {
                Some(bytes) => to.write_all(&bytes)?,
                None => to.write_all(&frame)?,
            }
        }
    }

    /// Counts one request or answer of that API, and takes the fault that is planned for it.
    fn fault(
        &self,
        key: i16,
        counts: impl Fn(&mut Faults) -> &mut HashMap<i16, u32>,
        concerns: impl Fn(Harm) -> bool,
    ) -> Option<Harm> {
        let faults = &mut *lock(&self.faults);
        let count = counts(faults).entry(key).or_default();
        *count += 1;
        let nth = *count;
        let planned = faults.planned.iter().position(|fault| {
            fault.nth == nth && concerns(fault.harm) && api_key(&fault.api).is_ok_and(|api| api == key)
        })?;
        Some(faults.planned.swap_remove(planned).harm)
    }

    /// The answer with this proxy's address in place of the broker's, if it says where a broker is.
    fn readdressed(&self, frame: &[u8], key: i16, version: i16, correlation_id: i32) -> Option<Vec<u8>> {
        let host = self.address.ip().to_string();
        let port = i32::from(self.address.port());
        match ApiKey::from_key(key)? {
            ApiKey::Metadata => {
                let mut answer: MetadataResponse<'_> = read_response(frame, version, correlation_id).ok()?;
                for broker in &mut answer.brokers {
                    (broker.host, broker.port) = (&host, port);
                }
                encode_response(&answer, version, correlation_id).map(|frame| frame.to_vec()).ok()
            }
            ApiKey::FindCoordinator => {
                let mut answer: FindCoordinatorResponse<'_> =
                    read_response(frame, version, correlation_id).ok()?;
                if answer.port > 0 {
                    (answer.host, answer.port) = (&host, port);
                }
                for coordinator in answer.coordinators.iter_mut().filter(|coordinator| coordinator.port > 0) {
                    (coordinator.host, coordinator.port) = (&host, port);
                }
                encode_response(&answer, version, correlation_id).map(|frame| frame.to_vec()).ok()
            }
            ApiKey::DescribeCluster => {
                let mut answer: DescribeClusterResponse<'_> =
                    read_response(frame, version, correlation_id).ok()?;
                for broker in &mut answer.brokers {
                    (broker.host, broker.port) = (&host, port);
                }
                encode_response(&answer, version, correlation_id).map(|frame| frame.to_vec()).ok()
            }
            _ => None,
        }
    }
}

fn api_key(name: &str) -> io::Result<i16> {
    let found = ApiKey::ALL.iter().find(|api| api.name() == name);
    found.map(|&api| api as i16).ok_or_else(|| io::Error::other(format!("no API of Kafka is called {name}")))
}

/// A frame with its prefix.
fn read_frame(from: &mut impl Read) -> io::Result<Vec<u8>> {
    let mut frame = vec![0; 4];
    from.read_exact(&mut frame)?;
    let size =
        frame_bytes([frame[0], frame[1], frame[2], frame[3]], FRAME_BYTES_MAX).map_err(io::Error::other)?;
    from.take(size as u64).read_to_end(&mut frame)?;
    if frame.len() < 4 + size { Err(ErrorKind::UnexpectedEof.into()) } else { Ok(frame) }
}

fn close(client: &TcpStream, broker: &TcpStream) {
    // Either may be closed already.
    drop(client.shutdown(Shutdown::Both));
    drop(broker.shutdown(Shutdown::Both));
}

/// Not a wait for something: the delay is the fault. Looked at in small steps, so that a proxy ends at once.
fn pause(delay: Duration, ended: &AtomicBool) {
    drop(crate::wait::wait_for("a delay", delay, || ended.load(Ordering::Relaxed).then_some(())));
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn i16_at(bytes: &[u8], at: usize) -> i16 {
    i16::from_be_bytes([bytes[at], bytes[at + 1]])
}

fn i32_at(bytes: &[u8], at: usize) -> i32 {
    i32::from_be_bytes([bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]])
}

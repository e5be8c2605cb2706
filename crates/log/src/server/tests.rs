//! Connections from outside: in memory where time is to pass, over sockets where sockets are meant.

mod authentication;
mod bounds;
mod sockets;

use std::sync::Arc;

use proptest::prelude::*;
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _, DuplexStream, duplex};
use watershed_event::clock::ManualClock;
use watershed_protocol::messages::{ApiVersionsRequest, ApiVersionsResponse};
use watershed_protocol::wire::{FRAME_PREFIX_BYTES, Request, encode_request, read_response};

use super::{Server, ServerConfig};
use crate::broker::Broker;
use crate::disk::SimulatedDisk;
use crate::options::{Blocking, Options};

/// A server of a broker whose disk is in memory.
async fn server(config: ServerConfig) -> Server {
    let options = Options { blocking: Blocking::Inline, ..Options::new("simulated") };
    let clock = Arc::new(ManualClock::at("2026-01-01T00:00:00Z".parse().unwrap()));
    let broker = Broker::open(options, Arc::new(SimulatedDisk::new(1)), clock).await.unwrap();
    Server::start(broker, config).await.unwrap()
}

fn metrics_of(server: &Server) -> String {
    server.shared.broker.metrics_text()
}

/// Whether the connection was closed for this reason, and counted.
fn is_counted(server: &Server, reason: &str) -> bool {
    metrics_of(server).contains(&format!("connections_closed_total{{reason=\"{reason}\"}} 1\n"))
}

/// The other end of a connection.
struct Peer<S> {
    io: S,
}

impl Peer<DuplexStream> {
    fn connect(server: &Server) -> Self {
        Self::connect_through(server, 1 << 16)
    }

    /// With a pipe that holds so many bytes.
    fn connect_through(server: &Server, pipe_bytes: usize) -> Self {
        let (here, there) = duplex(pipe_bytes);
        server.connect(there);
        Self { io: here }
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> Peer<S> {
    async fn send<'a, R: Request<'a>>(&mut self, request: &R, version: i16, correlation_id: i32) {
        let frame = encode_request(request, version, correlation_id, Some("test")).unwrap().to_vec();
        self.io.write_all(&frame).await.unwrap();
    }

    /// The next frame, without its prefix; `None` if the connection was closed.
    async fn frame(&mut self) -> Option<Vec<u8>> {
        let mut prefix = [0; FRAME_PREFIX_BYTES];
        self.io.read_exact(&mut prefix).await.ok()?;
        let mut frame = vec![0; usize::try_from(i32::from_be_bytes(prefix)).unwrap()];
        self.io.read_exact(&mut frame).await.ok()?;
        Some(frame)
    }

    /// Asks, and returns the answer's frame.
    async fn ask<'a, R: Request<'a>>(&mut self, request: &R, version: i16) -> Option<Vec<u8>> {
        self.send(request, version, 77).await;
        self.frame().await
    }

    /// Whether the server answers.
    async fn is_served(&mut self) -> bool {
        match self.ask(&ApiVersionsRequest::default(), 0).await {
            Some(frame) => read_response::<ApiVersionsResponse<'_>>(&frame, 0, 77).is_ok(),
            None => false,
        }
    }
}

fn api_versions(correlation_id: i32) -> Vec<u8> {
    encode_request(&ApiVersionsRequest::default(), 0, correlation_id, Some("test")).unwrap().to_vec()
}

/// ApiVersions in a frame that takes at least so many bytes: in a tagged field that nobody knows.
fn large_request(bytes: usize, correlation_id: i32) -> Vec<u8> {
    let request = ApiVersionsRequest { client_software_name: "test", client_software_version: "1" };
    let mut frame = encode_request(&request, 4, correlation_id, None).unwrap().to_vec();
    assert_eq!(frame.pop(), Some(0), "no tagged fields");
    frame.extend_from_slice(&[1, 99]);
    let mut rest = bytes;
    while rest >= 0x80 {
        frame.push(u8::try_from(rest & 0x7f).unwrap() | 0x80);
        rest >>= 7;
    }
    frame.push(u8::try_from(rest).unwrap());
    frame.resize(frame.len() + bytes, 7);
    let size = u32::try_from(frame.len() - FRAME_PREFIX_BYTES).unwrap();
    frame[..FRAME_PREFIX_BYTES].copy_from_slice(&size.to_be_bytes());
    frame
}

fn correlation_id(frame: &[u8]) -> i32 {
    i32::from_be_bytes(*frame.first_chunk().unwrap())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    #[test]
    fn requests_are_answered_in_order_however_the_stream_is_cut(
        sizes in prop::collection::vec(prop::option::of(1usize..200_000), 1..30),
        cuts in prop::collection::vec(1usize..60_000, 1..20),
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build().unwrap();
        runtime.block_on(async {
            let server = server(ServerConfig::default()).await;
            let peer = Peer::connect(&server);
            let (mut reading, mut writing) = tokio::io::split(peer.io);
            let expected: Vec<i32> = (0..).take(sizes.len()).collect();
            let mut stream = Vec::new();
            for (size, &id) in sizes.iter().zip(&expected) {
                stream.extend(size.map_or_else(|| api_versions(id), |bytes| large_request(bytes, id)));
            }
            let sending = async move {
                let (mut rest, mut cuts) = (&stream[..], cuts.iter().cycle());
                while !rest.is_empty() {
                    let (now, later) = rest.split_at(rest.len().min(*cuts.next().unwrap()));
                    writing.write_all(now).await.unwrap();
                    tokio::task::yield_now().await;
                    rest = later;
                }
                writing
            };
            let receiving = async {
                let mut found = Vec::new();
                while found.len() < expected.len() {
                    let size = reading.read_i32().await.unwrap();
                    let mut frame = vec![0; usize::try_from(size).unwrap()];
                    reading.read_exact(&mut frame).await.unwrap();
                    found.push(correlation_id(&frame));
                }
                found
            };
            let (_writing, found) = tokio::join!(sending, receiving);
            prop_assert_eq!(found, expected);
            Ok(())
        })?;
    }
}

#[tokio::test(start_paused = true)]
async fn a_request_that_cannot_be_read_closes_its_own_connection_and_no_other() {
    let server = server(ServerConfig::default()).await;
    let mut other = Peer::connect(&server);
    assert!(other.is_served().await);
    for bad in [
        &[0, 0, 0, 2, 0, 0][..],
        &[0, 0, 0, 8, 0x7f, 0xff, 0, 0, 0, 0, 0, 0],
        &[0, 0, 0, 8, 0, 0, 0, 99, 0, 0, 0, 0],
    ] {
        let mut peer = Peer::connect(&server);
        // What was asked before it is answered first.
        peer.io.write_all(&[api_versions(5), bad.to_vec()].concat()).await.unwrap();
        assert_eq!(peer.frame().await.as_deref().map(correlation_id), Some(5));
        assert_eq!(peer.frame().await, None);
    }
    assert!(other.is_served().await);
}

#[tokio::test(start_paused = true)]
async fn an_unknown_version_of_api_versions_is_answered_in_version_0() {
    let server = server(ServerConfig::default()).await;
    let mut peer = Peer::connect(&server);
    let mut frame = encode_request(&ApiVersionsRequest::default(), 4, 3, None).unwrap().to_vec();
    frame[6..8].copy_from_slice(&99i16.to_be_bytes());
    peer.io.write_all(&frame).await.unwrap();
    let answer = peer.frame().await.unwrap();
    let answer: ApiVersionsResponse<'_> = read_response(&answer, 0, 3).unwrap();
    assert_eq!(answer.error_code, 35);
    assert_eq!(
        answer.api_keys.iter().map(|api| (api.api_key, api.max_version)).collect::<Vec<_>>(),
        [(18, 4)]
    );
}

#[tokio::test(start_paused = true)]
async fn a_server_that_stops_answers_what_was_asked_and_ends_every_connection() {
    let server = server(ServerConfig::default()).await;
    let mut peers = [Peer::connect(&server), Peer::connect(&server)];
    for peer in &mut peers {
        assert!(peer.is_served().await);
    }
    server.shutdown(std::time::Duration::from_secs(1)).await;
    for peer in &mut peers {
        assert_eq!(peer.frame().await, None);
    }
    assert!(server.shared.lock_tasks().is_empty());
}

//! Claims about connections, against a broker that does as it is told.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, DuplexStream, duplex};
use tokio::sync::mpsc;
use tokio::time::Instant;
use watershed_protocol::messages::api_versions_response::ApiVersion;
use watershed_protocol::messages::{
    AnyRequest, ApiKey, ApiVersionsResponse, FindCoordinatorRequest, FindCoordinatorResponse,
    MetadataRequest, MetadataResponse,
};
use watershed_protocol::wire::{Incoming, Response, encode_response, read_request};

use super::*;
use crate::error::ErrorKind;
use crate::options::ClientOptions;

/// Gives the other ends of its streams to a test.
struct Wire(mpsc::Sender<DuplexStream>);

impl Connect for Wire {
    fn connect<'a>(&'a self, _to: &'a Address) -> Connecting<'a> {
        Box::pin(async move {
            let (ours, theirs) = duplex(1 << 16);
            self.0.send(theirs).await.map_err(std::io::Error::other)?;
            Ok(Box::new(ours) as Box<dyn Io>)
        })
    }
}

fn client() -> (ClientOptions, mpsc::Receiver<DuplexStream>) {
    let (streams, accepted) = mpsc::channel(8);
    let connector = Arc::new(Wire(streams));
    (ClientOptions { connector, ..ClientOptions::new("broker:9092").unwrap() }, accepted)
}

/// The broker's end.
struct Peer(DuplexStream);

impl Peer {
    async fn frame(&mut self) -> Vec<u8> {
        let bytes = self.0.read_u32().await.unwrap();
        let mut frame = vec![0; bytes as usize];
        self.0.read_exact(&mut frame).await.unwrap();
        frame
    }

    /// The next request: its API, version and number.
    async fn request(&mut self) -> (ApiKey, i16, i32) {
        match read_request(&self.frame().await).unwrap() {
            Incoming::Request { header, body } => {
                let api = match *body {
                    AnyRequest::ApiVersions(_) => ApiKey::ApiVersions,
                    AnyRequest::Metadata(_) => ApiKey::Metadata,
                    AnyRequest::FindCoordinator(_) => ApiKey::FindCoordinator,
                    other => panic!("{other:?}"),
                };
                (api, header.request_api_version, header.correlation_id)
            }
            other => panic!("{other:?}"),
        }
    }

    async fn answer<'a, R: Response<'a>>(&mut self, response: &R, (version, id): (i16, i32)) {
        let frame = encode_response(response, version, id).unwrap().to_vec();
        // In two pieces, as networks do.
        let (head, tail) = frame.split_at(frame.len() / 2);
        self.0.write_all(head).await.unwrap();
        tokio::task::yield_now().await;
        self.0.write_all(tail).await.unwrap();
    }

    async fn handshake(&mut self, fetch_last: i16) {
        let (api, version, id) = self.request().await;
        assert_eq!((api, version), (ApiKey::ApiVersions, 4));
        let key = |api: ApiKey, max_version| ApiVersion { api_key: api as i16, min_version: 0, max_version };
        let api_keys =
            vec![key(ApiKey::Fetch, fetch_last), key(ApiKey::Metadata, 9), key(ApiKey::FindCoordinator, 3)];
        self.answer(&ApiVersionsResponse { api_keys, ..Default::default() }, (version, id)).await;
    }
}

async fn connected() -> (Connection, Peer) {
    let (options, mut accepted) = client();
    let opened = tokio::spawn(async move { Connection::open(&options, &options.bootstrap[0]).await });
    let mut peer = Peer(accepted.recv().await.unwrap());
    peer.handshake(17).await;
    (opened.await.unwrap().unwrap(), peer)
}

const PATIENT: Duration = Duration::from_secs(30);

#[tokio::test(start_paused = true)]
async fn requests_in_flight_are_answered_in_their_order_and_in_the_versions_of_both() {
    let (connection, mut peer) = connected().await;
    let (metadata, find) = (MetadataRequest::default(), FindCoordinatorRequest::default());
    let (one, other) = (connection.version::<MetadataRequest<'_>>().unwrap(), 3);
    let first = connection.send(&metadata, one, vec![], PATIENT).await.unwrap();
    let second = connection.send(&find, other, vec![], PATIENT).await.unwrap();
    let (api, version, id) = peer.request().await;
    assert_eq!((api, version), (ApiKey::Metadata, 9));
    let next = peer.request().await;
    assert_eq!((next.0, next.1), (ApiKey::FindCoordinator, 3));
    peer.answer(&MetadataResponse { controller_id: 7, ..Default::default() }, (version, id)).await;
    peer.answer(&FindCoordinatorResponse { node_id: 8, ..Default::default() }, (next.1, next.2)).await;
    let (second, first) = (second.await.unwrap(), first.await.unwrap());
    assert_eq!(first.read::<MetadataResponse<'_>>().unwrap().controller_id, 7);
    assert_eq!(second.read::<FindCoordinatorResponse<'_>>().unwrap().node_id, 8);
    assert_eq!(connection.counts().answers.load(Ordering::Relaxed), 2);
}

#[tokio::test(start_paused = true)]
async fn somebody_who_goes_away_changes_nothing_for_the_others() {
    let (connection, mut peer) = connected().await;
    let request = MetadataRequest::default();
    drop(connection.send(&request, 9, vec![], PATIENT).await.unwrap());
    let waiting = connection.send(&request, 9, vec![], PATIENT).await.unwrap();
    for controller_id in [1, 2] {
        let (_, version, id) = peer.request().await;
        peer.answer(&MetadataResponse { controller_id, ..Default::default() }, (version, id)).await;
    }
    assert_eq!(waiting.await.unwrap().read::<MetadataResponse<'_>>().unwrap().controller_id, 2);
}

#[tokio::test(start_paused = true)]
async fn an_answer_that_does_not_come_ends_the_connection_for_all_who_wait() {
    let (connection, _peer) = connected().await;
    let request = MetadataRequest::default();
    let began = Instant::now();
    let long = connection.send(&request, 9, vec![], PATIENT).await.unwrap();
    let short = connection.send(&request, 9, vec![], Duration::from_secs(2)).await.unwrap();
    let (long, short) = (long.await.unwrap_err(), short.await.unwrap_err());
    assert_eq!(began.elapsed().as_secs(), 2);
    assert_eq!((long.kind(), short.kind()), (ErrorKind::Retry, ErrorKind::Retry));
    assert_eq!(short.to_string(), "broker:9092: Metadata was not answered in time");
    assert!(connection.has_ended());
    let refused = connection.send(&request, 9, vec![], PATIENT).await.unwrap_err();
    assert_eq!(refused.to_string(), short.to_string());
}

#[tokio::test(start_paused = true)]
async fn a_connection_that_nobody_uses_is_closed() {
    let (connection, mut peer) = connected().await;
    let began = Instant::now();
    let mut rest = Vec::new();
    peer.0.read_to_end(&mut rest).await.unwrap();
    assert_eq!((began.elapsed().as_secs(), rest.len()), (540, 0));
    assert!(connection.has_ended());
    let (connection, mut peer) = connected().await;
    drop(connection);
    peer.0.read_to_end(&mut rest).await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn more_requests_than_may_be_in_flight_wait_their_turn() {
    let (connection, mut peer) = connected().await;
    let asked = 1_000;
    let asking = tokio::spawn(async move {
        let request = MetadataRequest::default();
        let mut pending = Vec::new();
        for _ in 0..asked {
            pending.push(connection.send(&request, 9, vec![], PATIENT).await.unwrap());
        }
        let mut controllers = Vec::new();
        for pending in pending {
            controllers.push(pending.await.unwrap().read::<MetadataResponse<'_>>().unwrap().controller_id);
        }
        controllers
    });
    for controller_id in 0..asked {
        let (_, version, id) = peer.request().await;
        peer.answer(&MetadataResponse { controller_id, ..Default::default() }, (version, id)).await;
    }
    assert_eq!(asking.await.unwrap(), (0..asked).collect::<Vec<_>>());
}

/// What a client is told by a peer that says this at once.
async fn told(bytes: &'static [u8]) -> (ErrorKind, String) {
    let (options, mut accepted) = client();
    let opened = tokio::spawn(async move { Connection::open(&options, &options.bootstrap[0]).await });
    let mut peer = Peer(accepted.recv().await.unwrap());
    peer.frame().await;
    peer.0.write_all(bytes).await.unwrap();
    drop(peer);
    let error = opened.await.unwrap().unwrap_err();
    (error.kind(), error.to_string())
}

#[tokio::test(start_paused = true)]
async fn a_port_that_is_no_brokers_is_named_as_what_it_is() {
    let check = async |bytes, kind, text: &str| {
        let found = told(bytes).await;
        assert!(found.0 == kind && found.1.contains(text), "{found:?}");
    };
    check(b"\x15\x03\x03\x00\x02\x02\x50", ErrorKind::Invalid, "broker:9092: it answers in TLS").await;
    check(b"HTTP/1.1 400 Bad Request\r\n", ErrorKind::Invalid, "it answers in HTTP").await;
    check(b"", ErrorKind::Retry, "closed the connection").await;
    check(b"\0\0", ErrorKind::Retry, "in the middle of an answer").await;
    check(b"\xff\xff\xff\xff", ErrorKind::Corrupt, "no frame of Kafka's protocol").await;
    check(b"\0\0\0\x04\0\0\0\x09", ErrorKind::Corrupt, "ApiVersions v4 cannot be read").await;
}

#[tokio::test(start_paused = true)]
async fn a_broker_that_is_too_old_is_refused_and_a_silent_one_given_up() {
    let (options, mut accepted) = client();
    let opened = tokio::spawn(async move { Connection::open(&options, &options.bootstrap[0]).await });
    Peer(accepted.recv().await.unwrap()).handshake(12).await;
    let error = opened.await.unwrap().unwrap_err();
    assert!(
        error.kind() == ErrorKind::Invalid && error.to_string().contains("older than Kafka 3.3"),
        "{error}"
    );

    let (options, mut accepted) = client();
    let began = Instant::now();
    let opened = tokio::spawn(async move { Connection::open(&options, &options.bootstrap[0]).await });
    let _peer = accepted.recv().await.unwrap();
    let error = opened.await.unwrap().unwrap_err();
    assert!(
        error.kind() == ErrorKind::Retry && error.to_string().contains("no connection within 10s"),
        "{error}"
    );
    assert_eq!(began.elapsed().as_secs(), 10);
}

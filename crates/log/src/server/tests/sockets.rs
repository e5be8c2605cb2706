//! What needs a socket: addresses, limits by address, TLS, files sent without a copy.

use std::io::IoSlice;
use std::path::Path;
use std::sync::Arc;

use tokio::io::{AsyncReadExt as _, duplex};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsConnector;
use watershed_protocol::messages::FetchResponse;
use watershed_protocol::messages::fetch_response::{FetchableTopicResponse, PartitionData};
use watershed_protocol::wire::Payload;

use super::super::output::Output;
use super::super::stream::Stream;
use super::super::{Limits, Server, ServerConfig, StartError, Tls, TlsError};
use super::{Peer, is_counted, server};
use crate::api::{FileRange, ReplyTo};
use crate::disk::{Disk as _, RealDisk};

fn on(address: &str) -> ServerConfig {
    ServerConfig { listen: vec![address.to_owned()], ..ServerConfig::default() }
}

async fn start_on(address: &str, insecure: bool) -> Result<Server, StartError> {
    let existing = server(ServerConfig::default()).await;
    let config = ServerConfig { insecure, ..on(address) };
    Server::start(Arc::clone(&existing.shared.broker), config).await
}

async fn connect(server: &Server) -> Peer<TcpStream> {
    Peer { io: TcpStream::connect(server.addresses()[0]).await.unwrap() }
}

#[tokio::test]
async fn an_address_that_others_can_reach_needs_protection_or_consent() {
    for address in ["0.0.0.0:0", "[::]:0", "10.255.255.1:0"] {
        let error = start_on(address, false).await.unwrap_err();
        assert!(matches!(error, StartError::Unprotected { .. }), "{address}: {error}");
        assert!(
            error.to_string().contains("--insecure")
                && error.to_string().contains(address.trim_end_matches(":0"))
        );
    }
    assert!(start_on("0.0.0.0:0", true).await.is_ok());
    let lacks = |tls, users, option: &str, other: &str| {
        let error = StartError::Unprotected { address: "0.0.0.0:1".parse().unwrap(), tls, users };
        let text = error.to_string();
        assert!(text.contains(option) && !text.contains(other), "{text}");
    };
    lacks(false, true, "--tls-cert", "--users");
    lacks(true, false, "--users", "--tls-cert");
}

#[tokio::test]
async fn an_address_without_a_host_is_on_loopback_and_port_0_is_chosen() {
    let server = start_on(":0", false).await.unwrap();
    let address = server.addresses()[0];
    assert!(address.ip().is_loopback() && address.port() != 0);
    assert!(connect(&server).await.is_served().await);
    let error = start_on(&address.to_string(), false).await.unwrap_err();
    assert!(matches!(error, StartError::InUse { .. }), "{error}");
    for (address, reason) in
        [("9092", "no port"), ("localhost:http", "not a number"), ("localhost:70000", "not a number")]
    {
        let error = start_on(address, false).await.unwrap_err().to_string();
        assert!(error.contains(reason) && error.contains(address), "{error}");
    }
}

#[tokio::test]
async fn connections_over_the_limit_of_an_address_are_refused_and_counted() {
    let limits = Limits { connections_per_ip_max: 1, ..Limits::default() };
    let server = server(ServerConfig { limits, ..on(":0") }).await;
    let mut first = connect(&server).await;
    assert!(first.is_served().await);
    assert_eq!(connect(&server).await.io.read(&mut [0]).await.unwrap_or(0), 0);
    assert!(is_counted(&server, "max.connections.per.ip"));
    assert!(first.is_served().await);
}

/// A certificate for localhost that has signed itself, and TLS with it.
fn self_signed() -> (rcgen::CertifiedKey<rcgen::KeyPair>, Tls) {
    let folder = tempfile::tempdir().unwrap();
    let (cert, key) = (folder.path().join("cert.pem"), folder.path().join("key.pem"));
    let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    std::fs::write(&cert, made.cert.pem()).unwrap();
    std::fs::write(&key, made.signing_key.serialize_pem()).unwrap();
    let tls = Tls::from_pem_files(&cert, &key, None).unwrap();
    (made, tls)
}

#[tokio::test]
async fn a_handshake_of_tls_that_is_not_done_counts_as_one_that_has_yet_to_authenticate() {
    let (_, tls) = self_signed();
    let limits = Limits { unauthenticated_connections_max: 1, ..Limits::default() };
    let server = server(ServerConfig { tls: Some(tls), limits, ..on(":0") }).await;
    let silent = connect(&server).await;
    assert_eq!(connect(&server).await.frame().await, None, "refused while the first says nothing");
    assert!(is_counted(&server, "max.connections.unauthenticated"));
    drop(silent);
}

#[tokio::test]
async fn a_tls_client_is_served_and_a_plain_one_is_not() {
    let (made, tls) = self_signed();
    let server = server(ServerConfig { tls: Some(tls), ..on(":0") }).await;

    let mut roots = rustls::RootCertStore::empty();
    roots.add(made.cert.der().clone()).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    let connector = TlsConnector::from(Arc::new(config));
    let name = rustls_pki_types::ServerName::try_from("localhost").unwrap();
    let io = connector.connect(name, connect(&server).await.io).await.unwrap();
    let mut peer = Peer { io };
    assert!(peer.is_served().await);
    assert!(peer.is_served().await);
    // It gets an alert, and then nothing.
    let mut plain = connect(&server).await;
    plain.send(&watershed_protocol::messages::ApiVersionsRequest::default(), 0, 1).await;
    let mut rest = Vec::new();
    drop(plain.io.read_to_end(&mut rest).await);
    assert!(rest.len() < 16, "{rest:?}");
    assert!(is_counted(&server, "TLS handshake"));
}

#[tokio::test]
async fn files_that_are_no_certificate_or_key_are_named() {
    let folder = tempfile::tempdir().unwrap();
    let (empty, absent) = (folder.path().join("empty.pem"), folder.path().join("absent.pem"));
    std::fs::write(&empty, "").unwrap();
    let error = Tls::from_pem_files(&empty, &empty, None).unwrap_err();
    assert!(
        matches!(&error, TlsError::Missing { path, what: "certificate", .. } if *path == empty),
        "{error}"
    );
    let error = Tls::from_pem_files(&absent, &empty, None).unwrap_err();
    assert!(matches!(&error, TlsError::Read { path, .. } if *path == absent), "{error}");
    assert!(error.to_string().ends_with("--tls-cert takes a PEM file with a certificate"), "{error}");
}

/// An answer with two file ranges, larger than what sockets hold, sent through `stream`; what `reader` receives.
async fn sent_through(
    mut stream: Stream,
    mut reader: impl tokio::io::AsyncRead + Unpin,
) -> (Vec<u8>, Vec<u8>) {
    let folder = tempfile::tempdir().unwrap();
    let disk = RealDisk::new(folder.path()).unwrap();
    let content: Vec<u8> = (0u32..2 << 20).flat_map(u32::to_le_bytes).collect();
    let file = disk.open(Path::new("data"), true).unwrap();
    file.write_at(&[IoSlice::new(&content)], 0).unwrap();
    let ranges = [(5, 3 << 20), (4 << 20, 1), (1, 2 << 20)];
    let partitions = ranges.iter().map(|&(_, bytes)| PartitionData {
        records: Some(Payload::elsewhere(bytes)),
        ..PartitionData::default()
    });
    let response = FetchResponse {
        responses: vec![FetchableTopicResponse {
            partitions: partitions.collect(),
            ..FetchableTopicResponse::default()
        }],
        ..FetchResponse::default()
    };
    let files =
        ranges.iter().map(|&(position, bytes)| FileRange { file: Arc::clone(&file), position, bytes });
    let to = ReplyTo { version: 17, correlation_id: 7 };
    let mut output = Output::new(Default::default());
    output.push(to.encode_with_files(&response, files.collect()));
    output.push(to.encode(&FetchResponse::default()));
    let last = to.encode(&FetchResponse::default());
    output.push_later(Box::pin(async { last }));
    let sending = async move {
        std::future::poll_fn(|cx| output.poll_send(cx, &mut stream)).await.unwrap();
    };
    let mut received = Vec::new();
    let (received_all, ()) = tokio::join!(reader.read_to_end(&mut received), sending);
    received_all.unwrap();
    let found: Vec<u8> = ranges
        .iter()
        .flat_map(|&(position, bytes)| &content[usize::try_from(position).unwrap()..][..bytes])
        .copied()
        .collect();
    (received, found)
}

#[tokio::test]
async fn files_arrive_whole_and_in_their_place_with_and_without_sendfile() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let client = TcpStream::connect(listener.local_addr().unwrap()).await.unwrap();
    let (socket, _) = listener.accept().await.unwrap();
    let (by_sendfile, files) = sent_through(Stream::Tcp(socket), client).await;
    let (here, there) = duplex(10_000);
    let (by_copy, _) = sent_through(Stream::other(there), here).await;
    assert!(by_sendfile == by_copy, "both ways send the same");
    assert!(by_copy.len() > files.len());
    let first = by_copy.windows(64).position(|window| window == &files[..64]).unwrap();
    assert!(by_copy[first..].starts_with(&files[..3 << 20]), "the first range follows its header");
}

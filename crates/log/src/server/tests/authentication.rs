//! SASL, as a client sees it.

use std::sync::Arc;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, DuplexStream, duplex};
use tokio::time::Instant;
use watershed_protocol::messages::{
    ListGroupsRequest, SaslAuthenticateRequest, SaslAuthenticateResponse, SaslHandshakeRequest,
    SaslHandshakeResponse,
};
use watershed_protocol::wire::read_response;

use super::super::auth::Session;
use super::super::stream::Stream;
use super::super::{ANONYMOUS, Limits, Opened, Server, ServerConfig, Transport, Users, connection};
use super::{Peer, is_counted, large_request, metrics_of, server};
use crate::api::{Caller, ListenerSecurity};

const FAILED: i16 = 58;
const ILLEGAL_STATE: i16 = 34;
const UNSUPPORTED_MECHANISM: i16 = 33;

async fn server_with_users() -> Server {
    let users = Users::parse("alice:wonderland\nbob:builder", [3; 32]).unwrap();
    server(ServerConfig { users: Some(Arc::new(users)), ..ServerConfig::default() }).await
}

fn caller(server: &Server) -> Caller {
    Caller {
        connection_id: server.shared.next_connection_id(),
        host: "127.0.0.1".to_owned(),
        principal: ANONYMOUS.to_owned(),
        listener: ListenerSecurity::default(),
        advertised: ("localhost".to_owned(), 9092),
    }
}

/// A peer in memory that has to authenticate, as one on a socket has.
fn stranger(server: &Server) -> Peer<DuplexStream> {
    let (here, there) = duplex(1 << 16);
    let admitted = server.shared.admission.admit([127, 0, 0, 1].into(), true).unwrap();
    server.shared.serve(Transport::InMemory(Stream::other(there), Session::New), caller(server), admitted);
    Peer { io: here }
}

async fn handshake(peer: &mut Peer<DuplexStream>, mechanism: &str, version: i16) -> (i16, usize) {
    let frame = peer.ask(&SaslHandshakeRequest { mechanism }, version).await.unwrap();
    let answer: SaslHandshakeResponse<'_> = read_response(&frame, version, 77).unwrap();
    (answer.error_code, answer.mechanisms.len())
}

async fn token(peer: &mut Peer<DuplexStream>, auth_bytes: &[u8]) -> (i16, String) {
    let frame = peer.ask(&SaslAuthenticateRequest { auth_bytes }, 2).await.unwrap();
    let answer: SaslAuthenticateResponse<'_> = read_response(&frame, 2, 77).unwrap();
    (answer.error_code, String::from_utf8(answer.auth_bytes.to_vec()).unwrap())
}

/// What a client makes of the password and the server's first message (RFC 5802, section 3), from hmac and sha2 alone.
fn scram_final(password: &str, bare: &str, server_first: &str) -> String {
    use hmac::{Hmac, KeyInit as _, Mac as _};
    use sha2::{Digest as _, Sha256};
    let hmac = |key: &[u8], data: &[u8]| {
        Hmac::<Sha256>::new_from_slice(key).unwrap().chain_update(data).finalize().into_bytes().to_vec()
    };
    let field =
        |name: &str| server_first.split(',').find_map(|field| field.strip_prefix(name)).unwrap().to_owned();
    let mut salted = [0; 32];
    let (salt, iterations) = (BASE64.decode(field("s=")).unwrap(), field("i=").parse().unwrap());
    pbkdf2::pbkdf2_hmac::<Sha256>(password.as_bytes(), &salt, iterations, &mut salted);
    let client_key = hmac(&salted, b"Client Key");
    let without_proof = format!("c=biws,r={}", field("r="));
    let signed = format!("{bare},{server_first},{without_proof}");
    let signature = hmac(&Sha256::digest(&client_key), signed.as_bytes());
    let proof: Vec<u8> = client_key.iter().zip(&signature).map(|(key, sign)| key ^ sign).collect();
    format!("{without_proof},p={}", BASE64.encode(proof))
}

/// Goes through SCRAM-SHA-256; gives the codes of both answers.
async fn scram(peer: &mut Peer<DuplexStream>, user: &str, password: &str) -> (i16, i16) {
    assert_eq!(handshake(peer, "SCRAM-SHA-256", 1).await, (0, 3));
    let bare = format!("n={user},r=clientnonce");
    let (first, server_first) = token(peer, format!("n,,{bare}").as_bytes()).await;
    let (last, _) = token(peer, scram_final(password, &bare, &server_first).as_bytes()).await;
    (first, last)
}

#[tokio::test(start_paused = true)]
async fn the_right_password_lets_in_by_every_mechanism() {
    let server = server_with_users().await;
    let mut plain = stranger(&server);
    assert_eq!(handshake(&mut plain, "PLAIN", 1).await, (0, 3));
    assert_eq!(token(&mut plain, b"\0alice\0wonderland").await, (0, String::new()));
    let mut scrammed = stranger(&server);
    assert_eq!(scram(&mut scrammed, "bob", "builder").await, (0, 0));
    for peer in [&mut plain, &mut scrammed] {
        // A request over the limit for strangers: whoever has authenticated may send it.
        peer.io.write_all(&large_request(1 << 20, 1)).await.unwrap();
        assert!(peer.frame().await.is_some());
    }
    assert!(metrics_of(&server).contains("authentications_total 2\n"));
    assert!(metrics_of(&server).contains("connections_unauthenticated 0\n"));
}

#[tokio::test(start_paused = true)]
async fn a_wrong_credential_costs_the_caller_time_and_the_connection() {
    let server = server_with_users().await;
    for wrong in
        [&b"\0alice\0wonder"[..], b"\0carol\0wonderland", b"alice", b"bob\0alice\0wonderland", b"\xff"]
    {
        let mut peer = stranger(&server);
        assert_eq!(handshake(&mut peer, "PLAIN", 1).await, (0, 3));
        let since = Instant::now();
        assert_eq!(token(&mut peer, wrong).await, (FAILED, String::new()));
        assert_eq!(since.elapsed().as_millis(), 1_000);
        assert_eq!(peer.frame().await, None);
    }
    assert!(metrics_of(&server).contains("authentications_failed_total 5\n"));
}

#[tokio::test(start_paused = true)]
async fn an_unknown_user_looks_like_a_wrong_password() {
    let server = server_with_users().await;
    let mut seen = Vec::new();
    for user in ["alice", "mallory"] {
        let mut peer = stranger(&server);
        let since = Instant::now();
        seen.push((scram(&mut peer, user, "wrong").await, since.elapsed().as_millis()));
    }
    assert_eq!(seen, [((0, FAILED), 1_000); 2]);
}

#[tokio::test(start_paused = true)]
async fn a_mechanism_that_is_not_offered_is_refused_with_those_that_are() {
    let server = server_with_users().await;
    let mut peer = stranger(&server);
    assert_eq!(handshake(&mut peer, "GSSAPI", 1).await, (UNSUPPORTED_MECHANISM, 3));
    assert_eq!(peer.frame().await, None);
}

#[tokio::test(start_paused = true)]
async fn nothing_but_api_versions_is_answered_before_authentication() {
    let server = server_with_users().await;
    let mut peer = stranger(&server);
    assert!(peer.is_served().await);
    assert_eq!(peer.ask(&ListGroupsRequest::default(), 0).await, None);
    let mut peer = stranger(&server);
    assert_eq!(token(&mut peer, b"\0alice\0wonderland").await.0, ILLEGAL_STATE);
    assert_eq!(peer.frame().await, None);
    let mut peer = stranger(&server);
    peer.io.write_all(&(600i32 << 10).to_be_bytes()).await.unwrap();
    assert_eq!(peer.frame().await, None);
    assert!(is_counted(&server, "sasl.server.max.receive.size"));
}

#[tokio::test(start_paused = true)]
async fn whoever_does_not_authenticate_in_time_is_closed() {
    let server = server_with_users().await;
    let mut peer = stranger(&server);
    let since = Instant::now();
    // Asking for versions again and again does not help.
    while peer.io.write_all(&super::api_versions(1)).await.is_ok() && peer.frame().await.is_some() {
        tokio::time::advance(Duration::from_millis(500)).await;
    }
    assert_eq!(since.elapsed().as_secs(), 10);
    assert!(is_counted(&server, "authentication.timeout.ms"));
}

#[tokio::test(start_paused = true)]
async fn tokens_come_bare_after_a_handshake_of_version_0() {
    let server = server_with_users().await;
    let mut peer = stranger(&server);
    assert_eq!(handshake(&mut peer, "PLAIN", 0).await, (0, 3));
    let token = b"\0alice\0wonderland";
    peer.io.write_i32(i32::try_from(token.len()).unwrap()).await.unwrap();
    peer.io.write_all(token).await.unwrap();
    assert_eq!(peer.io.read_i32().await.unwrap(), 0, "an empty token");
    assert!(peer.is_served().await);

    let mut peer = stranger(&server);
    assert_eq!(handshake(&mut peer, "PLAIN", 0).await, (0, 3));
    peer.io.write_i32(3).await.unwrap();
    peer.io.write_all(b"bad").await.unwrap();
    let since = Instant::now();
    assert_eq!(peer.frame().await, None);
    assert_eq!(since.elapsed().as_millis(), 1_000);
}

#[tokio::test(start_paused = true)]
async fn whoever_need_not_authenticate_is_told_so() {
    let server = server(ServerConfig::default()).await;
    let mut peer = Peer::connect(&server);
    assert_eq!(handshake(&mut peer, "PLAIN", 1).await, (ILLEGAL_STATE, 0));
    assert_eq!(token(&mut peer, b"\0alice\0wonderland").await.0, ILLEGAL_STATE);
    assert!(peer.is_served().await);
}

#[tokio::test(start_paused = true)]
async fn the_time_to_authenticate_begins_before_the_handshake_of_tls() {
    let server = server_with_users().await;
    let (here, there) = duplex(1 << 16);
    let opened = Opened { stream: Stream::other(there), session: Session::New, opened_at: Instant::now() };
    let admitted = server.shared.admission.admit([127, 0, 0, 1].into(), true).unwrap();
    let (shared, caller) = (Arc::clone(&server.shared), caller(&server));
    // The handshake.
    tokio::time::advance(Duration::from_secs(9)).await;
    let since = Instant::now();
    let stop = shared.stop.subscribe();
    tokio::spawn(async move { connection::serve(&shared, opened, caller, admitted, stop).await });
    assert_eq!(Peer { io: here }.frame().await, None);
    assert_eq!(since.elapsed().as_secs(), 1);
}

#[tokio::test(start_paused = true)]
async fn strangers_do_not_take_the_memory_of_those_who_have_authenticated() {
    let users = Users::parse("alice:wonderland", [3; 32]).unwrap();
    let limits = Limits { frame_memory_bytes_max: 2 << 20, ..Limits::default() };
    let config = ServerConfig { users: Some(Arc::new(users)), limits, ..ServerConfig::default() };
    let server = server(config).await;
    let mut strangers: Vec<_> = (0..20).map(|_| stranger(&server)).collect();
    let request = large_request(500 << 10, 1);
    let half_sent = strangers.iter_mut().map(|stranger| {
        tokio::time::timeout(Duration::from_secs(1), stranger.io.write_all(&request[..450 << 10]))
    });
    let sent = futures_util::future::join_all(half_sent).await;
    assert!(sent.iter().filter(|sent| sent.is_ok()).count() < 3, "strangers are read without end");
    let since = Instant::now();
    let mut friend = Peer::connect(&server);
    friend.io.write_all(&large_request(2 << 20, 9)).await.unwrap();
    assert!(friend.frame().await.is_some());
    assert_eq!(since.elapsed().as_secs(), 0, "it waited for strangers");
}

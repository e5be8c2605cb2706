//! One request's failure closes one connection, is logged with the peer, the API and the reason, and ends nothing else.

#![allow(clippy::unwrap_used, reason = "in a test that is a failure")]

use std::io::{self, Read as _, Write as _};
use std::net::TcpStream;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use watershed_protocol::messages::api_versions_response::ApiVersion;
use watershed_protocol::messages::{
    AnyRequest, ApiKey, ApiVersionsRequest, ApiVersionsResponse, MetadataRequest, MetadataResponse,
    RequestHeader,
};
use watershed_protocol::wire::encode_request;
use watershed_testkit::wire::{Answer, Connection, FRAME_BYTES_MAX, Handler, serve};

/// Answers Metadata with nothing in it.
struct Empty;

impl Handler for Empty {
    fn handle(
        &self,
        _: &RequestHeader<'_>,
        request: &AnyRequest<'_>,
        answer: &mut Answer<'_>,
    ) -> io::Result<()> {
        match request {
            AnyRequest::Metadata(_) => answer.send(&MetadataResponse::default()),
            other => Err(io::Error::other(format!("no answer for {}", other.api()))),
        }
    }

    fn api_versions(&self) -> ApiVersionsResponse<'_> {
        let metadata = ApiVersion { api_key: ApiKey::Metadata as i16, min_version: 0, max_version: 13 };
        ApiVersionsResponse { api_keys: vec![metadata], ..ApiVersionsResponse::default() }
    }
}

/// What was logged, by every thread of this test's process.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Log {
    /// The lines that speak of `peer`.
    fn of(&self, peer: &str) -> Vec<String> {
        let text = String::from_utf8(self.0.lock().unwrap().clone()).unwrap();
        text.lines().filter(|line| line.contains(peer)).map(ToOwned::to_owned).collect()
    }
}

/// Sends `bytes` and waits until the server closes; returns the peer that the server saw.
fn closed_after(address: &str, bytes: &[u8]) -> String {
    let mut stream = TcpStream::connect(address).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(60))).unwrap();
    let peer = stream.local_addr().unwrap().to_string();
    stream.write_all(bytes).unwrap();
    let mut answer = Vec::new();
    // A reset is a close too: the server may have left bytes unread.
    if let Err(error) = stream.read_to_end(&mut answer) {
        assert_eq!(error.kind(), io::ErrorKind::ConnectionReset, "{error}");
    }
    assert!(answer.is_empty(), "answered with {answer:02x?}");
    peer
}

fn framed(bytes: &[u8]) -> Vec<u8> {
    [&i32::try_from(bytes.len()).unwrap().to_be_bytes()[..], bytes].concat()
}

#[test]
fn a_request_that_cannot_be_read_closes_its_own_connection_and_is_logged_once() {
    let log = Log::default();
    let writer = log.clone();
    tracing_subscriber::fmt().with_ansi(false).with_writer(move || writer.clone()).init();
    let address = serve(Arc::new(Empty)).unwrap();
    let mut good = Connection::open(&address).unwrap();
    let works = |connection: &mut Connection| {
        let reply = connection.ask(&MetadataRequest::default(), 9).unwrap();
        assert_eq!(reply.read::<MetadataResponse<'_>>().unwrap().error_code, 0);
    };
    works(&mut good);

    let hostile = [
        (
            framed(&[0, 3, 0, 1, 0, 0, 0, 1, 0xff, 0xff, 0x7f, 0xff, 0xff, 0xff]),
            "api=\"Metadata v1\" reason=byte 14: an array of 2147483647 elements does not fit the 0 bytes that remain",
        ),
        (framed(&[0, 77, 0, 0, 0, 0, 0, 1]), "api=\"request of API 77 v0\" reason=API key 77 is not one"),
        (
            framed(&[0, 0, 0, 1, 0, 0, 0, 1]),
            "api=\"Produce v1\" reason=Produce v1 is not supported, only v3 to v13",
        ),
        (framed(&[0, 3]), "api=\"Metadata\" reason=byte 2: the message ends inside a field"),
        (framed(&[]), "api=\"request without a header\" reason=byte 0: the message ends inside a field"),
        (
            vec![0x7f, 0xff, 0xff, 0xff],
            "reason=a frame of 2147483647 bytes is outside the limit of 134217728: either the peer does not speak Kafka",
        ),
        (b"GET / HTTP/1.1\r\n\r\n".to_vec(), "reason=a frame of 1195725856 bytes is outside the limit"),
    ];
    for (bytes, expect) in &hostile {
        let lines = log.of(&format!("peer={} ", closed_after(&address, bytes)));
        assert_eq!(lines.len(), 1, "one line for {expect}: {lines:?}");
        assert!(lines[0].contains(expect), "{} does not say {expect}", lines[0]);
        works(&mut good);
    }
    assert_eq!(FRAME_BYTES_MAX, 134_217_728);
}

#[test]
fn an_api_versions_request_of_the_future_is_answered_and_the_connection_goes_on() {
    let address = serve(Arc::new(Empty)).unwrap();
    let mut stream = TcpStream::connect(&address).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(60))).unwrap();
    let request = ApiVersionsRequest { client_software_name: "future", client_software_version: "9" };
    let mut frame = encode_request(&request, 4, 5, None).unwrap().to_vec();
    frame[6..8].copy_from_slice(&77i16.to_be_bytes());
    stream.write_all(&frame).unwrap();
    // Version 0: the number of the request, error 35, one API with its versions.
    let mut answer = [0; 4 + 4 + 2 + 4 + 6];
    stream.read_exact(&mut answer).unwrap();
    assert_eq!(answer, [0, 0, 0, 16, 0, 0, 0, 5, 0, 35, 0, 0, 0, 1, 0, 3, 0, 0, 0, 13]);
    stream.write_all(&encode_request(&MetadataRequest::default(), 9, 6, None).unwrap().to_vec()).unwrap();
    let mut prefix = [0; 8];
    stream.read_exact(&mut prefix).unwrap();
    assert_eq!(prefix[4..], 6i32.to_be_bytes());
}

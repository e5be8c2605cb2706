//! Bytes that are no requests: sizes, headers, other protocols.

use std::io::{self, Read as _, Write as _};

use watershed_protocol::messages::{ApiVersionsRequest, MetadataRequest};

use super::Hostility;
use super::server::{Server, frame, framed};

pub(crate) const KINDS: &[(&str, Hostility)] = &[
    ("a size of -1", |server| cut(server, &(-1i32).to_be_bytes())),
    ("the smallest size there is", |server| cut(server, &i32::MIN.to_be_bytes())),
    ("the largest size there is", |server| cut(server, &i32::MAX.to_be_bytes())),
    ("a size just over the limit", |server| cut(server, &(100i32 * 1024 * 1024 + 1).to_be_bytes())),
    ("an empty frame", |server| cut(server, &framed(&[]))),
    ("a frame of one byte", |server| cut(server, &framed(&[0]))),
    ("a frame that ends in its header", |server| cut(server, &framed(&[0, 3, 0, 1, 0, 0]))),
    ("another protocol: HTTP", |server| cut(server, b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")),
    ("another protocol: TLS", |server| cut(server, &[0x16, 3, 1, 2, 0, 1, 0, 1, 0xfc, 3, 3, 9, 9, 9, 9, 9])),
    ("another protocol: SSH", |server| cut(server, b"SSH-2.0-OpenSSH_9.6\r\n")),
    ("nothing but ones", |server| cut(server, &[0xff; 4096])),
    ("zeros without end", |server| cut(server, &[0; 65_536])),
    ("noise", |server| cut(server, &noise(65_536))),
    ("noise in a frame", |server| cut(server, &framed(&noise(4096)))),
    ("half a size, then gone", |server| leave(server, &[0, 0])),
    ("half a frame, then gone", |server| leave(server, &[0, 0, 1, 0, 0, 18, 0, 0])),
    ("an API that nobody has", |server| cut(server, &request(9_999, 0, &[]))),
    ("a negative API", |server| cut(server, &request(-7, 0, &[]))),
    ("a version that nobody has", |server| cut(server, &request(3, i16::MAX, &[]))),
    ("a negative version", |server| cut(server, &request(3, -1, &[]))),
    ("ApiVersions of the future is answered", |server| answered(server, &request(18, 99, &[0, 1, 1, 0]))),
    ("a client id longer than its frame", |server| {
        cut(server, &framed(&[0, 3, 0, 1, 0, 0, 0, 7, 0x7f, 0xff, b'a']))
    }),
    ("a client id of length -2", |server| {
        cut(server, &framed(&[0, 3, 0, 1, 0, 0, 0, 7, 0xff, 0xfe, 0, 0, 0, 0]))
    }),
    ("a client id that is not UTF-8", |server| {
        cut(server, &framed(&[0, 3, 0, 1, 0, 0, 0, 7, 0, 2, 0xc3, 0x28, 0xff, 0xff, 0xff, 0xff]))
    }),
    ("four billion tagged fields", |server| cut(server, &flexible_header(&[0xff, 0xff, 0xff, 0xff, 0x0f]))),
    ("a varint without an end", |server| cut(server, &flexible_header(&[0x80; 40]))),
    ("a tagged field larger than its frame", |server| {
        cut(server, &flexible_header(&[1, 0, 0xff, 0xff, 0xff, 0x7f]))
    }),
    // librdkafka sends such, and Kafka passes over them.
    ("bytes behind a request are passed over", |server| {
        let whole = frame(&MetadataRequest::default(), 1);
        let mut longer = whole[4..].to_vec();
        longer.extend_from_slice(&[1, 2, 3]);
        answered(server, &framed(&longer))
    }),
    ("a good request in front of a bad one is answered", |server| {
        let mut bytes = frame(&ApiVersionsRequest::default(), 0);
        bytes.extend_from_slice(&framed(&[0xff; 10]));
        answered(server, &bytes)
    }),
];

/// The server must close the connection without an answer.
fn cut(server: &Server, bytes: &[u8]) -> io::Result<()> {
    match server.send(bytes)?.len() {
        0 => Ok(()),
        _ => Err(io::Error::other("it was answered")),
    }
}

/// The server must answer.
fn answered(server: &Server, bytes: &[u8]) -> io::Result<()> {
    match server.send(bytes)?.len() {
        0 => Err(io::Error::other("it was not answered")),
        _ => Ok(()),
    }
}

/// The client goes in the middle.
fn leave(server: &Server, bytes: &[u8]) -> io::Result<()> {
    let mut stream = server.socket()?;
    stream.write_all(bytes)?;
    stream.shutdown(std::net::Shutdown::Write)?;
    // The server's end of the connection ends too.
    let mut rest = Vec::new();
    stream.read_to_end(&mut rest).map(drop)
}

/// A request's frame: key, version, a correlation id, a client id, and what follows.
pub(crate) fn request(key: i16, version: i16, body: &[u8]) -> Vec<u8> {
    let mut bytes = key.to_be_bytes().to_vec();
    bytes.extend_from_slice(&version.to_be_bytes());
    bytes.extend_from_slice(&[0, 0, 0, 7, 0, 1, b'h']);
    bytes.extend_from_slice(body);
    framed(&bytes)
}

/// The same with tagged fields behind the header: Metadata in a flexible version.
fn flexible_header(tags: &[u8]) -> Vec<u8> {
    request(3, 12, tags)
}

/// Bytes without a pattern, the same every time; the first are a size that fits.
fn noise(bytes: usize) -> Vec<u8> {
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    let mut noise: Vec<u8> = std::iter::repeat_with(|| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state.to_le_bytes()[3]
    })
    .take(bytes)
    .collect();
    noise[..4].copy_from_slice(&64i32.to_be_bytes());
    noise
}

//! Clients that behave badly over time: idle, slow, many, deaf.

use std::io::{self, Read as _, Write as _};
use std::net::TcpStream;

use watershed_protocol::batch::BatchOptions;
use watershed_protocol::messages::{ApiVersionsRequest, MetadataRequest};

use super::Hostility;
use super::server::{ALIVE, Server, batch, frame, produce};

pub(crate) const KINDS: &[(&str, Hostility)] = &[
    ("three hundred idle connections", |server| with_open(server, 300, &[])),
    ("three hundred connections with half a size", |server| with_open(server, 300, &[0, 0])),
    ("a hundred connections that claim 90 MB and send nothing", |server| {
        with_open(server, 100, &(90i32 << 20).to_be_bytes())
    }),
    ("fifty connections that claim 90 MB and send 64 KB of it", |server| {
        let mut bytes = (90i32 << 20).to_be_bytes().to_vec();
        bytes.resize(64 << 10, 1);
        with_open(server, 50, &bytes)
    }),
    ("two thousand connections that come and go", |server| {
        (0..2_000).try_for_each(|_| server.socket().map(drop))
    }),
    ("a frame byte by byte", |server| {
        let mut stream = server.socket()?;
        stream.set_nodelay(true)?;
        for byte in frame(&ApiVersionsRequest::default(), 0) {
            stream.write_all(&[byte])?;
            server.serves()?;
        }
        answered(&mut stream)
    }),
    ("a client that never reads its answers", deaf),
    ("a client that leaves while it waits for records", |server| {
        let mut stream = server.socket()?;
        let request = watershed_protocol::messages::FetchRequest {
            max_wait_ms: i32::MAX,
            min_bytes: i32::MAX,
            max_bytes: i32::MAX,
            ..watershed_protocol::messages::FetchRequest::default()
        };
        stream.write_all(&frame(&request, 11))
    }),
    ("a thousand requests in one write are all answered", |server| {
        let mut stream = server.socket()?;
        let one = frame(&ApiVersionsRequest::default(), 0);
        let mut writer = stream.try_clone()?;
        std::thread::scope(|scope| {
            let writing = scope.spawn(move || writer.write_all(&one.repeat(1_000)));
            (0..1_000).try_for_each(|_| answered(&mut stream))?;
            writing.join().expect("it does not panic")
        })
    }),
    ("a batch with acks=0 that is refused ends its own connection", |server| {
        let mut bad = batch(BatchOptions::default(), 1);
        bad[20] ^= 1;
        let mut stream = server.socket()?;
        stream.write_all(&frame(&produce(ALIVE, &bad, 0), 9))?;
        match stream.read(&mut [0; 1]) {
            Ok(0) => Ok(()),
            Ok(_) => Err(io::Error::other("acks=0 was answered")),
            Err(error) if error.kind() == io::ErrorKind::ConnectionReset => Ok(()),
            Err(error) => Err(error),
        }
    }),
    ("acks that do not exist", |server| {
        let good = batch(BatchOptions::default(), 1);
        server.send(&frame(&produce(ALIVE, &good, 5), 9)).map(drop)
    }),
];

/// The server serves while so many connections have sent `bytes` and are held open.
fn with_open(server: &Server, connections: usize, bytes: &[u8]) -> io::Result<()> {
    let mut open = Vec::new();
    for _ in 0..connections {
        let mut stream = server.socket()?;
        // One that is refused for its number is cut off.
        drop(stream.write_all(bytes));
        open.push(stream);
    }
    server.serves()
}

/// Asks for much and reads nothing, until the server takes no more.
fn deaf(server: &Server) -> io::Result<()> {
    let mut stream = server.socket()?;
    stream.set_nonblocking(true)?;
    let request = frame(&MetadataRequest { topics: None, ..MetadataRequest::default() }, 8);
    let mut sent = 0;
    while sent < 256 << 20 {
        match stream.write(&request) {
            Ok(bytes) => sent += bytes,
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => return server.serves(),
            Err(error) if error.kind() == io::ErrorKind::ConnectionReset => return server.serves(),
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => return server.serves(),
            Err(error) => return Err(error),
        }
    }
    Err(io::Error::other("the server takes requests without end from a client that reads nothing"))
}

/// Reads one whole answer.
fn answered(stream: &mut TcpStream) -> io::Result<()> {
    let mut size = [0; 4];
    stream.read_exact(&mut size)?;
    let size = u64::try_from(i32::from_be_bytes(size)).map_err(io::Error::other)?;
    let read = io::copy(&mut stream.take(size), &mut io::sink())?;
    if read == size { Ok(()) } else { Err(io::ErrorKind::UnexpectedEof.into()) }
}

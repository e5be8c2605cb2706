//! Kafka's protocol over sockets, blocking: a client for asking a real broker, and a server for answering a real client.
//!
//! Both are as plain as can be. What they send and understand is `watershed_protocol`'s, so a test through them tests it
//! against the other side.

use std::io::{self, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::time::Duration;

use watershed_protocol::messages::{AnyRequest, ApiVersionsResponse, RequestHeader};
use watershed_protocol::wire::{
    Encoded, FRAME_PREFIX_BYTES, Incoming, Next, Request, Response, ServerConnection, encode_request,
    encode_response, frame_bytes, read_response,
};

/// Frames over this are refused by both.
pub const FRAME_BYTES_MAX: usize = 128 << 20;
/// How long the client waits for an answer, and either side to get rid of its bytes, before the test fails.
const PATIENCE: Duration = Duration::from_secs(60);
/// `UNSUPPORTED_VERSION`.
const UNSUPPORTED_VERSION: i16 = 35;

/// A connection to a broker.
#[derive(Debug)]
pub struct Connection {
    stream: TcpStream,
    correlation_id: i32,
}

impl Connection {
    /// Connects to `address`, a host and a port.
    ///
    /// # Errors
    ///
    /// If nobody listens there.
    pub fn open(address: &str) -> io::Result<Self> {
        let stream = TcpStream::connect(address)?;
        stream.set_nodelay(true)?;
        stream.set_read_timeout(Some(PATIENCE))?;
        stream.set_write_timeout(Some(PATIENCE))?;
        Ok(Self { stream, correlation_id: 0 })
    }

    /// Sends a request and waits for its response.
    ///
    /// # Errors
    ///
    /// If the socket fails or the request cannot be written in `version`.
    pub fn ask<'a, R: Request<'a>>(&mut self, request: &R, version: i16) -> io::Result<Reply> {
        self.correlation_id += 1;
        let frame = encode_request(request, version, self.correlation_id, Some("watershed-testkit"));
        write_frame(&mut self.stream, &frame.map_err(io::Error::other)?)?;
        Ok(Reply { frame: read_frame(&mut self.stream)?, version, correlation_id: self.correlation_id })
    }
}

/// The frame that answers a request.
#[derive(Debug)]
pub struct Reply {
    frame: Vec<u8>,
    version: i16,
    correlation_id: i32,
}

impl Reply {
    /// The response, borrowed from the frame.
    ///
    /// # Errors
    ///
    /// If the frame is not this response to that request.
    pub fn read<'a, R: Response<'a>>(&'a self) -> io::Result<R> {
        read_response(&self.frame, self.version, self.correlation_id).map_err(io::Error::other)
    }
}

fn read_frame(stream: &mut TcpStream) -> io::Result<Vec<u8>> {
    let mut prefix = [0; FRAME_PREFIX_BYTES];
    stream.read_exact(&mut prefix)?;
    let size = frame_bytes(prefix, FRAME_BYTES_MAX).map_err(io::Error::other)?;
    let mut frame = Vec::new();
    stream.take(size as u64).read_to_end(&mut frame)?;
    if frame.len() < size {
        return Err(io::ErrorKind::UnexpectedEof.into());
    }
    Ok(frame)
}

fn write_frame(stream: &mut TcpStream, frame: &Encoded<'_>) -> io::Result<()> {
    let mut slices = frame.io_slices();
    let mut slices = &mut slices[..];
    while !slices.is_empty() {
        let written = stream.write_vectored(slices)?;
        if written == 0 {
            return Err(io::ErrorKind::WriteZero.into());
        }
        io::IoSlice::advance_slices(&mut slices, written);
    }
    Ok(())
}

/// Where an answer goes.
#[derive(Debug)]
pub struct Answer<'s> {
    stream: &'s mut TcpStream,
    version: i16,
    correlation_id: i32,
}

impl Answer<'_> {
    /// Sends the response, in the version that was asked for.
    ///
    /// # Errors
    ///
    /// If it cannot be written in that version, or the socket fails.
    pub fn send<'a, R: Response<'a>>(&mut self, response: &R) -> io::Result<()> {
        let frame = encode_response(response, self.version, self.correlation_id).map_err(io::Error::other)?;
        write_frame(self.stream, &frame)
    }
}

/// Answers requests; without an answer the client waits in vain, as for acks=0 it must.
pub trait Handler: Send + Sync + 'static {
    /// Answers one request by `answer`, or closes the connection by an error.
    ///
    /// # Errors
    ///
    /// To close the connection.
    fn handle(
        &self,
        header: &RequestHeader<'_>,
        request: &AnyRequest<'_>,
        answer: &mut Answer<'_>,
    ) -> io::Result<()>;

    /// What answers an ApiVersions request, also one that is too new.
    fn api_versions(&self) -> ApiVersionsResponse<'_>;
}

/// Listens on a free loopback port and serves every connection on a thread of its own, until the process ends.
/// Returns the address.
///
/// # Errors
///
/// If no port can be had.
pub fn serve(handler: Arc<impl Handler>) -> io::Result<String> {
    let listener = TcpListener::bind(("127.0.0.1", 0))?;
    let address = listener.local_addr()?.to_string();
    std::thread::Builder::new().name("accept".into()).spawn(move || {
        // Until accepting fails: the test sees its connection refused.
        for stream in listener.incoming().map_while(Result::ok) {
            let handler = Arc::clone(&handler);
            // A connection that fails ends its thread; the client sees it closed.
            std::thread::spawn(move || serve_connection(stream, &*handler));
        }
    })?;
    Ok(address)
}

fn serve_connection(mut stream: TcpStream, handler: &impl Handler) -> io::Result<()> {
    stream.set_nodelay(true)?;
    // Reading has no limit: a client may be idle, and its socket ends with its process.
    stream.set_write_timeout(Some(PATIENCE))?;
    let mut connection = ServerConnection::new(stream.peer_addr()?, FRAME_BYTES_MAX);
    let mut buffer = vec![0; 256 << 10];
    loop {
        match connection.step() {
            Next::Close => return Ok(()),
            Next::Read => match stream.read(&mut buffer)? {
                0 => return Ok(()),
                read => connection.receive(&buffer[..read]),
            },
            Next::Answer(Incoming::ApiVersionsUnsupported { header }) => {
                let response =
                    ApiVersionsResponse { error_code: UNSUPPORTED_VERSION, ..handler.api_versions() };
                Answer { stream: &mut stream, version: 0, correlation_id: header.correlation_id }
                    .send(&response)?;
            }
            Next::Answer(Incoming::Request { header, body }) => {
                let (version, correlation_id) = (header.request_api_version, header.correlation_id);
                let mut answer = Answer { stream: &mut stream, version, correlation_id };
                match &*body {
                    AnyRequest::ApiVersions(_) => answer.send(&handler.api_versions())?,
                    request => handler.handle(&header, request, &mut answer)?,
                }
            }
        }
    }
}

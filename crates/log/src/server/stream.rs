//! The byte streams that a connection runs over: a socket, TLS, or anything in memory.
//!
//! A file's range goes to a plain socket without passing through this process (`sendfile`); elsewhere it is read into a
//! bounded buffer first.

use std::io::{self, IoSlice};
use std::pin::{Pin, pin};
use std::task::{Context, Poll, ready};

use bytes::BufMut as _;
use rustix::net::{SendAncillaryBuffer, SendFlags};
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, Interest};
use tokio::net::TcpStream;
use tokio_rustls::server::TlsStream;

use crate::disk::DiskFile;

/// How much of a file is read at once where `sendfile` cannot be used.
const COPY_BYTES: usize = 128 << 10;

/// How much one `sendfile` may send, so that a cold file does not keep a thread for long.
const SENDFILE_BYTES: usize = 1 << 20;

/// Both directions of any stream.
pub(super) trait Io: AsyncRead + AsyncWrite + Send + Unpin {}

impl<T: AsyncRead + AsyncWrite + Send + Unpin> Io for T {}

/// A connection's byte streams.
pub(super) enum Stream {
    Tcp(TcpStream),
    Tls(Box<TlsStream<TcpStream>>),
    Other(Box<dyn Io>),
}

/// What was read of a file and is not yet sent.
#[derive(Debug, Default)]
pub(super) struct CopyBuffer {
    bytes: Vec<u8>,
    sent: usize,
}

impl std::fmt::Debug for Stream {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Tcp(_) => "Tcp",
            Self::Tls(_) => "Tls",
            Self::Other(_) => "Other",
        })
    }
}

impl Stream {
    pub(super) fn other(io: impl Io + 'static) -> Self {
        Self::Other(Box::new(io))
    }

    /// Appends up to `bytes_max` bytes to what `into` has room for; 0 if the peer sends no more.
    pub(super) fn poll_read(
        &mut self,
        cx: &mut Context<'_>,
        into: &mut Vec<u8>,
        bytes_max: usize,
    ) -> Poll<io::Result<usize>> {
        let mut into = into.limit(bytes_max);
        match self {
            Self::Tcp(tcp) => pin!(tcp.read_buf(&mut into)).poll(cx),
            Self::Tls(tls) => pin!(tls.read_buf(&mut into)).poll(cx),
            Self::Other(io) => pin!(io.read_buf(&mut into)).poll(cx),
        }
    }

    pub(super) fn poll_write(
        &mut self,
        cx: &mut Context<'_>,
        parts: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        match self {
            Self::Tcp(tcp) => Pin::new(tcp).poll_write_vectored(cx, parts),
            Self::Tls(tls) => Pin::new(tls).poll_write_vectored(cx, parts),
            Self::Other(io) => Pin::new(io).poll_write_vectored(cx, parts),
        }
    }

    /// As [`poll_write`](Self::poll_write); a file follows, so that a socket need not send a packet for these alone.
    pub(super) fn poll_write_before_file(
        &mut self,
        cx: &mut Context<'_>,
        parts: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        match self {
            Self::Tcp(tcp) => poll_socket(tcp, cx, || {
                let mut control = SendAncillaryBuffer::default();
                let flags = SendFlags::MORE | SendFlags::NOSIGNAL;
                Ok(rustix::net::sendmsg(&*tcp, parts, &mut control, flags)?)
            }),
            _ => self.poll_write(cx, parts),
        }
    }

    pub(super) fn poll_flush(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self {
            // A socket has nothing to flush.
            Self::Tcp(_) => Poll::Ready(Ok(())),
            Self::Tls(tls) => Pin::new(tls).poll_flush(cx),
            Self::Other(io) => Pin::new(io).poll_flush(cx),
        }
    }

    pub(super) fn poll_shutdown(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self {
            Self::Tcp(tcp) => Pin::new(tcp).poll_shutdown(cx),
            Self::Tls(tls) => Pin::new(tls).poll_shutdown(cx),
            Self::Other(io) => Pin::new(io).poll_shutdown(cx),
        }
    }

    /// Sends some of a file's `bytes` at `position`. Until the range is done, go on where this call ended, with the same
    /// buffer.
    ///
    /// # Errors
    ///
    /// Those of the socket and the file; [`io::ErrorKind::UnexpectedEof`] if the file ends before the range.
    pub(super) fn poll_send_file(
        &mut self,
        cx: &mut Context<'_>,
        file: &dyn DiskFile,
        position: u64,
        bytes: usize,
        buffer: &mut CopyBuffer,
    ) -> Poll<io::Result<usize>> {
        match (self, file.as_file()) {
            (Self::Tcp(tcp), Some(file)) => poll_sendfile(tcp, cx, file, position, bytes),
            (stream, _) => {
                let part = buffer.fill(file, position, bytes)?;
                let sent = ready!(stream.poll_write(cx, &[IoSlice::new(part)]))?;
                buffer.sent += sent;
                Poll::Ready(Ok(sent))
            }
        }
    }
}

impl CopyBuffer {
    /// The next bytes to be sent, read if there are none.
    fn fill(&mut self, file: &dyn DiskFile, position: u64, bytes: usize) -> io::Result<&[u8]> {
        if self.sent == self.bytes.len() {
            self.bytes.resize(bytes.min(COPY_BYTES), 0);
            self.sent = 0;
            let read = file.read_at(&mut self.bytes, position);
            // Nothing of an attempt that failed may be sent.
            self.bytes.truncate(*read.as_ref().unwrap_or(&0));
            if read? == 0 {
                return Err(file_ended());
            }
        }
        Ok(&self.bytes[self.sent..])
    }

    /// Gives its memory back.
    pub(super) fn release(&mut self) {
        *self = Self::default();
    }
}

fn poll_sendfile(
    tcp: &TcpStream,
    cx: &mut Context<'_>,
    file: &std::fs::File,
    position: u64,
    bytes: usize,
) -> Poll<io::Result<usize>> {
    let sent = poll_socket(tcp, cx, || {
        let (mut position, bytes) = (position, bytes.min(SENDFILE_BYTES));
        Ok(rustix::fs::sendfile(tcp, file, Some(&mut position), bytes)?)
    });
    match ready!(sent)? {
        0 => Poll::Ready(Err(file_ended())),
        sent => Poll::Ready(Ok(sent)),
    }
}

/// Does a write that the socket's own methods do not offer.
fn poll_socket(
    tcp: &TcpStream,
    cx: &mut Context<'_>,
    mut write: impl FnMut() -> io::Result<usize>,
) -> Poll<io::Result<usize>> {
    loop {
        ready!(tcp.poll_write_ready(cx))?;
        match tcp.try_io(Interest::WRITABLE, &mut write) {
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            sent => return Poll::Ready(sent),
        }
    }
}

fn file_ended() -> io::Error {
    io::Error::new(
        io::ErrorKind::UnexpectedEof,
        "a file that is being sent ends before the range that was promised",
    )
}

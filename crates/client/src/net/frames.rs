//! Frames: what is sent as parts that belong to it, what comes in as one piece of memory.

use std::collections::VecDeque;
use std::io::{self, IoSlice};
use std::pin::{Pin, pin};
use std::task::{Context, Poll, ready};

use bytes::{Buf as _, Bytes, BytesMut};
use tokio::io::AsyncReadExt as _;
use watershed_protocol::wire::{Encoded, FRAME_PREFIX_BYTES, Piece, frame_bytes};

use super::Io;

/// What is read at once while the size of the next frame is not known.
const READ_BYTES: usize = 16 << 10;
/// Parts that one write takes.
const SLICES_MAX: usize = 64;

/// A request as bytes, which outlives who asked.
#[derive(Debug)]
pub(crate) struct Frame {
    parts: VecDeque<Bytes>,
}

impl Frame {
    /// Copies what is small; record batches are `elsewhere`, in their order, and are not copied.
    pub(crate) fn new(encoded: &Encoded<'_>, elsewhere: Vec<Bytes>) -> Self {
        let mut elsewhere = elsewhere.into_iter();
        let mut parts = VecDeque::new();
        for piece in encoded.pieces() {
            match piece {
                Piece::Bytes(bytes) => parts.push_back(Bytes::copy_from_slice(bytes)),
                Piece::Elsewhere(_) => parts.extend(elsewhere.next()),
            }
        }
        parts.retain(|part| !part.is_empty());
        Self { parts }
    }
}

/// Frames on their way out.
#[derive(Debug, Default)]
pub(super) struct Writer {
    parts: VecDeque<Bytes>,
    unflushed: bool,
}

impl Writer {
    pub(super) fn push(&mut self, frame: Frame) {
        self.parts.extend(frame.parts);
    }

    pub(super) fn is_empty(&self) -> bool {
        self.parts.is_empty() && !self.unflushed
    }

    /// Writes until nothing is left, or the stream takes no more.
    pub(super) fn poll(&mut self, stream: &mut dyn Io, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        while !self.parts.is_empty() {
            let mut slices = [IoSlice::new(&[]); SLICES_MAX];
            let count = self.parts.len().min(SLICES_MAX);
            for (slice, part) in slices.iter_mut().zip(&self.parts) {
                *slice = IoSlice::new(part);
            }
            let mut written = ready!(Pin::new(&mut *stream).poll_write_vectored(context, &slices[..count]))?;
            if written == 0 {
                return Poll::Ready(Err(io::ErrorKind::WriteZero.into()));
            }
            self.unflushed = true;
            while let Some(part) = self.parts.front_mut() {
                if written < part.len() {
                    part.advance(written);
                    break;
                }
                written -= part.len();
                self.parts.pop_front();
            }
        }
        if self.unflushed {
            ready!(Pin::new(stream).poll_flush(context))?;
            self.unflushed = false;
        }
        Poll::Ready(Ok(()))
    }
}

/// Bytes on their way in.
#[derive(Debug)]
pub(super) struct Reader {
    /// The beginning of the next frame, or more than one frame.
    buffer: BytesMut,
    /// Bytes of the frame whose beginning is in the buffer, without its prefix.
    frame: Option<usize>,
    limit_bytes: usize,
}

/// Why no frame comes any more.
#[derive(Debug, thiserror::Error)]
pub(super) enum ReadError {
    #[error("the broker closed the connection")]
    Closed,
    #[error("the broker closed the connection in the middle of an answer")]
    CutOff,
    #[error("it answers in TLS: ask it in TLS")]
    Tls,
    #[error("it answers in HTTP: it is no Kafka broker")]
    Http,
    #[error("its answer is no frame of Kafka's protocol: {0}")]
    NoFrame(String),
    #[error("{0}")]
    Io(#[from] io::Error),
}

impl Reader {
    pub(super) fn new(limit_bytes: usize) -> Self {
        Self { buffer: BytesMut::new(), frame: None, limit_bytes }
    }

    /// The next frame, without its prefix.
    pub(super) fn poll(
        &mut self,
        stream: &mut dyn Io,
        context: &mut Context<'_>,
    ) -> Poll<Result<Bytes, ReadError>> {
        loop {
            if let Some(frame) = self.next_frame()? {
                return Poll::Ready(Ok(frame));
            }
            let missing = self.frame.map_or(0, |bytes| bytes - self.buffer.len());
            self.buffer.reserve(missing.max(READ_BYTES.min(self.limit_bytes)));
            let read = ready!(poll_read(stream, context, &mut self.buffer))?;
            if read == 0 {
                let nothing = self.buffer.is_empty() && self.frame.is_none();
                return Poll::Ready(Err(if nothing { ReadError::Closed } else { ReadError::CutOff }));
            }
        }
    }

    fn next_frame(&mut self) -> Result<Option<Bytes>, ReadError> {
        if self.frame.is_none() {
            let Some(&prefix) = self.buffer.first_chunk::<FRAME_PREFIX_BYTES>() else { return Ok(None) };
            let bytes = frame_bytes(prefix, self.limit_bytes).map_err(|error| match prefix {
                // A TLS record: an alert or a handshake, of any version.
                [0x15 | 0x16, 3, ..] => ReadError::Tls,
                [b'H', b'T', b'T', b'P'] => ReadError::Http,
                _ => ReadError::NoFrame(error.to_string()),
            })?;
            self.buffer.advance(FRAME_PREFIX_BYTES);
            self.frame = Some(bytes);
        }
        match self.frame {
            Some(bytes) if self.buffer.len() >= bytes => {
                self.frame = None;
                Ok(Some(self.buffer.split_to(bytes).freeze()))
            }
            _ => Ok(None),
        }
    }
}

/// Reads into the room that a buffer has. The future holds nothing over a pause, so that it can be made anew.
fn poll_read(
    stream: &mut dyn Io,
    context: &mut Context<'_>,
    buffer: &mut BytesMut,
) -> Poll<io::Result<usize>> {
    pin!(stream.read_buf(buffer)).poll(context)
}

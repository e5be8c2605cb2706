//! Answers, as they go to a connection.

use std::sync::Arc;

use futures_util::future::BoxFuture;
use watershed_protocol::wire::{Encoded, Piece, Response, encode_response};

use crate::disk::DiskFile;

/// What becomes of a request.
pub(crate) enum Reply {
    /// This answer.
    Now(Frame),
    /// An answer that waits for something; the future owns all that it needs, and is dropped with its connection. It is
    /// first polled when the answers before it are sent, so a deadline must be reckoned when it is made.
    Later(BoxFuture<'static, Frame>),
    /// None is expected (acks=0).
    Nothing,
    /// The connection is to be closed.
    Close,
}

impl std::fmt::Debug for Reply {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Now(_) => "Now",
            Self::Later(_) => "Later",
            Self::Nothing => "Nothing",
            Self::Close => "Close",
        })
    }
}

/// To which request an answer belongs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct ReplyTo {
    pub(crate) version: i16,
    pub(crate) correlation_id: i32,
}

impl ReplyTo {
    /// The answer's frame. An answer that cannot be written in its version is a bug, which closes the connection:
    /// the frame is then [`Frame::broken`].
    pub(crate) fn encode<'r, R: Response<'r>>(self, response: &R) -> Frame {
        self.encode_with_files(response, Vec::new())
    }

    /// As [`encode`](Self::encode); the files fill the gaps of the payloads that are elsewhere, in their order.
    pub(crate) fn encode_with_files<'r, R: Response<'r>>(self, response: &R, files: Vec<FileRange>) -> Frame {
        match encode_response(response, self.version, self.correlation_id) {
            Ok(encoded) => Frame::new(&encoded, files),
            Err(error) => {
                tracing::error!(api = %R::API, version = self.version, %error, "an answer could not be written");
                Frame::broken()
            }
        }
    }
}

/// A whole frame, its size in front.
#[derive(Debug, Default)]
pub(crate) struct Frame {
    parts: Vec<Part>,
}

/// A part of a frame.
#[derive(Debug)]
pub(crate) enum Part {
    Bytes(Vec<u8>),
    File(FileRange),
}

/// A range of a file that is sent as it is.
#[derive(Debug, Clone)]
pub(crate) struct FileRange {
    pub(crate) file: Arc<dyn DiskFile>,
    pub(crate) position: u64,
    pub(crate) bytes: usize,
}

impl Frame {
    fn new(encoded: &Encoded<'_>, files: Vec<FileRange>) -> Self {
        let mut files = files.into_iter();
        let mut parts: Vec<Part> = Vec::new();
        for piece in encoded.pieces() {
            match (piece, parts.last_mut()) {
                (Piece::Bytes(bytes), Some(Part::Bytes(before))) => before.extend_from_slice(bytes),
                (Piece::Bytes(bytes), _) => parts.push(Part::Bytes(bytes.to_vec())),
                (Piece::Elsewhere(bytes), _) => match files.next() {
                    Some(file) if file.bytes == bytes => parts.push(Part::File(file)),
                    _ => {
                        tracing::error!(bytes, "an answer's file range is not the one that was encoded");
                        return Self::broken();
                    }
                },
            }
        }
        Self { parts }
    }

    /// Bytes that are no answer of a request: a SASL token.
    pub(crate) fn bare(bytes: &[u8]) -> Self {
        let size = u32::try_from(bytes.len()).unwrap_or(u32::MAX);
        Self { parts: vec![Part::Bytes([&size.to_be_bytes(), bytes].concat())] }
    }

    /// What closes the connection.
    pub(crate) const fn broken() -> Self {
        Self { parts: Vec::new() }
    }

    /// True if the connection must be closed instead.
    pub(crate) fn is_broken(&self) -> bool {
        self.parts.is_empty()
    }

    /// What it takes of memory until it is sent.
    pub(crate) fn memory_bytes(&self) -> usize {
        let bytes = self.parts.iter().map(|part| match part {
            Part::Bytes(bytes) => bytes.len(),
            Part::File(_) => 0,
        });
        bytes.sum()
    }

    /// The parts in their order.
    pub(crate) fn parts(&self) -> &[Part] {
        &self.parts
    }
}

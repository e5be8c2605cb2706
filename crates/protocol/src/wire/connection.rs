//! The server's side of one connection, without its socket: bytes in, requests out, and the rule for what cannot be read.
//!
//! The rule: such a request closes its own connection and is logged once, with the peer, the API and the reason. It
//! ends nothing else.

use std::fmt::Display;

use super::{FrameBuffer, Incoming, RequestError, WireError, read_request};

/// What is to be done next on a connection.
#[derive(Debug, PartialEq)]
pub enum Next<'a> {
    /// Answer this request. Answers go out in the order of their requests.
    Answer(Incoming<'a>),
    /// Read from the socket.
    Read,
    /// Close the socket. Why was logged when it came up.
    Close,
}

/// The requests of one connection.
#[derive(Debug)]
pub struct ServerConnection<P> {
    peer: P,
    frames: FrameBuffer,
    closed: bool,
}

impl<P: Display> ServerConnection<P> {
    /// A connection from `peer`, of which frames over `frame_bytes_max` are refused.
    ///
    /// A request may take 16 times its frame in memory while it is held: choose the limit by that, and a small one for
    /// peers that are not yet authenticated.
    #[must_use]
    pub const fn new(peer: P, frame_bytes_max: usize) -> Self {
        Self { peer, frames: FrameBuffer::new(frame_bytes_max), closed: false }
    }

    /// Takes bytes that were read from the socket. Ask for [`step`](Self::step) until it says [`Next::Read`] before
    /// the next call: what is held stays within one frame and one read.
    pub fn receive(&mut self, bytes: &[u8]) {
        if !self.closed {
            self.frames.extend(bytes);
        }
    }

    /// What is to be done next.
    pub fn step(&mut self) -> Next<'_> {
        if self.closed {
            return Next::Close;
        }
        let read = match self.frames.next_frame() {
            Ok(None) => return Next::Read,
            Ok(Some(frame)) => read_request(frame),
            Err(reason) => Err(RequestError { api_key: None, api_version: None, reason }),
        };
        match read {
            Ok(incoming) => Next::Answer(incoming),
            Err(error) => {
                self.closed = true;
                log(&self.peer, &error);
                Next::Close
            }
        }
    }

    /// Who is at the other end.
    pub const fn peer(&self) -> &P {
        &self.peer
    }
}

fn log(peer: &dyn Display, error: &RequestError) {
    let reason: &WireError = &error.reason;
    tracing::warn!(%peer, api = error.name(), %reason, "closed a connection whose request cannot be read");
}

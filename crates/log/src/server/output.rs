//! Answers that wait to be sent, in the order of their requests.
//!
//! An answer that is not there yet is a future, which is polled only when all before it are there: what it waits for
//! costs nothing while it is behind another. Answers that are there together leave in one write.

use std::collections::VecDeque;
use std::io::{self, IoSlice};
use std::task::{Context, Poll, ready};

use futures_util::future::BoxFuture;
use prometheus_client::metrics::counter::Counter;
use tokio::time::Instant;

use super::stream::{CopyBuffer, Stream};
use crate::api::{Frame, Part};

/// Parts that go out in one write at most.
const SLICES_MAX: usize = 32;

/// The answers of one connection.
#[derive(Debug)]
pub(super) struct Output {
    queue: VecDeque<Answer>,
    /// What the answers take that are there.
    ready_bytes: usize,
    /// How far the first answer is sent.
    part: usize,
    part_sent: usize,
    buffer: CopyBuffer,
    /// Something was written that may not have left a buffer below.
    unflushed: bool,
    blocked_since: Option<Instant>,
    /// Counts what is sent, and what of it comes from files.
    sent_bytes: (Counter, Counter),
}

enum Answer {
    Ready(Frame),
    Later(BoxFuture<'static, Frame>),
}

impl std::fmt::Debug for Answer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Ready(_) => "Ready",
            Self::Later(_) => "Later",
        })
    }
}

impl Output {
    /// Of a new connection, which counts what it sends, and what of it comes from files.
    pub(super) fn new(sent_bytes: (Counter, Counter)) -> Self {
        Self {
            queue: VecDeque::new(),
            ready_bytes: 0,
            part: 0,
            part_sent: 0,
            buffer: CopyBuffer::default(),
            unflushed: false,
            blocked_since: None,
            sent_bytes,
        }
    }

    pub(super) fn push(&mut self, frame: Frame) {
        self.ready_bytes += frame.memory_bytes();
        self.queue.push_back(Answer::Ready(frame));
    }

    pub(super) fn push_later(&mut self, frame: BoxFuture<'static, Frame>) {
        self.queue.push_back(Answer::Later(frame));
    }

    /// Answers that are not sent to their end.
    pub(super) fn len(&self) -> usize {
        self.queue.len()
    }

    /// Memory of the answers that are there and not sent to their end.
    pub(super) fn ready_bytes(&self) -> usize {
        self.ready_bytes
    }

    /// Since when the peer takes nothing of an answer that is there.
    pub(super) fn blocked_since(&self) -> Option<Instant> {
        self.blocked_since
    }

    /// Gives back the memory that only a busy connection needs.
    pub(super) fn release(&mut self) {
        if self.queue.is_empty() {
            self.buffer.release();
            self.queue.shrink_to(4);
        }
    }

    /// Sends until there is nothing more to send; pending while the peer takes no more or an answer is not there yet.
    ///
    /// # Errors
    ///
    /// The connection must be closed: those of the stream, of a file, and an answer that could not be written.
    pub(super) fn poll_send(&mut self, cx: &mut Context<'_>, stream: &mut Stream) -> Poll<io::Result<()>> {
        loop {
            self.poll_answers(cx);
            let sent = match self.queue.front() {
                Some(Answer::Ready(frame)) if frame.is_broken() => {
                    return Poll::Ready(Err(io::Error::other("an answer could not be written")));
                }
                Some(Answer::Ready(_)) => self.poll_part(cx, stream),
                waiting => {
                    let done = waiting.is_none();
                    if self.unflushed {
                        ready!(self.note_blocked(stream.poll_flush(cx)))?;
                        self.unflushed = false;
                    }
                    return if done { Poll::Ready(Ok(())) } else { Poll::Pending };
                }
            };
            let sent = ready!(self.note_blocked(sent))?;
            self.unflushed = true;
            self.sent_bytes.0.inc_by(sent as u64);
            self.advance(sent);
        }
    }

    /// Looks whether the first answers are there that were not.
    fn poll_answers(&mut self, cx: &mut Context<'_>) {
        for answer in &mut self.queue {
            if let Answer::Later(frame) = answer {
                let Poll::Ready(frame) = frame.as_mut().poll(cx) else { return };
                self.ready_bytes += frame.memory_bytes();
                *answer = Answer::Ready(frame);
            }
        }
    }

    /// Sends some of the first answer; of bytes, as much of those that follow as goes into one write.
    fn poll_part(&mut self, cx: &mut Context<'_>, stream: &mut Stream) -> Poll<io::Result<usize>> {
        let Some(Answer::Ready(first)) = self.queue.front() else { return Poll::Pending };
        if let Some(Part::File(range)) = first.parts().get(self.part) {
            let (position, bytes) = (range.position + self.part_sent as u64, range.bytes - self.part_sent);
            if bytes == 0 {
                return Poll::Ready(Ok(0));
            }
            let sent = stream.poll_send_file(cx, &*range.file, position, bytes, &mut self.buffer);
            if let Poll::Ready(Ok(sent)) = sent {
                self.sent_bytes.1.inc_by(sent as u64);
            }
            return sent;
        }
        let mut slices = [IoSlice::new(&[]); SLICES_MAX];
        let (mut count, mut before_file) = (0, false);
        let mut skip = (self.part, self.part_sent);
        'answers: for answer in &self.queue {
            let Answer::Ready(frame) = answer else { break };
            let (part, sent) = std::mem::take(&mut skip);
            for (index, part) in frame.parts().iter().skip(part).enumerate() {
                let Part::Bytes(bytes) = part else {
                    before_file = true;
                    break 'answers;
                };
                let Some(slice) = slices.get_mut(count) else { break 'answers };
                *slice = IoSlice::new(if index == 0 { &bytes[sent..] } else { bytes });
                count += 1;
            }
            if frame.is_broken() {
                break;
            }
        }
        let slices = &slices[..count];
        let written = if before_file {
            stream.poll_write_before_file(cx, slices)
        } else {
            stream.poll_write(cx, slices)
        };
        match ready!(written)? {
            0 => Poll::Ready(Err(io::ErrorKind::WriteZero.into())),
            sent => Poll::Ready(Ok(sent)),
        }
    }

    /// Takes note of bytes that were sent: answers that are sent to their end go.
    fn advance(&mut self, mut sent: usize) {
        while let Some(Answer::Ready(frame)) = self.queue.front() {
            let part_bytes = match frame.parts().get(self.part) {
                Some(Part::Bytes(bytes)) => bytes.len(),
                Some(Part::File(range)) => range.bytes,
                None => {
                    self.ready_bytes -= frame.memory_bytes();
                    self.queue.pop_front();
                    self.part = 0;
                    if sent == 0 {
                        return;
                    }
                    continue;
                }
            };
            let rest = part_bytes - self.part_sent;
            if sent < rest {
                self.part_sent += sent;
                return;
            }
            sent -= rest;
            self.part += 1;
            self.part_sent = 0;
        }
    }

    fn note_blocked<T>(&mut self, poll: Poll<T>) -> Poll<T> {
        if poll.is_ready() {
            self.blocked_since = None;
        } else {
            self.blocked_since.get_or_insert_with(Instant::now);
        }
        poll
    }
}

//! How much memory the frames of all connections may take together.
//!
//! Small buffers are not counted: how many connections there are bounds them. A large frame takes its share as its bytes
//! arrive. When nothing is left, it waits for its turn; and since several half-received frames could wait for each other for
//! ever, one at a time may go beyond the limit, by at most one frame.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// The memory for frames of one server.
#[derive(Debug)]
pub(super) struct FrameMemory {
    left: Arc<Semaphore>,
    beyond: Arc<Semaphore>,
    waiting: AtomicUsize,
    limit_bytes: usize,
}

/// What one connection has of it. Dropping it gives it back.
#[derive(Debug, Default)]
pub(super) struct Share {
    bytes: Option<OwnedSemaphorePermit>,
    /// It may take what it wants until its frame is done.
    beyond: Option<OwnedSemaphorePermit>,
}

impl FrameMemory {
    pub(super) fn new(limit_bytes: usize) -> Arc<Self> {
        Arc::new(Self {
            left: Arc::new(Semaphore::new(limit_bytes.min(Semaphore::MAX_PERMITS))),
            beyond: Arc::new(Semaphore::new(1)),
            waiting: AtomicUsize::new(0),
            limit_bytes,
        })
    }

    /// Bytes that connections have now, without what one of them has beyond the limit.
    pub(super) fn taken_bytes(&self) -> usize {
        self.limit_bytes.saturating_sub(self.left.available_permits())
    }

    /// Whether a connection waits, so that nobody should keep what is not in use.
    pub(super) fn is_scarce(&self) -> bool {
        self.waiting.load(Ordering::Relaxed) > 0
    }

    /// Waits for so many bytes more.
    pub(super) async fn wait(self: Arc<Self>, bytes: usize) -> Share {
        let _waiting = Waiting::new(&self.waiting);
        let permits = u32::try_from(bytes).unwrap_or(u32::MAX);
        tokio::select! {
            biased;
            taken = Arc::clone(&self.left).acquire_many_owned(permits) => Share { bytes: taken.ok(), beyond: None },
            beyond = Arc::clone(&self.beyond).acquire_owned() => Share { bytes: None, beyond: beyond.ok() },
        }
    }
}

impl Share {
    /// Takes so many bytes more, if they are there.
    pub(super) fn try_grow(&mut self, memory: &Arc<FrameMemory>, bytes: usize) -> bool {
        if self.beyond.is_some() {
            return true;
        }
        let permits = u32::try_from(bytes).unwrap_or(u32::MAX);
        let taken = Arc::clone(&memory.left).try_acquire_many_owned(permits);
        taken.map(|taken| self.add(Self { bytes: Some(taken), beyond: None })).is_ok()
    }

    /// Whether it has leave to go beyond the limit, which others may wait for.
    pub(super) fn is_beyond(&self) -> bool {
        self.beyond.is_some()
    }

    /// Joins what was waited for.
    pub(super) fn add(&mut self, more: Self) {
        match (&mut self.bytes, more.bytes) {
            (Some(bytes), Some(more)) => bytes.merge(more),
            (bytes @ None, more) => *bytes = more,
            (Some(_), None) => {}
        }
        self.beyond = self.beyond.take().or(more.beyond);
    }
}

/// Counts who waits, also when the waiting is given up.
struct Waiting<'a>(&'a AtomicUsize);

impl<'a> Waiting<'a> {
    fn new(waiting: &'a AtomicUsize) -> Self {
        waiting.fetch_add(1, Ordering::Relaxed);
        Self(waiting)
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn half_received_frames_do_not_wait_for_each_other_for_ever() {
        let memory = FrameMemory::new(100);
        let (mut first, mut second) = (Share::default(), Share::default());
        assert!(first.try_grow(&memory, 50) && second.try_grow(&memory, 50));
        assert!(!first.try_grow(&memory, 10) && !second.try_grow(&memory, 10));
        first.add(Arc::clone(&memory).wait(50).await);
        assert!(first.try_grow(&memory, 1_000), "the first goes beyond the limit");
        let waiting = tokio::spawn(Arc::clone(&memory).wait(50));
        tokio::task::yield_now().await;
        assert!(memory.is_scarce() && !waiting.is_finished(), "the second waits");
        drop(first);
        second.add(waiting.await.unwrap());
        assert!(!memory.is_scarce());
        drop(second);
        assert_eq!(memory.taken_bytes(), 0);
    }
}

//! Bytes that arrive on a connection, and the frames in them.
//!
//! They are read straight into one buffer, which is used again and again. It grows with what has arrived, never with what a
//! size merely states. Of a large frame exactly the rest is read, so that what follows it need not be moved.

use std::ops::Range;
use std::sync::Arc;

use watershed_protocol::wire::{FRAME_PREFIX_BYTES, WireError, frame_bytes};

use super::memory::{FrameMemory, Share};

/// The buffer of a connection that has only small frames, and how much is read at once while no large one is under way.
const SMALL_BYTES: usize = 16 << 10;

/// Up to this capacity a buffer is not counted: connections are.
const UNCOUNTED_BYTES: usize = 64 << 10;

/// What a busy connection keeps for its next frame.
const KEPT_BYTES: usize = 4 << 20;

/// The buffer of one connection.
#[derive(Debug)]
pub(super) struct Input {
    memory: Arc<FrameMemory>,
    share: Share,
    bytes: Vec<u8>,
    /// Bytes at the front whose frames were taken.
    taken: usize,
}

/// What is needed before more can be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Room {
    /// Nothing: read up to so many bytes.
    Read(usize),
    /// So many bytes of frame memory, which are not there now.
    Wait(usize),
}

impl Input {
    pub(super) fn new(memory: Arc<FrameMemory>) -> Self {
        Self { memory, share: Share::default(), bytes: Vec::new(), taken: 0 }
    }

    /// Where the next whole frame lies, without its prefix, if it is there. It is then taken: its bytes stay until
    /// [`room`](Self::room) is called.
    ///
    /// # Errors
    ///
    /// [`WireError::FrameTooLarge`]: where the next frame begins is unknown.
    pub(super) fn next_frame(&mut self, frame_bytes_max: usize) -> Result<Option<Range<usize>>, WireError> {
        let Some(total) = self.stated_bytes(frame_bytes_max)? else { return Ok(None) };
        if self.pending() < total {
            return Ok(None);
        }
        let frame = self.taken + FRAME_PREFIX_BYTES..self.taken + total;
        self.taken += total;
        Ok(Some(frame))
    }

    /// Bytes of a frame that was taken.
    pub(super) fn frame(&self, frame: Range<usize>) -> &[u8] {
        &self.bytes[frame]
    }

    /// Whether part of a frame is there.
    pub(super) fn is_within_frame(&self) -> bool {
        self.pending() > 0
    }

    /// Bytes that the frame under way says it has, prefix included.
    pub(super) fn stated_bytes(&self, frame_bytes_max: usize) -> Result<Option<usize>, WireError> {
        let Some(&prefix) = self.bytes[self.taken..].first_chunk::<FRAME_PREFIX_BYTES>() else {
            return Ok(None);
        };
        Ok(Some(FRAME_PREFIX_BYTES + frame_bytes(prefix, frame_bytes_max)?))
    }

    /// Makes room for the next read. What was taken is gone.
    pub(super) fn room(&mut self, frame_bytes_max: usize) -> Result<Room, WireError> {
        self.forget_taken();
        let (len, capacity) = (self.bytes.len(), self.bytes.capacity());
        let large = self.stated_bytes(frame_bytes_max)?.filter(|&total| total > SMALL_BYTES);
        let target = match large {
            None if capacity < SMALL_BYTES => SMALL_BYTES,
            Some(total) if len == capacity => total.min(capacity * 2),
            _ => capacity,
        };
        if target > capacity {
            let counted = target.saturating_sub(UNCOUNTED_BYTES) - capacity.saturating_sub(UNCOUNTED_BYTES);
            if counted > 0 && !self.share.try_grow(&self.memory, counted) {
                return Ok(Room::Wait(counted));
            }
            self.bytes.reserve_exact(target - len);
        }
        let bytes_max = large.map_or(SMALL_BYTES, |total| total - len);
        Ok(Room::Read(bytes_max.min(self.bytes.capacity() - len)))
    }

    /// Where its frames take their memory from.
    pub(super) fn memory(&self) -> Arc<FrameMemory> {
        Arc::clone(&self.memory)
    }

    /// Where to read to: at most what [`room`](Self::room) said.
    pub(super) fn buffer(&mut self) -> &mut Vec<u8> {
        &mut self.bytes
    }

    /// Joins memory that was waited for. It is not counted again when the buffer grows.
    pub(super) fn add(&mut self, bytes: usize, share: Share) {
        self.share.add(share);
        self.bytes.reserve_exact(self.bytes.capacity() + bytes - self.bytes.len());
    }

    /// Its frames take their memory from this one from now on. What was taken is gone.
    pub(super) fn move_to(&mut self, memory: Arc<FrameMemory>) {
        // Nothing that the other has counted is kept.
        let pending = &self.bytes[self.taken..];
        let mut bytes = Vec::with_capacity(SMALL_BYTES.max(pending.len()));
        bytes.extend_from_slice(pending);
        (self.bytes, self.taken, self.share, self.memory) = (bytes, 0, Share::default(), memory);
    }

    /// Gives back what an idle connection does not need.
    pub(super) fn release(&mut self) {
        if self.pending() == 0 {
            self.bytes = Vec::new();
            self.taken = 0;
            self.share = Share::default();
        }
    }

    fn pending(&self) -> usize {
        self.bytes.len() - self.taken
    }

    fn forget_taken(&mut self) {
        if self.taken == 0 {
            return;
        }
        let capacity = self.bytes.capacity();
        let is_large = capacity > KEPT_BYTES || (capacity > UNCOUNTED_BYTES && self.memory.is_scarce());
        if (is_large || self.share.is_beyond()) && self.pending() <= SMALL_BYTES {
            let mut bytes = Vec::with_capacity(SMALL_BYTES);
            bytes.extend_from_slice(&self.bytes[self.taken..]);
            self.bytes = bytes;
            self.share = Share::default();
        } else {
            // At most one small read, or nothing.
            self.bytes.drain(..self.taken);
        }
        self.taken = 0;
    }
}

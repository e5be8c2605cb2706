//! Frames out of a stream of bytes: a big-endian size, then that many bytes.

use super::WireError;

/// Bytes of the size in front of a frame.
pub const FRAME_PREFIX_BYTES: usize = 4;

/// What a [`FrameBuffer`] keeps for the next frames after a larger one.
const KEPT_BYTES: usize = 256 << 10;

/// How many bytes follow this prefix.
///
/// # Errors
///
/// [`WireError::FrameTooLarge`] if it is more than `limit_bytes` or negative.
pub fn frame_bytes(prefix: [u8; FRAME_PREFIX_BYTES], limit_bytes: usize) -> Result<usize, WireError> {
    let size = i32::from_be_bytes(prefix);
    usize::try_from(size)
        .ok()
        .filter(|&size| size <= limit_bytes)
        .ok_or(WireError::FrameTooLarge { size, limit_bytes })
}

/// Collects bytes as they arrive and gives out whole frames.
///
/// It holds what has arrived and never reserves what a prefix merely states, so a peer pays for memory with bytes: at
/// most twice the limit while a frame arrives, given back when it was taken.
/// Call [`next_frame`](Self::next_frame) until it has no frame before the next [`extend`](Self::extend), and it holds at most one
/// frame of the limit and one read.
#[derive(Debug)]
pub struct FrameBuffer {
    bytes: Vec<u8>,
    /// Bytes at the front that were given out.
    consumed: usize,
    limit_bytes: usize,
}

impl FrameBuffer {
    /// A buffer that refuses frames of more than `limit_bytes`.
    #[must_use]
    pub const fn new(limit_bytes: usize) -> Self {
        Self { bytes: Vec::new(), consumed: 0, limit_bytes }
    }

    /// Adds bytes that arrived.
    pub fn extend(&mut self, bytes: &[u8]) {
        self.bytes.drain(..self.consumed);
        self.consumed = 0;
        if self.bytes.capacity() > KEPT_BYTES && self.bytes.len() < KEPT_BYTES / 2 {
            self.bytes.shrink_to(KEPT_BYTES);
        }
        self.bytes.extend_from_slice(bytes);
    }

    /// The next whole frame, without its prefix; `None` until more bytes arrive.
    ///
    /// # Errors
    ///
    /// [`WireError::FrameTooLarge`]: the connection is of no more use, since where the next frame begins is unknown.
    pub fn next_frame(&mut self) -> Result<Option<&[u8]>, WireError> {
        let Some((&prefix, rest)) = self.bytes[self.consumed..].split_first_chunk::<FRAME_PREFIX_BYTES>()
        else {
            return Ok(None);
        };
        let Some(frame) = rest.get(..frame_bytes(prefix, self.limit_bytes)?) else { return Ok(None) };
        self.consumed += FRAME_PREFIX_BYTES + frame.len();
        Ok(Some(frame))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn frames_come_out_whole_however_the_stream_is_cut(
            frames in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..40), 0..10),
            cuts in prop::collection::vec(1usize..30, 1..50),
        ) {
            let mut stream = Vec::new();
            for frame in &frames {
                stream.extend_from_slice(&i32::try_from(frame.len()).unwrap().to_be_bytes());
                stream.extend_from_slice(frame);
            }
            let (mut buffer, mut rest, mut found) = (FrameBuffer::new(64), &stream[..], Vec::new());
            let mut cuts = cuts.iter().cycle();
            while !rest.is_empty() {
                let (read, after) = rest.split_at(rest.len().min(*cuts.next().unwrap()));
                buffer.extend(read);
                rest = after;
                while let Some(frame) = buffer.next_frame().unwrap() {
                    found.push(frame.to_vec());
                }
            }
            prop_assert_eq!(found, frames);
        }
    }

    #[test]
    fn the_memory_of_a_large_frame_is_given_back() {
        let mut buffer = FrameBuffer::new(8 << 20);
        buffer.extend(&(4i32 << 20).to_be_bytes());
        buffer.extend(&vec![0; 4 << 20]);
        assert_eq!(buffer.next_frame().unwrap().map(<[u8]>::len), Some(4 << 20));
        buffer.extend(&[0; 10]);
        assert!(buffer.bytes.capacity() <= KEPT_BYTES, "{} bytes are kept", buffer.bytes.capacity());
    }

    #[test]
    fn a_size_over_the_limit_or_below_zero_is_refused_before_anything_is_reserved() {
        for prefix in [[0, 0, 0, 65], [0x7f, 0xff, 0xff, 0xff], [0xff, 0xff, 0xff, 0xff]] {
            let mut buffer = FrameBuffer::new(64);
            buffer.extend(&prefix);
            assert!(matches!(buffer.next_frame(), Err(WireError::FrameTooLarge { limit_bytes: 64, .. })));
            assert!(buffer.bytes.capacity() <= 64);
        }
        let mut buffer = FrameBuffer::new(64);
        buffer.extend(&[0, 0, 0, 64]);
        assert_eq!(buffer.next_frame(), Ok(None));
    }
}

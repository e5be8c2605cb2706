//! A frame in the making: what is copied, and between it what is lent.

use std::io::IoSlice;

use super::frame::FRAME_PREFIX_BYTES;
use super::{Counter, Message, Sink, WireError};

/// Payloads up to this size are copied: less work than one more slice of a vectored write, and a batch's rewritten
/// header of 61 bytes is one of them.
const COPIED_BYTES_MAX: usize = 256;

/// A whole frame, its size in front, ready for a vectored write. Payloads are borrowed from where they lie.
#[derive(Debug, Clone)]
pub struct Encoded<'a> {
    copied: Vec<u8>,
    /// Payloads, each with the place in `copied` that it stands before.
    lent: Vec<(usize, Piece<'a>)>,
    bytes: usize,
}

/// A part of a frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Piece<'a> {
    /// Bytes in memory.
    Bytes(&'a [u8]),
    /// So many bytes that the frame's sender adds from elsewhere.
    Elsewhere(usize),
}

impl<'a> Encoded<'a> {
    /// Bytes of the frame, its prefix included.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.bytes
    }

    /// Never true: a frame has a prefix.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.bytes == 0
    }

    /// The frame's parts in their order, for [`write_vectored`](std::io::Write::write_vectored). What is
    /// [elsewhere](super::Payload::elsewhere_bytes) is not among them.
    pub fn slices(&self) -> impl Iterator<Item = &[u8]> {
        self.pieces().filter_map(|piece| match piece {
            Piece::Bytes(bytes) => Some(bytes),
            Piece::Elsewhere(_) => None,
        })
    }

    /// The frame's parts in their order, with the gaps for what is sent from elsewhere.
    pub fn pieces(&self) -> impl Iterator<Item = Piece<'_>> {
        let ends = self.lent.iter().map(|&(end, _)| end).chain([self.copied.len()]);
        let starts = [0].into_iter().chain(self.lent.iter().map(|&(end, _)| end));
        let copied = starts.zip(ends).map(|(start, end)| Piece::Bytes(&self.copied[start..end]));
        let lent = self.lent.iter().map(|&(_, piece)| piece).chain([Piece::Bytes(&[])]);
        copied.zip(lent).flat_map(|(copied, lent)| [copied, lent]).filter(|&piece| piece != Piece::Bytes(&[]))
    }

    /// As [`slices`](Self::slices), in the type that sockets take.
    #[must_use]
    pub fn io_slices(&self) -> Vec<IoSlice<'_>> {
        self.slices().map(IoSlice::new).collect()
    }

    /// The frame in one piece: copies the payloads, so for tests and small frames.
    #[must_use]
    pub fn to_vec(&self) -> Vec<u8> {
        let mut out = Vec::with_capacity(self.bytes);
        self.slices().for_each(|part| out.extend_from_slice(part));
        out
    }
}

/// Writes one frame.
#[derive(Debug)]
pub struct FrameWriter<'a> {
    copied: Vec<u8>,
    lent: Vec<(usize, Piece<'a>)>,
}

impl<'a> FrameWriter<'a> {
    /// Writes a frame of a header and a body, each with its version. Both are gone through twice: once to count,
    /// once to write.
    ///
    /// # Errors
    ///
    /// Those of [`Message::write`]; [`WireError::TooLong`] for a frame of 2^31 bytes or more.
    pub(super) fn frame<H: Message<'a>, B: Message<'a>>(
        (header, header_version): (&H, i16),
        (body, version): (&B, i16),
    ) -> Result<Encoded<'a>, WireError> {
        let mut counter = Counter::default();
        header.write(&mut counter, header_version)?;
        body.write(&mut counter, version)?;
        let size = i32::try_from(counter.bytes()).map_err(|_| WireError::TooLong(counter.bytes()))?;
        let copied_bytes = FRAME_PREFIX_BYTES + counter.bytes() - counter.lent_bytes();
        let mut writer = Self { copied: Vec::with_capacity(copied_bytes), lent: Vec::new() };
        writer.i32(size);
        header.write(&mut writer, header_version)?;
        body.write(&mut writer, version)?;
        debug_assert_eq!(writer.copied.len(), copied_bytes, "the counter and the writer disagree");
        Ok(Encoded { copied: writer.copied, lent: writer.lent, bytes: FRAME_PREFIX_BYTES + counter.bytes() })
    }
}

/// Whether a payload is small enough to be copied.
#[inline]
pub(super) const fn is_copied(bytes: &[u8]) -> bool {
    bytes.len() <= COPIED_BYTES_MAX
}

impl<'a> Sink<'a> for FrameWriter<'a> {
    #[inline]
    fn fixed<const N: usize>(&mut self, bytes: [u8; N]) {
        self.copied.fixed(bytes);
    }

    #[inline]
    fn varint(&mut self, value: u32) {
        self.copied.varint(value);
    }

    #[inline]
    fn copy(&mut self, bytes: &[u8]) {
        self.copied.extend_from_slice(bytes);
    }

    #[inline]
    fn lend(&mut self, bytes: &'a [u8]) {
        if is_copied(bytes) {
            self.copied.extend_from_slice(bytes);
        } else {
            self.lent.push((self.copied.len(), Piece::Bytes(bytes)));
        }
    }

    #[inline]
    fn leave(&mut self, bytes: usize) {
        self.lent.push((self.copied.len(), Piece::Elsewhere(bytes)));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::messages::FetchResponse;
    use crate::messages::fetch_response::{FetchableTopicResponse, PartitionData};
    use crate::wire::{Payload, encode_response, read_response};

    #[test]
    fn a_file_range_leaves_a_gap_of_its_size_in_the_frame() {
        let file = vec![7; 1_000];
        let answer = |records| FetchResponse {
            responses: vec![FetchableTopicResponse {
                partitions: vec![PartitionData { records: Some(records), ..PartitionData::default() }],
                ..FetchableTopicResponse::default()
            }],
            ..FetchResponse::default()
        };
        let frame = encode_response(&answer(Payload::elsewhere(file.len())), 17, 5).unwrap();
        let mut sent = Vec::new();
        for piece in frame.pieces() {
            match piece {
                Piece::Bytes(bytes) => sent.extend_from_slice(bytes),
                Piece::Elsewhere(bytes) => sent.extend_from_slice(&file[..bytes]),
            }
        }
        assert_eq!(sent.len(), frame.len());
        let read: FetchResponse<'_> = read_response(&sent[FRAME_PREFIX_BYTES..], 17, 5).unwrap();
        assert_eq!(read, answer(Payload::from(&file[..])));
    }
}

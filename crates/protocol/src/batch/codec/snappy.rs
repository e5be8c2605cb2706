//! Snappy, in the framing of Xerial's Java library, which Kafka's Java client writes; a bare block, which other
//! clients write, is read too.
//!
//! The framing: 82 'SNAPPY' 00, two big-endian version numbers, then blocks, each behind its big-endian length.
//! Source: snappy-java's `SnappyOutputStream`; it is written nowhere else.

use snap::raw::{Decoder, Encoder, decompress_len, max_compress_len};

use super::super::BatchError;
use super::{CodecError, Scratch};

const MAGIC: [u8; 8] = *b"\x82SNAPPY\0";
/// The magic, a version and the oldest version that can read it, both 1.
const FRAME_HEADER: [u8; 16] = *b"\x82SNAPPY\0\0\0\0\x01\0\0\0\x01";
/// Uncompressed bytes of a block, as Kafka's Java client has it.
const BLOCK_BYTES: usize = 32 * 1024;
/// Snappy's densest element is a copy of 64 bytes in 3; a block that claims more than that lies.
const EXPANSION_MAX: usize = 64;

pub(super) fn decompress(input: &[u8], scratch: &mut Scratch) -> Result<usize, CodecError> {
    if !input.starts_with(&MAGIC) {
        return block(input, 0, scratch);
    }
    let mut rest =
        input.get(FRAME_HEADER.len()..).ok_or(CodecError::Invalid("the snappy frame's header is cut off"))?;
    let mut used = 0;
    while !rest.is_empty() {
        if rest.starts_with(&MAGIC) {
            // Streams may be joined: snappy-java passes over a header in the middle.
            rest = rest
                .get(FRAME_HEADER.len()..)
                .ok_or(CodecError::Invalid("the snappy frame's header is cut off"))?;
            continue;
        }
        let (length, after) =
            rest.split_first_chunk::<4>().ok_or(CodecError::Invalid("a snappy block's length is cut off"))?;
        let (compressed, after) = usize::try_from(i32::from_be_bytes(*length))
            .ok()
            .and_then(|length| after.split_at_checked(length))
            .ok_or(CodecError::Invalid("a snappy block ends outside the batch"))?;
        used += block(compressed, used, scratch)?;
        rest = after;
    }
    Ok(used)
}

/// Decompresses one bare block behind the `used` bytes of `scratch`.
fn block(compressed: &[u8], used: usize, scratch: &mut Scratch) -> Result<usize, CodecError> {
    let invalid = CodecError::Invalid("not a snappy block");
    let size = decompress_len(compressed).map_err(|_| invalid)?;
    if size > compressed.len().saturating_mul(EXPANSION_MAX) {
        return Err(CodecError::Invalid("a snappy block claims more bytes than it can hold"));
    }
    let room = scratch.room(used, size)?;
    let room = room.get_mut(..size).ok_or(CodecError::TooLarge)?;
    Decoder::new().decompress(compressed, room).map_err(|_| invalid)
}

pub(super) fn compress(encoder: &mut Encoder, input: &[u8], out: &mut Vec<u8>) -> Result<(), BatchError> {
    let refused = BatchError::Unencodable("snappy refused the records");
    out.extend_from_slice(&FRAME_HEADER);
    for chunk in input.chunks(BLOCK_BYTES) {
        let start = out.len();
        out.resize(start + 4 + max_compress_len(chunk.len()), 0);
        let size = encoder.compress(chunk, &mut out[start + 4..]).map_err(|_| refused.clone())?;
        let length = u32::try_from(size).map_err(|_| refused.clone())?;
        out[start..start + 4].copy_from_slice(&length.to_be_bytes());
        out.truncate(start + 4 + size);
    }
    Ok(())
}

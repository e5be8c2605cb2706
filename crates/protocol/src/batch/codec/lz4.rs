//! LZ4 in its frame format, blocks by `lz4_flex`.
//!
//! The frame is read and written here and not by the library, because its reader and writer allocate their buffers
//! for every frame and copy every block once more; here a block goes straight to and from the batch's buffer.
//!
//! Read: every block size, linked and independent blocks, stored blocks, content size, checksums of header, blocks and
//! content (checked), skippable frames, several frames in a row. A dictionary id is refused: Kafka has none.
//! Written: what Kafka's Java client writes, independent blocks of 64 KB, no checksum but the header's: the batch has
//! its own.
//!
//! Source: lz4's "LZ4 Frame Format Description" 1.6.x; KIP-57 (the header checksum as lz4 defines it).

use lz4_flex::block::{
    CompressTable, compress_into_with_table, decompress_into, decompress_into_with_dict,
    get_maximum_output_size,
};
use twox_hash::XxHash32;

use super::super::BatchError;
use super::{CodecError, Scratch};

const MAGIC: u32 = 0x184d_2204;
/// 0x184D2A50 to 0x184D2A5F mark frames to be passed over.
const MAGIC_SKIPPABLE: u32 = 0x184d_2a50;
const STORED: u32 = 1 << 31;
/// Bits of a descriptor's two bytes that are 0 until a later version of the format gives them a meaning.
const RESERVED_FLAGS: u8 = 0b10;
/// See [`RESERVED_FLAGS`].
const RESERVED_SIZES: u8 = 0b1000_1111;
/// How far back a linked block may refer.
const WINDOW_BYTES: usize = 64 * 1024;
/// Uncompressed bytes of a block that we write.
const BLOCK_BYTES: usize = 64 * 1024;
/// Version 1, independent blocks; blocks of 64 KB; the second byte of the two's XXH32.
const FRAME_HEADER: [u8; 7] = [0x04, 0x22, 0x4d, 0x18, 0x60, 0x40, 0x82];

const CUT_OFF: CodecError = CodecError::Invalid("the lz4 frame ends early");

/// The descriptor at a frame's front.
struct Descriptor {
    linked: bool,
    block_checksums: bool,
    content_checksum: bool,
    content_size: Option<u64>,
    block_bytes_max: usize,
}

/// Decompresses every frame of `input`; returns how many bytes of `scratch` were written.
pub(super) fn decompress(input: &[u8], scratch: &mut Scratch) -> Result<usize, CodecError> {
    let mut rest = input;
    let mut used = 0;
    if rest.is_empty() {
        return Err(CUT_OFF);
    }
    while !rest.is_empty() {
        let magic = take_u32(&mut rest)?;
        if magic == MAGIC {
            used = frame(&mut rest, used, scratch)?;
        } else if magic & !0xf == MAGIC_SKIPPABLE {
            let size = take_u32(&mut rest)? as usize;
            rest = rest.get(size..).ok_or(CUT_OFF)?;
        } else {
            return Err(CodecError::Invalid("not an lz4 frame"));
        }
    }
    Ok(used)
}

/// Decompresses one frame of which the magic is taken; returns the new end of what is written.
fn frame(rest: &mut &[u8], start: usize, scratch: &mut Scratch) -> Result<usize, CodecError> {
    let descriptor = descriptor(rest)?;
    let mut used = start;
    loop {
        let size = take_u32(rest)?;
        if size == 0 {
            break;
        }
        let (block, after) = rest.split_at_checked((size & !STORED) as usize).ok_or(CUT_OFF)?;
        *rest = after;
        if descriptor.block_checksums && take_u32(rest)? != XxHash32::oneshot(0, block) {
            return Err(CodecError::Invalid("an lz4 block's checksum is wrong"));
        }
        used += self::block(block, size & STORED != 0, &descriptor, start, used, scratch)?;
        if used > scratch.limit_bytes {
            return Err(CodecError::TooLarge);
        }
    }
    let content = &scratch.bytes[start..used];
    if descriptor.content_checksum && take_u32(rest)? != XxHash32::oneshot(0, content) {
        return Err(CodecError::Invalid("the lz4 frame's checksum is wrong"));
    }
    if descriptor.content_size.is_some_and(|size| size != content.len() as u64) {
        return Err(CodecError::Invalid("the lz4 frame does not have the size that it states"));
    }
    Ok(used)
}

/// Decompresses one block behind the `used` bytes of `scratch`, of which this frame's begin at `start`.
fn block(
    block: &[u8],
    stored: bool,
    descriptor: &Descriptor,
    start: usize,
    used: usize,
    scratch: &mut Scratch,
) -> Result<usize, CodecError> {
    if stored {
        if block.len() > descriptor.block_bytes_max {
            return Err(CodecError::Invalid("a stored lz4 block is larger than its frame allows"));
        }
        let room = scratch.room(used, block.len())?;
        room.get_mut(..block.len()).ok_or(CodecError::TooLarge)?.copy_from_slice(block);
        return Ok(block.len());
    }
    // lz4 gives at most 255 bytes for one: a block of a few bytes need not reserve megabytes.
    let want = descriptor.block_bytes_max.min(block.len().saturating_mul(255));
    let (before, room) = scratch.whole(used, want)?.split_at_mut(used);
    let room_bytes = room.len().min(descriptor.block_bytes_max);
    let room = &mut room[..room_bytes];
    let window = &before[start.max(used.saturating_sub(WINDOW_BYTES))..];
    let size = if descriptor.linked && !window.is_empty() {
        decompress_into_with_dict(block, room, window)
    } else {
        decompress_into(block, room)
    };
    size.map_err(|error| match error {
        lz4_flex::block::DecompressError::OutputTooSmall { .. } if room_bytes < want => CodecError::TooLarge,
        _ => CodecError::Invalid("an lz4 block is damaged"),
    })
}

/// Takes a frame's descriptor and checks it.
fn descriptor(rest: &mut &[u8]) -> Result<Descriptor, CodecError> {
    let all = *rest;
    let (&[flags, sizes], after) = rest.split_first_chunk::<2>().ok_or(CUT_OFF)?;
    *rest = after;
    if flags >> 6 != 1 {
        return Err(CodecError::Invalid("the lz4 frame's version is not 1"));
    }
    if flags & 1 != 0 {
        return Err(CodecError::Invalid("the lz4 frame wants a dictionary"));
    }
    if flags & RESERVED_FLAGS != 0 || sizes & RESERVED_SIZES != 0 {
        return Err(CodecError::Invalid("the lz4 frame uses bits that are not defined"));
    }
    let block_bytes_max = match (sizes >> 4) & 7 {
        4 => 64 << 10,
        5 => 256 << 10,
        6 => 1 << 20,
        7 => 4 << 20,
        _ => return Err(CodecError::Invalid("the lz4 frame's block size is not defined")),
    };
    let content_size = if flags & 8 == 0 {
        None
    } else {
        let (size, after) = rest.split_first_chunk::<8>().ok_or(CUT_OFF)?;
        *rest = after;
        Some(u64::from_le_bytes(*size))
    };
    let described = all.len() - rest.len();
    let (&checksum, after) = rest.split_first().ok_or(CUT_OFF)?;
    *rest = after;
    if checksum != XxHash32::oneshot(0, &all[..described]).to_le_bytes()[1] {
        return Err(CodecError::Invalid("the lz4 frame header's checksum is wrong"));
    }
    Ok(Descriptor {
        linked: flags & 0x20 == 0,
        block_checksums: flags & 0x10 != 0,
        content_checksum: flags & 4 != 0,
        content_size,
        block_bytes_max,
    })
}

fn take_u32(rest: &mut &[u8]) -> Result<u32, CodecError> {
    let (bytes, after) = rest.split_first_chunk::<4>().ok_or(CUT_OFF)?;
    *rest = after;
    Ok(u32::from_le_bytes(*bytes))
}

pub(super) struct Compress(CompressTable);

impl Default for Compress {
    fn default() -> Self {
        Self(CompressTable::large())
    }
}

impl Compress {
    /// Appends `input` to `out` as one frame.
    pub(super) fn run(&mut self, input: &[u8], out: &mut Vec<u8>) -> Result<(), BatchError> {
        let refused = BatchError::Unencodable("lz4 refused the records");
        out.extend_from_slice(&FRAME_HEADER);
        for chunk in input.chunks(BLOCK_BYTES) {
            let start = out.len();
            out.resize(start + 4 + get_maximum_output_size(chunk.len()), 0);
            let mut size = compress_into_with_table(chunk, &mut out[start + 4..], &mut self.0)
                .map_err(|_| refused.clone())?;
            let mut word = u32::try_from(size).map_err(|_| refused.clone())?;
            if size >= chunk.len() {
                out[start + 4..start + 4 + chunk.len()].copy_from_slice(chunk);
                size = chunk.len();
                word = u32::try_from(size).map_err(|_| refused.clone())? | STORED;
            }
            out[start..start + 4].copy_from_slice(&word.to_le_bytes());
            out.truncate(start + 4 + size);
        }
        out.extend_from_slice(&[0; 4]);
        Ok(())
    }
}

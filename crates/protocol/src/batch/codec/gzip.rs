//! gzip, RFC 1952, deflate by zlib-rs.
//!
//! A member's header and trailer are read here and not by the library, because its gzip reader cannot be reset: it
//! would be made anew for every batch, 50 KB each time.

use flate2::{Compress, Compression, Crc, Decompress, FlushCompress, FlushDecompress, Status};

use super::super::BatchError;
use super::{CodecError, Scratch};

const WINDOW_BITS: u8 = 15;
/// zlib's default, which is Java's too.
const LEVEL_DEFAULT: i32 = 6;

/// The two bytes of a member's front that say gzip, and the one that says deflate.
const MAGIC: [u8; 3] = [0x1f, 0x8b, 8];
const HAS_HEADER_CRC: u8 = 1 << 1;
const HAS_EXTRA: u8 = 1 << 2;
const HAS_NAME: u8 = 1 << 3;
const HAS_COMMENT: u8 = 1 << 4;
const RESERVED: u8 = 0b1110_0000;

const CUT_OFF: CodecError = CodecError::Invalid("the gzip stream ends early");

#[derive(Debug)]
pub(super) struct Inflate(Decompress);

impl Default for Inflate {
    fn default() -> Self {
        Self(Decompress::new(false))
    }
}

impl Inflate {
    /// Decompresses every member of `input`; returns how many bytes of `scratch` were written.
    pub(super) fn run(&mut self, input: &[u8], scratch: &mut Scratch) -> Result<usize, CodecError> {
        let mut rest = input;
        let mut used = 0;
        loop {
            take_header(&mut rest)?;
            used = self.member(&mut rest, used, scratch)?;
            if rest.is_empty() {
                return Ok(used);
            }
        }
    }

    /// Decompresses one member of which the header is taken; returns the new end of what is written.
    fn member(&mut self, rest: &mut &[u8], start: usize, scratch: &mut Scratch) -> Result<usize, CodecError> {
        let mut used = start;
        self.0.reset(false);
        loop {
            let room = scratch.room(used, rest.len().saturating_mul(3))?;
            let (in_before, out_before) = (self.0.total_in(), self.0.total_out());
            let status = self
                .0
                .decompress(rest, room, FlushDecompress::None)
                .map_err(|_| CodecError::Invalid("not a deflate stream in gzip"))?;
            let taken = progress(in_before, self.0.total_in());
            let given = progress(out_before, self.0.total_out());
            *rest = rest.get(taken..).unwrap_or_default();
            used += given;
            if status == Status::StreamEnd {
                break;
            }
            if taken == 0 && given == 0 {
                return Err(CUT_OFF);
            }
        }
        let content = &scratch.bytes[start..used];
        let mut crc = Crc::new();
        crc.update(content);
        if take(rest)? != crc.sum().to_le_bytes() {
            return Err(CodecError::Invalid("the gzip stream's checksum is wrong"));
        }
        // The length modulo 2^32 is what RFC 1952 asks for.
        if take::<4>(rest)?[..] != content.len().to_le_bytes()[..4] {
            return Err(CodecError::Invalid("the gzip stream does not have the size that it states"));
        }
        Ok(used)
    }
}

/// Takes a member's header and what it announces.
fn take_header(rest: &mut &[u8]) -> Result<(), CodecError> {
    let all = *rest;
    let [m0, m1, method, flags, _time @ .., _extra_flags, _system] = take::<10>(rest)?;
    if [m0, m1, method] != MAGIC || flags & RESERVED != 0 {
        return Err(CodecError::Invalid("not a gzip stream"));
    }
    if flags & HAS_EXTRA != 0 {
        let len = usize::from(u16::from_le_bytes(take(rest)?));
        *rest = rest.get(len..).ok_or(CUT_OFF)?;
    }
    for flag in [HAS_NAME, HAS_COMMENT] {
        if flags & flag != 0 {
            let end = rest.iter().position(|&byte| byte == 0).ok_or(CUT_OFF)?;
            *rest = &rest[end + 1..];
        }
    }
    if flags & HAS_HEADER_CRC != 0 {
        let mut crc = Crc::new();
        crc.update(&all[..all.len() - rest.len()]);
        if take::<2>(rest)?[..] != crc.sum().to_le_bytes()[..2] {
            return Err(CodecError::Invalid("the gzip header's checksum is wrong"));
        }
    }
    Ok(())
}

fn take<const N: usize>(rest: &mut &[u8]) -> Result<[u8; N], CodecError> {
    let (bytes, after) = rest.split_first_chunk::<N>().ok_or(CUT_OFF)?;
    *rest = after;
    Ok(*bytes)
}

pub(super) struct Deflate {
    compress: Compress,
    level: i32,
}

impl Deflate {
    /// The context in `slot`, made anew if it is for another level.
    pub(super) fn in_slot(slot: &mut Option<Self>, level: Option<i32>) -> &mut Self {
        let level = level.unwrap_or(LEVEL_DEFAULT).clamp(0, 9);
        if slot.as_ref().is_some_and(|kept| kept.level != level) {
            *slot = None;
        }
        slot.get_or_insert_with(|| {
            let compression = Compression::new(level.unsigned_abs());
            Self { compress: Compress::new_gzip(compression, WINDOW_BITS), level }
        })
    }

    pub(super) fn run(&mut self, mut input: &[u8], out: &mut Vec<u8>) -> Result<(), BatchError> {
        self.compress.reset();
        loop {
            // deflate's worst case is 5 bytes for each 16 KB block and the member's header and trailer.
            out.reserve(input.len() + input.len() / 1024 + 64);
            let before = self.compress.total_in();
            let status = self
                .compress
                .compress_vec(input, out, FlushCompress::Finish)
                .map_err(|_| BatchError::Unencodable("gzip refused the records"))?;
            input = input.get(progress(before, self.compress.total_in())..).unwrap_or_default();
            if status == Status::StreamEnd {
                return Ok(());
            }
        }
    }
}

/// The difference of two of zlib's counters; within one call it is at most the length of a slice.
fn progress(before: u64, after: u64) -> usize {
    usize::try_from(after.saturating_sub(before)).unwrap_or(usize::MAX)
}

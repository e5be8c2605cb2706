//! Zstandard, RFC 8878, by the reference library.
//!
//! Both ways in one call, not as a stream: then the library works straight from and into the batch's buffers and needs
//! no window of its own, whatever a frame asks for. (Kafka's Java client asks for up to 128 MB at its highest levels,
//! whatever the batch's size.)

use zstd::zstd_safe::zstd_sys::ZSTD_ErrorCode;
use zstd::zstd_safe::{self, CCtx, CParameter, DCtx, ErrorCode};

use super::super::BatchError;
use super::{CodecError, Scratch};

/// The default level of the library and of Kafka's clients.
const LEVEL_DEFAULT: i32 = 3;
/// Zstandard's densest block gives 128 KB for 4 bytes; a frame that claims more than that lies.
const EXPANSION_MAX: usize = 32 * 1024;
/// What the library returns for an output that has too little room.
const OUTPUT_TOO_SMALL: ErrorCode = (ZSTD_ErrorCode::ZSTD_error_dstSize_tooSmall as usize).wrapping_neg();

pub(super) struct Decode(DCtx<'static>);

impl Decode {
    /// The context in `slot`.
    pub(super) fn in_slot(slot: &mut Option<Self>) -> Result<&mut Self, CodecError> {
        if slot.is_none() {
            *slot = DCtx::try_create().map(Self);
        }
        slot.as_mut().ok_or(CodecError::Invalid("no memory for a zstd context is left"))
    }

    /// Decompresses every frame of `input`; returns how many bytes of `scratch` were written.
    pub(super) fn run(&mut self, input: &[u8], scratch: &mut Scratch) -> Result<usize, CodecError> {
        let stated = zstd_safe::get_frame_content_size(input).ok().flatten();
        let stated = stated.map(|size| usize::try_from(size).unwrap_or(usize::MAX));
        if stated.is_some_and(|size| size > scratch.limit_bytes) {
            return Err(CodecError::TooLarge);
        }
        let bytes_max = input.len().saturating_mul(EXPANSION_MAX);
        let mut want = stated.unwrap_or(input.len().saturating_mul(4)).min(bytes_max);
        loop {
            let room = scratch.room(0, want)?;
            let room_bytes = room.len();
            match self.0.decompress(room, input) {
                Ok(size) => return Ok(size),
                Err(OUTPUT_TOO_SMALL) if room_bytes > scratch.limit_bytes => {
                    return Err(CodecError::TooLarge);
                }
                // A stream that did not know its size, or several frames: from the start again, with twice the room,
                // which the next batches will find.
                Err(OUTPUT_TOO_SMALL) => want = room_bytes.saturating_mul(2),
                Err(_) => return Err(CodecError::Invalid("not a zstd frame, or damaged")),
            }
        }
    }
}

impl std::fmt::Debug for Decode {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Decode").finish_non_exhaustive()
    }
}

pub(super) struct Encode {
    context: CCtx<'static>,
    level: i32,
}

impl Encode {
    /// The context in `slot`, set to the level.
    pub(super) fn in_slot(slot: &mut Option<Self>, level: Option<i32>) -> Result<&mut Self, BatchError> {
        let level = level.unwrap_or(LEVEL_DEFAULT);
        if slot.as_ref().is_none_or(|kept| kept.level != level) {
            let no_memory = BatchError::Unencodable("no memory for a zstd context is left");
            let mut context = CCtx::try_create().ok_or(no_memory)?;
            context
                .set_parameter(CParameter::CompressionLevel(level))
                .map_err(|_| BatchError::Unencodable("zstd refused the level"))?;
            *slot = Some(Self { context, level });
        }
        slot.as_mut().ok_or(BatchError::Unencodable("no zstd context"))
    }

    /// Appends `input` to `out` as one frame, which states its size so that whoever reads it can make room at once.
    pub(super) fn run(&mut self, input: &[u8], out: &mut Vec<u8>) -> Result<(), BatchError> {
        let start = out.len();
        out.resize(start + zstd_safe::compress_bound(input.len()), 0);
        let size = self
            .context
            .compress2(&mut out[start..], input)
            .map_err(|_| BatchError::Unencodable("zstd refused the records"))?;
        out.truncate(start + size);
        Ok(())
    }
}

//! The codecs of Kafka, as Kafka frames them: a file each.
//!
//! [`Decompressor`] and [`Compressor`] keep their contexts and buffers from one batch to the next, so that a batch
//! costs no allocation once they are warm.

mod gzip;
mod lz4;
mod snappy;
mod zstd;

use super::BatchError;

/// How a batch's records are compressed. The numbers are Kafka's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[repr(u16)]
pub enum Codec {
    /// Not compressed.
    #[default]
    None = 0,
    /// RFC 1952.
    Gzip = 1,
    /// Snappy's blocks in the framing of the Java library by Xerial; a bare block is read too.
    Snappy = 2,
    /// LZ4's frame format.
    Lz4 = 3,
    /// Zstandard, RFC 8878 (KIP-110).
    Zstd = 4,
}

impl Codec {
    /// Every codec, in the order of their numbers.
    pub const ALL: [Self; 5] = [Self::None, Self::Gzip, Self::Snappy, Self::Lz4, Self::Zstd];

    /// The name as Kafka's `compression.type` has it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Gzip => "gzip",
            Self::Snappy => "snappy",
            Self::Lz4 => "lz4",
            Self::Zstd => "zstd",
        }
    }
}

impl std::fmt::Display for Codec {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name())
    }
}

impl std::str::FromStr for Codec {
    type Err = UnknownCodecName;

    fn from_str(name: &str) -> Result<Self, UnknownCodecName> {
        Self::ALL
            .into_iter()
            .find(|codec| codec.name() == name)
            .ok_or_else(|| UnknownCodecName(name.to_owned()))
    }
}

/// A name that is none of Kafka's codecs.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("'{0}' is not a codec: use none, gzip, snappy, lz4 or zstd")]
pub struct UnknownCodecName(String);

/// What a codec's file reports; the batch's codec is added where it is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum CodecError {
    /// The output would pass the limit.
    TooLarge,
    /// The input is not what the codec wrote.
    Invalid(&'static str),
}

/// A buffer that grows to a limit and never past it. Its bytes stay initialised from one batch to the next, so that
/// only growth costs a clearing.
#[derive(Debug)]
struct Scratch {
    bytes: Vec<u8>,
    limit_bytes: usize,
}

impl Scratch {
    /// The bytes from `used` on: at least `want` of them, or as many as the limit allows, at least one.
    ///
    /// One byte more than the limit is given out, so that a codec can tell "exactly the limit" from "more".
    fn room(&mut self, used: usize, want: usize) -> Result<&mut [u8], CodecError> {
        if used > self.limit_bytes {
            return Err(CodecError::TooLarge);
        }
        let needed = used.saturating_add(want.max(1)).min(self.limit_bytes.saturating_add(1));
        if self.bytes.len() < needed {
            let bytes_max = self.limit_bytes.saturating_add(1);
            // Twice the size, so that a stream of unknown length is copied a bounded number of times; past half the
            // limit all of it, so that while the bytes are moved the old buffer is at most half of the new one.
            let twice = needed.max(self.bytes.len().saturating_mul(2));
            let size = if twice > bytes_max / 2 { bytes_max } else { twice };
            self.bytes.reserve_exact(size - self.bytes.len());
            self.bytes.resize(size, 0);
        }
        Ok(&mut self.bytes[used..])
    }

    /// The whole buffer with at least `used + want` bytes; for codecs that refer back to their own output.
    fn whole(&mut self, used: usize, want: usize) -> Result<&mut [u8], CodecError> {
        self.room(used, want)?;
        Ok(&mut self.bytes)
    }
}

/// Decompresses the records of one batch after another into one buffer.
#[derive(Debug)]
pub(super) struct Decompressor {
    scratch: Scratch,
    gzip: Option<gzip::Inflate>,
    zstd: Option<zstd::Decode>,
}

impl Decompressor {
    pub(super) fn new(limit_bytes: usize) -> Self {
        Self { scratch: Scratch { bytes: Vec::new(), limit_bytes }, gzip: None, zstd: None }
    }

    /// The decompressed bytes; `input` itself where it is not compressed.
    pub(super) fn run<'a>(&'a mut self, codec: Codec, input: &'a [u8]) -> Result<&'a [u8], BatchError> {
        let limit_bytes = self.scratch.limit_bytes;
        let scratch = &mut self.scratch;
        let size = match codec {
            Codec::None if input.len() > limit_bytes => Err(CodecError::TooLarge),
            Codec::None => return Ok(input),
            Codec::Gzip => self.gzip.get_or_insert_default().run(input, scratch),
            Codec::Snappy => snappy::decompress(input, scratch),
            Codec::Lz4 => lz4::decompress(input, scratch),
            Codec::Zstd => zstd::Decode::in_slot(&mut self.zstd).and_then(|zstd| zstd.run(input, scratch)),
        };
        match size {
            Ok(size) if size <= limit_bytes => Ok(&self.scratch.bytes[..size]),
            Ok(_) | Err(CodecError::TooLarge) => Err(BatchError::TooLarge { limit_bytes }),
            Err(CodecError::Invalid(reason)) => Err(BatchError::Decompress { codec, reason }),
        }
    }
}

/// Compresses the records of one batch after another.
#[derive(Default)]
pub(super) struct Compressor {
    gzip: Option<gzip::Deflate>,
    snappy: Option<snap::raw::Encoder>,
    lz4: Option<lz4::Compress>,
    zstd: Option<zstd::Encode>,
}

impl Compressor {
    /// Appends `input`, compressed, to `out`. `level` is the codec's own; `None` is what Kafka's clients use.
    pub(super) fn run(
        &mut self,
        codec: Codec,
        level: Option<i32>,
        input: &[u8],
        out: &mut Vec<u8>,
    ) -> Result<(), BatchError> {
        match codec {
            Codec::None => {
                out.extend_from_slice(input);
                Ok(())
            }
            Codec::Gzip => gzip::Deflate::in_slot(&mut self.gzip, level).run(input, out),
            Codec::Snappy => {
                snappy::compress(self.snappy.get_or_insert_with(snap::raw::Encoder::new), input, out)
            }
            Codec::Lz4 => self.lz4.get_or_insert_default().run(input, out),
            Codec::Zstd => zstd::Encode::in_slot(&mut self.zstd, level)?.run(input, out),
        }
    }
}

impl std::fmt::Debug for Compressor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Compressor").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;

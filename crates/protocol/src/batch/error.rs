//! What can be wrong with a batch.

/// Why a batch was refused. The caller acts on the kind: a [`Corrupt`](Self::Corrupt) or
/// [`CrcMismatch`](Self::CrcMismatch) batch must not be passed on, an [`TooLarge`](Self::TooLarge) one can be read
/// with a higher limit.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum BatchError {
    /// The bytes end before the batch does. At the end of a fetch response this is normal.
    #[error("the batch takes {needed} bytes and {available} are here: fetch or read the rest")]
    Truncated {
        /// Bytes of the whole batch, or of the smallest one where its length is not yet known.
        needed: usize,
        /// Bytes that are here.
        available: usize,
    },
    /// The format is older (0, 1) or newer than 2.
    #[error("record format v{0} is not read here: only v2, which Kafka has written since 0.11")]
    UnsupportedMagic(i8),
    /// The codec bits name none of Kafka's codecs.
    #[error("compression codec {0} is none of Kafka's: 0 none, 1 gzip, 2 snappy, 3 lz4, 4 zstd")]
    UnknownCodec(u16),
    /// The checksum is not that of the bytes.
    #[error(
        "the batch's CRC32C is {computed:#010x} and its header says {stored:#010x}: the bytes were damaged, read them again from the source"
    )]
    CrcMismatch {
        /// What the header says.
        stored: u32,
        /// What the bytes have.
        computed: u32,
    },
    /// The bytes contradict the format.
    #[error("the batch is corrupt: {0}")]
    Corrupt(&'static str),
    /// The records do not decompress.
    #[error("the batch's {codec} records do not decompress: {reason}")]
    Decompress {
        /// The codec named by the header.
        codec: super::Codec,
        /// What the codec found.
        reason: &'static str,
    },
    /// The records are larger than the limit once decompressed.
    #[error(
        "the batch decompresses to more than the limit of {limit_bytes} bytes: raise the limit if the producer is trusted"
    )]
    TooLarge {
        /// The limit that was passed.
        limit_bytes: usize,
    },
    /// A record does not fit the format's 32-bit lengths or 31-bit offset deltas, or its offset goes backwards.
    #[error("the record does not fit the batch: {0}")]
    Unencodable(&'static str),
}

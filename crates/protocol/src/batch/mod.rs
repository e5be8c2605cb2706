//! Kafka's record batches, format v2, in two views that cost what they look at.
//!
//! - **raw** ([`RawBatch`], [`ValidBatch`], [`Rewrite`]): the header is read, the CRC checked, the header rewritten; the
//!   records stay the compressed bytes that came in.
//! - **records** ([`BatchReader`], [`Record`], [`BatchBuilder`]): records are decompressed within a limit, borrowed, and
//!   built into batches.
//!
//! Invariants:
//! - A batch is only rewritten or taken apart after its CRC was checked; the types see to it.
//! - What is not known is kept: unknown attribute bits, offset gaps, empty batches, duplicate headers.
//! - No more memory is used than the limit that was passed, whatever a header or a codec's frame claims.
//! - Nothing is allocated for a record; a reader and a builder keep their buffers from one batch to the next.
//!
//! Deliberately absent: the formats v0 and v1, which Kafka has not written since 0.11 and 4.0 no longer takes.
//!
//! ```
//! use watershed_protocol::batch::{BatchBuilder, BatchOptions, BatchReader, Codec, RawBatch};
//!
//! let mut builder = BatchBuilder::new(BatchOptions { codec: Codec::Lz4, ..BatchOptions::default() });
//! builder.append(1_700_000_000_000, Some(b"key"), Some(b"value"), &[])?;
//! let mut bytes = Vec::new();
//! builder.finish(&mut bytes)?;
//!
//! let batch = RawBatch::parse(&bytes)?.validate()?;
//! let mut reader = BatchReader::new(1 << 20);
//! for record in reader.records(&batch)? {
//!     assert_eq!(record?.value, Some(&b"value"[..]));
//! }
//! # Ok::<(), watershed_protocol::batch::BatchError>(())
//! ```

mod builder;
mod codec;
mod control;
mod crc;
mod error;
mod header;
mod raw;
mod reader;
mod record;

pub use builder::{BatchBuilder, BatchOptions};
pub use codec::Codec;
pub use control::{ControlType, EndTxnMarker};
pub use crc::crc32c;
pub use error::BatchError;
pub use header::{
    Attributes, BatchHeader, HEADER_BYTES, LENGTH_PREFIX_BYTES, MAGIC, NO_PRODUCER_EPOCH, NO_PRODUCER_ID,
    NO_SEQUENCE,
};
pub use raw::{Batches, RawBatch, Rewrite, ValidBatch, rewrite_in_place};
pub use reader::{BatchReader, Records};
pub use record::{Header, HeaderIter, Headers, Record};

#[cfg(test)]
mod tests;

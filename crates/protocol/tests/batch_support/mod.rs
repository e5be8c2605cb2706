//! Batches with a body that another library compressed.

#![allow(dead_code, reason = "each test binary uses its part")]

use watershed_protocol::batch::{
    Attributes, BatchBuilder, BatchError, BatchHeader, BatchOptions, BatchReader, Codec, HEADER_BYTES,
    Header, LENGTH_PREFIX_BYTES, RawBatch, crc32c,
};

/// What a reader gets of a record: offset, time, key, value, headers.
pub(crate) type Seen = (i64, i64, Option<Vec<u8>>, Option<Vec<u8>>, Vec<(Vec<u8>, Option<Vec<u8>>)>);

/// Bytes that do not compress, the same for the same seed.
pub(crate) fn noise(seed: u64, len: usize) -> Vec<u8> {
    let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    let mut out = Vec::with_capacity(len + 8);
    while out.len() < len {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        out.extend_from_slice(&state.to_le_bytes());
    }
    out.truncate(len);
    out
}

/// A batch of `values`, a record each, with a key and headers.
pub(crate) fn batch_of(options: BatchOptions, values: &[Vec<u8>]) -> Vec<u8> {
    let mut builder = BatchBuilder::new(options);
    for (index, value) in (0i64..).zip(values) {
        let headers = [Header::new("trace", b"00-11"), Header { key: b"trace", value: None }];
        let key = index.to_string();
        builder
            .append(1_700_000_000_000 + index, Some(key.as_bytes()), Some(value), &headers)
            .expect("the values fit");
    }
    let mut out = Vec::new();
    builder.finish(&mut out).expect("the batch fits");
    out
}

/// The bytes behind the header.
pub(crate) fn body(batch: &[u8]) -> &[u8] {
    &batch[HEADER_BYTES..]
}

/// The batch with `body`, which is said to be compressed by `codec`, in place of its own; the CRC is right.
pub(crate) fn with_body(batch: &[u8], codec: Codec, body: &[u8]) -> Vec<u8> {
    let header = *RawBatch::parse(batch).expect("it was built").header();
    let attributes = Attributes::from_bits(header.attributes.bits()).with_codec(codec);
    let length_bytes = i32::try_from(HEADER_BYTES - LENGTH_PREFIX_BYTES + body.len()).expect("it is small");
    let mut bytes = [&BatchHeader { attributes, length_bytes, ..header }.write()[..], body].concat();
    repair_crc(&mut bytes);
    bytes
}

/// Gives the batch the CRC that its bytes have.
pub(crate) fn repair_crc(bytes: &mut [u8]) {
    let crc = crc32c(&bytes[21..]);
    bytes[17..21].copy_from_slice(&crc.to_be_bytes());
}

/// Takes a batch apart.
pub(crate) fn read(bytes: &[u8], limit_bytes: usize) -> Result<Vec<Seen>, BatchError> {
    let batch = RawBatch::parse(bytes)?.validate()?;
    let mut reader = BatchReader::new(limit_bytes);
    let owned = |bytes: Option<&[u8]>| bytes.map(<[u8]>::to_vec);
    reader
        .records(&batch)?
        .map(|record| {
            let record = record?;
            let headers =
                record.headers.iter().map(|header| (header.key.to_vec(), owned(header.value))).collect();
            Ok((record.offset, record.timestamp_ms, owned(record.key), owned(record.value), headers))
        })
        .collect()
}

//! What is measured on: records of about 1 KB of JSON, of which some bytes repeat and some do not, as real events do.

use std::fmt::Write as _;

use watershed_protocol::batch::{BatchBuilder, BatchError, BatchOptions, Codec};

/// Records in a batch of about 1 MB, and the size of each value.
pub(crate) const RECORDS: usize = 1000;
/// Bytes of a value.
pub(crate) const VALUE_BYTES: usize = 1024;

/// A key and a value.
pub(crate) type KeyValue = (Vec<u8>, Vec<u8>);

/// Records that are the same in every run.
pub(crate) fn records(count: usize) -> Vec<KeyValue> {
    let mut state = 1u64;
    let mut next = move || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state
    };
    let record = |index| {
        let mut value = format!(
            r#"{{"event":"payment.created","sequence":{index},"account":"{:016x}","currency":"EUR","amount":{},"merchant":{{"id":{},"country":"DE","category":"groceries"}},"device":{{"os":"android","version":"14.{}","session":"{:016x}{:016x}"}},"trace":""#,
            next(),
            next() % 100_000,
            next() % 5_000,
            next() % 9,
            next(),
            next(),
        );
        while value.len() < VALUE_BYTES - 2 {
            write!(value, "{:016x}-checkout-service-eu-west-1-", next()).expect("a string takes all");
        }
        value.truncate(VALUE_BYTES - 2);
        value.push_str("\"}");
        (format!("{:016x}", next()).into_bytes(), value.into_bytes())
    };
    (0..count).map(record).collect()
}

/// The time of the first record.
pub(crate) const TIMESTAMP_MS: i64 = 1_790_000_000_000;

/// Fills `out` with a batch of `records`.
pub(crate) fn build(
    builder: &mut BatchBuilder,
    records: &[KeyValue],
    out: &mut Vec<u8>,
) -> Result<(), BatchError> {
    for (timestamp_ms, (key, value)) in (TIMESTAMP_MS..).zip(records) {
        builder.append(timestamp_ms, Some(key), Some(value), &[])?;
    }
    builder.finish(out)
}

/// A batch of `records`.
pub(crate) fn batch(codec: Codec, records: &[KeyValue]) -> Vec<u8> {
    let mut out = Vec::new();
    let mut builder = BatchBuilder::new(BatchOptions { codec, ..BatchOptions::default() });
    build(&mut builder, records, &mut out).expect("records of 1 KB fit a batch");
    out
}

//! The raw view: validate and rewrite, beside a bare CRC32C over the same bytes.

use watershed_protocol::batch::{Codec, HEADER_BYTES, RawBatch, Rewrite, crc32c, rewrite_in_place};

use crate::measure::{Side, compare, print};
use crate::payload;

/// Batches larger than any cache.
const LARGE_BYTES: usize = 256 << 20;

pub(super) fn run() {
    for (records, what) in [(16, "16 records"), (100, "100 records"), (1000, "1,000 records")] {
        let batch = payload::batch(Codec::Lz4, &payload::records(records));
        let title = format!("raw, one lz4 batch of {what}, {} KB, in cache", batch.len() / 1000);
        sides(&title, vec![batch], records);
    }
    let batch = payload::batch(Codec::Lz4, &payload::records(payload::RECORDS));
    let count = LARGE_BYTES / batch.len() + 1;
    sides("raw, 256 MB of lz4 batches, out of cache", vec![batch; count], count * payload::RECORDS);
}

fn sides(title: &str, batches: Vec<Vec<u8>>, records: usize) {
    let bytes = batches.iter().map(Vec::len).sum();
    let change = |offset| Rewrite {
        base_offset: Some(offset),
        leader_epoch: Some(-1),
        producer_id: Some(4711),
        producer_epoch: Some(3),
        base_sequence: Some(17),
        transactional: Some(true),
        ..Rewrite::default()
    };
    let mut own = batches.clone();
    let mut offset = 0;
    let figures = compare(vec![
        Side::new("bare CRC32C of the same bytes", || {
            batches.iter().fold(0, |sum, batch| sum ^ crc32c(&batch[HEADER_BYTES - 40..]))
        }),
        Side::new("validate and rewrite in place", || {
            offset += 1;
            for batch in &mut own {
                rewrite_in_place(batch, &change(offset)).expect("a good batch");
            }
        }),
        Side::new("validate, new header beside a shared body", || {
            let new_header = |batch: &Vec<u8>| {
                let valid = RawBatch::parse(batch).and_then(RawBatch::validate).expect("a good batch");
                u64::from(valid.rewritten_header(&change(1)).expect("offsets that fit")[20])
            };
            batches.iter().map(new_header).sum::<u64>()
        }),
    ]);
    print(title, bytes, records, &figures);
}

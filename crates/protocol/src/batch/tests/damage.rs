//! Every truncation and every flipped bit: an error or the same records, never a panic.

use proptest::prelude::*;

use super::super::*;
use super::generate::*;

/// The bytes that the CRC does not cover and that may change without a reader's notice: base offset and leader epoch.
fn is_free(at: usize) -> bool {
    at < 8 || (12..16).contains(&at)
}

/// A small batch of each codec, also as Kafka's brokers and compaction leave them.
fn small_batches() -> impl Iterator<Item = Vec<u8>> {
    Codec::ALL.into_iter().flat_map(|codec| {
        let options = BatchOptions { codec, base_offset: 3, ..BatchOptions::default() };
        [
            Case::small(options).build(),
            Case::small(BatchOptions { append_time_ms: Some(9), transactional: true, ..options }).build(),
            Case { options: BatchOptions { last_offset: Some(8), ..options }, records: Vec::new() }.build(),
        ]
    })
}

#[test]
fn every_truncation_is_known_as_one() {
    for bytes in small_batches() {
        for len in 0..bytes.len() {
            let needed = if len < HEADER_BYTES { HEADER_BYTES } else { bytes.len() };
            let expected = BatchError::Truncated { needed, available: len };
            assert_eq!(RawBatch::parse(&bytes[..len]).unwrap_err(), expected);
            let mut batches = Batches::new(&bytes[..len]);
            assert!(batches.next().is_none(), "a part of a batch is no batch");
            assert_eq!(batches.rest().len(), len);
        }
    }
}

#[test]
fn every_flipped_bit_is_an_error_or_changes_nothing_that_is_covered() {
    for bytes in small_batches() {
        let (header, records) = read(&bytes).unwrap();
        for bit in 0..bytes.len() * 8 {
            let mut damaged = bytes.clone();
            damaged[bit / 8] ^= 1 << (bit % 8);
            let result = read(&damaged);
            if !is_free(bit / 8) {
                assert!(result.is_err(), "byte {}: {result:?}", bit / 8);
                continue;
            }
            // A flip may push the last offset over the end; then it is refused.
            let Ok((damaged_header, mut damaged_records)) = result else { continue };
            let moved = damaged_header.base_offset.wrapping_sub(header.base_offset);
            for record in &mut damaged_records {
                record.offset = record.offset.wrapping_sub(moved);
            }
            assert_eq!(damaged_records, records);
            let BatchHeader { base_offset, leader_epoch, .. } = header;
            assert_eq!(BatchHeader { base_offset, leader_epoch, ..damaged_header }, header);
        }
    }
}

#[test]
fn a_flipped_bit_under_a_right_crc_is_an_error_or_some_records() {
    for bytes in small_batches() {
        let mut read_anyway = 0;
        for bit in 21 * 8..bytes.len() * 8 {
            let mut damaged = bytes.clone();
            damaged[bit / 8] ^= 1 << (bit % 8);
            repair_crc(&mut damaged);
            read_anyway += usize::from(check_anything(&damaged));
        }
        // Fields like the producer id may be anything: if nothing were read, this test would test nothing.
        assert!(read_anyway > 100, "{read_anyway}");
    }
}

#[test]
fn a_cut_body_under_a_right_crc_is_an_error_or_some_records() {
    for bytes in small_batches() {
        let (header, _) = read(&bytes).unwrap();
        let body = &bytes[HEADER_BYTES..];
        for len in 0..body.len() {
            let cut = check_anything(&seal(header, &body[..len]));
            // What a cut leaves of the records is never all of them.
            assert!(!cut || header.record_count == 0, "{:?} cut to {len} bytes was read", header.attributes);
            check_anything(&seal(header, &body[len..]));
        }
        check_anything(&seal(header, &[body, &[0]].concat()));
        check_anything(&seal(header, &[body, body].concat()));
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 500, ..ProptestConfig::default() })]

    #[test]
    fn any_damage_under_a_right_crc_is_an_error_or_some_records(
        case in case(),
        edits in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>(), 1..4usize), 1..6),
    ) {
        let mut bytes = case.build();
        for (at, value, len) in edits {
            let at = 21 + at.index(bytes.len() - 21);
            let end = bytes.len().min(at + len);
            bytes[at..end].fill(value);
        }
        repair_crc(&mut bytes);
        check_anything(&bytes);
    }

    #[test]
    fn any_body_under_a_right_crc_is_an_error_or_some_records(
        codec in prop::sample::select(&Codec::ALL),
        count in 0..4,
        body in prop::collection::vec(any::<u8>(), 0..300),
    ) {
        let (mut header, _) = read(&Case::small(BatchOptions::default()).build()).unwrap();
        header.attributes = Attributes::new(codec);
        header.record_count = count;
        check_anything(&seal(header, &body));
    }
}

/// Reads whatever it is; true if every record was read. What was read keeps the reader's promises.
fn check_anything(bytes: &[u8]) -> bool {
    let Ok(batch) = RawBatch::parse(bytes).and_then(RawBatch::validate) else { return false };
    let header = *batch.header();
    let mut reader = BatchReader::new(1 << 20);
    let Ok(mut records) = reader.records(&batch) else { return false };
    let mut last = None;
    let mut count = 0;
    for record in records.by_ref() {
        let Ok(record) = record else {
            assert!(records.next().is_none(), "after an error there is nothing more");
            return false;
        };
        assert!((header.base_offset..=header.last_offset()).contains(&record.offset));
        assert!(last.is_none_or(|last| last < record.offset));
        assert_eq!(record.headers.iter().count(), record.headers.len());
        last = Some(record.offset);
        count += 1;
    }
    assert_eq!(count, header.record_count);
    assert!(records.rest().is_empty());
    true
}

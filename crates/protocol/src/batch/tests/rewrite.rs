//! A rewritten header is the one that would have been built.

use proptest::prelude::*;

use super::super::*;
use super::generate::*;

fn rewrite() -> impl Strategy<Value = Rewrite> {
    let base_offset = prop_oneof![0..1i64 << 40, i64::MIN..i64::MAX - (1 << 31)];
    (
        prop::option::of(base_offset),
        any::<(Option<i32>, Option<i64>, Option<i16>, Option<i32>, Option<bool>, Option<i64>)>(),
    )
        .prop_map(|(base_offset, (epoch, id, producer_epoch, base_sequence, transactional, time))| {
            Rewrite {
                base_offset,
                leader_epoch: epoch,
                producer_id: id,
                producer_epoch,
                base_sequence,
                transactional,
                append_time_ms: time,
                create_time_max_ms: None,
            }
        })
}

/// The batch with the fields of `change` from the start.
fn changed(case: &Case, change: &Rewrite) -> Case {
    let options = &case.options;
    let base_offset = change.base_offset.unwrap_or(options.base_offset);
    let moved = |offset: i64| base_offset + offset.checked_sub(options.base_offset).expect("within 2^31");
    let mut records = case.records.clone();
    for record in &mut records {
        record.offset = moved(record.offset);
    }
    let options = BatchOptions {
        base_offset,
        last_offset: options.last_offset.map(moved),
        leader_epoch: change.leader_epoch.unwrap_or(options.leader_epoch),
        producer_id: change.producer_id.unwrap_or(options.producer_id),
        producer_epoch: change.producer_epoch.unwrap_or(options.producer_epoch),
        base_sequence: change.base_sequence.unwrap_or(options.base_sequence),
        transactional: change.transactional.unwrap_or(options.transactional),
        append_time_ms: change.append_time_ms.or(options.append_time_ms),
        ..*options
    };
    Case { options, records }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, ..ProptestConfig::default() })]

    #[test]
    fn a_rewritten_batch_is_the_one_that_would_have_been_built(case in case(), change in rewrite()) {
        let bytes = case.build();
        let expected = changed(&case, &change).build();
        let batch = RawBatch::parse(&bytes).unwrap().validate().unwrap();
        let head = batch.rewritten_header(&change).unwrap();
        prop_assert_eq!([&head[..], batch.body()].concat(), &expected[..]);

        let mut in_place = bytes.clone();
        let header = rewrite_in_place(&mut in_place, &change).unwrap();
        prop_assert_eq!(&in_place, &expected);
        let batch = RawBatch::parse(&in_place).unwrap().validate().unwrap();
        prop_assert_eq!(&header, batch.header());
    }

    #[test]
    fn a_damaged_batch_is_not_rewritten(case in case(), change in rewrite(), at: prop::sample::Index, bit in 0..8u32) {
        let mut bytes = case.build();
        let at = 16 + at.index(bytes.len() - 16);
        bytes[at] ^= 1u8 << bit;
        let before = bytes.clone();
        prop_assert!(rewrite_in_place(&mut bytes, &change).is_err());
        prop_assert_eq!(bytes, before);
    }
}

#[test]
fn nothing_to_change_leaves_every_byte() {
    for codec in Codec::ALL {
        let bytes = Case::small(BatchOptions { codec, ..BatchOptions::default() }).build();
        let mut same = bytes.clone();
        rewrite_in_place(&mut same, &Rewrite::default()).unwrap();
        assert_eq!(same, bytes, "{codec}");
    }
}

#[test]
fn a_base_offset_that_pushes_the_last_one_over_the_end_is_refused() {
    // The small batch covers five offsets.
    for (base_offset, fits) in [
        (i64::MIN, true),
        (i64::MAX - 5, true),
        (i64::MAX - 4, true),
        (i64::MAX - 3, false),
        (i64::MAX, false),
    ] {
        let mut bytes = Case::small(BatchOptions::default()).build();
        let before = bytes.clone();
        let rewritten =
            rewrite_in_place(&mut bytes, &Rewrite { base_offset: Some(base_offset), ..Rewrite::default() });
        if fits {
            assert_eq!(rewritten.unwrap().last_offset(), base_offset + 4);
            assert_eq!(read(&bytes).unwrap().0.base_offset, base_offset);
        } else {
            assert!(matches!(rewritten, Err(BatchError::Unencodable(_))), "{base_offset}: {rewritten:?}");
            assert_eq!(bytes, before, "{base_offset}");
        }
    }
}

#[test]
fn a_new_create_time_takes_the_place_of_append_time() {
    let mut bytes = Vec::new();
    let mut builder = BatchBuilder::new(BatchOptions { append_time_ms: Some(9), ..BatchOptions::default() });
    builder.append(5, None, Some(b"value"), &[]).unwrap();
    builder.finish(&mut bytes).unwrap();
    let change = Rewrite { create_time_max_ms: Some(5), ..Rewrite::default() };
    let header = rewrite_in_place(&mut bytes, &change).unwrap();
    assert!(!header.attributes.is_append_time());
    assert_eq!(header.max_timestamp_ms, 5);
    let mut expected = Vec::new();
    let mut builder = BatchBuilder::new(BatchOptions::default());
    builder.append(5, None, Some(b"value"), &[]).unwrap();
    builder.finish(&mut expected).unwrap();
    assert_eq!(bytes, expected);
}

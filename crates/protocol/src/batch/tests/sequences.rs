//! Batches one after another, as they stand in a fetch response or a segment.

use super::super::*;
use super::generate::*;

fn three() -> Vec<Vec<u8>> {
    [(Codec::None, 0), (Codec::Lz4, 5), (Codec::Zstd, 100)]
        .map(|(codec, base_offset)| {
            Case::small(BatchOptions { codec, base_offset, ..BatchOptions::default() }).build()
        })
        .to_vec()
}

#[test]
fn whole_batches_come_out_as_they_lie_and_nothing_is_left() {
    let batches = three();
    let bytes = batches.concat();
    let mut iterator = Batches::new(&bytes);
    for expected in &batches {
        assert_eq!(iterator.next().unwrap().unwrap().bytes(), expected);
    }
    assert!(iterator.next().is_none());
    assert!(iterator.rest().is_empty());
    assert!(Batches::new(&[]).next().is_none());
}

#[test]
fn a_partial_last_batch_is_no_error_and_stays_in_the_rest() {
    let batches = three();
    let bytes = batches.concat();
    let before_last = batches[0].len() + batches[1].len();
    for end in before_last..bytes.len() {
        let mut iterator = Batches::new(&bytes[..end]);
        assert_eq!(
            iterator.by_ref().map(|batch| batch.unwrap().header().base_offset).collect::<Vec<_>>(),
            [0, 5]
        );
        assert_eq!(iterator.rest(), &bytes[before_last..end]);
        assert!(iterator.next().is_none(), "it stays at its end");
    }
}

#[test]
fn an_error_is_reported_once_and_stops_it() {
    let batches = three();
    let garbage: [(&[u8], BatchError); 3] = [
        (&[0; 61], BatchError::UnsupportedMagic(0)),
        (&[0xff; 61], BatchError::UnsupportedMagic(-1)),
        (&[b'x'; 20], BatchError::UnsupportedMagic(b'x'.cast_signed())),
    ];
    for (garbage, expected) in garbage {
        let bytes = [&batches[0][..], garbage, &batches[1]].concat();
        let mut iterator = Batches::new(&bytes);
        assert_eq!(iterator.next().unwrap().unwrap().bytes(), batches[0]);
        assert_eq!(iterator.next().unwrap().unwrap_err(), expected);
        assert!(iterator.next().is_none());
        assert_eq!(iterator.rest(), [garbage, &batches[1]].concat());
    }
}

#[test]
fn a_damaged_batch_in_the_middle_is_passed_over_by_its_length() {
    let mut batches = three();
    batches[1][70] ^= 1;
    let bytes = batches.concat();
    let valid: Vec<bool> = Batches::new(&bytes).map(|batch| batch.unwrap().validate().is_ok()).collect();
    assert_eq!(valid, [true, false, true]);
}

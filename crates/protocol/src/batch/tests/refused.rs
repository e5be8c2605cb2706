//! What no writer may have written, and the error that each gets.

use super::super::*;
use super::generate::*;
use crate::varint;

/// The small batch, with bytes of its header overwritten and the CRC made right again.
fn with_header(at: usize, new: &[u8]) -> Vec<u8> {
    let mut bytes = Case::small(BatchOptions::default()).build();
    bytes[at..at + new.len()].copy_from_slice(new);
    repair_crc(&mut bytes);
    bytes
}

/// A batch of `count` records and five offsets whose body is these bytes.
fn with_body(count: i32, body: &[u8]) -> Vec<u8> {
    let (mut header, _) = read(&Case::small(BatchOptions::default()).build()).unwrap();
    header.record_count = count;
    seal(header, body)
}

/// One record: its length, no attributes, no time delta, this offset delta, then `rest`.
fn record(offset_delta: i32, rest: &[u8]) -> Vec<u8> {
    let mut inner = vec![0, 0];
    varint::write_i32(&mut inner, offset_delta);
    inner.extend_from_slice(rest);
    let mut out = Vec::new();
    varint::write_i32(&mut out, i32::try_from(inner.len()).unwrap());
    out.extend_from_slice(&inner);
    out
}

/// Zigzag varints, one after another.
fn varints(values: &[i32]) -> Vec<u8> {
    let mut out = Vec::new();
    for &value in values {
        varint::write_i32(&mut out, value);
    }
    out
}

#[track_caller]
fn check(bytes: &[u8], expected: BatchError) {
    assert_eq!(read(bytes).map(|(_, records)| records), Err(expected));
}

#[test]
fn headers_that_contradict_themselves_are_refused() {
    let corrupt = BatchError::Corrupt;
    for magic in [0u8, 1, 3, 0x7f, 0x80, 0xff] {
        check(&with_header(16, &[magic]), BatchError::UnsupportedMagic(magic.cast_signed()));
    }
    for codec in 5..=7u8 {
        check(&with_header(22, &[codec]), BatchError::UnknownCodec(codec.into()));
    }
    for length in [i32::MIN, -1, 0, 48] {
        check(&with_header(8, &length.to_be_bytes()), corrupt("its length is less than a header's"));
    }
    for count in [i32::MIN, -1] {
        check(&with_header(57, &count.to_be_bytes()), corrupt("its record count is negative"));
        check(&with_header(23, &count.to_be_bytes()), corrupt("its last offset is before its first"));
    }
    // Five offsets.
    for count in [6, i32::MAX] {
        check(&with_header(57, &count.to_be_bytes()), corrupt("it has more records than offsets"));
    }
    for base_offset in [i64::MAX, i64::MAX - 3] {
        check(&with_header(0, &base_offset.to_be_bytes()), corrupt("its last offset does not fit 63 bits"));
    }
    let whole = Case::small(BatchOptions::default()).build().len();
    let longer = with_header(8, &i32::MAX.to_be_bytes());
    check(&longer, BatchError::Truncated { needed: i32::MAX as usize + 12, available: whole });
    check(&[], BatchError::Truncated { needed: HEADER_BYTES, available: 0 });
}

#[test]
fn an_old_format_is_known_before_a_whole_header_is_there() {
    let bytes = with_header(16, &[1]);
    for len in 17..bytes.len() {
        check(&bytes[..len], BatchError::UnsupportedMagic(1));
    }
    check(&bytes[..16], BatchError::Truncated { needed: HEADER_BYTES, available: 16 });
}

#[test]
fn bytes_behind_a_batch_are_not_part_of_it() {
    let mut bytes = Case::small(BatchOptions::default()).build();
    bytes.push(0);
    check(&bytes, BatchError::Corrupt("bytes follow it"));
}

#[test]
fn a_wrong_crc_is_named_with_both_values() {
    let mut bytes = Case::small(BatchOptions::default()).build();
    let computed = crc32c(&bytes[21..]);
    bytes[17..21].copy_from_slice(&[0; 4]);
    check(&bytes, BatchError::CrcMismatch { stored: 0, computed });
}

#[test]
fn records_that_contradict_their_batch_are_refused() {
    let outside = BatchError::Corrupt("a record ends outside the batch");
    let offset = BatchError::Corrupt("a record's offset is outside the batch or not after the one before");
    let plain = |delta| record(delta, &varints(&[-1, -1, 0]));
    check(&with_body(1, &[]), outside.clone());
    check(&with_body(2, &plain(0)), outside.clone());
    // A length that is negative, cut off, or over what is there.
    check(&with_body(1, &varints(&[-1])), outside.clone());
    check(&with_body(1, &[0x80]), outside.clone());
    check(&with_body(1, &[0xff; 5]), outside.clone());
    check(&with_body(1, &varints(&[i32::MAX])), outside.clone());
    check(&with_body(1, &plain(0)[..6]), outside);
    check(&with_body(1, &[plain(0), vec![0]].concat()), BatchError::Corrupt("bytes follow its last record"));
    check(&with_body(0, &plain(0)), BatchError::Corrupt("bytes follow its last record"));
    // Outside the batch; backwards; twice the same.
    for deltas in [&[5][..], &[i32::MAX], &[-1], &[i32::MIN], &[2, 1], &[0, 0], &[4, 4]] {
        let body: Vec<u8> = deltas.iter().copied().flat_map(plain).collect();
        check(&with_body(i32::try_from(deltas.len()).unwrap(), &body), offset.clone());
    }
    // The records before the bad one are given out.
    let bytes = with_body(2, &[plain(3), plain(3)].concat());
    let batch = RawBatch::parse(&bytes).unwrap().validate().unwrap();
    let mut reader = BatchReader::new(LIMIT_BYTES);
    let mut records = reader.records(&batch).unwrap();
    assert_eq!(records.next().unwrap().unwrap().offset, 3);
    assert_eq!(records.next(), Some(Err(offset)));
    assert_eq!(records.next(), None);
}

#[test]
fn records_that_contradict_themselves_are_refused() {
    let corrupt = BatchError::Corrupt;
    let time = corrupt("a record's time or offset ends outside it");
    for inner in [&[][..], &[0], &[0, 0], &[0, 0x80], &[0, 0, 0x80], &[0, 0xff, 0xff, 0xff, 0xff]] {
        let body = [varints(&[i32::try_from(inner.len()).unwrap()]), inner.to_vec()].concat();
        check(&with_body(1, &body), time.clone());
    }
    let cases: [(&[i32], &'static str); 14] = [
        (&[], "a key or value ends outside its record"),
        (&[0], "a key or value ends outside its record"),
        (&[1], "a key or value ends outside its record"),
        (&[i32::MAX], "a key or value ends outside its record"),
        (&[-1, i32::MAX], "a key or value ends outside its record"),
        (&[-1, 3, 0], "a key or value ends outside its record"),
        (&[-1, -1], "a record's header count is negative or cut off"),
        (&[-1, -1, -1], "a record's header count is negative or cut off"),
        (&[-1, -1, i32::MIN], "a record's header count is negative or cut off"),
        (&[-1, -1, 0, 0], "a record has bytes after its last header"),
        (&[-1, -1, 1, 0, 0, 0], "a record has bytes after its last header"),
        (&[-1, -1, 1, 0], "a header ends outside its record"),
        (&[-1, -1, 2, 0, 0], "a header ends outside its record"),
        (&[-1, -1, i32::MAX, 0, 0], "a header ends outside its record"),
    ];
    for (rest, reason) in cases {
        check(&with_body(1, &record(0, &varints(rest))), corrupt(reason));
    }
    // A header's name is never null.
    for length in [-1, -2, i32::MIN] {
        let body = record(0, &varints(&[-1, -1, 1, length, 0]));
        check(&with_body(1, &body), corrupt("a header ends outside its record"));
    }
    // The count is there, in five bytes of which the last says that more follow.
    let body = record(0, &[1, 1, 0x80, 0x80, 0x80, 0x80, 0x80]);
    check(&with_body(1, &body), corrupt("a record's header count is negative or cut off"));
}

#[test]
fn what_kafka_reads_although_it_never_writes_it_is_read() {
    // Any negative length is a null, and a varint may be longer than it needs to be.
    for null in [varints(&[-2]), varints(&[i32::MIN]), vec![0x81, 0x00]] {
        let body = record(0, &[&null[..], &null, &[0x80, 0x00]].concat());
        let (_, records) = read(&with_body(1, &body)).unwrap();
        assert_eq!((&records[0].key, &records[0].value, records[0].headers.len()), (&None, &None, 0));
    }
    // A record's attributes have no meaning yet.
    let mut body = record(0, &varints(&[-1, -1, 0]));
    body[1] = 0xff;
    assert_eq!(read(&with_body(1, &body)).unwrap().1.len(), 1);
}

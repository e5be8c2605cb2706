//! What is taken and what is refused, with Kafka's codes.

use watershed_protocol::batch::{Headers, Record};

use super::*;

const NOW_MS: i64 = 1_700_000_000_000;
const HOUR_MS: i64 = 3_600_000;

fn rules() -> AppendRules {
    AppendRules {
        batch_bytes_max: 1 << 20,
        segment_bytes_max: 1 << 30,
        timestamp_type: TimestampType::CreateTime,
        before_max_ms: i64::MAX,
        after_max_ms: HOUR_MS,
        compression: Compression::Producer,
        compacted: false,
    }
}

fn options(codec: Codec) -> BatchOptions {
    BatchOptions { codec, ..BatchOptions::default() }
}

/// A batch with records of these times and keys.
fn batch(options: BatchOptions, records: &[(i64, Option<&[u8]>)]) -> Vec<u8> {
    let mut builder = BatchBuilder::new(options);
    for (time_ms, key) in records {
        builder.append(*time_ms, *key, Some(b"value"), &[]).unwrap();
    }
    let mut out = Vec::new();
    builder.finish(&mut out).unwrap();
    out
}

fn plain(codec: Codec) -> Vec<u8> {
    batch(options(codec), &[(NOW_MS, Some(b"a")), (NOW_MS + 1, None), (NOW_MS - 5, Some(b"c"))])
}

/// The same batch with another header, signed anew.
fn with_header(bytes: &[u8], change: impl FnOnce(&mut BatchHeader)) -> Vec<u8> {
    let mut header = BatchHeader::read(bytes.first_chunk().unwrap()).unwrap();
    change(&mut header);
    let mut out = bytes.to_vec();
    out[..HEADER_BYTES].copy_from_slice(&header.write());
    let crc = crc32c(&out[21..]);
    out[17..21].copy_from_slice(&crc.to_be_bytes());
    out
}

fn run<'a>(bytes: &'a [u8], rules: &AppendRules) -> Result<Checked<'a>, AppendError> {
    validate(bytes, Origin::Client, rules, NOW_MS)
}

fn code(bytes: &[u8], rules: &AppendRules) -> Option<ErrorCode> {
    run(bytes, rules).err().map(|error| error.code())
}

fn check(bytes: &[u8], rules: &AppendRules, expect: impl Into<Option<ErrorCode>>) {
    assert_eq!(code(bytes, rules), expect.into(), "{:?}", run(bytes, rules));
}

/// The batch that would be written, its CRC checked.
fn written(checked: &Checked<'_>) -> Vec<u8> {
    let bytes = [&checked.header.write()[..], checked.body()].concat();
    assert_eq!(checked.size_bytes(), bytes.len());
    RawBatch::parse(&bytes).unwrap().validate().unwrap();
    bytes
}

fn records(bytes: &[u8]) -> Vec<(i64, Option<Vec<u8>>)> {
    let batch = RawBatch::parse(bytes).unwrap().validate().unwrap();
    let mut reader = BatchReader::new(1 << 22);
    reader
        .records(&batch)
        .unwrap()
        .map(|record| record.map(|record: Record<'_>| (record.timestamp_ms, record.key.map(<[u8]>::to_vec))))
        .collect::<Result<_, _>>()
        .unwrap()
}

fn record_errors(bytes: &[u8], rules: &AppendRules) -> (ErrorCode, Vec<i32>) {
    match run(bytes, rules) {
        Err(AppendError::Refused { code, records, .. }) => {
            (code, records.into_iter().map(|(index, _)| index).collect())
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_good_batch_of_any_codec_passes_as_the_bytes_it_is() {
    for codec in Codec::ALL {
        let bytes = plain(codec);
        assert_eq!(written(&run(&bytes, &rules()).unwrap()), bytes, "{codec}");
    }
}

#[test]
fn a_header_that_no_client_may_write_is_refused_as_invalid() {
    let header = |change: fn(&mut BatchHeader)| {
        for codec in [Codec::None, Codec::Lz4] {
            check(&with_header(&plain(codec), change), &rules(), ErrorCode::InvalidRecord);
        }
    };
    header(|h| h.base_offset = 1);
    header(|h| h.record_count = 0);
    header(|h| h.record_count = -1);
    header(|h| h.record_count = 2);
    header(|h| h.record_count = 4);
    header(|h| h.last_offset_delta = -1);
    header(|h| h.last_offset_delta = 3);
    header(|h| h.attributes = h.attributes.with_control(true));
    header(|h| h.attributes = h.attributes.with_transactional(true));
    header(|h| h.producer_id = 5);
    header(|h| (h.producer_id, h.producer_epoch) = (5, 0));
    header(|h| (h.producer_id, h.base_sequence) = (5, 0));
    header(|h| h.attributes = watershed_protocol::batch::Attributes::from_bits(h.attributes.bits() | 7));
}

#[test]
fn a_producer_with_epoch_and_sequence_passes() {
    for transactional in [false, true] {
        let bytes = with_header(&plain(Codec::Zstd), |h| {
            (h.producer_id, h.producer_epoch, h.base_sequence) = (5, 0, 0);
            h.attributes = h.attributes.with_transactional(transactional);
        });
        check(&bytes, &rules(), None);
    }
}

#[test]
fn damage_on_the_way_is_worth_another_try_wherever_it_strikes() {
    let bytes = plain(Codec::Lz4);
    // Behind the length, epoch and magic: what the CRC covers, and the CRC.
    for position in 17..bytes.len() {
        let mut damaged = bytes.clone();
        damaged[position] ^= 0x80;
        check(&damaged, &rules(), ErrorCode::CorruptMessage);
    }
}

#[test]
fn anything_but_one_whole_batch_of_format_v2_is_refused() {
    let bytes = plain(Codec::None);
    check(&[], &rules(), ErrorCode::InvalidRecord);
    check(&bytes[..bytes.len() - 1], &rules(), ErrorCode::InvalidRecord);
    check(&bytes[..20], &rules(), ErrorCode::InvalidRecord);
    check(&[&bytes[..], &bytes].concat(), &rules(), ErrorCode::InvalidRecord);
    check(&[&bytes[..], b"x"].concat(), &rules(), ErrorCode::InvalidRecord);
    for magic in [0, 1, 3, 255] {
        let mut other = bytes.clone();
        other[16] = magic;
        check(&other, &rules(), ErrorCode::InvalidRecord);
    }
}

#[test]
fn sizes_at_the_limits_pass_and_over_them_are_told_apart() {
    let bytes = plain(Codec::None);
    let size = bytes.len();
    check(&bytes, &AppendRules { batch_bytes_max: size, ..rules() }, None);
    check(&bytes, &AppendRules { batch_bytes_max: size - 1, ..rules() }, ErrorCode::MessageTooLarge);
    check(&bytes, &AppendRules { segment_bytes_max: size as u64, ..rules() }, None);
    check(
        &bytes,
        &AppendRules { segment_bytes_max: size as u64 - 1, ..rules() },
        ErrorCode::RecordListTooLarge,
    );
}

#[test]
fn records_without_a_key_are_named_where_the_topic_is_compacted() {
    for codec in Codec::ALL {
        let compacted = AppendRules { compacted: true, ..rules() };
        assert_eq!(record_errors(&plain(codec), &compacted), (ErrorCode::InvalidRecord, vec![1]), "{codec}");
        let keyed = batch(options(codec), &[(NOW_MS, Some(b"a")), (NOW_MS, Some(b""))]);
        check(&keyed, &compacted, None);
    }
}

#[test]
fn times_out_of_range_are_named_and_a_bound_is_in_range() {
    let times = |codec, before_max_ms, records: &[i64]| {
        let records: Vec<_> = records.iter().map(|&time_ms| (time_ms, None)).collect();
        (batch(options(codec), &records), AppendRules { before_max_ms, ..rules() })
    };
    for codec in [Codec::None, Codec::Gzip] {
        let (bytes, rules) = times(codec, i64::MAX, &[NOW_MS + HOUR_MS, NOW_MS + HOUR_MS + 1, 0, -1]);
        assert_eq!(record_errors(&bytes, &rules), (ErrorCode::InvalidTimestamp, vec![1]));
        let (bytes, rules) = times(codec, 10, &[NOW_MS - 10, NOW_MS, NOW_MS - 11, -1]);
        assert_eq!(record_errors(&bytes, &rules), (ErrorCode::InvalidTimestamp, vec![2]));
        let (bytes, rules) = times(codec, 10, &[NOW_MS - 10, NOW_MS + HOUR_MS, -1]);
        check(&bytes, &rules, None);
    }
}

#[test]
fn a_time_at_fault_outweighs_a_missing_key_and_not_all_faults_are_listed() {
    let compacted = AppendRules { compacted: true, ..rules() };
    let late = NOW_MS + 2 * HOUR_MS;
    let bytes = batch(options(Codec::None), &[(NOW_MS, None), (late, Some(b"k")), (late, None)]);
    assert_eq!(record_errors(&bytes, &compacted), (ErrorCode::InvalidTimestamp, vec![0, 1, 2]));
    let bytes = batch(options(Codec::None), &vec![(NOW_MS, None); 3 * RECORD_ERRORS_MAX]);
    assert_eq!(record_errors(&bytes, &compacted).1.len(), RECORD_ERRORS_MAX);
}

#[test]
fn append_time_is_written_into_the_header_without_decompressing() {
    let append = AppendRules { timestamp_type: TimestampType::LogAppendTime, before_max_ms: 1, ..rules() };
    for codec in Codec::ALL {
        // Out of any range: the producer's time does not count here.
        let bytes = batch(options(codec), &[(5, None), (i64::MAX, None)]);
        let checked = run(&bytes, &append).unwrap();
        assert!(checked.header.attributes.is_append_time());
        assert_eq!(checked.header.max_timestamp_ms, NOW_MS);
        assert_eq!(records(&written(&checked)), [(NOW_MS, None), (NOW_MS, None)]);
    }
    // What is no lz4 at all is not noticed: nothing looked.
    let mut bytes = with_header(&plain(Codec::None), |h| h.attributes = h.attributes.with_codec(Codec::Lz4));
    check(&bytes, &append, None);
    bytes = with_header(&plain(Codec::Lz4), |h| h.attributes = h.attributes.with_append_time(true));
    assert_eq!(record_errors(&bytes, &append), (ErrorCode::InvalidTimestamp, vec![0, 1, 2]));
}

#[test]
fn a_header_that_lies_about_time_is_corrected_where_records_were_read() {
    let lying = |codec| with_header(&plain(codec), |h| h.max_timestamp_ms = NOW_MS + 9 * HOUR_MS);
    for codec in Codec::ALL {
        let bytes = lying(codec);
        let checked = run(&bytes, &rules()).unwrap();
        assert_eq!(checked.header.max_timestamp_ms, NOW_MS + 1, "{codec}");
        written(&checked);
    }
    let append_time = with_header(&plain(Codec::Lz4), |h| h.attributes = h.attributes.with_append_time(true));
    let checked = run(&append_time, &rules()).unwrap();
    assert!(!checked.header.attributes.is_append_time());
    written(&checked);
}

#[test]
fn another_codec_is_made_the_topics_and_nothing_else_changes() {
    for from in Codec::ALL {
        for to in Codec::ALL {
            let bytes = with_header(&plain(from), |h| {
                (h.producer_id, h.producer_epoch, h.base_sequence) = (5, 3, 7);
                h.attributes = h.attributes.with_transactional(true);
            });
            let fixed = AppendRules { compression: Compression::Fixed(to, None), ..rules() };
            let checked = run(&bytes, &fixed).unwrap();
            assert_eq!(checked.header.attributes.codec(), Ok(to));
            let out = written(&checked);
            assert_eq!(records(&out), records(&bytes));
            if from == to {
                assert_eq!(out, bytes);
            }
            let old = BatchHeader::read(bytes.first_chunk().unwrap()).unwrap();
            let same = |h: &BatchHeader| {
                (
                    h.producer_id,
                    h.producer_epoch,
                    h.base_sequence,
                    h.record_count,
                    h.attributes.is_transactional(),
                )
            };
            assert_eq!(same(&checked.header), same(&old));
        }
    }
}

#[test]
fn recompression_checks_the_records_and_the_new_size() {
    let fixed = AppendRules { compression: Compression::Fixed(Codec::None, None), ..rules() };
    let compacted = AppendRules { compacted: true, ..fixed.clone() };
    assert_eq!(record_errors(&plain(Codec::Zstd), &compacted), (ErrorCode::InvalidRecord, vec![1]));
    let value = vec![0; 100_000];
    let mut builder = BatchBuilder::new(options(Codec::Zstd));
    builder.append(NOW_MS, None, Some(&value), &[]).unwrap();
    let mut bytes = Vec::new();
    builder.finish(&mut bytes).unwrap();
    check(&bytes, &AppendRules { batch_bytes_max: 90_000, ..fixed.clone() }, ErrorCode::MessageTooLarge);
    check(&bytes, &AppendRules { segment_bytes_max: 90_000, ..fixed.clone() }, ErrorCode::RecordListTooLarge);
    check(&bytes, &fixed, None);
    let append = AppendRules { timestamp_type: TimestampType::LogAppendTime, ..fixed };
    let checked = run(&bytes, &append).unwrap();
    assert_eq!(records(&written(&checked)), [(NOW_MS, None)]);
    assert!(checked.header.attributes.is_append_time());
}

#[test]
fn a_bomb_is_too_large_and_takes_no_memory() {
    let value = vec![0; 50 << 20];
    let mut builder = BatchBuilder::new(options(Codec::Zstd));
    builder.append(NOW_MS, Some(b"k"), Some(&value), &[]).unwrap();
    let mut bytes = Vec::new();
    builder.finish(&mut bytes).unwrap();
    assert!(bytes.len() < 10_000);
    check(&bytes, &AppendRules { compacted: true, ..rules() }, ErrorCode::MessageTooLarge);
    let fixed = AppendRules { compression: Compression::Fixed(Codec::Lz4, None), ..rules() };
    check(&bytes, &fixed, ErrorCode::MessageTooLarge);
}

#[test]
fn records_that_contradict_the_header_are_found_where_they_are_read() {
    let compacted = AppendRules { compacted: true, ..rules() };
    let mut short = plain(Codec::None);
    let last = short.len() - 1;
    short[last] = 0xff;
    check(&with_header(&short, |_| ()), &rules(), ErrorCode::InvalidRecord);
    let garbled = with_header(&plain(Codec::None), |h| h.attributes = h.attributes.with_codec(Codec::Gzip));
    check(&garbled, &compacted, ErrorCode::InvalidRecord);
    // Two of three records, and a header that says two of two: bytes follow the last.
    let fewer = with_header(&plain(Codec::None), |h| (h.record_count, h.last_offset_delta) = (2, 1));
    check(&fewer, &rules(), ErrorCode::InvalidRecord);
}

#[test]
fn a_coordinator_writes_what_a_client_may_not() {
    let bytes = with_header(&plain(Codec::None), |h| {
        (h.producer_id, h.producer_epoch, h.base_sequence) = (5, 0, -1);
        h.attributes = h.attributes.with_transactional(true);
    });
    check(&bytes, &rules(), ErrorCode::InvalidRecord);
    let compacted = AppendRules { compacted: true, ..rules() };
    assert!(validate(&bytes, Origin::Coordinator, &compacted, NOW_MS).is_ok());
    let small = AppendRules { batch_bytes_max: 70, ..rules() };
    assert!(validate(&bytes, Origin::Coordinator, &small, NOW_MS).is_err());
}

#[test]
fn zstd_is_seen_in_the_header() {
    for codec in Codec::ALL {
        assert_eq!(uses_zstd(&plain(codec)), codec == Codec::Zstd);
    }
    assert!(!uses_zstd(&[]));
}

proptest::proptest! {
    #[test]
    fn no_bytes_make_it_panic(bytes in proptest::collection::vec(proptest::prelude::any::<u8>(), 0..200), at in 0_usize..200) {
        let _ = run(&bytes, &rules());
        // The same over a real batch, signed, so that the records are reached.
        let mut batch = plain(Codec::None);
        for (index, byte) in bytes.iter().enumerate().take(4) {
            let len = batch.len();
            let position = (at + index * 37) % len;
            if !(8..21).contains(&position) {
                batch[position] ^= byte;
            }
        }
        let crc = crc32c(&batch[21..]);
        batch[17..21].copy_from_slice(&crc.to_be_bytes());
        let compacted = AppendRules { compacted: true, before_max_ms: 3, ..rules() };
        if let Ok(checked) = run(&batch, &compacted) {
            written(&checked);
        }
    }
}

#[test]
fn headers_come_through_recompression() {
    let list = [
        watershed_protocol::batch::Header::new("h", b"1"),
        watershed_protocol::batch::Header::new("h", b"2"),
    ];
    let mut builder = BatchBuilder::new(options(Codec::None));
    builder.append(NOW_MS, None, None, &list).unwrap();
    let mut bytes = Vec::new();
    builder.finish(&mut bytes).unwrap();
    let fixed = AppendRules { compression: Compression::Fixed(Codec::Gzip, Some(9)), ..rules() };
    let out = written(&run(&bytes, &fixed).unwrap());
    let batch = RawBatch::parse(&out).unwrap().validate().unwrap();
    let mut reader = BatchReader::new(1 << 20);
    let record = reader.records(&batch).unwrap().next().unwrap().unwrap();
    assert_eq!(record.headers, Headers::from_list(&list));
    assert_eq!(record.value, None);
}

//! What is built is read, and what is read is built again.

use proptest::prelude::*;

use super::super::*;
use super::generate::*;

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, ..ProptestConfig::default() })]

    #[test]
    fn what_is_built_is_read_with_nothing_changed(case in case()) {
        let bytes = case.build();
        let (header, records) = read(&bytes).unwrap();
        prop_assert_eq!(&records, &case.records_as_read());
        prop_assert_eq!(header, expected_header(&case, &bytes));
        prop_assert_eq!(&header.write()[..], &bytes[..HEADER_BYTES]);
    }

    #[test]
    fn a_rebuilt_batch_has_the_same_header_and_the_same_records(case in case()) {
        let bytes = case.build();
        let (header, records) = read(&bytes).unwrap();
        let rebuilt = rebuild(&bytes, case.options.level).unwrap();
        let (header_rebuilt, records_rebuilt) = read(&rebuilt).unwrap();
        prop_assert_eq!(records_rebuilt, records);
        if case.options.append_time_ms.is_none() {
            // A codec's output is the same for the same input: not only the fields are equal.
            prop_assert_eq!(&rebuilt, &bytes);
        } else {
            // The times that the producer set are gone, as after Kafka's own compaction; nothing else is.
            let expected = BatchHeader {
                base_timestamp_ms: header_rebuilt.base_timestamp_ms,
                length_bytes: header_rebuilt.length_bytes,
                crc: header_rebuilt.crc,
                ..header
            };
            prop_assert_eq!(header_rebuilt, expected);
        }
        prop_assert_eq!(rebuild(&rebuilt, case.options.level).unwrap(), rebuilt);
    }

    #[test]
    fn a_batch_rebuilt_without_some_records_keeps_its_offsets(case in case(), keep: u64) {
        let bytes = case.build();
        let batch = RawBatch::parse(&bytes).unwrap().validate().unwrap();
        let mut builder = BatchBuilder::new(BatchOptions::from_header(batch.header()).unwrap());
        let mut reader = BatchReader::new(LIMIT_BYTES);
        let mut kept = Vec::new();
        for (index, record) in reader.records(&batch).unwrap().enumerate() {
            let record = record.unwrap();
            if keep >> (index % 64) & 1 == 1 {
                builder.push(&record).unwrap();
                kept.push(OwnedRecord::from(record));
            }
        }
        let mut out = Vec::new();
        builder.finish(&mut out).unwrap();
        let (header, records) = read(&out).unwrap();
        prop_assert_eq!(records, kept);
        prop_assert_eq!(header.base_offset, case.options.base_offset);
        prop_assert_eq!(header.last_offset(), case.last_offset());
        prop_assert_eq!(header.delete_horizon_ms(), case.options.delete_horizon_ms);
    }
}

/// What Kafka's documentation says that the header of this batch holds.
fn expected_header(case: &Case, bytes: &[u8]) -> BatchHeader {
    let options = &case.options;
    let first_time = case.records.first().map(|record| record.timestamp_ms);
    let last_time = case.records.iter().map(|record| record.timestamp_ms).max();
    BatchHeader {
        base_offset: options.base_offset,
        length_bytes: i32::try_from(bytes.len() - LENGTH_PREFIX_BYTES).unwrap(),
        leader_epoch: options.leader_epoch,
        crc: crc32c(&bytes[21..]),
        attributes: Attributes::new(options.codec)
            .with_append_time(options.append_time_ms.is_some())
            .with_transactional(options.transactional)
            .with_control(options.control)
            .with_delete_horizon(options.delete_horizon_ms.is_some()),
        last_offset_delta: i32::try_from(case.last_offset() - options.base_offset).unwrap(),
        base_timestamp_ms: options.delete_horizon_ms.or(first_time).unwrap_or(-1),
        // As Kafka has it: a time before -1 does not count.
        max_timestamp_ms: options
            .append_time_ms
            .unwrap_or(last_time.map_or(options.empty_max_timestamp_ms, |time| time.max(-1))),
        producer_id: options.producer_id,
        producer_epoch: options.producer_epoch,
        base_sequence: options.base_sequence,
        record_count: i32::try_from(case.records.len()).unwrap(),
    }
}

#[test]
fn ten_thousand_records_come_back_from_every_codec() {
    for codec in Codec::ALL {
        let mut builder = BatchBuilder::new(BatchOptions { codec, ..BatchOptions::default() });
        for index in 0..10_000i64 {
            let value = format!("{{\"id\":{index},\"name\":\"somebody\"}}");
            builder.append(index, Some(&index.to_be_bytes()), Some(value.as_bytes()), &[]).unwrap();
        }
        let mut bytes = Vec::new();
        builder.finish(&mut bytes).unwrap();
        let (header, records) = read(&bytes).unwrap();
        assert_eq!((header.record_count, records.len()), (10_000, 10_000), "{codec}");
        for (index, record) in (0i64..).zip(records) {
            assert_eq!((record.offset, record.timestamp_ms), (index, index), "{codec}");
            assert_eq!(record.key.as_deref(), Some(&index.to_be_bytes()[..]), "{codec}");
        }
    }
}

#[test]
fn a_builder_and_a_reader_carry_nothing_over_to_the_next_batch() {
    let mut builder = BatchBuilder::new(BatchOptions::default());
    let mut reader = BatchReader::new(LIMIT_BYTES);
    let mut out = Vec::new();
    // From large to small and through every codec twice, so that what is left in a buffer would show.
    for (round, codec) in Codec::ALL.into_iter().rev().chain(Codec::ALL).enumerate() {
        let case = Case::small(BatchOptions { codec, base_offset: 7, ..BatchOptions::default() });
        builder.start(BatchOptions { append_time_ms: Some(1), control: true, ..case.options });
        builder.append(3, None, Some(&vec![b'x'; 300_000 >> round]), &[]).unwrap();
        builder.finish(&mut out).unwrap();
        let batch = RawBatch::parse(&out).unwrap().validate().unwrap();
        assert_eq!(reader.records(&batch).unwrap().count(), 1);

        builder.append(9, None, None, &[]).unwrap();
        builder.start(case.options);
        assert_eq!((builder.record_count(), builder.uncompressed_bytes()), (0, HEADER_BYTES));
        for record in &case.records {
            let headers: Vec<Header<'_>> =
                record.headers.iter().map(|(key, value)| Header { key, value: value.as_deref() }).collect();
            builder
                .push(&Record {
                    offset: record.offset,
                    timestamp_ms: record.timestamp_ms,
                    key: record.key.as_deref(),
                    value: record.value.as_deref(),
                    headers: Headers::from_list(&headers),
                })
                .unwrap();
        }
        builder.finish(&mut out).unwrap();
        assert_eq!(out, case.build(), "{codec}");
        let batch = RawBatch::parse(&out).unwrap().validate().unwrap();
        let records: Vec<OwnedRecord> =
            reader.records(&batch).unwrap().map(|record| record.unwrap().into()).collect();
        assert_eq!(records, case.records, "{codec}");
    }
}

#[test]
fn a_refused_record_leaves_the_batch_as_it_was() {
    let mut builder = BatchBuilder::new(BatchOptions { base_offset: 10, ..BatchOptions::default() });
    let record =
        |offset| Record { offset, timestamp_ms: 5, key: None, value: Some(b"v"), headers: Headers::NONE };
    builder.push(&record(12)).unwrap();
    let size = builder.uncompressed_bytes();
    for offset in [i64::MIN, -1, 10, 12, 11 + (1 << 31), i64::MAX] {
        let refused = builder.push(&record(offset));
        assert!(matches!(refused, Err(BatchError::Unencodable(_))), "{offset}: {refused:?}");
    }
    assert_eq!((builder.record_count(), builder.uncompressed_bytes()), (1, size));
    builder.append(6, None, Some(b"next"), &[]).unwrap();
    let mut out = Vec::new();
    builder.finish(&mut out).unwrap();
    let offsets: Vec<i64> = read(&out).unwrap().1.iter().map(|record| record.offset).collect();
    assert_eq!(offsets, [12, 13]);
}

#[test]
fn a_batch_that_cannot_be_is_refused_and_leaves_nothing_behind() {
    let at = |base_offset, last_offset| BatchOptions { base_offset, last_offset, ..BatchOptions::default() };
    for (options, records) in [
        (at(0, None), 0),
        (at(i64::MIN, None), 0),
        (at(0, Some(-1)), 0),
        (at(0, Some(0)), 2),
        (at(i64::MIN, Some(i64::MAX)), 0),
        (at(i64::MIN, Some(i64::MAX)), 1),
        (at(0, Some(1 << 31)), 1),
        (at(i64::MAX, Some(i64::MIN)), 0),
    ] {
        let mut builder = BatchBuilder::new(options);
        for _ in 0..records {
            builder.append(0, None, None, &[]).unwrap();
        }
        let mut out = vec![1, 2, 3];
        let refused = builder.finish(&mut out);
        assert!(matches!(refused, Err(BatchError::Unencodable(_))), "{options:?}: {refused:?}");
        assert_eq!(out, [], "{options:?}");
        assert_eq!(builder.record_count(), 0, "{options:?}");
    }
}

#[test]
fn a_batch_at_either_end_of_the_offsets_is_built_and_read() {
    for base_offset in [i64::MIN, -1, 0, i64::MAX - 1] {
        let options = BatchOptions { base_offset, last_offset: Some(base_offset), ..BatchOptions::default() };
        let empty = Case { options, records: Vec::new() };
        let (header, records) = read(&empty.build()).unwrap();
        assert_eq!((header.base_offset, header.last_offset(), records.len()), (base_offset, base_offset, 0));
    }
}

#[test]
fn an_empty_batch_keeps_its_offsets_whatever_its_codec() {
    for codec in Codec::ALL {
        let options = BatchOptions { codec, base_offset: 5, last_offset: Some(9), ..BatchOptions::default() };
        let (header, records) = read(&Case { options, records: Vec::new() }.build()).unwrap();
        assert_eq!((header.base_offset, header.last_offset(), header.offset_count()), (5, 9, 5), "{codec}");
        assert_eq!((header.record_count, records.len()), (0, 0), "{codec}");

        // Compaction may leave nothing behind the header, whatever the codec bits still say.
        let bare = seal(header, &[]);
        assert_eq!(read(&bare).unwrap().1, [], "{codec}");
    }
}

#[test]
fn an_unknown_attribute_bit_survives_a_rewrite_and_not_a_rebuild() {
    let bytes = Case::small(BatchOptions::default()).build();
    let mut header = read(&bytes).unwrap().0;
    header.attributes = Attributes::from_bits(header.attributes.bits() | 0xff80);
    let mut bytes = seal(header, &bytes[HEADER_BYTES..]);
    let rewritten =
        rewrite_in_place(&mut bytes, &Rewrite { transactional: Some(true), ..Rewrite::default() });
    assert_eq!(rewritten.unwrap().attributes.bits(), 0xff90);
    let rebuilt = rebuild(&bytes, None).unwrap();
    assert_eq!(read(&rebuilt).unwrap().0.attributes.bits(), 0x0010);
}

#[test]
fn the_last_header_of_a_name_is_the_one_that_counts() {
    let list = [Header::new("a", b"1"), Header::new("b", b"2"), Header::new("a", b"3")];
    let mut builder = BatchBuilder::new(BatchOptions::default());
    builder.append(0, None, None, &list).unwrap();
    let mut out = Vec::new();
    builder.finish(&mut out).unwrap();
    let batch = RawBatch::parse(&out).unwrap().validate().unwrap();
    let mut reader = BatchReader::new(LIMIT_BYTES);
    let record = reader.records(&batch).unwrap().next().unwrap().unwrap();
    for headers in [Headers::from_list(&list), record.headers] {
        assert_eq!((headers.len(), headers.is_empty()), (3, false));
        assert_eq!(headers.last("a").and_then(|header| header.value), Some(&b"3"[..]));
        assert_eq!(headers.last("c"), None);
        assert_eq!(headers, Headers::from_list(&list));
        assert_ne!(headers, Headers::from_list(&list[1..]));
        assert!(headers.into_iter().eq(list));
    }
}

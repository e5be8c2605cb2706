//! How many allocations a record costs: none. How many a batch costs, once reader and builder are warm: none.

mod batch_support;

use allocation_counter::measure;
use batch_support::batch_of;
use watershed_protocol::batch::{
    BatchBuilder, BatchOptions, BatchReader, Batches, Codec, Header, Headers, RawBatch, Record, Rewrite,
    rewrite_in_place,
};

fn values(count: usize) -> Vec<Vec<u8>> {
    (0..count)
        .map(|index| format!("{{\"id\":{index},\"name\":\"{:0>80}\"}}", index * 7919).into_bytes())
        .collect()
}

fn options(codec: Codec) -> BatchOptions {
    BatchOptions { codec, ..BatchOptions::default() }
}

#[test]
fn a_warm_reader_allocates_nothing_for_a_batch_and_its_records() {
    for codec in Codec::ALL {
        for count in [1, 10, 10_000] {
            let bytes = batch_of(options(codec), &values(count));
            let mut reader = BatchReader::new(16 << 20);
            let mut bytes_seen = 0;
            let mut read = || {
                let batch = RawBatch::parse(&bytes).unwrap().validate().unwrap();
                for record in reader.records(&batch).unwrap() {
                    let record = record.unwrap();
                    bytes_seen += record.value.unwrap().len();
                    bytes_seen += record.headers.iter().map(|header| header.key.len()).sum::<usize>();
                    assert!(record.headers.last("trace").unwrap().value.is_none());
                }
            };
            read();
            let counted = measure(read);
            assert_eq!(counted.count_total, 0, "{codec}, {count} records");
            assert!(bytes_seen > 0);
        }
    }
}

#[test]
fn a_warm_builder_allocates_nothing_for_a_batch_and_its_records() {
    for codec in Codec::ALL {
        for count in [1, 10, 10_000] {
            let values = values(count);
            let headers = [Header::new("trace", b"00-11")];
            let mut builder = BatchBuilder::new(options(codec));
            let mut out = Vec::new();
            let mut build = || {
                for (index, value) in (0i64..).zip(&values) {
                    builder.append(index, Some(b"key"), Some(value), &headers).unwrap();
                }
                builder.finish(&mut out).unwrap();
            };
            // Twice, because builder and caller swap their buffers.
            build();
            build();
            let counted = measure(build);
            assert_eq!(counted.count_total, 0, "{codec}, {count} records");
        }
    }
}

#[test]
fn a_warm_rebuild_allocates_nothing() {
    for codec in Codec::ALL {
        let bytes = batch_of(options(codec), &values(1_000));
        let mut reader = BatchReader::new(16 << 20);
        let mut builder = BatchBuilder::new(options(codec));
        let mut out = Vec::new();
        let mut rebuild = || {
            let batch = RawBatch::parse(&bytes).unwrap().validate().unwrap();
            builder.start(BatchOptions::from_header(batch.header()).unwrap());
            for record in reader.records(&batch).unwrap() {
                builder.push(&record.unwrap()).unwrap();
            }
            builder.finish(&mut out).unwrap();
        };
        rebuild();
        rebuild();
        let counted = measure(rebuild);
        assert_eq!(counted.count_total, 0, "{codec}");
        assert_eq!(out, bytes, "{codec}");
    }
}

#[test]
fn the_raw_view_allocates_nothing() {
    let mut bytes = batch_of(options(Codec::Lz4), &values(100));
    let counted = measure(|| {
        let change = Rewrite { base_offset: Some(7), append_time_ms: Some(1), ..Rewrite::default() };
        rewrite_in_place(&mut bytes, &change).unwrap();
        for batch in Batches::new(&bytes) {
            batch.unwrap().validate().unwrap().rewritten_header(&change).unwrap();
        }
    });
    assert_eq!(counted.count_total, 0);
}

/// The first batch is where memory is taken; how often is known.
#[test]
fn a_cold_builder_allocates_a_few_times_and_not_per_record() {
    let values = values(10_000);
    let record = |index: usize| Record {
        offset: i64::try_from(index).unwrap(),
        timestamp_ms: 0,
        key: None,
        value: Some(&values[index]),
        headers: Headers::NONE,
    };
    for codec in Codec::ALL {
        let counted = measure(|| {
            let mut builder = BatchBuilder::new(options(codec));
            let mut out = Vec::new();
            (0..values.len()).for_each(|index| builder.push(&record(index)).unwrap());
            builder.finish(&mut out).unwrap();
        });
        assert!(counted.count_total < 40, "{codec}: {}", counted.count_total);
    }
}

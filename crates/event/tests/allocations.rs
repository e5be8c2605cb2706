//! Binary mode allocates nothing per event: the claim of the crate's documentation, counted.
//!
//! A file of its own, since counting replaces the allocator of its whole program.

use uuid::Uuid;
use watershed_event::read::{Detection, EventReader, Limits, ReaderOptions};
use watershed_event::record_ids::PartitionIdentity;
use watershed_event::{Event, HeaderBuffer};
use watershed_protocol::batch::{Header, Headers, Record};

fn reader() -> EventReader {
    EventReader::new(&ReaderOptions {
        stream: "sales",
        default_source: "/sales",
        partition: PartitionIdentity { cluster_id: "c", topic_id: Uuid::from_u128(5), partition: 0 },
        debezium: Detection::Detect,
        limits: Limits::default(),
    })
    .expect("the names are allowed")
}

/// Reads a record and writes its event again, once to warm up and a thousand times counted.
fn allocations(record: &Record<'_>, change: impl Fn(Event<'_>) -> Event<'_>) -> u64 {
    let reader = reader();
    let mut buffer = HeaderBuffer::default();
    let mut copy = || {
        let event = change(reader.read(record).expect("the record is an event").event);
        let written = buffer.write(&event, record.headers);
        assert!(written.headers().len() >= 4);
    };
    copy();
    allocation_counter::measure(|| (0..1_000).for_each(|_| copy())).count_total
}

#[test]
fn reading_and_writing_binary_mode_allocates_nothing() {
    let headers = [
        Header::new("ce_specversion", b"1.0"),
        Header::new("ce_id", b"017f22e2-79b0-7cc3-98c4-dc0c0c07398f"),
        Header::new("ce_source", b"/till"),
        Header::new("ce_type", b"sales.update"),
        Header::new("ce_subject", "Zürich".as_bytes()),
        Header::new("ce_time", b"2024-05-01T12:00:00.5Z"),
        Header::new("content-type", b"application/json"),
        Header::new("ce_op", b"u"),
        Header::new("ce_version", b"7"),
        Header::new("ce_carries", b"state"),
        Header::new("ce_traceparent", b"00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"),
        Header::new("ce_one", b"1"),
        Header::new("ce_two", b"2"),
        Header::new("ce_three", b"3"),
        Header::new("ce_four", b"4"),
        Header::new("other", b"kept"),
    ];
    let record = Record {
        offset: 41,
        timestamp_ms: 0,
        key: Some("Zürich".as_bytes()),
        value: Some(b"{}"),
        headers: Headers::from_list(&headers),
    };
    assert_eq!(allocations(&record, |event| event), 0);
    let other_id = Uuid::from_u128(7);
    assert_eq!(allocations(&record, |event| event.with_id(other_id.into())), 0);
}

#[test]
fn stamping_a_bare_record_allocates_nothing() {
    let headers = Headers::NONE;
    let record = Record {
        offset: 41,
        timestamp_ms: 1_714_564_800_500,
        key: Some(b"k"),
        value: Some(b"{\"a\":1}"),
        headers,
    };
    assert_eq!(allocations(&record, |event| event), 0);
    assert_eq!(allocations(&Record { value: None, ..record }, |event| event), 0);
}

#[test]
fn the_counter_counts() {
    assert_eq!(allocation_counter::measure(|| drop(vec![0u8; 8])).count_total, 1);
}

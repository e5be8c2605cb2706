//! Claims about reading: which form a record has, and bare records. The other forms have a file each.

mod binary;
mod debezium;
mod properties;
mod structured;

use uuid::Uuid;
use watershed_protocol::batch::{Header, Headers};

use super::*;
use crate::attribute::{AttributeName, DataContentType, DataSchema, Subject};
use crate::entity::{Carries, EntityVersion};
use crate::id::EventId;
use crate::time::EventTime;
use crate::trace::TraceContext;
use crate::write::HeaderBuffer;

const TRACE: &str = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
const HOP_TRACE: &str = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
const REQUIRED: [(&str, &str); 4] =
    [("ce_specversion", "1.0"), ("ce_id", "7"), ("ce_source", "/till"), ("ce_type", "sold")];
const STRUCTURED: [(&str, &str); 1] = [("content-type", "application/cloudevents+json; charset=UTF-8")];

fn reader() -> EventReader {
    reader_with(Limits { attributes_max: 20, attribute_bytes_max: 100 })
}

fn reader_with(limits: Limits) -> EventReader {
    EventReader::new(&ReaderOptions {
        stream: "sales",
        default_source: "/sales",
        partition: PartitionIdentity { cluster_id: "c", topic_id: Uuid::from_u128(5), partition: 0 },
        debezium: Detection::Detect,
        limits,
    })
    .unwrap()
}

fn record<'a>(key: Option<&'a [u8]>, value: Option<&'a [u8]>, headers: &'a [Header<'a>]) -> Record<'a> {
    Record { offset: 41, timestamp_ms: 1_714_564_800_500, key, value, headers: Headers::from_list(headers) }
}

fn headers<'a>(pairs: &[(&'a str, &'a str)]) -> Vec<Header<'a>> {
    pairs.iter().map(|&(name, value)| Header::new(name, value.as_bytes())).collect()
}

/// What a record with these headers is read as, and again after it was written.
fn read(pairs: &[(&str, &str)], value: Option<&[u8]>) -> Result<(Event<'static>, &'static str), ReadError> {
    let (reader, headers) = (reader(), headers(pairs));
    let record = record(Some(b"k"), value, &headers);
    let ReadEvent { event, form } = reader.read(&record)?;
    let mut buffer = HeaderBuffer::default();
    let written = buffer.write(&event, record.headers);
    let again = Record { value: event.data(), headers: written.headers(), ..record };
    let again = reader.read(&again).unwrap();
    assert_eq!((again.form, &again.event), (Form::Binary, &event), "written and read again");
    let name = form.name();
    Ok((event.clone().into_owned(), name))
}

fn binary(more: &[(&str, &str)]) -> Result<Event<'static>, ReadError> {
    let (event, form) = read(&[&REQUIRED, more].concat(), Some(b"data"))?;
    assert_eq!(form, "binary");
    Ok(event)
}

fn structured(members: &str) -> Result<Event<'static>, ReadError> {
    let value = format!(r#"{{"specversion":"1.0","id":"7","source":"/till","type":"sold"{members}}}"#);
    let (event, form) = read(&STRUCTURED, Some(value.as_bytes()))?;
    assert_eq!(form, "structured");
    Ok(event)
}

fn minimal() -> Event<'static> {
    Event::new(EventId::parse("7").unwrap(), Source::new("/till").unwrap(), EventType::new("sold").unwrap())
}

fn extension(event: Event<'static>, name: &str, value: &'static str) -> Event<'static> {
    let mut event = event;
    event.extensions_mut().set_unchecked(AttributeName::new(name).unwrap(), value.into());
    event
}

#[test]
fn the_form_is_found_by_the_headers_first() {
    let debezium = r#"{"op":"c","source":{},"after":{}}"#;
    let check = |pairs: &[(&str, &str)], value: &str, form: &str| {
        assert_eq!(read(pairs, Some(value.as_bytes())).map(|(_, form)| form), Ok(form), "{pairs:?} {value}");
    };
    check(&REQUIRED, debezium, "binary");
    check(&[], debezium, "debezium");
    check(&[("ce_other", "1")], debezium, "debezium");
    check(&[("content-type", "application/json")], r#"{"op":"c"}"#, "bare");
    check(&[("ce_other", "1")], "x", "bare");
    let event = r#"{"specversion":"1.0","id":"7","source":"/till","type":"sold"}"#;
    check(&[("Content-Type", "APPLICATION/CloudEvents+JSON ;x=y"), ("ce_id", "8")], event, "structured");
    check(&[], event, "bare");
}

#[test]
fn a_bare_record_is_known_by_its_place() {
    let (event, form) =
        read(&[("content-type", "text/plain"), ("traceparent", HOP_TRACE)], Some(b"v")).unwrap();
    assert_eq!(form, "bare");
    let expected = Event::new(
        reader().ids.id(41).unwrap(),
        Source::new("/sales").unwrap(),
        EventType::new("sales").unwrap(),
    )
    .with_subject(Subject::new("k").unwrap())
    .with_time(EventTime::parse("2024-05-01T12:00:00.5Z").unwrap())
    .with_trace(TraceContext::new(HOP_TRACE).unwrap())
    .with_data_content_type(DataContentType::new("text/plain").unwrap())
    .with_data(b"v");
    assert_eq!(event, expected);
}

#[test]
fn a_bare_record_claims_only_what_it_says() {
    let reader = reader();
    let read = |record: Record<'_>| reader.read(&record).unwrap().event.into_owned();
    let tombstone = read(record(Some(b"k"), None, &[]));
    assert_eq!((tombstone.op(), tombstone.event_type().as_str()), (Some(Op::Delete), "sales.delete"));
    let nothing = read(record(None, None, &[]));
    assert_eq!((nothing.op(), nothing.event_type().as_str(), nothing.subject()), (None, "sales", None));
    for key in [b"".as_slice(), b"\0\0\0\x05", b"\xff", &[b'k'; 101]] {
        assert_eq!(read(record(Some(key), Some(b""), &[])).subject(), None, "{key:?}");
    }
    for timestamp_ms in [-1, i64::MIN, i64::MAX] {
        assert_eq!(read(Record { timestamp_ms, ..record(None, None, &[]) }).time(), None);
    }
    let not_text = [Header::new("content-type", b"\xff"), Header::new("traceparent", b"\xff")];
    let event = read(record(None, None, &not_text));
    assert_eq!((event.data_content_type(), event.trace()), (None, None));
}

#[test]
fn a_record_without_an_offset_has_no_derived_id() {
    let unread = Record { offset: -1, ..record(None, None, &[]) };
    let error = reader().read(&unread).unwrap_err();
    assert_eq!(error, ReadError::RecordId(RecordIdError::NegativeOffset { offset: -1 }));
}

#[test]
fn a_reader_needs_names_that_can_be_attributes() {
    let partition = PartitionIdentity { cluster_id: "c", topic_id: Uuid::from_u128(5), partition: 0 };
    let check = |stream, default_source, partition| {
        let (debezium, limits) = (Detection::Ignore, Limits::default());
        EventReader::new(&ReaderOptions { stream, default_source, partition, debezium, limits }).unwrap_err()
    };
    assert_eq!(check("", "/s", partition), ReaderError::Stream(AttributeError::Empty));
    assert_eq!(check("s", "", partition), ReaderError::DefaultSource(AttributeError::Empty));
    let nowhere = PartitionIdentity { topic_id: Uuid::nil(), ..partition };
    assert_eq!(check("s", "/s", nowhere), ReaderError::Partition(RecordIdError::NoTopicId));
}

//! Events go to and fro between this crate and the CloudEvents SDK for Python without a change.
//!
//! `cargo xtask test` runs this with the interpreter that has the SDK. The generated events are the same in
//! every run.

mod generate;
mod sdk;

use generate::{Given, Random};
use sdk::{Message, Sdk, Seen};
use serde_json::Value;
use uuid::Uuid;
use watershed_event::attribute::{AttributeName, DataContentType, DataSchema, EventType, Source, Subject};
use watershed_event::entity::{Carries, EntityVersion};
use watershed_event::read::{Detection, EventReader, Limits, ReaderOptions};
use watershed_event::record_ids::PartitionIdentity;
use watershed_event::time::EventTime;
use watershed_event::trace::TraceContext;
use watershed_event::{Event, EventId, HeaderBuffer, Op};
use watershed_protocol::batch::{Header, Headers, Record};

const EVENTS: usize = 80;

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

/// What is ours of a message: its event, and the message that it becomes when it is written again.
fn read_and_write(message: &Message) -> (Event<'static>, &'static str, Message) {
    let headers: Vec<_> = message.headers.iter().map(|(name, value)| Header::new(name, value)).collect();
    let (key, value) = (message.key.as_deref(), message.value.as_deref());
    let record = Record { offset: 0, timestamp_ms: -1, key, value, headers: Headers::from_list(&headers) };
    let reader = reader();
    let read = reader.read(&record).unwrap_or_else(|error| panic!("{error}: {message:?}"));
    let written = write(&read.event, record.headers);
    (read.event.into_owned(), read.form.name(), Message { key: message.key.clone(), ..written })
}

fn write(event: &Event<'_>, kept: Headers<'_>) -> Message {
    let mut buffer = HeaderBuffer::default();
    let written = buffer.write(event, kept);
    let owned = |header: Header<'_>| {
        let name = String::from_utf8(header.key.to_vec()).expect("our header names are ASCII");
        (name, header.value.expect("our headers have values").to_vec())
    };
    let headers = written.headers().iter().map(owned).collect();
    Message { headers, key: None, value: event.data().map(<[u8]>::to_vec) }
}

/// The event as a service would make it from the same attributes.
fn event_of(given: &Given, data: Option<Vec<u8>>) -> Event<'static> {
    const VALID: &str = "the generator makes valid values";
    let mut event = Event::new(
        EventId::parse(given.text("id").expect(VALID)).expect(VALID),
        Source::new(given.text("source").expect(VALID)).expect(VALID),
        EventType::new(given.text("type").expect(VALID)).expect(VALID),
    );
    let mut trace = None;
    for (name, value) in &given.attributes {
        let text = generate::canonical(value);
        event = match name.as_str() {
            "id" | "source" | "type" => event,
            "subject" => event.with_subject(Subject::new(text).expect(VALID)),
            "time" => event.with_time(EventTime::parse(text).expect(VALID)),
            "datacontenttype" => event.with_data_content_type(DataContentType::new(text).expect(VALID)),
            "dataschema" => event.with_data_schema(DataSchema::new(text).expect(VALID)),
            "op" => event.with_op(Op::from_letter(&text).expect(VALID)),
            "version" => event.with_version(EntityVersion::parse(&text).expect(VALID)),
            "carries" => event.with_carries(Carries::parse(&text).expect(VALID)),
            "traceparent" => {
                trace = TraceContext::new(text);
                event
            }
            _ => event.with_extension(AttributeName::new(name).expect(VALID), text).expect(VALID),
        };
    }
    if let Some(trace) = trace {
        event = event.with_trace(trace);
    }
    match data {
        Some(data) => event.with_data(data),
        None => event,
    }
}

/// What the SDK shows of an event that has what was given, and nothing else.
fn seen(given: &Given) -> Seen {
    let shown = |(name, value): (&String, &Value)| {
        let text = generate::canonical(value);
        (name.clone(), if name == "time" { sdk::time_as_shown(&text) } else { text })
    };
    let mut attributes: Vec<_> = given.attributes.iter().map(shown).collect();
    attributes.push(("specversion".to_owned(), "1.0".to_owned()));
    Seen::new(attributes, given.data.clone())
}

#[test]
fn the_sdk_reads_what_we_write() {
    let mut sdk = Sdk::start();
    let mut random = Random::new(1);
    for index in 0..EVENTS {
        let given = Given::generate(&mut random, index);
        let event = event_of(&given, given.bytes());
        let message = write(&event, Headers::NONE);
        assert_eq!(sdk.read(&message), seen(&given), "event {index}: {given:?}");
        let (read, form, _) = read_and_write(&message);
        assert_eq!((read, form), (event, "binary"), "event {index}: {given:?}");
    }
}

#[test]
fn we_read_and_write_again_what_the_sdk_writes_in_binary_mode() {
    let mut sdk = Sdk::start();
    let mut random = Random::new(2);
    for index in 0..EVENTS {
        let given = Given::generate(&mut random, index);
        let message = sdk.write("binary", &given);
        let (event, form, again) = read_and_write(&message);
        let expected = event_of(&given, message.value.clone());
        assert_eq!((&event, form), (&expected, "binary"), "event {index}: {given:?}");
        assert_eq!(sdk.read(&again), sdk.read(&message), "event {index}: {given:?}");
    }
}

#[test]
fn we_read_and_write_again_what_the_sdk_writes_in_structured_mode() {
    let mut sdk = Sdk::start();
    let mut random = Random::new(3);
    for index in 0..EVENTS {
        let given = Given::generate_structured(&mut random, index);
        let message = sdk.write("structured", &given);
        let (event, form, again) = read_and_write(&message);
        assert_eq!(form, "structured", "event {index}: {given:?}");
        let mut original = sdk.read(&message);
        let implied = event.data_content_type().filter(|_| given.text("datacontenttype").is_none());
        if let Some(implied) = implied {
            // JSON without a type is JSON: CloudEvents asks that the type be stated when the mode changes.
            assert_eq!(implied, &DataContentType::JSON, "event {index}: {given:?}");
            original.set("datacontenttype", implied.as_str());
        }
        assert_eq!(sdk.read(&again), original, "event {index}: {given:?}");
    }
}

#[test]
fn the_sdks_key_is_our_key() {
    let mut sdk = Sdk::start();
    let given = Given::minimal().with("partitionkey", "entity-7");
    for mode in ["binary", "structured"] {
        let message = sdk.write(mode, &given);
        assert_eq!(message.key.as_deref(), Some(&b"entity-7"[..]), "{mode}");
        let (event, _, again) = read_and_write(&message);
        assert_eq!(event.extensions().get("partitionkey"), Some("entity-7"), "{mode}");
        assert_eq!(sdk.read(&again), sdk.read(&message), "{mode}");
    }
}

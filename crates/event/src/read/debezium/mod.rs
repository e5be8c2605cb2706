//! Debezium's envelope: a change of a database's row, as Debezium's connectors send it with Kafka's JSON
//! converter.
//!
//! # What is recognised
//!
//! A value that is a JSON object with `op` one of c, r, u, d, t, m, an object `source`, and `before` or `after`
//! (not asked of t and m); or an object whose `payload` is one (the converter's `schema` beside it is passed
//! over). Other members, as `transaction`, `ts_us` or `ts_ns`, may be there or not. Anything else is bare, also
//! Debezium's heartbeats, schema changes and transaction markers. Avro and Protobuf are not JSON, and so bare.
//!
//! # What the event is
//!
//! | Debezium's op | `op` | `type` | data | `carries` |
//! |---|---|---|---|---|
//! | c | c (r if `source.snapshot` says so) | `stream.create` | `after` | state |
//! | r | r | `stream.read` | `after` | state |
//! | u | u | `stream.update` | `after` | state |
//! | c, r, u without `after` (MongoDB, when it sends only what changed) | as above | as above | none | hint |
//! | d | d | `stream.delete` | `before`: what was deleted, if the database says | state |
//! | t: the table was emptied | none | `stream.truncate` | none | none |
//! | m: a message in PostgreSQL's log | none | `stream.message` | `message` | none |
//!
//! Data is JSON text, byte by byte as it was in the envelope. MongoDB's connector puts documents into JSON
//! strings: of these it is the string's text. What the event has no place for, as `before` of an update, is in
//! the [`Envelope`].
//!
//! - `source`: `/debezium/<connector>/<name>`, as Debezium's own CloudEvents converter has it.
//! - `subject`: from the record's key, without the converter's `schema`: of a key of one column its value as
//!   text, of several the JSON object as it came.
//! - `time`: `source.ts_ns`, `ts_us` or `ts_ms` (when the database committed), else the envelope's own, else
//!   the record's.
//! - `version` and `id`: from the change's position in the database's log, where it has one that serves; see
//!   [`position`].

pub mod position;

use std::borrow::Cow;

use jiff::Timestamp;
use memchr::memmem;
use serde_json::value::RawValue;
use watershed_protocol::batch::Record;

use super::binary::{Slots, check_length};
use super::json::{self, Object};
use super::{EventReader, ReadError, bare};
use crate::attribute::{DataContentType, EventType, Source, Subject};
use crate::entity::Carries;
use crate::envelope::Event;
use crate::op::Op;
use crate::time::EventTime;

/// What happened, in Debezium's letters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Change {
    /// c, r, u or d: to a row.
    Row(Op),
    /// t: the whole table was emptied.
    Truncate,
    /// m: a message was written to PostgreSQL's log.
    Message,
}

/// The parts of the envelope, as JSON text.
#[derive(Debug, Clone)]
pub struct Envelope<'a> {
    change: Change,
    before: Option<&'a RawValue>,
    after: Option<&'a RawValue>,
    message: Option<&'a RawValue>,
    transaction: Option<&'a RawValue>,
    source: &'a RawValue,
    source_members: Object<'a>,
    processed: Option<Timestamp>,
}

impl<'a> Envelope<'a> {
    /// Finds the envelope in a record's value. `None` if the value is not one.
    #[must_use]
    pub fn parse(value: &'a [u8]) -> Option<Self> {
        let begins_object = value.trim_ascii_start().first() == Some(&b'{');
        // Spares most other JSON the parser: these two members are always there, and never escaped.
        let has = |name: &str| memmem::find(value, name.as_bytes()).is_some();
        if !begins_object || !has("\"op\"") || !has("\"source\"") {
            return None;
        }
        let outer = Object::parse(value).ok()?;
        match outer.get("payload") {
            Some(payload) if outer.get("op").is_none() => Self::of(&Object::of(payload)?),
            _ => Self::of(&outer),
        }
    }

    fn of(object: &Object<'a>) -> Option<Self> {
        let change = Change::from_letter(&json::string(object.get("op")?)?)?;
        let source = object.get("source")?;
        let source_members = Object::of(source)?;
        let has_row = object.iter().any(|(name, _)| name == "before" || name == "after");
        if matches!(change, Change::Row(_)) && !has_row {
            return None;
        }
        let is_snapshot = is_snapshot(&source_members);
        Some(Self {
            // Some connectors and versions send the rows of a snapshot as c.
            change: if is_snapshot && change == Change::Row(Op::Create) {
                Change::Row(Op::Read)
            } else {
                change
            },
            before: object.get("before"),
            after: object.get("after"),
            message: object.get("message"),
            transaction: object.get("transaction"),
            source,
            source_members,
            processed: time(object),
        })
    }

    /// What happened.
    #[must_use]
    pub fn change(&self) -> Change {
        self.change
    }

    /// The row before the change, JSON text; `None` if the envelope does not say.
    #[must_use]
    pub fn before_json(&self) -> Option<&'a str> {
        self.before.map(RawValue::get)
    }

    /// The row after the change, JSON text.
    #[must_use]
    pub fn after_json(&self) -> Option<&'a str> {
        self.after.map(RawValue::get)
    }

    /// The database transaction, JSON text.
    #[must_use]
    pub fn transaction_json(&self) -> Option<&'a str> {
        self.transaction.map(RawValue::get)
    }

    /// Where the change comes from, JSON text.
    #[must_use]
    pub fn source_json(&self) -> &'a str {
        self.source.get()
    }

    fn is_snapshot(&self) -> bool {
        self.change == Change::Row(Op::Read) || is_snapshot(&self.source_members)
    }

    fn source_text(&self, member: &str) -> Option<Cow<'a, str>> {
        self.source_members.get(member).and_then(json::string)
    }
}

impl PartialEq for Envelope<'_> {
    /// Compares the texts, and the time that was read from them.
    fn eq(&self, other: &Self) -> bool {
        let texts = |envelope: &Self| {
            let Self { before, after, message, transaction, source, .. } = *envelope;
            [before, after, message, transaction, Some(source)].map(|value| value.map(RawValue::get))
        };
        (self.change, self.processed) == (other.change, other.processed) && texts(self) == texts(other)
    }
}

impl Change {
    fn from_letter(letter: &str) -> Option<Self> {
        match letter {
            "t" => Some(Self::Truncate),
            "m" => Some(Self::Message),
            letter => Op::from_letter(letter).map(Self::Row),
        }
    }
}

/// Reads a record that has Debezium's envelope.
pub(super) fn read<'a>(
    reader: &'a EventReader,
    record: &Record<'a>,
    slots: &Slots<'a>,
    envelope: &Envelope<'a>,
) -> Result<Event<'a>, ReadError> {
    let key = record.key.and_then(Key::parse);
    let id = match key.as_ref().and_then(|key| position::id(key.bytes, envelope)) {
        Some(id) => id,
        None => reader.ids.id(record.offset)?,
    };
    let mut event = Event::new(id, source(reader, envelope), event_type(reader, envelope.change));
    event.subject = key.and_then(|key| subject(&key, reader));
    let time = time(&envelope.source_members).or(envelope.processed);
    event.time = time.and_then(|time| EventTime::new(time).ok()).or_else(|| bare::time(record));
    event.version = position::version(envelope);
    event.trace = slots.hop_trace(&reader.limits);
    (event.op, event.carries) = match envelope.change {
        Change::Row(Op::Delete) => (Some(Op::Delete), Some(Carries::State)),
        Change::Row(op) if envelope.after.is_some() => (Some(op), Some(Carries::State)),
        Change::Row(op) => (Some(op), Some(Carries::Hint)),
        Change::Truncate | Change::Message => (None, None),
    };
    event.data = match envelope.change {
        Change::Row(Op::Delete) => envelope.before.map(row_text),
        Change::Row(_) => envelope.after.map(row_text),
        Change::Truncate => None,
        Change::Message => envelope.message.map(|message| Cow::Borrowed(message.get().as_bytes())),
    };
    event.data_content_type = event.data.is_some().then_some(DataContentType::JSON);
    Ok(event)
}

/// A row is a JSON object; MongoDB's connector sends a string with a JSON object in it.
fn row_text(row: &RawValue) -> Cow<'_, [u8]> {
    match json::string(row) {
        Some(Cow::Borrowed(document)) => Cow::Borrowed(document.as_bytes()),
        Some(Cow::Owned(document)) => Cow::Owned(document.into_bytes()),
        None => Cow::Borrowed(row.get().as_bytes()),
    }
}

fn source<'a>(reader: &'a EventReader, envelope: &Envelope<'a>) -> Source<'a> {
    let named = |connector, name| Source::new(format!("/debezium/{connector}/{name}")).ok();
    let (connector, name) = (envelope.source_text("connector"), envelope.source_text("name"));
    let source = connector.zip(name).and_then(|(connector, name)| named(connector, name));
    let short = source.filter(|source| check_length(source.as_str().len(), &reader.limits).is_ok());
    short.unwrap_or_else(|| reader.source.borrowed())
}

fn event_type(reader: &EventReader, change: Change) -> EventType<'_> {
    match change {
        Change::Row(op) => reader.types.of(op),
        Change::Truncate => reader.types.truncate.borrowed(),
        Change::Message => reader.types.message.borrowed(),
    }
}

/// A record's key that is not null.
struct Key<'a> {
    /// As it came.
    bytes: &'a [u8],
    /// The JSON value, without the converter's wrapper; `None` if it is not JSON.
    json: Option<&'a RawValue>,
}

impl<'a> Key<'a> {
    /// `None` for JSON's null, which the converter makes of no key.
    fn parse(bytes: &'a [u8]) -> Option<Self> {
        let Ok(outer) = serde_json::from_slice::<&RawValue>(bytes) else {
            return Some(Self { bytes, json: None });
        };
        let json = converter_payload(outer).unwrap_or(outer);
        (!json::is_null(json)).then_some(Self { bytes, json: Some(json) })
    }

    fn text(&self) -> Option<Cow<'a, str>> {
        let Some(json) = self.json else { return std::str::from_utf8(self.bytes).ok().map(Cow::Borrowed) };
        let columns = Object::of(json).filter(|columns| columns.len() == 1);
        let value =
            columns.as_ref().and_then(|columns| columns.iter().next()).map_or(json, |(_, value)| value);
        if json::is_string(value) {
            return json::string(value);
        }
        // A lone column that is itself an object or an array keeps its name.
        let nested = value.get().starts_with(['{', '[']);
        Some(Cow::Borrowed(if nested { json.get() } else { value.get() }))
    }
}

/// The `payload` beside a `schema`, null or not.
fn converter_payload(outer: &RawValue) -> Option<&RawValue> {
    let object = Object::of(outer).filter(|object| object.len() == 2)?;
    let member = |wanted| object.iter().find(|(name, _)| *name == wanted).map(|(_, value)| value);
    member("schema").and(member("payload"))
}

/// `None` for a key that gives no text that CloudEvents allows.
fn subject<'a>(key: &Key<'a>, reader: &EventReader) -> Option<Subject<'a>> {
    let text = key.text()?;
    check_length(text.len(), &reader.limits).ok()?;
    Subject::new(text).ok()
}

/// The finest time of an object that has Debezium's time members. 0 stands for none.
fn time(object: &Object<'_>) -> Option<Timestamp> {
    let value = |name| object.get(name).and_then(json::integer::<i64>).filter(|&value| value > 0);
    let nanos = value("ts_ns").and_then(|nanos| Timestamp::from_nanosecond(nanos.into()).ok());
    nanos
        .or_else(|| value("ts_us").and_then(|micros| Timestamp::from_microsecond(micros).ok()))
        .or_else(|| value("ts_ms").and_then(|millis| Timestamp::from_millisecond(millis).ok()))
}

/// `true`, `"true"`, `"first"`, `"last"`, `"incremental"` and so on. Absent, null, `false` and `"false"` are no
/// snapshot.
fn is_snapshot(source: &Object<'_>) -> bool {
    source.get("snapshot").is_some_and(|snapshot| !matches!(snapshot.get(), "false" | "\"false\""))
}

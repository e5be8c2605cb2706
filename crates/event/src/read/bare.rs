//! A record that says nothing of itself: what can be known from its place, key and value.
//!
//! | attribute | |
//! |---|---|
//! | `id` | derived from the place ([`record_ids`](crate::record_ids)) |
//! | `source` | the reader's default |
//! | `type` | the stream's name; `stream.delete` for a tombstone |
//! | `subject` | the key, if it is text that CloudEvents allows; a binary key stays with the record |
//! | `time` | the record's timestamp |
//! | `op` | none; `d` for a tombstone, which is what a null value means where there is a key |
//! | `datacontenttype` | the header `content-type`, if it is text that CloudEvents allows |
//! | `traceparent` | the header `traceparent`, if valid |
//!
//! The tombstone that Debezium sends behind each deletion is one of these: a second deletion of the same
//! entity, which does no harm where effects are repeatable.

use std::borrow::Cow;

use jiff::Timestamp;
use watershed_protocol::batch::Record;

use super::binary::{Slots, check_length};
use super::{EventReader, ReadError};
use crate::attribute::{DataContentType, Subject};
use crate::envelope::Event;
use crate::op::Op;
use crate::time::EventTime;

/// Reads a record that has no envelope.
pub(super) fn read<'a>(
    reader: &'a EventReader,
    record: &Record<'a>,
    slots: &Slots<'a>,
) -> Result<Event<'a>, ReadError> {
    let allowed = |bytes: &'a [u8]| {
        check_length(bytes.len(), &reader.limits).ok()?;
        std::str::from_utf8(bytes).ok()
    };
    let deletes = record.key.is_some() && record.value.is_none();
    let event_type = if deletes { reader.types.of(Op::Delete) } else { reader.types.no_op.borrowed() };
    let mut event = Event::new(reader.ids.id(record.offset)?, reader.source.borrowed(), event_type);
    event.op = deletes.then_some(Op::Delete);
    event.subject = record.key.and_then(allowed).and_then(|key| Subject::new(key).ok());
    event.time = time(record);
    event.trace = slots.hop_trace(&reader.limits);
    event.data_content_type = slots
        .content_type()
        .and_then(allowed)
        .and_then(|content_type| DataContentType::new(content_type).ok());
    event.data = record.value.map(Cow::Borrowed);
    Ok(event)
}

/// The record's timestamp; `None` for -1, which stands for none, and for one before 1970 or past the year 9999.
pub(super) fn time(record: &Record<'_>) -> Option<EventTime<'static>> {
    let millis = Some(record.timestamp_ms).filter(|&millis| millis >= 0)?;
    EventTime::new(Timestamp::from_millisecond(millis).ok()?).ok()
}

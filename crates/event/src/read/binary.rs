//! Binary mode: an attribute a header, the data in the value.
//!
//! Source: CloudEvents Kafka protocol binding 1.0.2, 3.2.

use std::borrow::Cow;

use watershed_protocol::batch::{Header, Headers, Record};

use super::Limits;
use super::error::{Place, ReadError, excerpt};
use crate::attribute::{
    AttributeError, AttributeName, DataContentType, DataSchema, EventType, Source, Subject, check_text,
};
use crate::binding;
use crate::entity::{Carries, EntityVersion};
use crate::envelope::Event;
use crate::id::EventId;
use crate::op::Op;
use crate::time::EventTime;
use crate::trace::TraceContext;

/// The values of the headers that mean something here, in one pass: of each the last. Null is the same as
/// absent.
#[derive(Debug, Default)]
pub(super) struct Slots<'a> {
    content_type: Option<&'a [u8]>,
    specversion: Option<&'a [u8]>,
    id: Option<&'a [u8]>,
    source: Option<&'a [u8]>,
    event_type: Option<&'a [u8]>,
    subject: Option<&'a [u8]>,
    time: Option<&'a [u8]>,
    data_content_type: Option<&'a [u8]>,
    data_schema: Option<&'a [u8]>,
    op: Option<&'a [u8]>,
    version: Option<&'a [u8]>,
    carries: Option<&'a [u8]>,
    traceparent: Option<&'a [u8]>,
    tracestate: Option<&'a [u8]>,
    hop_traceparent: Option<&'a [u8]>,
    hop_tracestate: Option<&'a [u8]>,
    required_seen: bool,
}

impl<'a> Slots<'a> {
    pub(super) fn scan(headers: Headers<'a>) -> Self {
        let mut slots = Self::default();
        for Header { key, value } in headers {
            let slot = match key {
                b"ce_specversion" => &mut slots.specversion,
                b"ce_id" => &mut slots.id,
                b"ce_source" => &mut slots.source,
                b"ce_type" => &mut slots.event_type,
                b"ce_subject" => &mut slots.subject,
                b"ce_time" => &mut slots.time,
                b"ce_datacontenttype" => &mut slots.data_content_type,
                b"ce_dataschema" => &mut slots.data_schema,
                b"ce_op" => &mut slots.op,
                b"ce_version" => &mut slots.version,
                b"ce_carries" => &mut slots.carries,
                b"ce_traceparent" => &mut slots.traceparent,
                b"ce_tracestate" => &mut slots.tracestate,
                b"traceparent" => &mut slots.hop_traceparent,
                b"tracestate" => &mut slots.hop_tracestate,
                key if binding::is_content_type(key) => &mut slots.content_type,
                _ => continue,
            };
            *slot = value;
            slots.required_seen |= matches!(key, b"ce_specversion" | b"ce_id" | b"ce_source" | b"ce_type");
        }
        slots
    }

    pub(super) fn content_type(&self) -> Option<&'a [u8]> {
        self.content_type
    }

    /// Whether one of the attributes is there that every CloudEvent has.
    pub(super) fn means_to_be_an_event(&self) -> bool {
        self.required_seen
    }

    /// The trace that bare headers name.
    pub(super) fn hop_trace(&self, limits: &Limits) -> Option<TraceContext<'a>> {
        trace(self.hop_traceparent, self.hop_tracestate, limits)
    }
}

/// Reads an event in binary mode.
pub(super) fn read<'a>(
    record: &Record<'a>,
    slots: &Slots<'a>,
    limits: &Limits,
) -> Result<Event<'a>, ReadError> {
    required("ce_specversion", slots.specversion, limits, check_spec_version)?;
    let id = required("ce_id", slots.id, limits, EventId::parse)?;
    let source = required("ce_source", slots.source, limits, Source::new)?;
    let event_type = required("ce_type", slots.event_type, limits, EventType::new)?;
    let mut event = Event::new(id, source, event_type);
    event.subject = optional("ce_subject", slots.subject, limits, Subject::new)?;
    event.time = optional("ce_time", slots.time, limits, EventTime::parse)?;
    event.data_schema = optional("ce_dataschema", slots.data_schema, limits, DataSchema::new)?;
    // The binding has the data's media type in `content-type` alone. Some producers write it as an attribute
    // like the others, which counts where there is no `content-type`.
    let (header, content_type) = match slots.content_type {
        Some(content_type) => (binding::CONTENT_TYPE, Some(content_type)),
        None => ("ce_datacontenttype", slots.data_content_type),
    };
    event.data_content_type = optional(header, content_type, limits, DataContentType::new)?;
    event.trace = trace(slots.traceparent, slots.tracestate, limits).or_else(|| slots.hop_trace(limits));
    event.op = own(slots.op, Op::from_letter);
    event.version = own(slots.version, EntityVersion::parse);
    event.carries = own(slots.carries, Carries::parse);
    event.data = record.value.map(Cow::Borrowed);
    read_extensions(&mut event, record.headers, limits)?;
    Ok(event)
}

fn required<'a, T>(
    header: &'static str,
    value: Option<&'a [u8]>,
    limits: &Limits,
    parse: impl FnOnce(&'a str) -> Result<T, AttributeError>,
) -> Result<T, ReadError> {
    optional(header, value, limits, parse)?.ok_or(ReadError::Missing { place: Place::Header(header.into()) })
}

fn optional<'a, T>(
    header: &'static str,
    value: Option<&'a [u8]>,
    limits: &Limits,
    parse: impl FnOnce(&'a str) -> Result<T, AttributeError>,
) -> Result<Option<T>, ReadError> {
    let parsed = value.map(|value| text(value, limits).and_then(parse)).transpose();
    parsed.map_err(|cause| Place::Header(header.into()).refuses(cause))
}

/// One of the platform's own attributes. What does not have its form is left to the extensions.
fn own<T>(value: Option<&[u8]>, parse: impl FnOnce(&str) -> Option<T>) -> Option<T> {
    parse(std::str::from_utf8(value?).ok()?)
}

fn read_extensions<'a>(
    event: &mut Event<'a>,
    headers: Headers<'a>,
    limits: &Limits,
) -> Result<(), ReadError> {
    let mut attributes = 0;
    for Header { key, value } in headers {
        let Some(attribute) = key.strip_prefix(binding::PREFIX.as_bytes()) else { continue };
        let is_read = is_read_already(event, attribute);
        let name = if is_read { None } else { AttributeName::from_header(key) };
        attributes += usize::from(is_read || name.is_some());
        if attributes > limits.attributes_max {
            return Err(ReadError::TooManyAttributes { attributes_max: limits.attributes_max });
        }
        let Some(name) = name else { continue };
        match value {
            None => event.extensions.remove(name.as_str()),
            Some(value) => {
                let checked = text(value, limits).and_then(|value| check_text(value).map(|()| value));
                let value = checked.map_err(|cause| Place::header(key).refuses(cause))?;
                event.extensions.set_unchecked(name, Cow::Borrowed(value));
            }
        }
    }
    Ok(())
}

/// Whether an attribute has found its field. The trace always counts: an invalid one is left out.
pub(super) fn is_read_already(event: &Event<'_>, attribute: &[u8]) -> bool {
    match attribute {
        b"op" => event.op.is_some(),
        b"version" => event.version.is_some(),
        b"carries" => event.carries.is_some(),
        _ => binding::has_field(attribute),
    }
}

/// Refuses every version but 1.0.
pub(super) fn check_spec_version(found: &str) -> Result<(), AttributeError> {
    if found == binding::SPEC_VERSION {
        return Ok(());
    }
    Err(AttributeError::SpecVersion { found: excerpt(found.as_bytes()) })
}

/// A trace, if the first part is valid. The second is left out if it is not.
fn trace<'a>(
    traceparent: Option<&'a [u8]>,
    tracestate: Option<&'a [u8]>,
    limits: &Limits,
) -> Option<TraceContext<'a>> {
    let trace = TraceContext::new(text(traceparent?, limits).ok()?)?;
    Some(match tracestate.and_then(|tracestate| text(tracestate, limits).ok()) {
        Some(tracestate) => trace.with_tracestate(tracestate),
        None => trace,
    })
}

fn text<'a>(value: &'a [u8], limits: &Limits) -> Result<&'a str, AttributeError> {
    check_length(value.len(), limits)?;
    std::str::from_utf8(value).map_err(|_| AttributeError::NotUtf8)
}

/// Refuses a value longer than the limit.
pub(super) fn check_length(length_bytes: usize, limits: &Limits) -> Result<(), AttributeError> {
    let length_bytes_max = limits.attribute_bytes_max;
    if length_bytes > length_bytes_max {
        return Err(AttributeError::TooLong { length_bytes, length_bytes_max });
    }
    Ok(())
}

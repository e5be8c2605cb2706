//! Structured mode: the whole event as one JSON object in the value.
//!
//! What becomes of the data, whose bytes are what binary mode would have as the record's value (CloudEvents
//! JSON format 1.0.2, 3.1.2):
//!
//! | members | data |
//! |---|---|
//! | `data`, and `datacontenttype` is JSON or absent | its JSON text, byte by byte; an absent type becomes `application/json`; `null` is the text `null` |
//! | `data` a string, and another `datacontenttype` | the string's text |
//! | `data` `null`, and another `datacontenttype` | none |
//! | `data_base64` | the bytes; an absent `datacontenttype` stays absent |
//!
//! Attributes that are numbers or booleans become the text that JSON has for them.

use std::borrow::Cow;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::value::RawValue;
use watershed_protocol::batch::Record;

use super::Limits;
use super::binary::{Slots, check_length, check_spec_version, is_read_already};
use super::error::{MemberError, Place, ReadError, excerpt};
use super::json::{self, MEMBERS_MAX, Object};
use crate::attribute::{
    AttributeError, AttributeName, DataContentType, DataSchema, EventType, Source, Subject, check_text,
};
use crate::entity::{Carries, EntityVersion};
use crate::envelope::Event;
use crate::id::EventId;
use crate::op::Op;
use crate::time::EventTime;
use crate::trace::TraceContext;

/// The members that hold the data. Both are no attributes.
const DATA: &str = "data";
const DATA_BASE64: &str = "data_base64";

/// Reads an event in structured mode. `format` is what follows `application/cloudevents` in the content type.
pub(super) fn read<'a>(
    record: &Record<'a>,
    slots: &Slots<'a>,
    format: &[u8],
    limits: &Limits,
) -> Result<Event<'a>, ReadError> {
    check_format(format, slots.content_type().unwrap_or_default())?;
    let value = record.value.ok_or(ReadError::NoValue)?;
    let object = Object::parse(value).map_err(|error| ReadError::NotJson { cause: error.to_string() })?;
    // Data is no attribute; a twin of it is not worth an exact count.
    let has_data = object.iter().any(|(name, _)| name == DATA || name == DATA_BASE64);
    let members_max = limits.attributes_max.saturating_add(usize::from(has_data)).min(MEMBERS_MAX);
    if object.len() > members_max {
        return Err(ReadError::TooManyAttributes { attributes_max: limits.attributes_max });
    }
    let members = Members { object: &object, limits };

    members.required("specversion", |text| check_spec_version(&text))?;
    let id = members.required("id", EventId::parse)?;
    let source = members.required("source", Source::new)?;
    let mut event = Event::new(id, source, members.required("type", EventType::new)?);
    event.subject = members.optional("subject", Subject::new)?;
    event.time = members.optional("time", EventTime::parse)?;
    event.data_schema = members.optional("dataschema", DataSchema::new)?;
    event.data_content_type = members.optional("datacontenttype", DataContentType::new)?;
    event.trace = members.trace()?.or_else(|| slots.hop_trace(limits));
    event.op = members.own("op", Op::from_letter);
    event.version = members.own("version", EntityVersion::parse);
    event.carries = members.own("carries", Carries::parse);
    members.read_data(&mut event)?;
    members.read_extensions(&mut event)?;
    Ok(event)
}

/// The parts of the object that are attributes.
struct Members<'o, 'a> {
    object: &'o Object<'a>,
    limits: &'o Limits,
}

impl<'a> Members<'_, 'a> {
    fn required<T>(
        &self,
        name: &'static str,
        parse: impl FnOnce(Cow<'a, str>) -> Result<T, AttributeError>,
    ) -> Result<T, ReadError> {
        self.optional(name, parse)?.ok_or(ReadError::Missing { place: Place::Member(name.into()) })
    }

    fn optional<T>(
        &self,
        name: &'static str,
        parse: impl FnOnce(Cow<'a, str>) -> Result<T, AttributeError>,
    ) -> Result<Option<T>, ReadError> {
        let Some(value) = self.object.get(name) else { return Ok(None) };
        let text = self.string(name, value)?;
        parse(text).map(Some).map_err(|cause| Place::Member(name.into()).refuses(cause))
    }

    fn string(&self, name: &str, value: &'a RawValue) -> Result<Cow<'a, str>, ReadError> {
        self.check_length(name, value)?;
        let text = json::string(value);
        text.ok_or_else(|| {
            member_error(
                name,
                if json::is_string(value) { MemberError::Surrogate } else { MemberError::NotString },
            )
        })
    }

    /// The text of any JSON value that is not an array or an object.
    fn scalar(&self, name: &str, value: &'a RawValue) -> Result<Cow<'a, str>, ReadError> {
        match value.get().as_bytes().first() {
            Some(b'"') => self.string(name, value),
            Some(b'[' | b'{') | None => Err(member_error(name, MemberError::NotScalar)),
            Some(_) => self.check_length(name, value).map(|()| Cow::Borrowed(value.get())),
        }
    }

    /// An escaped text is shorter than its JSON: the limit holds for what was sent.
    fn check_length(&self, name: &str, value: &RawValue) -> Result<(), ReadError> {
        check_length(value.get().len(), self.limits).map_err(|cause| Place::member(name).refuses(cause))
    }

    fn trace(&self) -> Result<Option<TraceContext<'a>>, ReadError> {
        let text = |name| self.object.get(name).map(|value| self.scalar(name, value)).transpose();
        let (traceparent, tracestate) = (text("traceparent")?, text("tracestate")?);
        let trace = traceparent.and_then(TraceContext::new);
        Ok(trace.map(|trace| match tracestate {
            Some(tracestate) => trace.with_tracestate(tracestate),
            None => trace,
        }))
    }

    /// One of the platform's own attributes. What does not have its form is left to the extensions.
    fn own<T>(&self, name: &str, parse: impl FnOnce(&str) -> Option<T>) -> Option<T> {
        let value = self.object.get(name)?;
        parse(&self.scalar(name, value).ok()?)
    }

    /// Sets the data, and the content type that it implies.
    fn read_data(&self, event: &mut Event<'a>) -> Result<(), ReadError> {
        // An explicit null is JSON data, so it must be told from an absent member.
        let data = self.object.iter().filter(|(name, _)| *name == DATA).last().map(|(_, value)| value);
        event.data = match (data, self.object.get(DATA_BASE64)) {
            (None, None) => None,
            (Some(data), Some(_)) if !json::is_null(data) => {
                return Err(member_error(DATA_BASE64, MemberError::TwoData));
            }
            (_, Some(base64)) => Some(Cow::Owned(decode_base64(base64)?)),
            (Some(data), None) => {
                let content_type = event.data_content_type.get_or_insert(DataContentType::JSON);
                match (content_type.is_json(), json::is_null(data)) {
                    (true, _) => Some(Cow::Borrowed(data.get().as_bytes())),
                    (false, true) => None,
                    (false, false) => Some(data_text(data)?),
                }
            }
        };
        Ok(())
    }

    fn read_extensions(&self, event: &mut Event<'a>) -> Result<(), ReadError> {
        for (member, value) in self.object.iter() {
            if member == DATA || member == DATA_BASE64 || is_read_already(event, member.as_bytes()) {
                continue;
            }
            let name = AttributeName::new(member).map_err(|cause| member_error(member, cause.into()))?;
            if json::is_null(value) {
                event.extensions.remove(member);
                continue;
            }
            let text = self.scalar(member, value)?;
            check_text(&text).map_err(|cause| Place::member(member).refuses(cause))?;
            event.extensions.set_unchecked(name, text);
        }
        Ok(())
    }
}

/// Accepts `+json`, with any parameters: JSON is UTF-8 whatever a `charset` says.
fn check_format(format: &[u8], content_type: &[u8]) -> Result<(), ReadError> {
    let end = format.iter().position(|&byte| byte == b';').unwrap_or(format.len());
    let format = format[..end].trim_ascii_end();
    if format.eq_ignore_ascii_case(b"+json") {
        return Ok(());
    }
    let batch = format.get(..6).is_some_and(|start| start.eq_ignore_ascii_case(b"-batch"));
    Err(if batch { ReadError::Batch } else { ReadError::Format { content_type: excerpt(content_type) } })
}

fn data_text(data: &RawValue) -> Result<Cow<'_, [u8]>, ReadError> {
    match json::string(data) {
        Some(Cow::Borrowed(text)) => Ok(Cow::Borrowed(text.as_bytes())),
        Some(Cow::Owned(text)) => Ok(Cow::Owned(text.into_bytes())),
        None if json::is_string(data) => Err(member_error(DATA, MemberError::Surrogate)),
        None => Err(member_error(DATA, MemberError::DataNotString)),
    }
}

fn decode_base64(value: &RawValue) -> Result<Vec<u8>, ReadError> {
    let text = json::string(value).ok_or_else(|| member_error(DATA_BASE64, MemberError::NotString))?;
    STANDARD
        .decode(text.as_bytes())
        .map_err(|error| member_error(DATA_BASE64, MemberError::Base64(error.to_string())))
}

fn member_error(member: &str, cause: MemberError) -> ReadError {
    ReadError::Member { member: excerpt(member.as_bytes()), cause }
}

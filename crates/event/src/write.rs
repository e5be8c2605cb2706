//! Writing an event in CloudEvents' binary mode: attributes in headers, data as the record's value.
//!
//! The headers come in a fixed order: `ce_specversion`, `ce_id`, `ce_source`, `ce_type`, `ce_subject`,
//! `ce_time`, `ce_dataschema`, `content-type`, `ce_op`, `ce_version`, `ce_carries`, `ce_traceparent`,
//! `ce_tracestate`, the extensions, and then whatever other headers the record had. Nothing is copied: the list
//! of headers borrows from the event, and the three values that need a text (a UUID, a time, a version) are
//! written into the buffer itself.

use watershed_protocol::batch::{Header, Headers};

use crate::binding;
use crate::entity::EntityVersion;
use crate::envelope::Event;
use crate::id::UUID_TEXT_BYTES;
use crate::time::TimeText;

/// Decimal digits of the largest version.
const VERSION_TEXT_BYTES: usize = 20;

/// The place where headers are put together. Made once and used for one event after the other, it stops
/// allocating when it has seen the event with the most headers.
///
/// ```
/// # use watershed_event::{Event, EventId, HeaderBuffer};
/// # use watershed_event::attribute::{EventType, Source};
/// # use watershed_protocol::batch::Headers;
/// let event = Event::new(EventId::parse("7")?, Source::new("/till")?, EventType::new("sales.create")?);
/// let mut buffer = HeaderBuffer::default();
/// let written = buffer.write(&event, Headers::NONE);
/// assert_eq!(written.headers().last("ce_id").and_then(|header| header.value), Some(&b"7"[..]));
/// # Ok::<(), watershed_event::attribute::AttributeError>(())
/// ```
#[derive(Debug, Default)]
pub struct HeaderBuffer {
    /// Always empty between events: only its allocation is kept.
    list: Vec<Header<'static>>,
    texts: Texts,
}

#[derive(Debug, Default)]
struct Texts {
    id: IdText,
    time: TimeText,
    version: VersionText,
}

#[derive(Debug)]
struct IdText([u8; UUID_TEXT_BYTES]);

#[derive(Debug, Default)]
struct VersionText([u8; VERSION_TEXT_BYTES]);

/// The headers of one event, lent by a [`HeaderBuffer`].
#[derive(Debug)]
pub struct WrittenHeaders<'b> {
    list: Vec<Header<'b>>,
    home: &'b mut Vec<Header<'static>>,
}

impl HeaderBuffer {
    /// Puts together the headers of an event. The record's value is [`Event::data`]; its key is the caller's.
    ///
    /// `kept` are the headers of the record that the event came with, or [`Headers::NONE`]: those that are not
    /// CloudEvents' own (`ce_` and a valid attribute name, `content-type`) are passed on behind the event's, in
    /// their order, duplicates and nulls too. So a bare `traceparent`, which names the last hop, goes on beside
    /// `ce_traceparent`, which names where the event arose.
    pub fn write<'b>(&'b mut self, event: &'b Event<'_>, kept: Headers<'b>) -> WrittenHeaders<'b> {
        let Self { list: home, texts } = self;
        let mut list: Vec<Header<'b>> = std::mem::take(home);
        push_required(&mut list, event, &mut texts.id);
        push_optional(&mut list, event, &mut texts.time);
        push_own(&mut list, event, &mut texts.version);
        for extension in event.extensions().iter() {
            list.push(Header::new(extension.name().header(), extension.value().as_bytes()));
        }
        list.extend(kept.iter().filter(|header| !binding::is_of_the_binding(header)));
        WrittenHeaders { list, home }
    }
}

impl WrittenHeaders<'_> {
    /// The headers, as a record takes them.
    #[must_use]
    pub fn headers(&self) -> Headers<'_> {
        Headers::from_list(&self.list)
    }
}

impl Drop for WrittenHeaders<'_> {
    /// Gives the list's allocation back to the buffer.
    fn drop(&mut self) {
        let mut list = std::mem::take(&mut self.list);
        list.clear();
        // An empty list holds nothing that could outlive its borrow; the collection is done in place.
        *self.home = list.into_iter().map(|_| Header::new("", b"")).collect();
    }
}

impl Default for IdText {
    fn default() -> Self {
        Self([0; UUID_TEXT_BYTES])
    }
}

fn push_required<'b>(list: &mut Vec<Header<'b>>, event: &'b Event<'_>, text: &'b mut IdText) {
    list.push(Header::new("ce_specversion", binding::SPEC_VERSION.as_bytes()));
    list.push(Header::new("ce_id", event.id().text(&mut text.0).as_bytes()));
    list.push(Header::new("ce_source", event.source().as_str().as_bytes()));
    list.push(Header::new("ce_type", event.event_type().as_str().as_bytes()));
}

fn push_optional<'b>(list: &mut Vec<Header<'b>>, event: &'b Event<'_>, text: &'b mut TimeText) {
    if let Some(subject) = event.subject() {
        list.push(Header::new("ce_subject", subject.as_str().as_bytes()));
    }
    if let Some(time) = event.time() {
        list.push(Header::new("ce_time", time.text(text).as_bytes()));
    }
    if let Some(schema) = event.data_schema() {
        list.push(Header::new("ce_dataschema", schema.as_str().as_bytes()));
    }
    if let Some(content_type) = event.data_content_type() {
        list.push(Header::new(binding::CONTENT_TYPE, content_type.as_str().as_bytes()));
    }
}

/// The platform's own attributes, and the trace.
fn push_own<'b>(list: &mut Vec<Header<'b>>, event: &'b Event<'_>, text: &'b mut VersionText) {
    if let Some(op) = event.op() {
        list.push(Header::new("ce_op", op.letter().as_bytes()));
    }
    if let Some(version) = event.version() {
        list.push(Header::new("ce_version", text.write(version)));
    }
    if let Some(carries) = event.carries() {
        list.push(Header::new("ce_carries", carries.as_str().as_bytes()));
    }
    if let Some(trace) = event.trace() {
        list.push(Header::new("ce_traceparent", trace.traceparent().as_bytes()));
        if let Some(tracestate) = trace.tracestate() {
            list.push(Header::new("ce_tracestate", tracestate.as_bytes()));
        }
    }
}

impl VersionText {
    /// Decimal digits, from the end of the buffer forwards.
    fn write(&mut self, version: EntityVersion) -> &[u8] {
        let mut rest = version.0;
        let mut start = self.0.len();
        for digit in self.0.iter_mut().rev() {
            *digit = b'0' + u8::try_from(rest % 10).expect("a digit is below 10");
            start -= 1;
            rest /= 10;
            if rest == 0 {
                break;
            }
        }
        &self.0[start..]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::attribute::{AttributeName, DataContentType, DataSchema, EventType, Source, Subject};
    use crate::entity::Carries;
    use crate::op::Op;
    use crate::time::EventTime;
    use crate::trace::TraceContext;

    const TRACEPARENT: &str = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

    fn minimal() -> Event<'static> {
        Event::new(
            uuid::Uuid::from_u128(1).into(),
            Source::new("/till").unwrap(),
            EventType::new("sales.create").unwrap(),
        )
    }

    fn full() -> Event<'static> {
        minimal()
            .with_subject(Subject::new("Käse").unwrap())
            .with_time(EventTime::new("2024-05-01T12:00:00.5Z".parse().unwrap()).unwrap())
            .with_op(Op::Create)
            .with_version(EntityVersion(u64::MAX))
            .with_carries(Carries::Hint)
            .with_trace(TraceContext::new(TRACEPARENT).unwrap().with_tracestate("a=1"))
            .with_data_content_type(DataContentType::JSON)
            .with_data_schema(DataSchema::new("https://example.com/s").unwrap())
            .with_extension(AttributeName::new("partitionkey").unwrap(), "7")
            .unwrap()
    }

    fn texts(headers: Headers<'_>) -> Vec<(String, Option<String>)> {
        let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
        headers.iter().map(|header| (text(header.key), header.value.map(text))).collect()
    }

    fn pairs(list: &[(&str, &str)]) -> Vec<(String, Option<String>)> {
        list.iter().map(|&(name, value)| (name.to_owned(), Some(value.to_owned()))).collect()
    }

    #[test]
    fn headers_come_in_the_documented_order() {
        let expected = pairs(&[
            ("ce_specversion", "1.0"),
            ("ce_id", "00000000-0000-0000-0000-000000000001"),
            ("ce_source", "/till"),
            ("ce_type", "sales.create"),
            ("ce_subject", "Käse"),
            ("ce_time", "2024-05-01T12:00:00.500Z"),
            ("ce_dataschema", "https://example.com/s"),
            ("content-type", "application/json"),
            ("ce_op", "c"),
            ("ce_version", "18446744073709551615"),
            ("ce_carries", "hint"),
            ("ce_traceparent", TRACEPARENT),
            ("ce_tracestate", "a=1"),
            ("ce_partitionkey", "7"),
        ]);
        assert_eq!(texts(HeaderBuffer::default().write(&full(), Headers::NONE).headers()), expected);
    }

    #[test]
    fn headers_that_are_not_cloudevents_own_are_kept() {
        let kept = [
            Header::new("traceparent", TRACEPARENT.as_bytes()),
            Header::new("ce_id", b"of another event"),
            Header::new("ce_stale", b"of another event"),
            Header::new("Content-Type", b"application/cloudevents+json"),
            Header::new("ce_Not-An-Attribute", b"kept"),
            Header { key: b"x", value: None },
            Header::new("x", b"2"),
            Header { key: b"\xff", value: Some(b"\xff") },
        ];
        let (event, mut buffer) = (minimal(), HeaderBuffer::default());
        let written = buffer.write(&event, Headers::from_list(&kept));
        let after: Vec<_> = written.headers().iter().skip(4).collect();
        assert_eq!(after, [kept[0], kept[4], kept[5], kept[6], kept[7]]);
    }

    #[test]
    fn a_buffer_carries_nothing_from_one_event_to_the_next() {
        let mut buffer = HeaderBuffer::default();
        drop(buffer.write(&full(), Headers::NONE));
        let event = minimal().with_version(EntityVersion(0));
        let reused = texts(buffer.write(&event, Headers::NONE).headers());
        assert_eq!(reused, texts(HeaderBuffer::default().write(&event, Headers::NONE).headers()));
        assert_eq!(reused.last().unwrap().1.as_deref(), Some("0"));
    }

    #[test]
    fn a_version_is_written_as_its_digits() {
        for version in [0, 7, 10, 99, 1_234_567_890, u64::MAX] {
            let mut text = VersionText::default();
            assert_eq!(text.write(EntityVersion(version)), version.to_string().as_bytes());
        }
    }

    #[test]
    fn setting_an_attribute_replaces_what_another_producer_meant_by_its_name() {
        let mut event = minimal();
        for name in ["op", "version", "carries"] {
            event.extensions_mut().set_unchecked(AttributeName::new(name).unwrap(), "other".into());
        }
        let event = event.with_op(Op::Read).with_version(EntityVersion(1)).with_carries(Carries::State);
        let written = texts(HeaderBuffer::default().write(&event, Headers::NONE).headers());
        assert_eq!(written[4..], pairs(&[("ce_op", "r"), ("ce_version", "1"), ("ce_carries", "state")]));
    }
}

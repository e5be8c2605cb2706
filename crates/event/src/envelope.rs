//! The event: CloudEvents 1.0 and the platform's own attributes.
//!
//! An [`Event`] is always a valid CloudEvent, since each part was checked when it was made or read; so writing
//! one cannot fail. It borrows from the record that it was read from; [`Event::into_owned`] cuts it loose.

use std::borrow::Cow;

use crate::attribute::{AttributeName, DataContentType, DataSchema, EventType, Source, Subject};
use crate::entity::{Carries, EntityVersion};
use crate::extensions::{ExtensionError, Extensions};
use crate::id::EventId;
use crate::op::Op;
use crate::time::EventTime;
use crate::trace::TraceContext;

/// One event.
///
/// | field | attribute | |
/// |---|---|---|
/// | [`id`](Self::id) | `id` | with the source, the same for every copy of the event |
/// | [`source`](Self::source) | `source` | where it comes from |
/// | [`event_type`](Self::event_type) | `type` | by default `stream.op` |
/// | [`subject`](Self::subject) | `subject` | the entity's id, the record's key |
/// | [`time`](Self::time) | `time` | when it happened |
/// | [`op`](Self::op) | `op` (extension) | c, r, u or d |
/// | [`version`](Self::version) | `version` (extension) | the entity's version, monotonic |
/// | [`carries`](Self::carries) | `carries` (extension) | `state` or `hint` |
/// | [`trace`](Self::trace) | `traceparent`, `tracestate` (extension) | the trace in which it arose |
/// | [`data_content_type`](Self::data_content_type), [`data_schema`](Self::data_schema) | `datacontenttype`, `dataschema` | what the data is |
/// | [`extensions`](Self::extensions) | all others | passed on |
/// | [`data`](Self::data) | | bytes, or none: a tombstone |
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event<'a> {
    pub(crate) id: EventId<'a>,
    pub(crate) source: Source<'a>,
    pub(crate) event_type: EventType<'a>,
    pub(crate) subject: Option<Subject<'a>>,
    pub(crate) time: Option<EventTime<'a>>,
    pub(crate) op: Option<Op>,
    pub(crate) version: Option<EntityVersion>,
    pub(crate) carries: Option<Carries>,
    pub(crate) trace: Option<TraceContext<'a>>,
    pub(crate) data_content_type: Option<DataContentType<'a>>,
    pub(crate) data_schema: Option<DataSchema<'a>>,
    pub(crate) extensions: Extensions<'a>,
    pub(crate) data: Option<Cow<'a, [u8]>>,
}

impl<'a> Event<'a> {
    /// An event with the attributes that CloudEvents asks for, and nothing else.
    #[must_use]
    pub fn new(id: EventId<'a>, source: Source<'a>, event_type: EventType<'a>) -> Self {
        Self {
            id,
            source,
            event_type,
            subject: None,
            time: None,
            op: None,
            version: None,
            carries: None,
            trace: None,
            data_content_type: None,
            data_schema: None,
            extensions: Extensions::default(),
            data: None,
        }
    }

    /// Sets the id, as a route does that stamps one.
    #[must_use]
    pub fn with_id(mut self, id: EventId<'a>) -> Self {
        self.id = id;
        self
    }

    /// Sets the subject.
    #[must_use]
    pub fn with_subject(mut self, subject: Subject<'a>) -> Self {
        self.subject = Some(subject);
        self
    }

    /// Sets the time.
    #[must_use]
    pub fn with_time(mut self, time: EventTime<'a>) -> Self {
        self.time = Some(time);
        self
    }

    /// Sets the operation.
    #[must_use]
    pub fn with_op(mut self, op: Op) -> Self {
        self.extensions.remove("op");
        self.op = Some(op);
        self
    }

    /// Sets the entity's version.
    #[must_use]
    pub fn with_version(mut self, version: EntityVersion) -> Self {
        self.extensions.remove("version");
        self.version = Some(version);
        self
    }

    /// Sets what the data is.
    #[must_use]
    pub fn with_carries(mut self, carries: Carries) -> Self {
        self.extensions.remove("carries");
        self.carries = Some(carries);
        self
    }

    /// Sets the trace.
    #[must_use]
    pub fn with_trace(mut self, trace: TraceContext<'a>) -> Self {
        self.trace = Some(trace);
        self
    }

    /// Sets the media type of the data.
    #[must_use]
    pub fn with_data_content_type(mut self, content_type: DataContentType<'a>) -> Self {
        self.data_content_type = Some(content_type);
        self
    }

    /// Sets the schema of the data.
    #[must_use]
    pub fn with_data_schema(mut self, schema: DataSchema<'a>) -> Self {
        self.data_schema = Some(schema);
        self
    }

    /// Sets another attribute.
    ///
    /// # Errors
    ///
    /// As [`Extensions::set`].
    pub fn with_extension(
        mut self,
        name: AttributeName<'a>,
        value: impl Into<Cow<'a, str>>,
    ) -> Result<Self, ExtensionError> {
        self.extensions.set(name, value)?;
        Ok(self)
    }

    /// Sets the data.
    #[must_use]
    pub fn with_data(mut self, data: impl Into<Cow<'a, [u8]>>) -> Self {
        self.data = Some(data.into());
        self
    }

    /// Takes the data out, as for a tombstone.
    #[must_use]
    pub fn without_data(mut self) -> Self {
        self.data = None;
        self
    }

    /// The event's id.
    #[must_use]
    pub fn id(&self) -> &EventId<'a> {
        &self.id
    }

    /// Where the event comes from.
    #[must_use]
    pub fn source(&self) -> &Source<'a> {
        &self.source
    }

    /// What kind of event it is.
    #[must_use]
    pub fn event_type(&self) -> &EventType<'a> {
        &self.event_type
    }

    /// The entity that it is about.
    #[must_use]
    pub fn subject(&self) -> Option<&Subject<'a>> {
        self.subject.as_ref()
    }

    /// When it happened.
    #[must_use]
    pub fn time(&self) -> Option<&EventTime<'a>> {
        self.time.as_ref()
    }

    /// What happened to the entity; `None` if the event does not say, as with a bare record that has a value:
    /// such an event is best taken for "this is the entity now".
    #[must_use]
    pub fn op(&self) -> Option<Op> {
        self.op
    }

    /// The entity's version.
    #[must_use]
    pub fn version(&self) -> Option<EntityVersion> {
        self.version
    }

    /// Whether the data is the entity's state; `None` if the event does not say.
    #[must_use]
    pub fn carries(&self) -> Option<Carries> {
        self.carries
    }

    /// The trace in which the event arose.
    #[must_use]
    pub fn trace(&self) -> Option<&TraceContext<'a>> {
        self.trace.as_ref()
    }

    /// The media type of the data.
    #[must_use]
    pub fn data_content_type(&self) -> Option<&DataContentType<'a>> {
        self.data_content_type.as_ref()
    }

    /// The schema of the data.
    #[must_use]
    pub fn data_schema(&self) -> Option<&DataSchema<'a>> {
        self.data_schema.as_ref()
    }

    /// All attributes that have no field here.
    #[must_use]
    pub fn extensions(&self) -> &Extensions<'a> {
        &self.extensions
    }

    /// The same, to be changed.
    pub fn extensions_mut(&mut self) -> &mut Extensions<'a> {
        &mut self.extensions
    }

    /// The data; `None` is a record without a value, and not the same as empty.
    #[must_use]
    pub fn data(&self) -> Option<&[u8]> {
        self.data.as_deref()
    }

    /// The event, borrowing nothing: to keep it longer than its batch.
    #[must_use]
    pub fn into_owned(self) -> Event<'static> {
        Event {
            id: self.id.into_owned(),
            source: self.source.into_owned(),
            event_type: self.event_type.into_owned(),
            subject: self.subject.map(Subject::into_owned),
            time: self.time.map(EventTime::into_owned),
            op: self.op,
            version: self.version,
            carries: self.carries,
            trace: self.trace.map(TraceContext::into_owned),
            data_content_type: self.data_content_type.map(DataContentType::into_owned),
            data_schema: self.data_schema.map(DataSchema::into_owned),
            extensions: self.extensions.into_owned(),
            data: self.data.map(|data| Cow::Owned(data.into_owned())),
        }
    }
}

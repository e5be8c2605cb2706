//! Reading a record as an event, whatever form it has.
//!
//! # Which form
//!
//! Looked for in this order; the first that fits is read, and if it is broken that is an error: it is not tried
//! as the next.
//!
//! 1. **Structured mode**: the header `content-type` begins with `application/cloudevents`, in any case. The
//!    whole event is in the value; headers `ce_...` are allowed there too, and not looked at.
//! 2. **Binary mode**: a header `ce_specversion`, `ce_id`, `ce_source` or `ce_type`. The binding leaves open
//!    when a record without a CloudEvents media type is one; any of the four says that it means to be.
//! 3. **Debezium's envelope**: the value is a JSON object that has Debezium's members; see [`debezium`].
//! 4. **Bare**: everything else, also a tombstone.
//!
//! An event in structured mode without the header `content-type` is not recognised: the binding's own rule for
//! receivers is the header.
//!
//! # What holds for all
//!
//! Where a header is there twice, the last one counts, as with `lastHeader` of the Java client, and so does the
//! last of a JSON member; a null value, in either, is as if there were none. Attributes that are not known here
//! are extensions and passed on. `op`, `version` and `carries` mean something here only in the form that is
//! written here; a `version` of `v2` is some other producer's extension, and kept as such. The trace is the
//! attribute `traceparent`, which says where the event arose; where there is no valid one, the bare header
//! `traceparent` that Kafka clients with OpenTelemetry write (it names the last hop, so the first that is read
//! here is where the trace begins). An invalid one is left out.

mod bare;
mod binary;
pub mod debezium;
mod error;
mod json;
mod structured;

use watershed_protocol::batch::Record;

use crate::attribute::{AttributeError, EventType, Source};
use crate::binding;
use crate::envelope::Event;
use crate::op::Op;
use crate::record_ids::{PartitionIdentity, RecordIdError, RecordIds};
use debezium::Envelope;
pub use error::{MemberError, Place, ReadError};

/// What a reader needs to know of the partition that it reads.
#[derive(Debug, Clone, Copy)]
pub struct ReaderOptions<'a> {
    /// The stream's name: begins the type of events that bring none.
    pub stream: &'a str,
    /// The source of events that bring none.
    pub default_source: &'a str,
    /// Where the records lie, for the ids of those that bring none.
    pub partition: PartitionIdentity<'a>,
    /// Whether to look for Debezium's envelope.
    pub debezium: Detection,
    /// Bounds on what one event may have.
    pub limits: Limits,
}

/// Whether a form is looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Detection {
    /// Yes. For Debezium's envelope: every value that begins as a JSON object is searched for two words, and
    /// parsed if they are there.
    #[default]
    Detect,
    /// No: such records are bare.
    Ignore,
}

/// Bounds on the attributes of one event. (Data is bounded by the record.)
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Most attributes, counting all. In structured mode 4096 at the most, whatever is said here.
    pub attributes_max: usize,
    /// Most bytes of one attribute's value.
    pub attribute_bytes_max: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { attributes_max: 128, attribute_bytes_max: 32 * 1024 }
    }
}

/// Reads the records of one partition. Made once for a partition; reading changes nothing in it.
#[derive(Debug, Clone)]
pub struct EventReader {
    ids: RecordIds,
    source: Source<'static>,
    types: Types,
    debezium: Detection,
    limits: Limits,
}

/// The types of events that bring none: made once, borrowed by every event.
#[derive(Debug, Clone)]
struct Types {
    no_op: EventType<'static>,
    of_op: [EventType<'static>; Op::ALL.len()],
    truncate: EventType<'static>,
    message: EventType<'static>,
}

/// Why a reader cannot be made.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ReaderError {
    /// The stream's name cannot be the beginning of a type.
    #[error("the stream's name {0}")]
    Stream(AttributeError),
    /// The default source cannot be a source.
    #[error("the default source {0}")]
    DefaultSource(AttributeError),
    /// The partition cannot be named.
    #[error(transparent)]
    Partition(#[from] RecordIdError),
}

/// An event, and the form that it came in.
#[derive(Debug, Clone, PartialEq)]
pub struct ReadEvent<'a> {
    /// The event.
    pub event: Event<'a>,
    /// What the record was.
    pub form: Form<'a>,
}

/// The form of a record.
#[derive(Debug, Clone, PartialEq)]
pub enum Form<'a> {
    /// CloudEvents, attributes in headers.
    Binary,
    /// CloudEvents, all in the value.
    Structured,
    /// Debezium's envelope, with what of it the event has no place for.
    Debezium(Envelope<'a>),
    /// None of these.
    Bare,
}

impl Form<'_> {
    /// A short name, for metrics and logs.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Binary => "binary",
            Self::Structured => "structured",
            Self::Debezium(_) => "debezium",
            Self::Bare => "bare",
        }
    }
}

impl EventReader {
    /// Prepares to read a partition.
    ///
    /// # Errors
    ///
    /// If a name cannot be an attribute's value, or the partition has no name in the world.
    pub fn new(options: &ReaderOptions<'_>) -> Result<Self, ReaderError> {
        let source = Source::new(options.default_source).map_err(ReaderError::DefaultSource)?.into_owned();
        let types = Types::of_stream(options.stream).map_err(ReaderError::Stream)?;
        let ids = RecordIds::new(&options.partition)?;
        Ok(Self { ids, source, types, debezium: options.debezium, limits: options.limits })
    }

    /// Reads a record. The event borrows from it and from the reader.
    ///
    /// # Errors
    ///
    /// If the record says that it is a CloudEvent and is not a valid one, or no id can be derived for it.
    /// Debezium's envelope and bare records fail only for want of an offset.
    pub fn read<'a>(&'a self, record: &Record<'a>) -> Result<ReadEvent<'a>, ReadError> {
        let slots = binary::Slots::scan(record.headers);
        if let Some(format) = slots.content_type().and_then(binding::after_cloudevents) {
            let event = structured::read(record, &slots, format, &self.limits)?;
            return Ok(ReadEvent { event, form: Form::Structured });
        }
        if slots.means_to_be_an_event() {
            let event = binary::read(record, &slots, &self.limits)?;
            return Ok(ReadEvent { event, form: Form::Binary });
        }
        if self.debezium == Detection::Detect
            && let Some(envelope) = record.value.and_then(Envelope::parse)
        {
            let event = debezium::read(self, record, &slots, &envelope)?;
            return Ok(ReadEvent { event, form: Form::Debezium(envelope) });
        }
        Ok(ReadEvent { event: bare::read(self, record, &slots)?, form: Form::Bare })
    }
}

impl Types {
    fn of_stream(stream: &str) -> Result<Self, AttributeError> {
        let no_op = EventType::new(stream)?.into_owned();
        let of_word = |word: &str| EventType::new(format!("{stream}.{word}"));
        let [create, read, update, delete] = Op::ALL.map(|op| of_word(op.word()));
        Ok(Self {
            no_op,
            of_op: [create?, read?, update?, delete?],
            truncate: of_word("truncate")?,
            message: of_word("message")?,
        })
    }

    fn of(&self, op: Op) -> EventType<'_> {
        self.of_op[op as usize].borrowed()
    }
}

#[cfg(test)]
mod tests;

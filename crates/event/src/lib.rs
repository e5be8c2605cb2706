//! Events: what they are called, what they say, and how they lie in Kafka records.
//!
//! - [`Event`]: CloudEvents 1.0 with the platform's own attributes. Always valid, since its parts are checked
//!   when they are made: [`attribute`], [`id`], [`time`], [`trace`], [`op`], [`entity`], [`extensions`].
//! - [`read`]: a record becomes an event, whatever its form: CloudEvents in binary or structured mode,
//!   Debezium's envelope, or bare.
//! - [`mod@write`]: an event becomes headers, in binary mode.
//! - [`record_ids`]: ids of records that bring none: the same on every replay.
//! - [`clock`]: the time, as an argument.
//!
//! This crate reads no file and no socket. It asks the operating system for the time in one place,
//! [`clock::SystemClock`], and for randomness nowhere. What comes in may be hostile: nothing here panics on it,
//! recurses on its nesting or keeps more of it than its limits say. Reading and writing binary mode allocates
//! nothing for an event of up to four extensions.
//!
//! Deliberately absent: a schema for the data, its conversion, and structured mode on output (binary mode can
//! be filtered without a look at the value).
//!
//! # Example
//!
//! ```
//! use uuid::Uuid;
//! use watershed_event::attribute::{DataContentType, EventType, Source, Subject};
//! use watershed_event::clock::{Clock, ManualClock};
//! use watershed_event::read::{Detection, EventReader, Limits, ReaderOptions};
//! use watershed_event::record_ids::PartitionIdentity;
//! use watershed_event::time::EventTime;
//! use watershed_event::{Event, EventId, HeaderBuffer, Op};
//! use watershed_protocol::batch::{Headers, Record};
//!
//! // A service writes an event ...
//! let clock = ManualClock::at("2024-05-01T12:00:00.25Z".parse()?);
//! let random = [7; 10];
//! let event = Event::new(
//!     EventId::v7(clock.now(), random),
//!     Source::new("https://example.com/till/4")?,
//!     EventType::of_stream("payments", Op::Create)?,
//! )
//! .with_subject(Subject::new("payment-1")?)
//! .with_time(EventTime::new(clock.now())?)
//! .with_op(Op::Create)
//! .with_data_content_type(DataContentType::JSON)
//! .with_data(br#"{"amount":"12.50"}"#);
//!
//! let mut buffer = HeaderBuffer::default();
//! let written = buffer.write(&event, Headers::NONE);
//! let record = Record {
//!     offset: 0,
//!     timestamp_ms: clock.now().as_millisecond(),
//!     key: Some(b"payment-1"),
//!     value: event.data(),
//!     headers: written.headers(),
//! };
//!
//! // ... and whoever reads the partition gets it back.
//! let reader = EventReader::new(&ReaderOptions {
//!     stream: "payments",
//!     default_source: "https://example.com/payments",
//!     partition: PartitionIdentity {
//!         cluster_id: "5L6g3nShT-eMCtK--X86sw",
//!         topic_id: Uuid::from_u128(0x8fa0_7d51_0f3b_4c36_9c04_5d3f_0d8f_1f2e),
//!         partition: 0,
//!     },
//!     debezium: Detection::Detect,
//!     limits: Limits::default(),
//! })?;
//! let read = reader.read(&record)?;
//! assert_eq!(read.event, event);
//! assert_eq!(read.form.name(), "binary");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

pub mod attribute;
mod binding;
pub mod clock;
pub mod entity;
pub mod envelope;
pub mod extensions;
pub mod id;
pub mod op;
pub mod read;
pub mod record_ids;
pub mod time;
pub mod trace;
pub mod write;

pub use envelope::Event;
pub use id::EventId;
pub use op::Op;
pub use read::{EventReader, ReadEvent};
pub use write::HeaderBuffer;

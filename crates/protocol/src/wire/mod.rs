//! Frames, headers and primitive types of Kafka's wire protocol.
//!
//! | module | owns |
//! |---|---|
//! | `source`, `reader` | reading values: the trait that generated code reads from, and its implementation over bytes |
//! | `sink`, `writer` | writing values: the trait that generated code writes to, the counter and the frame |
//! | `message` | what every generated message offers |
//! | `frame` | frames out of a stream of bytes, with a limit |
//! | `connection` | the server's side of a connection: what cannot be read closes it, and only it |
//! | `request`, `response` | a frame's header and body together; the rules for their versions |
//!
//! Invariants:
//! - A stated length is checked against the bytes that remain before anything is reserved, and all arrays of a frame
//!   together may reserve no more than a fixed multiple of its size.
//! - Strings, bytes and records of what is read are borrowed from the frame; records that are written are borrowed
//!   from the caller until the socket takes them.
//! - The size of what is written is known before it is written.
//! - Unknown tagged fields are skipped, unknown versions refused.
//!
//! Stricter than Kafka's Java classes, on purpose: text that is not UTF-8, lengths below -1 and varints over their width are
//! refused, where Java replaces or cuts them; and bytes behind the last field of a response or a stored message. Behind a
//! request they are passed over, since clients leave some there.
//!
//! Source: Kafka's protocol guide; KIP-482 (flexible versions), KIP-511 (ApiVersions).

mod connection;
mod error;
mod frame;
mod message;
mod reader;
mod request;
mod response;
mod sink;
mod source;
mod writer;

pub use connection::{Next, ServerConnection};
pub use error::WireError;
pub use frame::{FRAME_PREFIX_BYTES, FrameBuffer, frame_bytes};
pub use message::{Message, Request, Response, decode, encode, encoded_bytes};
pub use reader::Reader;
pub use request::{Incoming, RequestError, encode_request, read_request};
pub use response::{ResponseError, encode_response, read_response};
pub use sink::{Counter, Payload, Sink};
pub use source::Source;
pub use writer::{Encoded, FrameWriter, Piece};

pub(crate) use message::{check_version, not_in_version, null_not_in_version};

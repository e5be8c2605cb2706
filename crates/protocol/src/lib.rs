//! Kafka's record batches and wire messages: bytes in, bytes out, no I/O.
//!
//! - [`batch`]: record batches, format v2, in two views: raw (a header and a CRC) and records.
//! - [`wire`]: frames, request and response headers, the primitive types and their bounds.
//! - [`messages`]: a struct for every request and response that is used, generated from Kafka's own definitions.
//!
//! What comes in may be hostile. Nothing here panics on it, reserves memory on its word alone or grows without a limit.
//! This crate reads no clock, opens no file and no socket, and starts no thread.

pub mod batch;
mod error_code;
pub mod messages;
pub mod varint;
pub mod wire;

pub use error_code::ErrorCode;

//! Claims about batches as a whole: what is built is read, what is rewritten is what would have been built, what is
//! damaged is refused.
//!
//! Memory, bombs and other libraries' bytes have test binaries of their own, in `tests/batch_*.rs` of the crate.

mod damage;
pub(super) mod generate;
mod refused;
mod rewrite;
mod round_trip;
mod sequences;

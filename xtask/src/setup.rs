//! What the steps need and cargo does not fetch: each module gets one thing, once, and says why it cannot.
//!
//! A thing is [`There`]: its path, or what is missing and how to get it. Missing is not an error (the steps that need it
//! say why they are left out); an error is a fetch that was tried and failed. The modules never end a run, and never ask
//! for more rights than they were given.

pub(crate) mod kafka;
pub(crate) mod packages;
pub(crate) mod python;
pub(crate) mod tools;

use std::path::PathBuf;

/// The path of a thing, or why it is not there and what would bring it.
pub(crate) type There = Result<PathBuf, String>;

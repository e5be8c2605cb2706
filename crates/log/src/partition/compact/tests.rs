//! Compaction, claim by claim and in random histories against a model that forgets nothing.

mod cases;
mod histories;
mod lab;
mod runs;

pub(crate) use lab::rules;

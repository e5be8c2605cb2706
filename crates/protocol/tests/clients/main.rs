//! Record batches against real Kafka: what its clients and its broker write is read here with nothing changed, and what
//! is written here is read by them.
//!
//! One broker and one process per client serve all tests; they start with the first test that runs. With
//! `WATERSHED_WRITE_GOLDEN` set, the small batches are also written to `tests/golden`, from where `golden.rs` reads them
//! without Java.

mod compaction;
mod kcat;
mod lab;
mod producer;
mod reading;
#[path = "../view/mod.rs"]
mod view;
mod writing;

use std::process::ExitCode;
use std::sync::{Arc, LazyLock};

use lab::Lab;
use libtest_mimic::{Arguments, Failed, Trial};

/// The lab, or why there is none.
type SharedLab = Arc<LazyLock<Result<Lab, String>>>;

fn main() -> ExitCode {
    let lab: SharedLab = Arc::new(LazyLock::new(|| Lab::start().map_err(|error| error.to_string())));
    let trials = [reading::trials(&lab), writing::trials(&lab), compaction::trials(&lab), kcat::trials(&lab)]
        .into_iter()
        .flatten()
        .collect();
    let conclusion = libtest_mimic::run(&Arguments::from_args(), trials);
    // Ends the broker and the clients.
    drop(lab);
    conclusion.exit_code()
}

/// A named claim.
fn claim(
    lab: &SharedLab,
    name: impl Into<String>,
    check: impl FnOnce(&Lab) -> Result<(), Failed> + Send + 'static,
) -> Trial {
    let lab = Arc::clone(lab);
    Trial::test(name, move || check(lab.as_ref().as_ref().map_err(Failed::from)?))
}

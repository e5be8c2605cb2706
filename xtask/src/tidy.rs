//! The structure of the code, checked: what a reader may rely on without looking.
//!
//! The checks are functions from text to findings, each with tests that show it find something, so that a green step
//! means something. This module reads the checkout and hands it to them.

mod edges;
mod files;

use std::fmt;
use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::Context as _;
use serde_json::Value;

use crate::process;
use crate::report::Outcome;

/// One thing that is not as it should be.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Finding {
    /// The file, and the line if there is one, or the crate.
    place: String,
    /// What is wrong, and what to do.
    what: String,
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.place, self.what)
    }
}

/// Checks the checkout at `root`, whose `cargo metadata` is `metadata`, and prints every finding.
///
/// # Errors
/// git does not list the files, or one cannot be read.
pub(crate) fn run(root: &Path, metadata: &Value) -> anyhow::Result<Outcome> {
    let mut findings = edges::check(metadata);
    let paths = tracked_or_new(root)?;
    for path in &paths {
        let file = root.join(path);
        // A link's target is checked where it lies; what git still lists but is gone has nothing to check.
        if !file.symlink_metadata().is_ok_and(|meta| meta.is_file()) {
            continue;
        }
        let bytes = fs::read(&file).with_context(|| format!("{path} cannot be read"))?;
        if let Ok(text) = String::from_utf8(bytes) {
            findings.extend(files::check(path, &text));
        }
    }
    for finding in &findings {
        println!("{finding}");
    }
    println!("{} files and the edges between crates: {} findings", paths.len(), findings.len());
    Ok(if findings.is_empty() {
        Outcome::Passed
    } else {
        Outcome::Failed(format!("{} findings", findings.len()))
    })
}

/// The files of the project: those that git tracks, and those that it would if they were added.
fn tracked_or_new(root: &Path) -> anyhow::Result<Vec<String>> {
    let mut git = Command::new("git");
    git.current_dir(root).args([
        "ls-files",
        "-z",
        "--cached",
        "--others",
        "--exclude-standard",
        "--deduplicate",
    ]);
    let (list, _) = process::output(&mut git).context("the files to check are those that git lists")?;
    Ok(list.split_terminator('\0').map(str::to_owned).collect())
}

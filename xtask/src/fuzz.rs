//! Runs the fuzz targets of `fuzz/`, always on a copy of their corpus: the committed one is chosen by hand, small, and
//! replayed by the ordinary tests.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, ensure};

use crate::layout::Layout;
use crate::process;
use crate::report::Outcome;
use crate::setup::tools;

/// More is a bomb that was not stopped.
const RSS_LIMIT_MB: u32 = 2048;
/// An input that takes longer than this is a finding too.
const INPUT_SECONDS_MAX: u32 = 10;
/// Freed memory that the address sanitiser keeps back, so that in a long run it is not this that reaches the limit.
const SANITISER: &str = "quarantine_size_mb=64";

/// What a run says while nothing is wrong.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Says {
    /// Its figures at the end.
    Quiet,
    /// Each input that reaches something new, thousands of lines.
    Talkative,
}

/// The package of the fuzz targets, if there is one yet.
pub(crate) fn manifest(layout: &Layout) -> Option<PathBuf> {
    Some(layout.root.join("fuzz/Cargo.toml")).filter(|path| path.is_file())
}

/// Fuzzes all targets for `seconds` in all, building not counted.
///
/// # Errors
/// A target does not compile, or an input was found that it fails on: cargo-fuzz says where it lies.
pub(crate) fn run_all(layout: &Layout, seconds: u64) -> anyhow::Result<Outcome> {
    if let Err(why) = ready(layout) {
        return Ok(Outcome::Skipped(why));
    }
    let targets = targets(layout)?;
    let share = seconds / u64::try_from(targets.len())?;
    ensure!(share > 0, "{} fuzz targets cannot share {seconds} seconds: give them more", targets.len());
    process::run(&mut cargo_fuzz(layout, "build"))?;
    let corpora = layout.target.join(format!("fuzz-corpus-of-{}", std::process::id()));
    let mut failed = Vec::new();
    for target in &targets {
        let corpus = corpora.join(target);
        copy_corpus(layout, target, &corpus)?;
        if let Err(error) = fuzz(layout, target, &corpus, share, Says::Quiet) {
            println!("{error:#}");
            failed.push(target.as_str());
        }
    }
    fs::remove_dir_all(&corpora)?;
    if failed.is_empty() {
        return Ok(Outcome::Passed);
    }
    Ok(Outcome::Failed(format!(
        "{}: see above; an input that fails lies in fuzz/artifacts",
        failed.join(", ")
    )))
}

/// Fuzzes one target, or each, for `seconds`. What it finds worth keeping stays in the working corpus for the next time.
///
/// # Errors
/// As [`run_all`]; or cargo-fuzz or a nightly toolchain is missing, or the target is not known.
pub(crate) fn run_by_hand(layout: &Layout, target: Option<&str>, seconds: u64) -> anyhow::Result<()> {
    ready(layout).map_err(anyhow::Error::msg)?;
    let mut targets = targets(layout)?;
    if let Some(wanted) = target {
        let known = targets.join(", ");
        targets.retain(|target| target == wanted);
        ensure!(!targets.is_empty(), "there is no fuzz target {wanted}: there are {known}");
    }
    for target in &targets {
        let corpus = layout.target.join("fuzz-corpus").join(target);
        copy_corpus(layout, target, &corpus)?;
        println!("the working corpus of {target} is {}", corpus.display());
        fuzz(layout, target, &corpus, seconds, Says::Talkative)?;
    }
    Ok(())
}

fn ready(layout: &Layout) -> Result<(), String> {
    manifest(layout).ok_or("there is no fuzz/Cargo.toml, hence no fuzz targets")?;
    tools::nightly()?;
    tools::CARGO_FUZZ.find(layout).map(drop)
}

fn targets(layout: &Layout) -> anyhow::Result<Vec<String>> {
    let (list, _) = process::output(&mut cargo_fuzz(layout, "list"))?;
    let targets: Vec<String> =
        list.lines().map(str::trim).filter(|line| !line.is_empty()).map(str::to_owned).collect();
    ensure!(!targets.is_empty(), "fuzz/Cargo.toml has no targets");
    Ok(targets)
}

fn fuzz(layout: &Layout, target: &str, corpus: &Path, seconds: u64, says: Says) -> anyhow::Result<()> {
    let mut cargo = cargo_fuzz(layout, "run");
    cargo.arg(target).arg(corpus).arg("--").arg(format!("-max_total_time={seconds}"));
    cargo.arg(format!("-rss_limit_mb={RSS_LIMIT_MB}")).arg(format!("-timeout={INPUT_SECONDS_MAX}"));
    if says == Says::Quiet {
        cargo.arg("-verbosity=0");
    }
    process::run(cargo.arg("-print_final_stats=1"))
}

fn cargo_fuzz(layout: &Layout, command: &str) -> Command {
    let mut cargo = layout.cargo();
    // Its own build folder: sanitisers and another compiler share nothing with the other builds.
    cargo.args(["+nightly", "fuzz", command]).env("CARGO_TARGET_DIR", layout.build_folder().join("fuzz"));
    cargo.env("ASAN_OPTIONS", SANITISER);
    cargo
}

fn copy_corpus(layout: &Layout, target: &str, to: &Path) -> anyhow::Result<()> {
    let from = layout.root.join("fuzz/corpus").join(target);
    copy_files(&from, to).with_context(|| format!("the corpus cannot be copied from {}", from.display()))
}

/// Copies the files in `from`, which need not be there, into `to`, which is made.
fn copy_files(from: &Path, to: &Path) -> io::Result<()> {
    fs::create_dir_all(to)?;
    if !from.is_dir() {
        return Ok(());
    }
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        if entry.file_type()?.is_file() {
            fs::copy(entry.path(), to.join(entry.file_name()))?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_copied_corpus_keeps_what_was_found_before() {
        let folder = tempfile::tempdir().unwrap();
        let (from, to) = (folder.path().join("from"), folder.path().join("deep/to"));
        copy_files(&from, &to).unwrap();
        assert!(to.is_dir(), "a target without a corpus starts from nothing");
        fs::create_dir(&from).unwrap();
        fs::write(from.join("seed"), "seed").unwrap();
        fs::write(to.join("found"), "found").unwrap();
        copy_files(&from, &to).unwrap();
        assert_eq!(fs::read_to_string(to.join("seed")).unwrap(), "seed");
        assert_eq!(fs::read_to_string(to.join("found")).unwrap(), "found");
    }
}

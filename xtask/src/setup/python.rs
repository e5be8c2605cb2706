//! Kafka's Python clients and the CloudEvents SDK, in a virtual environment of their own.

use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::Context as _;

use crate::layout::{self, Layout};
use crate::process;
use crate::setup::There;
use crate::store::Slot;

const REQUIREMENTS: &str = include_str!("../../python/requirements.txt");

/// What the newest of the requirements asks for: the 11 of Python 3.11.
const MINOR_MIN: u32 = 11;

/// The virtual environment, kept from other runs' cleaning as long as this value lives.
#[derive(Debug)]
pub(crate) struct Venv {
    _slot: Slot,
}

/// The virtual environment's Python, made with everything in `requirements.txt` unless it was before.
///
/// # Errors
/// Python or pip fails, or the store cannot be written.
pub(crate) fn set_up(layout: &Layout) -> anyhow::Result<(There, Option<Venv>)> {
    let how = format!("install Python 3.{MINOR_MIN} or newer and put `python3` on PATH");
    let Some(python) = process::find("python3") else {
        return Ok((Err(format!("no Python: {how}")), None));
    };
    // Part of the key too: a Python of another version cannot use what was installed for this one.
    let (version, _) = process::output(Command::new(&python).arg("--version"))?;
    if minor(&version).is_none_or(|minor| minor < MINOR_MIN) {
        return Ok((Err(format!("{} is too old for the clients: {how}", version.trim())), None));
    }
    let lock = layout.store.lock()?;
    let slot = lock.slot("venv", &layout::key(&[REQUIREMENTS, &version, &python.to_string_lossy()]), None)?;
    let (venv_python, marker) = (slot.path.join("bin/python"), slot.path.join("complete"));
    if !marker.is_file() || !starts(&venv_python) {
        make(layout, &python, &slot.path).context("the Python clients could not be installed")?;
        // Last, so that an aborted installation is done again.
        fs::write(&marker, REQUIREMENTS)?;
    }
    Ok((Ok(venv_python), Some(Venv { _slot: slot })))
}

fn make(layout: &Layout, python: &Path, venv: &Path) -> anyhow::Result<()> {
    process::run(Command::new(python).args(["-m", "venv", "--clear"]).arg(venv))?;
    let mut pip = Command::new(venv.join("bin/python"));
    pip.args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--requirement"]);
    process::run(pip.arg(layout.root.join("xtask/python/requirements.txt")))
}

/// The 11 of `Python 3.11.7`.
fn minor(version: &str) -> Option<u32> {
    let minor = version.strip_prefix("Python 3.")?.split(|letter: char| !letter.is_ascii_digit()).next()?;
    minor.parse().ok()
}

fn starts(python: &Path) -> bool {
    process::output(Command::new(python).args(["-c", ""])).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn python_versions_are_read() {
        assert_eq!(minor("Python 3.11.7\n"), Some(11));
        assert_eq!(minor("Python 3.15rc1\n"), Some(15));
        assert_eq!(minor("Python 2.7.18\n"), None);
    }

    #[test]
    fn every_requirement_is_pinned() {
        let lines = REQUIREMENTS.lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
        let loose: Vec<&str> = lines.filter(|line| !line.contains("==")).collect();
        assert!(loose.is_empty(), "pin these in requirements.txt: {loose:?}");
    }
}

//! Packages of the operating system: only where this is root and has apt, only those that are missing.

use std::path::PathBuf;
use std::process::Command;

use crate::process;
use crate::report::Outcome;

/// Installs kcat, and what Python needs to make a virtual environment, where they are missing.
///
/// Neither is a prerequisite, so that not getting them is no failure: what needs them says so.
pub(crate) fn set_up() -> anyhow::Result<Outcome> {
    let missing = missing_here();
    if missing.is_empty() {
        return Ok(Outcome::Passed);
    }
    let wanted = missing.join(" ");
    let by_hand = format!("`apt-get install {wanted}` as root, or what your system has for it, brings it");
    if process::find("apt-get").is_none() || !is_root() {
        return Ok(Outcome::Skipped(format!(
            "{wanted} is missing, and this is not root on a system with apt: {by_hand}"
        )));
    }
    let update = process::run(apt().args(["-q", "update"]));
    let installed = update.and_then(|()| {
        process::run(apt().args(["-q", "install", "-y", "--no-install-recommends"]).args(&missing))
    });
    Ok(match installed {
        Ok(()) if missing_here().is_empty() => Outcome::Passed,
        Ok(()) => Outcome::Skipped(format!("{wanted} was installed and is still not found on PATH")),
        Err(error) => Outcome::Skipped(format!("{wanted} could not be installed ({error:#}): {by_hand}")),
    })
}

fn missing_here() -> Vec<&'static str> {
    missing(process::find("kcat"), process::find("python3"), |python| {
        process::output(Command::new(python).args(["-c", "import ensurepip"])).is_ok()
    })
}

fn missing(
    kcat: Option<PathBuf>,
    python: Option<PathBuf>,
    has_pip: impl Fn(PathBuf) -> bool,
) -> Vec<&'static str> {
    let venv_broken = python.is_some_and(|python| !has_pip(python));
    [(kcat.is_none(), "kcat"), (venv_broken, "python3-venv")]
        .into_iter()
        .filter_map(|(missing, name)| missing.then_some(name))
        .collect()
}

fn apt() -> Command {
    let mut apt = Command::new("apt-get");
    apt.env("DEBIAN_FRONTEND", "noninteractive");
    apt
}

fn is_root() -> bool {
    process::output(Command::new("id").arg("-u")).is_ok_and(|(id, _)| id.trim() == "0")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_missing_is_installed() {
        let there = || Some(PathBuf::from("there"));
        assert!(missing(there(), there(), |_| true).is_empty());
        assert_eq!(missing(None, there(), |_| true), ["kcat"]);
        assert_eq!(missing(None, there(), |_| false), ["kcat", "python3-venv"]);
        assert!(missing(there(), None, |_| false).is_empty(), "without Python there is nothing to repair");
    }
}

//! Child processes: found on PATH, run to their end, judged by their exit status.

use std::env;
use std::ffi::OsStr;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context as _, bail};

/// Runs `command` to its end with our own terminal to write to, after printing it as one could type it.
///
/// # Errors
/// The program does not start, or ends with another status than 0.
pub(crate) fn run(command: &mut Command) -> anyhow::Result<()> {
    println!("$ {}", shown(command));
    // The child writes to the same terminal: what we said must come first.
    std::io::stdout().flush()?;
    // Nobody may be there to answer: what would ask, fails.
    let status = command.stdin(Stdio::null()).status().with_context(|| cannot_start(command))?;
    if !status.success() {
        bail!("`{}` ended with {status}", shown(command));
    }
    Ok(())
}

/// Runs `command` to its end and gives what it wrote: standard output, then standard error.
///
/// # Errors
/// The program does not start, or ends with another status than 0: then the error ends with the last line it wrote.
pub(crate) fn output(command: &mut Command) -> anyhow::Result<(String, String)> {
    let output = command.stdin(Stdio::null()).output().with_context(|| cannot_start(command))?;
    let stdout = String::from_utf8_lossy(&output.stdout).into_owned();
    let stderr = String::from_utf8_lossy(&output.stderr).into_owned();
    if !output.status.success() {
        let last = stderr.lines().rev().chain(stdout.lines().rev()).find(|line| !line.trim().is_empty());
        bail!(
            "`{}` ended with {}: {}",
            shown(command),
            output.status,
            last.unwrap_or("it wrote nothing").trim()
        );
    }
    Ok((stdout, stderr))
}

/// Where `program` is on PATH.
pub(crate) fn find(program: &str) -> Option<PathBuf> {
    find_in(program, env::split_paths(&env::var_os("PATH")?))
}

fn find_in(program: &str, folders: impl Iterator<Item = PathBuf>) -> Option<PathBuf> {
    folders.map(|folder| folder.join(program)).find(|path| is_executable(path))
}

#[cfg(unix)]
fn is_executable(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt as _;
    path.metadata().is_ok_and(|meta| meta.is_file() && meta.permissions().mode() & 0o111 != 0)
}

#[cfg(not(unix))]
fn is_executable(path: &Path) -> bool {
    path.is_file()
}

fn cannot_start(command: &Command) -> String {
    format!("`{}` cannot be started: is it installed and on PATH?", command.get_program().to_string_lossy())
}

fn shown(command: &Command) -> String {
    let words = std::iter::once(command.get_program()).chain(command.get_args());
    words.map(OsStr::to_string_lossy).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failing_program_is_an_error_with_its_last_words() {
        let error =
            output(Command::new("sh").args(["-c", "echo out; echo first >&2; echo last >&2; exit 3"]));
        let error = error.unwrap_err().to_string();
        assert!(error.contains("exit status: 3") && error.ends_with(": last"), "{error}");
        assert!(run(Command::new("sh").args(["-c", "exit 1"])).is_err());
    }

    #[test]
    fn a_program_that_is_not_there_is_named() {
        let error = run(&mut Command::new("no-such-program")).unwrap_err();
        assert!(format!("{error:#}").starts_with("`no-such-program` cannot be started"), "{error:#}");
    }

    #[cfg(unix)]
    #[test]
    fn only_executable_files_are_programs() {
        use std::os::unix::fs::PermissionsExt as _;
        let (first, second) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        std::fs::write(first.path().join("tool"), "").unwrap();
        std::fs::create_dir(first.path().join("folder")).unwrap();
        let tool = second.path().join("tool");
        std::fs::write(&tool, "").unwrap();
        std::fs::set_permissions(&tool, std::fs::Permissions::from_mode(0o755)).unwrap();
        let folders = || [first.path().to_owned(), second.path().to_owned()].into_iter();
        assert_eq!(find_in("tool", folders()), Some(tool));
        assert_eq!(find_in("folder", folders()), None);
    }
}

//! A child process that takes lines and gives lines, in a temporary directory of its own.
//!
//! Invariants: it is killed, by its id, when its value is dropped; every wait for it has a limit; its standard input is a
//! pipe from here, so that a program which ends with its input also ends when this process is killed.

use std::env;
use std::fs::{self, File};
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use tempfile::TempDir;

use crate::Error;
use crate::wait::wait_for;

/// Bytes of a log that an error shows.
const LOG_TAIL_BYTES: usize = 6000;

#[derive(Debug)]
pub(crate) struct Process {
    name: String,
    child: Child,
    input: ChildStdin,
    /// Only locked to be shared: a broker is one for all threads of a test.
    lines: Mutex<Receiver<String>>,
    log: PathBuf,
    /// Removed after the process has been killed, unless it is someone else's too.
    _dir: Arc<TempDir>,
}

impl Process {
    /// Starts `command`. Those lines of its standard output for which `wanted` says so come out of
    /// [`next_line`](Self::next_line); the others and its standard error go to a log in `dir`.
    pub(crate) fn start(
        name: &str,
        command: &mut Command,
        dir: impl Into<Arc<TempDir>>,
        wanted: fn(&str) -> bool,
    ) -> Result<Self, Error> {
        let dir = dir.into();
        let log = dir.path().join("process.log");
        let log_file = File::options()
            .create(true)
            .append(true)
            .open(&log)
            .map_err(Error::io(format!("write {}", log.display())))?;
        let errors = log_file.try_clone().map_err(Error::io("duplicate a file"))?;
        let mut child = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(errors)
            .spawn()
            .map_err(Error::io(format!("start {name} ({})", command.get_program().display())))?;
        let input = child.stdin.take().expect("it was asked for a pipe");
        let output = child.stdout.take().expect("it was asked for a pipe");
        // One line ahead is enough: a tool answers once a command, and a broker is only waited for once.
        let (sender, lines) = sync_channel(1);
        thread::spawn(move || sort_lines(output, log_file, wanted, &sender));
        Ok(Self { name: name.to_owned(), child, input, lines: Mutex::new(lines), log, _dir: dir })
    }

    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    /// Writes a line to its standard input.
    pub(crate) fn write_line(&mut self, line: &str) -> Result<(), Error> {
        let written = self.input.write_all(line.as_bytes()).and_then(|()| self.input.write_all(b"\n"));
        written.and_then(|()| self.input.flush()).map_err(|_| self.ended())
    }

    /// The next wanted line, waited for no longer than `within`.
    pub(crate) fn next_line(&mut self, within: Duration) -> Result<String, Error> {
        let lines = self.lines.get_mut().unwrap_or_else(PoisonError::into_inner);
        lines.recv_timeout(within).map_err(|error| match error {
            RecvTimeoutError::Timeout => Error::Silent {
                program: self.name.clone(),
                waited_seconds: within.as_secs(),
                log: self.log_tail(),
            },
            RecvTimeoutError::Disconnected => self.ended(),
        })
    }

    /// The end of its log.
    pub(crate) fn log_tail(&self) -> String {
        let log = fs::read(&self.log).unwrap_or_default();
        String::from_utf8_lossy(&log[log.len().saturating_sub(LOG_TAIL_BYTES)..]).into_owned()
    }

    /// Kills it, and waits until it is gone.
    pub(crate) fn kill(&mut self) {
        // It may have ended already, which is as good.
        drop(self.child.kill());
        drop(self.child.wait());
    }

    /// Waits until it ends by itself, no longer than `within`.
    pub(crate) fn wait_for_end(&mut self, within: Duration) -> Result<(), Error> {
        let what = format!("the end of {}", self.name);
        wait_for(&what, within, || matches!(self.child.try_wait(), Ok(Some(_)) | Err(_)).then_some(()))
    }

    fn ended(&self) -> Error {
        Error::Ended { program: self.name.clone(), log: self.log_tail() }
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.kill();
    }
}

/// Until the output ends: wanted lines to who waits for them, if anyone still does, the others to the log.
fn sort_lines(output: ChildStdout, mut log: File, wanted: fn(&str) -> bool, lines: &SyncSender<String>) {
    for line in BufReader::new(output).lines() {
        let Ok(line) = line else { return };
        if wanted(&line) {
            if lines.send(line).is_err() {
                return;
            }
        } else {
            // Whether the log takes it or not: a program whose output is not read stands still.
            drop(writeln!(log, "{line}"));
        }
    }
}

/// A temporary directory, under `WATERSHED_TEST_DIR` if that is set.
pub(crate) fn temporary_dir(prefix: &str) -> Result<TempDir, Error> {
    let parent = env::var_os("WATERSHED_TEST_DIR").map_or_else(env::temp_dir, PathBuf::from);
    let doing = || format!("make a temporary directory in {}", parent.display());
    fs::create_dir_all(&parent).map_err(Error::io(doing()))?;
    tempfile::Builder::new().prefix(prefix).tempdir_in(&parent).map_err(Error::io(doing()))
}

/// What makes a JVM start faster and run slower.
const QUICK_COMPILER: &str = "-XX:TieredStopAtLevel=1";
/// What takes that back: a JVM as it is run in earnest. The last one counts.
pub(crate) const ALL_COMPILERS: &str = "-XX:TieredStopAtLevel=4";

/// Java with Kafka's jars on its class path, a heap of at most that size, and nothing on standard output that was not
/// asked for. It starts faster for compiling with the quick compiler only.
pub(crate) fn java(heap_mib: u32) -> Result<Command, Error> {
    let libs = required("WATERSHED_KAFKA_LIBS", "the folder with Apache Kafka's jars")?;
    let java = match env::var_os("JAVA_HOME") {
        Some(home) => PathBuf::from(home).join("bin").join("java"),
        None => PathBuf::from("java"),
    };
    let mut command = Command::new(java);
    command.arg(format!("-Xmx{heap_mib}m")).arg(QUICK_COMPILER).arg("-cp").arg(libs.join("*"));
    Ok(command)
}

/// [`java`] with the class `main` of a folder of `clients` that holds several files. They are compiled when one of them has
/// changed; what comes out stays where temporary directories are made.
pub(crate) fn java_folder(folder: &str, main: &str, heap_mib: u32) -> Result<Command, Error> {
    let classes = compiled(&client_source(folder))?;
    let libs = required("WATERSHED_KAFKA_LIBS", "the folder with Apache Kafka's jars")?;
    let path = env::join_paths([classes, libs.join("*")]).expect("neither name has a colon");
    let mut command = java(heap_mib)?;
    // The last class path is the one that counts.
    command.arg("-cp").arg(path).arg(main);
    Ok(command)
}

/// The folder with the classes of a folder's sources, compiled unless they were before.
fn compiled(sources: &Path) -> Result<PathBuf, Error> {
    // One compiler at a time in this process; others are kept apart by the renaming.
    static TURN: Mutex<()> = Mutex::new(());
    let _turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
    let files = files_of(sources, "java")?;
    let mut hasher = DefaultHasher::new();
    for file in &files {
        fs::read(file).map_err(Error::io(format!("read {}", file.display())))?.hash(&mut hasher);
    }
    let dir = temporary_dir("java-")?;
    let classes = dir.path().with_file_name(format!("java-classes-{:016x}", hasher.finish()));
    if classes.is_dir() {
        return Ok(classes);
    }
    // The compiler without its launcher, which some installations lack.
    let mut compiler = java(512)?;
    let libs = required("WATERSHED_KAFKA_LIBS", "the folder with Apache Kafka's jars")?;
    let jars = env::join_paths(files_of(&libs, "jar")?).expect("no name of a jar has a colon");
    compiler.args(["-m", "jdk.compiler/com.sun.tools.javac.Main", "-nowarn", "-proc:none", "-cp"]);
    let output = compiler
        .arg(jars)
        .arg("-d")
        .arg(dir.path())
        .args(&files)
        .output()
        .map_err(Error::io("start the Java compiler"))?;
    if !output.status.success() {
        let log = String::from_utf8_lossy(&output.stderr).into_owned();
        return Err(Error::Ended { program: "the Java compiler".to_owned(), log });
    }
    match fs::rename(dir.path(), &classes) {
        // Another process may have been quicker, with the same result.
        Err(error) if !classes.is_dir() => Err(Error::io("keep compiled classes")(error)),
        _ => Ok(classes),
    }
}

/// The files of a folder with that extension, in the order of their names.
fn files_of(folder: &Path, extension: &str) -> Result<Vec<PathBuf>, Error> {
    let mut files: Vec<PathBuf> = fs::read_dir(folder)
        .and_then(|entries| entries.map(|entry| Ok(entry?.path())).collect())
        .map_err(Error::io(format!("read {}", folder.display())))?;
    files.retain(|file| file.extension().is_some_and(|found| found == extension));
    files.sort();
    Ok(files)
}

/// The Python that has the clients.
pub(crate) fn python() -> Result<Command, Error> {
    let mut command = Command::new(required("WATERSHED_PYTHON", "a Python that has the Kafka clients")?);
    // Nothing compiled is left beside the sources.
    command.arg("-B");
    Ok(command)
}

/// A program of the folder `clients`.
pub(crate) fn client_source(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("clients").join(name)
}

fn required(variable: &'static str, what: &'static str) -> Result<PathBuf, Error> {
    env::var_os(variable).map(PathBuf::from).ok_or(Error::Unset { variable, what })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shell(script: &str) -> Process {
        let dir = temporary_dir("process-").unwrap();
        Process::start("sh", Command::new("sh").args(["-c", script]), dir, |line| line.starts_with('>'))
            .unwrap()
    }

    #[test]
    fn wanted_lines_come_out_and_the_rest_is_in_the_log_of_the_error() {
        let mut process = shell("echo starting; echo trouble >&2; read line; echo \"> $line\"");
        process.write_line("hello").unwrap();
        assert_eq!(process.next_line(Duration::from_secs(10)).unwrap(), "> hello");
        let error = process.next_line(Duration::from_secs(10)).unwrap_err();
        assert!(
            matches!(&error, Error::Ended { log, .. } if log.contains("starting") && log.contains("trouble"))
        );
    }

    #[test]
    fn a_silent_process_is_an_error_and_is_ended() {
        let mut process = shell("read line");
        let error = process.next_line(Duration::from_millis(1)).unwrap_err();
        assert!(matches!(error, Error::Silent { .. }), "{error}");
        let id = process.id();
        drop(process);
        assert!(!Path::new("/proc").join(id.to_string()).exists());
    }
}

//! A broker under test: Apache Kafka or Watershed, with the same settings, behind one handle, so that what is shown about
//! one is shown about the other by the same test.
//!
//! Settings have the names of Kafka's broker settings. Kafka gets them in its `server.properties`, Watershed by
//! `--set NAME=VALUE`.

use std::collections::BTreeMap;
use std::net::{SocketAddr, TcpStream};
use std::path::PathBuf;
use std::process::Command;
use std::sync::Arc;
use std::time::Duration;

use tempfile::TempDir;

use crate::Error;
use crate::kafka::{Broker, BrokerOptions};
use crate::port::free_loopback_ports;
use crate::process::{self, Process};
use crate::wait::wait_for;

/// How long Watershed may take to start, on a loaded machine.
const START_WITHIN: Duration = Duration::from_secs(30);
/// How long it may take to be gone after a signal.
const END_WITHIN: Duration = Duration::from_secs(10);
/// Another process can take a free port before the server does; then it is tried again.
const ATTEMPTS: usize = 3;

/// Runs a server beside a shell that ends it when the shell's input ends, and so also when the test's process is killed:
/// a line with a signal's name sends that signal, anything else is `kill -9`.
const KEEPER: &str = r#"
"$@" < /dev/null & child=$!
signal=KILL; read -r signal
kill -s "${signal:-KILL}" $child
wait $child
"#;

/// Which broker.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Kind {
    /// Apache Kafka, of the version that [`crate::kafka`] starts.
    Kafka,
    /// Watershed's embedded log.
    Watershed {
        /// The built program: `env!("CARGO_BIN_EXE_watershed")` in the server's tests.
        binary: PathBuf,
    },
}

impl Kind {
    /// A short name that can be part of a test's.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Kafka => "kafka",
            Self::Watershed { .. } => "watershed",
        }
    }
}

/// Settings in which a broker for tests differs from Kafka's defaults, for both kinds.
pub const SETTINGS: [(&str, &str); 9] = [
    ("auto.create.topics.enable", "true"),
    ("message.max.bytes", "1048588"),
    // Records of tests are old.
    ("log.retention.ms", "-1"),
    ("group.initial.rebalance.delay.ms", "0"),
    // A member that was killed is missed after a session: as short as clients can bear.
    ("group.min.session.timeout.ms", "500"),
    ("group.consumer.session.timeout.ms", "3000"),
    ("group.consumer.heartbeat.interval.ms", "300"),
    // Cleaning and retention are waited for.
    ("log.cleaner.backoff.ms", "200"),
    ("log.retention.check.interval.ms", "500"),
];

/// What Apache Kafka alone needs for these: how often it looks, and what it allows.
const KAFKA_SETTINGS: [(&str, &str); 6] = [
    ("group.consumer.min.session.timeout.ms", "500"),
    ("group.consumer.min.heartbeat.interval.ms", "100"),
    ("transaction.abort.timed.out.transaction.cleanup.interval.ms", "200"),
    // A killed broker's registration ends with its session; until then it cannot register again.
    ("broker.session.timeout.ms", "4000"),
    ("broker.heartbeat.interval.ms", "500"),
    ("log.initial.task.delay.ms", "100"),
];

/// A running broker of either kind. It ends when it is dropped, or when the test's process does.
#[derive(Debug)]
pub struct Target(Inner);

#[derive(Debug)]
enum Inner {
    Kafka(Broker),
    Watershed(Watershed),
}

#[derive(Debug)]
struct Watershed {
    process: Process,
    address: SocketAddr,
    binary: PathBuf,
    settings: BTreeMap<String, String>,
    dir: Arc<TempDir>,
}

impl Target {
    /// Starts a broker with [`SETTINGS`] and, in place of some or beside them, `settings`, and waits until it serves.
    ///
    /// # Errors
    ///
    /// As [`Broker::start`]; [`Error::NotYet`] where Watershed does not start, with the end of its log.
    pub fn start(kind: &Kind, settings: &[(&str, &str)]) -> Result<Self, Error> {
        let all = SETTINGS.iter().chain(settings).map(|&(name, value)| (name.to_owned(), value.to_owned()));
        let settings: BTreeMap<String, String> = all.collect();
        match kind {
            Kind::Kafka => {
                let options = KAFKA_SETTINGS
                    .iter()
                    .fold(BrokerOptions::default(), |options, (name, value)| options.set(name, value));
                let options =
                    settings.iter().fold(options, |options, (name, value)| options.set(name, value));
                Ok(Self(Inner::Kafka(Broker::start(&options)?)))
            }
            Kind::Watershed { binary } => {
                Ok(Self(Inner::Watershed(Watershed::start(binary.clone(), settings)?)))
            }
        }
    }

    /// Where clients connect to.
    #[must_use]
    pub const fn address(&self) -> SocketAddr {
        match &self.0 {
            Inner::Kafka(broker) => broker.address(),
            Inner::Watershed(watershed) => watershed.address,
        }
    }

    /// Where clients connect to, as `bootstrap.servers` wants it.
    #[must_use]
    pub fn bootstrap(&self) -> String {
        self.address().to_string()
    }

    /// The end of what the broker logged.
    #[must_use]
    pub fn log_tail(&self) -> String {
        match &self.0 {
            Inner::Kafka(broker) => broker.log_tail(),
            Inner::Watershed(watershed) => watershed.process.log_tail(),
        }
    }

    /// Kills the broker as `kill -9` does and starts it again, on the same address and data.
    ///
    /// # Errors
    ///
    /// As [`start`](Self::start).
    pub fn kill_and_restart(&mut self) -> Result<(), Error> {
        match &mut self.0 {
            Inner::Kafka(broker) => broker.kill_and_restart(),
            Inner::Watershed(watershed) => watershed.kill_and_restart(),
        }
    }
}

impl Watershed {
    fn start(binary: PathBuf, settings: BTreeMap<String, String>) -> Result<Self, Error> {
        let mut attempt = 1;
        loop {
            let [address] = free_loopback_ports().map_err(Error::io("find a free port"))?;
            let dir = Arc::new(process::temporary_dir("watershed-")?);
            match Self::run(&binary, address, &settings, &dir) {
                Ok(process) => return Ok(Self { process, address, binary, settings, dir }),
                Err(Error::Ended { log, .. }) if attempt < ATTEMPTS && log.contains("in use") => attempt += 1,
                Err(error) => return Err(error),
            }
        }
    }

    fn run(
        binary: &PathBuf,
        address: SocketAddr,
        settings: &BTreeMap<String, String>,
        dir: &Arc<TempDir>,
    ) -> Result<Process, Error> {
        let mut command = Command::new("sh");
        command.args(["-c", KEEPER, "sh"]).arg(binary).arg("log");
        command.arg("--data").arg(dir.path().join("data")).arg("--listen").arg(address.to_string());
        for (name, value) in settings {
            command.arg("--set").arg(format!("{name}={value}"));
        }
        let process = Process::start("watershed log", &mut command, Arc::clone(dir), |_| false)?;
        let ready = wait_for("watershed log to listen", START_WITHIN, || TcpStream::connect(address).ok());
        match ready {
            Ok(_) => Ok(process),
            Err(_) => Err(Error::Ended { program: "watershed log".to_owned(), log: process.log_tail() }),
        }
    }

    fn kill_and_restart(&mut self) -> Result<(), Error> {
        self.kill()?;
        self.process = Self::run(&self.binary, self.address, &self.settings, &self.dir)?;
        Ok(())
    }

    fn kill(&mut self) -> Result<(), Error> {
        // A keeper that is gone already took the server with it.
        drop(self.process.write_line("KILL"));
        self.process.wait_for_end(END_WITHIN)
    }
}

impl Drop for Watershed {
    fn drop(&mut self) {
        drop(self.kill());
    }
}

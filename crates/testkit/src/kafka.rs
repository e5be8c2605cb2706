//! A real Apache Kafka broker: one node, KRaft, on free loopback ports, in a temporary directory.
//!
//! It takes four seconds and 600 MB, so that a test file starts one for all its tests. It ends when its [`Broker`] is
//! dropped, or when the test's process ends in any other way.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use tempfile::TempDir;

use crate::Error;
use crate::port::free_loopback_ports;
use crate::process::{self, Process};

/// How long a broker may take to start, on a loaded machine.
const START_WITHIN: Duration = Duration::from_secs(120);
/// Another process can take a free port before the broker does; then it is tried again.
const ATTEMPTS: usize = 3;

/// How a broker differs from the defaults that suit tests.
#[derive(Debug, Clone, Default)]
pub struct BrokerOptions {
    properties: BTreeMap<String, String>,
    measured: bool,
}

impl BrokerOptions {
    /// Sets a line of the broker's `server.properties`, in place of a default or beside them.
    #[must_use]
    pub fn set(mut self, name: &str, value: impl ToString) -> Self {
        self.properties.insert(name.to_owned(), value.to_string());
        self
    }

    /// For measuring: with Java's optimising compiler, without which a broker starts faster and costs twice the CPU.
    #[must_use]
    pub const fn measured(mut self) -> Self {
        self.measured = true;
        self
    }

    fn server_properties(&self, broker: SocketAddr, controller: SocketAddr, log_dir: &Path) -> String {
        let listeners = format!("PLAINTEXT://{broker},CONTROLLER://{controller}");
        let mut properties = BTreeMap::from(
            [
                ("process.roles", "broker,controller"),
                ("node.id", "1"),
                ("controller.quorum.bootstrap.servers", &controller.to_string()),
                ("controller.listener.names", "CONTROLLER"),
                ("listeners", &listeners),
                ("advertised.listeners", &listeners),
                ("log.dirs", &log_dir.to_string_lossy()),
                ("auto.create.topics.enable", "false"),
                ("group.initial.rebalance.delay.ms", "0"),
                // Generated records are old; a broker would delete them under the reader.
                ("log.retention.ms", "-1"),
                ("message.max.bytes", "33554432"),
                ("offsets.topic.num.partitions", "1"),
                ("offsets.topic.replication.factor", "1"),
                ("share.coordinator.state.topic.min.isr", "1"),
                ("share.coordinator.state.topic.replication.factor", "1"),
                ("transaction.state.log.min.isr", "1"),
                ("transaction.state.log.num.partitions", "1"),
                ("transaction.state.log.replication.factor", "1"),
            ]
            .map(|(name, value)| (name.to_owned(), value.to_owned())),
        );
        properties.extend(self.properties.clone());
        properties.iter().map(|(name, value)| format!("{name}={value}\n")).collect()
    }
}

/// Everything on standard output, from where it is sorted.
const LOG4J_PROPERTIES: &str = "\
appender.console.type=Console
appender.console.name=console
appender.console.target=SYSTEM_OUT
appender.console.layout.type=PatternLayout
appender.console.layout.pattern=%d{ABSOLUTE} %p %c{1}: %m%n
rootLogger.level=INFO
rootLogger.appenderRef.console.ref=console
";

/// A running broker.
#[derive(Debug)]
pub struct Broker {
    process: Process,
    address: SocketAddr,
    log_dir: PathBuf,
    dir: Arc<TempDir>,
    measured: bool,
}

impl Broker {
    /// Starts a broker and waits until it serves clients.
    ///
    /// # Errors
    ///
    /// [`Error::Unset`] where the jars are not known; [`Error::Ended`] or [`Error::Silent`] with the end of the broker's
    /// log where it does not start within two minutes.
    pub fn start(options: &BrokerOptions) -> Result<Self, Error> {
        let mut attempt = 1;
        loop {
            match Self::try_start(options) {
                Err(Error::Ended { log, .. })
                    if attempt < ATTEMPTS && log.contains("Address already in use") =>
                {
                    attempt += 1;
                }
                started => return started,
            }
        }
    }

    fn try_start(options: &BrokerOptions) -> Result<Self, Error> {
        let [address, controller] = free_loopback_ports().map_err(Error::io("find free ports"))?;
        let dir = Arc::new(process::temporary_dir("kafka-")?);
        let log_dir = dir.path().join("log");
        let server_properties = dir.path().join("server.properties");
        let log4j_properties = dir.path().join("log4j2.properties");
        fs::write(&server_properties, options.server_properties(address, controller, &log_dir))
            .and_then(|()| fs::write(&log4j_properties, LOG4J_PROPERTIES))
            .map_err(Error::io(format!("write the broker's configuration in {}", dir.path().display())))?;
        let process = Self::run(&dir, options.measured)?;
        Ok(Self { process, address, log_dir, dir, measured: options.measured })
    }

    fn run(dir: &Arc<TempDir>, measured: bool) -> Result<Process, Error> {
        let log4j_properties = dir.path().join("log4j2.properties");
        let mut java = process::java(1024)?;
        if measured {
            java.arg(process::ALL_COMPILERS);
        }
        java.arg(format!("-Dlog4j2.configurationFile={}", log4j_properties.display()))
            .arg(process::client_source("BrokerMain.java"))
            .arg(dir.path().join("server.properties"));
        let mut process = Process::start("the Kafka broker", &mut java, Arc::clone(dir), |line| {
            line.ends_with("Kafka Server started")
        })?;
        process.next_line(START_WITHIN)?;
        Ok(process)
    }

    /// Kills the broker as `kill -9` does and starts it again on the same ports and data.
    ///
    /// # Errors
    ///
    /// As [`start`](Self::start).
    pub fn kill_and_restart(&mut self) -> Result<(), Error> {
        self.process.kill();
        self.process = Self::run(&self.dir, self.measured)?;
        Ok(())
    }

    /// Where clients connect to, as `bootstrap.servers` wants it.
    #[must_use]
    pub fn bootstrap(&self) -> String {
        self.address.to_string()
    }

    /// Where clients connect to.
    #[must_use]
    pub const fn address(&self) -> SocketAddr {
        self.address
    }

    /// The process id, for tests that stop or kill the broker.
    #[must_use]
    pub fn process_id(&self) -> u32 {
        self.process.id()
    }

    /// The end of what the broker logged.
    #[must_use]
    pub fn log_tail(&self) -> String {
        self.process.log_tail()
    }

    /// The folder of a partition: its segments, indexes and producer snapshots.
    #[must_use]
    pub fn partition_dir(&self, topic: &str, partition: i32) -> PathBuf {
        self.log_dir.join(format!("{topic}-{partition}"))
    }

    /// A partition's segment files, oldest first. The broker may be writing to the last, and replace any while it compacts.
    ///
    /// # Errors
    ///
    /// Those of reading the folder: it is not there if the partition is not.
    pub fn segments(&self, topic: &str, partition: i32) -> io::Result<Vec<PathBuf>> {
        let mut segments = fs::read_dir(self.partition_dir(topic, partition))?
            .map(|entry| Ok(entry?.path()))
            .collect::<io::Result<Vec<_>>>()?;
        segments.retain(|path| path.extension().is_some_and(|extension| extension == "log"));
        // Their names are base offsets of equal length.
        segments.sort();
        Ok(segments)
    }

    /// The bytes of a partition, all segments in order: record batches one behind the other.
    ///
    /// # Errors
    ///
    /// Those of reading the files.
    pub fn partition_bytes(&self, topic: &str, partition: i32) -> io::Result<Vec<u8>> {
        let mut bytes = Vec::new();
        for segment in self.segments(topic, partition)? {
            bytes.extend(fs::read(segment)?);
        }
        Ok(bytes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn options_replace_defaults() {
        let address = SocketAddr::from(([127, 0, 0, 1], 1));
        let options = BrokerOptions::default().set("log.retention.ms", 5).set("log.cleaner.backoff.ms", 10);
        let properties = options.server_properties(address, address, Path::new("here"));
        assert!(
            properties.contains("log.retention.ms=5\n") && properties.contains("log.cleaner.backoff.ms=10\n")
        );
        assert!(!properties.contains("log.retention.ms=-1"));
        assert!(properties.contains("listeners=PLAINTEXT://127.0.0.1:1,CONTROLLER://127.0.0.1:1\n"));
    }
}

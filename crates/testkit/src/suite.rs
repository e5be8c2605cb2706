//! Suites: programs in a client's own language that hold scenarios, list them, and run one after another on demand.
//!
//! The contract is in `clients/README.md`. A suite knows a broker's address and nothing else about it: which kind of broker
//! it is, it is not told.

use std::collections::BTreeSet;
use std::io::{BufRead, BufReader, Write};
use std::net::{SocketAddr, TcpListener};
use std::process::Command;
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use serde::Deserialize;
use serde_json::json;

use crate::Error;
use crate::process::{self, Process};
use crate::proxy::Fault;

/// How long a suite may take to list its scenarios.
const LIST_WITHIN: Duration = Duration::from_secs(120);

/// Enough for a few clients, their buffers and a few thousand records.
const JAVA_HEAP_MIB: u32 = 700;

/// A program with scenarios.
#[derive(Debug, Clone, Copy)]
pub struct Suite {
    /// A short name that is part of its tests' names.
    pub name: &'static str,
    /// The language it is written in.
    pub language: Language,
    /// Its file in the folder `clients`; others may lie beside it. Of a Java suite, its folder there.
    pub source: &'static str,
}

/// How a suite is started.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Language {
    /// From source, by the Python that has the clients.
    Python,
    /// The class `Suite` of a folder, compiled and run with Kafka's jars on the class path.
    Java,
}

/// What a suite says about a scenario of its own.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Scenario {
    /// Its name: a claim about behaviour.
    pub scenario: String,
    /// What it needs beside a broker.
    #[serde(default)]
    pub needs: BTreeSet<Need>,
    /// What goes wrong between it and the broker. With any, or with [`Need::Proxy`], it gets a proxy's address.
    #[serde(default)]
    pub faults: Vec<Fault>,
    /// After that many seconds it has failed.
    #[serde(default = "default_limit_s")]
    pub limit_s: u64,
}

/// What a scenario needs beside a broker.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Need {
    /// A proxy without a fault of its own, so that its connections can be cut by the line `cut` to the control address.
    Proxy,
    /// A broker that it may kill and restart, by the line `kill_and_restart` to the control address. Such scenarios run one
    /// after another on a broker of their own.
    Restart,
    /// The program kcat; where that is not there, the scenario is shown as ignored.
    Kcat,
    /// A quiet machine: it runs after all others, alone.
    Alone,
    /// A second broker, of Apache Kafka, in `other`.
    Other,
}

const fn default_limit_s() -> u64 {
    60
}

/// What a scenario is told.
#[derive(Debug, Clone, Default)]
pub struct Surroundings {
    /// The broker, or the proxy in front of it.
    pub bootstrap: String,
    /// The broker itself.
    pub direct: String,
    /// Where commands to the test go, a line each, answered by the line `ok` or an error's text.
    pub control: Option<SocketAddr>,
    /// The second broker.
    pub other: Option<String>,
}

impl Suite {
    /// What its scenarios are.
    ///
    /// # Errors
    ///
    /// [`Error::Unset`] where the language's interpreter is not known; [`Error::Ended`] where the suite ends on an error.
    pub fn list(&self) -> Result<Vec<Scenario>, Error> {
        let mut process = self.start(&["--list"])?;
        let mut scenarios = Vec::new();
        loop {
            let line = match process.next_line(LIST_WITHIN) {
                Ok(line) => line,
                Err(Error::Ended { .. }) if !scenarios.is_empty() => return Ok(scenarios),
                Err(error) => return Err(error),
            };
            let scenario = serde_json::from_str(&line).map_err(|source| Error::Answer {
                program: self.source.to_owned(),
                answer: line,
                source,
            })?;
            scenarios.push(scenario);
        }
    }

    /// Starts the program, to run scenarios.
    ///
    /// # Errors
    ///
    /// As [`list`](Self::list).
    pub fn runner(&self) -> Result<Runner, Error> {
        Ok(Runner { process: self.start(&[])? })
    }

    fn start(&self, arguments: &[&str]) -> Result<Process, Error> {
        let mut command: Command = match self.language {
            Language::Python => process::python()?,
            Language::Java => process::java_folder(self.source, "Suite", JAVA_HEAP_MIB)?,
        };
        if self.language == Language::Python {
            command.arg(process::client_source(self.source));
        }
        command.args(arguments);
        let dir = process::temporary_dir("suite-")?;
        command.env("TMPDIR", dir.path());
        // Whatever a library prints is not an answer.
        Process::start(self.source, &mut command, dir, |line| line.starts_with("{\"scenario\""))
    }
}

/// A suite's running program.
#[derive(Debug)]
pub struct Runner {
    process: Process,
}

impl Runner {
    /// Runs one scenario. After an error other than [`Error::Failed`] the program is of no more use.
    ///
    /// # Errors
    ///
    /// [`Error::Failed`] with the scenario's own words where its claim does not hold.
    pub fn run(&mut self, scenario: &Scenario, around: &Surroundings) -> Result<(), Error> {
        #[derive(Deserialize)]
        struct Outcome {
            scenario: String,
            ok: bool,
            #[serde(default)]
            error: Option<String>,
        }
        let command = json!({
            "scenario": scenario.scenario,
            "bootstrap": around.bootstrap,
            "direct": around.direct,
            "control": around.control.map(|address| address.to_string()),
            "other": around.other,
        });
        self.process.write_line(&command.to_string())?;
        let line = self.process.next_line(Duration::from_secs(scenario.limit_s))?;
        let outcome: Outcome = serde_json::from_str(&line).map_err(|source| Error::Answer {
            program: self.process.name().to_owned(),
            answer: line.clone(),
            source,
        })?;
        if outcome.ok && outcome.scenario == scenario.scenario {
            return Ok(());
        }
        Err(Error::Failed {
            program: format!("{} ({})", scenario.scenario, self.process.name()),
            reason: outcome.error.unwrap_or(line),
            log: self.process.log_tail(),
        })
    }
}

/// What a control address does with a line.
pub type Act = dyn Fn(&str) -> Result<(), String> + Send + Sync;

/// Serves a control address, to the one client that connects: each line is a command, answered by `ok` or the error's text.
///
/// # Errors
///
/// If no port can be had.
pub fn control(act: Arc<Act>) -> Result<SocketAddr, Error> {
    let listener = TcpListener::bind(("127.0.0.1", 0)).map_err(Error::io("listen for commands"))?;
    let address = listener.local_addr().map_err(Error::io("listen for commands"))?;
    // One connection: who has it, has the broker. The thread ends with it.
    thread::spawn(move || {
        let Ok((stream, _)) = listener.accept() else { return };
        let Ok(mut answers) = stream.try_clone() else { return };
        for line in BufReader::new(stream).lines().map_while(Result::ok) {
            let answer = act(line.trim()).map_or_else(|error| error.replace('\n', " "), |()| "ok".to_owned());
            if writeln!(answers, "{answer}").is_err() {
                return;
            }
        }
    });
    Ok(address)
}

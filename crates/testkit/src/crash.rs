//! A load of real producers, idempotent and transactional, under which a broker can be killed; in the end it says what was
//! lost, doubled or half visible.

use std::time::Duration;

use serde::Deserialize;

use crate::Error;
use crate::process::{self, Process};

/// How long the load may take to begin.
const READY_WITHIN: Duration = Duration::from_secs(60);
/// How long it may go without a sign of life.
const LINE_WITHIN: Duration = Duration::from_secs(120);
/// How long it may take to finish and read everything back.
const VERDICT_WITHIN: Duration = Duration::from_secs(300);

/// The load, running.
#[derive(Debug)]
pub struct CrashLoad(Process);

/// How far it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    /// Records of the idempotent producer that were acknowledged.
    pub acknowledged: u64,
    /// Transactions that were committed.
    pub transactions: u64,
}

/// What it found in the end.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Verdict {
    /// Records of the idempotent producer that were acknowledged.
    pub acknowledged: u64,
    /// Transactions that were committed.
    pub transactions: u64,
    /// Transactions that were aborted.
    pub aborted: u64,
    /// Transactions of which the producer does not know how they ended.
    pub unknown: u64,
    /// What is wrong: lost, doubled, half visible.
    pub problems: Vec<String>,
}

impl CrashLoad {
    /// Starts it against a broker.
    ///
    /// # Errors
    ///
    /// [`Error::Unset`] where Python is not known; [`Error::Ended`] or [`Error::Silent`] if it does not begin.
    pub fn start(bootstrap: &str) -> Result<Self, Error> {
        let mut command = process::python()?;
        let seconds = VERDICT_WITHIN.as_secs().to_string();
        command.arg(process::client_source("crash_load.py")).args([bootstrap, &seconds]);
        let dir = process::temporary_dir("crash-")?;
        let wanted = |line: &str| line == "ready" || line.starts_with("progress ") || line.starts_with('{');
        let mut process = Process::start("the crash load", &mut command, dir, wanted)?;
        process.next_line(READY_WITHIN)?;
        Ok(Self(process))
    }

    /// Its next sign of life: ten a second.
    ///
    /// # Errors
    ///
    /// If there is none for two minutes.
    pub fn progress(&mut self) -> Result<Progress, Error> {
        let line = self.0.next_line(LINE_WITHIN)?;
        let mut numbers = line.split_whitespace().skip(1).map(str::parse);
        match (numbers.next(), numbers.next()) {
            (Some(Ok(acknowledged)), Some(Ok(transactions))) => Ok(Progress { acknowledged, transactions }),
            _ => Err(Error::Ended { program: format!("the crash load ({line})"), log: self.0.log_tail() }),
        }
    }

    /// Lets it finish and look at what is there.
    ///
    /// # Errors
    ///
    /// If it does not finish in five minutes.
    pub fn finish(mut self) -> Result<Verdict, Error> {
        self.0.write_line("stop")?;
        loop {
            let line = self.0.next_line(VERDICT_WITHIN)?;
            if line.starts_with('{') {
                return serde_json::from_str(&line)
                    .map_err(|error| Error::Ended { program: error.to_string(), log: self.0.log_tail() });
            }
        }
    }
}

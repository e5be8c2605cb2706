//! What can go wrong around a test, as opposed to in what it tests.

use std::io;

/// Why a broker or a tool did not do its part. A test shows it and fails.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// An environment variable that says where something is, is not set.
    #[error("{variable} is not set: it names {what}; `cargo xtask test` sets it")]
    Unset {
        /// The variable.
        variable: &'static str,
        /// What it names.
        what: &'static str,
    },
    /// The operating system refused something.
    #[error("cannot {doing}: {source}")]
    Io {
        /// What was tried.
        doing: String,
        /// Why not.
        source: io::Error,
    },
    /// A program ended although more was wanted of it.
    #[error("{program} ended by itself; the end of its log:\n{log}")]
    Ended {
        /// The program.
        program: String,
        /// The end of what it logged.
        log: String,
    },
    /// A program said nothing for too long. It has been ended.
    #[error("{program} said nothing for {waited_seconds} s; the end of its log:\n{log}")]
    Silent {
        /// The program.
        program: String,
        /// How long it was waited for.
        waited_seconds: u64,
        /// The end of what it logged.
        log: String,
    },
    /// What was waited for has not come.
    #[error("still waiting for {what} after {waited_seconds} s")]
    NotYet {
        /// What was waited for.
        what: String,
        /// For how long.
        waited_seconds: u64,
    },
    /// A tool tried and failed. It has ended.
    #[error("{program} failed: {reason}\nthe end of its log:\n{log}")]
    Failed {
        /// The program.
        program: String,
        /// Its own words.
        reason: String,
        /// The end of what it logged.
        log: String,
    },
    /// The client cannot do this at all. The tool goes on.
    #[error("{program} cannot do this: {reason}")]
    Unsupported {
        /// The program.
        program: String,
        /// The client's own words.
        reason: String,
    },
    /// A tool broke its contract.
    #[error("{program} answered outside its contract ({source}): {answer}")]
    Answer {
        /// The program.
        program: String,
        /// The answer's beginning.
        answer: String,
        /// What is wrong with it.
        source: serde_json::Error,
    },
}

impl Error {
    /// For `map_err`: the error of doing that.
    pub(crate) fn io(doing: impl Into<String>) -> impl FnOnce(io::Error) -> Self {
        let doing = doing.into();
        move |source| Self::Io { doing, source }
    }
}

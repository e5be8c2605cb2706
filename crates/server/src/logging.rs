//! What the process says of itself while it runs: to standard error, as text or JSON.

use clap::ValueEnum;
use tracing_subscriber::EnvFilter;

/// The variable that chooses what is logged.
const FILTER_VARIABLE: &str = "WATERSHED_LOG";

/// How log lines are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum LogFormat {
    /// For people.
    Text,
    /// One JSON object a line, for programs.
    Json,
}

/// A filter that cannot be read.
#[derive(Debug, thiserror::Error)]
#[error(
    "{FILTER_VARIABLE}={value:?} is no filter: {reason}; as an example, {FILTER_VARIABLE}=info,watershed_log=debug"
)]
pub(crate) struct FilterError {
    value: String,
    reason: String,
}

/// Begins to log. Called once.
pub(crate) fn start(format: LogFormat) -> Result<(), FilterError> {
    let value = std::env::var(FILTER_VARIABLE).unwrap_or_else(|_| "info".to_owned());
    let filter = EnvFilter::try_new(&value)
        .map_err(|error| FilterError { value: value.clone(), reason: error.to_string() })?;
    let builder = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    match format {
        LogFormat::Text => {
            use std::io::IsTerminal as _;
            builder.with_ansi(std::io::stderr().is_terminal()).init();
        }
        LogFormat::Json => builder.json().flatten_event(true).init(),
    }
    Ok(())
}

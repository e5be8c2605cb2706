//! What the process says of itself while it runs: to standard error, as text or JSON.

use clap::ValueEnum;
use tracing_subscriber::EnvFilter;
use tracing_subscriber::filter::LevelFilter;

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
    "{FILTER_VARIABLE}={value:?} is no filter: {reason}; the levels are off, error, warn, info, debug and trace; as an example, {FILTER_VARIABLE}=info,watershed_log=debug"
)]
pub(crate) struct FilterError {
    value: String,
    reason: String,
}

/// Begins to log. Called once.
pub(crate) fn start(format: LogFormat) -> Result<(), FilterError> {
    let value = std::env::var(FILTER_VARIABLE).unwrap_or_else(|_| "info".to_owned());
    let filter = filter(&value).map_err(|reason| FilterError { value, reason })?;
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

/// Reads a filter. A word alone is a level: that it might be a target, of which all is then logged and of nothing else
/// anything, would make a level with a typing error silence the process.
fn filter(value: &str) -> Result<EnvFilter, String> {
    let directives: Vec<&str> = value.split(',').map(str::trim).collect();
    for directive in &directives {
        let level = directive.rsplit_once('=').map_or(*directive, |(_, level)| level);
        if level.is_empty() || level.parse::<LevelFilter>().is_err() {
            return Err(format!("{directive:?} is neither a level nor TARGET=LEVEL"));
        }
    }
    EnvFilter::try_new(directives.join(",")).map_err(|error| error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_neither_a_level_nor_a_target_with_one_is_refused_by_name() {
        let check = |value: &str, refused: Option<&str>| {
            let reason = filter(value).err();
            let expect = refused.map(|name| format!("{name:?} is neither a level nor TARGET=LEVEL"));
            assert_eq!(reason, expect, "{value}");
        };
        for taken in ["debug", "OFF", "info,watershed_log=debug", "warn, watershed_log::server=trace"] {
            check(taken, None);
        }
        check("debgu", Some("debgu"));
        check("info,watershed_log", Some("watershed_log"));
        check("watershed_log=debgu,info", Some("watershed_log=debgu"));
        check("watershed_log=", Some("watershed_log="));
        check("", Some(""));
    }
}

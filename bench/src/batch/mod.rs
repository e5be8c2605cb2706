//! `cargo xtask bench batch`: what the foundation costs.

pub(crate) mod librdkafka;
mod messages;
mod raw;
mod records;

/// Runs all parts and prints their tables.
pub(crate) fn run() -> anyhow::Result<()> {
    println!(
        "CPU time of one thread, median of 15 alternating rounds; ratio: to the first line, round by round;"
    );
    println!(
        "allocations: of doing it once when warm. A record is 1 KB of JSON; a batch is 1,000 of them unless said."
    );
    raw::run();
    records::run()?;
    messages::run();
    librdkafka::run()
}

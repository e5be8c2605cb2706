//! The embedded log beside Apache Kafka: what the same work costs each server, in one run.
//!
//! Both servers are up for the whole run and take turns, round by round. The load comes from librdkafka in a process of
//! its own; what counts is the server's CPU time, user and system, of all its threads. Beside them stands a bare loop,
//! which does to as many bytes only what nobody can leave out.

pub(crate) mod bare;
pub(crate) mod latency;
pub(crate) mod load;
mod server;

use std::path::PathBuf;
use std::time::Duration;

use anyhow::Context as _;

use load::{Load, Work};
use server::{Kind, Server};
use watershed_protocol::batch::{BatchBuilder, BatchOptions, Codec};

use crate::payload;

/// Measured rounds; one more goes before them, to warm up.
const ROUNDS: usize = 3;
/// Partitions of every topic.
pub(crate) const PARTITIONS: i32 = 4;
/// How long acks=1 may stay unsynced in the bare loop: Watershed's interval where nobody reads.
const SYNC_MS: u64 = 100;
/// What is still written in the background after the last answer counts too, if it happens within this time.
const SETTLE: Duration = Duration::from_millis(500);

/// How the bench is told to run.
#[derive(Debug, clap::Args)]
pub(crate) struct Options {
    /// Only the rows whose name contains this.
    #[arg(long, default_value = "")]
    only: String,
    /// Watershed alone: for work on it.
    #[arg(long)]
    alone: bool,
    /// Records of a round, in thousands.
    #[arg(long, default_value_t = 1_000)]
    thousands: u64,
    /// The program to measure: by default the one beside this program.
    #[arg(long)]
    binary: Option<PathBuf>,
}

/// A row of the table: a name, the goal in CPU seconds per million, and the work; for consumers also what to fill the topic
/// with.
struct Row {
    name: &'static str,
    goal: f64,
    fill: Option<Work>,
    work: Work,
}

const fn produce(value_bytes: usize, codec: &'static str, acks: &'static str) -> Work {
    Work::Produce { value_bytes, codec, acks }
}

const ROWS: [Row; 5] = [
    Row {
        name: "produce 1 KB, uncompressed, acks=1",
        goal: 0.8,
        fill: None,
        work: produce(1024, "none", "1"),
    },
    Row { name: "produce 1 KB lz4, acks=all", goal: 0.25, fill: None, work: produce(1024, "lz4", "all") },
    Row { name: "produce 100 B lz4, acks=all", goal: 0.12, fill: None, work: produce(100, "lz4", "all") },
    Row {
        name: "consume 1 KB uncompressed",
        goal: 0.33,
        fill: Some(produce(1024, "none", "1")),
        work: Work::Consume,
    },
    Row { name: "consume 1 KB lz4", goal: 0.05, fill: Some(produce(1024, "lz4", "1")), work: Work::Consume },
];

/// A batch as the load makes it: its records, and its bytes.
fn batch(work: Work) -> (u64, usize) {
    let Work::Produce { value_bytes, codec, .. } = work else { return (1, 0) };
    let records: Vec<_> = payload::records(payload::RECORDS)
        .into_iter()
        .map(|(_, value)| value[value.len().saturating_sub(value_bytes)..].to_vec())
        .collect();
    // The load's batch.size; a record has some ten bytes beside its value.
    let count = 1_000_000 / (value_bytes as u64 + 10);
    let codec = if codec == "lz4" { Codec::Lz4 } else { Codec::None };
    let mut builder = BatchBuilder::new(BatchOptions { codec, ..BatchOptions::default() });
    for (_, value) in (0..count).zip(records.iter().cycle()) {
        builder.append(payload::TIMESTAMP_MS, None, Some(value), &[]).expect("it fits");
    }
    let mut batch = Vec::new();
    builder.finish(&mut batch).expect("it fits");
    (count, batch.len())
}

/// What the bare loop costs for the row's work.
fn bare(row: &Row, records: u64) -> anyhow::Result<Duration> {
    let (batch_records, batch_bytes) = batch(row.fill.unwrap_or(row.work));
    let batches = records / batch_records;
    match row.work {
        Work::Consume => bare::send(batches * batch_bytes as u64),
        Work::Produce { acks, .. } => {
            let sync_ms = if acks == "all" { 0 } else { SYNC_MS };
            bare::receive(batches, &vec![7; batch_bytes], sync_ms)
        }
    }
}

/// Runs everything and prints the table.
pub(crate) fn run(options: &Options) -> anyhow::Result<()> {
    let binary = match &options.binary {
        Some(binary) => binary.clone(),
        None => std::env::current_exe()?.with_file_name("watershed"),
    };
    let mut servers = vec![Server::start(&Kind::Watershed(binary))?];
    if !options.alone {
        servers.push(Server::start(&Kind::Kafka)?);
    }
    println!("{:<52} {:>9}", "", "goal");
    for server in &servers {
        let name = server.name();
        println!(
            "{:<52} {:>9} {:>12} {:>9.3} s",
            "start to first answer",
            "0.1 s",
            name,
            server.started_in.as_secs_f64()
        );
        println!("{:<52} {:>9} {:>12} {:>9.1} MB", "memory after start", "20 MB", name, server.memory_mb()?);
    }
    for row in ROWS.iter().filter(|row| row.name.contains(&options.only)) {
        measure(row, &servers, options.thousands * 1_000)?;
    }
    if "latency".contains(&options.only) {
        for server in &servers {
            latency::run(server)?;
        }
        latency::run_bare()?;
    }
    for server in &servers {
        println!(
            "{:<52} {:>9} {:>12} {:>9.1} MB",
            "memory after the runs",
            "150 MB",
            server.name(),
            server.memory_mb()?
        );
    }
    Ok(())
}

/// Prints what each server spends on the row's work, by million records.
#[expect(clippy::disallowed_methods, reason = "background work has no end that could be waited for")]
fn measure(row: &Row, servers: &[Server], records: u64) -> anyhow::Result<()> {
    let mut spent = vec![Vec::new(); servers.len() + 1];
    for round in 0..=ROUNDS {
        if round > 0 {
            spent[servers.len()].push(per_million(bare(row, records)?, records));
        }
        for (server, spent) in servers.iter().zip(&mut spent) {
            let topic = format!(
                "bench-{round}-{}",
                row.name.replace(|letter: char| !letter.is_ascii_alphanumeric(), "-")
            );
            server.create_topic(&topic, PARTITIONS)?;
            let load =
                |work| Load { address: server.address.clone(), topic: topic.clone(), records, work }.run();
            if let Some(fill) = row.fill {
                load(fill)?;
                std::thread::sleep(SETTLE);
            }
            let before = server.cpu()?;
            load(row.work)?;
            std::thread::sleep(SETTLE);
            if round > 0 {
                spent.push(per_million(server.cpu()? - before, records));
            }
            server.delete_topic(&topic)?;
        }
    }
    let names = servers.iter().map(Server::name).chain(["bare loop"]);
    for (name, mut spent) in names.zip(spent) {
        spent.sort_by(f64::total_cmp);
        let median = spent.get(spent.len() / 2).context("no round was measured")?;
        let (least, most) = (spent.first().unwrap_or(median), spent.last().unwrap_or(median));
        println!(
            "{:<52} {:>9} {:>12} {:>9.3} CPU-s/M  ({least:.3} to {most:.3})",
            row.name, row.goal, name, median
        );
    }
    Ok(())
}

#[expect(clippy::cast_precision_loss, reason = "figures for people")]
fn per_million(cpu: Duration, count: u64) -> f64 {
    cpu.as_secs_f64() * 1e6 / count as f64
}

//! Our figures beside the peers', in one run. `cargo xtask bench NAME` builds and starts this.
//!
//! Every comparison alternates between its sides, round by round, on one thread, and counts that thread's CPU time: the
//! machine may be shared and noisy. A peer that brings its own threads and sockets runs in a process of its own, of
//! which all CPU time counts.

#![allow(clippy::print_stdout, reason = "figures are what this is for")]

mod allocations;
mod batch;
mod log;
mod measure;
mod null_broker;
mod payload;

use clap::{Parser, Subcommand};

/// Our figures beside the peers'.
#[derive(Parser)]
struct Cli {
    #[command(subcommand)]
    bench: Bench,
}

#[derive(Subcommand)]
enum Bench {
    /// Record batches and messages: raw, records, messages; beside kafka-protocol and librdkafka.
    Batch,
    /// The embedded log beside Apache Kafka: CPU time, latency, memory, start.
    Log(log::Options),
    /// The load of `log`; started by it.
    #[command(hide = true)]
    Load(log::load::LoadArguments),
    /// A loop to compare with; started by `log`.
    #[command(hide = true)]
    Bare {
        #[command(subcommand)]
        bare: log::bare::Bare,
    },
    /// A peer's process; started by the others.
    #[command(hide = true)]
    Peer {
        /// What it does.
        role: batch::librdkafka::Role,
        /// The broker's address.
        address: String,
    },
}

fn main() -> anyhow::Result<()> {
    match Cli::parse().bench {
        Bench::Batch => batch::run(),
        Bench::Log(options) => log::run(&options),
        Bench::Load(load) => log::load::run(&load),
        Bench::Bare { bare } => log::bare::run(&bare),
        Bench::Peer { role, address } => batch::librdkafka::peer(role, &address),
    }
}

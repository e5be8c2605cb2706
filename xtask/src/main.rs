//! The project's own commands, run as `cargo xtask NAME`.
//!
//! Owns how the project is checked, measured and generated; never any code that ships. It depends on no crate of the
//! workspace and none depends on it, so that it runs even while they do not compile.
//!
//! | module | what it does |
//! |---|---|
//! | `test` | the list of steps and what each runs |
//! | `report` | runs steps one after the other, keeps their outcomes, prints the table at the end |
//! | `setup` | fetches what the steps need: jars, the Python clients, tools |
//! | `tidy` | the structure: edges between crates, sizes and contents of files |
//! | `fuzz` | runs the fuzz targets on a copy of their corpus |
//! | `generate` | writes Kafka's messages from the definitions in Kafka's own jar |
//! | `layout`, `store`, `workspace`, `process` | folders; what runs share; what cargo knows; child processes |

#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a command for people: its output is its work")]

mod fuzz;
mod generate;
mod layout;
mod process;
mod report;
mod setup;
mod store;
mod test;
mod tidy;
mod workspace;

use std::process::ExitCode;

use anyhow::Context as _;
use clap::{Parser, Subcommand};

use crate::layout::{Environment, Layout};

/// The project's own commands.
#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Set up what the tests need, run them all, and say what ran and what could not.
    Test {
        /// Leave out what needs more than Rust or more than two minutes.
        #[arg(long)]
        quick: bool,
    },
    /// Measure: our figures beside the peers'.
    Bench {
        /// Which benchmark, and what it is given.
        #[arg(required = true, trailing_var_arg = true, allow_hyphen_values = true, value_name = "NAME")]
        arguments: Vec<String>,
    },
    /// Write Kafka's messages again, from the definitions in Kafka's own jar.
    Generate {
        /// Write nothing; fail if the committed code differs.
        #[arg(long)]
        check: bool,
    },
    /// Fuzz for long, by hand. Finds are kept between runs, apart from the committed corpus.
    Fuzz {
        /// One fuzz target; without it, all of them one after the other.
        target: Option<String>,
        /// How long each target runs.
        #[arg(long, default_value_t = 1800)]
        seconds: u64,
    },
}

fn main() -> ExitCode {
    match run(Cli::parse().command) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(command: Command) -> anyhow::Result<ExitCode> {
    let environment = Environment::from_process();
    let layout = Layout::find(&environment)?;
    match command {
        Command::Test { quick } => return Ok(test::run(layout, &environment, quick)),
        Command::Bench { arguments } => {
            // What is measured stands beside what measures it.
            process::run(layout.cargo().args(["build", "--release", "--package", "watershed-server"]))?;
            let mut cargo = layout.cargo();
            cargo.args(["run", "--release", "--package", "watershed-bench", "--"]).args(arguments);
            process::run(&mut cargo)?;
        }
        Command::Generate { check } => {
            let libs = setup::kafka::set_up(&layout)?;
            let libs =
                libs.map_err(anyhow::Error::msg).context("generate reads the definitions in Kafka's jar")?;
            generate::run(&libs, check)?;
        }
        Command::Fuzz { target, seconds } => fuzz::run_by_hand(&layout, target.as_deref(), seconds)?,
    }
    Ok(ExitCode::SUCCESS)
}

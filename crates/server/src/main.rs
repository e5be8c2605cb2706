//! The binary `watershed`: parses the command line, runs one command, turns its error into text and an exit code.
//!
//! What a batch or an event is, the libraries say; here is only what a person sees of it. Results go to standard output, everything else to standard error.

mod batches;
mod log;
mod logging;
mod memory;
mod metrics;

use std::process::ExitCode;

use clap::{Parser, Subcommand, ValueEnum};

/// The event platform around Apache Kafka.
#[derive(Parser)]
#[command(name = "watershed", version, arg_required_else_help = true)]
struct Cli {
    /// How results are printed.
    #[arg(long, global = true, value_enum, default_value_t = Output::Text)]
    output: Output,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Show the record batches in Kafka's segment files, and where the first damage is.
    Batches(batches::Options),
    /// Run the embedded log: one durable node that any Kafka client takes for Kafka.
    Log(log::LogOptions),
}

/// How results are printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Output {
    /// For people.
    Text,
    /// One JSON object a line, for programs.
    Json,
}

/// Why a command failed.
#[derive(Debug, thiserror::Error)]
enum Error {
    #[error(transparent)]
    Batches(#[from] batches::Error),
    #[error(transparent)]
    Log(#[from] log::Error),
}

fn main() -> ExitCode {
    memory::give_back();
    let cli = Cli::parse();
    let out = &mut std::io::stdout().lock();
    let outcome = match cli.command {
        Command::Batches(options) => batches::run(&options, cli.output, out).map_err(Error::from),
        Command::Log(options) => log::run(options, cli.output, out).map_err(Error::from),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        // Whoever reads the output has seen enough: `watershed batches FILE | head`.
        Err(Error::Batches(batches::Error::Output(error)))
            if error.kind() == std::io::ErrorKind::BrokenPipe =>
        {
            ExitCode::SUCCESS
        }
        Err(error) => {
            #[expect(clippy::print_stderr, reason = "the one place where an error reaches a person")]
            {
                eprintln!("error: {error}");
            }
            ExitCode::FAILURE
        }
    }
}

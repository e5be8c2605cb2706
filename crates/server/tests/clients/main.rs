//! Every client against both brokers: each claim about Watershed is also made about Apache Kafka, by the same test. One that
//! Kafka fails is a wrong test.
//!
//! The claims are scenarios in the clients' own languages, in the testkit's folder `clients` (its README has the contract),
//! and, where several clients meet, in `cross.rs`. To add a suite, add its line to [`SUITES`]: the program lists its
//! scenarios itself. Names of tests are `BROKER/SUITE/SCENARIO`, so that `cargo test ... -- kafka/confluent` picks some.
//!
//! One broker of each kind serves all scenarios, which therefore use topics, groups and ids of their own; they start with the
//! first test that needs them.

mod cross;
mod lab;

use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use lab::{Lab, Pool};
use libtest_mimic::{Arguments, Failed, Trial};
use watershed_testkit::suite::{Language, Need, Suite};
use watershed_testkit::target::Kind;

/// The programs with scenarios.
const SUITES: [Suite; 4] = [
    Suite { name: "confluent", language: Language::Python, source: "confluent_suite.py" },
    Suite { name: "kafka-python", language: Language::Python, source: "kafka_python_suite.py" },
    Suite { name: "kcat", language: Language::Python, source: "kcat_suite.py" },
    Suite { name: "java", language: Language::Java, source: "java" },
];

/// Scenarios wait more than they compute.
const THREADS: usize = 4;

fn main() -> ExitCode {
    let mut arguments = Arguments::from_args();
    arguments.test_threads.get_or_insert(THREADS);
    let binary = PathBuf::from(env!("CARGO_BIN_EXE_watershed"));
    let labs = Lab::all([Kind::Kafka, Kind::Watershed { binary }]);
    let mut trials = Vec::new();
    let mut alone = Vec::new();
    let suites: Vec<_> = SUITES.into_iter().map(|suite| (suite, suite.list(), Pool::new(suite))).collect();
    for lab in &labs {
        trials.extend(cross::trials(lab));
        for (suite, listed, pool) in &suites {
            let prefix = format!("{}/{}", lab.name(), suite.name);
            match listed {
                Ok(scenarios) => {
                    for scenario in scenarios {
                        let (lab, pool, scenario) = (Arc::clone(lab), Arc::clone(pool), scenario.clone());
                        let list =
                            if scenario.needs.contains(&Need::Alone) { &mut alone } else { &mut trials };
                        let name = format!("{prefix}/{}", scenario.scenario);
                        let ignored = scenario.needs.contains(&Need::Kcat) && lab::kcat().is_none();
                        list.push(
                            Trial::test(name, move || lab.run(&pool, &scenario)).with_ignored_flag(ignored),
                        );
                    }
                }
                Err(error) => {
                    let error = error.to_string();
                    let fail = move || Err(Failed::from(error));
                    trials.push(Trial::test(format!("{prefix}/lists_its_scenarios"), fail));
                }
            }
        }
    }
    let mut failed = libtest_mimic::run(&arguments, trials).has_failed();
    if !alone.is_empty() {
        let arguments = Arguments { test_threads: Some(1), ..arguments };
        failed |= libtest_mimic::run(&arguments, alone).has_failed();
    }
    // Ends the programs, then the brokers.
    drop(suites);
    drop(labs);
    if failed { ExitCode::FAILURE } else { ExitCode::SUCCESS }
}

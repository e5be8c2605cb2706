//! `cargo xtask test`: the steps, in order, and what each runs.
//!
//! [`STEPS`] is the list; to add a step, add a line there and a function. A step that cannot run says why and what would
//! let it run. Without a prerequisite (Java, Maven, Python) a developer's run leaves out what needs it; in CI that is a
//! failure, so that a green run there always means all of them.

use std::fs;
use std::process::ExitCode;

use crate::layout::{Environment, Layout};
use crate::report::{Outcome, Report};
use crate::setup::python::Venv;
use crate::setup::tools::{CARGO_DENY, CARGO_FUZZ};
use crate::setup::{self, There, tools};
use crate::workspace::{self, CLIENT_TESTS};
use crate::{fuzz, generate, process, tidy};

/// All fuzz targets share this.
const FUZZ_SECONDS: u64 = 120;

/// It compiles librdkafka and the peers that we are measured against: only `cargo xtask bench` builds it.
const WITHOUT_BENCH: [&str; 3] = ["--workspace", "--exclude", "watershed-bench"];

struct Step {
    name: &'static str,
    when: When,
    run: fn(&mut Session) -> anyhow::Result<Outcome>,
}

/// Which runs a step belongs to.
#[derive(Clone, Copy, PartialEq, Eq)]
enum When {
    Always,
    /// `--quick` leaves it out, and says so.
    Full,
    /// Fetches what a full run needs; `--quick` has no use for it.
    SetUp,
}

const STEPS: &[Step] = &[
    Step { name: "set-up: system packages", when: When::SetUp, run: |_| setup::packages::set_up() },
    Step { name: "set-up: Kafka", when: When::SetUp, run: set_up_kafka },
    Step { name: "set-up: Python clients", when: When::SetUp, run: set_up_python },
    Step { name: "set-up: cargo-deny", when: When::SetUp, run: set_up_cargo_deny },
    Step { name: "set-up: cargo-fuzz", when: When::SetUp, run: set_up_cargo_fuzz },
    Step { name: "format", when: When::Always, run: format },
    Step { name: "lints", when: When::Always, run: lints },
    Step { name: "structure", when: When::Always, run: structure },
    Step { name: "generated code", when: When::Full, run: generated_code },
    Step { name: "dependencies", when: When::Always, run: dependencies },
    Step { name: "advisories", when: When::Always, run: advisories },
    Step { name: "tests", when: When::Always, run: tests },
    Step { name: "client tests", when: When::Full, run: client_tests },
    Step { name: "fuzz", when: When::Full, run: |session| fuzz::run_all(&session.layout, FUZZ_SECONDS) },
];

/// What the steps hand on to later ones.
struct Session {
    layout: Layout,
    ci: bool,
    kafka_libs: There,
    python: There,
    _venv: Option<Venv>,
}

/// Runs the steps and prints the table; the exit code says whether any failed.
pub(crate) fn run(layout: Layout, environment: &Environment, quick: bool) -> ExitCode {
    let not_yet = || Err("its set-up failed".to_owned());
    let mut session =
        Session { layout, ci: environment.ci, kafka_libs: not_yet(), python: not_yet(), _venv: None };
    let mut report = Report::default();
    for step in STEPS {
        match step.when {
            When::SetUp if quick => {}
            When::Full if quick => {
                report.step(step.name, || Ok(Outcome::Skipped("left out by --quick".to_owned())));
            }
            _ => report.step(step.name, || (step.run)(&mut session)),
        }
    }
    println!("\n{}", report.table());
    if report.failed() { ExitCode::FAILURE } else { ExitCode::SUCCESS }
}

/// The outcome of a set-up step for a prerequisite of the whole run.
fn prerequisite(ci: bool, there: &There) -> Outcome {
    match there {
        Ok(_) => Outcome::Passed,
        Err(why) if ci => Outcome::Failed(why.clone()),
        Err(why) => Outcome::Skipped(why.clone()),
    }
}

fn set_up_kafka(session: &mut Session) -> anyhow::Result<Outcome> {
    session.kafka_libs = setup::kafka::set_up(&session.layout)?;
    Ok(prerequisite(session.ci, &session.kafka_libs))
}

fn set_up_python(session: &mut Session) -> anyhow::Result<Outcome> {
    (session.python, session._venv) = setup::python::set_up(&session.layout)?;
    Ok(prerequisite(session.ci, &session.python))
}

fn set_up_cargo_deny(session: &mut Session) -> anyhow::Result<Outcome> {
    CARGO_DENY.set_up(&session.layout)?;
    Ok(Outcome::Passed)
}

fn set_up_cargo_fuzz(session: &mut Session) -> anyhow::Result<Outcome> {
    if let Err(why) = tools::nightly() {
        return Ok(Outcome::Skipped(why));
    }
    CARGO_FUZZ.set_up(&session.layout)?;
    Ok(Outcome::Passed)
}

fn format(session: &mut Session) -> anyhow::Result<Outcome> {
    let ours = process::run(session.layout.cargo().args(["fmt", "--all", "--check"]));
    if let Some(manifest) = fuzz::manifest(&session.layout) {
        process::run(session.layout.cargo().args(["fmt", "--check", "--manifest-path"]).arg(manifest))?;
    }
    ours.map(|()| Outcome::Passed)
}

fn lints(session: &mut Session) -> anyhow::Result<Outcome> {
    let mut cargo = session.layout.cargo();
    cargo.arg("clippy").args(WITHOUT_BENCH).args(["--all-targets", "--all-features", "--", "-D", "warnings"]);
    process::run(&mut cargo).map(|()| Outcome::Passed)
}

fn structure(session: &mut Session) -> anyhow::Result<Outcome> {
    tidy::run(&session.layout.root, &session.layout.metadata)
}

fn generated_code(session: &mut Session) -> anyhow::Result<Outcome> {
    let libs = match &session.kafka_libs {
        Ok(libs) => libs,
        Err(why) => return Ok(Outcome::Skipped(format!("Kafka's jar is not there: {why}"))),
    };
    generate::run(libs, true)?;
    Ok(Outcome::Passed)
}

fn dependencies(session: &mut Session) -> anyhow::Result<Outcome> {
    if let Err(why) = CARGO_DENY.find(&session.layout) {
        return Ok(Outcome::Skipped(why));
    }
    let mut cargo = session.layout.cargo();
    process::run(cargo.args(["deny", "check", "bans", "licenses", "sources"])).map(|()| Outcome::Passed)
}

fn advisories(session: &mut Session) -> anyhow::Result<Outcome> {
    if let Err(why) = CARGO_DENY.find(&session.layout) {
        return Ok(Outcome::Skipped(why));
    }
    // Fetched apart, so that a database out of reach is not taken for an advisory, nor an advisory for that.
    if let Err(error) = process::output(session.layout.cargo().args(["deny", "fetch", "db"])) {
        return Ok(Outcome::Skipped(format!("the advisory database is out of reach: {error:#}")));
    }
    let mut cargo = session.layout.cargo();
    process::run(cargo.args(["deny", "check", "--disable-fetch", "advisories"])).map(|()| Outcome::Passed)
}

fn tests(session: &mut Session) -> anyhow::Result<Outcome> {
    let mut cargo = session.layout.cargo();
    process::run(cargo.arg("test").args(WITHOUT_BENCH).arg("--no-fail-fast")).map(|()| Outcome::Passed)
}

fn client_tests(session: &mut Session) -> anyhow::Result<Outcome> {
    let targets = workspace::client_tests(&session.layout.metadata);
    if targets.is_empty() {
        return Ok(Outcome::Skipped("no crate has tests under the feature `client-tests`".to_owned()));
    }
    let java = setup::kafka::java();
    let (libs, python) = match (&java, &session.kafka_libs, &session.python) {
        (Ok(_), Ok(libs), Ok(python)) => (libs, python),
        (Err(why), _, _) | (_, Err(why), _) | (_, _, Err(why)) => {
            let why = format!("Kafka and its clients are not all there: {why}");
            return Ok(Outcome::Skipped(why));
        }
    };
    let folder = session.layout.target.join("client-tests");
    fs::create_dir_all(&folder)?;
    // The whole workspace at once: one package alone would have its dependencies compiled anew, with fewer features.
    let mut cargo = session.layout.cargo();
    cargo.arg("test").args(WITHOUT_BENCH).args(["--no-fail-fast", "--features", CLIENT_TESTS]);
    for target in &targets {
        cargo.args(["--test", target]);
    }
    cargo
        .env("WATERSHED_KAFKA_LIBS", libs)
        .env("WATERSHED_PYTHON", python)
        .env("WATERSHED_TEST_DIR", &folder);
    if let Some(kcat) = process::find("kcat") {
        cargo.env("WATERSHED_KCAT", kcat);
    }
    process::run(&mut cargo).map(|()| Outcome::Passed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_missing_prerequisite_fails_only_in_ci() {
        let missing = || Err("no Java".to_owned());
        assert_eq!(prerequisite(true, &missing()), Outcome::Failed("no Java".to_owned()));
        assert_eq!(prerequisite(false, &missing()), Outcome::Skipped("no Java".to_owned()));
        assert_eq!(prerequisite(true, &Ok("there".into())), Outcome::Passed);
    }

    #[test]
    fn a_quick_run_needs_nothing_fetched() {
        let quick = STEPS.iter().filter(|step| step.when == When::Always).map(|step| step.name);
        let quick: Vec<&str> = quick.collect();
        assert_eq!(quick, ["format", "lints", "structure", "dependencies", "advisories", "tests"]);
    }
}

//! Steps and their outcomes: run one after the other, a failing one does not stop the next, and a table says at the end
//! what passed, what failed and what was left out, and why.
//!
//! Invariant: every step that was asked for has exactly one row, and the last line is the sum of the rows.

use std::fmt::Write as _;
use std::time::{Duration, Instant};

/// How a step ended.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// Everything it checks holds.
    Passed,
    /// Something it checks does not hold, or it could not finish: what and why.
    Failed(String),
    /// It did not run: exactly why, and what would let it run.
    Skipped(String),
}

/// The outcomes so far.
#[derive(Debug, Default)]
pub(crate) struct Report {
    rows: Vec<Row>,
}

#[derive(Debug)]
struct Row {
    name: &'static str,
    outcome: Outcome,
    took: Duration,
}

impl Report {
    /// Runs one step under its heading and keeps its outcome; an error is a failure.
    pub(crate) fn step(&mut self, name: &'static str, run: impl FnOnce() -> anyhow::Result<Outcome>) {
        println!("\n== {name}");
        let started = now();
        let outcome = run().unwrap_or_else(|error| Outcome::Failed(format!("{error:#}")));
        match &outcome {
            Outcome::Passed => {}
            Outcome::Failed(why) => println!("failed: {why}"),
            Outcome::Skipped(why) => println!("skipped: {why}"),
        }
        self.rows.push(Row { name, outcome, took: started.elapsed() });
    }

    /// Whether any step failed.
    pub(crate) fn failed(&self) -> bool {
        self.rows.iter().any(|row| matches!(row.outcome, Outcome::Failed(_)))
    }

    /// The table; its last line, alone, is the sum in the form that CI reads.
    pub(crate) fn table(&self) -> String {
        let width = self.rows.iter().map(|row| row.name.len()).max().unwrap_or(0).max("step".len());
        let mut table = format!("{:width$}  {:7}  {:>7}  why\n", "step", "result", "seconds");
        let (mut passed, mut failed, mut skipped) = (0, 0, 0);
        for row in &self.rows {
            let (result, why) = match &row.outcome {
                Outcome::Passed => (("passed", &mut passed), ""),
                Outcome::Failed(why) => (("failed", &mut failed), why.as_str()),
                Outcome::Skipped(why) => (("skipped", &mut skipped), why.as_str()),
            };
            *result.1 += 1;
            let (why, seconds) = (why.replace('\n', " "), row.took.as_secs_f64());
            let line = format!("{:width$}  {:7}  {seconds:7.1}  {why}", row.name, result.0);
            table.push_str(line.trim_end());
            table.push('\n');
        }
        write!(table, "\nsteps: {passed} passed, {failed} failed, {skipped} skipped")
            .expect("a String takes any text");
        table
    }
}

#[expect(clippy::disallowed_methods, reason = "the report tells a person how long each step took")]
fn now() -> Instant {
    Instant::now()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn report(outcomes: Vec<(&'static str, anyhow::Result<Outcome>)>) -> Report {
        let mut report = Report::default();
        for (name, outcome) in outcomes {
            report.step(name, || outcome);
        }
        report
    }

    #[test]
    fn a_failing_step_does_not_stop_the_next() {
        let report = report(vec![
            ("first", Ok(Outcome::Passed)),
            ("second", Err(anyhow::anyhow!("cause").context("what"))),
            ("third", Ok(Outcome::Skipped("no Java".into()))),
            ("fourth", Ok(Outcome::Passed)),
        ]);
        assert!(report.failed());
        let table = report.table();
        let lines: Vec<&str> = table.lines().collect();
        assert_eq!(lines[0], "step    result   seconds  why");
        assert_eq!(lines[1], "first   passed       0.0");
        assert_eq!(lines[2], "second  failed       0.0  what: cause");
        assert_eq!(lines[3], "third   skipped      0.0  no Java");
        assert_eq!(lines.last(), Some(&"steps: 2 passed, 1 failed, 1 skipped"));
        assert!(!table.ends_with('\n'), "the sum is the very last line");
    }

    #[test]
    fn skipped_steps_alone_are_no_failure() {
        let report = report(vec![("one", Ok(Outcome::Passed)), ("two", Ok(Outcome::Skipped("why".into())))]);
        assert!(!report.failed());
    }
}

//! The steps of a long run: what each came to, how long it took, and the table at the end.

use std::process::ExitCode;
use std::time::{Duration, Instant};

use anyhow::Result;

#[cfg(test)]
mod tests;

/// How a step ended when it did not fail.
pub(crate) enum Done {
    Passed,
    Skipped(String),
}

enum Outcome {
    Passed,
    Skipped(String),
    Failed(String),
}

struct Row {
    name: &'static str,
    outcome: Outcome,
    took: Duration,
}

pub(crate) struct Steps {
    rows: Vec<Row>,
    fail_fast: bool,
}

impl Steps {
    /// Runs every step, whatever fails.
    pub(crate) fn all() -> Self {
        Self { rows: Vec::new(), fail_fast: false }
    }

    /// Runs no step after the first failure.
    pub(crate) fn fail_fast() -> Self {
        Self { rows: Vec::new(), fail_fast: true }
    }

    /// Runs one step, unless an earlier failure forbids it.
    pub(crate) fn run(&mut self, name: &'static str, work: impl FnOnce() -> Result<Done>) {
        if let Some(culprit) = self.culprit().filter(|_| self.fail_fast) {
            return self.add(name, Outcome::Skipped(format!("not run: `{culprit}` failed")), Duration::ZERO);
        }
        println!("\n==> {name}");
        let (result, took) = timed(work);
        let outcome = match result {
            Ok(Done::Passed) => Outcome::Passed,
            Ok(Done::Skipped(reason)) => Outcome::Skipped(reason),
            Err(error) => Outcome::Failed(format!("{error:#}")),
        };
        self.add(name, outcome, took);
    }

    /// Prints the table; the last line counts. The exit code tells whether anything failed.
    pub(crate) fn finish(&self) -> ExitCode {
        print!("\n{}", self.table());
        println!("{}", self.counts());
        if self.culprit().is_some() { ExitCode::FAILURE } else { ExitCode::SUCCESS }
    }

    fn add(&mut self, name: &'static str, outcome: Outcome, took: Duration) {
        match &outcome {
            Outcome::Passed => {}
            Outcome::Skipped(reason) => println!("SKIPPED {name}: {reason}"),
            Outcome::Failed(reason) => println!("FAILED {name}: {reason}"),
        }
        self.rows.push(Row { name, outcome, took });
    }

    /// The first step that failed.
    fn culprit(&self) -> Option<&'static str> {
        self.rows.iter().find(|row| matches!(row.outcome, Outcome::Failed(_))).map(|row| row.name)
    }

    fn table(&self) -> String {
        let width = self.rows.iter().map(|row| row.name.len()).max().unwrap_or(0);
        self.rows.iter().map(|row| row.line(width)).collect()
    }

    fn counts(&self) -> String {
        let count =
            |wanted: fn(&Outcome) -> bool| self.rows.iter().filter(|row| wanted(&row.outcome)).count();
        let passed = count(|outcome| matches!(outcome, Outcome::Passed));
        let failed = count(|outcome| matches!(outcome, Outcome::Failed(_)));
        let skipped = count(|outcome| matches!(outcome, Outcome::Skipped(_)));
        format!("{passed} passed, {failed} failed, {skipped} skipped")
    }
}

impl Row {
    fn line(&self, width: usize) -> String {
        let (word, reason) = match &self.outcome {
            Outcome::Passed => ("passed", String::new()),
            Outcome::Skipped(reason) => ("SKIPPED", format!("  ({reason})")),
            Outcome::Failed(reason) => ("FAILED", format!("  ({reason})")),
        };
        format!("{:width$}  {word:7}  {:7.1} s{reason}\n", self.name, self.took.as_secs_f64())
    }
}

#[expect(clippy::disallowed_methods, reason = "how long a step takes is what is measured; no event knows it")]
fn timed<T>(work: impl FnOnce() -> T) -> (T, Duration) {
    let start = Instant::now();
    let result = work();
    (result, start.elapsed())
}

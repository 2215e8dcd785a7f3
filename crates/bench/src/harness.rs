//! Measuring in pairs: baseline, ours, baseline, ours …, so that a drifting machine slows both.

use std::hint::black_box;
use std::time::{Duration, Instant};

/// Pairs measured; the median of each is reported.
pub(crate) const ROUNDS: usize = 5;

/// One line of the table.
struct Row {
    what: String,
    ours: String,
    baseline: String,
    ratio: String,
    note: String,
}

#[derive(Default)]
pub(crate) struct Table {
    rows: Vec<Row>,
}

/// What a side of a comparison is called and how many units of work one call does.
pub(crate) struct Side<'a> {
    pub(crate) name: &'a str,
    pub(crate) units: usize,
}

impl Table {
    /// Measures `ours` against `baseline` and prints units a second of both and their ratio.
    pub(crate) fn compare<A, B>(
        &mut self,
        what: &str,
        ours: (Side<'_>, &mut dyn FnMut() -> A),
        baseline: (Side<'_>, &mut dyn FnMut() -> B),
        note: &str,
    ) {
        let (mut our_rates, mut baseline_rates) = (Vec::new(), Vec::new());
        black_box((baseline.1)());
        black_box((ours.1)());
        for _ in 0..ROUNDS {
            baseline_rates.push(rate(baseline.0.units, time(|| (baseline.1)())));
            our_rates.push(rate(ours.0.units, time(|| (ours.1)())));
        }
        let (ours_median, baseline_median) = (median(&mut our_rates), median(&mut baseline_rates));
        self.rows.push(Row {
            what: what.to_owned(),
            ours: format!("{} {}", million(ours_median), ours.0.name),
            baseline: format!("{} {}", million(baseline_median), baseline.0.name),
            ratio: format!("{:.2}", ours_median / baseline_median),
            note: note.to_owned(),
        });
    }

    /// A line that is no pair of rates.
    pub(crate) fn line(&mut self, what: &str, ours: String, baseline: String, ratio: String, note: &str) {
        self.rows.push(Row { what: what.to_owned(), ours, baseline, ratio, note: note.to_owned() });
    }

    pub(crate) fn print(&self) {
        println!("| what | ours | baseline | ratio | note |");
        println!("|---|---|---|---|---|");
        for row in &self.rows {
            println!("| {} | {} | {} | {} | {} |", row.what, row.ours, row.baseline, row.ratio, row.note);
        }
    }
}

/// The moment, for measuring alone.
#[expect(clippy::disallowed_methods, reason = "measuring is what this crate is for")]
pub(crate) fn now() -> Instant {
    Instant::now()
}

/// How long one call takes.
pub(crate) fn time<T>(work: impl FnOnce() -> T) -> Duration {
    let start = now();
    black_box(work());
    start.elapsed()
}

fn rate(units: usize, duration: Duration) -> f64 {
    units as f64 / duration.as_secs_f64()
}

fn median(rates: &mut [f64]) -> f64 {
    rates.sort_by(f64::total_cmp);
    rates[rates.len() / 2]
}

fn million(rate: f64) -> String {
    format!("{:.2} M/s", rate / 1e6)
}

/// The value below which `share` of the sorted samples lie.
pub(crate) fn quantile(sorted: &[u64], share: f64) -> u64 {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "an index into the samples")]
    let index = ((sorted.len() - 1) as f64 * share).round() as usize;
    sorted[index]
}

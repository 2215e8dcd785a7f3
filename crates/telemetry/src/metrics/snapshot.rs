use std::sync::atomic::Ordering;

use super::cells::Cell;
use super::figure;
use super::registry::Families;

/// All series with their values at one moment, sorted by name and labels.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Snapshot {
    pub series: Vec<Series>,
}

/// One series. A histogram is two of them: `<name>_count` and `<name>_sum`.
#[derive(Debug, Clone, PartialEq)]
pub struct Series {
    pub name: String,
    /// Sorted by name.
    pub labels: Vec<(String, String)>,
    pub value: f64,
}

impl Snapshot {
    pub(super) fn of(families: &Families) -> Self {
        let mut series = Vec::new();
        for (name, family) in families {
            for (labels, cell) in &family.series {
                let one = |suffix: &str, value| Series {
                    name: format!("{name}{suffix}"),
                    labels: labels.to_pairs(),
                    value,
                };
                match cell {
                    Cell::Count(count) => series.push(one("", figure(count.load(Ordering::Relaxed)))),
                    Cell::Figure(bits) => series.push(one("", f64::from_bits(bits.load(Ordering::Relaxed)))),
                    Cell::Histogram(histogram) => {
                        let recorded = histogram.recorded();
                        series.extend([one("_count", figure(recorded.count)), one("_sum", recorded.sum)]);
                    }
                }
            }
        }
        Self { series }
    }

    /// All series of this name.
    pub fn of_name<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a Series> {
        self.series.iter().filter(move |series| series.name == name)
    }

    /// The series of this name with exactly these labels, in any order.
    #[must_use]
    pub fn value(&self, name: &str, labels: &[(&str, &str)]) -> Option<f64> {
        self.of_name(name)
            .find(|series| series.labels.len() == labels.len() && series.has(labels))
            .map(|series| series.value)
    }

    /// The sum of all series of this name that have these labels among theirs.
    #[must_use]
    pub fn sum(&self, name: &str, labels: &[(&str, &str)]) -> f64 {
        self.of_name(name).filter(|series| series.has(labels)).map(|series| series.value).sum()
    }
}

impl Series {
    /// Whether these are among its labels.
    #[must_use]
    pub fn has(&self, labels: &[(&str, &str)]) -> bool {
        labels
            .iter()
            .all(|(name, value)| self.labels.iter().any(|(known, its)| known == name && its == value))
    }
}

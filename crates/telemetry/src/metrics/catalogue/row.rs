/// How a metric moves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Only up.
    Counter,
    /// Up and down.
    Gauge,
    /// Many values, of which there are counts by size, a sum and quantiles.
    Histogram,
}

impl Kind {
    /// As Prometheus calls it.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Counter => "counter",
            Self::Gauge => "gauge",
            Self::Histogram => "histogram",
        }
    }
}

/// A label of a metric.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Label {
    pub name: &'static str,
    /// Every value it can have; empty where that is known at run time only.
    pub values: &'static [&'static str],
}

/// What there is to know about a metric.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Row {
    pub name: &'static str,
    pub kind: Kind,
    /// Of the value: `seconds`, `bytes`, `ratio`, `state`, or what is counted.
    pub unit: &'static str,
    /// One sentence for people.
    pub about: &'static str,
    pub labels: &'static [Label],
    /// The row of the specification that asks for it.
    pub source: &'static str,
    /// Upper bounds of a histogram's buckets.
    pub buckets: &'static [f64],
    /// How many series there may be of it; further ones share the label value `other`.
    pub series_max: usize,
}

/// Bounds for what takes from a tenth of a millisecond to half a minute.
pub(crate) const SECONDS: &[f64] = &[
    0.000_1, 0.000_25, 0.000_5, 0.001, 0.002_5, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0,
    10.0, 30.0,
];

const SERIES_MAX: usize = 200;

pub(super) const fn counter(name: &'static str, source: &'static str, about: &'static str) -> Row {
    Row {
        name,
        kind: Kind::Counter,
        unit: "count",
        about,
        labels: &[],
        source,
        buckets: &[],
        series_max: SERIES_MAX,
    }
}

pub(super) const fn gauge(name: &'static str, source: &'static str, about: &'static str) -> Row {
    Row { kind: Kind::Gauge, ..counter(name, source, about) }
}

/// A histogram of times, in seconds.
pub(super) const fn timing(name: &'static str, source: &'static str, about: &'static str) -> Row {
    Row { kind: Kind::Histogram, unit: "seconds", buckets: SECONDS, ..counter(name, source, about) }
}

impl Row {
    pub(super) const fn by(self, labels: &'static [Label]) -> Self {
        Self { labels, ..self }
    }

    pub(super) const fn in_unit(self, unit: &'static str) -> Self {
        Self { unit, ..self }
    }

    pub(super) const fn at_most(self, series_max: usize) -> Self {
        Self { series_max, ..self }
    }

    /// The label sets that are shown from the start: all, where all are known. A histogram waits for its first value.
    #[must_use]
    pub fn first_labels(&self) -> Vec<Vec<(&'static str, &'static str)>> {
        if self.kind == Kind::Histogram {
            return Vec::new();
        }
        self.labels.iter().fold(vec![Vec::new()], |sets, label| {
            let with_each = |set: Vec<_>| {
                label
                    .values
                    .iter()
                    .map(move |value| set.iter().copied().chain([(label.name, *value)]).collect())
            };
            sets.into_iter().flat_map(with_each).collect()
        })
    }
}

/// A label whose values are known at run time only.
pub(super) const fn open(name: &'static str) -> Label {
    Label { name, values: &[] }
}

/// A label whose values are all known.
pub(super) const fn closed(name: &'static str, values: &'static [&'static str]) -> Label {
    Label { name, values }
}

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use metrics::HistogramFn;

use super::sketch::{Counted, Sketch};

/// Where the value of one series lives.
#[derive(Clone)]
pub(super) enum Cell {
    Count(Arc<AtomicU64>),
    /// The bits of a float.
    Figure(Arc<AtomicU64>),
    Histogram(Arc<HistogramCell>),
}

/// Counts of recorded values: by the fixed bounds that Prometheus gets, and finer for quantiles.
pub(super) struct HistogramCell {
    bounds: &'static [f64],
    /// One for each bound and one for what is above all.
    buckets: Box<[AtomicU64]>,
    sketch: Sketch,
    /// The bits of a float, as is the next.
    sum: AtomicU64,
    max: AtomicU64,
    /// Counts values that are no numbers, for all histograms together.
    refused: Arc<AtomicU64>,
}

/// What a histogram recorded so far.
pub(super) struct Recorded {
    /// For each bound, how many values were not above it.
    pub(super) up_to: Vec<(f64, u64)>,
    pub(super) count: u64,
    pub(super) sum: f64,
    pub(super) max: f64,
}

impl HistogramCell {
    pub(super) fn new(bounds: &'static [f64], refused: Arc<AtomicU64>) -> Self {
        Self {
            bounds,
            buckets: (0..=bounds.len()).map(|_| AtomicU64::new(0)).collect(),
            sketch: Sketch::new(),
            sum: AtomicU64::new(0),
            max: AtomicU64::new(f64::NEG_INFINITY.to_bits()),
            refused,
        }
    }

    pub(super) fn recorded(&self) -> Recorded {
        let mut count = 0;
        let mut up_to = Vec::with_capacity(self.bounds.len());
        for (place, bucket) in self.buckets.iter().enumerate() {
            count += bucket.load(Ordering::Relaxed);
            up_to.extend(self.bounds.get(place).map(|bound| (*bound, count)));
        }
        let max = f64::from_bits(self.max.load(Ordering::Relaxed));
        let sum = f64::from_bits(self.sum.load(Ordering::Relaxed));
        Recorded { up_to, count, sum, max: if max.is_finite() { max } else { 0.0 } }
    }

    pub(super) fn add_to(&self, counted: &mut Counted) {
        counted.add(&self.sketch);
    }
}

impl HistogramFn for HistogramCell {
    fn record(&self, value: f64) {
        if !value.is_finite() {
            self.refused.fetch_add(1, Ordering::Relaxed);
            return;
        }
        let bucket = self.bounds.partition_point(|bound| *bound < value);
        self.buckets[bucket].fetch_add(1, Ordering::Relaxed);
        self.sketch.record(value);
        change(&self.sum, |sum| Some(sum + value));
        if f64::from_bits(self.max.load(Ordering::Relaxed)) < value {
            change(&self.max, |max| (max < value).then_some(value));
        }
    }
}

/// Changes a float in place, unless there is nothing to change.
fn change(bits: &AtomicU64, by: impl Fn(f64) -> Option<f64>) {
    let mut old = bits.load(Ordering::Relaxed);
    while let Some(new) = by(f64::from_bits(old)) {
        match bits.compare_exchange_weak(old, new.to_bits(), Ordering::Relaxed, Ordering::Relaxed) {
            Ok(_) => return,
            Err(now) => old = now,
        }
    }
}

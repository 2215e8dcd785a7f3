use std::collections::{BTreeMap, VecDeque};
use std::time::Duration;

use super::{Labels, Sample};

/// Moments that are kept of one window; between more, some are left out.
const MOMENTS_MAX: i64 = 720;

/// How far a sum of counters grew within a window. A counter that falls has begun anew, as at a restart, and grew
/// from nothing. A series that appears while others are known grew from nothing too.
#[derive(Debug)]
pub(super) struct Growth {
    window_ms: i64,
    last: BTreeMap<Labels, f64>,
    has_begun: bool,
    total: f64,
    /// Moment and the total until then, from the last one before the window on.
    moments: VecDeque<(i64, f64)>,
}

impl Growth {
    pub(super) fn new(window: Duration) -> Self {
        let window_ms = i64::try_from(window.as_millis()).unwrap_or(i64::MAX);
        Self { window_ms, last: BTreeMap::new(), has_begun: false, total: 0.0, moments: VecDeque::new() }
    }

    /// The growth within the window that ends now; none before a second look.
    pub(super) fn observe<'a>(
        &mut self,
        now_ms: i64,
        samples: impl Iterator<Item = &'a Sample<'a>>,
    ) -> Option<f64> {
        let mut next = BTreeMap::new();
        for sample in samples.filter(|sample| sample.value.is_finite()) {
            let base = match self.last.get(sample.labels) {
                Some(last) if *last <= sample.value => *last,
                Some(_) => 0.0,
                None if self.has_begun => 0.0,
                None => sample.value,
            };
            self.total += sample.value - base;
            next.insert(sample.labels.to_vec(), sample.value);
        }
        // A series that is missing this time has not begun anew when it comes back.
        for (labels, value) in std::mem::take(&mut self.last) {
            next.entry(labels).or_insert(value);
        }
        self.last = next;
        self.remember(now_ms);
        if !std::mem::replace(&mut self.has_begun, true) {
            return None;
        }
        self.moments.front().map(|(_, total)| self.total - total)
    }

    fn remember(&mut self, now_ms: i64) {
        let is_near = |last: &(i64, f64)| now_ms.saturating_sub(last.0) < self.window_ms / MOMENTS_MAX;
        if !self.moments.back().is_some_and(is_near) {
            self.moments.push_back((now_ms, self.total));
        }
        let start = now_ms.saturating_sub(self.window_ms);
        while self.moments.get(1).is_some_and(|(moment, _)| *moment <= start) {
            self.moments.pop_front();
        }
    }
}

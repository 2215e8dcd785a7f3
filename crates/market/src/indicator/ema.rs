use super::LENGTH_MAX;

/// The exponential mean with weight 2 / (length + 1), begun with the plain mean of the first `length` values.
#[derive(Debug, Clone)]
pub struct Ema {
    length: u32,
    weight: f64,
    seen: u32,
    /// The sum of the first values until `length` were seen, then the mean.
    state: f64,
}

impl Ema {
    /// `None` unless `length` is within 1 to [`LENGTH_MAX`].
    #[must_use]
    pub fn new(length: u32) -> Option<Self> {
        let weight = 2.0 / (f64::from(length) + 1.0);
        (1..=LENGTH_MAX).contains(&length).then_some(Self { length, weight, seen: 0, state: 0.0 })
    }

    /// Adds a value. The mean, once `length` values were seen. A value that is not finite is left out.
    #[inline]
    pub fn on_value(&mut self, value: f64) -> Option<f64> {
        if !value.is_finite() {
            return self.value();
        }
        if self.seen == self.length {
            self.state += self.weight * (value - self.state);
            return self.value();
        }
        self.seen += 1;
        self.state += value;
        if self.seen == self.length {
            self.state /= f64::from(self.length);
        }
        self.value()
    }

    /// The mean; `None` until `length` values were seen.
    #[must_use]
    #[inline]
    pub fn value(&self) -> Option<f64> {
        (self.seen == self.length).then_some(self.state)
    }
}

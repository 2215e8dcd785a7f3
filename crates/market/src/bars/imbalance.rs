use domain::Price;

/// How many bars, and how many bars' worth of ticks, the two moving averages look back over.
const BARS_BACK: f64 = 20.0;

/// How far the expected length of a bar may move from the one asked for, either way. Without a limit the rule feeds
/// on itself: short bars lower the expectation, which makes shorter bars.
const LENGTH_FACTOR: f64 = 8.0;

/// Tick imbalance (Marcos López de Prado, *Advances in Financial Machine Learning*, 2018, section 2.3.2.1).
///
/// A tick counts +1 when its price is above the one before, −1 when it is below, and as the one before when it is
/// equal; the very first counts +1. A bar ends once the sum of its ticks is as far from zero as is expected of a
/// whole bar: E\[T\] · |E\[b\]|, the expected number of ticks times the expected imbalance of one. Both are
/// exponentially weighted means, of the lengths of the last 20 bars and of the ticks of as many bars of the length
/// asked for. The book leaves open what to do when they run away; here
/// - E\[T\] starts at the length asked for and stays within an eighth and eight times of it,
/// - |E\[b\]| counts as 1/√E\[T\] at least, so that the sum must reach √E\[T\], which a fair coin does in about
///   E\[T\] throws: a market in balance makes bars of about the length asked for.
#[derive(Debug, Clone, Copy)]
pub(super) struct Imbalance {
    asked: f64,
    expected_ticks: f64,
    /// Of one tick, with its sign.
    expected_imbalance: f64,
    last: Option<Price>,
    sign: i8,
    ticks: u32,
    sum: i64,
}

impl Imbalance {
    pub(super) fn new(ticks: u32) -> Self {
        let asked = f64::from(ticks);
        Self { asked, expected_ticks: asked, expected_imbalance: 0.0, last: None, sign: 1, ticks: 0, sum: 0 }
    }

    /// Whether the tick ends the bar.
    #[inline]
    pub(super) fn take(&mut self, price: Price) -> bool {
        if let Some(last) = self.last
            && last != price
        {
            self.sign = if price > last { 1 } else { -1 };
        }
        self.last = Some(price);
        self.ticks = self.ticks.saturating_add(1);
        self.sum += i64::from(self.sign);
        let weight = 2.0 / (self.asked * BARS_BACK + 1.0);
        self.expected_imbalance += weight * (f64::from(self.sign) - self.expected_imbalance);
        if to_f64(self.sum).abs() < self.threshold() {
            return false;
        }
        self.end_bar();
        true
    }

    fn threshold(&self) -> f64 {
        let least = self.expected_ticks.sqrt();
        (self.expected_ticks * self.expected_imbalance.abs()).max(least)
    }

    fn end_bar(&mut self) {
        let weight = 2.0 / (BARS_BACK + 1.0);
        let length = self.expected_ticks + weight * (f64::from(self.ticks) - self.expected_ticks);
        self.expected_ticks = length.clamp(self.asked / LENGTH_FACTOR, self.asked * LENGTH_FACTOR);
        (self.ticks, self.sum) = (0, 0);
    }
}

/// Exact: a bar has fewer than 2⁵³ ticks.
#[expect(clippy::cast_precision_loss, reason = "a sum of ±1 over fewer than 2⁵³ ticks")]
const fn to_f64(sum: i64) -> f64 {
    sum as f64
}

use super::{AssetConfig, STEP_HOURS};
use crate::chance::Chance;

/// Steps in a day.
const STEPS_A_DAY: f64 = 8_640_000.0;
/// GARCH(1, 1) by step: volatility clusters fade over about a minute and a half.
const SURPRISE: f64 = 0.004;
const MEMORY: f64 = 0.995_9;
/// The variance never exceeds this multiple of its mean.
const VARIANCE_MAX: f64 = 30.0;

/// The efficient price of one asset: what every venue would quote if it knew everything at once.
#[derive(Debug)]
pub(super) struct Asset {
    price: f64,
    anchor: f64,
    /// Of one step's return: the long-run mean, and now.
    mean_variance: f64,
    variance: f64,
    jumps_per_hour: f64,
}

impl Asset {
    pub(super) fn new(config: &AssetConfig) -> Self {
        let mean_variance = config.daily_volatility * config.daily_volatility / STEPS_A_DAY;
        Self {
            price: config.price.to_f64(),
            anchor: config.price.to_f64(),
            mean_variance,
            variance: mean_variance,
            jumps_per_hour: config.jumps_per_hour,
        }
    }

    pub(super) const fn price(&self) -> f64 {
        self.price
    }

    /// Today's deviation beside the usual one: 1 in calm markets.
    pub(super) fn agitation(&self) -> f64 {
        (self.variance / self.mean_variance).sqrt()
    }

    pub(super) fn step(&mut self, activity: f64, chance: &mut Chance) {
        let shock = self.variance.sqrt() * chance.normal();
        let pull = (1.0 - self.price / self.anchor) * 1e-7;
        self.shift(shock * activity.sqrt() + pull);
        let calm = self.mean_variance * (1.0 - SURPRISE - MEMORY);
        self.variance = calm + SURPRISE * shock * shock + MEMORY * self.variance;
        if chance.happens(self.jumps_per_hour * activity * STEP_HOURS) {
            self.jump(chance);
        }
        self.variance = self.variance.min(self.mean_variance * VARIANCE_MAX);
    }

    /// Three to sixty basis points at once, rarely the large ones; it leaves the market agitated.
    fn jump(&mut self, chance: &mut Chance) {
        let size = (3.0 * chance.power_law()).min(60.0) * 1e-4;
        self.shift(if chance.happens(0.5) { size } else { -size });
        self.variance += self.mean_variance * 6.0;
    }

    /// Moves the price by a relative step, never to a quarter or four times where it is drawn to.
    pub(super) fn shift(&mut self, relative: f64) {
        let moved = self.price * (1.0 + relative);
        self.price = moved.clamp(self.anchor * 0.25, self.anchor * 4.0);
    }
}

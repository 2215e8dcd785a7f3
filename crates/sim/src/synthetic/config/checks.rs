use domain::{Contract, Instrument, InstrumentId, InstrumentKind, Instruments};

use super::{AssetConfig, SyntheticConfig, SyntheticError, VenueConfig};

impl SyntheticConfig {
    /// The instruments that are traded, asset by asset, venue by venue: `BTC-USD` on the first venue first.
    ///
    /// # Errors
    /// `Instruments` when there are more than can be numbered.
    pub fn instruments(&self) -> Result<Instruments, SyntheticError> {
        let mut instruments = Instruments::default();
        for asset in &self.assets {
            for venue in &self.venues {
                instruments.list(self.instrument(asset, venue))?;
            }
        }
        Ok(instruments)
    }

    fn instrument(&self, asset: &AssetConfig, venue: &VenueConfig) -> Instrument {
        Instrument {
            id: InstrumentId(0),
            symbol: format!("{}-{}", asset.base, self.quote),
            venue: venue.venue,
            kind: InstrumentKind::Spot,
            contract: Contract::UNIT,
            base: asset.base,
            quote: self.quote,
            settlement: self.quote,
            price_tick: asset.price_tick,
            quantity_step: asset.quantity_step,
            maker_fee: venue.maker_fee,
            taker_fee: venue.taker_fee,
        }
    }

    pub(in crate::synthetic) fn validate(&self) -> Result<(), SyntheticError> {
        demand(is_unique(self.assets.iter().map(|asset| asset.base)), "assets", "one or more, each once")?;
        demand(is_unique(self.venues.iter().map(|venue| venue.venue)), "venues", "one or more, each once")?;
        demand((2..=100).contains(&self.levels), "levels", "2 to 100")?;
        demand(self.rate > 0.0 && self.rate <= 5.0, "rate", "more than 0 and at most 5")?;
        demand(self.dislocation_seconds >= 1.0, "dislocation_seconds", "at least 1")?;
        demand(within(self.gaps_per_hour, 0.0, 3_600.0), "gaps_per_hour", "0 to 3600")?;
        demand(within(self.stalls_per_hour, 0.0, 360.0), "stalls_per_hour", "0 to 360")?;
        self.assets.iter().try_for_each(AssetConfig::validate)?;
        self.venues.iter().try_for_each(VenueConfig::validate)
    }
}

impl AssetConfig {
    fn validate(&self) -> Result<(), SyntheticError> {
        let ticks = self.price.raw().checked_div(self.price_tick.raw()).unwrap_or(0);
        let in_range = self.price_tick.raw() > 0 && (1_000..=1_000_000_000).contains(&ticks);
        demand(in_range, "price", "a thousand to a billion ticks, and the tick more than 0")?;
        demand(self.quantity_step.is_positive(), "quantity_step", "more than 0")?;
        demand(within(self.daily_volatility, 0.000_1, 0.5), "daily_volatility", "0.0001 to 0.5")?;
        demand(within(self.jumps_per_hour, 0.0, 360.0), "jumps_per_hour", "0 to 360")?;
        demand(within(self.trade_steps, 1.0, 1e9), "trade_steps", "1 to a billion")?;
        demand(within(self.level_steps, 1.0, 1e9), "level_steps", "1 to a billion")
    }
}

impl VenueConfig {
    fn validate(&self) -> Result<(), SyntheticError> {
        demand(within(self.lag_seconds, 0.01, 60.0), "lag_seconds", "0.01 to 60")?;
        demand(within(self.half_spread, 0.0, 100.0), "half_spread", "0 to 100 basis points")?;
        demand(within(self.error, 0.0, 100.0), "error", "0 to 100 basis points")?;
        demand(within(self.activity, 0.01, 5.0), "activity", "0.01 to 5")?;
        demand((0..=60_000).contains(&self.delay_millis), "delay_millis", "0 to 60000")
    }
}

/// False for a figure that is no number.
fn within(value: f64, low: f64, high: f64) -> bool {
    (low..=high).contains(&value)
}

fn is_unique<T: Ord>(items: impl Iterator<Item = T>) -> bool {
    let mut items: Vec<T> = items.collect();
    items.sort();
    !items.is_empty() && items.windows(2).all(|pair| pair[0] != pair[1])
}

fn demand(holds: bool, field: &'static str, expected: &'static str) -> Result<(), SyntheticError> {
    if holds { Ok(()) } else { Err(SyntheticError::Invalid { field, expected }) }
}

mod checks;

use domain::{Currency, NumberError, Price, Quantity, Rate, Venue};
use thiserror::Error;

/// What is traded where, and how lively. The default is a laptop-sized crypto market: BTC, ETH and SOL against
/// USD on `NORTH`, `HARBOR` and `SUMMIT`, nine instruments, about 400 messages a second.
#[derive(Debug, Clone, PartialEq)]
pub struct SyntheticConfig {
    pub assets: Vec<AssetConfig>,
    pub venues: Vec<VenueConfig>,
    /// What everything is quoted and settled in.
    pub quote: Currency,
    /// Levels on each side of a book; 2 to 100. Default 12.
    pub levels: usize,
    /// Multiplies how often things happen: 1 is about 45 messages a second and instrument; at most 5.
    pub rate: f64,
    /// Seconds between one venue leaving the others by more than the fees and the next, in an average
    /// hour. Default 20.
    pub dislocation_seconds: f64,
    /// Sequence gaps an hour and instrument. Default 4.
    pub gaps_per_hour: f64,
    /// Silences an hour and venue. Default 4.
    pub stalls_per_hour: f64,
}

/// One asset.
#[derive(Debug, Clone, PartialEq)]
pub struct AssetConfig {
    pub base: Currency,
    /// Where its price starts, and is drawn back to over weeks.
    pub price: Price,
    pub price_tick: Price,
    pub quantity_step: Quantity,
    /// The deviation of a day's return: 0.03 is 3 %.
    pub daily_volatility: f64,
    /// Jumps an hour. Default 3.
    pub jumps_per_hour: f64,
    /// A common trade in quantity steps.
    pub trade_steps: f64,
    /// A common book level in quantity steps.
    pub level_steps: f64,
}

/// One venue.
#[derive(Debug, Clone, PartialEq)]
pub struct VenueConfig {
    pub venue: Venue,
    /// How fast it follows the efficient price: the time constant in seconds, at least 0.01.
    pub lag_seconds: f64,
    /// Half the bid-ask spread in calm markets, in basis points.
    pub half_spread: f64,
    /// The deviation of its own pricing error, in basis points.
    pub error: f64,
    /// How lively it is, beside a venue of 1.
    pub activity: f64,
    /// From the venue to us, in milliseconds; varies by half.
    pub delay_millis: i64,
    pub maker_fee: Rate,
    pub taker_fee: Rate,
}

/// Why a synthetic market cannot be made.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum SyntheticError {
    #[error("`{field}` must be {expected}")]
    Invalid { field: &'static str, expected: &'static str },
    #[error("{0} is not in the table of instruments")]
    NotListed(String),
    #[error("the instruments {0}")]
    Instruments(#[from] NumberError),
}

impl Default for SyntheticConfig {
    fn default() -> Self {
        Self {
            assets: [
                AssetConfig::usual("BTC", 62_000_000, 100_000_000, 10_000, 0.03, (250.0, 2_500.0)),
                AssetConfig::usual("ETH", 3_100_000, 10_000_000, 100_000, 0.038, (450.0, 4_500.0)),
                AssetConfig::usual("SOL", 148_500, 10_000_000, 1_000_000, 0.05, (900.0, 9_000.0)),
            ]
            .into_iter()
            .flatten()
            .collect(),
            venues: [
                VenueConfig::usual("NORTH", (0.15, 0.35, 0.25), 1.4, 6, (50_000, 200_000)),
                VenueConfig::usual("HARBOR", (0.45, 0.5, 0.4), 1.0, 18, (0, 250_000)),
                VenueConfig::usual("SUMMIT", (0.9, 0.7, 0.6), 0.7, 42, (-20_000, 300_000)),
            ]
            .into_iter()
            .flatten()
            .collect(),
            quote: Currency::USD,
            levels: 12,
            rate: 1.0,
            dislocation_seconds: 20.0,
            gaps_per_hour: 4.0,
            stalls_per_hour: 4.0,
        }
    }
}

impl AssetConfig {
    /// `price` in thousandths, `tick` and `step` in units of 10⁻⁹, `steps` of a common trade and book level.
    fn usual(
        base: &str,
        price: i64,
        tick: i64,
        step: i128,
        daily_volatility: f64,
        steps: (f64, f64),
    ) -> Option<Self> {
        Some(Self {
            base: Currency::new(base)?,
            price: Price::from_raw(price * 1_000_000),
            price_tick: Price::from_raw(tick),
            quantity_step: Quantity::from_raw(step),
            daily_volatility,
            jumps_per_hour: 3.0,
            trade_steps: steps.0,
            level_steps: steps.1,
        })
    }
}

impl VenueConfig {
    /// `pace` is lag in seconds, half spread and error in basis points; `fees` are maker and taker in 10⁻⁹.
    fn usual(
        venue: &str,
        pace: (f64, f64, f64),
        activity: f64,
        delay_millis: i64,
        fees: (i64, i64),
    ) -> Option<Self> {
        Some(Self {
            venue: Venue::new(venue)?,
            lag_seconds: pace.0,
            half_spread: pace.1,
            error: pace.2,
            activity,
            delay_millis,
            maker_fee: Rate::from_raw(fees.0),
            taker_fee: Rate::from_raw(fees.1),
        })
    }
}

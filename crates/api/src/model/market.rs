use domain::{BarRule, Contract, Currency, InstrumentId, Price, Quantity, Rate, Venue};
use serde::Serialize;
use utoipa::ToSchema;

/// What kind of thing changes hands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum InstrumentKind {
    Spot,
    LinearPerpetual,
    InversePerpetual,
    Equity,
    Fx,
}

impl From<domain::InstrumentKind> for InstrumentKind {
    fn from(kind: domain::InstrumentKind) -> Self {
        match kind {
            domain::InstrumentKind::Spot => Self::Spot,
            domain::InstrumentKind::LinearPerpetual => Self::LinearPerpetual,
            domain::InstrumentKind::InversePerpetual => Self::InversePerpetual,
            domain::InstrumentKind::Equity => Self::Equity,
            domain::InstrumentKind::Fx => Self::Fx,
        }
    }
}

/// One instrument on one venue.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Instrument {
    #[schema(value_type = u32)]
    pub id: InstrumentId,
    /// The venue's own symbol.
    pub symbol: String,
    #[schema(value_type = String)]
    pub venue: Venue,
    pub kind: InstrumentKind,
    /// What is bought.
    #[schema(value_type = String)]
    pub base: Currency,
    /// What prices are quoted in.
    #[schema(value_type = String)]
    pub quote: Currency,
    /// What cash, fees and profit are paid in.
    #[schema(value_type = String)]
    pub settlement: Currency,
    #[schema(value_type = String)]
    pub price_tick: Price,
    #[schema(value_type = String)]
    pub quantity_step: Quantity,
    /// What one unit stands for: units of the base asset, or of the quote currency for inverse contracts.
    #[schema(value_type = String)]
    pub contract_size: Rate,
}

impl From<&domain::Instrument> for Instrument {
    fn from(instrument: &domain::Instrument) -> Self {
        let (Contract::Linear { size } | Contract::Inverse { size }) = instrument.contract;
        Self {
            id: instrument.id,
            symbol: instrument.symbol.clone(),
            venue: instrument.venue,
            kind: instrument.kind.into(),
            base: instrument.base,
            quote: instrument.quote,
            settlement: instrument.settlement,
            price_tick: instrument.price_tick,
            quantity_step: instrument.quantity_step,
            contract_size: size,
        }
    }
}

/// The best bid and ask of one instrument; a side of quantity zero is empty.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
pub struct Quote {
    #[schema(value_type = u32)]
    pub instrument_id: InstrumentId,
    #[schema(value_type = String)]
    pub bid: Price,
    #[schema(value_type = String)]
    pub bid_quantity: Quantity,
    #[schema(value_type = String)]
    pub ask: Price,
    #[schema(value_type = String)]
    pub ask_quantity: Quantity,
    /// When it was received.
    pub time_ms: i64,
    /// False after a gap or silence of the feed, until the next quote that can be trusted.
    pub valid: bool,
}

impl Quote {
    /// The quote as it travels; `valid` is the feed's word on whether it can still be trusted.
    #[must_use]
    pub const fn of(quote: &domain::Quote, valid: bool) -> Self {
        Self {
            instrument_id: quote.instrument,
            bid: quote.bid.price,
            bid_quantity: quote.bid.quantity,
            ask: quote.ask.price,
            ask_quantity: quote.ask.quantity,
            time_ms: quote.receive_time.millis(),
            valid,
        }
    }
}

/// Open, high, low, close and volume of what a rule puts together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
pub struct Bar {
    #[schema(value_type = u32)]
    pub instrument_id: InstrumentId,
    /// A length such as `1m`, or `session`, `ticks:1000`, `volume:2.5`, `notional:1000000`, `imbalance:500`.
    #[schema(value_type = String)]
    pub rule: BarRule,
    pub open_time_ms: i64,
    /// The first moment after a bar of a length or a session; the last trade of any other.
    pub close_time_ms: i64,
    /// How many bars of the rule opened at the same moment before it.
    pub number: u32,
    /// How often it was told anew, for trades that came late or were amended.
    pub revision: u32,
    #[schema(value_type = String)]
    pub open: Price,
    #[schema(value_type = String)]
    pub high: Price,
    #[schema(value_type = String)]
    pub low: Price,
    #[schema(value_type = String)]
    pub close: Price,
    #[schema(value_type = String)]
    pub volume: Quantity,
    pub trades: u32,
}

impl From<&domain::Bar> for Bar {
    fn from(bar: &domain::Bar) -> Self {
        Self {
            instrument_id: bar.instrument,
            rule: bar.rule,
            open_time_ms: bar.open_time.millis(),
            close_time_ms: bar.close_time.millis(),
            number: bar.number,
            revision: bar.revision,
            open: bar.open,
            high: bar.high,
            low: bar.low,
            close: bar.close,
            volume: bar.volume,
            trades: bar.trades,
        }
    }
}

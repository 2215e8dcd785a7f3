//! The instruments that the recordings hold, with the venue's public steps and base-tier fees of that time.

use domain::{Contract, Currency, Instrument, InstrumentId, InstrumentKind, Price, Quantity, Rate, Venue};

use super::BinanceMarket;
use crate::pair;

const TENTH: i64 = Price::SCALE / 10;

impl BinanceMarket {
    /// The venue's name in [`Instrument::venue`].
    #[must_use]
    pub fn venue(self) -> Venue {
        let name = match self {
            Self::Spot => "BINANCE-SPOT",
            Self::UsdMargined => "BINANCE-USDM",
            Self::CoinMargined => "BINANCE-COINM",
        };
        // Invariant of the three literals above: letters and a dash, at most sixteen.
        Venue::new(name).expect("a market's name fits a venue code")
    }
}

/// The Bitcoin instrument of a market: `BTCUSDT`, or the `BTCUSD_PERP` contract of 100 USD. Its id is 0 until it
/// is listed in [`domain::Instruments`].
#[must_use]
pub fn bitcoin(market: BinanceMarket) -> Instrument {
    let venue = market.venue();
    match market {
        BinanceMarket::Spot => spot(venue),
        BinanceMarket::UsdMargined => usd_margined(venue),
        BinanceMarket::CoinMargined => coin_margined(venue),
    }
}

/// Bitcoin's steps are known; another symbol's are taken as fine as the numbers allow.
#[must_use]
pub fn named(market: BinanceMarket, symbol: &str) -> Instrument {
    let known = bitcoin(market);
    if known.symbol == symbol {
        return known;
    }
    let (base, quote) = pair::split(symbol).unwrap_or((known.base, known.quote));
    let settlement = if market == BinanceMarket::CoinMargined { base } else { quote };
    Instrument {
        symbol: symbol.to_owned(),
        base,
        quote,
        settlement,
        price_tick: Price::from_raw(1),
        quantity_step: Quantity::from_raw(1),
        ..known
    }
}

fn spot(venue: Venue) -> Instrument {
    Instrument {
        id: InstrumentId(0),
        symbol: "BTCUSDT".to_owned(),
        venue,
        kind: InstrumentKind::Spot,
        contract: Contract::UNIT,
        base: Currency::BTC,
        quote: Currency::USDT,
        settlement: Currency::USDT,
        price_tick: Price::from_raw(Price::SCALE / 100),
        quantity_step: Quantity::from_raw(Quantity::SCALE / 100_000),
        maker_fee: Rate::from_basis_points(10),
        taker_fee: Rate::from_basis_points(10),
    }
}

fn usd_margined(venue: Venue) -> Instrument {
    Instrument {
        kind: InstrumentKind::LinearPerpetual,
        price_tick: Price::from_raw(TENTH),
        quantity_step: Quantity::from_raw(Quantity::SCALE / 1_000),
        maker_fee: Rate::from_basis_points(2),
        taker_fee: Rate::from_basis_points(5),
        ..spot(venue)
    }
}

fn coin_margined(venue: Venue) -> Instrument {
    Instrument {
        symbol: "BTCUSD_PERP".to_owned(),
        kind: InstrumentKind::InversePerpetual,
        contract: Contract::Inverse { size: Rate::from_raw(100 * Rate::SCALE) },
        quote: Currency::USD,
        settlement: Currency::BTC,
        quantity_step: Quantity::from_units(1),
        ..usd_margined(venue)
    }
}

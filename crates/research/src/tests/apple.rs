//! A share over three splits and dozens of dividends: buy and hold must end at the same return whichever way
//! the splits are told, and every dividend must be paid as the factor file implies.

use std::path::Path;

use domain::{
    Bar, Contract, CorporateAction, CorporateTerms, Currency, Instrument, InstrumentId, InstrumentKind,
    Instruments, MarketEvent, Money, OrderRequest, Price, Quantity, Rate, Side, Timestamp, Venue,
};
use engine::{Desk, Strategy};
use jiff::tz::TimeZone;
use risk::Limits;
use sim::MatchingConfig;
use venues::files::lean::{AdjustKind, Factors, LeanFile, LeanRow, corporate_actions};

use crate::{Backtest, Outcome, Setup};

const SHARE: InstrumentId = InstrumentId(0);

/// Takes a fixed number of shares at the first bar and holds it.
struct Hold {
    side: Side,
    shares: i64,
    asked: bool,
}

impl Strategy for Hold {
    fn name(&self) -> &str {
        "hold"
    }

    fn on_market(&mut self, desk: &mut Desk<'_>, event: &MarketEvent) {
        if !self.asked && matches!(event, MarketEvent::Bar(_)) {
            self.asked = true;
            desk.submit(OrderRequest::market(SHARE, self.side, Quantity::from_units(self.shares))).unwrap();
        }
    }
}

fn share(price_tick: Price) -> Instruments {
    let mut instruments = Instruments::default();
    let instrument = Instrument {
        id: SHARE,
        symbol: "AAPL".to_owned(),
        venue: Venue::new("US").unwrap(),
        kind: InstrumentKind::Equity,
        contract: Contract::UNIT,
        base: Currency::new("AAPL").unwrap(),
        quote: Currency::USD,
        settlement: Currency::USD,
        price_tick,
        quantity_step: Quantity::from_units(1),
        maker_fee: Rate::ZERO,
        taker_fee: Rate::ZERO,
    };
    instruments.list(instrument).unwrap();
    instruments
}

fn history(folder: &Path) -> (Vec<Bar>, Factors) {
    let file = LeanFile::open(&folder.join("daily/aapl.zip")).unwrap();
    let bars = file.rows(SHARE).unwrap().map(|row| match row.unwrap() {
        LeanRow::Bar(bar) => bar,
        other => panic!("no bar: {other:?}"),
    });
    (bars.collect(), Factors::load(&folder.join("factor_files/aapl.csv")).unwrap())
}

fn date(time: Timestamp) -> jiff::civil::Date {
    let zone = TimeZone::get("America/New_York").unwrap();
    jiff::Timestamp::from_nanosecond(i128::from(time.nanos())).unwrap().to_zoned(zone).date()
}

fn actions(bars: &[Bar], factors: &Factors) -> Vec<CorporateAction> {
    let days: Vec<_> = bars.iter().map(|bar| date(bar.open_time)).collect();
    corporate_actions(SHARE, factors, &days)
}

/// Bars and actions in the order in which they happen: an action comes before the bar of its day.
fn events(bars: &[Bar], actions: &[CorporateAction]) -> Vec<MarketEvent> {
    let mut pending = actions.iter().peekable();
    let mut events = Vec::new();
    for bar in bars {
        while let Some(action) = pending.next_if(|action| action.time <= bar.open_time) {
            events.push(MarketEvent::Corporate(*action));
        }
        events.push(MarketEvent::Bar(*bar));
    }
    events
}

/// An account that may hold all the shares there are.
fn setup(start: Timestamp) -> Setup {
    Setup {
        instruments: share(Price::from_raw(1)),
        base_currency: Currency::USD,
        cash: Money::from_units(10_000_000),
        limits: Limits {
            max_position_size: Quantity::from_units(10_000_000),
            max_order_notional: Money::from_units(100_000_000),
            max_gross_notional: Money::from_units(100_000_000),
            ..Limits::specified()
        },
        matching: MatchingConfig::instant(1),
        start,
    }
}

fn run(side: Side, shares: i64, events: &[MarketEvent], start: Timestamp) -> Outcome {
    let setup = setup(start);
    let mut backtest = Backtest::new(&setup, Hold { side, shares, asked: false }).unwrap();
    for event in events {
        backtest.on_market(event).unwrap();
    }
    backtest.finish()
}

/// The return on the price paid, dividends left out.
fn return_on_price(outcome: &Outcome) -> f64 {
    let position = outcome.state.portfolio().position(SHARE);
    let value = position.mark.unwrap().times(position.quantity).unwrap();
    value.to_f64() / position.cost.to_f64() - 1.0
}

#[test]
fn splits_on_prices_and_splits_on_the_position_end_at_the_same_return() {
    let Some(folder) = recordings::find("equity_us") else { return };
    let (raw, factors) = history(&folder);
    assert_eq!(raw.len(), 5_849);
    let adjusted: Vec<Bar> = raw
        .iter()
        .map(|bar| {
            let adjust = |price| factors.adjust(price, date(bar.open_time), AdjustKind::Splits).unwrap();
            let (open, high, low, close) =
                (adjust(bar.open), adjust(bar.high), adjust(bar.low), adjust(bar.close));
            Bar { open, high, low, close, ..*bar }
        })
        .collect();
    let splits: Vec<_> = actions(&raw, &factors)
        .into_iter()
        .filter(|action| matches!(action.terms, CorporateTerms::Split(_)))
        .collect();
    assert!(splits.len() >= 3, "{splits:?}");
    let start = raw[0].open_time;
    let on_prices = return_on_price(&run(Side::Buy, 1_000, &events(&adjusted, &[]), start));
    let on_position = return_on_price(&run(Side::Buy, 1_000, &events(&raw, &splits), start));
    let apart = (on_prices - on_position).abs() / (1.0 + on_position);
    assert!(on_position > 100.0, "{on_position}");
    assert!(apart < 1e-5, "{on_prices} and {on_position} are {apart} apart");
}

#[test]
fn every_dividend_is_paid_as_the_factor_file_implies_long_and_short() {
    let Some(folder) = recordings::find("equity_us") else { return };
    let (bars, factors) = history(&folder);
    let actions = actions(&bars, &factors);
    let events = events(&bars, &actions);
    for (side, shares) in [(Side::Buy, 1_000), (Side::Sell, 100)] {
        let outcome = run(side, shares, &events, bars[0].open_time);
        let position = outcome.state.portfolio().position(SHARE);
        let mut held = side.signed(Quantity::from_units(shares));
        let mut paid = Money::ZERO;
        let mut payments = 0;
        for action in &actions {
            match action.terms {
                CorporateTerms::Split(split) => {
                    held =
                        held.scaled_exact(i64::from(split.numerator), i64::from(split.denominator)).unwrap();
                }
                CorporateTerms::Dividend(dividend) => {
                    paid = paid.checked_add(dividend.per_share.times(held).unwrap()).unwrap();
                    payments += 1;
                }
            }
        }
        assert!(payments > 30, "{payments} dividends");
        assert_eq!((position.quantity, position.dividends), (held, paid));
        let cost = position.cost;
        let cash = Money::from_units(10_000_000).checked_sub(cost).unwrap().checked_add(paid).unwrap();
        assert_eq!(outcome.state.portfolio().cash(Currency::USD), cash, "cash is what was paid and received");
    }
}

#[test]
fn each_implied_payment_agrees_with_the_files_own_formula() {
    let Some(folder) = recordings::find("equity_us") else { return };
    let factors = Factors::load(&folder.join("factor_files/aapl.csv")).unwrap();
    let rows = factors.rows();
    let dividends = factors.dividends();
    let mut checked = 0;
    for pair in rows.windows(2) {
        let (old, new) = (pair[0].price_factor.to_f64(), pair[1].price_factor.to_f64());
        if pair[0].price_factor == pair[1].price_factor {
            continue;
        }
        let implied = pair[0].reference_close.to_f64() * (1.0 - old / new);
        let found = dividends.iter().find(|dividend| dividend.last_day == pair[0].date).unwrap();
        // The factors are printed with seven decimals.
        let rounding = pair[0].reference_close.to_f64() * 1.1e-7 / new;
        assert!((found.per_share.to_f64() - implied).abs() <= rounding, "{found:?} and {implied}");
        checked += 1;
    }
    assert_eq!(checked, dividends.len());
}

#[test]
fn no_phantom_profit_on_any_split_or_dividend_day_long_or_short() {
    let Some(folder) = recordings::find("equity_us") else { return };
    let (bars, factors) = history(&folder);
    let actions = actions(&bars, &factors);
    for (side, shares) in [(Side::Buy, 1_000), (Side::Sell, 100)] {
        let setup_events = events(&bars, &actions);
        let mut by_day = Vec::new();
        let outcome = run_watched(side, shares, &setup_events, bars[0].open_time, &mut by_day);
        assert_eq!(outcome.denials, 0);
        // The wealth of each day's end moves by what the holder of the shares gained, told from prices alone.
        for day in by_day.windows(2) {
            let (before, after) = (&day[0], &day[1]);
            let gained = after.equity.checked_sub(before.equity).unwrap();
            assert_eq!(gained, after.expected_gain, "{}", date(after.time));
        }
    }
}

struct Day {
    time: Timestamp,
    equity: Money,
    expected_gain: Money,
}

/// Runs and notes, bar by bar, the equity and what prices, splits and dividends alone say it should have gained.
fn run_watched(
    side: Side,
    shares: i64,
    events: &[MarketEvent],
    start: Timestamp,
    days: &mut Vec<Day>,
) -> Outcome {
    let setup = setup(start);
    let mut backtest = Backtest::new(&setup, Hold { side, shares, asked: false }).unwrap();
    let (mut held, mut value, mut dividends) = (Quantity::ZERO, Money::ZERO, Money::ZERO);
    for event in events {
        backtest.on_market(event).unwrap();
        match event {
            MarketEvent::Corporate(action) => match action.terms {
                CorporateTerms::Split(split) => {
                    let (new, old) = (i64::from(split.numerator), i64::from(split.denominator));
                    held = held.scaled_exact(new, old).unwrap();
                }
                CorporateTerms::Dividend(dividend) => {
                    dividends = dividends.checked_add(dividend.per_share.times(held).unwrap()).unwrap();
                }
            },
            MarketEvent::Bar(bar) => {
                let entered =
                    held.is_zero() && !backtest.state().portfolio().position(SHARE).quantity.is_zero();
                if entered {
                    held = side.signed(Quantity::from_units(shares));
                    value = bar.open.times(held).unwrap();
                }
                let worth = bar.close.times(held).unwrap();
                let by_price = worth.checked_sub(value).unwrap();
                let expected_gain = by_price.checked_add(dividends).unwrap();
                days.push(Day {
                    time: bar.open_time,
                    equity: backtest.state().equity().unwrap(),
                    expected_gain,
                });
                (value, dividends) = (worth, Money::ZERO);
            }
            _ => {}
        }
    }
    backtest.finish()
}

//! Whole backtests on one core: strategy, risk, journal in memory, matching, fees, ledger, all on.

use anyhow::Result;
use domain::{
    Bar, BarPeriod, Contract, Currency, Instrument, InstrumentId, InstrumentKind, Instruments, MarketEvent,
    Money, Price, Quantity, Rate, Span, Timestamp, Trade, Venue,
};
use engine::{Entry, Journal, JournalFault, MemoryJournal};
use research::{Backtest, Outcome, Setup};
use risk::Limits;
use sim::MatchingConfig;
use strategy::{Sizing, SmaCross};

use crate::allocation;
use crate::harness::{Side, Table, time};
use crate::market_bars::{Random, ticks};

const BARS: usize = 1_000_000;
const FAST: u32 = 10;
const SLOW: u32 = 30;
const LOT: Quantity = Quantity::from_units(100);
const ONE: InstrumentId = InstrumentId(0);

pub(crate) fn run(table: &mut Table) -> Result<()> {
    let bars = bars(BARS);
    check_against_reference(&bars)?;
    compare_bars(table, &bars);
    scaling(table, &bars);
    journal(table, &bars);
    memory(table, &bars);
    allocations(table, &bars)?;
    trade_ticks(table);
    Ok(())
}

fn instrument() -> Instrument {
    Instrument {
        id: ONE,
        symbol: "ONE".to_owned(),
        venue: Venue::new("BENCH").unwrap_or_else(|| unreachable!("a good name")),
        kind: InstrumentKind::Spot,
        contract: Contract::UNIT,
        base: Currency::BTC,
        quote: Currency::USD,
        settlement: Currency::USD,
        price_tick: Price::from_raw(10_000_000),
        quantity_step: Quantity::from_raw(1_000_000),
        maker_fee: Rate::from_basis_points(10),
        taker_fee: Rate::from_basis_points(10),
    }
}

fn setup(start: Timestamp) -> Setup {
    let mut instruments = Instruments::default();
    let listed = instruments.list(instrument());
    debug_assert!(listed.is_ok());
    Setup {
        instruments,
        base_currency: Currency::USD,
        cash: Money::from_units(10_000_000),
        limits: Limits {
            max_daily_loss: Money::from_units(100_000_000),
            max_drawdown: Rate::from_basis_points(9_999),
            max_reference_age: Span::DAY,
            ..Limits::specified()
        },
        matching: MatchingConfig::instant(1),
        start,
    }
}

fn strategy(period: BarPeriod, quantity: Quantity) -> SmaCross {
    let sizing = Sizing::Quantity(quantity);
    SmaCross::new(instrument(), period.into(), (FAST, SLOW), sizing, false)
        .unwrap_or_else(|| unreachable!("fast below slow"))
}

/// A random walk of one-minute bars on the instrument's tick.
fn bars(count: usize) -> Vec<Bar> {
    let mut random = Random(42);
    let mut close = 100_000i64;
    (0..count)
        .map(|index| {
            let open = close;
            close = (open + i64::from(random.next() % 101) - 50).clamp(2_000, 10_000_000);
            let price = |cents: i64| Price::from_raw(cents * 10_000_000);
            let minute = i64::try_from(index).unwrap_or_default() * 60;
            let open_time = Timestamp::from_seconds(1_600_000_000 + minute);
            Bar {
                trades: 1,
                high: price(open.max(close) + 10),
                low: price(open.min(close) - 10),
                close: price(close),
                volume: Quantity::from_units(1_000_000),
                ..Bar::of_period(ONE, BarPeriod::MINUTE, open_time, price(open))
            }
        })
        .collect()
}

fn whole_run(bars: &[Bar]) -> Outcome {
    let run = || {
        let mut backtest = Backtest::new(&setup(bars[0].open_time), strategy(BarPeriod::MINUTE, LOT))?;
        backtest.on_bars(bars)?;
        Ok::<_, research::BacktestError>(backtest.finish())
    };
    run().unwrap_or_else(|error| panic!("the benchmark's own run failed: {error}"))
}

/// The same rules in a plain loop: signal at a close, fill at the next open, 0.1 % of the value as fee.
fn reference(bars: &[Bar]) -> (i128, u64) {
    let (fast, slow) = (FAST as usize, SLOW as usize);
    let (mut fast_sum, mut slow_sum) = (0i128, 0i128);
    let (mut cash, mut held, mut wanted, mut fills) =
        (Money::from_units(10_000_000).raw(), 0i128, 0i128, 0u64);
    for (index, bar) in bars.iter().enumerate() {
        if wanted != held {
            let value = i128::from(bar.open.raw()) * (wanted - held) * 1_000_000_000;
            cash -= value + value.abs() / 1_000;
            held = wanted;
            fills += 1;
        }
        fast_sum += i128::from(bar.close.raw());
        slow_sum += i128::from(bar.close.raw());
        if index >= fast {
            fast_sum -= i128::from(bars[index - fast].close.raw());
        }
        if index >= slow {
            slow_sum -= i128::from(bars[index - slow].close.raw());
        }
        if index + 1 >= slow {
            wanted = if fast_sum * i128::from(SLOW) > slow_sum * i128::from(FAST) { 100 } else { 0 };
        }
    }
    let last = bars.last().map_or(0, |bar| i128::from(bar.close.raw()));
    (cash + last * held * 1_000_000_000, fills)
}

fn check_against_reference(bars: &[Bar]) -> Result<()> {
    let outcome = whole_run(bars);
    let (equity, fills) = reference(bars);
    let ours = outcome.state.equity().map(Money::raw);
    anyhow::ensure!(
        ours == Some(equity) && outcome.fills == fills,
        "the engine and the plain loop disagree: equity {ours:?} and {equity}, fills {} and {fills}, denials {}",
        outcome.fills,
        outcome.denials
    );
    eprintln!("  engine and plain loop agree: equity {}, {fills} fills", Money::from_raw(equity));
    Ok(())
}

fn compare_bars(table: &mut Table, bars: &[Bar]) {
    table.compare(
        "backtest, 1 M bars, SMA 10/30",
        (Side { name: "engine, bars", units: bars.len() }, &mut || whole_run(bars).fills),
        (Side { name: "plain loop, no engine", units: bars.len() }, &mut || reference(bars)),
        "floor 5 M bars/s, aim 25 M",
    );
}

fn scaling(table: &mut Table, bars: &[Bar]) {
    let part = &bars[..BARS / 10];
    let mut long = || whole_run(bars).fills;
    let mut short = || (0..10).map(|_| whole_run(part).fills).sum::<u64>();
    table.compare(
        "the same rate at 1 M bars as at 100 k",
        (Side { name: "1 M bars", units: BARS }, &mut long),
        (Side { name: "ten runs of 100 k", units: BARS }, &mut short),
        "1 is linear",
    );
}

/// Takes everything and keeps nothing.
struct NoJournal;

impl Journal for NoJournal {
    fn append(&mut self, _entry: &Entry) -> Result<(), JournalFault> {
        Ok(())
    }

    fn commit(&mut self) -> Result<(), JournalFault> {
        Ok(())
    }
}

fn journal(table: &mut Table, bars: &[Bar]) {
    let mut without = || {
        let run = || {
            let mut backtest = Backtest::with_journal(
                &setup(bars[0].open_time),
                strategy(BarPeriod::MINUTE, LOT),
                NoJournal,
            )?;
            backtest.on_bars(bars)?;
            Ok::<_, research::BacktestError>(backtest.finish().fills)
        };
        run().unwrap_or_else(|error| panic!("the benchmark's own run failed: {error}"))
    };
    table.compare(
        "engine events, journal on and off",
        (Side { name: "journal in memory", units: bars.len() }, &mut || whole_run(bars).fills),
        (Side { name: "no journal", units: bars.len() }, &mut without),
        "",
    );
}

fn memory(table: &mut Table, bars: &[Bar]) {
    let (outcome, held) = allocation::peak_of(|| whole_run(bars));
    let data = std::mem::size_of_val(bars);
    let mebibytes = |bytes: usize| format!("{:.1} MiB", bytes as f64 / 1_048_576.0);
    table.line(
        "memory of a backtest of 1 M bars",
        mebibytes(held + data),
        format!("{} of bars", mebibytes(data)),
        format!("{:.2}", (held + data) as f64 / data as f64),
        &format!("at most 3; journal {}", mebibytes(outcome.journal.bytes().len())),
    );
}

/// Counts allocations once buffers have grown: only the journal's and the trade list's doubling may remain.
fn allocations(table: &mut Table, bars: &[Bar]) -> Result<()> {
    let mut backtest =
        Backtest::with_journal(&setup(bars[0].open_time), strategy(BarPeriod::MINUTE, LOT), NoJournal)?;
    let (warm, rest) = bars.split_at(BARS / 2);
    backtest.on_bars(warm)?;
    let before = allocation::calls();
    backtest.on_bars(rest)?;
    let calls = allocation::calls() - before;
    table.line(
        "allocations on the event path",
        format!("{calls} calls"),
        format!("{} events", rest.len()),
        format!("{:.6}", calls as f64 / rest.len() as f64),
        "growth of the list of trades and of fill ids",
    );
    Ok(())
}

fn trade_ticks(table: &mut Table) {
    let trades: Vec<Trade> = ticks();
    let (mut orders, mut events) = (0, 0);
    let mut ours = || {
        let run = || {
            let start = trades[0].receive_time;
            let mut backtest = Backtest::<_, MemoryJournal>::new(
                &setup(start),
                strategy(BarPeriod::SECOND, Quantity::from_raw(1_000_000)),
            )?;
            let mut bars = market::TimeBars::new(ONE, BarPeriod::SECOND);
            for trade in &trades {
                if let Some(bar) = bars.on_trade(trade) {
                    backtest.on_market(&MarketEvent::Bar(bar))?;
                }
                backtest.on_market(&MarketEvent::Trade(*trade))?;
            }
            Ok::<_, research::BacktestError>(backtest.finish())
        };
        let outcome = run().unwrap_or_else(|error| panic!("the benchmark's own run failed: {error}"));
        (orders, events) = (outcome.orders, outcome.events);
        outcome.fills
    };
    let mut bare =
        || trades.iter().map(|trade| trade.price.raw() ^ trade.venue_time.nanos()).fold(0, i64::wrapping_add);
    table.compare(
        "backtest, 5 M trade ticks, SMA on 1 s bars",
        (Side { name: "engine, ticks", units: trades.len() }, &mut ours),
        (Side { name: "reading the ticks", units: trades.len() }, &mut bare),
        "floor 5 M ticks/s, aim 30 M",
    );
    eprintln!("  {orders} orders in {events} events; one run takes {:?}", time(ours));
}

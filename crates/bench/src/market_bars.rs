//! Ticks to bars, one at a time as they come.

use anyhow::Result;
use domain::{Bar, BarPeriod, BarRule, InstrumentId, Price, Quantity, Timestamp, Trade};
use market::{BarSet, Calendar, TimeBars};

use crate::harness::{Side, Table};
use crate::polars::{BarSum, Polars};

const TICKS: usize = 5_000_000;

pub(crate) fn run(table: &mut Table) -> Result<()> {
    let ticks = ticks();
    let mut streaming = || {
        let mut bars = TimeBars::new(InstrumentId(0), BarPeriod::MINUTE);
        ticks
            .iter()
            .filter_map(|tick| bars.on_trade(tick))
            .map(|bar| bar.close.raw())
            .fold(0, i64::wrapping_add)
    };
    let mut set = || {
        let mut bars = BarSet::new(&[Calendar::Always], &[BarRule::SECOND, BarRule::MINUTE], None);
        let mut sum = 0i64;
        for tick in &ticks {
            bars.ended_by(tick, &mut |bar| sum = sum.wrapping_add(bar.close.raw()));
        }
        sum
    };
    let mut plain = || plain_loop(&ticks);
    assert_eq!(streaming(), plain(), "both make the same bars");
    let note = "floor 30 M/s, aim 100 M/s";
    table.compare(
        "ticks → minute bars",
        (Side { name: "streaming, checked", units: TICKS }, &mut streaming),
        (Side { name: "plain loop, unchecked", units: TICKS }, &mut plain),
        note,
    );
    table.compare(
        "ticks → 1 s and 1 min bars",
        (Side { name: "streaming, checked", units: TICKS }, &mut set),
        (Side { name: "plain loop, one period", units: TICKS }, &mut plain),
        note,
    );
    against_polars(table, &ticks)
}

/// All figures of every bar, so that nothing is spared that the other side makes.
fn against_polars(table: &mut Table, ticks: &[Trade]) -> Result<()> {
    let Some(mut polars) = Polars::start(ticks)? else { return Ok(()) };
    let mut ours = || {
        let mut bars = TimeBars::new(InstrumentId(0), BarPeriod::MINUTE);
        let mut sum = BarSum::default();
        let finished = ticks.iter().filter_map(|tick| bars.on_trade(tick));
        finished.for_each(|bar| add(&mut sum, &bar));
        if let Some(bar) = bars.flush(Timestamp::MAX) {
            add(&mut sum, &bar);
        }
        sum
    };
    assert_eq!(ours(), polars.group()?, "both make the same bars");
    let what = polars.what.clone();
    let mut failure = None;
    let mut theirs = || polars.group().map_err(|error| failure = Some(error)).ok();
    table.compare(
        "ticks → minute bars, beside Polars",
        (Side { name: "streaming, checked", units: TICKS }, &mut ours),
        (Side { name: &what, units: TICKS }, &mut theirs),
        "floor 2, aim 3",
    );
    failure.map_or(Ok(()), Err)
}

fn add(sum: &mut BarSum, bar: &Bar) {
    std::hint::black_box((bar.open, bar.high, bar.low));
    sum.bars += 1;
    sum.closes = sum.closes.wrapping_add(bar.close.raw());
    sum.volume = sum.volume.wrapping_add(i64::try_from(bar.volume.raw()).unwrap_or_default());
    sum.trades += i64::from(bar.trades);
}

/// A random walk, ten ticks a second.
pub(crate) fn ticks() -> Vec<Trade> {
    let mut random = Random(7);
    let mut price = 100_000_000_000i64;
    (0..TICKS as u64)
        .map(|index| {
            price += i64::from(random.next() % 21) * 1_000_000 - 10_000_000;
            let time =
                Timestamp::from_millis(1_700_000_000_000 + i64::try_from(index).unwrap_or_default() * 100);
            Trade {
                instrument: InstrumentId(0),
                id: index,
                price: Price::from_raw(price.max(1_000_000_000)),
                quantity: Quantity::from_raw(i128::from(random.next() % 1000 + 1) * 1_000_000),
                aggressor: None,
                venue_time: time,
                receive_time: time,
            }
        })
        .collect()
}

/// xorshift: enough for numbers to chew on.
pub(crate) struct Random(pub(crate) u64);

impl Random {
    pub(crate) fn next(&mut self) -> u32 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 32) as u32
    }
}

/// The least that makes the same bars: no checks, no lateness, no flush.
fn plain_loop(ticks: &[Trade]) -> i64 {
    let (mut end, mut sum) = (i64::MIN, 0i64);
    let (mut high, mut low, mut close, mut volume) = (0i64, 0i64, 0i64, 0i128);
    for tick in ticks {
        let (time, price) = (tick.venue_time.nanos(), tick.price.raw());
        if time >= end {
            if end != i64::MIN {
                sum = sum.wrapping_add(close);
                std::hint::black_box((high, low, volume));
            }
            end = time - time.rem_euclid(60_000_000_000) + 60_000_000_000;
            (high, low, volume) = (price, price, 0);
        }
        high = high.max(price);
        low = low.min(price);
        close = price;
        volume += tick.quantity.raw();
    }
    sum
}

//! The detector against a recomputation of every pair after every event.

use std::collections::BTreeMap;

use domain::{
    Contract, CrossVenueSpread, InstrumentId, Instruments, Level, Price, Quantity, Quote, Rate, SpreadPhase,
    Timestamp,
};
use proptest::prelude::*;

use super::{INVERSE_CONTRACT, all, instruments, limits};
use crate::spread::{CrossVenueDetector, SpreadLimits};

const COUNT: u32 = 4;

#[derive(Debug, Clone)]
enum Event {
    Quote(Quote),
    Invalid(InstrumentId, Timestamp),
    Time(Timestamp),
}

/// What decides a spread: prices, quantity, gross, fees and net rate, all raw.
type Terms = (i64, i64, i128, i128, i128, i128);

/// Everything about the world, recomputed from scratch.
struct World {
    instruments: Instruments,
    limits: SpreadLimits,
    quotes: BTreeMap<InstrumentId, Quote>,
    now: Timestamp,
}

impl World {
    fn take(&mut self, event: &Event) {
        match event {
            Event::Quote(quote) => {
                self.now = quote.receive_time;
                self.quotes.insert(quote.instrument, *quote);
            }
            Event::Invalid(instrument, time) => {
                self.now = *time;
                self.quotes.remove(instrument);
            }
            Event::Time(time) => self.now = *time,
        }
    }

    fn spreads(&self) -> BTreeMap<(u32, u32), Terms> {
        let mut found = BTreeMap::new();
        for buy in self.quotes.values().filter(|quote| self.counts(quote)) {
            for sell in self.quotes.values().filter(|quote| self.counts(quote)) {
                if let Some(terms) = self.terms(buy, sell) {
                    found.insert((buy.instrument.0, sell.instrument.0), terms);
                }
            }
        }
        found
    }

    fn counts(&self, quote: &Quote) -> bool {
        self.now.nanos() - quote.receive_time.nanos() <= self.limits.max_quote_age.nanos()
    }

    fn terms(&self, buy: &Quote, sell: &Quote) -> Option<Terms> {
        let (ask, bid) = (buy.ask, sell.bid);
        let [buy, sell] = [buy, sell].map(|quote| self.instruments.get(quote.instrument).unwrap());
        let quantity = buy
            .base_quantity(ask.price, ask.quantity)?
            .min(sell.base_quantity(bid.price, bid.quantity)?)
            .raw();
        if buy.id == sell.id || bid.price <= ask.price || quantity <= 0 {
            return None;
        }
        let (spent, received) =
            (i128::from(ask.price.raw()) * quantity, i128::from(bid.price.raw()) * quantity);
        let fees = fee(spent, buy.taker_fee) + fee(received, sell.taker_fee);
        let rate = ((received - spent - fees) * i128::from(Rate::SCALE)).div_euclid(spent);
        (rate >= i128::from(self.limits.min_net_rate.raw())).then_some((
            ask.price.raw(),
            bid.price.raw(),
            quantity,
            received - spent,
            fees,
            rate,
        ))
    }
}

/// Rounded away from zero.
fn fee(value: i128, rate: Rate) -> i128 {
    let product = value * i128::from(rate.raw());
    let scale = i128::from(Rate::SCALE);
    product / scale + if product % scale == 0 { 0 } else { product.signum() }
}

fn terms(spread: &CrossVenueSpread) -> Terms {
    let rate = i128::from(spread.net_rate.raw());
    let prices = (spread.buy_price.raw(), spread.sell_price.raw());
    (prices.0, prices.1, spread.quantity.raw(), spread.gross.raw(), spread.fees.raw(), rate)
}

/// Follows what a detector tells; each phase must fit what was told before.
#[derive(Default)]
struct Told {
    open: BTreeMap<(u32, u32), CrossVenueSpread>,
    opened: u64,
}

impl Told {
    fn take(&mut self, spread: CrossVenueSpread) {
        let pair = (spread.buy.0, spread.sell.0);
        let before = match spread.phase {
            SpreadPhase::Opened => {
                self.opened += 1;
                assert_eq!(spread.id, self.opened);
                assert_eq!(self.open.insert(pair, spread), None);
                return;
            }
            SpreadPhase::Changed => self.open.insert(pair, spread),
            SpreadPhase::Closed => self.open.remove(&pair),
        };
        let before = before.expect("it was open");
        assert_eq!(before.id, spread.id);
        assert_eq!(terms(&before) == terms(&spread), spread.phase == SpreadPhase::Closed);
    }
}

fn any_level() -> impl Strategy<Value = (i64, i64)> {
    (9_900i64..10_100, prop_oneof![1 => Just(0i64), 5 => 1i64..5_000_000_000])
}

fn any_event() -> impl Strategy<Value = (i64, Event)> {
    let event = prop_oneof![
        12 => (0..COUNT, any_level(), 1i64..60, 1i64..5_000_000_000).prop_map(|(instrument, bid, width, size)| {
            let level = |price: i64, raw: i64| Level {
                price: Price::from_raw(price * 1_000_000_007),
                quantity: Quantity::from_raw(raw.into()),
            };
            Event::Quote(Quote {
                instrument: InstrumentId(instrument),
                bid: level(bid.0, bid.1),
                ask: level(bid.0 + width, size),
                venue_time: Timestamp::EPOCH,
                receive_time: Timestamp::EPOCH,
            })
        }),
        1 => (0..COUNT).prop_map(|instrument| Event::Invalid(InstrumentId(instrument), Timestamp::EPOCH)),
        1 => Just(Event::Time(Timestamp::EPOCH)),
    ];
    (0i64..20, event)
}

fn stamped(event: Event, time: Timestamp) -> Event {
    match event {
        Event::Quote(quote) => Event::Quote(Quote { receive_time: time, ..quote }),
        Event::Invalid(instrument, _) => Event::Invalid(instrument, time),
        Event::Time(_) => Event::Time(time),
    }
}

fn any_terms() -> impl Strategy<Value = Vec<(Contract, &'static str)>> {
    let contract = prop_oneof![
        Just(Contract::UNIT),
        Just(INVERSE_CONTRACT),
        Just(Contract::Linear { size: Rate::from_raw(1_000_000) }),
    ];
    let fee = prop_oneof![Just("0"), Just("0.001"), Just("0.000333333"), Just("-0.0002")];
    prop::collection::vec((contract, fee), COUNT as usize)
}

proptest! {
    #[test]
    fn the_detector_tells_what_recomputing_finds(
        terms_of in any_terms(),
        events in prop::collection::vec(any_event(), 1..80),
        max_age in 1i64..120,
        rate in prop_oneof![Just("0"), Just("0.0005"), Just("-0.001")],
    ) {
        let instruments = instruments(&terms_of);
        let limits = limits(max_age, rate);
        let mut detector = CrossVenueDetector::new(&instruments, &[all(&instruments)], limits).unwrap();
        let mut world = World { instruments, limits, quotes: BTreeMap::new(), now: Timestamp::EPOCH };
        let (mut told, mut time) = (Told::default(), 0);
        for (step, event) in events {
            time += step;
            let event = stamped(event, Timestamp::from_nanos(time));
            world.take(&event);
            let emit = &mut |spread| told.take(spread);
            match event {
                Event::Quote(quote) => detector.on_quote(&quote, emit),
                Event::Invalid(instrument, time) => detector.on_invalid(instrument, time, emit),
                Event::Time(time) => detector.on_time(time, emit),
            }
            let open: BTreeMap<_, _> = told.open.iter().map(|(&pair, spread)| (pair, terms(spread))).collect();
            prop_assert_eq!(open, world.spreads());
            let listed: Vec<_> = detector.open().copied().collect();
            prop_assert_eq!(listed, told.open.values().copied().collect::<Vec<_>>());
        }
        prop_assert_eq!(detector.uncomputable(), 0);
    }
}

//! A cell in memory around one strategy: market data in, a log of what was asked for and filled out.

use domain::{
    Bar, BarPeriod, Contract, CrossVenueSpread, Currency, Instrument, InstrumentId, InstrumentKind,
    Instruments, Level, MarketEvent, Money, OrderEvent, OrderKind, OrderRequest, Price, Quantity, Quote,
    Rate, Side, Span, SpreadPhase, TimeInForce, Timestamp, Venue,
};
use engine::{Cell, Entry, Intent, MemoryJournal, Observer, Opening, Record, State, Strategy};
use risk::Limits;
use sim::{Latency, Matching, MatchingConfig};

pub(crate) struct Harness<S> {
    pub(crate) cell: Cell<S, Matching, MemoryJournal, Log>,
    read: usize,
}

/// What the journal says of orders, in short words.
#[derive(Debug, Default)]
pub(crate) struct Log(Vec<String>);

impl Observer for Log {
    fn on_entry(&mut self, _state: &State, entry: &Entry) {
        match &entry.record {
            Record::Submitted { order, .. } => self.0.push(asked(&order.request)),
            Record::Denied { .. } => self.0.push("denied".to_owned()),
            Record::Reported(report) => match report.event {
                OrderEvent::Filled(fill) => self.0.push(format!("filled {} @ {}", fill.quantity, fill.price)),
                OrderEvent::Rejected => self.0.push("rejected".to_owned()),
                OrderEvent::Cancelled => self.0.push("cancelled".to_owned()),
                _ => {}
            },
            _ => {}
        }
    }
}

fn asked(request: &OrderRequest) -> String {
    let side = if request.side == Side::Buy { "buy" } else { "sell" };
    let kind = match request.kind {
        OrderKind::Limit { price } => price.to_string(),
        _ => "market".to_owned(),
    };
    let immediate = if request.time_in_force == TimeInForce::ImmediateOrCancel { " ioc" } else { "" };
    format!("{side} {} on {} at {kind}{immediate}", request.quantity, request.instrument)
}

/// COIN-USD on the venues V0, V1, …: ticks of 0.01, steps of 0.01, 0.1 % as taker.
pub(crate) fn instruments(count: u32) -> Instruments {
    let mut instruments = Instruments::default();
    for id in 0..count {
        let instrument = Instrument {
            id: InstrumentId(id),
            symbol: "COIN-USD".to_owned(),
            venue: Venue::new(&format!("V{id}")).unwrap(),
            kind: InstrumentKind::Spot,
            contract: Contract::UNIT,
            base: Currency::new("COIN").unwrap(),
            quote: Currency::USD,
            settlement: Currency::USD,
            price_tick: Price::from_raw(10_000_000),
            quantity_step: Quantity::from_raw(10_000_000),
            maker_fee: Rate::ZERO,
            taker_fee: Rate::from_basis_points(10),
        };
        instruments.list(instrument).unwrap();
    }
    instruments
}

impl<S: Strategy> Harness<S> {
    /// One million USD, an instant venue, two instruments.
    pub(crate) fn new(strategy: S) -> Self {
        Self::with(strategy, MatchingConfig::instant(1))
    }

    /// A venue that is `millis` away.
    pub(crate) fn delayed(strategy: S, millis: i64) -> Self {
        let latency = Latency { base: Span::from_millis(millis), jitter: Span::ZERO };
        Self::with(strategy, MatchingConfig { latency, ..MatchingConfig::instant(1) })
    }

    pub(crate) fn with(strategy: S, venue: MatchingConfig) -> Self {
        let limits = Limits { max_reference_age: Span::DAY, ..Limits::specified() };
        let opening = Opening {
            tenant: "00000000-0000-0000-0000-000000000001".parse().unwrap(),
            account: "00000000-0000-0000-0000-000000000002".parse().unwrap(),
            base_currency: Currency::USD,
            cash: vec![(Currency::USD, Money::from_units(1_000_000))],
            limits,
            instruments: instruments(2),
        };
        let venue = Matching::new(venue, &opening.instruments);
        let state = State::open(&opening, Timestamp::EPOCH);
        Self { cell: Cell::new(state, strategy, venue, MemoryJournal::default(), Log::default()), read: 0 }
    }

    /// What was logged since the last call.
    pub(crate) fn news(&mut self) -> String {
        let log = &self.cell.observer().0;
        let news = log[self.read..].join("; ");
        self.read = log.len();
        news
    }

    pub(crate) fn on(&mut self, event: MarketEvent) -> String {
        self.cell.on_market(&event).unwrap();
        self.news()
    }

    /// A flat minute bar of instrument 0, the `number`th, and what came of it.
    pub(crate) fn bar(&mut self, number: i64, price: i32) -> String {
        self.on(MarketEvent::Bar(bar(0, number, BarPeriod::MINUTE, price)))
    }

    pub(crate) fn order(&mut self, millis: i64, request: OrderRequest) -> String {
        self.cell.on_intent(Timestamp::from_millis(millis), Intent::Submit(request)).unwrap();
        self.news()
    }

    pub(crate) fn position(&self, instrument: u32) -> Quantity {
        self.cell.state().portfolio().position(InstrumentId(instrument)).quantity
    }
}

pub(crate) fn bar(instrument: u32, number: i64, period: BarPeriod, price: i32) -> Bar {
    let open_time = Timestamp::from_seconds(number * period.seconds());
    let bar = Bar::of_period(InstrumentId(instrument), period, open_time, Price::from_units(price));
    Bar { trades: 1, ..bar }
}

/// `bid` and `ask` as price and quantity in whole units.
pub(crate) fn quote(instrument: u32, millis: i64, bid: (i32, i64), ask: (i32, i64)) -> MarketEvent {
    let level = |(price, quantity)| Level {
        price: Price::from_units(price),
        quantity: Quantity::from_units(quantity),
    };
    let time = Timestamp::from_millis(millis);
    MarketEvent::Quote(Quote {
        instrument: InstrumentId(instrument),
        bid: level(bid),
        ask: level(ask),
        venue_time: time,
        receive_time: time,
    })
}

/// Buy on instrument 0 at 100, sell on instrument 1 at `sell_price`, five units.
pub(crate) fn spread(millis: i64, sell_price: i32, basis_points: i32) -> CrossVenueSpread {
    CrossVenueSpread {
        id: 1,
        phase: SpreadPhase::Opened,
        asset: Currency::new("COIN").unwrap(),
        buy: InstrumentId(0),
        sell: InstrumentId(1),
        buy_price: Price::from_units(100),
        sell_price: Price::from_units(sell_price),
        quantity: Quantity::from_units(5),
        gross: Money::ZERO,
        fees: Money::ZERO,
        net_rate: Rate::from_basis_points(basis_points),
        buy_age: Span::ZERO,
        sell_age: Span::ZERO,
        time: Timestamp::from_millis(millis),
    }
}

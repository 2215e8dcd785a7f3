//! A small world for the laws: one account, two instruments, events by name.

use domain::{
    AccountId, Bar, BarPeriod, Contract, Currency, Fill, FillId, Instrument, InstrumentId, InstrumentKind,
    Instruments, Liquidity, MarketEvent, Money, OrderEvent, OrderId, OrderRequest, Price, Quantity, Rate,
    Side, TenantId, Timestamp, Venue,
};
use risk::Limits;

use crate::{Control, Effects, Entry, Event, Intent, Opening, Record, Report, State, step};

pub(super) const FIRST: InstrumentId = InstrumentId(0);

pub(super) fn at(seconds: i64) -> Timestamp {
    Timestamp::from_seconds(1_700_000_000 + seconds)
}

pub(super) fn instrument(symbol: &str) -> Instrument {
    Instrument {
        id: InstrumentId(0),
        symbol: symbol.to_owned(),
        venue: Venue::new("PIER").unwrap(),
        kind: InstrumentKind::Spot,
        contract: Contract::UNIT,
        base: Currency::BTC,
        quote: Currency::USD,
        settlement: Currency::USD,
        price_tick: Price::from_raw(10_000_000),
        quantity_step: Quantity::from_raw(1_000_000),
        maker_fee: Rate::from_basis_points(5),
        taker_fee: Rate::from_basis_points(10),
    }
}

pub(super) fn limits() -> Limits {
    Limits {
        max_order_size: Quantity::from_units(10),
        max_position_size: Quantity::from_units(25),
        max_order_notional: Money::from_units(2_000),
        max_gross_notional: Money::from_units(5_000),
        max_open_orders: 4,
        orders_per_window: 5,
        ..Limits::specified()
    }
}

pub(super) fn opening(limits: Limits) -> Opening {
    let mut instruments = Instruments::default();
    for symbol in ["ONE", "TWO"] {
        instruments.list(instrument(symbol)).unwrap();
    }
    Opening {
        tenant: TenantId(uuid::Uuid::from_u128(7)),
        account: AccountId(uuid::Uuid::from_u128(9)),
        base_currency: Currency::USD,
        cash: vec![(Currency::USD, Money::from_units(100_000))],
        limits,
        instruments,
    }
}

/// A state together with the journal that made it.
pub(super) struct World {
    pub(super) state: State,
    pub(super) journal: Vec<Entry>,
    pub(super) now: Timestamp,
    fills: u64,
}

impl World {
    pub(super) fn new(limits: Limits) -> Self {
        let opening = opening(limits);
        let now = at(0);
        let state = State::open(&opening, now);
        let first = Entry { sequence: 1, time: now, record: Record::Opened(Box::new(opening)) };
        Self { state, journal: vec![first], now, fills: 0 }
    }

    pub(super) fn step(&mut self, event: &Event<'_>) -> Effects {
        let effects = step(&mut self.state, event);
        self.journal.extend(effects.entries.iter().cloned());
        effects
    }

    pub(super) fn price(&mut self, instrument: InstrumentId, price: Price) -> Effects {
        let open_time = Timestamp::from_nanos(self.now.nanos() - 1_000_000_000);
        let (trades, volume) = (1, Quantity::from_units(1));
        let bar = Bar { trades, volume, ..Bar::of_period(instrument, BarPeriod::SECOND, open_time, price) };
        self.step(&Event::Market(&MarketEvent::Bar(bar)))
    }

    pub(super) fn submit(&mut self, request: OrderRequest) -> Effects {
        self.step(&Event::Intent { time: self.now, intent: Intent::Submit(request) })
    }

    pub(super) fn report(&mut self, order: OrderId, event: OrderEvent) -> Effects {
        self.step(&Event::Report(Report { time: self.now, order, event, reason: None }))
    }

    pub(super) fn control(&mut self, control: &Control) -> Effects {
        self.step(&Event::Control { time: self.now, control })
    }

    pub(super) fn fill(
        &mut self,
        order: OrderId,
        side: Side,
        instrument: InstrumentId,
        price: Price,
        quantity: Quantity,
    ) -> Fill {
        self.fills += 1;
        Fill {
            id: FillId(self.fills),
            order,
            instrument,
            side,
            liquidity: Liquidity::Taker,
            price,
            quantity,
            fee: price.times(quantity).unwrap().share(Rate::from_basis_points(10)).unwrap(),
            time: self.now,
        }
    }

    /// Buys at the mark and fills at once.
    pub(super) fn bought(units: i64) -> (Self, OrderId) {
        let mut world = Self::new(limits());
        world.price(FIRST, Price::from_units(100));
        world.submit(OrderRequest::market(FIRST, Side::Buy, Quantity::from_units(units)));
        (world, OrderId(1))
    }
}

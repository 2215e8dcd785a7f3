//! A few instruments and an account of one million dollars, with short words for what happens to it.

use domain::{
    Contract, CorporateAction, CorporateTerms, Currency, Dividend, Fill, FillId, Instrument, InstrumentId,
    InstrumentKind, Instruments, Liquidity, Money, OrderId, Price, Quantity, Rate, Side, Split, Timestamp,
    Venue,
};

use crate::{BookingError, CorporateEffect, Portfolio, Position};

pub(super) const SHARE: InstrumentId = InstrumentId(0);
/// One contract is one unit.
pub(super) const PERPETUAL: InstrumentId = InstrumentId(1);
/// One contract is 0.001 units.
pub(super) const SMALL_PERPETUAL: InstrumentId = InstrumentId(2);
/// One contract is 100 dollars; settles in BTC.
pub(super) const INVERSE: InstrumentId = InstrumentId(3);

pub(super) struct World {
    pub(super) portfolio: Portfolio,
    pub(super) instruments: Instruments,
}

pub(super) fn money(text: &str) -> Money {
    text.parse().unwrap()
}

pub(super) fn price(text: &str) -> Price {
    text.parse().unwrap()
}

pub(super) fn quantity(text: &str) -> Quantity {
    text.parse().unwrap()
}

pub(super) fn fill_of(
    instrument: InstrumentId,
    side: Side,
    quantity: Quantity,
    price: Price,
    fee: Money,
) -> Fill {
    Fill {
        id: FillId(1),
        order: OrderId(1),
        instrument,
        side,
        liquidity: Liquidity::Taker,
        price,
        quantity,
        fee,
        time: Timestamp::EPOCH,
    }
}

impl World {
    pub(super) fn new() -> Self {
        let mut instruments = Instruments::default();
        let linear = |size: &str| Contract::Linear { size: size.parse().unwrap() };
        let inverse = Contract::Inverse { size: Rate::from_raw(100 * Rate::SCALE) };
        for (symbol, kind, contract, settlement) in [
            ("SHARE", InstrumentKind::Equity, Contract::UNIT, Currency::USD),
            ("PERPETUAL", InstrumentKind::LinearPerpetual, Contract::UNIT, Currency::USD),
            ("SMALL", InstrumentKind::LinearPerpetual, linear("0.001"), Currency::USD),
            ("INVERSE", InstrumentKind::InversePerpetual, inverse, Currency::BTC),
        ] {
            instruments.list(instrument(symbol, kind, contract, settlement)).unwrap();
        }
        Self { portfolio: Portfolio::new(&[(Currency::USD, Money::from_units(1_000_000))]), instruments }
    }

    pub(super) fn fill(&self, id: InstrumentId, side: Side, size: &str, at: &str, fee: &str) -> Fill {
        fill_of(id, side, quantity(size), price(at), money(fee))
    }

    pub(super) fn apply(&mut self, fill: &Fill) -> Result<(), BookingError> {
        self.portfolio.apply_fill(fill, self.instruments.get(fill.instrument).unwrap())
    }

    pub(super) fn buy(&mut self, id: InstrumentId, size: &str, at: &str, fee: &str) {
        let fill = self.fill(id, Side::Buy, size, at, fee);
        self.apply(&fill).unwrap();
    }

    pub(super) fn sell(&mut self, id: InstrumentId, size: &str, at: &str, fee: &str) {
        let fill = self.fill(id, Side::Sell, size, at, fee);
        self.apply(&fill).unwrap();
    }

    pub(super) fn split(
        &mut self,
        id: InstrumentId,
        numerator: u32,
        denominator: u32,
    ) -> Result<CorporateEffect, BookingError> {
        self.corporate(id, CorporateTerms::Split(Split { numerator, denominator }))
    }

    pub(super) fn dividend(
        &mut self,
        id: InstrumentId,
        per_share: &str,
    ) -> Result<CorporateEffect, BookingError> {
        self.corporate(id, CorporateTerms::Dividend(Dividend { per_share: price(per_share) }))
    }

    fn corporate(
        &mut self,
        instrument: InstrumentId,
        terms: CorporateTerms,
    ) -> Result<CorporateEffect, BookingError> {
        let action = CorporateAction { instrument, time: Timestamp::EPOCH, terms };
        self.portfolio.apply_corporate(&action, self.instruments.get(instrument).unwrap())
    }

    pub(super) fn position(&self, id: InstrumentId) -> Position {
        self.portfolio.position(id)
    }

    pub(super) fn dollars(&self) -> Money {
        self.portfolio.cash(Currency::USD)
    }

    pub(super) fn equity(&self) -> Money {
        self.portfolio.equity(Currency::USD, &self.instruments).unwrap()
    }

    pub(super) fn unrealised(&self, id: InstrumentId) -> Money {
        self.portfolio.unrealised(id, &self.instruments).unwrap()
    }
}

fn instrument(symbol: &str, kind: InstrumentKind, contract: Contract, settlement: Currency) -> Instrument {
    Instrument {
        id: InstrumentId(0),
        symbol: symbol.into(),
        venue: Venue::new("TEST").unwrap(),
        kind,
        contract,
        base: Currency::BTC,
        quote: Currency::USD,
        settlement,
        price_tick: Price::from_raw(1),
        quantity_step: Quantity::from_raw(1),
        maker_fee: Rate::ZERO,
        taker_fee: Rate::ZERO,
    }
}

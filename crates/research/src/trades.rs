//! Round trips: from flat to flat, the unit in which traders count wins and losses.

use domain::{Fill, Instrument, InstrumentId, Money, Price, Quantity, Side, Span, Timestamp};
use serde::Serialize;

/// One position from its opening to its end, fees included.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RoundTrip {
    pub instrument: InstrumentId,
    pub side: Side,
    /// The largest quantity held.
    pub quantity: Quantity,
    pub opened: Timestamp,
    pub closed: Timestamp,
    pub entry_price: Price,
    pub exit_price: Price,
    pub fees: Money,
    /// After fees, in the settlement currency.
    pub profit: Money,
}

impl RoundTrip {
    #[must_use]
    pub const fn duration(&self) -> Span {
        self.closed.since(self.opened)
    }
}

/// What is open on one instrument.
#[derive(Debug, Clone, Copy, Default)]
struct Open {
    held: Quantity,
    largest: Quantity,
    opened: Timestamp,
    bought: Money,
    sold: Money,
    bought_quantity: Quantity,
    sold_quantity: Quantity,
    fees: Money,
}

/// Turns fills into round trips. A fill through zero ends one trip and begins the next.
#[derive(Debug, Clone, Default)]
pub struct TradeLedger {
    open: Vec<Open>,
    trips: Vec<RoundTrip>,
    /// Fills whose figures left the range and are missing from the trips.
    pub unaccounted: u64,
}

impl TradeLedger {
    /// Finished round trips in the order of their end.
    #[must_use]
    pub fn trips(&self) -> &[RoundTrip] {
        &self.trips
    }

    /// Takes one fill.
    pub fn on_fill(&mut self, fill: &Fill, instrument: &Instrument) {
        if self.take(fill, instrument).is_none() {
            self.unaccounted += 1;
        }
    }

    fn take(&mut self, fill: &Fill, instrument: &Instrument) -> Option<()> {
        let index = fill.instrument.index();
        if self.open.len() <= index {
            self.open.resize(index + 1, Open::default());
        }
        let held = self.open[index].held;
        let signed = fill.signed_quantity();
        let crosses = held.raw().signum() == -signed.raw().signum() && signed.abs() > held.abs();
        if !crosses {
            return self.book(fill, instrument, fill.quantity, fill.fee);
        }
        let closing_fee = fill.fee.portion(held.abs(), fill.quantity).ok()?;
        self.book(fill, instrument, held.abs(), closing_fee)?;
        let rest = fill.quantity.checked_sub(held.abs())?;
        self.book(fill, instrument, rest, fill.fee.checked_sub(closing_fee)?)
    }

    fn book(&mut self, fill: &Fill, instrument: &Instrument, quantity: Quantity, fee: Money) -> Option<()> {
        let open = &mut self.open[fill.instrument.index()];
        if open.held.is_zero() {
            *open = Open { opened: fill.time, ..Open::default() };
        }
        let value = instrument.value(fill.price, quantity).ok()?;
        match fill.side {
            Side::Buy => {
                open.bought = open.bought.checked_add(value)?;
                open.bought_quantity = open.bought_quantity.checked_add(quantity)?;
            }
            Side::Sell => {
                open.sold = open.sold.checked_add(value)?;
                open.sold_quantity = open.sold_quantity.checked_add(quantity)?;
            }
        }
        open.fees = open.fees.checked_add(fee)?;
        open.held = open.held.checked_add(fill.side.signed(quantity))?;
        open.largest = open.largest.max(open.held.abs());
        if open.held.is_zero() {
            let ended = *open;
            self.trips.push(ended.finish(fill, instrument)?);
        }
        Some(())
    }
}

impl Open {
    fn finish(&self, fill: &Fill, instrument: &Instrument) -> Option<RoundTrip> {
        let side = fill.side.opposite();
        let gross = self.sold.checked_sub(self.bought)?;
        let gross = match instrument.contract {
            domain::Contract::Linear { .. } => gross,
            domain::Contract::Inverse { .. } => gross.negate(),
        };
        let bought = self.bought.per_unit(self.bought_quantity).unwrap_or_default();
        let sold = self.sold.per_unit(self.sold_quantity).unwrap_or_default();
        let (entry_price, exit_price) = if side == Side::Buy { (bought, sold) } else { (sold, bought) };
        Some(RoundTrip {
            instrument: fill.instrument,
            side,
            quantity: self.largest,
            opened: self.opened,
            closed: fill.time,
            entry_price,
            exit_price,
            fees: self.fees,
            profit: gross.checked_sub(self.fees)?,
        })
    }
}

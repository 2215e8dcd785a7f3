//! A sound order in a sound account, and a small language to make it unsound: `quantity=10001 reduce_only`.

use domain::{
    Contract, Currency, Instrument, InstrumentId, InstrumentKind, Money, Order, OrderId, OrderKind,
    OrderRequest, Price, Quantity, Rate, Side, Span, TimeInForce, Timestamp, Venue,
};

use crate::{Exposure, HaltKind, Limits, Reason, Rung, check, check_flattening};

#[derive(Debug, Clone)]
pub(super) struct World {
    pub(super) request: OrderRequest,
    pub(super) instrument: Instrument,
    pub(super) exposure: Exposure,
    pub(super) limits: Limits,
    /// Whether the account itself asks, to close its position.
    pub(super) flattens: bool,
}

impl World {
    /// Buys 10 at a limit of 100, where the last price is 100.
    pub(super) fn sound() -> Self {
        let hundred = Price::from_units(100);
        Self {
            request: OrderRequest::limit(InstrumentId(0), Side::Buy, Quantity::from_units(10), hundred),
            instrument: instrument(),
            exposure: quiet(hundred),
            limits: Limits::specified(),
            flattens: false,
        }
    }

    pub(super) fn with(mut self, words: &str) -> Self {
        for word in words.split_whitespace() {
            let (key, value) = word.split_once('=').unwrap_or((word, ""));
            let known =
                self.set_order(key, value) || self.set_account(key, value) || self.set_rule(key, value);
            assert!(known, "`{word}` is not a word of the table");
        }
        self
    }

    pub(super) fn verdict(&self) -> Result<(), Reason> {
        let order = Order::new(OrderId(1), self.request, Timestamp::EPOCH);
        let gate = if self.flattens { check_flattening } else { check };
        let approved = gate(order, &self.instrument, &self.exposure, &self.limits)?;
        assert_eq!(*approved.get(), order, "the gate approves what it was asked and nothing else");
        assert_eq!(*approved, order);
        Ok(())
    }

    pub(super) fn code(&self) -> &'static str {
        self.verdict().map_or_else(|reason| reason.code(), |()| "approved")
    }

    fn set_order(&mut self, key: &str, value: &str) -> bool {
        let request = &mut self.request;
        match key {
            "buy" => request.side = Side::Buy,
            "sell" => request.side = Side::Sell,
            "quantity" => request.quantity = value.parse().unwrap(),
            "market" => request.kind = OrderKind::Market,
            "limit" => request.kind = OrderKind::Limit { price: value.parse().unwrap() },
            "stop" => request.kind = OrderKind::Stop { trigger: value.parse().unwrap() },
            "stop_limit" => request.kind = stop_limit(value),
            "trailing" => request.kind = OrderKind::TrailingStop { distance: value.parse().unwrap() },
            "tif" => request.time_in_force = serde_json::from_value(value.into()).unwrap(),
            "gtc" => request.time_in_force = TimeInForce::GoodTillCancelled,
            "reduce_only" => request.reduce_only = true,
            "any_effect" => request.reduce_only = false,
            "instrument" => request.instrument = InstrumentId(value.parse().unwrap()),
            _ => return false,
        }
        true
    }

    fn set_account(&mut self, key: &str, value: &str) -> bool {
        let exposure = &mut self.exposure;
        match key {
            "halt" => exposure.halt = serde_json::from_value::<Option<HaltKind>>(value.into()).unwrap(),
            "resumed" => exposure.halt = None,
            "rung" => exposure.rung = serde_json::from_value(value.into()).unwrap(),
            "position" => exposure.position = value.parse().unwrap(),
            "working_buy" => exposure.working_buy = value.parse().unwrap(),
            "working_sell" => exposure.working_sell = value.parse().unwrap(),
            "reference" => exposure.reference = Some(value.parse().unwrap()),
            "no_reference" => exposure.reference = None,
            "invalid" => exposure.reference_valid = false,
            "age_ms" => exposure.reference_age = Span::from_millis(value.parse().unwrap()),
            "gross" => exposure.gross_notional = value.parse().unwrap(),
            "open" => exposure.open_orders = value.parse().unwrap(),
            "sent" => exposure.orders_in_window = value.parse().unwrap(),
            "day_profit" => exposure.day_profit = value.parse().unwrap(),
            "equity" => exposure.equity = value.parse().unwrap(),
            "peak" => exposure.equity_peak = value.parse().unwrap(),
            _ => return false,
        }
        true
    }

    fn set_rule(&mut self, key: &str, value: &str) -> bool {
        match key {
            "inverse" => self.instrument.contract = Contract::Inverse { size: value.parse().unwrap() },
            "linear" => self.instrument.contract = Contract::Linear { size: value.parse().unwrap() },
            "max_order_notional" => self.limits.max_order_notional = value.parse().unwrap(),
            "max_drawdown" => self.limits.max_drawdown = value.parse().unwrap(),
            "flattens" => self.flattens = true,
            "max_open_orders" => self.limits.max_open_orders = value.parse().unwrap(),
            _ => return false,
        }
        true
    }
}

fn stop_limit(value: &str) -> OrderKind {
    let (trigger, price) = value.split_once('/').unwrap();
    OrderKind::StopLimit { trigger: trigger.parse().unwrap(), price: price.parse().unwrap() }
}

/// Ticks of a cent, steps of a thousandth.
fn instrument() -> Instrument {
    Instrument {
        id: InstrumentId(0),
        symbol: "ACME".into(),
        venue: Venue::new("TEST").unwrap(),
        kind: InstrumentKind::Equity,
        contract: Contract::UNIT,
        base: Currency::new("ACME").unwrap(),
        quote: Currency::USD,
        settlement: Currency::USD,
        price_tick: "0.01".parse().unwrap(),
        quantity_step: "0.001".parse().unwrap(),
        maker_fee: Rate::ZERO,
        taker_fee: Rate::ZERO,
    }
}

fn quiet(reference: Price) -> Exposure {
    Exposure {
        position: Quantity::ZERO,
        working_buy: Quantity::ZERO,
        working_sell: Quantity::ZERO,
        reference: Some(reference),
        reference_age: Span::ZERO,
        reference_valid: true,
        gross_notional: Money::ZERO,
        open_orders: 0,
        orders_in_window: 0,
        day_profit: Money::ZERO,
        equity: Money::from_units(100_000),
        equity_peak: Money::from_units(100_000),
        halt: None,
        rung: Rung::Normal,
    }
}

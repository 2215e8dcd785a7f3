//! Follows the trend by two moving averages.

use std::cmp::Ordering;

use domain::{
    Bar, BarPeriod, BarRule, Instrument, Instruments, MarketEvent, Order, OrderEvent, OrderRequest, Quantity,
    Side, Span,
};
use engine::{Desk, Report, Strategy};
use market::Sma;

use super::Sizing;
use super::buy_and_hold::INSTRUMENT;
use super::sizing::{EQUITY_SHARE, NOTIONAL, QUANTITY};
use crate::StrategyError;
use crate::parameters::{ParameterDoc, Parameters, StrategyDoc};

pub(crate) const DOC: StrategyDoc = StrategyDoc {
    name: "sma_cross",
    summary: "Long while the fast moving average of bar closes is above the slow one, else flat or short.",
    parameters: &[
        INSTRUMENT,
        ParameterDoc {
            name: "period_seconds",
            expected: "whole seconds above zero",
            default: Some("60"),
            summary: "The length of the bars that are averaged.",
        },
        ParameterDoc {
            name: "bars",
            expected: "a rule such as `5m`, `session`, `ticks:1000`, `volume:2.5` or `notional:1000000`",
            default: None,
            summary: "The bars that are averaged, where no length tells them; in place of `period_seconds`.",
        },
        ParameterDoc {
            name: "fast",
            expected: "a whole number from 1 to 1048575, below `slow`",
            default: Some("10"),
            summary: "Bars in the fast average.",
        },
        ParameterDoc {
            name: "slow",
            expected: "a whole number from 2 to 1048576",
            default: Some("30"),
            summary: "Bars in the slow average.",
        },
        QUANTITY,
        NOTIONAL,
        EQUITY_SHARE,
        ParameterDoc {
            name: "allow_short",
            expected: "true or false",
            default: Some("false"),
            summary: "Whether to be short, rather than flat, while the fast average is not above the slow one.",
        },
    ],
};

/// Where the averages want the position.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stance {
    Long,
    Flat,
    Short,
}

/// Turns the position by one market order when the averages cross, to its target less what is held and working,
/// so that it never orders twice. An order that the venue refuses or ends unfilled is tried again at the next bar;
/// one that risk denies is not, until the averages cross again.
#[derive(Debug)]
pub struct SmaCross {
    instrument: Instrument,
    bars: BarRule,
    fast: Sma,
    slow: Sma,
    sizing: Sizing,
    below: Stance,
    /// What was asked for last; `None` before the averages are full and after an order failed.
    stance: Option<Stance>,
}

impl SmaCross {
    /// `None` unless 1 ≤ `fast` < `slow` ≤ [`market::indicator::LENGTH_MAX`].
    #[must_use]
    pub fn new(
        instrument: Instrument,
        bars: BarRule,
        (fast, slow): (u32, u32),
        sizing: Sizing,
        allow_short: bool,
    ) -> Option<Self> {
        if fast >= slow {
            return None;
        }
        let below = if allow_short { Stance::Short } else { Stance::Flat };
        let (fast, slow) = (Sma::new(fast)?, Sma::new(slow)?);
        Some(Self { instrument, bars, fast, slow, sizing, below, stance: None })
    }

    pub(crate) fn from_parameters(
        parameters: &Parameters<'_>,
        instruments: &Instruments,
    ) -> Result<Self, StrategyError> {
        let instrument = parameters.instrument("instrument", instruments)?;
        let seconds: u32 = parameters.plain("period_seconds")?.unwrap_or(60);
        let period = BarPeriod::new(Span::from_seconds(i64::from(seconds)))
            .ok_or_else(|| parameters.invalid("period_seconds"))?;
        let bars = parameters.plain("bars")?.unwrap_or(BarRule::Time(period));
        let fast = parameters.plain("fast")?.unwrap_or(10);
        let slow = parameters.plain("slow")?.unwrap_or(30);
        if Sma::new(slow).is_none() {
            return Err(parameters.invalid("slow"));
        }
        let sizing = Sizing::from_parameters(parameters, instrument)?;
        let allow_short = parameters.plain("allow_short")?.unwrap_or(false);
        Self::new(instrument.clone(), bars, (fast, slow), sizing, allow_short)
            .ok_or_else(|| parameters.invalid("fast"))
    }

    #[inline]
    fn on_bar(&mut self, desk: &mut Desk<'_>, bar: &Bar) {
        self.fast.on_price(bar.close);
        self.slow.on_price(bar.close);
        if !self.slow.is_full() {
            return;
        }
        let is_above = self.fast.compare(&self.slow) == Ordering::Greater;
        let stance = if is_above { Stance::Long } else { self.below };
        if self.stance != Some(stance) {
            self.turn(desk, bar, stance);
        }
    }

    fn turn(&mut self, desk: &mut Desk<'_>, bar: &Bar, stance: Stance) {
        let id = self.instrument.id;
        let projected = desk.projected_position(id);
        let Some(target) = self.target(desk, bar, stance, projected) else { return };
        let difference = target.raw().saturating_sub(projected.raw());
        let quantity =
            Quantity::from_raw(difference.saturating_abs()).truncate_to(self.instrument.quantity_step);
        let side = if difference > 0 { Side::Buy } else { Side::Sell };
        if quantity.is_zero() || desk.submit(OrderRequest::market(id, side, quantity)).is_ok() {
            self.stance = Some(stance);
        }
    }

    /// A position whose size follows the price is left as it is while it is on the right side.
    fn target(&self, desk: &Desk<'_>, bar: &Bar, stance: Stance, projected: Quantity) -> Option<Quantity> {
        let follows_price = !matches!(self.sizing, Sizing::Quantity(_));
        match stance {
            Stance::Flat => Some(Quantity::ZERO),
            Stance::Long if follows_price && projected.is_positive() => Some(projected),
            Stance::Short if follows_price && projected.is_negative() => Some(projected),
            Stance::Long => self.sizing.quantity(desk, &self.instrument, bar.close),
            Stance::Short => self.sizing.quantity(desk, &self.instrument, bar.close).map(Quantity::negate),
        }
    }
}

impl Strategy for SmaCross {
    fn name(&self) -> &str {
        DOC.name
    }

    #[inline]
    fn on_market(&mut self, desk: &mut Desk<'_>, event: &MarketEvent) {
        if let MarketEvent::Bar(bar) = event
            && bar.instrument == self.instrument.id
            && bar.rule == self.bars
            && !bar.is_revised()
        {
            self.on_bar(desk, bar);
        }
    }

    fn on_order(&mut self, _desk: &mut Desk<'_>, order: &Order, report: &Report) {
        let failed =
            matches!(report.event, OrderEvent::Rejected | OrderEvent::Cancelled | OrderEvent::Expired);
        if failed && order.request.instrument == self.instrument.id {
            self.stance = None;
        }
    }
}

#[cfg(test)]
mod tests;

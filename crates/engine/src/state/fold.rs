//! `apply`: one record into the state. Used by `step` when a fact is born and by recovery when it is read back.

use super::{FLATTENER, Flattening, FoldError, Halt, Standing, State};
use crate::{Record, Report};
use domain::{
    CorporateAction, CorporateTerms, Fill, InstrumentId, MarketEvent, Money, Order, OrderEvent, OrderId,
    Price, Span, Timestamp,
};
use risk::Rung;

/// The UTC day a moment belongs to, counted from 1970.
pub(crate) fn day_of(time: Timestamp) -> i64 {
    time.nanos().div_euclid(Span::DAY.nanos())
}

impl State {
    /// Folds one record in; on an error nothing has changed but the clock.
    pub(crate) fn apply(&mut self, time: Timestamp, record: &Record) -> Result<(), FoldError> {
        self.advance(time);
        match record {
            Record::Opened(_) => return Err(FoldError::OpenedTwice),
            Record::Submitted { order, equity } => self.apply_submitted(order, *equity)?,
            Record::Denied { .. } => {}
            Record::CancelRequested(id) => self.apply_to_order(*id, &OrderEvent::CancelRequested, time)?,
            Record::Reported(report) => self.apply_report(report)?,
            Record::Unaccountable { .. } => {}
            Record::Corporate(action) => self.apply_corporate(action)?,
            Record::Halted { kind, note } => {
                self.halt = Some(Halt { kind: *kind, note: note.clone(), since: time });
            }
            Record::Resumed { .. } => self.halt = None,
            Record::LimitsSet(limits) => {
                self.rate.set_limits(limits.orders_per_window, limits.rate_window);
                self.limits = (**limits).clone();
            }
            Record::Deposited { currency, amount } => {
                self.portfolio.deposit(*currency, *amount).map_err(|_| FoldError::OutOfRange)?;
            }
            Record::Listed(instrument) => {
                self.instruments.list((**instrument).clone()).map_err(|_| FoldError::OutOfRange)?;
                self.references.resize(self.instruments.len());
            }
            Record::DayOpened { day, equity } => {
                self.day = *day;
                self.day_equity = *equity;
                self.equity_peak = self.equity_peak.max(*equity);
            }
            Record::RungSet { rung, cause } => self.apply_rung(time, *rung, cause),
        }
        self.sequence += 1;
        if matches!(self.standing.rung, Rung::Flatten) {
            self.follow_closing(time, record);
        }
        Ok(())
    }

    fn apply_submitted(&mut self, order: &Order, equity: Money) -> Result<(), FoldError> {
        if order.id != self.next_order() {
            return Err(FoldError::OrderNumber);
        }
        self.last_order = order.id;
        self.equity_peak = self.equity_peak.max(equity);
        self.rate.record(order.created);
        self.orders.insert(*order);
        Ok(())
    }

    #[cold]
    fn apply_rung(&mut self, since: Timestamp, rung: Rung, cause: &str) {
        self.standing = Standing { rung, cause: cause.to_owned(), since };
        self.flattening = Flattening::after(self.last_order);
    }

    fn apply_report(&mut self, report: &Report) -> Result<(), FoldError> {
        match &report.event {
            OrderEvent::Filled(fill) => self.apply_fill(report, fill),
            event => self.apply_to_order(report.order, event, report.time),
        }
    }

    /// Keeps count of what is tried to close positions.
    #[cold]
    fn follow_closing(&mut self, time: Timestamp, record: &Record) {
        match record {
            Record::Submitted { order, .. } => self.flattening.on_sent(order.request.instrument),
            Record::Denied { request, reason } if request.strategy == FLATTENER => {
                self.flattening.on_denied(request.instrument, reason);
            }
            Record::Reported(report) => self.count_attempt(time, report),
            Record::Resumed { .. } => self.flattening.forgive(),
            _ => {}
        }
        let portfolio = &self.portfolio;
        self.flattening.keep(|instrument| !portfolio.position(instrument).quantity.is_zero());
    }

    fn count_attempt(&mut self, time: Timestamp, report: &Report) {
        let ended =
            matches!(report.event, OrderEvent::Rejected | OrderEvent::Cancelled | OrderEvent::Expired);
        let order = self.orders.find(report.order).filter(|order| ended && self.flattening.sent(order.id));
        if let Some(order) = order {
            self.flattening.on_ended(order.request.instrument, time);
        }
    }

    fn apply_to_order(&mut self, id: OrderId, event: &OrderEvent, time: Timestamp) -> Result<(), FoldError> {
        let apply = |order: &mut Order| order.apply(event, time).map_err(|_| FoldError::IllegalTransition);
        self.orders.change(id, apply).ok_or(FoldError::UnknownOrder)?
    }

    fn apply_fill(&mut self, report: &Report, fill: &Fill) -> Result<(), FoldError> {
        let (instruments, portfolio) = (&self.instruments, &mut self.portfolio);
        let book = |order: &mut Order| {
            let before = *order;
            order.apply(&report.event, report.time).map_err(|_| FoldError::IllegalTransition)?;
            let booked = match instruments.get(fill.instrument) {
                Some(instrument) => portfolio.apply_fill(fill, instrument).map_err(|_| FoldError::OutOfRange),
                None => Err(FoldError::UnknownInstrument),
            };
            if booked.is_err() {
                *order = before;
            }
            booked
        };
        self.orders.change(report.order, book).ok_or(FoldError::UnknownOrder)??;
        self.portfolio.mark(fill.instrument, fill.price);
        self.recent_fills.remember(fill.instrument, fill.id);
        Ok(())
    }

    fn apply_corporate(&mut self, action: &CorporateAction) -> Result<(), FoldError> {
        let instrument = self.instruments.get(action.instrument).ok_or(FoldError::UnknownInstrument)?;
        self.portfolio.apply_corporate(action, instrument).map_err(|_| FoldError::OutOfRange)?;
        if let CorporateTerms::Split(_) = action.terms {
            self.references.invalidate(action.instrument);
        }
        Ok(())
    }

    /// Whether this execution was booked before.
    pub(crate) fn has_booked(&self, fill: &Fill) -> bool {
        self.recent_fills.contains(fill.instrument, fill.id)
    }

    /// Whether the UTC day whose opening equity is on record is over. Multiplies, where [`day_of`] would divide at
    /// every event.
    #[inline]
    pub(crate) fn is_day_over(&self, time: Timestamp) -> bool {
        let end = self.day.checked_add(1).and_then(|next| next.checked_mul(Span::DAY.nanos()));
        end.is_some_and(|end| time.nanos() >= end)
    }

    /// A snapshot holds no prices: the market supplies them again.
    pub(crate) fn make_room_for_prices(&mut self) {
        self.references.resize(self.instruments.len());
    }

    /// Takes a market price. Not journalled: prices come again, decisions do not.
    #[inline]
    pub(crate) fn mark(&mut self, instrument: InstrumentId, price: Price, time: Timestamp) {
        self.references.set(instrument, price, time);
        self.portfolio.mark(instrument, price);
    }

    /// Takes what an event says about prices.
    #[inline]
    pub(crate) fn observe(&mut self, event: &MarketEvent) {
        match event {
            MarketEvent::Bar(bar) if bar.is_revised() => {}
            MarketEvent::Bar(bar) => self.mark(bar.instrument, bar.close, bar.close_time),
            MarketEvent::Trade(trade) => self.mark(trade.instrument, trade.price, trade.receive_time),
            MarketEvent::Quote(quote) if quote.is_two_sided() => {
                if let Ok(mid) = quote.mid() {
                    self.mark(quote.instrument, mid, quote.receive_time);
                }
            }
            MarketEvent::Invalid { instrument, .. } => self.references.invalidate(*instrument),
            MarketEvent::Quote(_)
            | MarketEvent::Depth(_)
            | MarketEvent::Spread(_)
            | MarketEvent::Pair(_)
            | MarketEvent::Regime(_)
            | MarketEvent::Corporate(_) => {}
        }
    }
}

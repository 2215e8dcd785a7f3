use domain::{MarketEvent, Order, StrategyId, Timestamp};
use thiserror::Error;

use crate::desk::{Desk, INTENTS_MAX};
use crate::{
    Control, Effect, Effects, Entry, Event, Intent, Journal, JournalFault, Report, State, Strategy, Venue,
    step,
};

/// How many venue reports one event may set off before the cell calls the venue mad.
const REPORTS_MAX: usize = 100_000;

/// Why a cell stopped. Its state is ahead of its journal: rebuild it from there.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum CellFault {
    #[error(transparent)]
    Journal(#[from] JournalFault),
    #[error("the venue sent more than {REPORTS_MAX} reports for one event")]
    ReportFlood,
}

/// Watches the facts of a cell after they are durable: projections, streams, pages.
pub trait Observer {
    fn on_entry(&mut self, state: &State, entry: &Entry);
}

impl Observer for () {
    fn on_entry(&mut self, _state: &State, _entry: &Entry) {}
}

/// One account at work: events in by the front door, journal first, effects after.
#[derive(Debug)]
pub struct Cell<S, V, J, O = ()> {
    state: State,
    strategy: S,
    venue: V,
    journal: J,
    observer: O,
    intents: Vec<Intent>,
}

impl<S: Strategy, V: Venue, J: Journal, O: Observer> Cell<S, V, J, O> {
    /// The first strategy of an account; a person is number 0.
    const STRATEGY: StrategyId = StrategyId(1);

    pub fn new(state: State, strategy: S, venue: V, journal: J, observer: O) -> Self {
        Self { state, strategy, venue, journal, observer, intents: Vec::with_capacity(INTENTS_MAX) }
    }

    #[must_use]
    pub const fn state(&self) -> &State {
        &self.state
    }

    #[must_use]
    pub const fn strategy(&self) -> &S {
        &self.strategy
    }

    #[must_use]
    pub const fn venue(&self) -> &V {
        &self.venue
    }

    #[must_use]
    pub const fn observer(&self) -> &O {
        &self.observer
    }

    pub const fn observer_mut(&mut self) -> &mut O {
        &mut self.observer
    }

    /// Takes the cell apart, for a run that has ended.
    pub fn into_parts(self) -> (State, J, O) {
        (self.state, self.journal, self.observer)
    }

    /// Market data: fills that it causes come first, then prices, then the strategy's decisions.
    ///
    /// # Errors
    /// [`CellFault`]; the cell must not be used any more.
    #[inline]
    pub fn on_market(&mut self, event: &MarketEvent) -> Result<(), CellFault> {
        let now = event.time();
        self.venue.observe(event);
        self.take_reports(now)?;
        self.dispatch(&Event::Market(event))?;
        self.strategy.on_market(&mut Desk::new(&self.state, &mut self.intents, Self::STRATEGY), event);
        if self.intents.is_empty() {
            return Ok(());
        }
        self.take_intents(now)?;
        self.take_reports(now)
    }

    /// Time has passed: whatever the venue has to say by now.
    ///
    /// # Errors
    /// See [`Cell::on_market`].
    pub fn on_time(&mut self, now: Timestamp) -> Result<(), CellFault> {
        self.take_reports(now)
    }

    /// What a person wants.
    ///
    /// # Errors
    /// See [`Cell::on_market`].
    pub fn on_intent(&mut self, time: Timestamp, intent: Intent) -> Result<(), CellFault> {
        self.dispatch(&Event::Intent { time, intent })?;
        self.take_reports(time)
    }

    /// What an operator or the node decides.
    ///
    /// # Errors
    /// See [`Cell::on_market`].
    pub fn on_control(&mut self, time: Timestamp, control: &Control) -> Result<(), CellFault> {
        self.dispatch(&Event::Control { time, control })?;
        self.take_reports(time)
    }

    fn take_intents(&mut self, time: Timestamp) -> Result<(), CellFault> {
        let mut intents = std::mem::take(&mut self.intents);
        let result = intents.drain(..).try_for_each(|intent| self.dispatch(&Event::Intent { time, intent }));
        self.intents = intents;
        result
    }

    #[inline]
    fn take_reports(&mut self, now: Timestamp) -> Result<(), CellFault> {
        let mut taken = 0;
        while let Some(report) = self.venue.next_report(now) {
            taken += 1;
            if taken > REPORTS_MAX {
                return Err(CellFault::ReportFlood);
            }
            self.on_report(&report)?;
        }
        Ok(())
    }

    fn on_report(&mut self, report: &Report) -> Result<(), CellFault> {
        let before = self.state.sequence();
        self.dispatch(&Event::Report(*report))?;
        if self.state.sequence() == before {
            return Ok(());
        }
        let Some(order) = self.state.orders().find(report.order).copied() else { return Ok(()) };
        self.tell_strategy(&order, report);
        self.take_intents(report.time)
    }

    fn tell_strategy(&mut self, order: &Order, report: &Report) {
        let mut desk = Desk::new(&self.state, &mut self.intents, Self::STRATEGY);
        self.strategy.on_order(&mut desk, order, report);
    }

    #[inline]
    fn dispatch(&mut self, event: &Event<'_>) -> Result<(), CellFault> {
        let effects = step(&mut self.state, event);
        if effects.entries.is_empty() && effects.effects.is_empty() {
            return Ok(());
        }
        self.carry_out(&effects)
    }

    /// Durable first, visible second, out last.
    fn carry_out(&mut self, effects: &Effects) -> Result<(), CellFault> {
        for entry in &effects.entries {
            self.journal.append(entry)?;
        }
        self.journal.commit()?;
        for entry in &effects.entries {
            self.observer.on_entry(&self.state, entry);
        }
        let now = self.state.now();
        for effect in &effects.effects {
            match effect {
                Effect::Submit(order) => self.venue.submit(order, now),
                Effect::Cancel(id) => self.venue.cancel(*id, now),
                Effect::Query(id) => self.venue.query(*id, now),
            }
        }
        Ok(())
    }
}

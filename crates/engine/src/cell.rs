use domain::{MarketEvent, StrategyId, Timestamp};
use thiserror::Error;

use crate::desk::{Desk, INTENTS_MAX};
use crate::{
    Control, Effect, Effects, Entry, Intent, Journal, JournalFault, Report, State, Strategy, Venue,
    step::{step_control, step_intent, step_market, step_report, step_time, step_unsigned},
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
    /// Of the event in hand; empty between events.
    effects: Effects,
}

impl<S: Strategy, V: Venue, J: Journal, O: Observer> Cell<S, V, J, O> {
    /// The first strategy of an account; a person is number 0.
    const STRATEGY: StrategyId = StrategyId(1);

    pub fn new(state: State, strategy: S, venue: V, journal: J, observer: O) -> Self {
        let intents = Vec::with_capacity(INTENTS_MAX);
        Self { state, strategy, venue, journal, observer, intents, effects: Effects::default() }
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
        step_market(&mut self.state, event, &mut self.effects);
        self.carry_out()?;
        self.strategy.on_market(&mut Desk::new(&self.state, &mut self.intents, Self::STRATEGY), event);
        if self.intents.is_empty() {
            return Ok(());
        }
        self.take_intents(now)?;
        self.take_reports(now)
    }

    /// Time has passed: whatever the venue has to say by now, then what the account had to wait for.
    ///
    /// # Errors
    /// See [`Cell::on_market`].
    pub fn on_time(&mut self, now: Timestamp) -> Result<(), CellFault> {
        self.take_reports(now)?;
        step_time(&mut self.state, now, &mut self.effects);
        self.carry_out()
    }

    /// What a person wants.
    ///
    /// # Errors
    /// See [`Cell::on_market`].
    pub fn on_intent(&mut self, time: Timestamp, intent: Intent) -> Result<(), CellFault> {
        step_unsigned(&mut self.state, time, intent, &mut self.effects);
        self.carry_out()?;
        self.take_reports(time)
    }

    /// What an operator or the node decides.
    ///
    /// # Errors
    /// See [`Cell::on_market`].
    pub fn on_control(&mut self, time: Timestamp, control: &Control) -> Result<(), CellFault> {
        step_control(&mut self.state, time, control, &mut self.effects);
        self.carry_out()?;
        self.take_reports(time)
    }

    fn take_intents(&mut self, time: Timestamp) -> Result<(), CellFault> {
        let mut intents = std::mem::take(&mut self.intents);
        let result = intents.iter().try_for_each(|intent| {
            step_intent(&mut self.state, time, intent, &mut self.effects);
            self.carry_out()
        });
        intents.clear();
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
        step_report(&mut self.state, report, &mut self.effects);
        self.carry_out()?;
        if self.state.sequence() == before {
            return Ok(());
        }
        let Some(order) = self.state.orders().find(report.order) else { return Ok(()) };
        let mut desk = Desk::new(&self.state, &mut self.intents, Self::STRATEGY);
        self.strategy.on_order(&mut desk, order, report);
        if self.intents.is_empty() { Ok(()) } else { self.take_intents(report.time) }
    }

    /// Durable first, visible second, out last.
    #[inline]
    fn carry_out(&mut self) -> Result<(), CellFault> {
        if self.effects.is_empty() {
            return Ok(());
        }
        let result = self.let_out();
        // After a fault too: what was not journalled must never leave later.
        self.effects.clear();
        result
    }

    fn let_out(&mut self) -> Result<(), CellFault> {
        for entry in &self.effects.entries {
            self.journal.append(entry)?;
        }
        self.journal.commit()?;
        for entry in &self.effects.entries {
            self.observer.on_entry(&self.state, entry);
        }
        let now = self.state.now();
        for effect in &self.effects.effects {
            match effect {
                Effect::Submit(order) => self.venue.submit(order, now),
                Effect::Cancel(id) => self.venue.cancel(*id, now),
                Effect::Query(id) => self.venue.query(*id, now),
            }
        }
        Ok(())
    }
}

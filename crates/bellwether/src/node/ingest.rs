//! The market thread: the feed's messages → flow → store, accounts and pages.

use std::sync::Arc;
use std::time::Duration;

use domain::{BarRule, InstrumentId, MarketEvent, Span, Timestamp};
use engine::Clock;
use pipeline::{Account, Fate, Flow, Ledger, OpenPeriods, Received, Receiver, Ticket};
use venues::live::Control;

use super::board::Board;
use super::exporting::Exporting;
use super::feeding::{Piece, instrument_of};
use super::frames::Frames;
use super::overview::Watch;
use super::publishing::Publisher;
use super::storing::{Latest, Storing};
use crate::clock::SystemClock;

/// How long the thread waits for messages before it looks at the clock and at old batches.
const NAP: Duration = Duration::from_millis(5);

/// Between two closings of due bars.
const FLUSH_EVERY: Span = Span::from_millis(100);

/// Between two pictures of the open bars for pages.
const OPEN_BARS_EVERY: Span = Span::from_millis(250);

/// Everything that market events go to.
pub(crate) struct Outputs {
    pub(crate) storing: Storing,
    pub(crate) latest: Option<Latest>,
    pub(crate) publisher: Publisher,
    pub(crate) exports: Vec<Exporting>,
    pub(crate) board: Arc<Board>,
    pub(crate) frames: Frames,
    pub(crate) watch: Arc<Watch>,
    /// Events before this moment are history: they fill charts, but nobody trades on them.
    pub(crate) live_from: Timestamp,
}

impl Outputs {
    fn on_event(&mut self, event: &MarketEvent, tickets: &Tickets) {
        let is_live = event.time() >= self.live_from;
        if is_live || is_kept_of_history(event) {
            let (ticket, now) = (tickets.of(event), SystemClock.now());
            self.storing.on_event(event, ticket, now);
            if let Some(latest) = &mut self.latest {
                latest.on_event(event, ticket, now);
            }
            self.exports.iter_mut().for_each(|export| export.on_event(event, ticket, now));
        }
        self.board.on_event(event);
        if is_live {
            self.publisher.publish(event);
            let board = &self.board;
            self.frames.on_market(event, || board.last(event.instrument()));
        }
    }
}

/// Which messages an event is made of.
pub(crate) struct Tickets {
    ledger: Ledger,
    last: Option<Ticket>,
    /// A bar is made of all messages of its period.
    periods: OpenPeriods,
}

impl Tickets {
    pub(crate) fn new(ledger: Ledger) -> Self {
        Self { periods: OpenPeriods::new(ledger.clone(), Span::MINUTE), ledger, last: None }
    }

    fn of(&self, event: &MarketEvent) -> Option<Ticket> {
        match event {
            MarketEvent::Bar(_) => self.periods.oldest().or(self.last),
            _ => self.last,
        }
    }
}

/// What fills charts and lists from before the start.
const fn is_kept_of_history(event: &MarketEvent) -> bool {
    matches!(
        event,
        MarketEvent::Bar(_) | MarketEvent::Spread(_) | MarketEvent::Pair(_) | MarketEvent::Regime(_)
    )
}

/// What the thread runs.
pub(crate) struct Ingest {
    pub(crate) pieces: Receiver<Piece>,
    pub(crate) account: Account,
    pub(crate) tickets: Tickets,
    pub(crate) flow: Flow,
    /// Asks the feed for books that cannot be trusted, where it can be asked.
    pub(crate) resync: Option<Control>,
    pub(crate) instruments: Vec<InstrumentId>,
    pub(crate) bars: Vec<BarRule>,
    pub(crate) outputs: Outputs,
}

/// When the thread's regular work was done last.
#[derive(Default)]
struct Rounds {
    flushed: Timestamp,
    shown: Timestamp,
}

impl Ingest {
    /// Runs until the feed has ended; stores what is under way.
    pub(crate) fn run(mut self) {
        let mut rounds = Rounds::default();
        loop {
            let is_live = match self.pieces.recv_timeout(NAP) {
                Received::Item(piece) => self.take(piece),
                Received::Nothing => true,
                Received::Closed => break,
            };
            if is_live {
                rounds.work(&mut self);
                self.ask_for_books();
            }
        }
        if let Some(lost) = self.outputs.latest.map(Latest::drain).filter(|lost| *lost > 0) {
            tracing::error!(items = lost, "latest values did not reach Redis");
        }
        self.outputs.exports.into_iter().for_each(Exporting::drain);
        let drained = self.outputs.storing.drain();
        if drained.spooled > 0 {
            let fault = drained.fault.as_deref().unwrap_or_default();
            tracing::warn!(
                items = drained.spooled,
                fault,
                "market data waits on the disk for the next start"
            );
        }
        if drained.lost > 0 {
            self.outputs.watch.loses();
            let fault = drained.fault.unwrap_or_default();
            tracing::error!(items = drained.lost, fault, "market data could not be stored");
        }
    }

    /// Of those that cannot be trusted, where the feed can be asked.
    fn ask_for_books(&self) {
        if let Some(control) = &self.resync {
            let lost = self.instruments.iter().filter(|id| self.flow.needs_snapshot(**id));
            lost.for_each(|id| control.resync(*id));
        }
    }

    /// Folds the messages in; whether the last of them is of today's market and not of its history.
    fn take(&mut self, piece: Piece) -> bool {
        let Self { flow, outputs, tickets, account, .. } = self;
        let Piece { messages, ticket } = piece;
        let mut is_live = false;
        if let (Some(ticket), Some(first)) = (ticket, messages.first()) {
            tickets.last = Some(ticket);
            tickets.periods.on_message(first.lend().receive_time(), ticket);
        }
        for message in &messages {
            let message = message.lend();
            is_live = message.receive_time() >= outputs.live_from;
            flow.push(message, &mut |event| outputs.on_event(event, tickets));
        }
        account.settle(messages.iter().map(instrument_of), Fate::Delivered);
        if let Some(ticket) = ticket {
            tickets.ledger.close(ticket);
        }
        is_live
    }
}

impl Rounds {
    fn work(&mut self, ingest: &mut Ingest) {
        let Ingest { flow, outputs, tickets, instruments, bars, .. } = ingest;
        let now = SystemClock.now();
        outputs.storing.on_time(now);
        if let Some(latest) = &mut outputs.latest {
            latest.on_time(now);
        }
        outputs.exports.iter_mut().for_each(|export| export.on_time(now));
        if now.since(self.flushed) >= FLUSH_EVERY {
            self.flushed = now;
            flow.flush(now, &mut |event| outputs.on_event(event, tickets));
            // Bars of a period are told a little after its end.
            tickets.periods.end_before(now.plus(Span::from_seconds(-1)));
            outputs.watch.on_flow(flow.counts(), &outputs.storing, outputs.latest.as_ref());
        }
        if now.since(self.shown) >= OPEN_BARS_EVERY {
            self.shown = now;
            for instrument in instruments {
                for rule in bars.iter() {
                    if let Some(bar) = flow.current_bar(*instrument, *rule) {
                        outputs.frames.bar(bar, false);
                    }
                }
            }
        }
    }
}

//! The market thread: the feed's messages → flow → store, accounts and pages.

use std::sync::Arc;
use std::time::Duration;

use domain::{BarRule, InstrumentId, MarketEvent, Span, Timestamp};
use engine::Clock;
use pipeline::{Flow, Received, Receiver};
use venues::live::Control;

use super::board::Board;
use super::feeding::Messages;
use super::frames::Frames;
use super::overview::Watch;
use super::publishing::Publisher;
use super::storing::Storing;
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
    pub(crate) publisher: Publisher,
    pub(crate) board: Arc<Board>,
    pub(crate) frames: Frames,
    pub(crate) watch: Arc<Watch>,
    /// Events before this moment are history: they fill charts, but nobody trades on them.
    pub(crate) live_from: Timestamp,
}

impl Outputs {
    fn on_event(&mut self, event: &MarketEvent) {
        let is_live = event.time() >= self.live_from;
        if is_live || is_kept_of_history(event) {
            self.storing.on_event(event, SystemClock.now());
        }
        self.board.on_event(event);
        if is_live {
            self.publisher.publish(event);
            let board = &self.board;
            self.frames.on_market(event, || board.last(event.instrument()));
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
    pub(crate) messages: Receiver<Messages>,
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
            let Self { messages, flow, outputs, instruments, bars, resync } = &mut self;
            let is_live = match messages.recv_timeout(NAP) {
                Received::Item(batch) => take(batch, flow, outputs),
                Received::Nothing => true,
                Received::Closed => break,
            };
            if is_live {
                rounds.work(flow, outputs, instruments, bars);
                if let Some(control) = resync {
                    let lost = instruments.iter().filter(|id| flow.needs_snapshot(**id));
                    lost.for_each(|id| control.resync(*id));
                }
            }
        }
        let drained = self.outputs.storing.drain();
        if drained.lost > 0 {
            self.outputs.watch.loses();
            let fault = drained.fault.unwrap_or_default();
            tracing::error!(batches = drained.lost, fault, "market data could not be stored");
        }
    }
}

/// Folds the messages in; whether the last of them is of today's market and not of its history.
fn take(batch: Messages, flow: &mut Flow, outputs: &mut Outputs) -> bool {
    let mut is_live = false;
    for message in batch {
        let message = message.lend();
        is_live = message.receive_time() >= outputs.live_from;
        flow.push(message, &mut |event| outputs.on_event(event));
    }
    is_live
}

impl Rounds {
    fn work(
        &mut self,
        flow: &mut Flow,
        outputs: &mut Outputs,
        instruments: &[InstrumentId],
        rules: &[BarRule],
    ) {
        let now = SystemClock.now();
        outputs.storing.on_time(now);
        if now.since(self.flushed) >= FLUSH_EVERY {
            self.flushed = now;
            flow.flush(now, &mut |event| outputs.on_event(event));
            outputs.watch.on_flow(flow.counts(), outputs.storing.stored(), outputs.storing.dropped());
            outputs.watch.market_store(outputs.storing.fault());
        }
        if now.since(self.shown) >= OPEN_BARS_EVERY {
            self.shown = now;
            for instrument in instruments {
                for rule in rules {
                    if let Some(bar) = flow.current_bar(*instrument, *rule) {
                        outputs.frames.bar(bar, false);
                    }
                }
            }
        }
    }
}

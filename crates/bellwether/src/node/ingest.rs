//! The market thread: source → flow → store, accounts and pages, at the pace of the clock.

use std::sync::Arc;
use std::time::Duration;

use domain::{BarPeriod, InstrumentId, MarketEvent, Span, Timestamp};
use engine::{Clock, Source};
use pipeline::Flow;

use super::board::Board;
use super::frames::Frames;
use super::overview::Watch;
use super::publishing::Publisher;
use super::storing::Storing;
use crate::clock::SystemClock;
use crate::stop::Stop;

/// How long the thread sleeps at most before it looks at the clock, the stop and old batches.
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
        if is_live || matches!(event, MarketEvent::Bar(_) | MarketEvent::Spread(_)) {
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

/// What the thread runs.
pub(crate) struct Ingest<S> {
    pub(crate) source: S,
    pub(crate) flow: Flow,
    pub(crate) instruments: Vec<InstrumentId>,
    pub(crate) periods: Vec<BarPeriod>,
    pub(crate) outputs: Outputs,
    pub(crate) stop: Stop,
}

/// When the thread's regular work was done last.
#[derive(Default)]
struct Rounds {
    flushed: Timestamp,
    shown: Timestamp,
}

impl<S: Source> Ingest<S> {
    /// Runs until the stop is requested or the source ends; stores what is under way.
    pub(crate) fn run(mut self) {
        let mut rounds = Rounds::default();
        while !self.stop.is_requested() {
            let Self { source, flow, outputs, stop, instruments, periods } = &mut self;
            match source.next() {
                Ok(Some(message)) => {
                    let time = message.receive_time();
                    while time > SystemClock.now() && !stop.is_requested() {
                        rounds.work(flow, outputs, instruments, periods);
                        std::thread::sleep(NAP.min(until(time)));
                    }
                    flow.push(message, &mut |event| outputs.on_event(event));
                    if time >= outputs.live_from {
                        rounds.work(flow, outputs, instruments, periods);
                    }
                }
                Ok(None) => break,
                Err(fault) => {
                    tracing::warn!(%fault, "a message of the market was refused");
                    if fault.is_final {
                        outputs.watch.market_fails(&fault.to_string());
                        break;
                    }
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

fn until(time: Timestamp) -> Duration {
    Duration::from_nanos(u64::try_from(time.since(SystemClock.now()).nanos()).unwrap_or(0))
}

impl Rounds {
    fn work(
        &mut self,
        flow: &mut Flow,
        outputs: &mut Outputs,
        instruments: &[InstrumentId],
        periods: &[BarPeriod],
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
                for period in periods {
                    if let Some(bar) = flow.current_bar(*instrument, *period) {
                        outputs.frames.bar(bar, false);
                    }
                }
            }
        }
    }
}

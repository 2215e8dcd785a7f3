//! The feed's thread: messages from the source at the pace of the clock and within the provider's budget, into the
//! bounded queue before the operators; and back to the source how far its messages are safe.

use std::sync::Arc;
use std::time::Duration;

use domain::{InstrumentId, KeptMessage, Span, StreamPosition, Timestamp};
use engine::{Clock, Source};
use pipeline::{
    Account, DropReason, Fate, Ledger, Pacer, PacingLimits, Receiver, Sender, Sent, Ticket, names, queue,
};

use super::overview::Watch;
use crate::clock::SystemClock;
use crate::config::{Config, Pipeline};
use crate::stop::Stop;

mod live;

pub(crate) use live::LiveFeed;

/// Who the messages are from, in metrics.
const PROVIDER: &str = "synthetic";

/// Messages that cross the queue together; fewer when the feed has to wait.
const BATCH: usize = 64;

/// How long the thread sleeps at most before it looks at the clock and the stop.
const NAP: Duration = Duration::from_millis(5);

/// The edge between the feed and the operators, as metrics and pages name it.
pub(crate) const OPERATORS: &str = "operators";

/// How long a full ledger is waited for before the stop is looked at.
const LEDGER_WAIT: Duration = Duration::from_millis(100);

/// Between two words to the source how far its messages are safe.
const ACKNOWLEDGE_EVERY: Span = Span::from_millis(100);

/// Messages in the order of the feed, all of one stream of the source.
#[derive(Debug)]
pub(crate) struct Piece {
    pub(crate) messages: Vec<KeptMessage>,
    /// `None` where the source cannot tell them again.
    pub(crate) ticket: Option<Ticket>,
}

/// The way from a feed to the operators: within the provider's budget, into the bounded queue.
pub(crate) struct Door {
    config: Pipeline,
    /// Messages before this moment are history: they come as fast as they can, and none may be dropped.
    live_from: Timestamp,
    stop: Stop,
    watch: Arc<Watch>,
    ledger: Ledger,
    account: Account,
}

impl Door {
    pub(crate) fn new(
        config: &Config,
        live_from: Timestamp,
        stop: Stop,
        watch: Arc<Watch>,
        (ledger, account): (Ledger, Account),
    ) -> Self {
        Self { config: config.pipeline.clone(), live_from, stop, watch, ledger, account }
    }

    fn pacer(&self, provider: &str) -> Pacer {
        let limits = PacingLimits {
            per_second: self.config.pacing_budget_max_msgs_per_sec,
            burst: self.config.pacing_budget_burst,
        };
        Pacer::new(provider, limits, SystemClock.now())
    }

    fn queue(&self) -> (Sender<Piece>, Receiver<Piece>) {
        queue(OPERATORS, self.config.op_queue_max, self.config.drop_policy)
    }

    /// Hands a piece on; false when nobody takes messages any more.
    fn send(&self, queue: &Sender<Piece>, piece: Piece) -> bool {
        self.account.take(piece.messages.iter().map(instrument_of));
        let (gone, reason, is_taken) = match queue.send(piece) {
            Ok(Sent::Queued) => return true,
            Ok(Sent::DroppedOldest(gone)) => (gone, DropReason::Oldest, true),
            Ok(Sent::DroppedNewest(gone)) => (gone, DropReason::Newest, true),
            Err(refused) => (refused.0, DropReason::Abandoned, false),
        };
        self.let_go(gone, reason);
        is_taken
    }

    /// What the policy lets go is counted for its streams, and is not asked for again.
    fn let_go(&self, gone: Piece, reason: DropReason) {
        self.account.settle(gone.messages.iter().map(instrument_of), Fate::Dropped(reason));
        self.watch.feed_dropped(self.account.total().dropped.total());
        if let Some(ticket) = gone.ticket {
            self.ledger.close(ticket);
        }
    }
}

/// What the feed's thread runs.
pub(crate) struct Feed<S> {
    source: S,
    queue: Sender<Piece>,
    pacer: Pacer,
    door: Door,
    gathered: Vec<KeptMessage>,
    /// Up to where the gathered messages were read.
    read: Option<StreamPosition>,
    acknowledged: Vec<StreamPosition>,
    acknowledged_at: Timestamp,
}

impl<S: Source> Feed<S> {
    /// The feed, and the end that operators take messages from.
    pub(crate) fn new(source: S, door: Door) -> (Self, Receiver<Piece>) {
        let (queue, receiver) = door.queue();
        // Shown before the first one, so that an alert can tell none from nothing known.
        count_disconnects(0);
        let feed = Self {
            source,
            queue,
            pacer: door.pacer(PROVIDER),
            door,
            gathered: Vec::with_capacity(BATCH),
            read: None,
            acknowledged: Vec::new(),
            acknowledged_at: SystemClock.now(),
        };
        (feed, receiver)
    }

    /// Runs until the stop is requested, the source ends or nobody takes its messages.
    pub(crate) fn run(mut self) {
        while !self.door.stop.is_requested() {
            let message = match self.source.next() {
                Ok(Some(message)) => KeptMessage::of(message),
                Ok(None) => break,
                Err(fault) => {
                    tracing::warn!(%fault, "a message of the market was refused");
                    if fault.is_final {
                        count_disconnects(1);
                        self.door.watch.market_fails(&fault.to_string());
                        break;
                    }
                    continue;
                }
            };
            let (time, position) = (message.lend().receive_time(), self.source.position());
            let is_full = self.gathered.len() >= BATCH || !self.is_of_this_stream(position);
            if (is_full || time > SystemClock.now()) && !self.pass_on() {
                return;
            }
            self.wait_for(time);
            self.keep_to_budget(time);
            self.gathered.push(message);
            self.read = position;
        }
        self.pass_on();
        self.acknowledge();
    }

    fn is_of_this_stream(&self, position: Option<StreamPosition>) -> bool {
        self.gathered.is_empty() || self.read.map(|read| read.stream) == position.map(|next| next.stream)
    }

    fn wait_for(&self, time: Timestamp) {
        while time > SystemClock.now() && !self.door.stop.is_requested() {
            std::thread::sleep(NAP.min(until(time)));
        }
    }

    /// A budget that is spent makes the feed wait; the wait is counted by the pacer.
    fn keep_to_budget(&mut self, time: Timestamp) {
        while time >= self.door.live_from && !self.door.stop.is_requested() {
            match self.pacer.take(SystemClock.now()) {
                Ok(()) => return,
                Err(blocked) => std::thread::sleep(NAP.min(duration(blocked.retry_after))),
            }
        }
    }

    /// False when nobody takes messages any more.
    fn pass_on(&mut self) -> bool {
        let Some(last) = self.gathered.last() else { return true };
        while last.lend().receive_time() < self.door.live_from
            && self.queue.depth() >= self.door.config.op_queue_max
            && !self.door.stop.is_requested()
        {
            std::thread::sleep(Duration::from_millis(1));
        }
        let ticket = self.open_ticket();
        let messages = std::mem::replace(&mut self.gathered, Vec::with_capacity(BATCH));
        let is_taken = self.door.send(&self.queue, Piece { messages, ticket });
        self.acknowledge_in_time();
        is_taken
    }

    /// Waits while too much is under way: what is not taken is not lost.
    fn open_ticket(&self) -> Option<Ticket> {
        let position = self.read?;
        loop {
            match self.door.ledger.open(position, LEDGER_WAIT) {
                Ok(ticket) => return Some(ticket),
                // Nobody hears of it any more; it is told again after the start.
                Err(_) if self.door.stop.is_requested() => return None,
                Err(_) => {}
            }
        }
    }

    fn acknowledge_in_time(&mut self) {
        let now = SystemClock.now();
        if now.since(self.acknowledged_at) >= ACKNOWLEDGE_EVERY {
            self.acknowledged_at = now;
            self.acknowledge();
        }
    }

    fn acknowledge(&mut self) {
        let settled = self.door.ledger.settled();
        for position in &settled {
            if !self.acknowledged.contains(position)
                && let Err(fault) = self.source.acknowledge(*position)
            {
                tracing::warn!(%fault, "a position of the source could not be kept; it is tried again");
                return;
            }
        }
        self.acknowledged = settled;
    }
}

/// The stream of a message.
pub(crate) const fn instrument_of(message: &KeptMessage) -> InstrumentId {
    message.lend().instrument()
}

fn count_disconnects(by: u64) {
    metrics::counter!(names::SOURCE_DISCONNECTS, "provider" => PROVIDER).increment(by);
}

fn until(time: Timestamp) -> Duration {
    duration(time.since(SystemClock.now()))
}

fn duration(span: domain::Span) -> Duration {
    Duration::from_nanos(u64::try_from(span.nanos()).unwrap_or(0))
}

use std::future::pending;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use domain::{FeedMessage, InstrumentId, InterruptionCause, Span, Timestamp};
use engine::Clock;
use metrics::{Counter, Gauge, counter, gauge};
use resilience::Chance;
use tokio::sync::mpsc;
use tokio::time::{MissedTickBehavior, interval, sleep};
use tokio_tungstenite::tungstenite::Utf8Bytes;
use tokio_util::sync::CancellationToken;

use super::books::Books;
use super::delivery::{Delivery, names};
use super::fetching::{Fetched, Fetching};
use super::handover::Handover;
use super::line::{Incoming, Line};
use super::session::Vendor;
use super::{LinkConfig, LinkFault};

/// Between two looks at the clock.
const TICK: Duration = Duration::from_millis(20);

/// Messages taken from the socket before anything else is looked at.
const READ_AT_ONCE: usize = 64;

/// Messages of the next connection that are held while it takes over. Past it, it takes over at once.
const HELD_MAX: usize = 65_536;

/// Undecodable messages that are logged one by one, per connection; the rest are counted.
const FAULTS_LOGGED: u32 = 20;

/// Another connection that is about to take over.
enum Takeover {
    None,
    /// Not before this moment.
    Postponed(Timestamp),
    Connecting(Pin<Box<dyn Future<Output = Result<Line, LinkFault>> + Send>>),
    Overlapping {
        line: Box<Line>,
        held: Vec<(Utf8Bytes, Timestamp)>,
        since: Timestamp,
    },
}

impl Takeover {
    /// May be dropped and asked again.
    async fn next(&mut self) -> Next {
        match self {
            Self::None | Self::Postponed(_) => pending().await,
            Self::Connecting(connecting) => Next::Connected(connecting.await.map(Box::new)),
            Self::Overlapping { line, .. } => Next::Incoming(line.next().await),
        }
    }
}

enum Next {
    Connected(Result<Box<Line>, LinkFault>),
    Incoming(Incoming),
}

/// Everything that can wake the link while it is connected.
enum Woken {
    Stopped,
    Incoming(Incoming),
    Next(Next),
    Asked(InstrumentId),
    Fetched(Option<Fetched>),
    Tick,
}

/// What the link shows of itself.
struct Figures {
    provider: &'static str,
    disconnects: Counter,
    undecoded: Counter,
    asked: Counter,
    books: [Gauge; 3],
}

impl Figures {
    fn new(provider: &'static str) -> Self {
        let state =
            |state: &'static str| gauge!(names::SOURCE_BOOKS, "provider" => provider, "state" => state);
        let figures = Self {
            provider,
            disconnects: counter!(names::SOURCE_DISCONNECTS, "provider" => provider),
            undecoded: counter!(names::SOURCE_UNDECODED, "provider" => provider),
            asked: counter!(names::SOURCE_SNAPSHOTS_ASKED, "provider" => provider),
            books: ["buffering", "syncing", "live"].map(state),
        };
        // Shown before the first one, so that an alert can tell none from nothing known.
        for counter in [&figures.disconnects, &figures.undecoded, &figures.asked] {
            counter.increment(0);
        }
        figures
    }
}

/// Owns one connection with one vendor, for as long as the feed runs.
pub(super) struct Link {
    vendor: Arc<dyn Vendor>,
    config: LinkConfig,
    clock: Arc<dyn Clock>,
    chance: Arc<dyn Chance>,
    delivery: Delivery,
    requests: mpsc::Receiver<InstrumentId>,
    stop: CancellationToken,
    books: Books,
    fetching: Fetching,
    handover: Handover,
    figures: Figures,
    faults: u32,
}

/// What a link is given.
pub(super) struct Given {
    pub(super) vendor: Arc<dyn Vendor>,
    pub(super) config: LinkConfig,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) chance: Arc<dyn Chance>,
    pub(super) http: Option<outbound::Client>,
    pub(super) delivery: Delivery,
    pub(super) requests: mpsc::Receiver<InstrumentId>,
    pub(super) stop: CancellationToken,
}

impl Link {
    pub(super) fn new(given: Given) -> Self {
        let Given { vendor, config, clock, chance, http, delivery, requests, stop } = given;
        let books = Books::new(vendor.books(), config);
        let fetching = Fetching::new(http, vendor.budget().fetch_spacing);
        let (handover, figures) = (Handover::default(), Figures::new(vendor.provider()));
        Self {
            vendor,
            config,
            clock,
            chance,
            delivery,
            requests,
            stop,
            books,
            fetching,
            handover,
            figures,
            faults: 0,
        }
    }

    /// Connects and connects again until it is stopped, or nobody takes its messages.
    pub(super) async fn run(mut self) {
        let mut failures = 0u32;
        while !self.stop.is_cancelled() && !self.delivery.is_closed() {
            let fault = match self.connect().await {
                Err(fault) => fault,
                Ok(line) => {
                    let opened = line.opened;
                    let Some(fault) = self.serve(line).await else { return };
                    if self.clock.now().since(opened) > self.config.steady_after {
                        failures = 0;
                    }
                    self.disconnected();
                    fault
                }
            };
            failures = failures.saturating_add(1);
            let wait = self.config.wait(failures, self.chance.unit(), fault.retry_after());
            let provider = self.figures.provider;
            tracing::warn!(provider, %fault, wait_ms = wait.as_millis(), "a feed is not connected");
            tokio::select! {
                () = self.stop.cancelled() => {}
                () = sleep(wait) => {}
            }
        }
    }

    async fn connect(&self) -> Result<Line, LinkFault> {
        let open = open(Arc::clone(&self.vendor), self.config, Arc::clone(&self.clock));
        tokio::select! {
            () = self.stop.cancelled() => Err(LinkFault::Closed(String::new())),
            line = open => line,
        }
    }

    /// Everything that the connection carried is in doubt.
    fn disconnected(&mut self) {
        let now = self.clock.now();
        self.figures.disconnects.increment(1);
        self.fetching.abandon();
        self.handover.forget();
        self.delivery.interrupt(self.books.instruments(), InterruptionCause::Disconnected, now);
        self.delivery.flush(now);
    }

    /// Runs one connection, and those that take over from it. `None` when it was asked to stop.
    async fn serve(&mut self, mut line: Line) -> Option<LinkFault> {
        let provider = self.figures.provider;
        tracing::info!(provider, "a feed is connected");
        self.books.opened(self.clock.now());
        self.faults = 0;
        let mut takeover = Takeover::None;
        let mut ticks = interval(TICK);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            let woken = tokio::select! {
                () = self.stop.cancelled() => Woken::Stopped,
                incoming = line.next() => Woken::Incoming(incoming),
                next = takeover.next() => Woken::Next(next),
                Some(instrument) = self.requests.recv() => Woken::Asked(instrument),
                fetched = self.fetching.next() => Woken::Fetched(fetched),
                _ = ticks.tick() => Woken::Tick,
            };
            let now = self.clock.now();
            let ended = match woken {
                Woken::Stopped => {
                    line.close().await;
                    return None;
                }
                Woken::Incoming(incoming) => self.read(&mut line, incoming, now),
                Woken::Next(next) => {
                    self.prepare(&mut takeover, next, now);
                    None
                }
                Woken::Asked(instrument) => {
                    self.books.lost(instrument, now, self.chance.unit());
                    None
                }
                Woken::Fetched(fetched) => {
                    self.take_answer(&mut line, fetched, now);
                    None
                }
                Woken::Tick => self.tick(&mut line, &mut takeover, now).await,
            };
            self.delivery.flush(now);
            if self.delivery.is_closed() {
                return None;
            }
            let is_over = ended.is_some() || is_due(&takeover, self.config.overlap, now);
            match (ended, std::mem::replace(&mut takeover, Takeover::None)) {
                (_, Takeover::Overlapping { line: next, held, .. }) if is_over => {
                    std::mem::replace(&mut line, *next).close().await;
                    self.take_over(&mut line, held, now);
                }
                (Some(fault), _) => return Some(fault),
                (None, unchanged) => takeover = unchanged,
            }
        }
    }

    /// Takes a message and those that came with it. `Some` when the connection has ended.
    fn read(&mut self, line: &mut Line, first: Incoming, now: Timestamp) -> Option<LinkFault> {
        let mut next = Some(first);
        for _ in 0..READ_AT_ONCE {
            match next? {
                Incoming::Text(text) => {
                    line.heard = now;
                    self.take(line, &text, now);
                }
                Incoming::Control => line.answered_ping(now),
                Incoming::Ended(fault) => return Some(fault),
            }
            next = line.ready();
        }
        match next? {
            Incoming::Text(text) => self.take(line, &text, now),
            Incoming::Control => line.answered_ping(now),
            Incoming::Ended(fault) => return Some(fault),
        }
        None
    }

    fn take(&mut self, line: &mut Line, text: &str, now: Timestamp) {
        let Self { delivery, books, handover, chance, .. } = self;
        let emit =
            &mut |message: FeedMessage<'_>| pass(message, now, books, handover, chance.as_ref(), delivery);
        if let Err(error) = line.session.received(text.as_bytes(), now, &mut line.out, emit) {
            self.figures.undecoded.increment(1);
            self.faults = self.faults.saturating_add(1);
            if self.faults <= FAULTS_LOGGED {
                tracing::warn!(provider = self.figures.provider, %error, "a message of a feed was refused");
            }
        }
    }

    fn take_answer(&mut self, line: &mut Line, fetched: Option<Fetched>, now: Timestamp) {
        let Some(Fetched { instrument, body }) = fetched else { return };
        let Self { delivery, books, handover, chance, .. } = self;
        let refused = match body {
            Ok(body) => {
                let emit = &mut |message: FeedMessage<'_>| {
                    pass(message, now, books, handover, chance.as_ref(), delivery);
                };
                line.session.answered(instrument, &body, now, emit).err().map(|error| error.to_string())
            }
            Err(fault) => {
                if let Some(after) = fault.retry_after {
                    self.fetching.hold(now, after);
                }
                Some(fault.what)
            }
        };
        if let Some(reason) = refused {
            let provider = self.figures.provider;
            tracing::warn!(provider, %instrument, reason, "a snapshot could not be had; it is asked for again");
            self.books.failed(instrument, now, self.chance.unit());
        }
    }

    /// The work that time brings. `Some` when the connection is given up.
    async fn tick(&mut self, line: &mut Line, takeover: &mut Takeover, now: Timestamp) -> Option<LinkFault> {
        if now.since(line.heard) > self.config.quiet_max {
            return Some(LinkFault::Quiet(self.config.quiet_max));
        }
        while let Some(instrument) = self.books.due(now) {
            self.books.asked(instrument, now);
            self.figures.asked.increment(1);
            line.session.resync(instrument, &mut line.out);
        }
        if let Some(instrument) = self.books.silent(now) {
            line.session.resubscribe(instrument, &mut line.out);
        }
        self.fetching.start(&mut line.out, now);
        for (gauge, count) in self.figures.books.iter().zip(self.books.counts()) {
            gauge.set(count as f64);
        }
        let age_max =
            Span::from_nanos(i64::try_from(self.vendor.budget().age_max.as_nanos()).unwrap_or(i64::MAX));
        let may_begin = match takeover {
            Takeover::None => true,
            Takeover::Postponed(until) => now >= *until,
            _ => false,
        };
        if may_begin && (line.out.is_renewed || now.since(line.opened) > age_max) {
            let open = open(Arc::clone(&self.vendor), self.config, Arc::clone(&self.clock));
            *takeover = Takeover::Connecting(Box::pin(open));
        }
        if let Takeover::Overlapping { line: next, .. } = takeover {
            // The old connection still carries everything, so a fault of the next shows when it is read.
            drop(next.send_due(now).await);
        }
        line.send_due(now).await.err()
    }

    /// What becomes of the connection that is to take over.
    fn prepare(&mut self, takeover: &mut Takeover, next: Next, now: Timestamp) {
        match next {
            Next::Connected(Ok(line)) => {
                *takeover = Takeover::Overlapping { line, held: Vec::new(), since: now };
            }
            Next::Incoming(Incoming::Text(text)) => {
                if let Takeover::Overlapping { line, held, .. } = takeover {
                    line.heard = now;
                    held.push((text, now));
                }
            }
            Next::Incoming(Incoming::Control) => {
                if let Takeover::Overlapping { line, .. } = takeover {
                    line.answered_ping(now);
                }
            }
            Next::Connected(Err(fault)) | Next::Incoming(Incoming::Ended(fault)) => {
                let wait = self.config.wait(1, self.chance.unit(), fault.retry_after());
                let provider = self.figures.provider;
                tracing::warn!(provider, %fault, "the connection that should take over cannot be had");
                let wait = Span::from_nanos(i64::try_from(wait.as_nanos()).unwrap_or(i64::MAX));
                *takeover = Takeover::Postponed(now.plus(wait));
            }
        }
    }

    /// From here on the line carries the feed; what it said meanwhile comes first.
    fn take_over(&mut self, line: &mut Line, held: Vec<(Utf8Bytes, Timestamp)>, now: Timestamp) {
        tracing::info!(provider = self.figures.provider, held = held.len(), "another connection took over");
        self.handover.take_over();
        self.books.taken_over(now);
        for (text, _) in held {
            self.take(line, &text, now);
        }
        self.delivery.flush(now);
    }
}

/// Opens a line in a task of its own, so that it may outlive a borrow.
async fn open(vendor: Arc<dyn Vendor>, config: LinkConfig, clock: Arc<dyn Clock>) -> Result<Line, LinkFault> {
    Line::open(vendor.session(), vendor.budget(), config.connect_within, clock.now()).await
}

/// Whether the next connection has run beside the old one for long enough.
fn is_due(takeover: &Takeover, overlap: Span, now: Timestamp) -> bool {
    match takeover {
        Takeover::Overlapping { held, since, .. } => {
            held.len() >= HELD_MAX || (now.since(*since) >= overlap && !held.is_empty())
        }
        _ => false,
    }
}

fn pass(
    message: FeedMessage<'_>,
    now: Timestamp,
    books: &mut Books,
    handover: &mut Handover,
    chance: &dyn Chance,
    delivery: &mut Delivery,
) {
    let instrument = message.instrument();
    match message {
        FeedMessage::Interrupted(_) => books.lost(instrument, now, chance.unit()),
        FeedMessage::DepthSnapshot(_) => {
            books.delivered(instrument, now);
            books.heard(instrument, now);
        }
        _ => books.heard(instrument, now),
    }
    if handover.is_new(&message) {
        delivery.push(message);
    }
}

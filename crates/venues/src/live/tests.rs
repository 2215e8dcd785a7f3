//! What tests of every vendor's feed need: a wall clock, a market of chance, and a follower that builds books.

mod books;
mod handover;

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use domain::{
    DepthSnapshot, DepthUpdate, FeedMessage, Instrument, InstrumentId, InterruptionCause, Level, Price,
    Quantity, Side, Span, Timestamp, Trade,
};
use engine::{Clock, Source, SourceFault};
use market::{BookBuilder, BookRules, SequenceRule};
use outbound::{Client, HttpConfig};
use resilience::policy::{Policy, PolicyConfig, Surroundings};
use resilience::retry::RetryConfig;
use resilience::{Chance, SeededChance};
use tokio::runtime::Runtime;

use super::{Feed, LinkConfig, Parts, Received, Vendor};
use crate::simulator::{Faults, Pace, Simulator, SimulatorConfig};

pub(crate) struct WallClock;

impl Clock for WallClock {
    fn now(&self) -> Timestamp {
        #[expect(clippy::disallowed_methods, reason = "real sockets live in real time")]
        let elapsed = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
        Timestamp::from_nanos(i64::try_from(elapsed.as_nanos()).unwrap())
    }
}

/// Books that wander, with trades in between. Without an end.
pub(crate) struct RandomMarket {
    chance: SeededChance,
    instruments: Vec<InstrumentId>,
    ids: Vec<u64>,
    mid: Vec<i64>,
    update: DepthUpdate,
    snapshot: DepthSnapshot,
}

impl RandomMarket {
    pub(crate) fn new(seed: u64, instruments: Vec<InstrumentId>) -> Self {
        let time = Timestamp::from_seconds(1_700_000_000);
        let instrument = InstrumentId(0);
        Self {
            chance: SeededChance::new(seed),
            ids: vec![0; instruments.len()],
            mid: vec![50_000; instruments.len()],
            instruments,
            update: DepthUpdate {
                instrument,
                first_update_id: 0,
                last_update_id: 0,
                previous_update_id: None,
                bids: Vec::new(),
                asks: Vec::new(),
                checksum: None,
                venue_time: time,
                receive_time: time,
            },
            snapshot: DepthSnapshot {
                instrument,
                last_update_id: 0,
                bids: Vec::new(),
                asks: Vec::new(),
                checksum: None,
                venue_time: time,
                receive_time: time,
            },
        }
    }

    pub(crate) fn rules() -> BookRules {
        SequenceRule::Contiguous.into()
    }

    fn below(&self, bound: i64) -> i64 {
        #[expect(clippy::cast_possible_truncation, reason = "below the bound")]
        let drawn = (self.chance.unit() * bound as f64) as i64;
        drawn
    }

    fn level(&self, ticks: i64) -> Level {
        // Two decimals of price, three of quantity.
        let quantity = Quantity::from_raw(i128::from(self.below(4)) * (Quantity::SCALE / 1_000) * 125);
        Level { price: Price::from_raw(ticks * (Price::SCALE / 100)), quantity }
    }
}

impl Source for RandomMarket {
    fn next(&mut self) -> Result<Option<FeedMessage<'_>>, SourceFault> {
        let index = usize::try_from(self.below(i64::try_from(self.instruments.len()).unwrap())).unwrap();
        let instrument = self.instruments[index];
        self.ids[index] += 1;
        let id = self.ids[index];
        if id == 1 {
            let mid = self.mid[index];
            let side = |sign: i64| -> Vec<Level> {
                let level =
                    |step: i64| Level { quantity: Quantity::from_units(1), ..self.level(mid + sign * step) };
                (1..=20).map(level).collect()
            };
            let (bids, asks) = (side(-1), side(1));
            self.snapshot =
                DepthSnapshot { instrument, last_update_id: id, bids, asks, ..self.snapshot.clone() };
            return Ok(Some(FeedMessage::DepthSnapshot(&self.snapshot)));
        }
        if self.below(4) == 0 {
            self.ids[index] -= 1;
            let time = self.update.receive_time;
            return Ok(Some(FeedMessage::Trade(Trade {
                instrument,
                id: 0,
                price: self.level(self.mid[index]).price,
                quantity: Quantity::from_units(1),
                aggressor: Some(if self.below(2) == 0 { Side::Buy } else { Side::Sell }),
                venue_time: time,
                receive_time: time,
            })));
        }
        // Each side keeps to its half, so that the book never crosses.
        let mid = self.mid[index];
        let bids = (0..self.below(3)).map(|_| self.level(mid - 1 - self.below(30))).collect();
        let asks = (0..1 + self.below(3)).map(|_| self.level(mid + 1 + self.below(30))).collect();
        let (first_update_id, last_update_id) = (id, id);
        self.update =
            DepthUpdate { instrument, first_update_id, last_update_id, bids, asks, ..self.update.clone() };
        Ok(Some(FeedMessage::DepthUpdate(&self.update)))
    }
}

/// Short waits, so that much can happen in a test.
pub(crate) fn brisk() -> LinkConfig {
    let backoff = RetryConfig {
        initial: Duration::from_millis(20),
        cap: Duration::from_millis(200),
        ..RetryConfig::default()
    };
    LinkConfig {
        backoff,
        steady_after: Span::SECOND,
        quiet_max: Span::from_millis(600),
        instrument_quiet_max: Span::from_seconds(2),
        sync_within: Span::from_seconds(2),
        overlap: Span::from_millis(200),
        ..LinkConfig::default()
    }
}

pub(crate) fn client() -> Client {
    let retry = RetryConfig {
        initial: Duration::from_millis(10),
        cap: Duration::from_millis(50),
        ..RetryConfig::default()
    };
    let config = PolicyConfig { retry: Some(retry), ..PolicyConfig::default() };
    let policy = Policy::new("test.snapshots", &config, Surroundings::system()).unwrap();
    Client::new(HttpConfig::default(), policy).unwrap()
}

pub(crate) fn loopback(seed: u64, faults: Faults) -> SimulatorConfig {
    let listen = SocketAddr::from(([127, 0, 0, 1], 0));
    SimulatorConfig { listen, pace: Pace::Every(Duration::from_millis(1)), faults, seed }
}

/// A feed, the books that are built from it, and what went by.
pub(crate) struct Follower {
    feed: Feed,
    pub(crate) books: BTreeMap<InstrumentId, BookBuilder>,
    pub(crate) trades: BTreeMap<InstrumentId, Vec<u64>>,
    pub(crate) disconnects: usize,
    pub(crate) gaps: usize,
}

impl Follower {
    pub(crate) fn start(vendors: Vec<(Arc<dyn Vendor>, Option<Client>)>, runtime: &Runtime) -> Self {
        let books = vendors.iter().flat_map(|(vendor, _)| vendor.books().to_vec());
        let books = books.map(|(id, rules)| (id, BookBuilder::new(id, rules))).collect();
        let chance: Arc<dyn Chance> = Arc::new(SeededChance::new(5));
        let parts = Parts { clock: Arc::new(WallClock), chance, config: brisk() };
        let feed = Feed::start(vendors, &parts, runtime.handle());
        Self { feed, books, trades: BTreeMap::new(), disconnects: 0, gaps: 0 }
    }

    /// Takes what comes until `done`, or until nothing can be expected any more.
    pub(crate) fn until(&mut self, what: &str, mut done: impl FnMut(&Self) -> bool) {
        let started = WallClock.now();
        while !done(self) {
            assert!(WallClock.now().since(started) < Span::MINUTE, "in vain: {what}");
            if let Received::Batch(batch) = self.feed.recv_timeout(Duration::from_millis(5)) {
                batch.iter().for_each(|message| self.take(message.lend()));
            }
            let control = self.feed.control();
            for book in self.books.values().filter(|book| book.needs_snapshot()) {
                control.resync(book.instrument());
            }
        }
    }

    pub(crate) fn for_a_while(&mut self, span: Span) {
        let until = WallClock.now().plus(span);
        self.until("time passes", |_| WallClock.now() >= until);
    }

    /// Every book is whole and equal to the simulator's.
    pub(crate) fn agrees_with(&self, simulator: &Simulator) -> bool {
        self.agrees_in(usize::MAX, simulator)
    }

    /// The same of so many levels.
    pub(crate) fn agrees_in(&self, depth: usize, simulator: &Simulator) -> bool {
        self.books.iter().all(|(id, builder)| {
            let (truth, _) = simulator.book(*id).unwrap();
            builder.book().is_some_and(|book| same(book, &truth, depth))
        })
    }

    fn take(&mut self, message: FeedMessage<'_>) {
        let book = self.books.get_mut(&message.instrument()).unwrap();
        match message {
            FeedMessage::DepthUpdate(update) => self.gaps += usize::from(book.on_update(update).is_loss()),
            FeedMessage::DepthSnapshot(snapshot) => {
                self.gaps += usize::from(book.on_snapshot(snapshot).is_loss());
            }
            FeedMessage::Trade(trade) => self.trades.entry(trade.instrument).or_default().push(trade.id),
            FeedMessage::Interrupted(interruption) => {
                book.reset();
                self.disconnects += usize::from(interruption.cause == InterruptionCause::Disconnected);
            }
            FeedMessage::Quote { .. }
            | FeedMessage::Bar(_)
            | FeedMessage::Amendment(_)
            | FeedMessage::Corporate(_) => {}
        }
        if let Some(book) = book.book() {
            assert!(!book.is_crossed());
        }
    }
}

fn same(book: &market::Book, truth: &market::Book, depth: usize) -> bool {
    let sides = [Side::Buy, Side::Sell];
    sides.into_iter().all(|side| book.levels(side).take(depth).eq(truth.levels(side).take(depth)))
}

pub(crate) fn runtime() -> Runtime {
    tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap()
}

/// Lets everything go wrong for a while, then nothing, and waits until the books are whole and true in so many levels.
pub(crate) fn survive(
    follower: &mut Follower,
    simulator: &Simulator,
    seed: u64,
    (messages_per_second, depth): (u64, usize),
) {
    follower.for_a_while(Span::from_millis(1_500));
    simulator.storm(Span::from_millis(150));
    follower.for_a_while(Span::from_millis(1_000));
    simulator.set_faults(Faults::default());
    follower.until("whole again", |follower| follower.books.values().all(|book| book.book().is_some()));
    simulator.pause(true);
    let mut restated = 0u32;
    follower.until(&format!("seed {seed}: the books are the simulator's"), |follower| {
        restated += 1;
        // Whoever missed the last change of all learns of it by the next.
        if restated.is_multiple_of(50) {
            simulator.restate();
        }
        follower.agrees_in(depth, simulator)
    });
    assert!(follower.disconnects > 0, "seed {seed}: the storm was felt");
    let counts = simulator.counts();
    assert_eq!(counts.budget_violations, 0, "seed {seed}: {counts:?}");
    assert!(counts.busiest_second <= messages_per_second, "seed {seed}: {counts:?}");
    assert!(counts.dropped > 0 && counts.reordered > 0 && counts.duplicated > 0, "seed {seed}: {counts:?}");
}

/// An instrument of a simulated market.
pub(crate) fn listed(mut instrument: Instrument, id: u32) -> (Instrument, BookRules) {
    instrument.id = InstrumentId(id);
    (instrument, RandomMarket::rules())
}

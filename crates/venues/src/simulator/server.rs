mod connection;
mod pump;
mod rest;

use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, AtomicI64, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use axum::Router;
use axum::extract::State;
use axum::extract::ws::WebSocketUpgrade;
use axum::extract::ws::rejection::WebSocketUpgradeRejection;
use axum::http::Uri;
use axum::response::Response;
use domain::{Instrument, InstrumentId, Span, Timestamp};
use engine::{Clock, Source};
use market::{Book, BookRules};
use tokio::net::TcpListener;
use tokio::sync::{broadcast, watch};
use tokio_util::sync::CancellationToken;

use super::counts::{LiveCounts, add};
use super::faults::Decisions;
use super::{Event, EventKind, Faults, SimulatorCounts, World};

/// Events that a connection may be behind. One that is further behind is closed, as venues do with slow readers.
const EVENTS_MAX: usize = 16_384;

/// How fast the source's time passes.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Pace {
    /// So many times as fast as the source says; 1 is as recorded.
    Recorded(f64),
    /// One message after so long, whatever their times.
    Every(Duration),
}

/// What a simulator is and does.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SimulatorConfig {
    /// Port 0 for any that is free.
    pub listen: SocketAddr,
    pub pace: Pace,
    pub faults: Faults,
    /// The same seed misbehaves the same.
    pub seed: u64,
}

/// What a client's message leads to.
pub(crate) enum Heard {
    Replies(Vec<String>),
    /// Close code and reason.
    Close(u16, &'static str),
}

/// One connection, as a vendor talks on it.
pub(crate) trait Conversation: Send {
    /// What is said first.
    fn opened(&mut self) -> Vec<String>;

    fn heard(&mut self, text: &str, world: &World) -> Heard;

    /// What the connection is told of an event.
    fn told(&mut self, event: &Event) -> Vec<String>;

    /// What is said about every second, whatever happens.
    fn beat(&mut self, _now: Timestamp) -> Vec<String> {
        Vec::new()
    }
}

/// An answer to a request.
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) body: String,
    pub(crate) is_snapshot: bool,
    /// What it costs of the quota a minute.
    pub(crate) weight: u64,
}

/// How a vendor's server talks.
pub(crate) trait Dialect: Send + Sync {
    /// How far numbers of changes are apart.
    fn stride(&self) -> u64 {
        1
    }

    /// What talks on a connection to this path; `None` where there is nothing to connect to.
    fn converse(&self, path: &str, query: &str) -> Option<Box<dyn Conversation>>;

    fn answer(&self, path: &str, query: &str, world: &World) -> Answer;

    /// Messages of a client, pongs included, that one connection may send within a second.
    fn messages_per_second(&self) -> usize;

    fn ping_every(&self) -> Duration {
        Duration::from_secs(20)
    }

    /// The quota of requests by weight.
    fn weight_per_minute(&self) -> u64 {
        6_000
    }
}

/// What every connection shares.
struct Server {
    dialect: Box<dyn Dialect>,
    world: Mutex<World>,
    events: broadcast::Sender<Arc<Event>>,
    clock: Arc<dyn Clock>,
    faults: Mutex<Faults>,
    seed: u64,
    counts: LiveCounts,
    connections: AtomicU64,
    requests: AtomicU64,
    /// No connection is taken before this moment.
    refuses_until: AtomicI64,
    has_paused: AtomicBool,
    /// Rises whenever every connection is cut.
    cuts: watch::Sender<u64>,
    quota: Mutex<rest::Quota>,
    stop: CancellationToken,
}

/// A venue that runs until it is dropped.
pub struct Simulator {
    address: SocketAddr,
    server: Arc<Server>,
}

impl Simulator {
    /// Listens, and shows the market that `source` makes of `listed`.
    pub(crate) async fn start(
        config: SimulatorConfig,
        dialect: Box<dyn Dialect>,
        source: Box<dyn Source>,
        listed: &[(Instrument, BookRules)],
        clock: Arc<dyn Clock>,
    ) -> std::io::Result<Self> {
        let listener = TcpListener::bind(config.listen).await?;
        let address = listener.local_addr()?;
        let world = World::new(listed, dialect.stride());
        let server = Arc::new(Server {
            dialect,
            world: Mutex::new(world),
            events: broadcast::channel(EVENTS_MAX).0,
            clock,
            faults: Mutex::new(config.faults),
            seed: config.seed,
            counts: LiveCounts::default(),
            connections: AtomicU64::new(0),
            requests: AtomicU64::new(0),
            refuses_until: AtomicI64::new(i64::MIN),
            has_paused: AtomicBool::new(false),
            cuts: watch::channel(0).0,
            quota: Mutex::default(),
            stop: CancellationToken::new(),
        });
        let router = Router::new().fallback(take).with_state(Arc::clone(&server));
        let stop = server.stop.clone();
        tokio::spawn(async move {
            let served = axum::serve(listener, router).with_graceful_shutdown(stop.cancelled_owned()).await;
            if let Err(error) = served {
                tracing::error!(%error, "the simulator stopped listening");
            }
        });
        let pumped = Arc::clone(&server);
        std::thread::Builder::new()
            .name("simulator".to_owned())
            .spawn(move || pump::run(&pumped, source, config.pace))?;
        Ok(Self { address, server })
    }

    #[must_use]
    pub const fn address(&self) -> SocketAddr {
        self.address
    }

    #[must_use]
    pub fn counts(&self) -> SimulatorCounts {
        self.server.counts.read()
    }

    /// The true book of an instrument, and the number of its last change.
    #[must_use]
    pub fn book(&self, instrument: InstrumentId) -> Option<(Book, u64)> {
        let world = self.server.world();
        world.listing(instrument).map(|listing| (listing.book.clone(), listing.last_id))
    }

    /// Misbehaves otherwise from now on.
    pub fn set_faults(&self, faults: Faults) {
        *self.server.faults.lock().unwrap_or_else(PoisonError::into_inner) = faults;
    }

    /// Cuts every connection and takes none for so long.
    pub fn storm(&self, span: Span) {
        let until = self.server.clock.now().plus(span);
        self.server.refuses_until.store(until.nanos(), Ordering::SeqCst);
        self.server.cuts.send_modify(|cuts| *cuts += 1);
    }

    /// Holds the market still, so that a book can be compared, or lets it go on.
    pub fn pause(&self, is_paused: bool) {
        self.server.has_paused.store(is_paused, Ordering::SeqCst);
    }

    /// Tells every connection that it will be closed soon.
    pub fn say_farewell(&self) {
        let event = Event { symbol: "".into(), time: self.server.clock.now(), kind: EventKind::Farewell };
        drop(self.server.events.send(Arc::new(event)));
    }

    /// Says the best of every book again.
    pub fn restate(&self) {
        let server = &self.server;
        let mut world = server.world();
        for event in world.restate(server.clock.now()) {
            // Nobody may be connected.
            drop(server.events.send(Arc::new(event)));
        }
    }
}

impl Drop for Simulator {
    fn drop(&mut self) {
        self.server.stop.cancel();
    }
}

impl Server {
    fn world(&self) -> MutexGuard<'_, World> {
        self.world.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn faults(&self) -> Faults {
        *self.faults.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn is_refusing(&self) -> bool {
        self.clock.now().nanos() < self.refuses_until.load(Ordering::SeqCst)
    }
}

/// Every request, of whatever kind.
async fn take(
    State(server): State<Arc<Server>>,
    uri: Uri,
    upgrade: Result<WebSocketUpgrade, WebSocketUpgradeRejection>,
) -> Response {
    let (path, query) = (uri.path(), uri.query().unwrap_or_default());
    let Ok(upgrade) = upgrade else { return rest::answer(&server, path, query) };
    let number = server.connections.fetch_add(1, Ordering::SeqCst);
    let decisions = Decisions::new(server.seed, number);
    let faults = server.faults();
    if server.is_refusing() || decisions.happens(faults.too_many) {
        add(&server.counts.refused);
        return rest::too_many(faults.retry_after_seconds);
    }
    let Some(conversation) = server.dialect.converse(path, query) else {
        return rest::plain(404, String::new());
    };
    add(&server.counts.connections);
    upgrade.on_upgrade(move |socket| connection::run(server, socket, conversation, decisions))
}

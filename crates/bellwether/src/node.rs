//! The wiring: the one place that names two plugs at once, and the only one that says backtest, paper or live.

mod accounts;
mod alerting;
mod board;
mod brokers;
mod cell_thread;
mod database;
mod edges;
#[cfg_attr(not(feature = "kafka"), expect(dead_code, reason = "Kafka is the one way out so far"))]
mod exporting;
mod feeding;
mod figures;
mod flags;
mod frames;
mod guard;
mod history;
mod ingest;
#[cfg(feature = "kafka")]
pub(crate) mod kafka;
mod live;
mod opening;
mod operations;
mod outside;
mod overview;
mod parties;
mod platform;
mod policies;
mod projection;
mod publishing;
mod setup;
mod stepping;
mod storing;
mod summary;
mod tap;
mod upkeep;
mod vitals;

mod market;

use std::path::Path;
use std::sync::Arc;
use std::sync::mpsc::{SyncSender, sync_channel};
use std::thread::JoinHandle;
use std::time::Duration;

use anyhow::{Context, Result};
use api::StoredHistory;
use api::model::{AccountMode, Profile};
use bus::{Bus, LocalBus, Message};
use domain::{InstrumentId, Instruments, Span, Timestamp};
use engine::{Clock, Entry};
use pipeline::DeadLetters;
use resilience::health::Health;
use risk::LadderConfig;
use secrets::Resolver;
use sim::{Latency, MatchingConfig};
use store::{AccountRow, Admin, Redis, Store, TenantAccess};
use telemetry::{Handles, Metrics};
use tokio::runtime::Handle;
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::clock::SystemClock;
use crate::config::{Config, Flags, Loaded, MarketKind};
use crate::stop::Stop;
use accounts::{Account, Accounts, COMMANDS_MAX, Identity, Pins};
use alerting::Alerting;
use board::Board;
use cell_thread::CellThread;
use edges::Edges;
use exporting::{ExportHealth, Exporting};
use feeding::{Door, Feed, LiveFeed};
use flags as switches;
use frames::Frames;
use guard::Guard;
use history::GuardedHistory;
use ingest::{Ingest, Outputs, Tickets};
use live::Live;
use market::{Market, MarketSource};
use opening::Open;
use operations::NodeOperations;
use overview::Watch;
use platform::NodePlatform;
use projection::{BATCHES_MAX, Batch, Target};
use publishing::{Inbox, Publisher};
use stepping::Demands;

/// The first checks of health are spread over this span, so that the node is ready soon.
const START_CHECKS_WITHIN: Duration = Duration::from_millis(250);

/// How long work for those outside may take when the node stops.
const TASKS_END_WITHIN: Duration = Duration::from_secs(6);

pub(crate) use alerting::{check as check_rules, check_channels, rules};
pub(crate) use database::{open as open_store, open_as_it_is as open_store_as_it_is};
pub(crate) use market::{Files, flow_over_files, open_files, synthetic_source};
pub(crate) use parties::check as check_parties;
pub(crate) use policies::{Party, Policies, check as check_policies};
pub(crate) use storing::{Desk, Drained, ReplayError, Storing};
use storing::{Latest, Line};
pub(crate) use vitals::check_redis;

/// The configuration with every secret that it refers to, for commands that are no node.
pub(crate) fn with_secrets(loaded: Loaded) -> Result<Loaded> {
    if loaded.secret_slots().is_empty() {
        return Ok(loaded);
    }
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let _inside = runtime.enter();
    let resolver = outside::resolver(&loaded.config, &Policies::new(&loaded.config))?;
    runtime.block_on(outside::with_secrets(loaded, &resolver, None))
}

/// Takes every secret of the configuration out of the log from now on.
pub(crate) fn hide_secrets(logs: &Handles, loaded: &Loaded) {
    for secret in loaded.secrets() {
        // One of a few bytes cannot be told from other text; configuration refuses those where it matters.
        if let Err(not_hidden) = logs.hide(&secret) {
            tracing::debug!(%not_hidden, "a secret is too short to be taken out of the log");
        }
    }
}

fn ladder_config(config: &Config) -> LadderConfig {
    let minutes = i64::from(config.ladder.override_minutes);
    LadderConfig {
        step_up_after: Span::from_millis(i64::try_from(config.ladder.step_up_after_ms).unwrap_or(i64::MAX)),
        pin_expires_after: Span::from_seconds(60 * minutes),
    }
}

/// The store's end of a pipeline over files, whose instruments it lists.
pub(crate) fn store_files(config: &Config, files: &Files) -> Result<Storing> {
    let store = open_store(config)?;
    store.market().put_instruments(&files.instruments)?;
    Storing::of_files(&config.pipeline, &store)
}

/// Every entry of an account's journal.
pub(crate) fn read_journal(folder: &Path) -> Result<Vec<Entry>> {
    store::entries(folder)?.map(|entry| Ok(entry?)).collect()
}

/// What a node starts from.
pub(crate) struct Start {
    /// Where the configuration is read from, again and again.
    pub(crate) arguments: Flags,
    pub(crate) loaded: Loaded,
    /// One for each party; some are in use before the node is.
    pub(crate) policies: Arc<Policies>,
    pub(crate) logs: Handles,
    pub(crate) metrics: Metrics,
    /// For everything that waits for somebody outside.
    pub(crate) runtime: Handle,
}

/// A running node: its threads, and what the API needs of it.
pub(crate) struct Node {
    /// With the secrets that it only referred to.
    pub(crate) config: Config,
    pub(crate) admin: Admin,
    pub(crate) platform: Arc<dyn api::Platform>,
    pub(crate) history: Arc<dyn api::History>,
    pub(crate) operations: Arc<NodeOperations>,
    pub(crate) summary: Vec<String>,
    stop: Stop,
    bus: Arc<LocalBus<Message>>,
    feed: JoinHandle<()>,
    ingest: JoinHandle<()>,
    cells: Vec<JoinHandle<()>>,
    projections: JoinHandle<()>,
    others: Vec<JoinHandle<()>>,
    tasks: TaskTracker,
    tasks_stop: CancellationToken,
    runtime: Handle,
    watch: Arc<Watch>,
}

/// What every account of the node shares.
struct Shared<'a> {
    config: &'a Config,
    store: &'a Store,
    bus: &'a LocalBus<Message>,
    market: &'a Market,
    frames: &'a Frames,
    projections: &'a SyncSender<Batch>,
    stop: &'a Stop,
}

/// What everything of the node stands on.
struct Ground {
    /// With its secrets.
    loaded: Loaded,
    config: Config,
    resolver: Resolver,
    policies: Arc<Policies>,
    store: Store,
    guard: Guard,
    watch: Arc<Watch>,
    edges: Edges,
    exported: Arc<ExportHealth>,
    frames: Frames,
    bus: Arc<LocalBus<Message>>,
    stop: Stop,
    now: Timestamp,
    runtime: Handle,
}

impl Ground {
    /// Fetches the secrets and opens the store.
    fn lay(loaded: Loaded, policies: Arc<Policies>, logs: &Handles, runtime: &Handle) -> Result<Self> {
        let resolver = outside::resolver(&loaded.config, &policies)?;
        let loaded = runtime.block_on(outside::with_secrets(loaded, &resolver, None))?;
        hide_secrets(logs, &loaded);
        let config = loaded.config.clone();
        Ok(Self {
            store: open_store(&config)?,
            guard: Guard::new(policies.of(Party::Database)?, runtime.clone()),
            watch: Arc::new(Watch::new(config.app_version.clone(), config.environment.clone())),
            edges: Edges::new(&config),
            exported: Arc::default(),
            frames: Frames::new(),
            bus: Arc::new(LocalBus::new()),
            stop: Stop::default(),
            now: SystemClock.now(),
            runtime: runtime.clone(),
            loaded,
            config,
            resolver,
            policies,
        })
    }

    /// What operators see and change, and what health asks of the accounts.
    fn operations(&self, start: Operated, accounts: &Accounts) -> Result<(NodeOperations, Arc<Demands>)> {
        let Operated { arguments, logs, metrics, runtime, instruments, line } = start;
        let health = vitals::health(&self.config, START_CHECKS_WITHIN);
        if self.config.health.enabled {
            register(&health, self, accounts)?;
        }
        let flags = Arc::new(switches::Flags::open(&self.config, &self.store)?);
        let alerting = Arc::new(Alerting::start(&self.config, &self.policies, self.frames.clone())?);
        let demands = Arc::new(Demands::new(self.config.ladder.rules.clone()));
        let parts = live::Parts {
            logs: logs.clone(),
            policies: Arc::clone(&self.policies),
            flags: Arc::clone(&flags),
            alerting: Arc::clone(&alerting),
            demands: Arc::clone(&demands),
            accounts: accounts.clone(),
            resolver: self.resolver.clone(),
            runtime,
        };
        let live = Arc::new(Live::new(arguments, self.loaded.clone(), parts));
        let operations = NodeOperations {
            health,
            policies: Arc::clone(&self.policies),
            flags,
            alerting,
            live,
            logs,
            metrics,
            desk: Desk::new(self.store.clone(), Some(self.guard.clone()), line),
            edges: self.edges.clone(),
            watch: Arc::clone(&self.watch),
            instruments,
        };
        Ok((operations, demands))
    }
}

/// What operations are made of, beside the ground.
struct Operated {
    arguments: Flags,
    logs: Handles,
    metrics: Metrics,
    runtime: Handle,
    instruments: Arc<Vec<api::model::Instrument>>,
    line: Option<Line>,
}

impl Node {
    /// Opens the store, the market and the accounts, and starts a thread for each.
    pub(crate) fn start(start: Start) -> Result<Self> {
        let Start { arguments, loaded, policies, logs, metrics, runtime } = start;
        let _inside = runtime.enter();
        let ground = Ground::lay(loaded, policies, &logs, &runtime)?;
        let Ground { config, store, frames, bus, stop, watch, .. } = &ground;
        let admin = setup::ensure_admin(store, config, ground.now)?;
        let rows = setup::ensure_accounts(store, admin.user().tenant, ground.now)?;
        let market = Market::open(config, store, &ground.policies, ground.now)?;
        let (sender, receiver) = sync_channel::<Batch>(BATCHES_MAX);
        let (seen, guarded) = (Arc::clone(watch), ground.guard.clone());
        let projections = thread("projections", move || projection::run(&receiver, &seen, &guarded))?;
        let shared = Shared { config, store, bus, market: &market, frames, projections: &sender, stop };
        let (accounts, cells) = start_cells(&shared, rows)?;
        drop(sender);
        let summary = summary::summarise(&market, &accounts, config);
        let instruments = NodePlatform::describe(&market.instruments);
        let line = line_to_redis(&ground, &market, &runtime)?;
        let operated = Operated {
            arguments,
            logs,
            metrics,
            runtime: runtime.clone(),
            instruments: Arc::clone(&instruments),
            line: line.clone(),
        };
        let (operations, demands) = ground.operations(operated, &accounts)?;
        let board = Arc::new(Board::default());
        let platform = Arc::new(NodePlatform {
            instruments,
            accounts: accounts.clone(),
            board: Arc::clone(&board),
            frames: frames.clone(),
            watch: Arc::clone(watch),
            health: operations.health.clone(),
        });
        let live_instruments = market.ids.clone();
        let (feed, ingest) = start_ingest(market, &ground, line, board)?;
        let flags = Arc::clone(&operations.flags);
        let others = vec![
            start_health(Arc::clone(&platform), frames.clone(), stop.clone())?,
            start_upkeep(config, store, live_instruments, stop.clone())?,
            start_ladder(&accounts, &operations.health, demands, flags, stop)?,
        ];
        let (tasks, tasks_stop) = (TaskTracker::new(), CancellationToken::new());
        operations.start(&tasks, &tasks_stop, frames, accounts, ground.resolver.clone());
        let history = GuardedHistory::new(StoredHistory::new(store.clone()), ground.guard.clone());
        Ok(Self {
            config: config.clone(),
            admin,
            platform,
            history: Arc::new(history),
            operations: Arc::new(operations),
            summary,
            stop: stop.clone(),
            bus: Arc::clone(bus),
            feed,
            ingest,
            cells,
            projections,
            others,
            tasks,
            tasks_stop,
            runtime: runtime.clone(),
            watch: Arc::clone(watch),
        })
    }

    /// Asks every thread to finish what it holds and waits for it: the market first, then the accounts, then the
    /// store. Whether everything that was taken in is kept.
    pub(crate) fn shut_down(self) -> bool {
        let mut is_whole = true;
        self.stop.request();
        let joined = [self.feed, self.ingest]
            .into_iter()
            .chain(self.cells)
            .chain([self.projections])
            .chain(self.others);
        for thread in joined {
            let name = thread.thread().name().unwrap_or_default().to_owned();
            if thread.join().is_err() {
                tracing::error!(thread = name, "a thread ended by a panic");
                is_whole = false;
            }
        }
        self.bus.close();
        edges::tell_last_account(&self.config, &api::Operations::pipeline(self.operations.as_ref()));
        self.tasks_stop.cancel();
        self.tasks.close();
        let ended = self.runtime.block_on(async { timeout(TASKS_END_WITHIN, self.tasks.wait()).await });
        if ended.is_err() {
            tracing::warn!("some work for those outside was given up at the end");
        }
        is_whole && !self.watch.has_lost()
    }
}

/// Every account's cell on a thread of its own.
fn start_cells(shared: &Shared<'_>, rows: Vec<AccountRow>) -> Result<(Accounts, Vec<JoinHandle<()>>)> {
    let (mut cells, mut known) = (Vec::new(), Vec::new());
    for row in rows {
        let (account, cell) = start_cell(shared, row)?;
        known.push(account);
        cells.push(cell);
    }
    Ok((Accounts::new(known), cells))
}

/// Everything that is looked at to know how the node does.
fn register(health: &Health, ground: &Ground, accounts: &Accounts) -> Result<()> {
    let Ground { config, policies, watch, .. } = ground;
    vitals::database(health, config, &ground.store, policies)?;
    vitals::storing(health, watch)?;
    let provider = match config.feeds.market {
        MarketKind::Synthetic => "synthetic",
        MarketKind::Live => "live",
    };
    vitals::feed(health, watch, provider)?;
    vitals::disk(health, config, config.data_dir.clone())?;
    vitals::redis(health, config, policies)?;
    vitals::kafka(health, config, policies)?;
    if config.is_exported_to_kafka() {
        vitals::export(health, "kafka", &ground.exported)?;
    }
    accounts.iter().try_for_each(|account| vitals::account(health, account))
}

/// Health drives trading.
fn start_ladder(
    accounts: &Accounts,
    health: &Health,
    demands: Arc<Demands>,
    flags: Arc<switches::Flags>,
    stop: &Stop,
) -> Result<JoinHandle<()>> {
    let (accounts, health, stop) = (accounts.clone(), health.clone(), stop.clone());
    thread("ladder", move || stepping::run(&accounts, &health, &demands, &flags, &stop))
}

fn thread(name: &str, run: impl FnOnce() + Send + 'static) -> Result<JoinHandle<()>> {
    std::thread::Builder::new().name(name.to_owned()).spawn(run).context("a thread cannot be started")
}

fn start_cell(shared: &Shared<'_>, row: AccountRow) -> Result<(Arc<Account>, JoinHandle<()>)> {
    let rows = shared.store.tenant(&TenantAccess::for_node(row.tenant));
    let directory = shared.config.journals().join(row.id.to_string());
    let profile =
        Profile { name: row.name.clone(), mode: AccountMode::Paper, strategy: row.strategy.clone() };
    let identity = Identity { tenant: row.tenant, account: row.id, profile };
    let (commands, receiver) = sync_channel(COMMANDS_MAX);
    let pins = Pins::of(shared.store, row.id);
    let (ladder, limits) = (ladder_config(shared.config), shared.config.limits.clone());
    let account = Arc::new(Account::new(identity, commands, ladder, limits, pins));
    let accounts = &shared.config.accounts;
    let latency = Latency {
        base: Span::from_millis(accounts.latency_ms),
        jitter: Span::from_millis(accounts.latency_jitter_ms),
    };
    let name = format!("account {}", row.name);
    let cell = CellThread {
        account: Arc::clone(&account),
        target: Arc::new(Target { rows: rows.clone(), account: row.id, directory: directory.clone() }),
        open: Open {
            rows,
            directory,
            instruments: shared.market.instruments.clone(),
            cash: accounts.cash,
            matching: MatchingConfig { latency, ..MatchingConfig::usual(shared.config.synthetic.seed) },
            row,
        },
        commands: receiver,
        projections: shared.projections.clone(),
        frames: shared.frames.clone(),
        stop: shared.stop.clone(),
        answer_within: Span::from_millis(shared.config.trading.default_order_timeout_ms),
    };
    let inbox = Inbox::new(shared.bus)?;
    Ok((account, thread(&name, move || cell.run(inbox))?))
}

/// The way to Redis, where the configuration names one.
fn line_to_redis(ground: &Ground, market: &Market, runtime: &Handle) -> Result<Option<Line>> {
    let config = &ground.config;
    if config.redis_url.is_empty() {
        return Ok(None);
    }
    Ok(Some(Line {
        redis: Redis::new(config.redis_url.reveal(), &vitals::redis_config(config))?,
        policy: ground.policies.of(Party::Redis)?,
        runtime: runtime.clone(),
        names: Line::names(&market.instruments),
    }))
}

fn start_latest(
    ground: &Ground,
    line: Option<&Line>,
    letters: &Arc<dyn DeadLetters>,
) -> Result<Option<Latest>> {
    let (Some(line), Some(account)) = (line, &ground.edges.latest) else { return Ok(None) };
    Latest::start(&ground.config, line, Arc::clone(letters), (&ground.edges, account)).map(Some)
}

/// The feed, and the operators behind its queue.
fn start_ingest(
    market: Market,
    ground: &Ground,
    line: Option<Line>,
    board: Arc<Board>,
) -> Result<(JoinHandle<()>, JoinHandle<()>)> {
    let Ground { config, store, frames, bus, watch, now, .. } = ground;
    let edges = &ground.edges;
    let letters = storing::letters(config, store, &ground.guard);
    let exports = exports(ground, &market.instruments, &letters)?;
    let outputs = Outputs {
        latest: start_latest(ground, line.as_ref(), &letters)?,
        storing: Storing::live(config, store, &ground.guard, letters, edges)?,
        publisher: Publisher::new(Arc::clone(bus)),
        exports,
        board,
        frames: frames.clone(),
        watch: Arc::clone(watch),
        live_from: *now,
    };
    let door = Door::new(
        config,
        *now,
        ground.stop.clone(),
        Arc::clone(watch),
        (edges.ledger.clone(), edges.operators.clone()),
    );
    let (feed, pieces, resync): (Box<dyn FnOnce() + Send>, _, _) = match market.source {
        MarketSource::Synthetic(source) => {
            let (feed, pieces) = Feed::new(*source, door);
            (Box::new(move || feed.run()), pieces, None)
        }
        MarketSource::Live(feeds) => {
            let (feed, pieces) = LiveFeed::new(feeds.start(config, &ground.runtime), door);
            let control = feed.control();
            (Box::new(move || feed.run()), pieces, Some(control))
        }
    };
    let ingest = Ingest {
        pieces,
        account: edges.operators.clone(),
        tickets: Tickets::new(edges.ledger.clone()),
        resync,
        instruments: market.instruments.iter().map(|instrument| instrument.id).collect(),
        flow: market.flow,
        bars: config.pipeline.bars.clone(),
        outputs,
    };
    Ok((thread("feed", feed)?, thread("market", move || ingest.run())?))
}

/// The ways out of the node's market data.
#[cfg(feature = "kafka")]
fn exports(
    ground: &Ground,
    instruments: &Instruments,
    letters: &Arc<dyn DeadLetters>,
) -> Result<Vec<Exporting>> {
    let Ground { config, policies, runtime, exported, edges, .. } = ground;
    if !config.is_exported_to_kafka() {
        return Ok(Vec::new());
    }
    let (letters, ledger) = (Arc::clone(letters), edges.ledger.clone());
    Ok(vec![kafka::exporting(config, policies, runtime, instruments, exported, letters, ledger)?])
}

/// None: the program was built without any.
#[cfg(not(feature = "kafka"))]
#[expect(clippy::unnecessary_wraps, reason = "with the feature it can fail")]
fn exports(_: &Ground, _: &Instruments, _: &Arc<dyn DeadLetters>) -> Result<Vec<Exporting>> {
    Ok(Vec::new())
}

/// Tells the pages once a second how everything does.
fn start_health(platform: Arc<NodePlatform>, frames: Frames, stop: Stop) -> Result<JoinHandle<()>> {
    thread("health", move || {
        while !stop.is_requested() {
            frames.health(&api::Platform::overview(platform.as_ref()));
            std::thread::sleep(std::time::Duration::from_secs(1));
        }
    })
}

/// Lets old ticks go.
fn start_upkeep(
    config: &Config,
    store: &Store,
    live: Vec<InstrumentId>,
    stop: Stop,
) -> Result<JoinHandle<()>> {
    let upkeep = upkeep::Upkeep {
        store: store.clone(),
        instruments: live,
        keep_ticks_hours: config.pipeline.keep_ticks_hours,
        keep_letters_hours: config.pipeline.dead_letters_keep_hours,
    };
    thread("upkeep", move || upkeep.run(&stop))
}

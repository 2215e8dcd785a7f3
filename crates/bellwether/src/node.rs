//! The wiring: the one place that names two plugs at once, and the only one that says backtest, paper or live.

mod accounts;
mod board;
mod cell_thread;
mod frames;
mod ingest;
mod opening;
mod overview;
mod platform;
mod projection;
mod publishing;
mod setup;
mod storing;
mod tap;
mod upkeep;

mod market;

use std::path::Path;
use std::sync::Arc;
use std::sync::mpsc::{SyncSender, sync_channel};
use std::thread::JoinHandle;

use anyhow::{Context, Result};
use api::model::{AccountMode, Profile};
use bus::{Bus, LocalBus, Message};
use domain::{InstrumentId, Span};
use engine::{Clock, Entry};
use sim::{Latency, MatchingConfig};
use store::{AccountRow, Admin, Store, TenantAccess};

use crate::clock::SystemClock;
use crate::config::Config;
use crate::stop::Stop;
use accounts::{Account, Accounts, COMMANDS_MAX, Identity};
use board::Board;
use cell_thread::CellThread;
use frames::Frames;
use ingest::{Ingest, Outputs};
use market::Market;
use opening::Open;
use overview::Watch;
use platform::NodePlatform;
use projection::{BATCHES_MAX, Batch, Target};
use publishing::{Inbox, Publisher};

pub(crate) use market::{Files, flow_over_files, open_files};
use storing::Patience;
pub(crate) use storing::{Drained, Storing};

/// Opens the configured database and brings its tables up to date.
pub(crate) fn open_store(config: &Config) -> Result<Store> {
    let path = config.sqlite_path().context("only sqlite: databases are known")?;
    keep_private(&path)?;
    Ok(Store::open(&format!("sqlite:{}", path.display()))?)
}

/// The database holds password hashes: a new one is made readable for this user alone, and what SQLite puts beside
/// it takes after it.
fn keep_private(path: &Path) -> Result<()> {
    use std::os::unix::fs::OpenOptionsExt;
    let made = path
        .parent()
        .map_or(Ok(()), std::fs::create_dir_all)
        .and_then(|()| std::fs::OpenOptions::new().create(true).append(true).mode(0o600).open(path));
    made.map(drop).with_context(|| format!("the database {} cannot be opened", path.display()))
}

/// The store's end of a pipeline over files, whose instruments it lists.
pub(crate) fn store_files(config: &Config, files: &Files) -> Result<Storing> {
    let market = open_store(config)?.market();
    market.put_instruments(&files.instruments)?;
    Storing::start(&config.pipeline, market, Patience::Files)
}

/// Every entry of an account's journal.
pub(crate) fn read_journal(folder: &Path) -> Result<Vec<Entry>> {
    store::entries(folder)?.map(|entry| Ok(entry?)).collect()
}

/// A running node: its threads, and what the API needs of it.
pub(crate) struct Node {
    pub(crate) admin: Admin,
    pub(crate) store: Store,
    pub(crate) platform: Arc<dyn api::Platform>,
    pub(crate) summary: Vec<String>,
    stop: Stop,
    bus: Arc<LocalBus<Message>>,
    ingest: JoinHandle<()>,
    cells: Vec<JoinHandle<()>>,
    projections: JoinHandle<()>,
    pages: JoinHandle<()>,
    upkeep: JoinHandle<()>,
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

impl Node {
    /// Opens the store, the market and the accounts, and starts a thread for each.
    pub(crate) fn start(config: &Config) -> Result<Self> {
        let now = SystemClock.now();
        let store = open_store(config)?;
        let admin = setup::ensure_admin(&store, config, now)?;
        let rows = setup::ensure_accounts(&store, admin.user().tenant, now)?;
        let market = Market::synthetic(config, &store, now)?;
        let (stop, frames, bus) = (Stop::default(), Frames::new(), Arc::new(LocalBus::new()));
        let watch = Arc::new(Watch::new(config.environment.clone()));
        let board = Arc::new(Board::default());
        let (sender, receiver) = sync_channel::<Batch>(BATCHES_MAX);
        let projection_watch = Arc::clone(&watch);
        let projections = thread("projections", move || projection::run(&receiver, &projection_watch))?;
        let shared = Shared {
            config,
            store: &store,
            bus: &bus,
            market: &market,
            frames: &frames,
            projections: &sender,
            stop: &stop,
        };
        let mut cells = Vec::new();
        let mut known = Vec::new();
        for row in rows {
            let (account, cell) = start_cell(&shared, row)?;
            known.push(account);
            cells.push(cell);
        }
        drop(sender);
        let accounts = Accounts::new(known);
        let summary = summarise(&market, &accounts, config);
        let platform = Arc::new(NodePlatform {
            instruments: NodePlatform::describe(&market.instruments),
            accounts,
            board: Arc::clone(&board),
            frames: frames.clone(),
            watch: Arc::clone(&watch),
        });
        let outputs = Outputs {
            storing: Storing::start(&config.pipeline, store.market(), Patience::Live)?,
            publisher: Publisher::new(Arc::clone(&bus)),
            board,
            frames: frames.clone(),
            watch: Arc::clone(&watch),
            live_from: now,
        };
        let live = market.source.ids().collect();
        let ingest = start_ingest(market, outputs, stop.clone())?;
        let pages = start_health(Arc::clone(&platform), frames, stop.clone())?;
        let upkeep = start_upkeep(config, &store, live, stop.clone())?;
        Ok(Self {
            admin,
            store,
            platform,
            summary,
            stop,
            bus,
            ingest,
            cells,
            projections,
            pages,
            upkeep,
            watch,
        })
    }

    /// Asks every thread to finish what it holds and waits for it: the market first, then the accounts, then the
    /// store. Whether everything that was taken in is kept.
    pub(crate) fn shut_down(self) -> bool {
        let mut is_whole = true;
        self.stop.request();
        let joined =
            [self.ingest].into_iter().chain(self.cells).chain([self.projections, self.pages, self.upkeep]);
        for thread in joined {
            let name = thread.thread().name().unwrap_or_default().to_owned();
            if thread.join().is_err() {
                tracing::error!(thread = name, "a thread ended by a panic");
                is_whole = false;
            }
        }
        self.bus.close();
        is_whole && !self.watch.has_lost()
    }
}

fn thread(name: &str, run: impl FnOnce() + Send + 'static) -> Result<JoinHandle<()>> {
    std::thread::Builder::new().name(name.to_owned()).spawn(run).context("a thread cannot be started")
}

fn start_cell(shared: &Shared<'_>, row: AccountRow) -> Result<(Arc<Account>, JoinHandle<()>)> {
    let rows = shared.store.tenant(&TenantAccess::for_node(row.tenant));
    let directory = shared.config.data_dir.join("journals").join(row.id.to_string());
    let profile =
        Profile { name: row.name.clone(), mode: AccountMode::Paper, strategy: row.strategy.clone() };
    let identity = Identity { tenant: row.tenant, account: row.id, profile };
    let (commands, receiver) = sync_channel(COMMANDS_MAX);
    let account = Arc::new(Account::new(identity, commands));
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
            limits: shared.config.limits.clone(),
            cash: accounts.cash,
            matching: MatchingConfig { latency, ..MatchingConfig::usual(shared.config.synthetic.seed) },
            row,
        },
        commands: receiver,
        projections: shared.projections.clone(),
        frames: shared.frames.clone(),
        stop: shared.stop.clone(),
    };
    let inbox = Inbox::new(shared.bus)?;
    Ok((account, thread(&name, move || cell.run(inbox))?))
}

fn start_ingest(market: Market, outputs: Outputs, stop: Stop) -> Result<JoinHandle<()>> {
    let ingest = Ingest {
        instruments: market.instruments.iter().map(|instrument| instrument.id).collect(),
        source: market.source,
        flow: market.flow,
        periods: market::PERIODS.to_vec(),
        outputs,
        stop,
    };
    thread("market", move || ingest.run())
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
    let (market, keep_hours) = (store.market(), config.pipeline.keep_ticks_hours);
    thread("upkeep", move || upkeep::run(&market, &live, keep_hours, &stop))
}

fn summarise(market: &Market, accounts: &Accounts, config: &Config) -> Vec<String> {
    let store = config.sqlite_path().map(|path| path.display().to_string()).unwrap_or_default();
    let mut lines = vec![
        format!(
            "market    synthetic, {} instruments, seed {}",
            market.instruments.len(),
            config.synthetic.seed
        ),
        format!("store     SQLite in {store}"),
        "bus       local; cache in process".to_owned(),
    ];
    lines.extend(accounts.iter().map(|account| {
        format!("account   {} ({}), paper", account.identity.profile.name, account.identity.profile.strategy)
    }));
    lines
}

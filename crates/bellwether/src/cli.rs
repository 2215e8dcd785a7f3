//! The command line.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};

/// Market data in, risk-checked orders out.
#[derive(Debug, Parser)]
#[command(name = "bellwether", version, about, arg_required_else_help = true)]
pub(crate) struct Arguments {
    #[command(flatten)]
    pub(crate) settings: SettingArguments,
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Args)]
pub(crate) struct SettingArguments {
    /// Folder with config.yaml and config.<environment>.yaml
    #[arg(long, global = true, default_value = "config", value_name = "FOLDER")]
    pub(crate) config: PathBuf,
    /// Where database, journals and keys live
    #[arg(long, global = true, value_name = "FOLDER")]
    pub(crate) data_dir: Option<PathBuf>,
    /// Any setting, such as --set pipeline.batch_size=1000
    #[arg(long = "set", global = true, value_name = "SETTING=VALUE")]
    pub(crate) set: Vec<String>,
    /// Report as JSON on standard output
    #[arg(long, global = true)]
    pub(crate) json: bool,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Start the platform: market, paper accounts, API and page
    Up(UpArguments),
    /// Play recorded data through the pipeline, and through a strategy if one is named
    Replay(ReplayArguments),
    /// Run a strategy over recorded bars or ticks and print its statistics
    Backtest(BacktestArguments),
    /// Store recorded bars and ticks in the database
    Import(ImportArguments),
    /// Look for gaps, repeated rows, jumps and splits that nobody adjusted for in recorded data
    Quality(QualityArguments),
    /// Write all rows and journals to one file, while work goes on
    Backup(BackupArguments),
    /// Bring a backup back into an empty database, of whatever kind, and an empty data folder
    Restore(RestoreArguments),
    /// Look after the database: the version of its tables, its soundness, what its rows add up to
    Database {
        #[command(subcommand)]
        action: DatabaseAction,
    },
    /// Store the market data that comes over Kafka in the database
    #[cfg(feature = "kafka")]
    Consume(ConsumeArguments),
    /// Run a venue on this machine that speaks its real protocol, for trying feeds out
    Simulate {
        #[command(subcommand)]
        venue: SimulateVenue,
    },
    /// Show, check and explain the configuration
    Config {
        #[command(subcommand)]
        action: ConfigAction,
    },
    /// Check ports, disk, clock and stores, and say what to mend
    Doctor,
    /// Read an account's journal
    Journal {
        #[command(subcommand)]
        action: JournalAction,
    },
    /// Market data that a sink refused for good: look at it, replay it after a fix, discard it
    DeadLetters {
        #[command(subcommand)]
        action: DeadLettersAction,
    },
    /// List the strategies and their parameters
    Strategies,
    /// Write the alert rules for a Prometheus server
    Alerts {
        #[command(subcommand)]
        action: AlertsAction,
    },
    /// Stand between a client and a server on this machine and spoil some of it (development builds)
    #[cfg(debug_assertions)]
    Chaos(ChaosArguments),
}

#[derive(Debug, Args)]
pub(crate) struct BackupArguments {
    /// The file to write, such as bellwether-2026-01-31.tar.gz; it must not exist
    #[arg(value_name = "FILE")]
    pub(crate) file: PathBuf,
}

#[derive(Debug, Args)]
pub(crate) struct RestoreArguments {
    /// A file that `backup` wrote
    #[arg(value_name = "FILE")]
    pub(crate) file: PathBuf,
}

#[derive(Debug, Subcommand)]
pub(crate) enum DatabaseAction {
    /// Every version of the tables, and whether this database has it
    Status,
    /// Every change of version that was made
    History,
    /// Take the tables to this program's version, or to another one
    Migrate {
        /// The version to take them to; 0 leaves no tables
        #[arg(long, value_name = "VERSION")]
        to: Option<u32>,
        /// Going back deletes the rows of what goes: say that this is meant
        #[arg(long)]
        lose_rows: bool,
    },
    /// Read through everything and say what is damaged
    Check,
    /// How many rows each table has, and a hash that equal rows have in every kind of database
    Sums,
}

#[derive(Debug, Subcommand)]
pub(crate) enum DeadLettersAction {
    /// The newest first
    List {
        /// How many at most, 1 to 1000
        #[arg(long, default_value_t = 50, value_name = "COUNT")]
        limit: usize,
        /// Where the piece before ended
        #[arg(long)]
        cursor: Option<String>,
    },
    /// One with its item, as JSON
    Show { number: u64 },
    /// Deliver items once more; doing it twice does no harm
    Replay(LetterArguments),
    /// Let items go for good
    Discard(LetterArguments),
}

#[derive(Debug, Args)]
pub(crate) struct LetterArguments {
    /// Numbers as `list` shows them
    #[arg(required_unless_present = "all", conflicts_with = "all", value_name = "NUMBER")]
    pub(crate) numbers: Vec<u64>,
    /// Every dead letter there is
    #[arg(long)]
    pub(crate) all: bool,
}

#[derive(Debug, Subcommand)]
pub(crate) enum AlertsAction {
    /// The rules as a Prometheus rules file, on standard output
    Rules,
}

#[cfg(debug_assertions)]
#[derive(Debug, Args)]
pub(crate) struct ChaosArguments {
    /// Where to listen, on loopback
    #[arg(long, value_name = "ADDRESS")]
    pub(crate) listen: std::net::SocketAddr,
    /// The server to stand before
    #[arg(long, value_name = "ADDRESS")]
    pub(crate) to: std::net::SocketAddr,
    /// The part of connections, or with --http of requests, that get a fault: 0 to 1
    #[arg(long, default_value_t = 0.2)]
    pub(crate) share: f64,
    /// Kinds of faults; all when absent
    #[arg(long, value_delimiter = ',')]
    pub(crate) kinds: Vec<chaos::Kind>,
    /// The same seed spoils the same
    #[arg(long, default_value_t = 1)]
    pub(crate) seed: u64,
    /// What passes is HTTP/1: faults are decided for each request
    #[arg(long)]
    pub(crate) http: bool,
    /// How long to run
    #[arg(long, default_value_t = 600)]
    pub(crate) seconds: u64,
}

#[derive(Debug, Subcommand)]
pub(crate) enum SimulateVenue {
    /// Streams, subscriptions, REST depth and lists of instruments of one of Binance's markets
    Binance(SimulateBinanceArguments),
    /// Books with checksums, trades and instruments of Kraken's WebSocket API v2
    Kraken(SimulateArguments),
    /// Level 2, trades and heartbeats of Coinbase Advanced
    Coinbase(SimulateArguments),
}

#[derive(Debug, Args)]
pub(crate) struct SimulateBinanceArguments {
    #[command(flatten)]
    pub(crate) market: SimulateArguments,
    /// Which of its markets
    #[arg(long, default_value = "spot", value_name = "spot|usdm|coinm")]
    pub(crate) kind: String,
}

#[derive(Debug, Args)]
pub(crate) struct SimulateArguments {
    /// Where to listen
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:9443")]
    pub(crate) listen: std::net::SocketAddr,
    /// What the market is made of: a recording, or `synthetic`
    #[arg(long, value_name = "FILE|synthetic", default_value = "synthetic")]
    pub(crate) from: PathBuf,
    /// How many times faster than the recording
    #[arg(long, default_value_t = 1.0)]
    pub(crate) speed: f64,
    /// Misbehave on purpose: frames lost, doubled and out of order, stalls, cuts, half-open connections, refusals
    #[arg(long)]
    pub(crate) faults: bool,
    /// The same seed makes the same market and misbehaves the same
    #[arg(long, default_value_t = 1)]
    pub(crate) seed: u64,
}

#[derive(Debug, Args)]
pub(crate) struct UpArguments {
    /// Address and port of API and page
    #[arg(long, value_name = "ADDRESS")]
    pub(crate) listen: Option<String>,
}

#[derive(Debug, Args)]
pub(crate) struct StrategyArguments {
    /// A strategy by name; `bellwether strategies` lists them
    #[arg(long, value_name = "NAME")]
    pub(crate) strategy: Option<String>,
    /// Its parameters as JSON
    #[arg(long, value_name = "JSON", default_value = "{}")]
    pub(crate) parameters: String,
    /// Starting cash of the account
    #[arg(long, value_name = "AMOUNT", default_value = "1000000")]
    pub(crate) cash: String,
    /// Seed of latency and everything else left to chance
    #[arg(long, default_value_t = 1)]
    pub(crate) seed: u64,
    /// Milliseconds an order takes to the venue
    #[arg(long, value_name = "MS", default_value_t = 5)]
    pub(crate) latency_ms: i64,
}

#[derive(Debug, Args)]
pub(crate) struct ReplayArguments {
    /// Raw exchange captures, CSV files, zips
    #[arg(required = true, value_name = "FILE")]
    pub(crate) files: Vec<PathBuf>,
    /// How many times faster than the recording, or `max`
    #[arg(long, default_value = "max", value_name = "N|max")]
    pub(crate) speed: String,
    #[command(flatten)]
    pub(crate) strategy: StrategyArguments,
    /// Keep the account's journal here; an interrupted run continues from it
    #[arg(long, value_name = "FOLDER")]
    pub(crate) journal: Option<PathBuf>,
    /// Also store trades, quotes, bars and spreads in the database
    #[arg(long)]
    pub(crate) store: bool,
    /// Stop with an error at the first refused line instead of going on
    #[arg(long)]
    pub(crate) strict: bool,
}

#[derive(Debug, Args)]
pub(crate) struct BacktestArguments {
    /// Bars or ticks to run over
    #[arg(required = true, value_name = "FILE")]
    pub(crate) files: Vec<PathBuf>,
    #[command(flatten)]
    pub(crate) strategy: StrategyArguments,
    /// Prices as printed, with splits and dividends booked (`raw`), or adjusted for splits (`split`)
    #[arg(long, default_value = "raw", value_name = "raw|split")]
    pub(crate) adjustment: String,
    /// Factor file for splits and dividends
    #[arg(long, value_name = "FILE")]
    pub(crate) factors: Option<PathBuf>,
    /// Write trades and equity here, as CSV and JSON
    #[arg(long, value_name = "FOLDER")]
    pub(crate) out: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(crate) struct QualityArguments {
    /// Captures, CSV files, zips
    #[arg(required = true, value_name = "FILE")]
    pub(crate) files: Vec<PathBuf>,
}

#[derive(Debug, Args)]
pub(crate) struct ImportArguments {
    /// Captures, CSV files, zips
    #[arg(required = true, value_name = "FILE")]
    pub(crate) files: Vec<PathBuf>,
    /// Factor file of the one share among the files: its splits and dividends are stored beside the prices, which
    /// stay as printed
    #[arg(long, value_name = "FILE")]
    pub(crate) factors: Option<PathBuf>,
}

#[cfg(feature = "kafka")]
#[derive(Debug, Args)]
pub(crate) struct ConsumeArguments {
    /// The group whose offsets it moves; its members share the partitions
    #[arg(long, value_name = "NAME")]
    pub(crate) group: Option<String>,
    /// End when everything that is there has been stored
    #[arg(long)]
    pub(crate) until_read: bool,
}

#[derive(Debug, Subcommand)]
pub(crate) enum ConfigAction {
    /// The effective configuration, secrets masked
    Print {
        /// Say where each value came from
        #[arg(long)]
        origin: bool,
    },
    /// Report every fault at once
    Check,
    /// Every setting, the environment variable that sets it, and its default
    Env,
    /// A JSON Schema of config.yaml, for editors
    Schema,
}

#[derive(Debug, Subcommand)]
pub(crate) enum JournalAction {
    /// Fold the journal and print the account it makes
    Verify { folder: PathBuf },
    /// Print the entries, one JSON line each
    Show { folder: PathBuf },
}

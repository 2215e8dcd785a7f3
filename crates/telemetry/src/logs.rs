//! Logs: to the console, to files of bounded size, and to whoever follows the last lines.
//!
//! Every event becomes one [`Line`] with the fields of the spans around it. Secrets are taken out of it, and then it
//! goes to the console as text or JSON and, when a folder is given, as JSON to `bellwether.log`; errors also to
//! `error.log`, events of [`crate::security`] also to `security.log`, those of [`crate::slow`] also to `slow.log`.
//! Each of these has a queue of its own and a thread that writes: whoever logs never waits. What does not fit into a
//! queue is dropped and counted.

mod console;
mod files;
mod filter;
mod handles;
mod lane;
mod layer;
mod line;
mod outlets;
mod panics;
mod queue;
mod rolling;
#[cfg(test)]
pub(crate) mod seen;
#[cfg(test)]
mod shelf;
mod show;
mod stamp;
mod tail;
#[cfg(test)]
mod tests;
mod visit;

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use resilience::{Clock, SystemClock};
use serde::{Deserialize, Serialize};
use tracing::Dispatch;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::{Layer, Registry, reload};

pub use self::console::Console;
pub use self::files::{Disk, Files, LogFile, Opened};
pub use self::handles::{Dropped, Handles, LogGuard};
pub use self::lane::Rest;
pub use self::line::{Fields, Line, Value};
pub use self::queue::{DropReason, QueueLimits};
pub use self::rolling::{LineWriter, RollingWriter, Stopped};
pub use self::stamp::{Calendar, Stamp, SystemCalendar};
pub use self::tail::{FOLLOWER_LINES, Followed, Follower, TAIL_LINES};

use self::filter::Gate;
use self::lane::Lane;
use self::layer::LineLayer;
use self::outlets::{FileLanes, Outlets, Voice};
use self::tail::Tail;
use crate::Traces;
use crate::redact::Redactor;

/// Whether the text is a level, or levels of parts such as `info,api=debug`.
///
/// # Errors
/// Words that say what is wrong and what would be right.
pub fn check_level(text: &str) -> Result<(), String> {
    filter::read(text).map(drop)
}

/// Counter, labels `log` ([`LOG_NAMES`]) and `reason` ([`DropReason::code`]): lines that were not written.
pub const LINES_DROPPED: &str = "log_lines_dropped_total";

/// The logs there are, by the names that metrics use.
pub const LOG_NAMES: [&str; 5] = ["bellwether", "error", "security", "slow", "console"];

/// A file smaller than this holds no useful line.
const BYTES_MIN: u64 = 4 * 1024;
/// A line in a file is not longer than this, in bytes.
const LINE_MAX: u64 = 64 * 1024;

/// How lines look on the console. Files are always JSON.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Format {
    Pretty,
    Json,
}

/// What to log and where to.
#[derive(Debug, Clone)]
pub struct LogConfig {
    /// `info`, or levels of parts such as `info,api=debug`.
    pub level: String,
    pub format: Format,
    /// The folder of the files; without one there is the console alone. It belongs to this process.
    pub directory: Option<PathBuf>,
    /// How long a file may grow, in bytes; at least 4096.
    pub max_bytes: u64,
    /// How many old files are kept beside the current one.
    pub max_files: u32,
    /// An operation watched through [`Handles::watch`] is slow from here on.
    pub slow_operation_ms: u64,
}

impl Default for LogConfig {
    fn default() -> Self {
        Self {
            level: "info".to_owned(),
            format: Format::Pretty,
            directory: None,
            max_bytes: 10 * 1024 * 1024,
            max_files: 10,
            slow_operation_ms: 1_000,
        }
    }
}

/// What the logs stand on. The default is the real thing.
#[derive(Clone)]
pub struct Surroundings {
    pub files: Arc<dyn Files>,
    pub calendar: Arc<dyn Calendar>,
    /// Measures how long operations take.
    pub clock: Arc<dyn Clock>,
    pub console: Console,
    pub redactor: Redactor,
    pub queue: QueueLimits,
    pub rest: Rest,
}

impl Default for Surroundings {
    fn default() -> Self {
        Self {
            files: Arc::new(Disk),
            calendar: Arc::new(SystemCalendar),
            clock: Arc::new(SystemClock::new()),
            console: Console::stderr(),
            redactor: Redactor::default(),
            queue: QueueLimits::default(),
            rest: Rest::default(),
        }
    }
}

/// Why the logs cannot start. A folder that cannot be written is no reason: the lines are counted as dropped.
#[derive(Debug, thiserror::Error)]
pub enum LogError {
    #[error("{0}")]
    Level(String),
    #[error("log files of {0} bytes hold no useful line; give at least {BYTES_MIN}")]
    TooSmall(u64),
    #[error("the thread of a log cannot be started: {0}")]
    Thread(#[from] io::Error),
    #[error("a log has been started in this process already")]
    AlreadyStarted,
}

/// Logs that have been built, not yet the process's.
pub struct Logs {
    /// Takes events; [`tracing::dispatcher::with_default`] sends a thread's events here.
    pub dispatch: Dispatch,
    pub guard: LogGuard,
    pub handles: Handles,
}

impl Logs {
    /// Builds the logs and makes them the process's, panics included. Keep the guard to the end of `main`: dropping it
    /// writes what waits.
    ///
    /// # Errors
    /// When the configuration is wrong or the process has a log already.
    pub fn start(config: &LogConfig, traces: Option<&Traces>) -> Result<(LogGuard, Handles), LogError> {
        Self::start_in(config, Surroundings::default(), traces)
    }

    /// The same in other surroundings, such as with a redactor that knows secrets already.
    ///
    /// # Errors
    /// As [`Logs::start`].
    pub fn start_in(
        config: &LogConfig,
        surroundings: Surroundings,
        traces: Option<&Traces>,
    ) -> Result<(LogGuard, Handles), LogError> {
        let built = Self::build(config, surroundings, traces)?;
        tracing::dispatcher::set_global_default(built.dispatch).map_err(|_| LogError::AlreadyStarted)?;
        built.handles.log_panics();
        Ok((built.guard, built.handles))
    }

    /// Builds the logs and leaves the process as it is.
    ///
    /// # Errors
    /// When the configuration is wrong.
    pub fn build(
        config: &LogConfig,
        surroundings: Surroundings,
        traces: Option<&Traces>,
    ) -> Result<Self, LogError> {
        if config.max_bytes < BYTES_MIN {
            return Err(LogError::TooSmall(config.max_bytes));
        }
        let chosen = filter::read(&config.level).map_err(LogError::Level)?;
        let clock = Arc::clone(&surroundings.clock);
        let outlets = Arc::new(outlets(config, surroundings)?);
        let (gate, reload) = reload::Layer::new(Gate::new(chosen));
        let lines = LineLayer(Arc::clone(&outlets)).with_filter(gate).boxed();
        let layers: Vec<Box<dyn Layer<Registry> + Send + Sync>> =
            [lines].into_iter().chain(traces.map(|traces| traces.layer())).collect();
        let dispatch = Dispatch::new(Registry::default().with(layers));
        let slow = Duration::from_millis(config.slow_operation_ms);
        let handles = Handles::new(Arc::clone(&outlets), reload, config.level.clone(), clock, slow);
        Ok(Self { dispatch, guard: LogGuard::new(outlets), handles })
    }
}

fn outlets(config: &LogConfig, surroundings: Surroundings) -> Result<Outlets, LogError> {
    let Surroundings { files, calendar, clock: _, console, redactor, queue, rest } = surroundings;
    let is_coloured = console.is_coloured() && config.format == Format::Pretty;
    // Of its own trouble the console cannot tell anybody; it is counted.
    let console = Lane::start("console", queue, rest, Box::new(console), Box::new(|_| ()))?;
    let voice = Arc::new(Voice { calendar, console, format: config.format, is_coloured, tail: Tail::new() });
    let start = |directory: &Path, log: &'static str| {
        let file = format!("{log}.log");
        let path = directory.join(&file);
        let shown = path.display().to_string();
        let writer = RollingWriter::new(Arc::clone(&files), path, config.max_bytes, config.max_files);
        let voice = Arc::clone(&voice);
        Lane::start(log, queue, rest, Box::new(writer), Box::new(move |news| voice.tell(log, &shown, &news)))
    };
    let lanes = |directory: &Path| -> io::Result<FileLanes> {
        Ok(FileLanes {
            all: start(directory, "bellwether")?,
            error: start(directory, "error")?,
            security: start(directory, "security")?,
            slow: start(directory, "slow")?,
        })
    };
    let files = config.directory.as_deref().map(lanes).transpose()?;
    let line_max = usize::try_from(config.max_bytes.min(LINE_MAX) - 1).unwrap_or(usize::MAX);
    Ok(Outlets { redactor, voice: Arc::clone(&voice), files, line_max })
}

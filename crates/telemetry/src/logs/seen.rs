//! Logs whose every outlet can be looked at.

use std::io::Write;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use resilience::ManualClock;
use serde_json::Value as Json;

use super::shelf::Shelf;
use super::{Calendar, Console, LogConfig, LogError, Logs, QueueLimits, Stamp, Surroundings};

/// How long a broken program is waited for.
const SOON: Duration = Duration::from_secs(20);

pub(crate) struct Seen {
    pub(crate) logs: Logs,
    pub(crate) shelf: Shelf,
    pub(crate) console: Arc<Mutex<Vec<u8>>>,
    pub(crate) clock: ManualClock,
}

struct StandingStill;

impl Calendar for StandingStill {
    fn now(&self) -> Stamp {
        Stamp::new(1_700_000_000_000)
    }
}

impl Seen {
    pub(crate) fn new() -> Self {
        Self::with(|_| ())
    }

    pub(crate) fn with(change: impl FnOnce(&mut LogConfig)) -> Self {
        let mut config = LogConfig { directory: Some("logs".into()), ..LogConfig::default() };
        change(&mut config);
        Self::build(&config, QueueLimits::default()).unwrap_or_else(|error| panic!("{error}"))
    }

    pub(crate) fn build(config: &LogConfig, queue: QueueLimits) -> Result<Self, LogError> {
        let (shelf, console, clock) = (Shelf::default(), Arc::default(), ManualClock::default());
        let surroundings = Surroundings {
            files: Arc::new(shelf.clone()),
            calendar: Arc::new(StandingStill),
            clock: Arc::new(clock.clone()),
            console: Console::to(Arc::clone(&console) as Arc<Mutex<dyn Write + Send>>),
            queue,
            ..Surroundings::default()
        };
        Ok(Self { logs: Logs::build(config, surroundings, None)?, shelf, console, clock })
    }

    /// Runs with its events going to these logs.
    pub(crate) fn during<T>(&self, run: impl FnOnce() -> T) -> T {
        tracing::dispatcher::with_default(&self.logs.dispatch, run)
    }

    /// Level, target, message and fields of the last lines.
    pub(crate) fn tail(&self) -> Vec<String> {
        let lines = self.logs.handles.tail();
        let shown = lines.iter().map(|line| {
            let fields = serde_json::to_string(&line.fields).unwrap();
            format!("{} {} {} {fields}", line.level, line.target, line.message)
        });
        shown.collect()
    }

    pub(crate) fn file(&self, log: &str) -> String {
        assert!(self.logs.handles.flush(SOON));
        self.shelf.text(&format!("logs/{log}.log"))
    }

    pub(crate) fn console(&self) -> String {
        assert!(self.logs.handles.flush(SOON));
        String::from_utf8(self.console.lock().unwrap().clone()).unwrap()
    }

    pub(crate) fn messages(&self, log: &str) -> Vec<String> {
        let read =
            |line: &str| serde_json::from_str::<Json>(line).unwrap()["message"].as_str().unwrap().to_owned();
        self.file(log).lines().map(read).collect()
    }

    /// Everything that was written or kept anywhere.
    pub(crate) fn everything(&self) -> String {
        let files = ["bellwether", "error", "security", "slow"].map(|log| self.file(log));
        [files.concat(), self.console(), self.tail().concat()].concat()
    }
}

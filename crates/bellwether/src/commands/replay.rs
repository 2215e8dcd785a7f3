//! `replay`: recorded data through the same flow that live data takes, and through a strategy if one is named.

mod report;

use std::time::Duration;

use anyhow::{Context, Result, bail};
use domain::{MarketEvent, Span, Timestamp};
use engine::{Clock, Source};
use pipeline::Flow;
use research::Backtest;
use store::ReplayJournal;

use super::trading::Trading;
use crate::cli::{ReplayArguments, SettingArguments};
use crate::clock::SystemClock;
use crate::exit;
use crate::node::{self, Files, Storing};
use crate::progress::Progress;
use crate::stop::Stop;
use report::Report;

/// A strategy's run whose journal may be an interrupted one's.
type Run = Backtest<Box<dyn engine::Strategy>, Box<dyn engine::Journal>>;

/// Refused lines that are reported one by one; the rest are counted.
const FAULTS_SHOWN: u64 = 20;

/// How many messages pass between two looks at the terminal and the stop.
const LOOK_EVERY: u64 = 4_096;

pub(super) fn run(settings: &SettingArguments, arguments: &ReplayArguments) -> Result<u8> {
    let loaded = super::load(settings, &[])?;
    let stop = Stop::default();
    stop.at_signal()?;
    let pace = Pace::parse(&arguments.speed)?;
    let files = node::open_files(&arguments.files, domain::Instruments::default())?;
    let flow = node::flow_over_files(&files, &loaded.config.pipeline)?;
    let storing = arguments.store.then(|| node::store_files(&loaded.config, &files)).transpose()?;
    let trading =
        arguments.strategy.strategy.as_ref().map(|_| Trading::of(&arguments.strategy, &loaded.config.limits));
    let progress = Progress::start("replaying", files.total_bytes, settings.json);
    let mut replay =
        Replay { files, flow, storing, run: None, pace, progress, faults: Vec::new(), refused: 0 };
    if let Some(trading) = trading.transpose()? {
        replay.run = Some(replay.open_run(&trading, arguments)?);
    }
    let started = SystemClock.now();
    replay.play(&stop, arguments.strict)?;
    let elapsed = SystemClock.now().since(started);
    let report = Report::of(replay, elapsed)?;
    report.print(settings.json)?;
    Ok(if stop.is_requested() { exit::INTERRUPTED } else { report.exit_code() })
}

struct Replay {
    files: Files,
    flow: Flow,
    storing: Option<Storing>,
    run: Option<Run>,
    pace: Pace,
    progress: Progress,
    faults: Vec<String>,
    refused: u64,
}

impl Replay {
    fn open_run(&self, trading: &Trading, arguments: &ReplayArguments) -> Result<Run> {
        let setup = trading.setup(&self.files.instruments)?;
        let strategy = trading.strategy(&self.files.instruments)?;
        let journal: Box<dyn engine::Journal> = match &arguments.journal {
            None => Box::new(engine::MemoryJournal::default()),
            Some(folder) => {
                let options = store::JournalOptions::new(store::Sync::System);
                let (journal, opened) = ReplayJournal::open(folder, options)?;
                if opened.entries > 0 {
                    tracing::info!(entries = opened.entries, "continuing an interrupted run");
                }
                Box::new(journal)
            }
        };
        Ok(Backtest::with_journal(&setup, strategy, journal)?)
    }

    fn play(&mut self, stop: &Stop, strict: bool) -> Result<()> {
        let (mut messages, mut last) = (0u64, None);
        let is_given_up = |storing: &Option<Storing>| storing.as_ref().is_some_and(Storing::is_given_up);
        while !stop.is_requested() && !is_given_up(&self.storing) {
            let Self { files, flow, storing, run, pace, .. } = self;
            let mut failure = None;
            match files.source.next() {
                Ok(None) => break,
                Ok(Some(message)) => {
                    let time = message.receive_time();
                    pace.wait(time, stop);
                    last = Some(time);
                    flow.push(message, &mut |event| take(event, storing, run, &mut failure));
                }
                Err(fault) => self.refuse(&fault, strict)?,
            }
            if let Some(failure) = failure {
                return Err(failure);
            }
            messages += 1;
            if messages.is_multiple_of(LOOK_EVERY) {
                self.progress.at(self.files.bytes_read());
            }
        }
        self.close(last)
    }

    /// The bars that are open at the end of the data are closed at their own end.
    fn close(&mut self, last: Option<Timestamp>) -> Result<()> {
        let mut failure = None;
        if let Some(last) = last {
            let Self { flow, storing, run, .. } = self;
            let end = last.floor_to(Span::MINUTE).plus(Span::MINUTE);
            flow.flush(end, &mut |event| take(event, storing, run, &mut failure));
        }
        self.progress.finish();
        failure.map_or(Ok(()), Err)
    }

    fn refuse(&mut self, fault: &engine::SourceFault, strict: bool) -> Result<()> {
        self.refused += 1;
        if strict || fault.is_final {
            bail!(exit::Refused::input(fault.to_string()));
        }
        if self.refused <= FAULTS_SHOWN {
            self.faults.push(fault.to_string());
        }
        Ok(())
    }
}

fn take(
    event: &MarketEvent,
    storing: &mut Option<Storing>,
    run: &mut Option<Run>,
    failure: &mut Option<anyhow::Error>,
) {
    if failure.is_some() {
        return;
    }
    if let Some(storing) = storing {
        storing.on_event(event, None, SystemClock.now());
    }
    if let Some(run) = run
        && let Err(error) = run.on_market(event)
    {
        *failure = Some(anyhow::Error::from(error).context("the strategy's account stopped"));
    }
}

/// How fast recorded time passes.
struct Pace {
    /// `None` for as fast as it goes.
    speed: Option<f64>,
    start: Option<(Timestamp, Timestamp)>,
}

impl Pace {
    fn parse(text: &str) -> Result<Self> {
        if text == "max" {
            return Ok(Self { speed: None, start: None });
        }
        let speed: f64 =
            text.parse().ok().filter(|speed| *speed > 0.0 && *speed <= 1e6).with_context(|| {
                exit::Refused::usage(format!(
                    "--speed {text}: give a number above zero, such as 1 or 10, or `max`"
                ))
                .to_string()
            })?;
        Ok(Self { speed: Some(speed), start: None })
    }

    fn wait(&mut self, time: Timestamp, stop: &Stop) {
        let Some(speed) = self.speed else { return };
        let (recorded, real) = *self.start.get_or_insert_with(|| (time, SystemClock.now()));
        #[expect(clippy::cast_possible_truncation, reason = "a span of recorded time fits")]
        let due = real.plus(Span::from_nanos((time.since(recorded).nanos() as f64 / speed) as i64));
        while SystemClock.now() < due && !stop.is_requested() {
            let left = due.since(SystemClock.now()).nanos();
            std::thread::sleep(
                Duration::from_nanos(u64::try_from(left).unwrap_or(0)).min(Duration::from_millis(20)),
            );
        }
    }
}

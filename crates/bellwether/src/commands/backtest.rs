//! `backtest`: a strategy over recorded history, with statistics and files to look at.

mod corporate;

use anyhow::{Context, Result, bail};
use domain::MarketEvent;
use engine::{Clock, Source};
use research::{Backtest, Outcome};
use serde_json::json;

use super::trading::{RunReport, Trading};
use crate::cli::{BacktestArguments, SettingArguments};
use crate::clock::SystemClock;
use crate::exit::{self, Refused};
use crate::node::{self, Files};
use crate::output;
use crate::progress::Progress;
use crate::stop::Stop;
use corporate::Corporate;

const LOOK_EVERY: u64 = 4_096;

pub(super) fn run(settings: &SettingArguments, arguments: &BacktestArguments) -> Result<u8> {
    let loaded = super::load(settings, &[])?;
    let stop = Stop::default();
    stop.at_signal()?;
    let trading = Trading::of(&arguments.strategy, &loaded.config.limits)?;
    let files = node::open_files(&arguments.files, domain::Instruments::default())?;
    let corporate = Corporate::load(arguments, &files)?;
    let flow = node::flow_over_files(&files, &loaded.config.pipeline)?;
    let setup = trading.setup(&files.instruments)?;
    let backtest = Backtest::new(&setup, trading.strategy(&files.instruments)?)?;
    let progress = Progress::start("backtesting", files.total_bytes, settings.json);
    let started = SystemClock.now();
    let (outcome, refused) = Session { files, flow, backtest, corporate, progress }.play(&stop)?;
    let seconds = SystemClock.now().since(started).nanos() as f64 / 1e9;
    if let Some(folder) = &arguments.out {
        research::report::write(&outcome, folder)?;
    }
    report(settings, arguments, &outcome, refused, seconds)?;
    Ok(match (stop.is_requested(), refused) {
        (true, _) => exit::INTERRUPTED,
        (false, 0) => exit::DONE,
        (false, _) => exit::INPUT,
    })
}

fn report(
    settings: &SettingArguments,
    arguments: &BacktestArguments,
    outcome: &Outcome,
    refused: u64,
    seconds: f64,
) -> Result<()> {
    let run = RunReport::of(outcome);
    if settings.json {
        return output::json(&json!({ "run": run, "refused_lines": refused, "seconds": seconds }));
    }
    run.print();
    println!(
        "{} events in {seconds:.2} s: {:.0} events/s",
        outcome.events,
        outcome.events as f64 / seconds.max(1e-9)
    );
    if refused > 0 {
        println!("{refused} line(s) of the data were refused; `bellwether replay` shows them");
    }
    if let Some(folder) = &arguments.out {
        println!("trades.csv, equity.csv and report.json are in {}", folder.display());
    }
    Ok(())
}

struct Session {
    files: Files,
    flow: pipeline::Flow,
    backtest: Backtest<Box<dyn engine::Strategy>>,
    corporate: Corporate,
    progress: Progress,
}

impl Session {
    /// The outcome, and how many lines were refused.
    fn play(mut self, stop: &Stop) -> Result<(Outcome, u64)> {
        let (mut messages, mut refused) = (0u64, 0u64);
        while !stop.is_requested() {
            let Self { files, flow, backtest, corporate, progress } = &mut self;
            match files.source.next() {
                Ok(None) => break,
                Ok(Some(message)) => {
                    let mut failure = None;
                    flow.push(message, &mut |event| {
                        if failure.is_none() {
                            failure = feed(backtest, corporate, event).err();
                        }
                    });
                    if let Some(failure) = failure {
                        return Err(failure);
                    }
                }
                Err(fault) if fault.is_final => bail!(Refused::input(fault.to_string())),
                Err(_) => refused += 1,
            }
            messages += 1;
            if messages.is_multiple_of(LOOK_EVERY) {
                progress.at(files.bytes_read());
            }
        }
        self.progress.finish();
        refused += self.flow.counts().total.refused.total();
        Ok((self.backtest.finish(), refused))
    }
}

fn feed(
    backtest: &mut Backtest<Box<dyn engine::Strategy>>,
    corporate: &mut Corporate,
    event: &MarketEvent,
) -> Result<()> {
    let handled = corporate.around(event, &mut |event| backtest.on_market(event));
    handled.context("the strategy's account stopped")
}

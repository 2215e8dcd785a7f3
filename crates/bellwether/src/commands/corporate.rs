//! A factor file beside the price files of its share: what `backtest` books and `import` keeps.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use domain::{CorporateAction, FeedMessage, Instrument, InstrumentId, InstrumentKind, Timestamp};
use engine::Source;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use venues::FileSource;
use venues::files::lean::{Factors, corporate_actions};

use crate::exit::Refused;
use crate::node::Files;

/// The factors of the one share that the price files are about.
pub(super) struct ShareFactors {
    pub(super) share: InstrumentId,
    pub(super) factors: Factors,
    zone: TimeZone,
}

impl ShareFactors {
    pub(super) fn load(path: &Path, files: &Files) -> Result<Self> {
        let factors = Factors::load(path).map_err(|error| Refused::input(error.to_string()))?;
        let share = only_share(files)?.id;
        let zone = TimeZone::get("America/New_York").context("the time zone of New York is not known")?;
        Ok(Self { share, factors, zone })
    }

    /// The day in New York.
    pub(super) fn day_of(&self, time: Timestamp) -> Option<Date> {
        let time = jiff::Timestamp::from_nanosecond(i128::from(time.nanos())).ok()?;
        Some(time.to_zoned(self.zone.clone()).date())
    }

    /// What happened to the share on the days of `paths`, which are what `files` was opened from, in the order of
    /// events.
    pub(super) fn actions(&self, paths: &[PathBuf], files: &Files) -> Result<Vec<CorporateAction>> {
        let days = self.trading_days(paths, files)?;
        if days.is_empty() {
            return Err(Refused::input("--factors needs bars of the share: the files have none").into());
        }
        Ok(corporate_actions(self.share, &self.factors, &days))
    }

    /// The days on which the data has bars, ascending: a first reading of the same files.
    fn trading_days(&self, paths: &[PathBuf], files: &Files) -> Result<Vec<Date>> {
        let mut days = Vec::new();
        let mut instruments = files.instruments.clone();
        for path in paths {
            let mut source = FileSource::open(path, &mut instruments)
                .map_err(|error| Refused::input(error.to_string()))?;
            loop {
                match source.next() {
                    Ok(Some(FeedMessage::Bar(bar))) if bar.instrument == self.share => {
                        days.extend(self.day_of(bar.open_time))
                    }
                    Ok(Some(_)) => {}
                    Ok(None) => break,
                    Err(fault) if fault.is_final => return Err(Refused::input(fault.to_string()).into()),
                    Err(_) => {}
                }
            }
        }
        days.sort_unstable();
        days.dedup();
        Ok(days)
    }
}

fn only_share(files: &Files) -> Result<&Instrument> {
    let mut shares = files.listed().filter(|instrument| instrument.kind == InstrumentKind::Equity);
    match (shares.next(), shares.next()) {
        (Some(share), None) => Ok(share),
        _ => Err(Refused::usage("--factors needs data of exactly one share").into()),
    }
}

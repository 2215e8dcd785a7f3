//! Splits and dividends of a factor file: booked as they happen, or taken out of the prices.

use std::collections::VecDeque;

use anyhow::{Context, Result};
use domain::{
    Bar, CorporateAction, FeedMessage, Instrument, InstrumentId, InstrumentKind, Instruments, MarketEvent,
    Timestamp,
};
use engine::Source;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use research::BacktestError;
use venues::FileSource;
use venues::files::lean::{AdjustKind, Factors, corporate_actions};

use crate::cli::BacktestArguments;
use crate::exit::Refused;

/// What is done to the share of the factor file.
pub(super) enum Corporate {
    /// Nothing: no factor file.
    Absent,
    /// Prices as printed; actions become events before the bar of their day.
    Booked(VecDeque<CorporateAction>),
    /// Prices divided by later splits, so that the whole history is in today's shares.
    Adjusted { share: InstrumentId, factors: Box<Factors>, zone: TimeZone },
}

impl Corporate {
    pub(super) fn load(arguments: &BacktestArguments, instruments: &Instruments) -> Result<Self> {
        let by_split = match arguments.adjustment.as_str() {
            "raw" => false,
            "split" => true,
            other => return Err(Refused::usage(format!("--adjustment {other}: choose raw or split")).into()),
        };
        let Some(path) = &arguments.factors else {
            if by_split {
                return Err(Refused::usage("--adjustment split needs --factors FILE").into());
            }
            return Ok(Self::Absent);
        };
        let factors = Factors::load(path).map_err(|error| Refused::input(error.to_string()))?;
        let share = only_share(instruments)?.id;
        let zone = TimeZone::get("America/New_York").context("the time zone of New York is not known")?;
        if by_split {
            return Ok(Self::Adjusted { share, factors: Box::new(factors), zone });
        }
        let days = trading_days(arguments, share, &zone)?;
        Ok(Self::Booked(corporate_actions(share, &factors, &days).into()))
    }

    /// Hands on the event, adjusted, after the actions that come before it.
    pub(super) fn around(
        &mut self,
        event: &MarketEvent,
        handle: &mut impl FnMut(&MarketEvent) -> Result<(), BacktestError>,
    ) -> Result<(), BacktestError> {
        match (self, event) {
            (Self::Booked(actions), MarketEvent::Bar(bar)) => {
                while actions.front().is_some_and(|action| action.time <= bar.open_time) {
                    if let Some(action) = actions.pop_front() {
                        handle(&MarketEvent::Corporate(action))?;
                    }
                }
                handle(event)
            }
            (Self::Adjusted { share, factors, zone }, MarketEvent::Bar(bar)) if bar.instrument == *share => {
                match adjusted(bar, factors, zone) {
                    Some(bar) => handle(&MarketEvent::Bar(bar)),
                    None => Ok(()),
                }
            }
            _ => handle(event),
        }
    }
}

fn only_share(instruments: &Instruments) -> Result<&Instrument> {
    let mut shares = instruments.iter().filter(|instrument| instrument.kind == InstrumentKind::Equity);
    match (shares.next(), shares.next()) {
        (Some(share), None) => Ok(share),
        _ => Err(Refused::usage("--factors needs data of exactly one share").into()),
    }
}

fn day_of(time: Timestamp, zone: &TimeZone) -> Option<Date> {
    let time = jiff::Timestamp::from_nanosecond(i128::from(time.nanos())).ok()?;
    Some(time.to_zoned(zone.clone()).date())
}

/// `None` where an adjusted price leaves the range, which no price of a share does.
fn adjusted(bar: &Bar, factors: &Factors, zone: &TimeZone) -> Option<Bar> {
    let day = day_of(bar.open_time, zone)?;
    let adjust = |price| factors.adjust(price, day, AdjustKind::Splits).ok();
    Some(Bar {
        open: adjust(bar.open)?,
        high: adjust(bar.high)?,
        low: adjust(bar.low)?,
        close: adjust(bar.close)?,
        ..*bar
    })
}

/// The days on which the data has bars, ascending: a first reading of the same files.
fn trading_days(arguments: &BacktestArguments, share: InstrumentId, zone: &TimeZone) -> Result<Vec<Date>> {
    let mut days = Vec::new();
    let mut instruments = Instruments::default();
    for path in &arguments.files {
        let mut source =
            FileSource::open(path, &mut instruments).map_err(|error| Refused::input(error.to_string()))?;
        loop {
            match source.next() {
                Ok(Some(FeedMessage::Bar(bar))) if bar.instrument == share => {
                    days.extend(day_of(bar.open_time, zone))
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

//! Splits and dividends of a factor file: booked as they happen, or taken out of the prices.

use std::collections::VecDeque;

use anyhow::Result;
use domain::{Bar, CorporateAction, MarketEvent};
use research::BacktestError;
use venues::files::lean::AdjustKind;

use crate::cli::BacktestArguments;
use crate::commands::corporate::ShareFactors;
use crate::exit::Refused;
use crate::node::Files;

/// What is done to the share of the factor file.
pub(super) enum Corporate {
    /// Nothing: no factor file.
    Absent,
    /// Prices as printed; actions become events before the bar of their day.
    Booked(VecDeque<CorporateAction>),
    /// Prices divided by later splits, so that the whole history is in today's shares.
    Adjusted(Box<ShareFactors>),
}

impl Corporate {
    pub(super) fn load(arguments: &BacktestArguments, files: &Files) -> Result<Self> {
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
        let factors = ShareFactors::load(path, files)?;
        if by_split {
            return Ok(Self::Adjusted(Box::new(factors)));
        }
        Ok(Self::Booked(factors.actions(&arguments.files, files)?.into()))
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
            (Self::Adjusted(factors), MarketEvent::Bar(bar)) if bar.instrument == factors.share => {
                match adjusted(bar, factors) {
                    Some(bar) => handle(&MarketEvent::Bar(bar)),
                    None => Ok(()),
                }
            }
            _ => handle(event),
        }
    }
}

/// `None` where an adjusted price leaves the range, which no price of a share does.
fn adjusted(bar: &Bar, share: &ShareFactors) -> Option<Bar> {
    let day = share.day_of(bar.open_time)?;
    let adjust = |price| share.factors.adjust(price, day, AdjustKind::Splits).ok();
    Some(Bar {
        open: adjust(bar.open)?,
        high: adjust(bar.high)?,
        low: adjust(bar.low)?,
        close: adjust(bar.close)?,
        ..*bar
    })
}

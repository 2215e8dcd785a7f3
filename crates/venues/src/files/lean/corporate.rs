//! Splits and dividends of a factor file as events on trading days.

use domain::{CorporateAction, CorporateTerms, Dividend, InstrumentId, Timestamp};
use jiff::civil::Date;

use super::clock::Converter;
use super::{Factors, LeanClock};

/// What happened to the shares on `trading_days` (ascending), in the order of events. An action takes effect at
/// midnight New York before the first trading day after its row; a dividend comes before a split of the same
/// day, because it is owed per old share. Actions before the first or after the last trading day are left out.
#[must_use]
pub fn corporate_actions(
    instrument: InstrumentId,
    factors: &Factors,
    trading_days: &[Date],
) -> Vec<CorporateAction> {
    let dividends = factors
        .dividends()
        .into_iter()
        .map(|found| (found.last_day, CorporateTerms::Dividend(Dividend { per_share: found.per_share })));
    let splits =
        factors.splits().into_iter().map(|found| (found.last_day, CorporateTerms::Split(found.split)));
    let mut actions: Vec<CorporateAction> = dividends
        .chain(splits)
        .filter_map(|(last_day, terms)| {
            let time = new_york_midnight(day_after(last_day, trading_days)?)?;
            Some(CorporateAction { instrument, time, terms })
        })
        .collect();
    actions.sort_by_key(|action| (action.time, matches!(action.terms, CorporateTerms::Split(_))));
    actions
}

/// Midnight in New York at the start of `date`; `None` outside 1678–2262.
#[must_use]
pub fn new_york_midnight(date: Date) -> Option<Timestamp> {
    Converter::new(LeanClock::NewYork.zone()?).moment(date, 0)
}

fn day_after(last_day: Date, trading_days: &[Date]) -> Option<Date> {
    if trading_days.first().is_none_or(|first| *first > last_day) {
        return None;
    }
    trading_days.get(trading_days.partition_point(|day| *day <= last_day)).copied()
}

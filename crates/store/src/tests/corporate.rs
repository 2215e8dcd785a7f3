//! Splits and dividends come back as they went in, once, in the order of events.

use domain::{CorporateAction, CorporateTerms, Dividend, InstrumentId, Price, Split, Timestamp};
use proptest::prelude::*;

use super::contract::Fresh;
use super::world::{FIRST, at, instruments};
use crate::{MarketStore, StoreErrorKind};

const SECOND: InstrumentId = InstrumentId(1);

fn market(fresh: &Fresh) -> MarketStore {
    let market = fresh.store().market();
    market.put_instruments(&instruments(&["ONE", "TWO"])).unwrap();
    market
}

fn split(seconds: i64, numerator: u32, denominator: u32) -> CorporateAction {
    let terms = CorporateTerms::Split(Split { numerator, denominator });
    CorporateAction { instrument: FIRST, time: at(seconds), terms }
}

fn dividend(seconds: i64, raw: i64) -> CorporateAction {
    let terms = CorporateTerms::Dividend(Dividend { per_share: Price::from_raw(raw) });
    CorporateAction { instrument: FIRST, time: at(seconds), terms }
}

fn all(market: &MarketStore, instrument: InstrumentId) -> Vec<CorporateAction> {
    market.corporate_actions(instrument, Timestamp::MIN, Timestamp::MAX).unwrap()
}

pub(super) fn actions_come_back_oldest_first_and_the_dividend_before_the_split(fresh: &Fresh) {
    let market = market(fresh);
    let other = CorporateAction { instrument: SECOND, ..split(2, 3, 2) };
    let given = [split(5, 7, 1), dividend(5, 820_000_001), other, split(1, 1, 20), dividend(9, 1)];
    assert_eq!(market.put_corporate_actions(&given).unwrap(), 5);
    assert_eq!(all(&market, FIRST), [given[3], given[1], given[0], given[4]]);
    assert_eq!(all(&market, SECOND), [other]);
}

pub(super) fn a_range_has_its_first_moment_and_not_its_last(fresh: &Fresh) {
    let market = market(fresh);
    let given = [dividend(1, 1), dividend(2, 2), dividend(3, 3)];
    market.put_corporate_actions(&given).unwrap();
    assert_eq!(market.corporate_actions(FIRST, at(2), at(3)).unwrap(), given[1..2]);
    assert_eq!(market.corporate_actions(FIRST, at(3), at(3)).unwrap(), []);
}

pub(super) fn what_is_there_is_not_stored_again(fresh: &Fresh) {
    let market = market(fresh);
    assert_eq!(market.put_corporate_actions(&[]).unwrap(), 0);
    assert_eq!(market.put_corporate_actions(&[split(1, 2, 1), dividend(1, 5)]).unwrap(), 2);
    let more = [dividend(1, 5), split(1, 3, 1), dividend(2, 5)];
    assert_eq!(market.put_corporate_actions(&more).unwrap(), 1);
    assert_eq!(all(&market, FIRST), [dividend(1, 5), split(1, 2, 1), dividend(2, 5)]);
}

pub(super) fn actions_of_an_unknown_instrument_are_not_stored_at_all(fresh: &Fresh) {
    let market = market(fresh);
    let stranger = CorporateAction { instrument: InstrumentId(2), ..split(1, 2, 1) };
    let error = market.put_corporate_actions(&[dividend(1, 5), stranger]).unwrap_err();
    assert_eq!(error.kind, StoreErrorKind::Invalid);
    assert!(all(&market, FIRST).is_empty());
}

pub(super) fn old_ticks_go_and_actions_stay(fresh: &Fresh) {
    let market = market(fresh);
    market.put_corporate_actions(&[split(1, 2, 1)]).unwrap();
    assert_eq!(market.prune_ticks(&[FIRST], at(5)).unwrap(), 0);
    assert_eq!(all(&market, FIRST), [split(1, 2, 1)]);
}

pub(super) fn a_row_whose_columns_do_not_fit_its_kind_is_damage(fresh: &Fresh) {
    let raw = fresh.raw();
    raw.store.migrate_to(raw.store.newest_version()).unwrap();
    let market = raw.store.market();
    for row in ["'split', 2, NULL, NULL", "'dividend', NULL, NULL, NULL", "'merger', 1, 1, NULL"] {
        let columns = "instrument, time, kind, numerator, denominator, per_share";
        (raw.sql)("DELETE FROM corporate_actions");
        (raw.sql)(&format!("INSERT INTO corporate_actions ({columns}) VALUES (0, 1, {row})"));
        let error = market.corporate_actions(FIRST, Timestamp::MIN, Timestamp::MAX).unwrap_err();
        assert_eq!(error.kind, StoreErrorKind::Damaged, "{row}");
    }
}

fn any_terms() -> impl Strategy<Value = CorporateTerms> {
    let split = (any::<u32>(), any::<u32>())
        .prop_map(|(numerator, denominator)| CorporateTerms::Split(Split { numerator, denominator }));
    let dividend =
        any::<i64>().prop_map(|raw| CorporateTerms::Dividend(Dividend { per_share: Price::from_raw(raw) }));
    prop_oneof![split, dividend]
}

pub(super) fn any_actions_come_back_exactly(fresh: &Fresh) {
    let any = prop::collection::btree_map(i64::MIN..i64::MAX, any_terms(), 1..20);
    proptest!(ProptestConfig::with_cases(fresh.cases()), |(terms in any)| {
        let market = market(fresh);
        let given: Vec<CorporateAction> = terms
            .into_iter()
            .map(|(time, terms)| CorporateAction { instrument: FIRST, time: Timestamp::from_nanos(time), terms })
            .collect();
        let reversed: Vec<CorporateAction> = given.iter().rev().copied().collect();
        prop_assert_eq!(market.put_corporate_actions(&reversed).unwrap(), given.len() as u64);
        prop_assert_eq!(all(&market, FIRST), given);
    });
}

//! Splits and dividends beside imported prices.

use std::path::{Path, PathBuf};

use domain::{BarRule, CorporateAction, CorporateTerms, Instrument, InstrumentKind, Timestamp};
use store::{MarketStore, Store};

use super::program::{Ran, run};

const FACTORS: &str = "equity_us/factor_files/aapl.csv";

fn recorded() -> Option<(PathBuf, PathBuf)> {
    Some((recordings::find("equity_us/daily/aapl.zip")?, recordings::find(FACTORS)?))
}

fn import(folder: &Path, files: &[&Path], factors: &Path) -> Ran {
    let mut arguments = vec!["import", "--json", "--data-dir", "data"];
    arguments.extend(files.iter().map(|file| file.to_str().unwrap()));
    arguments.extend(["--factors", factors.to_str().unwrap()]);
    let ran = run(folder, &arguments);
    ran.assert_no_panic();
    ran
}

fn stored(folder: &Path) -> MarketStore {
    Store::open(&format!("sqlite:{}", folder.join("data/bellwether.db").display())).unwrap().market()
}

fn apple(market: &MarketStore) -> Instrument {
    let all = market.instruments().unwrap();
    all.iter().find(|one| one.kind == InstrumentKind::Equity && one.symbol == "AAPL").unwrap().clone()
}

fn years(actions: &[CorporateAction]) -> Vec<i64> {
    const YEAR_SECONDS: i64 = 31_556_952;
    actions.iter().map(|action| 1970 + action.time.nanos() / 1_000_000_000 / YEAR_SECONDS).collect()
}

#[test]
fn a_share_is_stored_with_its_splits_and_dividends_once() {
    let Some((bars, factors)) = recorded() else { return };
    let folder = tempfile::tempdir().unwrap();
    let first = import(folder.path(), &[&bars], &factors);
    assert_eq!(first.code, Some(0), "{first:?}");
    assert_eq!(first.json()["new_rows"], 5_849, "{first:?}");
    assert_eq!(first.json()["corporate_actions"], 39, "{first:?}");
    let market = stored(folder.path());
    let share = apple(&market).id;
    let actions = market.corporate_actions(share, Timestamp::MIN, Timestamp::MAX).unwrap();
    let is_split = |action: &CorporateAction| matches!(action.terms, CorporateTerms::Split(_));
    let (splits, dividends): (Vec<_>, Vec<_>) = actions.iter().copied().partition(is_split);
    assert_eq!(years(&splits), [2000, 2005, 2014, 2020]);
    assert_eq!(dividends.len(), 35);
    assert!(actions.is_sorted_by_key(|action| action.time));
    let again = import(folder.path(), &[&bars], &factors);
    assert_eq!(again.code, Some(0), "{again:?}");
    assert_eq!(again.json()["new_rows"], 0, "{again:?}");
    assert_eq!(again.json()["corporate_actions"], 0, "{again:?}");
    assert_eq!(market.corporate_actions(share, Timestamp::MIN, Timestamp::MAX).unwrap(), actions);
}

#[test]
fn prices_are_stored_as_printed() {
    let Some((bars, factors)) = recorded() else { return };
    let folder = tempfile::tempdir().unwrap();
    import(folder.path(), &[&bars], &factors);
    let market = stored(folder.path());
    let share = apple(&market).id;
    let actions = market.corporate_actions(share, Timestamp::MIN, Timestamp::MAX).unwrap();
    let last = actions.iter().rfind(|action| matches!(action.terms, CorporateTerms::Split(_))).unwrap();
    let week_before = last.time.plus(domain::Span::from_seconds(-7 * 86_400));
    let bars = market.bars_from(share, BarRule::DAY, (week_before, 0), 10).unwrap();
    let old = bars.iter().rfind(|bar| bar.open_time < last.time).unwrap().close;
    let new = bars.iter().find(|bar| bar.open_time >= last.time).unwrap().open;
    assert!(old.raw() > 3 * new.raw(), "a split of 4 to 1 shows in the prices: {old} {new}");
}

#[test]
fn what_the_store_knew_before_does_not_count_as_a_second_share() {
    let (Some((bars, factors)), Some(other)) = (recorded(), recordings::find("equity_us/daily/qqq.zip"))
    else {
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    let (arguments, name) = (["import", "--data-dir", "data"], other.to_str().unwrap());
    assert_eq!(run(folder.path(), &[&arguments[..], &[name]].concat()).code, Some(0));
    let ran = import(folder.path(), &[&bars], &factors);
    assert_eq!(ran.json()["corporate_actions"], 39, "{ran:?}");
    let market = stored(folder.path());
    let share = apple(&market).id;
    assert_eq!(market.corporate_actions(share, Timestamp::MIN, Timestamp::MAX).unwrap().len(), 39);
    let both = import(folder.path(), &[&bars, &other], &factors);
    assert!(both.code == Some(2) && both.err.contains("exactly one share"), "{both:?}");
}

#[test]
fn factors_that_cannot_be_used_are_refused_and_nothing_is_stored() {
    let folder = tempfile::tempdir().unwrap();
    let csv = folder.path().join("bars.csv");
    std::fs::write(&csv, "time,open,high,low,close,volume\n1700000000,1,1,1,1,1\n1700000060,1,1,1,1,1\n")
        .unwrap();
    let missing = import(folder.path(), &[&csv], &folder.path().join("factors.csv"));
    assert!(missing.code == Some(3) && missing.err.contains("factors.csv"), "{missing:?}");
    if let Some(factors) = recordings::find(FACTORS) {
        let no_share = import(folder.path(), &[&csv], &factors);
        assert!(no_share.code == Some(2) && no_share.err.contains("exactly one share"), "{no_share:?}");
    }
    assert!(stored(folder.path()).instruments().unwrap().is_empty());
}

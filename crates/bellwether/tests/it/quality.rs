//! What recorded data lacks is said before it is used and when it is stored.

use std::path::Path;

use serde_json::Value;

use super::program::run;

fn checked(folder: &Path, arguments: &[&str]) -> Value {
    let ran = run(folder, arguments);
    ran.assert_no_panic();
    assert_eq!(ran.code, Some(0), "{ran:?}");
    ran.json()
}

#[test]
fn gaps_repeated_splits_and_jumps_of_files_are_told() {
    let Some(apple) = recordings::find("equity_us/daily/aapl.zip") else { return };
    let Some(fund) = recordings::find("equity_us/daily/qqq.zip") else { return };
    let folder = tempfile::tempdir().unwrap();
    let files = [apple.to_str().unwrap(), fund.to_str().unwrap()];
    let report = checked(folder.path(), &["quality", "--json", files[0], files[1]]);
    let series = report["series"].as_array().unwrap();
    assert_eq!(series.len(), 2, "{report}");
    let [apple, fund] = [&series[0], &series[1]];
    assert_eq!(
        (&apple["calendar"], &apple["bars"], &apple["rows"]),
        (&"XNYS".into(), &"1d".into(), &5_849.into())
    );
    let splits = &apple["findings"]["split_like"];
    assert!(splits["shown"].as_array().unwrap().iter().any(|split| split["split"] == "7:1"), "{splits}");
    assert!(apple["findings"]["missing_sessions"].is_null(), "{apple}");
    assert!(fund["findings"]["missing_sessions"]["count"].as_u64().unwrap() > 1_500, "{fund}");
    let words = run(folder.path(), &["quality", files[0]]);
    assert!(words.out.contains("7 for 1"), "{words:?}");
    assert!(!folder.path().join("data").exists(), "nothing is stored");
}

#[test]
fn an_import_ends_with_what_it_found_and_known_splits_are_no_finding() {
    let Some(bars) = recordings::find("equity_us/daily/aapl.zip") else { return };
    let Some(factors) = recordings::find("equity_us/factor_files/aapl.csv") else { return };
    let folder = tempfile::tempdir().unwrap();
    let (bars, factors) = (bars.to_str().unwrap(), factors.to_str().unwrap());
    let report =
        checked(folder.path(), &["import", "--json", "--data-dir", "data", bars, "--factors", factors]);
    let findings = &report["quality"][0]["findings"];
    assert!(findings["split_like"].is_null(), "{findings}");
    assert_eq!(findings["jump"]["places"], 1, "the warning of 2000-09-29: {findings}");
}

//! Backtests from the command line, and the files that they leave.

use super::program::run;

#[test]
fn a_share_held_through_its_splits_and_dividends() {
    let (Some(bars), Some(factors)) =
        (recordings::find("equity_us/daily/aapl.zip"), recordings::find("equity_us/factor_files/aapl.csv"))
    else {
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    let buy_and_hold = |more: &[&str]| {
        let mut arguments = vec!["backtest", "--json", bars.to_str().unwrap(), "--strategy", "buy_and_hold"];
        arguments.extend([
            "--parameters",
            r#"{"instrument":"AAPL","quantity":"100"}"#,
            "--set",
            "limits.max_daily_loss=10000000",
        ]);
        arguments.extend(["--set", "limits.max_drawdown=0.999"]);
        arguments.extend(more);
        let ran = run(folder.path(), &arguments);
        assert_eq!(ran.code, Some(0), "{ran:?}");
        ran.json()
    };
    let booked = buy_and_hold(&["--factors", factors.to_str().unwrap(), "--out", "out"]);
    assert_eq!(booked["run"]["fills"], 1, "{booked}");
    let equity: f64 = booked["run"]["statistics"]["end_equity"].as_str().unwrap().parse().unwrap();
    assert!(equity > 1_500_000.0, "{equity}");
    for file in ["trades.csv", "equity.csv", "report.json"] {
        assert!(folder.path().join("out").join(file).is_file(), "{file}");
    }
    let curve = std::fs::read_to_string(folder.path().join("out/equity.csv")).unwrap();
    assert!(curve.lines().count() > 5_000);
    let ignored = buy_and_hold(&[]);
    assert_ne!(ignored["run"]["statistics"]["end_equity"], booked["run"]["statistics"]["end_equity"]);
}

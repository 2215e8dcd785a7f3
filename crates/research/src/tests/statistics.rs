//! The figures for the ten returns were computed independently from each convention's formula.

use domain::{Money, Timestamp};

use crate::statistics::ReturnStatistics;
use crate::{Convention, EquityPoint};

const RETURNS: [f64; 10] = [0.01, -0.02, 0.015, 0.0, -0.005, 0.02, -0.01, 0.005, 0.012, -0.008];

fn levels() -> Vec<f64> {
    let mut levels = vec![100.0];
    for value in RETURNS {
        levels.push(levels[levels.len() - 1] * (1.0 + value));
    }
    levels
}

fn close(found: Option<f64>, wanted: f64) {
    let found = found.expect("defined");
    assert!((found - wanted).abs() < 1e-6, "{found} is not {wanted}");
}

#[test]
fn ten_daily_returns() {
    let statistics = ReturnStatistics::of(&levels(), 365.0, 252.0);
    close(statistics.total, 0.018_427_66);
    close(statistics.cagr, 0.018_427_66);
    close(statistics.sharpe, 2.378_789);
    close(statistics.sortino, 3.930_033);
    close(statistics.volatility, 0.201_279);
    close(statistics.drawdown, -0.02);
    close(statistics.profit_factor, 1.441_860);
    close(statistics.probabilistic_sharpe, 0.669_983);
    assert_eq!(statistics.drawdown_periods, 5);
    close(ReturnStatistics::of(&levels(), 365.0, 365.0).sharpe, 2.862_873);
}

#[test]
fn what_is_undefined_is_absent() {
    let flat = ReturnStatistics::of(&[100.0, 100.0, 100.0], 2.0, 252.0);
    assert_eq!((flat.sharpe, flat.sortino, flat.calmar, flat.profit_factor), (None, None, None, None));
    assert_eq!((flat.drawdown, flat.total), (Some(0.0), Some(0.0)));
    assert_eq!(ReturnStatistics::of(&[100.0], 0.0, 252.0), ReturnStatistics::default());
    assert_eq!(ReturnStatistics::of(&[0.0, 100.0], 1.0, 252.0).total, None);
}

#[test]
fn a_fall_that_is_never_regained_lasts_to_the_end() {
    let statistics = ReturnStatistics::of(&[100.0, 110.0, 90.0, 95.0, 100.0], 4.0, 252.0);
    close(statistics.drawdown, 90.0 / 110.0 - 1.0);
    assert_eq!(statistics.drawdown_periods, 3);
}

#[test]
fn a_point_on_a_saturday_makes_a_year_of_every_day() {
    let on =
        |day: i64| EquityPoint { time: Timestamp::from_seconds(day * 86_400 + 3_600), equity: Money::ZERO };
    // Day 4 of the epoch is a Monday.
    let week: Vec<_> = (4..9).map(on).collect();
    assert_eq!(Convention::of(&week), Convention::Sessions);
    assert_eq!(Convention::of(&[on(9)]), Convention::EveryDay);
}

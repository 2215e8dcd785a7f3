use domain::{Money, Span};
use serde::Serialize;

use crate::RoundTrip;

/// What the round trips say.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct TradeStatistics {
    pub count: usize,
    pub wins: usize,
    pub losses: usize,
    pub break_even: usize,
    /// Wins over wins and losses.
    pub win_rate: Option<f64>,
    pub average_win: Option<f64>,
    pub average_loss: Option<f64>,
    pub largest_win: Option<Money>,
    pub largest_loss: Option<Money>,
    /// Average profit of a trade, break-even ones left out.
    pub expectancy: Option<f64>,
    /// Gross profit over gross loss.
    pub profit_factor: Option<f64>,
    pub most_wins_in_a_row: usize,
    pub most_losses_in_a_row: usize,
    pub average_duration: Option<Span>,
}

impl TradeStatistics {
    #[must_use]
    pub fn of(trips: &[RoundTrip]) -> Self {
        let profits: Vec<f64> = trips.iter().map(|trip| trip.profit.to_f64()).collect();
        let wins: Vec<f64> = profits.iter().copied().filter(|profit| *profit > 0.0).collect();
        let losses: Vec<f64> = profits.iter().copied().filter(|profit| *profit < 0.0).collect();
        let decided = wins.len() + losses.len();
        let (won, lost): (f64, f64) = (wins.iter().sum(), losses.iter().sum());
        let average = |sum: f64, count: usize| (count > 0).then(|| sum / count as f64);
        let extreme =
            |wanted: fn(Money) -> bool| trips.iter().map(|trip| trip.profit).filter(move |p| wanted(*p));
        Self {
            count: trips.len(),
            wins: wins.len(),
            losses: losses.len(),
            break_even: trips.len() - decided,
            win_rate: average(wins.len() as f64, decided),
            average_win: average(won, wins.len()),
            average_loss: average(lost, losses.len()),
            largest_win: extreme(|profit| profit > Money::ZERO).max(),
            largest_loss: extreme(Money::is_negative).min(),
            expectancy: average(won + lost, decided),
            profit_factor: (lost < 0.0).then(|| won / -lost),
            most_wins_in_a_row: longest_run(&profits, |profit| profit > 0.0),
            most_losses_in_a_row: longest_run(&profits, |profit| profit < 0.0),
            average_duration: average_duration(trips),
        }
    }
}

fn longest_run(profits: &[f64], counts: impl Fn(f64) -> bool) -> usize {
    let (mut longest, mut current) = (0, 0);
    for &profit in profits {
        current = if counts(profit) { current + 1 } else { 0 };
        longest = longest.max(current);
    }
    longest
}

fn average_duration(trips: &[RoundTrip]) -> Option<Span> {
    let total: i128 = trips.iter().map(|trip| i128::from(trip.duration().nanos())).sum();
    let average = total.checked_div(i128::try_from(trips.len()).ok()?)?;
    i64::try_from(average).ok().map(Span::from_nanos)
}

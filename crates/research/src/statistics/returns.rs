use serde::Serialize;

use super::moments::{deviation, kurtosis, mean, normal_distribution, skewness};

/// What the levels of an equity curve say. Rates are fractions: 0.1 is 10 %.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct ReturnStatistics {
    pub periods: usize,
    pub total: Option<f64>,
    /// Compound annual growth on calendar days over 365; absent under one day.
    pub cagr: Option<f64>,
    pub volatility: Option<f64>,
    pub sharpe: Option<f64>,
    pub sortino: Option<f64>,
    pub calmar: Option<f64>,
    /// The deepest fall from a peak; zero or negative.
    pub drawdown: Option<f64>,
    /// Periods from that peak until it was regained, or until the end.
    pub drawdown_periods: usize,
    pub best: Option<f64>,
    pub worst: Option<f64>,
    pub skewness: Option<f64>,
    /// Raw: 3 for a normal distribution.
    pub kurtosis: Option<f64>,
    /// Probability that the true Sharpe ratio is above zero.
    pub probabilistic_sharpe: Option<f64>,
    /// Gains over losses, summed over periods.
    pub profit_factor: Option<f64>,
}

impl ReturnStatistics {
    /// `levels` holds the starting equity and one level a period; `days` is the calendar length.
    #[must_use]
    pub fn of(levels: &[f64], days: f64, periods_per_year: f64) -> Self {
        let returns: Vec<f64> = levels.windows(2).map(|pair| pair[1] / pair[0] - 1.0).collect();
        if returns.is_empty() || returns.iter().any(|value| !value.is_finite()) {
            return Self { periods: returns.len(), ..Self::default() };
        }
        let (drawdown, drawdown_periods) = drawdown(levels);
        let total = levels[levels.len() - 1] / levels[0] - 1.0;
        let cagr = (days >= 1.0 && total > -1.0).then(|| (1.0 + total).powf(365.0 / days) - 1.0);
        let per_period = deviation(&returns).zip(mean(&returns)).map(|(deviation, mean)| mean / deviation);
        Self {
            periods: returns.len(),
            total: Some(total),
            cagr,
            volatility: deviation(&returns).map(|deviation| deviation * periods_per_year.sqrt()),
            sharpe: per_period.map(|ratio| ratio * periods_per_year.sqrt()),
            sortino: sortino(&returns, periods_per_year),
            calmar: cagr.filter(|_| drawdown < 0.0).map(|cagr| cagr / -drawdown),
            drawdown: Some(drawdown),
            drawdown_periods,
            best: returns.iter().copied().reduce(f64::max),
            worst: returns.iter().copied().reduce(f64::min),
            skewness: skewness(&returns),
            kurtosis: kurtosis(&returns),
            probabilistic_sharpe: per_period.and_then(|ratio| probabilistic_sharpe(&returns, ratio)),
            profit_factor: profit_factor(&returns),
        }
    }
}

fn sortino(returns: &[f64], periods_per_year: f64) -> Option<f64> {
    let squares: f64 = returns.iter().map(|value| value.min(0.0).powi(2)).sum();
    let downside = (squares / returns.len() as f64).sqrt();
    (downside > 1e-15).then(|| mean(returns).map(|mean| mean / downside * periods_per_year.sqrt()))?
}

/// Bailey and López de Prado (2012), against a Sharpe ratio of zero, with kurtosis not in excess.
fn probabilistic_sharpe(returns: &[f64], ratio: f64) -> Option<f64> {
    let (skewness, kurtosis) = (skewness(returns)?, kurtosis(returns)?);
    let variance = 1.0 - skewness * ratio + (kurtosis - 1.0) / 4.0 * ratio * ratio;
    let freedom = (returns.len() - 1) as f64;
    (variance > 0.0).then(|| normal_distribution(ratio * freedom.sqrt() / variance.sqrt()))
}

fn profit_factor(returns: &[f64]) -> Option<f64> {
    let gains: f64 = returns.iter().filter(|value| **value > 0.0).sum();
    let losses: f64 = returns.iter().filter(|value| **value < 0.0).sum();
    (losses < 0.0).then(|| gains / -losses)
}

fn drawdown(levels: &[f64]) -> (f64, usize) {
    let (mut peak, mut peak_at) = (levels[0], 0);
    let (mut deepest, mut deepest_peak_at) = (0.0, 0);
    for (index, &level) in levels.iter().enumerate() {
        if level > peak {
            (peak, peak_at) = (level, index);
        }
        let fall = level / peak - 1.0;
        if fall < deepest {
            (deepest, deepest_peak_at) = (fall, peak_at);
        }
    }
    if deepest == 0.0 {
        return (0.0, 0);
    }
    let top = levels[deepest_peak_at];
    let regained = levels.iter().skip(deepest_peak_at + 1).position(|&level| level >= top);
    (deepest, regained.map_or(levels.len() - 1 - deepest_peak_at, |periods| periods + 1))
}

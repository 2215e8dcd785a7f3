//! What `replay` and `backtest` share: an account from flags, and the report of its run.

use anyhow::{Context, Result};
use domain::{Currency, Instruments, Money, Span, Timestamp};
use engine::Strategy;
use research::{Outcome, Setup, Statistics};
use risk::Limits;
use serde::Serialize;
use serde_json::Value;
use sim::{Latency, MatchingConfig};

use crate::cli::StrategyArguments;
use crate::exit::Refused;
use crate::output;

/// An account as the flags describe it.
pub(super) struct Trading {
    name: String,
    parameters: Value,
    cash: Money,
    matching: MatchingConfig,
    limits: Limits,
}

impl Trading {
    pub(super) fn of(arguments: &StrategyArguments, limits: &Limits) -> Result<Self> {
        let name = arguments
            .strategy
            .clone()
            .context(Refused::usage("--strategy is missing; `bellwether strategies` lists them"))?;
        let parameters = serde_json::from_str(&arguments.parameters)
            .map_err(|error| Refused::usage(format!("--parameters is no JSON: {error}")))?;
        let cash = Money::parse(arguments.cash.as_bytes())
            .map_err(|error| Refused::usage(format!("--cash {}: {error}", arguments.cash)))?;
        if !(0..=60_000).contains(&arguments.latency_ms) {
            return Err(Refused::usage("--latency-ms must be from 0 to 60000").into());
        }
        let latency = Latency {
            base: Span::from_millis(arguments.latency_ms),
            jitter: Span::from_millis(arguments.latency_ms),
        };
        let matching = MatchingConfig { latency, ..MatchingConfig::usual(arguments.seed) };
        // Recorded data is as old as it is; what is stale is measured in the data's own time.
        Ok(Self { name, parameters, cash, matching, limits: limits.clone() })
    }

    pub(super) fn strategy(&self, instruments: &Instruments) -> Result<Box<dyn Strategy>> {
        strategy::build(&self.name, &self.parameters, instruments)
            .map_err(|error| Refused::usage(error.to_string()).into())
    }

    /// The account's money is what most of its instruments settle in, and the first of those if there are several.
    pub(super) fn setup(&self, instruments: &Instruments) -> Result<Setup> {
        let first = instruments.iter().next().context("there is no instrument in the data")?;
        let count =
            |currency: Currency| instruments.iter().filter(|known| known.settlement == currency).count();
        let base_currency = instruments
            .iter()
            .map(|instrument| instrument.settlement)
            .fold(first.settlement, |best, next| if count(next) > count(best) { next } else { best });
        Ok(Setup {
            instruments: instruments.clone(),
            base_currency,
            cash: self.cash,
            limits: self.limits.clone(),
            matching: self.matching,
            start: Timestamp::EPOCH,
        })
    }
}

/// What came of a run.
#[derive(Debug, Serialize)]
pub(super) struct RunReport {
    base_currency: Currency,
    events: u64,
    orders: u64,
    denials: u64,
    fills: u64,
    open_orders: usize,
    halted: Option<String>,
    journal_entries: u64,
    statistics: Statistics,
}

impl RunReport {
    pub(super) fn of<J>(outcome: &Outcome<J>) -> Self {
        Self {
            base_currency: outcome.state.base_currency(),
            events: outcome.events,
            orders: outcome.orders,
            denials: outcome.denials,
            fills: outcome.fills,
            open_orders: outcome.state.orders().open().len(),
            halted: outcome.state.halt().map(|halt| format!("{}: {}", halt.kind, halt.note)),
            journal_entries: outcome.state.sequence(),
            statistics: outcome.statistics(),
        }
    }

    pub(super) fn print(&self) {
        println!();
        let mut rows = self.figures();
        rows.extend(self.ratios());
        output::table(&["run", self.base_currency.as_str()], &rows);
        println!(
            "Daily returns, {} periods a year, risk-free rate 0, sample deviation; undefined figures are left blank.",
            self.statistics.convention.periods_per_year()
        );
        if let Some(reason) = &self.halted {
            println!("HALTED: {reason}");
        }
    }

    fn figures(&self) -> Vec<Vec<String>> {
        let statistics = &self.statistics;
        let row = |name: &str, value: String| vec![name.to_owned(), value];
        vec![
            row("start equity", statistics.start_equity.to_string()),
            row("end equity", statistics.end_equity.to_string()),
            row("fees", statistics.fees.to_string()),
            row("events", self.events.to_string()),
            row("orders", self.orders.to_string()),
            row("denied by risk", self.denials.to_string()),
            row("fills", self.fills.to_string()),
            row("round trips", statistics.trades.count.to_string()),
        ]
    }

    fn ratios(&self) -> Vec<Vec<String>> {
        let (returns, trades) = (&self.statistics.returns, &self.statistics.trades);
        let percent =
            |value: Option<f64>| value.map_or_else(String::new, |value| format!("{:.3} %", value * 100.0));
        let plain = |value: Option<f64>| value.map_or_else(String::new, |value| format!("{value:.3}"));
        let row = |name: &str, value: String| vec![name.to_owned(), value];
        vec![
            row("total return", percent(returns.total)),
            row("annual growth", percent(returns.cagr)),
            row("volatility", percent(returns.volatility)),
            row("Sharpe", plain(returns.sharpe)),
            row("Sortino", plain(returns.sortino)),
            row("deepest fall", percent(returns.drawdown)),
            row("win rate", percent(trades.win_rate)),
            row("profit factor", plain(trades.profit_factor)),
            row("expectancy a trade", plain(trades.expectancy)),
        ]
    }
}

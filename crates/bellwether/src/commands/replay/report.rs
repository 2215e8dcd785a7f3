use anyhow::{Result, bail};
use domain::{Instruments, Span};
use pipeline::FlowCounts;
use research::Outcome;
use serde::Serialize;

use super::Replay;
use crate::commands::trading::RunReport;
use crate::node::{Drained, Storing};
use crate::{exit, output};

/// What a replay found, market by market.
#[derive(Debug, Serialize)]
pub(super) struct Report {
    markets: Vec<MarketReport>,
    messages: u64,
    seconds: f64,
    messages_per_second: f64,
    refused_lines: u64,
    faults: Vec<String>,
    stored_rows: Option<u64>,
    run: Option<RunReport>,
}

#[derive(Debug, Serialize)]
struct MarketReport {
    venue: String,
    symbol: String,
    messages: u64,
    trades: u64,
    quotes: u64,
    depth_updates: u64,
    snapshots: u64,
    bars: u64,
    spreads: u64,
    sequence_gaps: u64,
    resynchronised: u64,
    crossed: u64,
    /// Messages after which the venue's own checksum of the book was ours, or was not.
    checksums_agree: u64,
    checksums_disagree: u64,
    /// The checksums differed so often that they were no longer believed.
    unverified: bool,
    /// The book is not to be trusted at the end of the data.
    invalid: bool,
    refused: u64,
    refused_because: Vec<(String, u64)>,
    /// Applied updates after which the book's top was the feed's own quote.
    tops_agree: u64,
    tops_disagree: u64,
}

/// How many new rows are stored, if all could be.
fn stored(storing: Storing) -> Result<u64> {
    let Drained { stored, lost, fault, .. } = storing.drain();
    if lost > 0 {
        let fault = fault.unwrap_or_else(|| "the store refused them".to_owned());
        bail!("{fault}: {lost} row(s) could not be stored; `bellwether import` stores the rest");
    }
    Ok(stored)
}

impl Report {
    pub(super) fn of(replay: Replay, elapsed: Span) -> Result<Self> {
        let counts = replay.flow.counts();
        let seconds = elapsed.nanos() as f64 / 1e9;
        let messages = counts.total.messages;
        let markets = markets(counts, &replay.files.instruments, &replay);
        let stored_rows = replay.storing.map(stored).transpose()?;
        let outcome = replay.run.map(research::Backtest::finish);
        Ok(Self {
            markets,
            messages,
            seconds,
            messages_per_second: if seconds > 0.0 { messages as f64 / seconds } else { 0.0 },
            refused_lines: replay.refused,
            faults: replay.faults,
            stored_rows,
            run: outcome.as_ref().map(|outcome: &Outcome<_>| RunReport::of(outcome)),
        })
    }

    /// Lines were refused, sequences had gaps, a checksum differed, or a book is invalid: done, but somebody should look.
    pub(super) fn exit_code(&self) -> u8 {
        let clean = self.refused_lines == 0 && self.markets.iter().all(MarketReport::is_clean);
        if clean { exit::DONE } else { exit::INPUT }
    }

    pub(super) fn print(&self, json: bool) -> Result<()> {
        if json {
            return output::json(self);
        }
        let header = [
            "market",
            "trades",
            "quotes",
            "depth",
            "snapshots",
            "bars",
            "gaps",
            "resyncs",
            "refused",
            "tops agree",
            "checksums agree",
            "book",
        ];
        let rows: Vec<Vec<String>> = self.markets.iter().map(MarketReport::row).collect();
        output::table(&header, &rows);
        let spreads: u64 = self.markets.iter().map(|market| market.spreads).sum();
        println!("{spreads} changes of cross-venue spreads after fees");
        println!(
            "{} messages in {:.2} s: {:.0} messages/s",
            self.messages, self.seconds, self.messages_per_second
        );
        if let Some(rows) = self.stored_rows {
            println!("{rows} new rows stored");
        }
        for fault in &self.faults {
            println!("refused: {fault}");
        }
        if self.refused_lines > 0 {
            println!("{} line(s) refused in all", self.refused_lines);
        }
        self.run.iter().for_each(RunReport::print);
        Ok(())
    }
}

fn markets(counts: &FlowCounts, instruments: &Instruments, replay: &Replay) -> Vec<MarketReport> {
    let listed =
        instruments.iter().filter_map(|instrument| Some((instrument, counts.instrument(instrument.id)?)));
    let seen = listed.filter(|(_, counts)| counts.messages > 0);
    seen.map(|(instrument, counts)| MarketReport {
        venue: instrument.venue.to_string(),
        symbol: instrument.symbol.clone(),
        messages: counts.messages,
        trades: counts.trades,
        quotes: counts.feed_quotes,
        depth_updates: counts.depth_updates,
        snapshots: counts.snapshots,
        bars: counts.bars,
        spreads: counts.spreads,
        sequence_gaps: counts.gaps,
        resynchronised: counts.resyncs,
        crossed: counts.crossed,
        checksums_agree: counts.checksums_agree,
        checksums_disagree: counts.checksums_disagree,
        unverified: replay.flow.is_unverified(instrument.id),
        invalid: counts.depth_updates > 0 && replay.flow.needs_snapshot(instrument.id),
        refused: counts.refused.total(),
        refused_because: reasons(counts),
        tops_agree: counts.verify_agree,
        tops_disagree: counts.verify_disagree,
    })
    .collect()
}

fn reasons(counts: &pipeline::Counts) -> Vec<(String, u64)> {
    let given = counts.refused.iter().filter(|(_, count)| *count > 0);
    given.map(|(reason, count)| (reason.name().to_owned(), count)).collect()
}

impl MarketReport {
    const fn is_clean(&self) -> bool {
        self.sequence_gaps == 0 && self.checksums_disagree == 0 && self.refused == 0 && !self.invalid
    }

    fn row(&self) -> Vec<String> {
        let book = match (self.invalid, self.unverified, self.depth_updates) {
            (true, ..) => "INVALID",
            (false, true, _) => "unverified",
            (false, false, 0) => "none",
            (false, false, _) => "valid",
        };
        let mut row = vec![format!("{} {}", self.venue, self.symbol)];
        let figures = [self.trades, self.quotes, self.depth_updates, self.snapshots, self.bars];
        row.extend(figures.iter().map(u64::to_string));
        row.extend([self.sequence_gaps, self.resynchronised, self.refused].iter().map(u64::to_string));
        row.push(of_all(self.tops_agree, self.tops_disagree));
        row.push(of_all(self.checksums_agree, self.checksums_disagree));
        row.push(book.to_owned());
        row
    }
}

/// How many comparisons agreed, of how many; a dash where there was nothing to compare with.
fn of_all(agree: u64, disagree: u64) -> String {
    if agree + disagree == 0 { "-".to_owned() } else { format!("{agree}/{}", agree + disagree) }
}

use market::BarCounts;
use metrics::{Counter, counter};

use super::FlowRefusal;
use super::counts::Counts;
use crate::names;

/// The figure that a metric shows.
type Read = fn(&Counts) -> u64;
type ReadBars = fn(&BarCounts) -> u64;

/// The flow's counts as metrics. They are published from time to time, so that a message pays for plain numbers
/// only.
pub(super) struct Gauges {
    kinds: [(Counter, Read); 4],
    outcomes: [(Counter, Read); 9],
    refused: Vec<(Counter, FlowRefusal)>,
    told: Counts,
    bars: [(Counter, ReadBars); 4],
    bars_told: BarCounts,
}

impl Gauges {
    pub(super) fn new() -> Self {
        let kind = |kind: &'static str| counter!(names::SOURCE_ITEMS, "kind" => kind);
        let check = |result: &'static str| counter!(names::BOOK_CHECKS, "result" => result);
        let checksum = |result: &'static str| counter!(names::BOOK_CHECKSUMS, "result" => result);
        let refused = |reason: FlowRefusal| counter!(names::SOURCE_REFUSED, "reason" => reason.name());
        Self {
            kinds: [
                (kind("trade"), |counts| counts.trades),
                (kind("depth_update"), |counts| counts.depth_updates),
                (kind("depth_snapshot"), |counts| counts.snapshots),
                (kind("other"), others),
            ],
            outcomes: [
                (counter!(names::BARS_OUT), |counts| counts.bars),
                (counter!(names::SPREADS_OUT), |counts| counts.spreads + counts.pairs + counts.regimes),
                (counter!(names::SEQUENCE_GAPS), |counts| counts.gaps),
                (counter!(names::RESYNCS), |counts| counts.resyncs),
                (check("agree"), |counts| counts.verify_agree),
                (check("disagree"), |counts| counts.verify_disagree),
                (check("skipped"), |counts| counts.verify_skipped),
                (checksum("agree"), |counts| counts.checksums_agree),
                (checksum("disagree"), |counts| counts.checksums_disagree),
            ],
            refused: FlowRefusal::ALL.into_iter().map(|reason| (refused(reason), reason)).collect(),
            told: Counts::default(),
            bars: [
                (counter!(names::BARS_LATE), |bars| bars.late),
                (counter!(names::BARS_REVISED), |bars| bars.revised),
                (counter!(names::BARS_LEFT_OUT), |bars| bars.left_out + bars.unmatched),
                (counter!(names::BARS_REFUSED), |bars| bars.refused),
            ],
            bars_told: BarCounts::default(),
        }
    }

    /// Adds what has happened since the last call; several flows of a process add up.
    pub(super) fn publish(&mut self, counts: &Counts, bars: BarCounts) {
        for (counter, read) in self.kinds.iter().chain(&self.outcomes) {
            counter.increment(read(counts).saturating_sub(read(&self.told)));
        }
        for (counter, reason) in &self.refused {
            counter.increment(counts.refused.of(*reason).saturating_sub(self.told.refused.of(*reason)));
        }
        for (counter, read) in &self.bars {
            counter.increment(read(&bars).saturating_sub(read(&self.bars_told)));
        }
        (self.told, self.bars_told) = (*counts, bars);
    }
}

/// Quotes, bars and corporate actions that passed the checks.
fn others(counts: &Counts) -> u64 {
    let told = counts.trades + counts.depth_updates + counts.snapshots + counts.refused.total();
    counts.messages.saturating_sub(told)
}

impl std::fmt::Debug for Gauges {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Gauges").field("told", &self.told).finish_non_exhaustive()
    }
}

//! What the node counts of its accounts, for metrics.

use metrics::gauge;
use risk::{HaltKind, Rung};

use super::accounts::{Accounts, Condition};

/// Accounts that are halted, by `kind`.
const HALTED: &str = "accounts_halted";
/// Accounts by the `rung` they stand on.
const ON_RUNG: &str = "accounts_on_rung";
/// Accounts whose cell runs, and those whose does not, by `condition`.
const ACCOUNTS: &str = "accounts";

/// Every kind of halt, so that each is shown before it happened.
const KINDS: [HaltKind; 9] = [
    HaltKind::ByOperator,
    HaltKind::DailyLoss,
    HaltKind::Drawdown,
    HaltKind::JournalFault,
    HaltKind::VenueFault,
    HaltKind::BookingFault,
    HaltKind::StrategyFault,
    HaltKind::CellFault,
    HaltKind::FlattenFault,
];

/// Writes the figures of this moment.
pub(super) fn export(accounts: &Accounts) {
    let views: Vec<_> = accounts.iter().filter_map(|account| account.view()).collect();
    for kind in KINDS {
        let halted = views.iter().filter(|view| view.halt.as_ref().is_some_and(|halt| halt.kind == kind));
        gauge!(HALTED, "kind" => kind.code()).set(figure(halted.count()));
    }
    for rung in Rung::ALL {
        let standing = views.iter().filter(|view| view.standing.rung == rung);
        gauge!(ON_RUNG, "rung" => rung.code()).set(figure(standing.count()));
    }
    for (name, is_meant) in [("running", true), ("stopped", false)] {
        let meant = accounts.iter().filter(|account| (account.condition() == Condition::Running) == is_meant);
        gauge!(ACCOUNTS, "condition" => name).set(figure(meant.count()));
    }
}

fn figure(count: usize) -> f64 {
    f64::from(u32::try_from(count).unwrap_or(u32::MAX))
}

//! What the node counts of its accounts, for metrics.

use std::collections::HashMap;
use std::sync::Arc;

use domain::{AccountId, Span, Timestamp};
use engine::view::AccountView;
use metrics::gauge;
use risk::{HaltKind, Rung};

use super::accounts::{Accounts, Condition};

/// Accounts that are halted, by `kind`.
const HALTED: &str = "accounts_halted";
/// Accounts that reached a loss limit lately or are halted for it, by `kind`.
const AT_LOSS_LIMIT: &str = "accounts_at_loss_limit";
/// Accounts by the `rung` they stand on.
const ON_RUNG: &str = "accounts_on_rung";
/// Accounts whose cell runs, and those whose does not, by `condition`.
const ACCOUNTS: &str = "accounts";

/// How long an account counts as at its loss limit after it was there: prices that tremble around it ring once.
const LOST_FOR: Span = Span::from_seconds(600);

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

/// What must be remembered from one look at the accounts to the next.
#[derive(Debug, Default)]
pub(super) struct Figures {
    losses: Losses,
}

impl Figures {
    /// Writes the figures of this moment.
    pub(super) fn export(&mut self, accounts: &Accounts, now: Timestamp) {
        let views: Vec<Arc<AccountView>> = accounts.iter().filter_map(|account| account.view()).collect();
        for kind in KINDS {
            let halted = views.iter().filter(|view| is_halted(view, kind));
            gauge!(HALTED, "kind" => kind.code()).set(figure(halted.count()));
        }
        self.losses.observe(&views, now);
        for kind in KINDS.into_iter().filter(|kind| kind.admits_reducing()) {
            gauge!(AT_LOSS_LIMIT, "kind" => kind.code()).set(figure(self.losses.count(kind)));
        }
        for rung in Rung::ALL {
            let standing = views.iter().filter(|view| view.standing.rung == rung);
            gauge!(ON_RUNG, "rung" => rung.code()).set(figure(standing.count()));
        }
        for (name, is_meant) in [("running", true), ("stopped", false)] {
            let meant =
                accounts.iter().filter(|account| (account.condition() == Condition::Running) == is_meant);
            gauge!(ACCOUNTS, "condition" => name).set(figure(meant.count()));
        }
    }
}

/// When each account was at a loss limit last.
#[derive(Debug, Default)]
struct Losses(HashMap<(AccountId, HaltKind), Timestamp>);

impl Losses {
    fn observe(&mut self, views: &[Arc<AccountView>], now: Timestamp) {
        let kinds =
            |view: &AccountView| view.loss.into_iter().chain(view.halt.as_ref().map(|halt| halt.kind));
        for view in views {
            let losses = kinds(view).filter(|kind| kind.admits_reducing());
            self.0.extend(losses.map(|kind| ((view.account, kind), now)));
        }
        self.0.retain(|_, last| now.since(*last) < LOST_FOR);
    }

    fn count(&self, kind: HaltKind) -> usize {
        self.0.keys().filter(|(_, known)| *known == kind).count()
    }
}

fn is_halted(view: &AccountView, kind: HaltKind) -> bool {
    view.halt.as_ref().is_some_and(|halt| halt.kind == kind)
}

fn figure(count: usize) -> f64 {
    f64::from(u32::try_from(count).unwrap_or(u32::MAX))
}

#[cfg(test)]
mod tests;

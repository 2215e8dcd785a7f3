use domain::{AccountId, Order, OrderEvent, OrderId, Timestamp};
use engine::{Entry, Observer, Record, Report, State};

use super::{Changes, Row};
use crate::rows::{AuditRow, DenialRow, EquityRow};
use crate::{StoreError, TenantStore};

/// How many row changes may wait for a commit; past it the projector lets go and the account is caught up from
/// its journal.
pub const CHANGES_PENDING_MAX: usize = 100_000;

/// Collects what an account's entries change in the tables. Give it every entry, right after it was folded in.
#[derive(Debug)]
pub struct Projector {
    pending: Changes,
    /// Entries were missed or let go: nothing is collected until the account was caught up.
    is_behind: bool,
}

impl Projector {
    /// For what follows the entry `projected`, which is [`TenantStore::projected_sequence`].
    #[must_use]
    pub const fn new(account: AccountId, projected: u64) -> Self {
        Self { pending: Changes::after(account, projected), is_behind: false }
    }

    /// Takes the entry after the last one; one that was taken before is passed over. `state` has folded it in,
    /// and perhaps others of the same step.
    pub fn apply(&mut self, state: &State, entry: &Entry) {
        if self.is_behind || entry.sequence <= self.pending.last_sequence() {
            return;
        }
        if entry.sequence != self.pending.last_sequence() + 1 || self.pending.len() >= CHANGES_PENDING_MAX {
            self.fall_behind();
            return;
        }
        self.pending.cover(entry.sequence);
        self.collect(state, entry);
    }

    /// Whether entries were missed or let go, so that [`crate::catch_up`] must be called before the next commit.
    #[must_use]
    pub const fn is_behind(&self) -> bool {
        self.is_behind
    }

    /// How many row changes wait.
    #[must_use]
    pub fn pending(&self) -> usize {
        self.pending.len()
    }

    /// Hands what waits to another thread, which gives it to [`TenantStore::project`]. If that fails for good,
    /// the next projection is refused with `Conflict` and the account is caught up from its journal.
    pub fn take(&mut self) -> Changes {
        let after = Changes::after(self.pending.account(), self.pending.last_sequence());
        std::mem::replace(&mut self.pending, after)
    }

    /// Writes what waits in one transaction. After an error it still waits. Returns the sequence that the tables
    /// then stand at.
    ///
    /// # Errors
    /// `Conflict` when the projector fell behind; otherwise as [`TenantStore::project`].
    pub fn commit(&mut self, rows: &TenantStore) -> Result<u64, StoreError> {
        if self.is_behind {
            return Err(StoreError::conflict("entries were missed; catch the account up from its journal"));
        }
        if !self.pending.is_empty() {
            rows.project(&self.pending)?;
            self.take();
        }
        Ok(self.pending.last_sequence())
    }

    fn fall_behind(&mut self) {
        tracing::warn!(account = %self.pending.account(), "the projection fell behind its journal");
        self.is_behind = true;
        self.take();
    }

    fn collect(&mut self, state: &State, entry: &Entry) {
        match &entry.record {
            Record::Opened(_) | Record::Deposited { .. } => self.collect_equity(state, entry.time),
            Record::Submitted { order, .. } => self.pending.push(Row::Submitted(*order)),
            Record::Denied { request, reason } => self.pending.push(Row::Denied(DenialRow {
                sequence: entry.sequence,
                time: entry.time,
                request: *request,
                code: reason.code().to_owned(),
                detail: reason.to_string(),
            })),
            Record::CancelRequested(id) => self.collect_order(state, *id, None),
            Record::Reported(report) => self.collect_report(state, report),
            Record::DayOpened { equity, .. } => {
                self.pending.push(Row::Equity(EquityRow { time: entry.time, equity: *equity }));
            }
            Record::Unaccountable { .. }
            | Record::Corporate(_)
            | Record::Halted { .. }
            | Record::Resumed { .. }
            | Record::LimitsSet(_)
            | Record::Listed(_)
            | Record::RungSet { .. } => {}
        }
        if let Some((action, detail)) = audited(&entry.record) {
            self.collect_audit(entry, action, detail);
        }
    }

    fn collect_report(&mut self, state: &State, report: &Report) {
        self.collect_order(state, report.order, report.reason.map(engine::RejectReason::text));
        if let OrderEvent::Filled(fill) = &report.event {
            let fee_currency = state.instruments().get(fill.instrument).map(|listed| listed.settlement);
            self.pending.push(Row::Filled { fill: *fill, fee_currency });
            self.collect_equity(state, report.time);
        }
    }

    fn collect_order(&mut self, state: &State, id: OrderId, reason: Option<&'static str>) {
        let order: Option<&Order> = state.orders().find(id);
        match order {
            Some(order) => self.pending.push(Row::OrderChanged { order: *order, reason }),
            None => tracing::warn!(order = id.0, "an order changed that its account no longer remembers"),
        }
    }

    fn collect_equity(&mut self, state: &State, time: Timestamp) {
        if let Some(equity) = state.equity() {
            self.pending.push(Row::Equity(EquityRow { time, equity }));
        }
    }

    fn collect_audit(&mut self, entry: &Entry, action: &str, detail: String) {
        self.pending.push(Row::Audit(AuditRow {
            time: entry.time,
            account: Some(self.pending.account()),
            sequence: Some(entry.sequence),
            actor: "engine".to_owned(),
            action: action.to_owned(),
            detail,
        }));
    }
}

impl Observer for Projector {
    fn on_entry(&mut self, state: &State, entry: &Entry) {
        self.apply(state, entry);
    }
}

/// What goes on record besides the rows that pages show.
fn audited(record: &Record) -> Option<(&'static str, String)> {
    match record {
        Record::Opened(opening) => Some(("opened", format!("base currency {}", opening.base_currency))),
        Record::Halted { kind, note } => Some(("halted", format!("{}: {note}", kind.code()))),
        Record::Resumed { note } => Some(("resumed", note.clone())),
        Record::RungSet { rung, cause } => Some(("rung_set", format!("{}: {cause}", rung.code()))),
        Record::LimitsSet(limits) => Some(("limits_set", json(limits))),
        Record::Deposited { currency, amount } => Some(("deposited", format!("{amount} {currency}"))),
        Record::Corporate(action) => Some(("corporate_action", json(action))),
        Record::Unaccountable { report, cause } => {
            Some(("unaccountable", format!("order {}: {cause}", report.order)))
        }
        Record::Submitted { .. }
        | Record::Denied { .. }
        | Record::CancelRequested(_)
        | Record::Reported(_)
        | Record::Listed(_)
        | Record::DayOpened { .. } => None,
    }
}

fn json(value: &impl serde::Serialize) -> String {
    serde_json::to_string(value).unwrap_or_else(|error| error.to_string())
}

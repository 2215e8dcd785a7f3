//! The thread that owns one account's cell: the market and the commands in, facts out.

use std::sync::Arc;
use std::sync::mpsc::{Receiver, SyncSender};
use std::time::Duration;

use api::CommandError;
use bus::Message;
use domain::{Money, Order, OrderId, OrderStatus, Span, Timestamp};
use engine::view::AccountView;
use engine::{CellFault, Clock, Control, Intent, Record, State};
use risk::{HaltKind, Limits};
use store::Changes;

use super::accounts::{Account, Command, Condition, Reply};
use super::frames::Frames;
use super::opening::{Open, PaperCell};
use super::projection::{Batch, Sampler, Target};
use super::publishing::Inbox;
use super::tap::Fact;
use crate::clock::SystemClock;
use crate::stop::Stop;

/// How long the thread waits for the market before it looks at commands and the venue again.
const WAIT: Duration = Duration::from_millis(5);

/// Between two pictures of the account for pages, when nothing happens to its orders.
const SHOW_EVERY: Span = Span::from_millis(500);

/// Journal entries between two snapshots: what a restart must fold at most.
const SNAPSHOT_EVERY: u64 = 10_000;

/// Waits before the cell is rebuilt from its journal: doubled each time, up to the last.
const REBUILD_AFTER: [Duration; 5] = [
    Duration::from_secs(1),
    Duration::from_secs(2),
    Duration::from_secs(4),
    Duration::from_secs(8),
    Duration::from_secs(16),
];

/// Everything a cell's thread works with.
pub(crate) struct CellThread {
    pub(crate) account: Arc<Account>,
    pub(crate) open: Open,
    pub(crate) target: Arc<Target>,
    pub(crate) commands: Receiver<Command>,
    pub(crate) projections: SyncSender<Batch>,
    pub(crate) frames: Frames,
    pub(crate) stop: Stop,
    /// How long an order may wait for the venue's answer before it is asked what became of it.
    pub(crate) answer_within: Span,
}

impl CellThread {
    /// Runs until the stop is requested; a cell that fails is rebuilt from its journal.
    pub(crate) fn run(self, mut market: Inbox) {
        let mut failures = 0;
        while !self.stop.is_requested() {
            let opened = self.open.cell(SystemClock.now(), &self.account.limits());
            let ended = opened.and_then(|cell| {
                failures = 0;
                self.live(cell, &mut market).map_err(anyhow::Error::from)
            });
            let Err(error) = ended else { return };
            tracing::error!(account = %self.account.identity.account, error = format!("{error:#}"), "an account stopped");
            self.account.set_condition(Condition::Stopped(format!("{error:#}")));
            self.wait(REBUILD_AFTER[failures.min(REBUILD_AFTER.len() - 1)], &mut market);
            failures += 1;
        }
    }

    /// Waits in short steps, and keeps taking the market so that nobody is held up by a stopped account.
    fn wait(&self, total: Duration, market: &mut Inbox) {
        let end =
            SystemClock.now().plus(Span::from_millis(i64::try_from(total.as_millis()).unwrap_or(i64::MAX)));
        while !self.stop.is_requested() && SystemClock.now() < end {
            drop(market.next(WAIT));
        }
    }

    fn live(&self, mut cell: PaperCell, market: &mut Inbox) -> Result<(), CellFault> {
        self.account.set_condition(Condition::Running);
        self.pass_on(&mut cell);
        self.show(cell.state());
        let mut limits = None;
        let (mut shown, mut sampler) = (SystemClock.now(), Sampler::default());
        let mut snapshot_at = cell.state().sequence() + SNAPSHOT_EVERY;
        loop {
            self.take_limits(&mut cell, &mut limits)?;
            self.take_commands(&mut cell)?;
            match market.next(WAIT).as_deref() {
                Some(Message::Market(event)) => cell.on_market(event)?,
                Some(Message::Order(_) | Message::Listed(_)) => {}
                None if self.stop.is_requested() => break,
                None => cell.on_time(SystemClock.now())?,
            }
            let changed = self.pass_on(&mut cell);
            let now = SystemClock.now();
            if self.has_lost_answer(cell.state(), now) {
                tracing::warn!(account = %self.account.identity.account, "an order has no answer in time; the venue is asked");
                cell.on_control(now.max(cell.state().now()), &Control::Reconcile)?;
            }
            if changed || now.since(shown) >= SHOW_EVERY {
                self.show(cell.state());
                self.sample(cell.state(), &mut sampler);
                shown = now;
            }
            if cell.state().sequence() >= snapshot_at {
                self.open.snapshot(cell.state());
                snapshot_at = cell.state().sequence() + SNAPSHOT_EVERY;
            }
        }
        self.pass_on(&mut cell);
        self.show(cell.state());
        self.open.snapshot(cell.state());
        Ok(())
    }

    /// Holds the cell to the limits of the configuration, whatever its journal had. `known` are those it was held to
    /// last, so that a look costs next to nothing.
    fn take_limits(&self, cell: &mut PaperCell, known: &mut Option<Arc<Limits>>) -> Result<(), CellFault> {
        let wanted = self.account.limits();
        if known.as_ref().is_some_and(|known| Arc::ptr_eq(known, &wanted)) {
            return Ok(());
        }
        if cell.state().limits() != wanted.as_ref() {
            let now = SystemClock.now().max(cell.state().now());
            cell.on_control(now, &Control::SetLimits(Box::new(wanted.as_ref().clone())))?;
            self.pass_on(cell);
            self.show(cell.state());
            tracing::warn!(account = self.account.identity.profile.name, "the account has other limits");
        }
        *known = Some(wanted);
        Ok(())
    }

    /// Whether the venue owes an answer for too long. The order is never sent again: it becomes unknown and is asked
    /// about, so this holds once for each.
    fn has_lost_answer(&self, state: &State, now: Timestamp) -> bool {
        let waits = |order: &Order| {
            order.status == OrderStatus::Pending && now.since(order.created) >= self.answer_within
        };
        state.orders().open().iter().any(waits)
    }

    fn take_commands(&self, cell: &mut PaperCell) -> Result<(), CellFault> {
        while let Ok(command) = self.commands.try_recv() {
            let now = SystemClock.now().max(cell.state().now());
            match command {
                Command::Submit { request, reply } => {
                    cell.on_intent(now, Intent::Submit(request))?;
                    let facts = self.pass_on_facts(cell);
                    answer(reply, submitted(&facts));
                }
                Command::Cancel { order, reply } => {
                    let known = cell.state().orders().find_open(order).is_some();
                    cell.on_intent(now, Intent::Cancel(order))?;
                    self.pass_on(cell);
                    answer(reply, if known { Ok(()) } else { Err(CommandError::NotFound) });
                }
                Command::Halt { note, reply } => {
                    let control = Control::Halt { kind: HaltKind::ByOperator, note };
                    self.control(cell, now, &control, reply)?;
                }
                Command::Resume { note, reply } => {
                    self.control(cell, now, &Control::Resume { note }, reply)?
                }
                Command::SetRung { rung, cause, reply } => {
                    self.control(cell, now, &Control::SetRung { rung, cause }, reply)?;
                }
            }
        }
        Ok(())
    }

    fn control(
        &self,
        cell: &mut PaperCell,
        now: Timestamp,
        control: &Control,
        reply: Reply<()>,
    ) -> Result<(), CellFault> {
        cell.on_control(now, control)?;
        self.pass_on(cell);
        self.show(cell.state());
        answer(reply, Ok(()));
        Ok(())
    }

    /// Hands durable facts to the store and to the pages; says whether there were any.
    fn pass_on(&self, cell: &mut PaperCell) -> bool {
        !self.pass_on_facts(cell).is_empty()
    }

    fn pass_on_facts(&self, cell: &mut PaperCell) -> Vec<Fact> {
        let (facts, changes) = cell.observer_mut().take();
        for fact in &facts {
            self.frames.on_fact(&self.account.identity, fact, cell.state().instruments());
        }
        if !facts.is_empty() {
            self.project(Some(changes), None);
        }
        facts
    }

    fn project(&self, changes: Option<Changes>, equity: Option<(Timestamp, Money)>) {
        let batch = Batch { target: Arc::clone(&self.target), changes, equity };
        if self.projections.send(batch).is_err() {
            tracing::warn!("the store has shut down; the journal keeps what it missed");
        }
    }

    fn sample(&self, state: &State, sampler: &mut Sampler) {
        if let Some(time) = sampler.is_due()
            && let Some(equity) = state.equity()
        {
            self.project(None, Some((time, equity)));
        }
    }

    fn show(&self, state: &State) {
        let view = Arc::new(AccountView::of(state));
        self.frames.account(&self.account, &view);
        self.account.show(view);
    }
}

/// Whoever asked may have left; the journal has the answer.
fn answer<T>(reply: Reply<T>, result: Result<T, CommandError>) {
    drop(reply.send(result));
}

fn submitted(facts: &[Fact]) -> Result<OrderId, CommandError> {
    let decided = facts.iter().find_map(|fact| match &fact.entry.record {
        Record::Submitted { order, .. } => Some(Ok(order.id)),
        Record::Denied { reason, .. } => {
            Some(Err(CommandError::Denied { code: reason.code(), detail: reason.to_string() }))
        }
        _ => None,
    });
    decided.unwrap_or_else(|| Err(CommandError::Stopped { detail: "the account gave no answer".to_owned() }))
}

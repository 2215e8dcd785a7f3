//! Health drives trading: what the components' states ask of the accounts, by the rules of the configuration, and
//! the thread that tells each account.

mod demand;

use std::sync::Arc;
use std::time::Duration;

use api::CommandError;
use api::model::AccountMode;
use domain::Timestamp;
use engine::Clock;
use resilience::health::{DegradationGuard, Degradations, Health, Mode};
use risk::ladder::{Pin, PinRefused};
use risk::{Rung, Step};
use tokio::sync::oneshot;

use super::accounts::{Account, Accounts, Command, Condition};
use super::flags::Flags;
use crate::clock::SystemClock;
use crate::stop::Stop;
pub(crate) use demand::Demands;

/// How often health is looked at: a change is told at once when it is seen, a step up when its patience is over.
const EVERY: Duration = Duration::from_millis(200);

/// Tells every account where it stands, until the stop.
pub(super) fn run(accounts: &Accounts, health: &Health, demands: &Demands, flags: &Flags, stop: &Stop) {
    let mut shown = Shown::new(health.degradations());
    while !stop.is_requested() {
        let now = SystemClock.now();
        let (rung, cause) = demands.of(&health.snapshot().components, now);
        shown.show(rung, &cause);
        for account in accounts.iter().filter(|account| account.view().is_some()) {
            let step = match switched_off(account, flags) {
                Some(cause) if rung < Rung::CancelAll => account.ladder().demand(now, Rung::CancelAll, cause),
                _ => account.ladder().demand(now, rung, &cause),
            };
            if let Some(step) = &step {
                told(account, step);
            }
            bring(account);
        }
        std::thread::sleep(EVERY);
    }
}

/// Why an account of this mode may not trade at all.
fn switched_off(account: &Account, flags: &Flags) -> Option<&'static str> {
    let (flag, cause) = match account.identity.profile.mode {
        AccountMode::Live => ("live_trading_enabled", "live trading is switched off"),
        AccountMode::Paper | AccountMode::Backtest => {
            ("paper_trading_enabled", "paper trading is switched off")
        }
    };
    (!flags.is_on(flag, &account.identity.tenant.to_string())).then_some(cause)
}

fn told(account: &Account, step: &Step) {
    let name = &account.identity.profile.name;
    let (from, to, cause) = (step.from.words(), step.to.words(), &step.cause);
    tracing::warn!(account = name, from, to, cause, "an account steps on the ladder");
}

/// Brings the account's cell to where its ladder stands. Whatever keeps the command away (a full queue, a cell that
/// is being rebuilt), the next round sends it again: setting a rung twice changes nothing.
fn bring(account: &Account) {
    let (rung, cause) = account.wanted();
    let stands = account.view().is_some_and(|view| view.standing.rung == rung);
    if stands || account.condition() != Condition::Running {
        return;
    }
    let (reply, _answer) = oneshot::channel();
    match account.send(Command::SetRung { rung, cause, reply }) {
        Ok(()) | Err(CommandError::Busy) => {}
        Err(error) => tracing::debug!(%error, "a rung could not be set; it is tried again"),
    }
}

/// Lists the ladder among the degradations while it is stepped down.
struct Shown<'a> {
    list: &'a Degradations,
    held: Option<(Rung, DegradationGuard)>,
}

impl<'a> Shown<'a> {
    const fn new(list: &'a Degradations) -> Self {
        Self { list, held: None }
    }

    fn show(&mut self, rung: Rung, cause: &str) {
        if self.held.as_ref().is_some_and(|(held, _)| *held == rung) {
            return;
        }
        self.held = None;
        if rung > Rung::Normal {
            let mode = if rung >= Rung::CancelAll { Mode::Halted } else { Mode::Reduced };
            self.held = Some((rung, self.list.enter("trading", mode, format!("{}: {cause}", rung.words()))));
        }
    }
}

/// An operator's wish for one account, as the API brings it.
pub(super) fn pin(account: &Arc<Account>, pin: Pin, now: Timestamp) -> Result<(), CommandError> {
    let step = account.ladder().pin(now, pin).map_err(|refused| {
        let PinRefused::RiskNotAccepted { demanded, .. } = refused;
        let message = format!("is needed: health asks for {}", demanded.words());
        CommandError::Invalid { field: "accept_risk", message }
    })?;
    if let Some(step) = &step {
        told(account, step);
    }
    account.keep_pin();
    Ok(())
}

/// Lets health decide again.
pub(super) fn unpin(account: &Arc<Account>, by: &str, now: Timestamp) {
    let step = account.ladder().unpin(now, &format!("{by} lifted the override"));
    if let Some(step) = &step {
        told(account, step);
    }
    account.keep_pin();
}

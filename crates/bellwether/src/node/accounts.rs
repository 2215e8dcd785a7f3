//! The running accounts, from outside: who they are, how they stand, and the way to command them.

use std::sync::mpsc::{SyncSender, TrySendError};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use api::CommandError;
use api::model::Profile;
use api::model::operations::RungOverride;
use domain::{AccountId, OrderId, OrderRequest, TenantId, Timestamp};
use engine::Clock;
use engine::view::AccountView;
use risk::ladder::Pinned;
use risk::{Ladder, LadderConfig, Limits, Rung};
use store::Store;
use tokio::sync::oneshot;

use crate::clock::SystemClock;

/// Commands that may wait for one account; the next one is refused as busy.
pub(crate) const COMMANDS_MAX: usize = 64;

pub(crate) type Reply<T> = oneshot::Sender<Result<T, CommandError>>;

/// What a person asks of an account's cell.
#[derive(Debug)]
pub(crate) enum Command {
    Submit { request: OrderRequest, reply: Reply<OrderId> },
    Cancel { order: OrderId, reply: Reply<()> },
    Halt { note: String, reply: Reply<()> },
    Resume { note: String, reply: Reply<()> },
    SetRung { rung: Rung, cause: String, reply: Reply<()> },
}

/// Whether the account's cell runs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Condition {
    Starting,
    Running,
    /// With the reason; it is being rebuilt from its journal.
    Stopped(String),
}

/// Who the account is; never changes while the node runs.
#[derive(Debug, Clone)]
pub(crate) struct Identity {
    pub(crate) tenant: TenantId,
    pub(crate) account: AccountId,
    pub(crate) profile: Profile,
}

/// The outside of one account.
#[derive(Debug)]
pub(crate) struct Account {
    pub(crate) identity: Identity,
    commands: SyncSender<Command>,
    seen: Mutex<(Condition, Option<Arc<AccountView>>)>,
    /// When its cell showed itself last.
    shown: Mutex<Timestamp>,
    /// Where health and operators want it; the cell's journal has where it stands.
    ladder: Mutex<Ladder>,
    config: LadderConfig,
    /// What the configuration allows; the cell takes it over as soon as it runs.
    limits: Mutex<Arc<Limits>>,
    pins: Pins,
}

/// Keeps what an operator pinned over a restart.
#[derive(Debug, Clone)]
pub(crate) struct Pins {
    store: Store,
    key: String,
}

impl Pins {
    pub(crate) fn of(store: &Store, account: AccountId) -> Self {
        Self { store: store.clone(), key: format!("pinned_rung:{account}") }
    }

    fn load(&self) -> Option<Pinned> {
        let text = self.store.meta(&self.key).ok().flatten()?;
        serde_json::from_str(&text).ok()
    }

    fn keep(&self, pinned: Option<&Pinned>) {
        let text = serde_json::to_string(&pinned).unwrap_or_default();
        if let Err(error) = self.store.set_meta(&self.key, &text) {
            tracing::warn!(%error, "an override of the ladder holds, but would not outlive a restart");
        }
    }
}

impl Account {
    pub(crate) fn new(
        identity: Identity,
        commands: SyncSender<Command>,
        config: LadderConfig,
        limits: Limits,
        pins: Pins,
    ) -> Self {
        let ladder = Ladder::new(config, Rung::Normal, pins.load());
        let seen = Mutex::new((Condition::Starting, None));
        let shown = Mutex::new(SystemClock.now());
        let limits = Mutex::new(Arc::new(limits));
        Self { identity, commands, seen, shown, ladder: Mutex::new(ladder), config, limits, pins }
    }

    /// The limits it is to trade within.
    pub(crate) fn limits(&self) -> Arc<Limits> {
        Arc::clone(&self.limits.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Other limits from now on; a cell that is being rebuilt takes them when it is whole again.
    pub(crate) fn set_limits(&self, limits: &Limits) {
        let mut held = self.limits.lock().unwrap_or_else(PoisonError::into_inner);
        if **held != *limits {
            *held = Arc::new(limits.clone());
        }
    }

    pub(crate) fn ladder(&self) -> MutexGuard<'_, Ladder> {
        self.ladder.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The rung the account should stand on, and why.
    pub(crate) fn wanted(&self) -> (Rung, String) {
        let ladder = self.ladder();
        let cause = ladder.pinned().map_or_else(|| ladder.cause().to_owned(), |pinned| pinned.note.clone());
        (ladder.rung(), cause)
    }

    /// What an operator holds it on, as it travels.
    pub(crate) fn rung_override(&self) -> Option<RungOverride> {
        let ladder = self.ladder();
        let pinned = ladder.pinned()?;
        Some(RungOverride {
            rung: pinned.rung.into(),
            until_ms: pinned.until.map(Timestamp::millis),
            note: pinned.note.clone(),
        })
    }

    pub(crate) fn keep_pin(&self) {
        let pinned = self.ladder().pinned().cloned();
        self.pins.keep(pinned.as_ref());
    }

    /// Hands the command to the cell, or says at once why not.
    pub(crate) fn send(&self, command: Command) -> Result<(), CommandError> {
        if let Condition::Stopped(detail) = self.condition() {
            return Err(CommandError::Stopped { detail });
        }
        self.commands.try_send(command).map_err(|error| match error {
            TrySendError::Full(_) => CommandError::Busy,
            TrySendError::Disconnected(_) => {
                CommandError::Stopped { detail: "the account has been shut down".to_owned() }
            }
        })
    }

    pub(crate) fn view(&self) -> Option<Arc<AccountView>> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner).1.clone()
    }

    /// How long ago its cell showed itself.
    pub(crate) fn age(&self) -> Duration {
        let shown = *self.shown.lock().unwrap_or_else(PoisonError::into_inner);
        Duration::from_nanos(u64::try_from(SystemClock.now().since(shown).nanos()).unwrap_or(0))
    }

    pub(crate) fn condition(&self) -> Condition {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner).0.clone()
    }

    /// The first view says where the journal left the account: its ladder goes on from there.
    pub(crate) fn show(&self, view: Arc<AccountView>) {
        *self.shown.lock().unwrap_or_else(PoisonError::into_inner) = SystemClock.now();
        let rung = view.standing.rung;
        let before = self.seen.lock().unwrap_or_else(PoisonError::into_inner).1.replace(view);
        if before.is_none() {
            let mut ladder = self.ladder();
            *ladder = Ladder::new(self.config, rung, ladder.pinned().cloned());
        }
    }

    pub(crate) fn set_condition(&self, condition: Condition) {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner).0 = condition;
    }
}

/// All accounts of the node. The list is fixed once the node has started.
#[derive(Debug, Clone)]
pub(crate) struct Accounts(Arc<Vec<Arc<Account>>>);

impl Accounts {
    pub(crate) fn new(accounts: Vec<Arc<Account>>) -> Self {
        Self(Arc::new(accounts))
    }

    pub(crate) fn iter(&self) -> std::slice::Iter<'_, Arc<Account>> {
        self.0.iter()
    }

    pub(crate) fn of(&self, tenant: TenantId) -> impl Iterator<Item = &Arc<Account>> {
        self.0.iter().filter(move |account| account.identity.tenant == tenant)
    }

    /// The account, if it is the tenant's.
    pub(crate) fn find(&self, tenant: TenantId, account: AccountId) -> Option<&Arc<Account>> {
        self.of(tenant).find(|known| known.identity.account == account)
    }
}

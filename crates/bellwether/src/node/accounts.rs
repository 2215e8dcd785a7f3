//! The running accounts, from outside: who they are, how they stand, and the way to command them.

use std::sync::mpsc::{SyncSender, TrySendError};
use std::sync::{Arc, Mutex, PoisonError};

use api::CommandError;
use api::model::Profile;
use domain::{AccountId, OrderId, OrderRequest, TenantId};
use engine::view::AccountView;
use tokio::sync::oneshot;

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
}

impl Account {
    pub(crate) const fn new(identity: Identity, commands: SyncSender<Command>) -> Self {
        Self { identity, commands, seen: Mutex::new((Condition::Starting, None)) }
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

    pub(crate) fn condition(&self) -> Condition {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner).0.clone()
    }

    pub(crate) fn show(&self, view: Arc<AccountView>) {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner).1 = Some(view);
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

//! What the API reads and commands: the node's side of `api::Platform`.

use std::sync::Arc;

use api::model::{self, OrderAccepted, OrderStatus, Overview};
use api::{Command as Answer, CommandError, Frame, Platform, RungPin};
use domain::{AccountId, Instruments, OrderId, OrderRequest, TenantId};
use engine::Clock;
use resilience::health::Health;
use tokio::sync::{broadcast, oneshot};

use super::accounts::{Account, Accounts, Command, Reply};
use super::board::Board;
use super::frames::Frames;
use super::overview::Watch;
use super::stepping;
use crate::clock::SystemClock;

pub(crate) struct NodePlatform {
    pub(crate) instruments: Arc<Vec<model::Instrument>>,
    pub(crate) accounts: Accounts,
    pub(crate) board: Arc<Board>,
    pub(crate) frames: Frames,
    pub(crate) watch: Arc<Watch>,
    pub(crate) health: Health,
}

impl NodePlatform {
    pub(crate) fn describe(instruments: &Instruments) -> Arc<Vec<model::Instrument>> {
        Arc::new(instruments.iter().map(model::Instrument::from).collect())
    }

    /// Sends a command and waits for the cell's answer.
    fn command<T: Send + 'static>(
        &self,
        tenant: TenantId,
        account: AccountId,
        command: impl FnOnce(Reply<T>) -> Command,
    ) -> Answer<T> {
        let Some(account) = self.accounts.find(tenant, account) else {
            return Box::pin(async { Err(CommandError::NotFound) });
        };
        let (reply, answer) = oneshot::channel();
        let sent = account.send(command(reply));
        Box::pin(async move {
            sent?;
            let gone =
                || CommandError::Stopped { detail: "the account stopped before it answered".to_owned() };
            answer.await.map_err(|_| gone())?
        })
    }

    /// Brings the account to where its ladder stands.
    fn bring(&self, tenant: TenantId, account: &Arc<Account>) -> Answer<model::Account> {
        let (rung, cause) = account.wanted();
        self.command_account(tenant, account.identity.account, |reply| Command::SetRung {
            rung,
            cause,
            reply,
        })
    }

    /// The same, answered with the account as it stands after the command.
    fn command_account(
        &self,
        tenant: TenantId,
        account: AccountId,
        command: impl FnOnce(Reply<()>) -> Command,
    ) -> Answer<model::Account> {
        let known = self.accounts.find(tenant, account).cloned();
        let done = self.command(tenant, account, command);
        Box::pin(async move {
            done.await?;
            known.as_deref().and_then(describe).ok_or(CommandError::NotFound)
        })
    }
}

fn describe(account: &Account) -> Option<model::Account> {
    let held = account.rung_override();
    account.view().map(|view| model::Account::of(&view, &account.identity.profile, held))
}

impl Platform for NodePlatform {
    fn overview(&self) -> Overview {
        self.watch.overview(&self.health)
    }

    fn instruments(&self) -> Arc<Vec<model::Instrument>> {
        Arc::clone(&self.instruments)
    }

    fn quotes(&self) -> Vec<model::Quote> {
        self.board.quotes().iter().map(|(quote, valid)| model::Quote::of(quote, *valid)).collect()
    }

    fn accounts(&self, tenant: TenantId) -> Vec<model::Account> {
        self.accounts.of(tenant).filter_map(|account| describe(account)).collect()
    }

    fn account(&self, tenant: TenantId, account: AccountId) -> Option<model::Account> {
        self.accounts.find(tenant, account).and_then(|account| describe(account))
    }

    fn portfolio(&self, tenant: TenantId, account: AccountId) -> Option<model::Portfolio> {
        self.accounts.find(tenant, account)?.view().map(|view| model::Portfolio::of(&view))
    }

    fn open_orders(&self, tenant: TenantId, account: AccountId) -> Option<Vec<model::Order>> {
        let view = self.accounts.find(tenant, account)?.view()?;
        Some(view.open_orders.iter().map(|order| model::Order::of(order, account, None)).collect())
    }

    fn submit(&self, tenant: TenantId, account: AccountId, request: OrderRequest) -> Answer<OrderAccepted> {
        let sent = self.command(tenant, account, |reply| Command::Submit { request, reply });
        Box::pin(async move {
            sent.await.map(|order_id| OrderAccepted { order_id, status: OrderStatus::Pending })
        })
    }

    fn cancel(&self, tenant: TenantId, account: AccountId, order: OrderId) -> Answer<()> {
        self.command(tenant, account, |reply| Command::Cancel { order, reply })
    }

    fn halt(&self, tenant: TenantId, account: AccountId, note: String) -> Answer<model::Account> {
        self.command_account(tenant, account, |reply| Command::Halt { note, reply })
    }

    fn resume(&self, tenant: TenantId, account: AccountId, note: String) -> Answer<model::Account> {
        self.command_account(tenant, account, |reply| Command::Resume { note, reply })
    }

    fn pin_rung(&self, tenant: TenantId, account: AccountId, pin: RungPin) -> Answer<model::Account> {
        let Some(known) = self.accounts.find(tenant, account).cloned() else {
            return Box::pin(async { Err(CommandError::NotFound) });
        };
        let RungPin { rung, note, accepts_risk, lasts } = pin;
        let pin = risk::ladder::Pin { rung, note, accept_risk: accepts_risk, lasts };
        match stepping::pin(&known, pin, SystemClock.now()) {
            Ok(()) => self.bring(tenant, &known),
            Err(refused) => Box::pin(async move { Err(refused) }),
        }
    }

    fn unpin_rung(&self, tenant: TenantId, account: AccountId, by: String) -> Answer<model::Account> {
        let Some(known) = self.accounts.find(tenant, account).cloned() else {
            return Box::pin(async { Err(CommandError::NotFound) });
        };
        stepping::unpin(&known, &by, SystemClock.now());
        self.bring(tenant, &known)
    }

    fn subscribe(&self) -> broadcast::Receiver<Arc<Frame>> {
        self.frames.subscribe()
    }
}

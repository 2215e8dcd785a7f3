use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::{mpsc, oneshot, watch};

use crate::counts::Counts;
use crate::{ChaosError, Decision, Decisions, Fault, Plan, Snapshot};

/// What the handle and the connections ask of the one task that holds the door.
#[derive(Debug)]
pub(crate) enum Command {
    /// Without a span: until it is told to open.
    Down {
        span: Option<Duration>,
        done: Option<oneshot::Sender<()>>,
    },
    Up {
        done: oneshot::Sender<()>,
    },
    ResetAll {
        done: oneshot::Sender<()>,
    },
    Stop,
}

/// What every connection sees.
#[derive(Debug)]
pub(crate) struct Shared {
    pub(crate) plan: Plan,
    pub(crate) upstream: std::net::SocketAddr,
    pub(crate) counts: Counts,
    pub(crate) cut: watch::Sender<()>,
    pub(crate) mute: watch::Sender<()>,
    commands: mpsc::Sender<Command>,
    by_hand: Mutex<Option<Fault>>,
    decisions: Mutex<Decisions>,
}

impl Shared {
    pub(crate) fn new(plan: Plan, upstream: std::net::SocketAddr, commands: mpsc::Sender<Command>) -> Self {
        Self {
            upstream,
            commands,
            counts: Counts::default(),
            cut: watch::Sender::new(()),
            mute: watch::Sender::new(()),
            by_hand: Mutex::new(None),
            decisions: Mutex::new(Decisions::of(&plan)),
            plan,
        }
    }

    /// The next of the plan's row; a fault that was set by hand takes its place.
    pub(crate) fn decide(&self) -> Decision {
        let planned = locked(&self.decisions).next();
        let Decision { fault, detail } = planned.unwrap_or(Decision { fault: None, detail: 0 });
        Decision { fault: self.by_hand().or(fault), detail }
    }

    pub(crate) fn by_hand(&self) -> Option<Fault> {
        *locked(&self.by_hand)
    }

    /// For that long. The connection that asks is reset with all others.
    pub(crate) async fn go_down(&self, span: Duration) {
        // A proxy that is stopping is down anyway.
        drop(self.commands.send(Command::Down { span: Some(span), done: None }).await);
    }
}

/// A handle on a running proxy. Clones are the same handle.
#[derive(Debug, Clone)]
pub struct Control {
    shared: Arc<Shared>,
}

impl Control {
    pub(crate) const fn new(shared: Arc<Shared>) -> Self {
        Self { shared }
    }

    /// From now on every connection (where HTTP is understood: every request) gets this fault, whatever the plan
    /// says. Connections that are open keep what was decided for them.
    ///
    /// # Errors
    /// `NeedsHttp`, `Setting`.
    pub fn set(&self, fault: Fault) -> Result<(), ChaosError> {
        fault.check(self.shared.plan.http)?;
        *locked(&self.shared.by_hand) = Some(fault);
        Ok(())
    }

    /// The plan decides again.
    pub fn clear(&self) {
        *locked(&self.shared.by_hand) = None;
    }

    /// The party is gone: when this returns, every connection has been reset and the system refuses new ones.
    ///
    /// # Errors
    /// `Stopped`.
    pub async fn down(&self) -> Result<(), ChaosError> {
        self.ask(|done| Command::Down { span: None, done: Some(done) }).await
    }

    /// The party is back, on the same port, when this returns, unless another `down` overtook it. An address that
    /// another program took meanwhile is tried again until it is free.
    ///
    /// # Errors
    /// `Stopped`.
    pub async fn up(&self) -> Result<(), ChaosError> {
        self.ask(|done| Command::Up { done }).await
    }

    /// Resets every open connection; new ones are accepted.
    ///
    /// # Errors
    /// `Stopped`.
    pub async fn reset_all(&self) -> Result<(), ChaosError> {
        self.ask(|done| Command::ResetAll { done }).await
    }

    /// Every open connection falls silent and stays so: what its client sends is read and dropped, and nothing more is
    /// answered, as when the party lost its power. New ones are as the plan or the hand says.
    pub fn mute_all(&self) {
        self.shared.mute.send_replace(());
    }

    /// What happened so far.
    #[must_use]
    pub fn snapshot(&self) -> Snapshot {
        self.shared.counts.snapshot()
    }

    pub(crate) async fn stop(&self) {
        // One that has stopped already needs no telling.
        drop(self.shared.commands.send(Command::Stop).await);
    }

    async fn ask(&self, command: impl FnOnce(oneshot::Sender<()>) -> Command) -> Result<(), ChaosError> {
        let (done, is_done) = oneshot::channel();
        self.shared.commands.send(command(done)).await.map_err(|_| ChaosError::Stopped)?;
        is_done.await.map_err(|_| ChaosError::Stopped)
    }
}

/// Both values are whole whenever the lock is free.
fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

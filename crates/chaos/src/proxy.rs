use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use tokio::net::TcpStream;
use tokio::sync::{mpsc, oneshot};
use tokio::task::{JoinHandle, JoinSet};
use tokio::time::{Instant, sleep_until};

use crate::connection::{self, Signals};
use crate::control::{Command, Shared};
use crate::door::Door;
use crate::{ChaosError, Control, Plan, Snapshot};

/// Commands that wait; who finds no room waits too.
const COMMANDS_MAX: usize = 16;

/// Until the door is tried again that another program took.
const REOPEN_PAUSE: Duration = Duration::from_millis(50);

/// After an accept that failed: the system is short of something.
const ACCEPT_PAUSE: Duration = Duration::from_millis(20);

/// A running proxy. Dropping it ends it with all its connections.
#[derive(Debug)]
pub struct Proxy {
    address: SocketAddr,
    control: Control,
    task: JoinHandle<()>,
}

impl Proxy {
    /// Listens on `listen` (port 0: a free one) and forwards to `upstream`. To be called within a tokio runtime.
    ///
    /// # Errors
    /// `NotLoopback`, `Listen`, and what is wrong with the plan ([`Plan::check`]).
    pub fn start(listen: SocketAddr, upstream: SocketAddr, plan: Plan) -> Result<Self, ChaosError> {
        if !listen.ip().is_loopback() {
            return Err(ChaosError::NotLoopback(listen));
        }
        plan.check()?;
        let failed = |error| ChaosError::Listen { address: listen, error };
        let door = Door::open(listen).map_err(failed)?;
        let address = door.address().map_err(failed)?;
        let (sender, commands) = mpsc::channel(COMMANDS_MAX);
        let after = plan.limits.run_for_ms.map(Duration::from_millis);
        let shared = Arc::new(Shared::new(plan, upstream, sender));
        let control = Control::new(Arc::clone(&shared));
        let keeper = Keeper {
            address,
            shared,
            door,
            commands,
            connections: JoinSet::new(),
            reopen: None,
            end: after.and_then(later),
        };
        Ok(Self { address, control, task: tokio::spawn(keeper.run()) })
    }

    /// Where it listens.
    #[must_use]
    pub const fn address(&self) -> SocketAddr {
        self.address
    }

    #[must_use]
    pub const fn control(&self) -> &Control {
        &self.control
    }

    /// Waits until its time is over; without one, for ever.
    pub async fn finished(&mut self) {
        if !self.task.is_finished() {
            // A panic in there is an end like another here; the counts tell how far it came.
            drop((&mut self.task).await);
        }
    }

    /// Resets every connection and closes the door. Returns what happened.
    pub async fn stop(mut self) -> Snapshot {
        self.control.stop().await;
        self.finished().await;
        self.control.snapshot()
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// The task that holds the door and all connections.
struct Keeper {
    address: SocketAddr,
    shared: Arc<Shared>,
    door: Door,
    commands: mpsc::Receiver<Command>,
    connections: JoinSet<()>,
    reopen: Option<Reopening>,
    end: Option<Instant>,
}

/// When the door is to open again, and who waits for it.
struct Reopening {
    at: Instant,
    waiting: Vec<oneshot::Sender<()>>,
}

impl Keeper {
    async fn run(mut self) {
        loop {
            let reopen_at = self.reopen.as_ref().map(|reopening| reopening.at);
            tokio::select! {
                biased;
                command = self.commands.recv() => match command {
                    Some(Command::Stop) | None => break,
                    Some(command) => self.follow(command).await,
                },
                () = until(self.end) => break,
                () = until(reopen_at) => self.try_opening(),
                Some(_) = self.connections.join_next() => self.shared.counts.closed.add(1),
                accepted = self.door.accept() => self.admit(accepted).await,
            }
        }
        self.shut().await;
    }

    async fn follow(&mut self, command: Command) {
        match command {
            Command::Stop => {}
            Command::ResetAll { done } => {
                self.reset_all().await;
                tell(done);
            }
            Command::Up { done } => {
                let waiting = self.reopen.take().map_or_else(Vec::new, |reopening| reopening.waiting);
                let waiting = waiting.into_iter().chain([done]).collect();
                self.reopen = Some(Reopening { at: Instant::now(), waiting });
                self.try_opening();
            }
            Command::Down { span, done } => {
                // Who waits for the door to open is overtaken.
                let overtaken = self.reopen.take().map_or_else(Vec::new, |reopening| reopening.waiting);
                self.shut().await;
                self.reopen = span.and_then(later).map(|at| Reopening { at, waiting: Vec::new() });
                overtaken.into_iter().chain(done).for_each(tell);
            }
        }
    }

    /// Who waits for the door is told when it is open.
    fn try_opening(&mut self) {
        let Some(reopening) = self.reopen.take() else { return };
        if self.door.reopen(self.address).is_ok() {
            reopening.waiting.into_iter().for_each(tell);
        } else {
            self.shared.counts.accept_failures.add(1);
            self.reopen = later(REOPEN_PAUSE).map(|at| Reopening { at, ..reopening });
        }
    }

    async fn shut(&mut self) {
        self.door.shut(self.address);
        self.reset_all().await;
    }

    /// Every connection minds the signal at any time, so this takes no longer than closing them does.
    async fn reset_all(&mut self) {
        self.shared.cut.send_replace(());
        while self.connections.join_next().await.is_some() {
            self.shared.counts.closed.add(1);
        }
    }

    async fn admit(&mut self, accepted: io::Result<TcpStream>) {
        let Ok(client) = accepted else {
            self.shared.counts.accept_failures.add(1);
            return tokio::time::sleep(ACCEPT_PAUSE).await;
        };
        self.shared.counts.connections.add(1);
        if self.connections.len() >= self.shared.plan.limits.connections_max {
            self.shared.counts.over_limit.add(1);
            self.shared.counts.closed.add(1);
            return;
        }
        let signals = Signals { cut: self.shared.cut.subscribe(), mute: self.shared.mute.subscribe() };
        self.connections.spawn(connection::tend(client, Arc::clone(&self.shared), signals));
    }
}

async fn until(moment: Option<Instant>) {
    match moment {
        Some(moment) => sleep_until(moment).await,
        None => std::future::pending().await,
    }
}

/// None where the span has no end worth waiting for.
fn later(span: Duration) -> Option<Instant> {
    Instant::now().checked_add(span)
}

/// Who asked may have gone.
fn tell(done: oneshot::Sender<()>) {
    done.send(()).ok();
}

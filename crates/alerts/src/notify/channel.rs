use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use resilience::{Failure, Kind};
use thiserror::Error;
use tokio::sync::mpsc::{Receiver, Sender, channel, error::TrySendError};
use tokio::task::JoinHandle;

use super::Message;
use crate::names;

/// Notices that wait for one channel; the next one is let go and counted.
pub const QUEUE_MAX: usize = 256;

/// Why a notice did not arrive. The words hold no address and no secret.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{what}")]
pub struct TellError {
    pub kind: Kind,
    pub what: String,
}

impl Failure for TellError {
    fn kind(&self) -> Kind {
        self.kind
    }
}

/// The answer of a channel, when it has one.
pub type Told<'a> = Pin<Box<dyn Future<Output = Result<(), TellError>> + Send + 'a>>;

/// A way to tell somebody. It tries again by itself where that helps: an error is final.
pub trait Tell: Send + Sync + 'static {
    /// Such as `webhook`.
    fn name(&self) -> &'static str;

    fn tell<'a>(&'a self, message: &'a Message) -> Told<'a>;
}

/// How a channel does.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ChannelStatus {
    pub sent: u64,
    pub failed: u64,
    pub dropped: u64,
    pub last_sent_ms: Option<i64>,
    /// Why the last notice did not arrive, until one does.
    pub last_error: Option<String>,
}

/// One channel with its queue and its task.
#[derive(Debug)]
pub struct Channel {
    name: &'static str,
    queue: Sender<Message>,
    status: Arc<Mutex<ChannelStatus>>,
    task: JoinHandle<()>,
}

/// All channels.
#[derive(Debug, Default)]
pub struct Notifier {
    channels: Vec<Channel>,
}

impl Notifier {
    /// Starts a task for each channel on the running runtime.
    #[must_use]
    pub fn start(ways: Vec<Box<dyn Tell>>) -> Self {
        let mut notifier = Self::default();
        notifier.replace(ways);
        notifier
    }

    /// Other channels from now on; one that stays goes on counting. Notices under way on the old ones still leave:
    /// their tasks end when their queues are empty.
    pub fn replace(&mut self, ways: Vec<Box<dyn Tell>>) {
        let before = std::mem::take(&mut self.channels);
        let status = |name: &str| before.iter().find(|channel| channel.name == name);
        let counted = |way: &dyn Tell| status(way.name()).map(|channel| Arc::clone(&channel.status));
        self.channels = ways
            .into_iter()
            .map(|way| {
                let status = counted(way.as_ref()).unwrap_or_default();
                Channel::start(way, status)
            })
            .collect();
    }

    /// Hands the message to every channel and returns at once.
    pub fn tell(&self, message: &Message) {
        for channel in &self.channels {
            channel.put(message.clone());
        }
    }

    /// Every channel by name, and how it does.
    #[must_use]
    pub fn status(&self) -> Vec<(&'static str, ChannelStatus)> {
        self.channels.iter().map(|channel| (channel.name, lock(&channel.status).clone())).collect()
    }

    /// Takes no more notices and waits for those under way; the caller bounds the wait.
    pub async fn drain(self) {
        for Channel { queue, task, .. } in self.channels {
            drop(queue);
            if task.await.is_err() {
                tracing::error!("a channel for notices ended by a panic");
            }
        }
    }
}

impl Channel {
    fn start(way: Box<dyn Tell>, status: Arc<Mutex<ChannelStatus>>) -> Self {
        let (queue, receiver) = channel(QUEUE_MAX);
        let name = way.name();
        for outcome in ["sent", "failed"] {
            count(name, outcome, 0);
        }
        metrics::counter!(names::NOTICES_DROPPED, "channel" => name).increment(0);
        let task = tokio::spawn(run(way, receiver, Arc::clone(&status)));
        Self { name, queue, status, task }
    }

    fn put(&self, message: Message) {
        if let Err(TrySendError::Full(message) | TrySendError::Closed(message)) = self.queue.try_send(message)
        {
            lock(&self.status).dropped += 1;
            metrics::counter!(names::NOTICES_DROPPED, "channel" => self.name).increment(1);
            tracing::error!(channel = self.name, alert = message.alert, "a notice was let go: too many wait");
        }
    }
}

async fn run(way: Box<dyn Tell>, mut queue: Receiver<Message>, status: Arc<Mutex<ChannelStatus>>) {
    while let Some(message) = queue.recv().await {
        let told = way.tell(&message).await;
        let mut status = lock(&status);
        match told {
            Ok(()) => {
                status.sent += 1;
                status.last_sent_ms = Some(message.at_ms);
                status.last_error = None;
                count(way.name(), "sent", 1);
            }
            Err(error) => {
                tracing::error!(channel = way.name(), alert = message.alert, %error, "a notice did not arrive");
                status.failed += 1;
                status.last_error = Some(error.what);
                count(way.name(), "failed", 1);
            }
        }
    }
}

fn count(channel: &'static str, outcome: &'static str, by: u64) {
    metrics::counter!(names::NOTICES, "channel" => channel, "outcome" => outcome).increment(by);
}

/// A status is whole whenever the lock is free.
fn lock(status: &Mutex<ChannelStatus>) -> MutexGuard<'_, ChannelStatus> {
    status.lock().unwrap_or_else(PoisonError::into_inner)
}

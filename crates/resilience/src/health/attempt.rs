use std::any::Any;
use std::fmt;
use std::future::poll_fn;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::time::Duration;

use tokio::runtime::{Handle, RuntimeFlavor};
use tokio::sync::Notify;
use tokio::task::{JoinError, JoinSet, block_in_place};
use tokio::time::timeout;

use super::observation::Observation;

type Observing = Pin<Box<dyn Future<Output = Observation> + Send>>;

/// A check as it was registered, and the signals to whoever runs it.
pub(super) struct Probe {
    /// Tells registrations under one name apart.
    pub(super) id: u64,
    pub(super) name: Arc<str>,
    pub(super) timeout: Duration,
    check: Arc<dyn Fn() -> Observing + Send + Sync>,
    /// Asks for a run now; holds at most one request.
    pub(super) poked: Notify,
    /// The component is registered no more.
    pub(super) gone: Notify,
}

impl Probe {
    pub(super) fn new<F, Fut>(id: u64, name: &str, timeout: Duration, check: F) -> Self
    where
        F: Fn() -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Observation> + Send + 'static,
    {
        let check = Arc::new(move || Box::pin(check()) as Observing);
        Self { id, name: name.into(), timeout, check, poked: Notify::new(), gone: Notify::new() }
    }

    /// Runs the check once, in a task of its own so that one that blocks its thread is seen as well where the runtime
    /// has several. What is left of a run that was given up is in the set: a new run must wait for its end. Dropping
    /// the set cancels it.
    pub(super) async fn attempt(&self) -> (Answer, JoinSet<Observation>) {
        let mut running = JoinSet::new();
        let check = Arc::clone(&self.check);
        running.spawn(async move { aside(async { check().await }).await });
        let answer = match timeout(self.timeout, running.join_next()).await {
            Ok(Some(Ok(observation))) => Answer::Seen(observation),
            Ok(Some(Err(error))) => Answer::of_error(error),
            Ok(None) => Answer::Cancelled,
            Err(_) => Answer::None { waited: self.timeout },
        };
        running.abort_all();
        (answer, running)
    }
}

/// Polls a future so that, should it block its thread, the other tasks and the timers of the runtime go on.
async fn aside<F: Future>(future: F) -> F::Output {
    let mut future = pin!(future);
    let has_threads = Handle::current().runtime_flavor() == RuntimeFlavor::MultiThread;
    poll_fn(|context| {
        let mut poll = || future.as_mut().poll(context);
        if has_threads { block_in_place(poll) } else { poll() }
    })
    .await
}

impl fmt::Debug for Probe {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Probe").field("id", &self.id).field("name", &self.name).finish_non_exhaustive()
    }
}

/// How a run of a check ended.
#[derive(Debug)]
pub(super) enum Answer {
    Seen(Observation),
    None {
        waited: Duration,
    },
    Panicked(String),
    /// The runtime is going down.
    Cancelled,
}

impl Answer {
    fn of_error(error: JoinError) -> Self {
        match error.try_into_panic() {
            Ok(payload) => Self::Panicked(words(payload.as_ref())),
            Err(_) => Self::Cancelled,
        }
    }

    pub(super) fn into_observation(self) -> Observation {
        match self {
            Self::Seen(observation) => observation.cut(),
            Self::None { waited } => Observation::unhealthy(format!("no answer in {:?}", rounded(waited))),
            Self::Panicked(words) => Observation::unhealthy(format!("the check panicked: {words}")).cut(),
            Self::Cancelled => Observation::unhealthy("the check was cancelled"),
        }
    }
}

/// To whole milliseconds.
fn rounded(span: Duration) -> Duration {
    Duration::from_millis(u64::try_from(span.as_millis()).unwrap_or(u64::MAX))
}

fn words(payload: &(dyn Any + Send)) -> String {
    let text = payload.downcast_ref::<&str>().copied();
    text.or_else(|| payload.downcast_ref::<String>().map(String::as_str))
        .unwrap_or("without words")
        .to_owned()
}

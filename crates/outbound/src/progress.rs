//! How far a request has come, told by whoever handles it at the time: the connector, then the body.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use tokio::sync::watch;
use tower::{Layer, Service};

tokio::task_local! {
    /// The request that this task makes. The connector is called within the task, so it learns from here for whom.
    static CURRENT: Progress;
}

/// How far a request has come. It only moves on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Stage {
    /// Nothing was heard: it takes, or waits for, a connection that is there already.
    Begun,
    Connecting,
    /// The connector is done; the request goes out.
    Connected,
    /// So many pieces of the body were handed over.
    Writing(usize),
    /// The last piece was.
    Written,
}

/// Shared by all who know how far one request has come.
#[derive(Debug, Clone)]
pub(crate) struct Progress {
    stage: Arc<watch::Sender<Stage>>,
    has_body: bool,
}

impl Progress {
    pub(crate) fn new(has_body: bool) -> Self {
        Self { stage: Arc::new(watch::Sender::new(Stage::Begun)), has_body }
    }

    pub(crate) fn reach(&self, stage: Stage) {
        self.stage.send_if_modified(|now| {
            let is_further = stage > *now;
            if is_further {
                *now = stage;
            }
            is_further
        });
    }

    pub(crate) fn watch(&self) -> watch::Receiver<Stage> {
        self.stage.subscribe()
    }

    pub(crate) const fn has_body(&self) -> bool {
        self.has_body
    }

    /// Whether the party may have seen anything of the request.
    ///
    /// The head leaves together with the first piece of the body. Without a body nobody tells, so it may have.
    pub(crate) fn may_be_sent(&self) -> bool {
        !self.has_body || *self.stage.borrow() >= Stage::Writing(0)
    }

    /// Runs a request so that the connector knows it.
    pub(crate) async fn follow<F: Future>(&self, request: F) -> F::Output {
        CURRENT.scope(self.clone(), request).await
    }
}

/// Makes a connector tell when it begins and ends.
#[derive(Debug, Clone, Copy)]
pub(crate) struct TellConnecting;

impl<S> Layer<S> for TellConnecting {
    type Service = TellingConnector<S>;

    fn layer(&self, inner: S) -> TellingConnector<S> {
        TellingConnector(inner)
    }
}

#[derive(Debug, Clone)]
pub(crate) struct TellingConnector<S>(S);

impl<S, R> Service<R> for TellingConnector<S>
where
    S: Service<R>,
    S::Future: Send + 'static,
{
    type Response = S::Response;
    type Error = S::Error;
    type Future = Pin<Box<dyn Future<Output = Result<S::Response, S::Error>> + Send>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.0.poll_ready(context)
    }

    fn call(&mut self, target: R) -> Self::Future {
        let progress = CURRENT.try_with(Progress::clone).ok();
        tell(progress.as_ref(), Stage::Connecting);
        let connecting = self.0.call(target);
        Box::pin(async move {
            let result = connecting.await;
            // even when it failed: the request may have got another connection meanwhile, and waits on it
            tell(progress.as_ref(), Stage::Connected);
            result
        })
    }
}

fn tell(progress: Option<&Progress>, stage: Stage) {
    if let Some(progress) = progress {
        progress.reach(stage);
    }
}

#[cfg(test)]
mod tests;

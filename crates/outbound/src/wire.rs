//! One try of one request, under its deadlines.

mod fault;

use std::future::Future;
use std::pin::pin;
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use reqwest::{Body, Response};
use tokio::sync::{Semaphore, SemaphorePermit};
use tokio::time::{sleep, timeout};

use crate::answer::Answer;
use crate::body::TellingBody;
use crate::config::{BuildError, HttpConfig};
use crate::error::Cause;
use crate::phase::Phase;
use crate::progress::{Progress, Stage};
use crate::request::Checked;
use crate::roots;

pub(crate) struct Wire {
    client: reqwest::Client,
    config: HttpConfig,
    /// Requests that are under way or wait for a connection.
    places: Semaphore,
    connections: Semaphore,
}

impl Wire {
    pub(crate) fn new(config: HttpConfig) -> Result<Self, BuildError> {
        config.check()?;
        Ok(Self {
            client: roots::build(&config)?,
            places: Semaphore::new(config.connections.saturating_mul(2)),
            connections: Semaphore::new(config.connections),
            config,
        })
    }

    /// Sends the request once and reads the answer to its end.
    pub(crate) async fn attempt(&self, request: &Checked) -> Result<Answer, Cause> {
        let busy = || Cause::Busy { connections: self.config.connections };
        let _place = self.places.try_acquire().map_err(|_| busy())?;
        let _connection = self.connection().await.ok_or_else(busy)?;
        let progress = Progress::new(!request.body.is_empty());
        let limit = self.config.exchange;
        timeout(limit, self.exchange(request, &progress))
            .await
            .unwrap_or_else(|_| Err(timed_out(Phase::Exchange, limit, &progress)))
    }

    async fn connection(&self) -> Option<SemaphorePermit<'_>> {
        timeout(self.config.connect, self.connections.acquire()).await.ok()?.ok()
    }

    async fn exchange(&self, request: &Checked, progress: &Progress) -> Result<Answer, Cause> {
        let sending = self
            .client
            .request(request.method.clone(), request.url.clone())
            .headers(request.headers.clone())
            .body(body(request, progress))
            .send();
        let response = self.head(progress.follow(sending), progress).await?;
        self.answer(response).await
    }

    /// The head of the answer. Each stage of the request has its own deadline.
    async fn head(
        &self,
        sending: impl Future<Output = Result<Response, reqwest::Error>>,
        progress: &Progress,
    ) -> Result<Response, Cause> {
        let mut sending = pin!(sending);
        let mut stages = progress.watch();
        loop {
            let stage = *stages.borrow_and_update();
            let deadline = self.deadline(stage, progress.has_body());
            tokio::select! {
                biased;
                result = &mut sending => {
                    return result.map_err(|error| fault::of_request(&error, self.config.connect, progress));
                }
                // the sender lives as long as `progress`
                _ = stages.changed() => {}
                (phase, limit) = elapse(deadline) => return Err(timed_out(phase, limit, progress)),
            }
        }
    }

    /// What bounds a stage. The connector has a deadline of its own, which says that nothing was sent.
    fn deadline(&self, stage: Stage, has_body: bool) -> Option<(Phase, Duration)> {
        match stage {
            Stage::Connecting => None,
            Stage::Begun | Stage::Connected | Stage::Writing(_) if has_body => {
                Some((Phase::Write, self.config.write))
            }
            _ => Some((Phase::Read, self.config.read)),
        }
    }

    async fn answer(&self, mut response: Response) -> Result<Answer, Cause> {
        let status = response.status();
        if status.is_redirection() {
            return Err(Cause::Redirected { status: status.as_u16() });
        }
        let headers = std::mem::take(response.headers_mut());
        if status.is_success() {
            return Ok(Answer::new(status, headers, self.read(response).await?));
        }
        // the status says enough: what comes with it is taken only if it comes soon and whole
        let body = timeout(self.config.read, self.read(response)).await;
        let body = body.ok().and_then(Result::ok).unwrap_or_default();
        Err(Cause::Status(Box::new(Answer::new(status, headers, body))))
    }

    async fn read(&self, mut response: Response) -> Result<Bytes, Cause> {
        let limit = self.config.answer_bytes;
        let announced =
            response.content_length().map_or(0, |bytes| usize::try_from(bytes).unwrap_or(usize::MAX));
        if announced > limit {
            return Err(Cause::TooLarge { limit });
        }
        let mut body = BytesMut::with_capacity(announced);
        while let Some(piece) = self.piece(&mut response).await? {
            if piece.len() > limit.saturating_sub(body.len()) {
                return Err(Cause::TooLarge { limit });
            }
            body.extend_from_slice(&piece);
        }
        Ok(body.freeze())
    }

    async fn piece(&self, response: &mut Response) -> Result<Option<Bytes>, Cause> {
        let limit = self.config.read;
        match timeout(limit, response.chunk()).await {
            Ok(piece) => piece.map_err(|error| fault::of_answer(&error)),
            Err(_) => Err(Cause::TimedOut { phase: Phase::Read, limit, is_sent: true }),
        }
    }
}

fn body(request: &Checked, progress: &Progress) -> Body {
    if request.body.is_empty() {
        return Body::default();
    }
    Body::wrap(TellingBody::new(request.body.clone(), progress.clone()))
}

fn timed_out(phase: Phase, limit: Duration, progress: &Progress) -> Cause {
    Cause::TimedOut { phase, limit, is_sent: progress.may_be_sent() }
}

async fn elapse(deadline: Option<(Phase, Duration)>) -> (Phase, Duration) {
    match deadline {
        Some((phase, limit)) => {
            sleep(limit).await;
            (phase, limit)
        }
        None => std::future::pending().await,
    }
}

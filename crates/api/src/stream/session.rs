//! One client's stream: authenticate, subscribe, then frames until either side, the token or the program ends.

use std::sync::Arc;
use std::time::Duration;

use axum::extract::ws::{CloseFrame, Message, Utf8Bytes, WebSocket};
use domain::Span;
use tokio::sync::broadcast::{self, error::RecvError};
use tokio::time::{Interval, MissedTickBehavior, interval, sleep, timeout};

use super::Frame;
use super::client::{Answer, Said, known_topics};
use crate::auth::{Authenticated, authenticate};
use crate::state::AppState;

/// The client went away or did not take what it was sent.
const GONE: End = End { code: 1006, reason: "" };
const GOING_AWAY: End = End { code: 1001, reason: "the server is stopping" };
const NOT_UNDERSTOOD: End = End { code: 1008, reason: "that frame is not understood" };
const SILENT: End = End { code: 1008, reason: "no pong came back" };
const UNAUTHORISED: End = End { code: 4401, reason: "a valid token is needed" };
const EXPIRED: End = End { code: 4401, reason: "the token has expired" };
const TOO_SLOW: End = End { code: 4408, reason: "no authentication in time" };

/// Pings without a sign of life after which a client is given up.
const PINGS_UNANSWERED_MAX: u32 = 3;

/// Why a stream ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct End {
    code: u16,
    reason: &'static str,
}

struct Session {
    state: AppState,
    socket: WebSocket,
    topics: u16,
    pings_unanswered: u32,
}

/// Serves one client to its end.
pub(crate) async fn run(state: AppState, socket: WebSocket) {
    let clients = metrics::gauge!("stream_clients");
    clients.increment(1);
    let mut session = Session { state, socket, topics: 0, pings_unanswered: 0 };
    let Err(end) = session.serve().await;
    session.close(end).await;
    clients.decrement(1);
}

impl Session {
    async fn serve(&mut self) -> Result<std::convert::Infallible, End> {
        let who = self.authenticate().await?;
        // Subscribed before the answer leaves: what happens after the client reads it is not missed.
        let frames = self.state.platform.subscribe();
        self.answer(&Answer::Authenticated).await?;
        self.forward(&who, frames).await
    }

    async fn authenticate(&mut self) -> Result<Authenticated, End> {
        let within = self.state.config.stream.authenticate_within;
        let shutdown = self.state.shutdown.clone();
        let said = tokio::select! {
            () = shutdown.cancelled() => return Err(GOING_AWAY),
            said = timeout(within, self.socket.recv()) => said.map_err(|_| TOO_SLOW)?,
        };
        let Some(Ok(Message::Text(text))) = said else { return Err(UNAUTHORISED) };
        let Ok(Said::Authenticate { token }) = serde_json::from_str(&text) else { return Err(UNAUTHORISED) };
        authenticate(&self.state, &token).await.map_err(|_| UNAUTHORISED)
    }

    /// Everything that can wake a stream.
    async fn forward(
        &mut self,
        who: &Authenticated,
        mut frames: broadcast::Receiver<Arc<Frame>>,
    ) -> Result<std::convert::Infallible, End> {
        let shutdown = self.state.shutdown.clone();
        let expiry = sleep(duration(who.remaining(self.state.clock.now())));
        tokio::pin!(expiry);
        let mut pings = self.pings();
        loop {
            tokio::select! {
                biased;
                () = shutdown.cancelled() => return Err(GOING_AWAY),
                () = &mut expiry => return Err(EXPIRED),
                said = self.socket.recv() => self.hear(said).await?,
                _ = pings.tick() => self.ping().await?,
                frame = frames.recv() => self.pass_on(who, frame).await?,
            }
        }
    }

    fn pings(&self) -> Interval {
        let mut pings = interval(self.state.config.stream.ping_every);
        pings.set_missed_tick_behavior(MissedTickBehavior::Delay);
        pings.reset();
        pings
    }

    async fn hear(&mut self, said: Option<Result<Message, axum::Error>>) -> Result<(), End> {
        let message = said.and_then(Result::ok).ok_or(GONE)?;
        self.pings_unanswered = 0;
        match message {
            Message::Text(text) => self.obey(&text).await,
            Message::Binary(_) => Err(NOT_UNDERSTOOD),
            Message::Close(_) => Err(GONE),
            Message::Ping(_) | Message::Pong(_) => Ok(()),
        }
    }

    async fn obey(&mut self, text: &str) -> Result<(), End> {
        let Ok(Said::Subscribe { topics }) = serde_json::from_str(text) else { return Err(NOT_UNDERSTOOD) };
        let topics = known_topics(topics);
        self.topics = topics.iter().fold(0, |bits, topic| bits | topic.bit());
        self.answer(&Answer::Subscribed { topics: &topics }).await
    }

    async fn ping(&mut self) -> Result<(), End> {
        if self.pings_unanswered >= PINGS_UNANSWERED_MAX {
            return Err(SILENT);
        }
        self.pings_unanswered += 1;
        self.send(Message::Ping(axum::body::Bytes::new())).await
    }

    async fn pass_on(
        &mut self,
        who: &Authenticated,
        frame: Result<Arc<Frame>, RecvError>,
    ) -> Result<(), End> {
        match frame {
            Ok(frame) if frame.is_for(who, self.topics) => self.send(Message::Text(frame.text.clone())).await,
            Ok(_) => Ok(()),
            Err(RecvError::Lagged(dropped)) => {
                metrics::counter!("stream_frames_dropped_total").increment(dropped);
                self.answer(&Answer::Lagged { dropped }).await
            }
            Err(RecvError::Closed) => Err(GOING_AWAY),
        }
    }

    async fn answer(&mut self, answer: &Answer<'_>) -> Result<(), End> {
        let text = serde_json::to_string(answer).map_err(|_| GONE)?;
        self.send(Message::Text(text.into())).await
    }

    async fn send(&mut self, message: Message) -> Result<(), End> {
        let within = self.state.config.stream.send_within;
        match timeout(within, self.socket.send(message)).await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(_)) | Err(_) => Err(GONE),
        }
    }

    async fn close(mut self, end: End) {
        if end == GONE {
            return;
        }
        let frame = CloseFrame { code: end.code, reason: Utf8Bytes::from_static(end.reason) };
        if self.send(Message::Close(Some(frame))).await.is_err() {
            tracing::debug!(code = end.code, "a stream's client left before it was told why");
        }
    }
}

fn duration(span: Span) -> Duration {
    Duration::from_nanos(u64::try_from(span.nanos()).unwrap_or_default())
}

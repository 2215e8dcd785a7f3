//! One connection of a client.

use std::collections::VecDeque;
use std::future::pending;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use axum::extract::ws::{CloseFrame, Message, Utf8Bytes, WebSocket};
use bytes::Bytes;
use domain::{Span, Timestamp};
use tokio::sync::broadcast::error::RecvError;
use tokio::time::{MissedTickBehavior, interval, interval_at, sleep};

use super::{Conversation, Heard, Server};
use crate::simulator::Event;
use crate::simulator::counts::add;
use crate::simulator::faults::{Decisions, Fate};

const BEAT_EVERY: Duration = Duration::from_secs(1);

/// Close code for a client that breaks the rules.
const POLICY: u16 = 1008;

/// Why a connection goes on or does not.
enum Next {
    On,
    /// Without a word.
    Cut,
    /// Stands and is dead.
    HalfOpen,
    Close(u16, &'static str),
}

/// Everything that can wake a connection.
enum Woken {
    Stopped,
    Cut,
    Event(Result<Arc<Event>, RecvError>),
    Client(Option<Result<Message, axum::Error>>),
    Beat,
    Ping,
}

struct Talk {
    server: Arc<Server>,
    socket: WebSocket,
    conversation: Box<dyn Conversation>,
    decisions: Decisions,
    /// A frame that goes after the next one.
    held: Option<String>,
    /// When the client's last messages came.
    heard: VecDeque<Timestamp>,
}

pub(super) async fn run(
    server: Arc<Server>,
    socket: WebSocket,
    conversation: Box<dyn Conversation>,
    decisions: Decisions,
) {
    let mut talk = Talk {
        server: Arc::clone(&server),
        socket,
        conversation,
        decisions,
        held: None,
        heard: VecDeque::new(),
    };
    match talk.talk().await {
        Next::Close(code, reason) => {
            let frame = CloseFrame { code, reason: Utf8Bytes::from_static(reason) };
            // The client may be gone.
            drop(talk.socket.send(Message::Close(Some(frame))).await);
        }
        Next::HalfOpen => {
            add(&server.counts.cut);
            server.stop.cancelled().await;
        }
        Next::Cut => add(&server.counts.cut),
        Next::On => {}
    }
}

impl Talk {
    async fn talk(&mut self) -> Next {
        let mut events = self.server.events.subscribe();
        let mut cuts = self.server.cuts.subscribe();
        let ping_every = self.server.dialect.ping_every();
        let mut pings = interval_at(tokio::time::Instant::now() + ping_every, ping_every);
        let mut beats = interval(BEAT_EVERY);
        beats.set_missed_tick_behavior(MissedTickBehavior::Delay);
        for text in self.conversation.opened() {
            if let stop @ (Next::Cut | Next::HalfOpen | Next::Close(..)) = self.send(text).await {
                return stop;
            }
        }
        loop {
            let woken = tokio::select! {
                () = self.server.stop.cancelled() => Woken::Stopped,
                changed = cuts.changed() => if changed.is_ok() { Woken::Cut } else { pending().await },
                event = events.recv() => Woken::Event(event),
                message = self.socket.recv() => Woken::Client(message),
                _ = beats.tick() => Woken::Beat,
                _ = pings.tick() => Woken::Ping,
            };
            let next = match woken {
                Woken::Stopped | Woken::Cut => Next::Cut,
                Woken::Event(Ok(event)) => self.tell(&event).await,
                Woken::Event(Err(_)) => Next::Close(POLICY, "slow consumer"),
                Woken::Client(message) => self.hear(message).await,
                Woken::Beat => {
                    let said = self.conversation.beat(self.server.clock.now());
                    self.send_all(said).await
                }
                Woken::Ping => self.pass(Message::Ping(Bytes::from_static(b"1"))).await,
            };
            if !matches!(next, Next::On) {
                return next;
            }
        }
    }

    /// An event's frames, each of which may meet a fate.
    async fn tell(&mut self, event: &Event) -> Next {
        for text in self.conversation.told(event) {
            let counts = &self.server.counts;
            let next = match self.decisions.frame(&self.server.faults()) {
                Fate::Sent => self.send(text).await,
                Fate::Dropped => {
                    add(&counts.dropped);
                    Next::On
                }
                Fate::Duplicated => {
                    add(&counts.duplicated);
                    self.send_all(vec![text.clone(), text]).await
                }
                Fate::Reordered if self.held.is_none() => {
                    add(&counts.reordered);
                    self.held = Some(text);
                    continue;
                }
                Fate::Reordered => self.send(text).await,
                Fate::Stalled(span) => {
                    add(&counts.stalled);
                    sleep(span).await;
                    self.send(text).await
                }
                Fate::Cut => Next::Cut,
                Fate::HalfOpen => Next::HalfOpen,
            };
            if !matches!(next, Next::On) {
                return next;
            }
            if let Some(held) = self.held.take()
                && let stop @ (Next::Cut | Next::HalfOpen | Next::Close(..)) = self.send(held).await
            {
                return stop;
            }
        }
        Next::On
    }

    async fn hear(&mut self, message: Option<Result<Message, axum::Error>>) -> Next {
        let Some(Ok(message)) = message else { return Next::Cut };
        let now = self.server.clock.now();
        self.count(now);
        if self.heard.len() > self.server.dialect.messages_per_second() {
            add(&self.server.counts.budget_violations);
            return Next::Close(POLICY, "too many messages");
        }
        let Message::Text(text) = message else {
            return if matches!(message, Message::Close(_)) { Next::Cut } else { Next::On };
        };
        let heard = self.conversation.heard(&text, &self.server.world());
        match heard {
            Heard::Replies(replies) => self.send_all(replies).await,
            Heard::Close(code, reason) => Next::Close(code, reason),
        }
    }

    fn count(&mut self, now: Timestamp) {
        add(&self.server.counts.client_messages);
        self.heard.push_back(now);
        while self.heard.front().is_some_and(|first| now.since(*first) >= Span::SECOND) {
            self.heard.pop_front();
        }
        let within = u64::try_from(self.heard.len()).unwrap_or(u64::MAX);
        self.server.counts.busiest_second.fetch_max(within, Ordering::Relaxed);
    }

    async fn send_all(&mut self, texts: Vec<String>) -> Next {
        for text in texts {
            if let stop @ (Next::Cut | Next::HalfOpen | Next::Close(..)) = self.send(text).await {
                return stop;
            }
        }
        Next::On
    }

    async fn send(&mut self, text: String) -> Next {
        add(&self.server.counts.frames);
        self.pass(Message::text(text)).await
    }

    async fn pass(&mut self, message: Message) -> Next {
        match self.socket.send(message).await {
            Ok(()) => Next::On,
            Err(_) => Next::Cut,
        }
    }
}

//! One WebSocket connection and what was said on it.

use std::sync::Arc;
use std::time::Duration;

use domain::Timestamp;
use futures_util::{FutureExt, SinkExt, StreamExt};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::error::Error;
use tokio_tungstenite::tungstenite::protocol::WebSocketConfig;
use tokio_tungstenite::tungstenite::{Message, Utf8Bytes};
use tokio_tungstenite::{Connector, MaybeTlsStream, WebSocketStream, connect_async_tls_with_config};

use super::session::{Outbox, Session};
use super::spacing::Spacing;
use super::{Budget, LinkFault};

/// The largest message that is taken. Whole books of thousands of levels come in one.
const MESSAGE_BYTES_MAX: usize = 16 << 20;

/// What the operating system will not take within this is never going to leave.
const SEND_WITHIN: Duration = Duration::from_secs(10);

/// What came on a line.
pub(super) enum Incoming {
    Text(Utf8Bytes),
    /// A ping that was answered, or something without content.
    Control,
    Ended(LinkFault),
}

pub(super) struct Line {
    socket: WebSocketStream<MaybeTlsStream<TcpStream>>,
    pub(super) session: Box<dyn Session>,
    pub(super) out: Outbox,
    spacing: Spacing,
    pub(super) opened: Timestamp,
    pub(super) heard: Timestamp,
}

impl Line {
    pub(super) async fn open(
        mut session: Box<dyn Session>,
        budget: Budget,
        within: Duration,
        now: Timestamp,
    ) -> Result<Self, LinkFault> {
        let mut config = WebSocketConfig::default();
        config.max_message_size = Some(MESSAGE_BYTES_MAX);
        let address = session.address();
        let connector = if address.starts_with("wss:") { Some(trust()?) } else { None };
        let connecting = connect_async_tls_with_config(address, Some(config), true, connector);
        let (socket, _) = match timeout(within, connecting).await {
            Err(_) => return Err(LinkFault::TimedOut(within)),
            Ok(connected) => connected.map_err(|error| refused(&error))?,
        };
        let mut out = Outbox::default();
        session.opened(&mut out);
        Ok(Self { socket, session, out, spacing: Spacing::new(budget.send_spacing), opened: now, heard: now })
    }

    /// The next message; may be dropped and asked again.
    pub(super) async fn next(&mut self) -> Incoming {
        let message = self.socket.next().await;
        incoming(message)
    }

    /// A message that is there already.
    pub(super) fn ready(&mut self) -> Option<Incoming> {
        self.socket.next().now_or_never().map(incoming)
    }

    /// A pong leaves by itself, and the venue counts it.
    pub(super) fn answered_ping(&mut self, now: Timestamp) {
        self.spacing.spend(now);
    }

    /// Sends the next text if it is time for one.
    pub(super) async fn send_due(&mut self, now: Timestamp) -> Result<(), LinkFault> {
        if !self.spacing.is_free(now) {
            return Ok(());
        }
        let Some(text) = self.out.texts.pop_front() else { return Ok(()) };
        self.spacing.spend(now);
        match timeout(SEND_WITHIN, self.socket.send(Message::text(text))).await {
            Err(_) => Err(LinkFault::Stuck),
            Ok(sent) => sent.map_err(|error| LinkFault::Broken(error.to_string())),
        }
    }

    /// Says goodbye, without waiting for the answer.
    pub(super) async fn close(mut self) {
        // The venue may be gone already, which is what was wanted.
        drop(timeout(Duration::from_millis(200), self.socket.close(None)).await);
    }
}

/// Trusts what the system trusts.
fn trust() -> Result<Connector, LinkFault> {
    let fault = |error: rustls::Error| LinkFault::Unreachable(format!("TLS cannot be set up: {error}"));
    let mut roots = rustls::RootCertStore::empty();
    roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let config = rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(fault)?
        .with_root_certificates(roots)
        .with_no_client_auth();
    Ok(Connector::Rustls(Arc::new(config)))
}

fn incoming(message: Option<Result<Message, Error>>) -> Incoming {
    match message {
        Some(Ok(Message::Text(text))) => Incoming::Text(text),
        Some(Ok(Message::Binary(bytes))) => match Utf8Bytes::try_from(bytes) {
            Ok(text) => Incoming::Text(text),
            Err(_) => Incoming::Control,
        },
        Some(Ok(Message::Close(frame))) => {
            let why = frame.map(|frame| format!(": {} {}", u16::from(frame.code), frame.reason));
            Incoming::Ended(LinkFault::Closed(why.unwrap_or_default()))
        }
        Some(Ok(Message::Ping(_) | Message::Pong(_) | Message::Frame(_))) => Incoming::Control,
        Some(Err(error)) => Incoming::Ended(LinkFault::Broken(error.to_string())),
        None => Incoming::Ended(LinkFault::Closed(String::new())),
    }
}

fn refused(error: &Error) -> LinkFault {
    let Error::Http(answer) = error else { return LinkFault::Unreachable(error.to_string()) };
    let header = answer.headers().get("retry-after").and_then(|value| value.to_str().ok());
    let retry_after = header.and_then(|seconds| seconds.trim().parse().ok()).map(Duration::from_secs);
    LinkFault::Refused { status: answer.status().as_u16(), retry_after }
}

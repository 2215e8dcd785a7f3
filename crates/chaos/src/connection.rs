use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::net::tcp::{ReadHalf, WriteHalf};
use tokio::sync::watch;
use tokio::time::{sleep, timeout};

use crate::control::Shared;
use crate::http;
use crate::shape::{Pace, Piece, Shaper};
use crate::{Decision, Fault};

/// Each way; a connection holds two.
pub(crate) const BUFFER_BYTES: usize = 32 * 1024;

const CONNECT_MAX: Duration = Duration::from_secs(10);

/// How long the client may take to notice that the connection is closed before what it still sends resets it.
const LINGER: Duration = Duration::from_secs(1);

/// How a connection to a client ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum End {
    /// All that was sent arrives, then the end of it.
    Closed,
    /// Closed without a look back.
    Dropped,
    /// RST.
    Reset,
}

/// What every connection minds at any time.
#[derive(Debug)]
pub(crate) struct Signals {
    pub(crate) cut: watch::Receiver<()>,
    pub(crate) mute: watch::Receiver<()>,
}

/// One connection from its acceptance to its end.
pub(crate) async fn tend(mut client: TcpStream, shared: Arc<Shared>, signals: Signals) {
    let Signals { mut cut, mut mute } = signals;
    let age_max = Duration::from_millis(shared.plan.limits.connection_age_max_ms);
    let end = tokio::select! {
        biased;
        _ = cut.changed() => End::Reset,
        () = sleep(age_max) => {
            shared.counts.aged_out.add(1);
            End::Reset
        }
        end = serve_until_mute(&mut client, &shared, &mut mute) => end,
    };
    if end == End::Reset {
        // A socket that cannot be told is broken already.
        client.set_zero_linger().ok();
    }
}

async fn serve_until_mute(client: &mut TcpStream, shared: &Shared, mute: &mut watch::Receiver<()>) -> End {
    tokio::select! {
        biased;
        _ = mute.changed() => {}
        end = serve(client, shared) => return end,
    }
    shared.counts.fault(crate::Kind::HalfOpen);
    swallow(client).await;
    End::Dropped
}

async fn serve(client: &mut TcpStream, shared: &Shared) -> End {
    // Bytes that are held back to fill packets would spoil drips; where it fails they are merely less fine.
    client.set_nodelay(true).ok();
    let end = if shared.plan.http {
        match shared.by_hand() {
            Some(Fault::Refuse) => refuse(shared),
            _ => http::serve(client, shared).await,
        }
    } else {
        serve_bytes(client, shared, shared.decide()).await
    };
    if end == End::Closed {
        linger(client).await;
    }
    end
}

/// Without it, bytes of the client that nobody reads would reset the connection and take the answer with them.
async fn linger(client: &mut TcpStream) {
    if client.shutdown().await.is_ok() {
        // Over is over, in time or not.
        timeout(LINGER, swallow(client)).await.ok();
    }
}

fn refuse(shared: &Shared) -> End {
    shared.counts.fault(crate::Kind::Refuse);
    End::Dropped
}

async fn serve_bytes(client: &mut TcpStream, shared: &Shared, decision: Decision) -> End {
    if let Some(end) = spoil_unforwarded(client, shared, decision).await {
        return end;
    }
    let Some(mut party) = reach(shared).await else { return End::Reset };
    let shaper = Shaper::new(decision, &shared.counts).for_every_piece();
    pipe(client, &mut party, shaper, shared).await
}

/// The faults of which the party hears nothing. `None` when this is none of them.
pub(crate) async fn spoil_unforwarded(
    client: &mut TcpStream,
    shared: &Shared,
    decision: Decision,
) -> Option<End> {
    let fault = decision.fault?;
    let count = || shared.counts.fault(fault.kind());
    match fault {
        Fault::Refuse => Some(refuse(shared)),
        Fault::Reset { forwarded: false } => {
            count();
            Some(End::Reset)
        }
        Fault::HalfOpen => {
            count();
            swallow(client).await;
            Some(End::Dropped)
        }
        Fault::Down { span } => {
            count();
            shared.go_down(span).await;
            Some(End::Reset)
        }
        _ => None,
    }
}

/// Reads until the client has no more to say.
async fn swallow(client: &mut TcpStream) {
    let mut buffer = [0; 4096];
    while client.read(&mut buffer).await.is_ok_and(|bytes| bytes > 0) {}
}

/// A connection to the party. What cannot be reached is counted.
pub(crate) async fn reach(shared: &Shared) -> Option<TcpStream> {
    let reached = timeout(CONNECT_MAX, TcpStream::connect(shared.upstream)).await;
    let Ok(Ok(party)) = reached else {
        shared.counts.upstream_failures.add(1);
        return None;
    };
    party.set_nodelay(true).ok();
    Some(party)
}

/// Both ways until both sides have said all, or the fault ends it.
pub(crate) async fn pipe(
    client: &mut TcpStream,
    party: &mut TcpStream,
    shaper: Shaper<'_>,
    shared: &Shared,
) -> End {
    let pace = shaper.pace();
    let (client_reader, client_writer) = client.split();
    let (party_reader, party_writer) = party.split();
    let mut asked = pin!(carry_questions(client_reader, party_writer, pace, shared));
    let mut answered = pin!(carry_answers(party_reader, client_writer, shaper));
    tokio::select! {
        over = &mut asked => match over {
            Some(end) => end,
            None => answered.await.unwrap_or(End::Closed),
        },
        over = &mut answered => match over {
            Some(end) => end,
            None => asked.await.unwrap_or(End::Closed),
        },
    }
}

/// `None` when the client has said all and the party knows.
async fn carry_questions(
    mut from: ReadHalf<'_>,
    mut to: WriteHalf<'_>,
    pace: Pace,
    shared: &Shared,
) -> Option<End> {
    let mut buffer = vec![0; BUFFER_BYTES];
    loop {
        match from.read(&mut buffer).await {
            Err(_) => return Some(End::Dropped),
            Ok(0) => return to.shutdown().await.is_err().then_some(End::Reset),
            Ok(bytes) => {
                let sent = pace.write(&mut to, &buffer[..bytes], &shared.counts.bytes_to_upstream).await;
                if sent.is_err() {
                    return Some(End::Reset);
                }
            }
        }
    }
}

/// `None` when the party has said all and the client knows.
async fn carry_answers(mut from: ReadHalf<'_>, mut to: WriteHalf<'_>, mut shaper: Shaper<'_>) -> Option<End> {
    let mut buffer = vec![0; BUFFER_BYTES];
    loop {
        match from.read(&mut buffer).await {
            Err(_) => return Some(End::Reset),
            Ok(0) => return to.shutdown().await.is_err().then_some(End::Dropped),
            Ok(bytes) => {
                if let Err(end) = shaper.send(&mut to, &mut buffer[..bytes], Piece::Bytes).await {
                    return Some(end);
                }
            }
        }
    }
}

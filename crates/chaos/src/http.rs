//! HTTP/1 as far as a proxy needs it: where requests and answers end.

mod body;
mod head;
mod incoming;

#[cfg(test)]
mod tests;

use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;

use self::body::Body;
use self::head::Head;
use self::incoming::{Incoming, Stuck};
use crate::connection::{End, pipe, reach, spoil_unforwarded};
use crate::control::Shared;
use crate::counts::Count;
use crate::shape::{Pace, Piece, Shaper};
use crate::{Fault, Kind};

const CONTINUE: &[u8] = b"HTTP/1.1 100 Continue\r\n\r\n";
const FAILED: &[u8] = b"HTTP/1.1 500 Internal Server Error\r\ncontent-length: 0\r\n\r\n";

/// An answer that nobody is told is read for so long; a stream may never end.
const UNTOLD_MAX: Duration = Duration::from_secs(5);

/// Requests and answers in turn, until one side ends it or a fault does.
pub(crate) async fn serve(client: &mut TcpStream, shared: &Shared) -> End {
    let mut session = Session { client, shared, asked: Incoming::default(), party: None };
    loop {
        match session.exchange().await {
            Ok(()) => {}
            Err(end) => return end,
        }
    }
}

struct Session<'a> {
    client: &'a mut TcpStream,
    shared: &'a Shared,
    asked: Incoming,
    party: Option<Party>,
}

struct Party {
    stream: TcpStream,
    answered: Incoming,
}

/// An answer of which the head was read.
struct Answer {
    head: Head,
    body: Body,
    /// The party answered before it had heard all.
    is_early: bool,
}

impl Session<'_> {
    /// One request and its answer. `Err` when nothing more is to come on this connection.
    async fn exchange(&mut self) -> Result<(), End> {
        let request = self.next_request().await?;
        self.shared.counts.requests.add(1);
        let decision = self.shared.decide();
        if let Some(end) = spoil_unforwarded(self.client, self.shared, decision).await {
            return Err(end);
        }
        let method = request.method();
        let shaper = Shaper::new(decision, &self.shared.counts);
        let answer = self.forward(&request, shaper.pace()).await?;
        self.shared.counts.requests_forwarded.add(1);
        let is_last =
            request.closes || answer.head.closes || answer.is_early || answer.body == Body::UntilEnd;
        if answer.head.opens_tunnel(method) {
            return Err(self.tunnel(answer.head, shaper.for_every_piece()).await);
        }
        if decision.fault == Some(Fault::ServerError) {
            self.fail_after_acceptance(answer).await?;
        } else {
            self.tell(answer, shaper).await?;
        }
        if is_last { Err(End::Closed) } else { Ok(()) }
    }

    /// While nothing is asked, a party that closes the connection closes it for the client too.
    async fn next_request(&mut self) -> Result<Head, End> {
        let Self { client, party, asked, .. } = self;
        let bytes = match party {
            None => asked.head(*client).await,
            Some(party) => tokio::select! {
                biased;
                head = asked.head(*client) => head,
                // What a party says unasked belongs to no request.
                _ = party.answered.more(&mut party.stream) => Ok(None),
            },
        };
        let bytes = bytes.map_err(|stuck| self.give_up(&stuck, End::Dropped))?;
        Head::request(bytes.ok_or(End::Closed)?).map_err(|_| self.give_up(&Stuck::Unreadable, End::Dropped))
    }

    /// Hands the request over and waits for the head of the answer.
    async fn forward(&mut self, request: &Head, pace: Pace) -> Result<Answer, End> {
        if self.party.is_none() {
            let stream = reach(self.shared).await.ok_or(End::Reset)?;
            self.party = Some(Party { stream, answered: Incoming::default() });
        }
        let Self { client, asked, party: Some(party), shared } = self else { return Err(End::Reset) };
        let sent = &shared.counts.bytes_to_upstream;
        pace.write(&mut party.stream, &request.bytes, sent).await.map_err(|_| End::Reset)?;
        if request.expects_continue {
            client.write_all(CONTINUE).await.map_err(|_| End::Dropped)?;
        }
        let (mut from, mut to) = party.stream.split();
        let mut body = request.question_body();
        let method = request.method();
        let early = tokio::select! {
            biased;
            handed_over = hand_over(client, asked, &mut body, &mut to, pace, sent) => {
                handed_over.map_err(|stuck| give_up(shared, &stuck, End::Dropped))?;
                None
            }
            head = answer_head(&mut party.answered, &mut from) => Some(head),
        };
        let head = match early {
            Some(head) => head,
            None => answer_head(&mut party.answered, &mut from).await,
        };
        let head = head.map_err(|stuck| self.give_up(&stuck, End::Reset))?;
        Ok(Answer { body: head.answer_body(method), head, is_early: !body.is_over() })
    }

    /// Passes the answer on, spoilt as decided.
    async fn tell(&mut self, answer: Answer, mut shaper: Shaper<'_>) -> Result<(), End> {
        let Self { client, party: Some(party), shared, .. } = self else { return Err(End::Reset) };
        let Answer { mut head, mut body, .. } = answer;
        let place = if body.is_over() { Piece::Last } else { Piece::Head };
        shaper.send(*client, &mut head.bytes, place).await?;
        while !body.is_over() {
            if party.answered.bytes().is_empty() {
                match party.answered.more(&mut party.stream).await {
                    Ok(true) => {}
                    Ok(false) if body == Body::UntilEnd => return Ok(()),
                    _ => return Err(End::Reset),
                }
            }
            let taken = body.take(party.answered.bytes());
            let taken = taken.map_err(|_| give_up(shared, &Stuck::Unreadable, End::Reset))?;
            let place = if body.is_over() { Piece::Last } else { Piece::Body };
            shaper.send(*client, &mut party.answered.bytes()[..taken], place).await?;
            party.answered.forget(taken);
        }
        Ok(())
    }

    /// The party did its work; the client hears that it failed.
    async fn fail_after_acceptance(&mut self, answer: Answer) -> Result<(), End> {
        let Self { client, party: Some(party), shared, .. } = self else { return Err(End::Reset) };
        let Answer { mut body, .. } = answer;
        let drained = timeout(UNTOLD_MAX, drain(party, &mut body)).await;
        if !matches!(drained, Ok(Ok(()))) {
            self.party = None;
        }
        shared.counts.fault(Kind::ServerError);
        client.write_all(FAILED).await.map_err(|_| End::Dropped)?;
        shared.counts.bytes_to_client.add(FAILED.len());
        Ok(())
    }

    /// From here on nothing is known of what passes.
    async fn tunnel(&mut self, mut head: Head, mut shaper: Shaper<'_>) -> End {
        let Self { client, party: Some(party), shared, asked } = self else { return End::Reset };
        let behind = party.answered.bytes();
        head.bytes.extend_from_slice(behind);
        if let Err(end) = shaper.send(*client, &mut head.bytes, Piece::Bytes).await {
            return end;
        }
        let sent = &shared.counts.bytes_to_upstream;
        if shaper.pace().write(&mut party.stream, asked.bytes(), sent).await.is_err() {
            return End::Reset;
        }
        pipe(client, &mut party.stream, shaper, shared).await
    }

    fn give_up(&self, stuck: &Stuck, broken: End) -> End {
        give_up(self.shared, stuck, broken)
    }
}

/// What cannot be read is counted and closed.
fn give_up(shared: &Shared, stuck: &Stuck, broken: End) -> End {
    match stuck {
        Stuck::Broken => broken,
        Stuck::Unreadable => {
            shared.counts.unreadable.add(1);
            End::Closed
        }
    }
}

/// The rest of a request. A party that no longer listens may have answered already: the body is then not over.
async fn hand_over(
    client: &mut TcpStream,
    asked: &mut Incoming,
    body: &mut Body,
    to: &mut (impl AsyncWrite + Unpin),
    pace: Pace,
    sent: &Count,
) -> Result<(), Stuck> {
    while !body.is_over() {
        if asked.bytes().is_empty() && !asked.more(client).await? {
            return Err(Stuck::Broken);
        }
        let mut rest = *body;
        let taken = rest.take(asked.bytes())?;
        if pace.write(to, &asked.bytes()[..taken], sent).await.is_err() {
            return Ok(());
        }
        *body = rest;
        asked.forget(taken);
    }
    Ok(())
}

/// The head of the real answer; what is told before it is left out.
async fn answer_head(answered: &mut Incoming, from: &mut (impl AsyncRead + Unpin)) -> Result<Head, Stuck> {
    loop {
        let bytes = answered.head(from).await?.ok_or(Stuck::Broken)?;
        let head = Head::answer(bytes)?;
        if !head.is_interim() {
            return Ok(head);
        }
    }
}

async fn drain(party: &mut Party, body: &mut Body) -> Result<(), Stuck> {
    while !body.is_over() {
        if party.answered.bytes().is_empty() && !party.answered.more(&mut party.stream).await? {
            return if *body == Body::UntilEnd { Ok(()) } else { Err(Stuck::Broken) };
        }
        let taken = body.take(party.answered.bytes())?;
        party.answered.forget(taken);
    }
    Ok(())
}

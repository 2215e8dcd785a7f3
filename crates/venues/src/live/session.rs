use std::collections::VecDeque;
use std::time::Duration;

use domain::{FeedMessage, InstrumentId, Timestamp};
use market::BookRules;

use crate::wire::DecodeError;

/// What a session wants done. The link does it in order, within the vendor's [`Budget`].
#[derive(Debug, Default)]
pub struct Outbox {
    pub(super) texts: VecDeque<String>,
    pub(super) fetches: VecDeque<Fetch>,
    pub(super) is_renewed: bool,
}

/// A snapshot to be fetched over HTTP.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Fetch {
    pub(super) instrument: InstrumentId,
    pub(super) url: String,
}

impl Outbox {
    /// Sends `text` to the venue.
    pub fn say(&mut self, text: impl Into<String>) {
        self.texts.push_back(text.into());
    }

    /// Fetches the snapshot of an instrument; the answer comes to [`Session::answered`].
    pub fn fetch(&mut self, instrument: InstrumentId, url: impl Into<String>) {
        self.fetches.push_back(Fetch { instrument, url: url.into() });
    }

    /// Has another connection take over from this one, without a hole: the venue is about to close it.
    pub fn renew(&mut self) {
        self.is_renewed = true;
    }
}

/// What the venue allows on one connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Budget {
    /// Between two messages of ours, pongs included.
    pub send_spacing: Duration,
    /// Between two requests over HTTP.
    pub fetch_spacing: Duration,
    /// The age at which another connection takes over; the venue closes it a little later.
    pub age_max: Duration,
}

/// One connection with a vendor, from its opening to its end.
pub trait Session: Send {
    /// Where to connect, with `ws` or `wss`.
    fn address(&self) -> String;

    /// The connection stands.
    fn opened(&mut self, out: &mut Outbox);

    /// A message came.
    ///
    /// # Errors
    /// What is wrong with it; the session stays usable.
    fn received(
        &mut self,
        text: &[u8],
        receive_time: Timestamp,
        out: &mut Outbox,
        emit: &mut dyn FnMut(FeedMessage<'_>),
    ) -> Result<(), DecodeError>;

    /// The instrument's book must be had anew.
    fn resync(&mut self, instrument: InstrumentId, out: &mut Outbox);

    /// The instrument is silent while others speak: its subscription may have been lost.
    fn resubscribe(&mut self, instrument: InstrumentId, out: &mut Outbox);

    /// What was fetched came.
    ///
    /// # Errors
    /// What is wrong with it; it is asked for again.
    fn answered(
        &mut self,
        instrument: InstrumentId,
        body: &[u8],
        receive_time: Timestamp,
        emit: &mut dyn FnMut(FeedMessage<'_>),
    ) -> Result<(), DecodeError>;
}

/// A provider of market data, and what is wanted of it.
pub trait Vendor: Send + Sync {
    /// What it is called in metrics and logs.
    fn provider(&self) -> &'static str;

    /// The instruments of one connection, and how their books are built.
    fn books(&self) -> &[(InstrumentId, BookRules)];

    fn budget(&self) -> Budget;

    /// What a new connection starts from.
    fn session(&self) -> Box<dyn Session>;
}

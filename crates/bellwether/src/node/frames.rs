//! Frames to the streams: made once, sent to everyone who subscribed.

use std::sync::Arc;

use api::Frame;
use api::model::operations::{AlertChange, LogLine};
use api::model::{self, Overview};
use api::stream::FRAMES_KEPT;
use api::stream::FrameError;
use domain::{Bar, CrossVenueSpread, Instruments, MarketEvent, Quote, SpreadPhase};
use engine::view::AccountView;
use tokio::sync::broadcast;

use super::accounts::{Account, Identity};
use super::tap::Fact;

/// The one channel that all streams read. Slow readers lose the oldest frames and are told how many.
#[derive(Debug, Clone)]
pub(crate) struct Frames(broadcast::Sender<Arc<Frame>>);

impl Frames {
    pub(crate) fn new() -> Self {
        Self(broadcast::Sender::new(FRAMES_KEPT))
    }

    pub(crate) fn subscribe(&self) -> broadcast::Receiver<Arc<Frame>> {
        self.0.subscribe()
    }

    pub(crate) fn on_market(&self, event: &MarketEvent, last_quote: impl FnOnce() -> Option<Quote>) {
        match event {
            MarketEvent::Quote(quote) => {
                self.send(|| Frame::quote(&model::Quote::of(quote, quote.is_two_sided())))
            }
            MarketEvent::Invalid { .. } => {
                if let Some(quote) = last_quote() {
                    self.send(|| Frame::quote(&model::Quote::of(&quote, false)));
                }
            }
            MarketEvent::Bar(bar) => self.bar(bar, true),
            MarketEvent::Spread(spread) => self.spread(spread),
            MarketEvent::Pair(spread) => self.send(|| Frame::pair(&spread.into())),
            MarketEvent::Regime(change) => self.send(|| Frame::regime(&change.into())),
            MarketEvent::Trade(_) | MarketEvent::Depth(_) | MarketEvent::Corporate(_) => {}
        }
    }

    pub(crate) fn bar(&self, bar: &Bar, closed: bool) {
        self.send(|| Frame::bar(&bar.into(), closed));
    }

    fn spread(&self, spread: &CrossVenueSpread) {
        if spread.phase == SpreadPhase::Closed {
            return;
        }
        if let Some(spread) = model::Spread::of(spread) {
            self.send(|| Frame::spread(&spread));
        }
    }

    /// The orders and fills of one fact.
    pub(crate) fn on_fact(&self, identity: &Identity, fact: &Fact, instruments: &Instruments) {
        if let Some(order) = &fact.order {
            let order = model::Order::of(order, identity.account, fact.reason());
            self.send(|| Frame::order(identity.tenant, identity.account, &order));
        }
        if let Some(fill) = fact.fill()
            && let Some(instrument) = instruments.get(fill.instrument)
        {
            let fill = model::Fill::of(fill, Some(instrument.settlement));
            self.send(|| Frame::fill(identity.tenant, identity.account, &fill));
        }
    }

    pub(crate) fn account(&self, account: &Account, view: &AccountView) {
        let shown = model::Account::of(view, &account.identity.profile, account.rung_override());
        self.send(|| Frame::account(account.identity.tenant, &shown, &model::Portfolio::of(view)));
    }

    pub(crate) fn log(&self, line: &LogLine) {
        self.send(|| Frame::log(line));
    }

    /// # Errors
    /// When the frame cannot be written.
    pub(crate) fn alert(&self, change: &AlertChange) -> Result<(), FrameError> {
        self.try_send(|| Frame::alert(change))
    }

    pub(crate) fn health(&self, overview: &Overview) {
        self.send(|| Frame::health(overview));
    }

    fn send(&self, make: impl FnOnce() -> Result<Frame, FrameError>) {
        if let Err(error) = self.try_send(make) {
            tracing::error!(%error, "a frame cannot be written");
        }
    }

    /// Nothing is written when nobody listens.
    fn try_send(&self, make: impl FnOnce() -> Result<Frame, FrameError>) -> Result<(), FrameError> {
        if self.0.receiver_count() > 0 {
            // A send fails only when the last reader has just left.
            drop(self.0.send(Arc::new(make()?)));
        }
        Ok(())
    }
}

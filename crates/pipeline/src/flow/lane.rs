use std::sync::Arc;

use domain::{Depth, FeedMessage, InstrumentId, Instruments, Price, Quote, Timestamp, Trade};

use super::book_lane::BookLane;
use super::check::FlowRefusal;
use super::config::{FlowConfig, FlowError, OutlierGuard, QuoteSource};
use super::depth_pool::DepthPool;
use super::guard::LastGood;

/// What the flow keeps of one instrument.
#[derive(Debug)]
pub(super) struct Lane {
    pub(super) instrument: InstrumentId,
    pub(super) book: Option<BookLane>,
    /// Readers were told not to trust the prices, and no quote has been told since.
    pub(super) invalid: bool,
    /// Silence is watched from the first message on.
    pub(super) watched: bool,
    depth: Option<DepthPool>,
    quote_source: QuoteSource,
    /// The feed sends quotes of its own.
    feed_quotes: bool,
    last_feed_id: Option<u64>,
    /// The highest update id among the quotes told.
    last_told_id: Option<u64>,
    last_trade: Option<(u64, Timestamp)>,
    last_good: LastGood,
}

/// A lane for each instrument, in the order of their ids.
pub(super) fn lanes(config: &FlowConfig, instruments: &Instruments) -> Result<Vec<Lane>, FlowError> {
    let mut lanes: Vec<Lane> = instruments.iter().map(|instrument| Lane::new(instrument.id)).collect();
    for &(id, rules) in &config.books {
        let lane = lanes.get_mut(id.index()).ok_or(FlowError::UnknownInstrument(id))?;
        lane.book = Some(BookLane::new(id, rules));
        lane.depth = (config.depth_levels > 0).then(|| DepthPool::new(id, config.depth_levels));
    }
    for &(id, source) in &config.quote_sources {
        let lane = lanes.get_mut(id.index()).ok_or(FlowError::UnknownInstrument(id))?;
        if source == QuoteSource::Book && lane.book.is_none() {
            return Err(FlowError::NoBook(id));
        }
        lane.quote_source = source;
    }
    Ok(lanes)
}

impl Lane {
    fn new(instrument: InstrumentId) -> Self {
        Self {
            instrument,
            book: None,
            invalid: false,
            watched: false,
            depth: None,
            quote_source: QuoteSource::default(),
            feed_quotes: false,
            last_feed_id: None,
            last_told_id: None,
            last_trade: None,
            last_good: LastGood::default(),
        }
    }

    /// Checks that need what came before. Changes nothing when it refuses, but for the count of outliers.
    #[inline]
    pub(super) fn admit(
        &mut self,
        message: &FeedMessage<'_>,
        guard: Option<&OutlierGuard>,
    ) -> Result<(), FlowRefusal> {
        match message {
            FeedMessage::Trade(trade) => self.admit_trade(trade, guard),
            FeedMessage::Quote { quote, update_id } => self.admit_quote(quote, *update_id, guard),
            FeedMessage::DepthUpdate(_) | FeedMessage::DepthSnapshot(_) if self.book.is_none() => {
                Err(FlowRefusal::NoBook)
            }
            _ => Ok(()),
        }
    }

    /// Whether a quote of the feed is told. It is noted either way.
    #[inline]
    pub(super) fn takes_feed_quote(&mut self, update_id: Option<u64>) -> bool {
        self.feed_quotes = true;
        let told = match self.quote_source {
            QuoteSource::Feed => true,
            QuoteSource::Book => false,
            QuoteSource::Both => update_id.is_none() || self.invalid || update_id > self.last_told_id,
        };
        if told {
            self.last_told_id = self.last_told_id.max(update_id);
        }
        told
    }

    /// The quote that the book tells after a change. While the instrument is invalid any sound book will do.
    #[inline]
    pub(super) fn book_quote(&mut self, top_changed: bool) -> Option<Quote> {
        let builder = self.book.as_ref()?.builder();
        let id = builder.last_update_id();
        let told = match self.quote_source {
            QuoteSource::Feed => top_changed && !self.feed_quotes,
            QuoteSource::Book => top_changed,
            QuoteSource::Both => top_changed && id > self.last_told_id,
        };
        if !told && !self.invalid {
            return None;
        }
        let quote = builder.quote()?;
        self.last_told_id = self.last_told_id.max(id);
        Some(quote)
    }

    /// The depth to tell after a change of the book, if it is wanted and differs from the one before.
    #[inline]
    pub(super) fn changed_depth(&mut self, time: Timestamp) -> Option<Arc<Depth>> {
        let (pool, book) = (self.depth.as_mut()?, self.book.as_ref()?);
        pool.changed(book.builder(), time)
    }

    /// Marks the prices as not to be trusted; `false` when they were already.
    pub(super) fn invalidate(&mut self) -> bool {
        if let Some(depth) = &mut self.depth {
            depth.forget();
        }
        !std::mem::replace(&mut self.invalid, true)
    }

    /// Forgets the book and all numbers that the next connection may count anew.
    pub(super) fn disconnected(&mut self) {
        if let Some(book) = &mut self.book {
            book.reset();
        }
        self.last_feed_id = None;
        self.last_told_id = None;
    }

    fn admit_trade(&mut self, trade: &Trade, guard: Option<&OutlierGuard>) -> Result<(), FlowRefusal> {
        let name = (trade.id, trade.venue_time);
        if trade.id != 0 && self.last_trade == Some(name) {
            return Err(FlowRefusal::Duplicate);
        }
        self.admit_price(trade.price, guard)?;
        self.last_trade = Some(name);
        Ok(())
    }

    fn admit_quote(
        &mut self,
        quote: &Quote,
        update_id: Option<u64>,
        guard: Option<&OutlierGuard>,
    ) -> Result<(), FlowRefusal> {
        if update_id.is_some() && update_id < self.last_feed_id {
            return Err(FlowRefusal::OutOfOrder);
        }
        if guard.is_some()
            && quote.is_two_sided()
            && let Ok(mid) = quote.mid()
        {
            self.admit_price(mid, guard)?;
        }
        self.last_feed_id = self.last_feed_id.max(update_id);
        Ok(())
    }

    fn admit_price(&mut self, price: Price, guard: Option<&OutlierGuard>) -> Result<(), FlowRefusal> {
        match guard {
            Some(guard) if !self.last_good.admit(price, guard) => Err(FlowRefusal::Outlier),
            _ => Ok(()),
        }
    }
}

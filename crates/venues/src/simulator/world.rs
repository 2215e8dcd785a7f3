//! The market that a simulator shows.

use std::collections::BTreeMap;
use std::sync::Arc;

use domain::{
    DepthSnapshot, FeedMessage, Instrument, InstrumentId, Level, Price, Quantity, Side, Timestamp, Trade,
};
use market::{Book, BookBuilder, BookChange, BookRules};

/// One thing that happened, told to every connection.
#[derive(Debug, Clone)]
pub(crate) struct Event {
    /// As the venue spells it.
    pub(crate) symbol: Arc<str>,
    pub(crate) time: Timestamp,
    pub(crate) kind: EventKind,
}

#[derive(Debug, Clone)]
pub(crate) enum EventKind {
    Trade(Trade),
    /// The venue is about to close its connections. It is about no instrument.
    Farewell,
    /// Levels that changed, under one number for each: `first` to `last`, after `previous`. With the best of each side
    /// once all are applied, and whether it is another than before.
    Depth {
        first: u64,
        last: u64,
        previous: u64,
        bids: Vec<Level>,
        asks: Vec<Level>,
        best: [Level; 2],
        is_new_best: bool,
    },
}

/// An instrument of the market.
#[derive(Debug, Clone)]
pub(crate) struct Listing {
    pub(crate) instrument: Instrument,
    pub(crate) book: Book,
    pub(crate) last_id: u64,
    pub(crate) trades: u64,
    pub(crate) time: Timestamp,
    symbol: Arc<str>,
    source: BookBuilder,
    /// The source's book is cut to a depth, so what fell out of it must be told.
    is_cut: bool,
}

/// Every instrument, and how it came to be.
pub(crate) struct World {
    listings: BTreeMap<InstrumentId, Listing>,
    /// How far numbers are apart: futures leave holes.
    stride: u64,
}

impl World {
    pub(crate) fn new(listed: &[(Instrument, BookRules)], stride: u64) -> Self {
        let listing = |(instrument, rules): &(Instrument, BookRules)| Listing {
            instrument: instrument.clone(),
            book: Book::new(),
            last_id: 1_000,
            trades: 1_000,
            time: Timestamp::EPOCH,
            symbol: instrument.symbol.as_str().into(),
            source: BookBuilder::new(instrument.id, *rules),
            is_cut: rules.depth_max.is_some(),
        };
        Self { listings: listed.iter().map(|entry| (entry.0.id, listing(entry))).collect(), stride }
    }

    pub(crate) fn listing(&self, instrument: InstrumentId) -> Option<&Listing> {
        self.listings.get(&instrument)
    }

    pub(crate) fn find(&self, symbol: &str) -> Option<&Listing> {
        self.listings.values().find(|listing| listing.instrument.symbol.eq_ignore_ascii_case(symbol))
    }

    pub(crate) fn listings(&self) -> impl Iterator<Item = &Listing> {
        self.listings.values()
    }

    /// Folds in what the source says. `time`: now, by the simulator's clock.
    pub(crate) fn take(&mut self, message: FeedMessage<'_>, time: Timestamp) -> Option<Event> {
        let stride = self.stride;
        let listing = self.listings.get_mut(&message.instrument())?;
        listing.time = time;
        match message {
            FeedMessage::Trade(trade) => {
                listing.trades += 1;
                let trade = Trade { id: listing.trades, venue_time: time, receive_time: time, ..trade };
                let symbol = Arc::clone(&listing.symbol);
                Some(Event { symbol, time, kind: EventKind::Trade(trade) })
            }
            FeedMessage::DepthUpdate(update) => match listing.source.on_update(update) {
                BookChange::Updated { .. } if listing.is_cut => Some(listing.follow(stride, time)),
                BookChange::Updated { .. } => {
                    Some(listing.change(update.bids.clone(), update.asks.clone(), stride, time))
                }
                _ => None,
            },
            FeedMessage::DepthSnapshot(snapshot) => match listing.source.on_snapshot(snapshot) {
                BookChange::Synchronised => Some(listing.follow(stride, time)),
                _ => None,
            },
            FeedMessage::Quote { .. }
            | FeedMessage::Bar(_)
            | FeedMessage::Amendment(_)
            | FeedMessage::Corporate(_)
            | FeedMessage::Interrupted(_) => None,
        }
    }

    /// Says the best levels of every book again, so that whoever missed something can notice.
    pub(crate) fn restate(&mut self, time: Timestamp) -> Vec<Event> {
        let stride = self.stride;
        self.listings
            .values_mut()
            .map(|listing| {
                let bids = listing.book.best_bid().into_iter().collect();
                let asks = listing.book.best_ask().into_iter().collect();
                listing.change(bids, asks, stride, time)
            })
            .collect()
    }
}

impl Listing {
    pub(crate) fn snapshot(&self, levels: usize) -> DepthSnapshot {
        let (mut bids, mut asks) = (Vec::new(), Vec::new());
        self.book.fill_depth(levels, &mut bids, &mut asks);
        DepthSnapshot {
            instrument: self.instrument.id,
            last_update_id: self.last_id,
            bids,
            asks,
            checksum: None,
            venue_time: self.time,
            receive_time: self.time,
        }
    }

    /// Makes the book what the source's is.
    fn follow(&mut self, stride: u64, time: Timestamp) -> Event {
        let (bids, asks) = self.source.book().map_or_else(Default::default, |book| {
            (difference(&self.book, book, Side::Buy), difference(&self.book, book, Side::Sell))
        });
        self.change(bids, asks, stride, time)
    }

    fn change(&mut self, bids: Vec<Level>, asks: Vec<Level>, stride: u64, time: Timestamp) -> Event {
        let before = self.best();
        for &level in &bids {
            self.book.apply_level(Side::Buy, level);
        }
        for &level in &asks {
            self.book.apply_level(Side::Sell, level);
        }
        let previous = self.last_id;
        let first = previous + stride;
        let changes = u64::try_from(bids.len() + asks.len()).unwrap_or(1).max(1);
        self.last_id = first + changes - 1;
        let best = self.best();
        let (last, is_new_best) = (self.last_id, best != before);
        let kind = EventKind::Depth { first, last, previous, bids, asks, best, is_new_best };
        Event { symbol: Arc::clone(&self.symbol), time, kind }
    }

    fn best(&self) -> [Level; 2] {
        const NONE: Level = Level { price: Price::ZERO, quantity: Quantity::ZERO };
        [self.book.best_bid().unwrap_or(NONE), self.book.best_ask().unwrap_or(NONE)]
    }
}

/// The changes that make one side of `from` that of `to`; deletions first, so that the book never crosses on the way.
fn difference(from: &Book, to: &Book, side: Side) -> Vec<Level> {
    let wanted: BTreeMap<Price, Quantity> =
        to.levels(side).map(|level| (level.price, level.quantity)).collect();
    let known: BTreeMap<Price, Quantity> =
        from.levels(side).map(|level| (level.price, level.quantity)).collect();
    let gone = known.keys().filter(|price| !wanted.contains_key(price));
    let gone = gone.map(|&price| Level { price, quantity: Quantity::ZERO });
    let changed = wanted.iter().filter(|(price, quantity)| known.get(price) != Some(quantity));
    gone.chain(changed.map(|(&price, &quantity)| Level { price, quantity })).collect()
}

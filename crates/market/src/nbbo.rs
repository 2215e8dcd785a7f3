//! The best bid and offer across the exchanges of one instrument (NBBO), from the quotes of each.
//!
//! The best bid is the highest of all exchanges, the best ask the lowest; the quantity is what all exchanges together
//! show at that price. A side that an exchange has not told for longer than allowed does not count. Exchanges are not
//! one: the best bid may meet the best ask of another (a locked market) or stand above it (a crossed one). Both are
//! counted; a crossed one is told as it is, and whoever checks quotes may refuse it.

use domain::{InstrumentId, Level, Price, Quantity, Quote, Side, Span, Timestamp};

/// Exchanges of one instrument; the tapes of US equities know 26 letters.
pub const EXCHANGES_MAX: usize = 64;

/// What was seen since the start.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct NbboCounts {
    /// Quotes of exchanges taken.
    pub taken: u64,
    /// Changes of the best bid or ask.
    pub told: u64,
    /// Of those told: bid and ask at one price, and bid above ask.
    pub locked: u64,
    pub crossed: u64,
    /// Quotes of exchanges beyond [`EXCHANGES_MAX`], left out.
    pub refused: u64,
}

/// Builds the best bid and offer of one instrument.
#[derive(Debug, Clone)]
pub struct Nbbo {
    instrument: InstrumentId,
    max_age: Option<Span>,
    /// By the exchange's letter or number, in the order of their first quote.
    exchanges: Vec<(u8, [Standing; 2])>,
    last: Option<(Level, Level)>,
    counts: NbboCounts,
}

/// One side of one exchange.
#[derive(Debug, Clone, Copy)]
struct Standing {
    level: Level,
    time: Timestamp,
}

const NOTHING: Standing =
    Standing { level: Level { price: Price::ZERO, quantity: Quantity::ZERO }, time: Timestamp::MIN };

impl Nbbo {
    /// Quotes older than `max_age` by the venue's time do not count.
    #[must_use]
    pub const fn new(instrument: InstrumentId, max_age: Option<Span>) -> Self {
        Self {
            instrument,
            max_age,
            exchanges: Vec::new(),
            last: None,
            counts: NbboCounts { taken: 0, told: 0, locked: 0, crossed: 0, refused: 0 },
        }
    }

    /// Takes one side of one exchange's quote; of quantity zero, that the side is empty. The best bid and offer, when
    /// it differs from the one told last.
    pub fn on_side(&mut self, exchange: u8, side: Side, level: Level, time: Timestamp) -> Option<Quote> {
        let Some(place) = self.place(exchange) else {
            self.counts.refused += 1;
            return None;
        };
        self.counts.taken += 1;
        self.exchanges[place].1[index(side)] = Standing { level, time };
        self.tell(time)
    }

    /// Takes both sides of one exchange's quote.
    pub fn on_quote(&mut self, exchange: u8, bid: Level, ask: Level, time: Timestamp) -> Option<Quote> {
        let Some(place) = self.place(exchange) else {
            self.counts.refused += 1;
            return None;
        };
        self.counts.taken += 1;
        self.exchanges[place].1 = [Standing { level: bid, time }, Standing { level: ask, time }];
        self.tell(time)
    }

    #[must_use]
    pub const fn counts(&self) -> NbboCounts {
        self.counts
    }

    fn place(&mut self, exchange: u8) -> Option<usize> {
        let known = self.exchanges.iter().position(|(letter, _)| *letter == exchange);
        if known.is_none() && self.exchanges.len() < EXCHANGES_MAX {
            self.exchanges.push((exchange, [NOTHING; 2]));
            return Some(self.exchanges.len() - 1);
        }
        known
    }

    fn tell(&mut self, time: Timestamp) -> Option<Quote> {
        let (bid, ask) = (self.best(Side::Buy, time), self.best(Side::Sell, time));
        if self.last.replace((bid, ask)) == Some((bid, ask)) {
            return None;
        }
        self.counts.told += 1;
        if bid.quantity.is_positive() && ask.quantity.is_positive() {
            self.counts.locked += u64::from(bid.price == ask.price);
            self.counts.crossed += u64::from(bid.price > ask.price);
        }
        Some(Quote { instrument: self.instrument, bid, ask, venue_time: time, receive_time: time })
    }

    /// Empty when no exchange has that side.
    fn best(&self, side: Side, now: Timestamp) -> Level {
        let mut best = Level::default();
        for (_, sides) in &self.exchanges {
            let Standing { level, time } = sides[index(side)];
            let is_old = self.max_age.is_some_and(|max_age| now.since(time) > max_age);
            if is_old || !level.quantity.is_positive() {
                continue;
            }
            let is_better = match side {
                Side::Buy => level.price > best.price,
                Side::Sell => level.price < best.price,
            };
            if !best.quantity.is_positive() || is_better {
                best = level;
            } else if level.price == best.price {
                let sum = best.quantity.raw().saturating_add(level.quantity.raw());
                best.quantity = Quantity::from_raw(sum);
            }
        }
        best
    }
}

const fn index(side: Side) -> usize {
    match side {
        Side::Buy => 0,
        Side::Sell => 1,
    }
}

#[cfg(test)]
mod tests;

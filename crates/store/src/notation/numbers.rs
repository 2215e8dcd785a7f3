//! Numbers that tell rows of one moment apart, and the order in which rows lie.

use domain::{InstrumentId, Quote, Side, Trade};

/// Trades in the order of the table, each with its number: the venue's, or one of ours where it gives none.
pub(crate) fn trades(trades: &[Trade]) -> impl Iterator<Item = (i64, &Trade)> {
    let mut sorted: Vec<&Trade> = trades.iter().collect();
    sorted.sort_unstable_by_key(|trade| trade_key(trade));
    let mut numbers = Numbers::new();
    sorted.into_iter().map(move |trade| {
        let number = match trade.id {
            0 => numbers.next((trade.instrument, trade.venue_time.nanos()), trade_content(trade)),
            id => id.cast_signed(),
        };
        (number, trade)
    })
}

/// Quotes in the order of the table, each with a number of ours.
pub(crate) fn quotes(quotes: &[Quote]) -> impl Iterator<Item = (i64, &Quote)> {
    let mut sorted: Vec<&Quote> = quotes.iter().collect();
    sorted.sort_unstable_by_key(|quote| quote_key(quote));
    let mut numbers = Numbers::new();
    sorted.into_iter().map(move |quote| {
        let content = crc(&quote_content(quote));
        (numbers.next((quote.instrument, quote.receive_time.nanos()), content), quote)
    })
}

/// The venue's number of a trade in this row, 0 where it has none. Negative numbers are ours.
pub(crate) fn trade_id(number: i64) -> u64 {
    u64::try_from(number).unwrap_or(0)
}

pub(crate) fn is_sell(trade: &Trade) -> Option<bool> {
    trade.aggressor.map(|side| side == Side::Sell)
}

pub(crate) fn aggressor(is_sell: Option<bool>) -> Option<Side> {
    is_sell.map(|is_sell| if is_sell { Side::Sell } else { Side::Buy })
}

/// A number for a row whose venue gives none: from what it says, so that the same row gets the same number, and
/// negative, so that it is no venue's. Equal rows of one moment are told apart by how many came before.
struct Numbers {
    content: u32,
    key: (InstrumentId, i64),
    seen: u16,
}

impl Numbers {
    const fn new() -> Self {
        Self { content: 0, key: (InstrumentId(u32::MAX), i64::MIN), seen: 0 }
    }

    /// Rows must come with equal ones side by side.
    fn next(&mut self, key: (InstrumentId, i64), content: u32) -> i64 {
        let is_again = self.key == key && self.content == content;
        self.seen = if is_again { self.seen.saturating_add(1) } else { 0 };
        (self.key, self.content) = (key, content);
        i64::MIN + (i64::from(content) << 16) + i64::from(self.seen)
    }
}

fn crc(fields: &[i128]) -> u32 {
    let mut hasher = crc32fast::Hasher::new();
    fields.iter().for_each(|field| hasher.update(&field.to_le_bytes()));
    hasher.finalize()
}

fn trade_key(trade: &Trade) -> (InstrumentId, i64, i64, i64, i128, Option<bool>) {
    let (price, quantity) = (trade.price.raw(), trade.quantity.raw());
    (trade.instrument, trade.venue_time.nanos(), trade.id.cast_signed(), price, quantity, is_sell(trade))
}

fn trade_content(trade: &Trade) -> u32 {
    let aggressor = is_sell(trade).map_or(-1, i128::from);
    crc(&[i128::from(trade.price.raw()), trade.quantity.raw(), aggressor])
}

fn quote_key(quote: &Quote) -> (InstrumentId, i64, [i128; 5]) {
    (quote.instrument, quote.receive_time.nanos(), quote_content(quote))
}

fn quote_content(quote: &Quote) -> [i128; 5] {
    [
        i128::from(quote.bid.price.raw()),
        quote.bid.quantity.raw(),
        i128::from(quote.ask.price.raw()),
        quote.ask.quantity.raw(),
        i128::from(quote.venue_time.nanos()),
    ]
}

//! Rows in the binary form that COPY takes: a signature, for each row the number of its columns and for each column
//! its length and value, and a mark of the end. They are written in the order in which they lie in the table.

use bytes::{BufMut, Bytes, BytesMut};
use domain::{Bar, CrossVenueSpread, Quote, Trade};

use super::numeric::Exact;
use crate::market::spread_place;
use crate::notation::numbers;

/// Signature, flags, length of the extension.
const HEAD: &[u8] = b"PGCOPY\n\xff\r\n\0\0\0\0\0\0\0\0\0";
const END: i16 = -1;
const NOTHING: i32 = -1;

/// A piece is sent when it is so long, so that the server works while the next one is written.
const PIECE_BYTES: usize = 64 * 1024;

pub(super) const TRADE: &str = "venue_time, number, price, receive_time, instrument, is_sell, quantity";
pub(super) const QUOTE: &str =
    "receive_time, number, bid, ask, venue_time, instrument, bid_quantity, ask_quantity";
pub(super) const BAR: &str = "open_time, close_time, open, high, low, close, trades, number, revision, \
                              instrument, volume, rule";
pub(super) const SPREAD: &str = "time, id, phase, buy_price, sell_price, net_rate, buy_age, sell_age, buy, sell, \
                                 quantity, gross, fees, asset";

/// The rows in pieces.
pub(super) fn pieces<T>(
    mut rows: impl Iterator<Item = T>,
    mut write: impl FnMut(&mut Piece, T),
) -> impl Iterator<Item = Bytes> {
    let mut piece = Piece(BytesMut::with_capacity(PIECE_BYTES + PIECE_BYTES / 8));
    piece.0.put_slice(HEAD);
    let mut is_over = false;
    std::iter::from_fn(move || {
        while !is_over && piece.0.len() < PIECE_BYTES {
            match rows.next() {
                Some(row) => write(&mut piece, row),
                None => {
                    piece.0.put_i16(END);
                    is_over = true;
                }
            }
        }
        (!piece.0.is_empty()).then(|| piece.0.split().freeze())
    })
}

/// What is being written.
pub(super) struct Piece(BytesMut);

impl Piece {
    fn row(&mut self, columns: i16) {
        self.0.put_i16(columns);
    }

    fn bigint(&mut self, value: i64) {
        self.0.put_i32(8);
        self.0.put_i64(value);
    }

    fn integer(&mut self, value: i32) {
        self.0.put_i32(4);
        self.0.put_i32(value);
    }

    fn boolean(&mut self, value: Option<bool>) {
        match value {
            Some(value) => {
                self.0.put_i32(1);
                self.0.put_u8(u8::from(value));
            }
            None => self.0.put_i32(NOTHING),
        }
    }

    fn exact<const PLACES: u32>(&mut self, value: impl Into<Exact<PLACES>>) {
        value.into().put(&mut self.0);
    }

    fn text(&mut self, text: &str) {
        self.0.put_i32(i32::try_from(text.len()).unwrap_or(i32::MAX));
        self.0.put_slice(text.as_bytes());
    }
}

pub(super) fn trade(piece: &mut Piece, (number, trade): (i64, &Trade)) {
    piece.row(7);
    piece.bigint(trade.venue_time.nanos());
    piece.bigint(number);
    piece.bigint(trade.price.raw());
    piece.bigint(trade.receive_time.nanos());
    piece.integer(trade.instrument.0.cast_signed());
    piece.boolean(numbers::is_sell(trade));
    piece.exact(trade.quantity);
}

pub(super) fn quote(piece: &mut Piece, (number, quote): (i64, &Quote)) {
    piece.row(8);
    piece.bigint(quote.receive_time.nanos());
    piece.bigint(number);
    piece.bigint(quote.bid.price.raw());
    piece.bigint(quote.ask.price.raw());
    piece.bigint(quote.venue_time.nanos());
    piece.integer(quote.instrument.0.cast_signed());
    piece.exact(quote.bid.quantity);
    piece.exact(quote.ask.quantity);
}

pub(super) fn bar(piece: &mut Piece, bar: &Bar) {
    piece.row(12);
    piece.bigint(bar.open_time.nanos());
    piece.bigint(bar.close_time.nanos());
    piece.bigint(bar.open.raw());
    piece.bigint(bar.high.raw());
    piece.bigint(bar.low.raw());
    piece.bigint(bar.close.raw());
    [bar.trades, bar.number, bar.revision].into_iter().for_each(|count| piece.bigint(i64::from(count)));
    piece.integer(bar.instrument.0.cast_signed());
    piece.exact(bar.volume);
    piece.text(&bar.rule.to_string());
}

pub(super) fn spread(piece: &mut Piece, spread: &CrossVenueSpread) {
    piece.row(14);
    spread_place(spread).into_iter().for_each(|number| piece.bigint(number));
    piece.bigint(spread.buy_price.raw());
    piece.bigint(spread.sell_price.raw());
    piece.bigint(spread.net_rate.raw());
    piece.bigint(spread.buy_age.nanos());
    piece.bigint(spread.sell_age.nanos());
    piece.integer(spread.buy.0.cast_signed());
    piece.integer(spread.sell.0.cast_signed());
    piece.exact(spread.quantity);
    piece.exact(spread.gross);
    piece.exact(spread.fees);
    piece.text(spread.asset.as_str());
}

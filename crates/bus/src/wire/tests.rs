mod forward;
mod golden;
mod laws;
mod mutilated;
mod samples;

use domain::{Currency, Instrument, InstrumentId, InstrumentKind, Instruments, Price, Quantity, Rate, Venue};

use super::{Directory, Unreadable, Unsendable, decode, encode};
use crate::Message;

/// Two instruments of two venues, and a third that only one side knows.
pub(crate) fn instruments(count: usize) -> Instruments {
    let mut listed = Instruments::default();
    let names = [("BINANCE-SPOT", "BTCUSDT"), ("COINBASE", "BTC-USD"), ("KRAKEN", "XBT/USD")];
    for (venue, symbol) in names.into_iter().take(count) {
        listed.list(instrument(venue, symbol)).unwrap();
    }
    listed
}

fn instrument(venue: &str, symbol: &str) -> Instrument {
    Instrument {
        id: InstrumentId(u32::MAX),
        symbol: symbol.to_owned(),
        venue: Venue::new(venue).unwrap(),
        kind: InstrumentKind::Spot,
        contract: domain::Contract::UNIT,
        base: Currency::BTC,
        quote: Currency::USDT,
        settlement: Currency::USDT,
        price_tick: Price::parse(b"0.01").unwrap(),
        quantity_step: Quantity::parse(b"0.00001").unwrap(),
        maker_fee: Rate::from_basis_points(10),
        taker_fee: Rate::from_basis_points(10),
    }
}

pub(crate) fn directory() -> Directory {
    Directory::new(&instruments(2)).unwrap()
}

pub(super) fn bytes(message: &Message) -> Vec<u8> {
    let mut bytes = Vec::new();
    encode(message, &directory(), &mut bytes).unwrap();
    bytes
}

#[test]
fn every_message_reads_back_as_it_was() {
    for (name, message) in samples::all() {
        assert_eq!(decode(&bytes(&message), &directory()), Ok(message), "{name}");
    }
}

#[test]
fn readers_have_their_own_numbers() {
    let mut elsewhere = Instruments::default();
    elsewhere.list(instrument("COINBASE", "BTC-USD")).unwrap();
    elsewhere.list(instrument("BINANCE-SPOT", "BTCUSDT")).unwrap();
    let message = samples::spread(InstrumentId(0), InstrumentId(1));
    let read = decode(&bytes(&message), &Directory::new(&elsewhere).unwrap());
    assert_eq!(read, Ok(samples::spread(InstrumentId(1), InstrumentId(0))));
}

#[test]
fn an_instrument_that_nobody_listed_is_named() {
    let both = Directory::new(&instruments(3)).unwrap();
    let mut bytes = Vec::new();
    encode(&samples::trade(InstrumentId(2)), &both, &mut bytes).unwrap();
    let refused = decode(&bytes, &directory()).unwrap_err();
    assert!(refused.may_pass());
    assert_eq!(refused.to_string(), "KRAKEN:XBT/USD is not listed here: no message has described it yet");
    let mut later = directory();
    later.extend(&instruments(3)).unwrap();
    assert_eq!(decode(&bytes, &later), Ok(samples::trade(InstrumentId(2))));
}

#[test]
fn an_instrument_is_described_to_those_who_do_not_know_it() {
    let mut bytes = Vec::new();
    let described = instruments(3).iter().last().unwrap().clone();
    encode(&Message::Listed(Box::new(described.clone())), &Directory::default(), &mut bytes).unwrap();
    let read = decode(&bytes, &directory()).unwrap();
    let unlisted = domain::Instrument { id: InstrumentId(u32::MAX), ..described };
    assert_eq!(read, Message::Listed(Box::new(unlisted)));
}

#[test]
fn what_cannot_be_sent_leaves_nothing_behind() {
    let mut out = vec![7];
    let unknown = encode(&samples::trade(InstrumentId(9)), &directory(), &mut out);
    assert_eq!(unknown, Err(Unsendable::UnknownInstrument(InstrumentId(9))));
    let unsent = encode(&samples::deposit(), &directory(), &mut out);
    assert_eq!(unsent, Err(Unsendable::NotSent("deposited")));
    assert_eq!(out, [7]);
    let mut listed = Instruments::default();
    listed.list(instrument("COINBASE", &"X".repeat(256))).unwrap();
    assert!(matches!(Directory::new(&listed), Err(Unsendable::LongSymbol(_))));
}

#[test]
fn a_trade_is_short() {
    let length = bytes(&samples::trade(InstrumentId(0))).len();
    assert!(length <= 60, "{length} bytes; as JSON it takes four times as many");
}

#[test]
fn keys_are_names() {
    assert_eq!(directory().key_of(InstrumentId(1)), Some("COINBASE:BTC-USD"));
    assert_eq!(directory().key_of(InstrumentId(2)), None);
    let refused = decode(b"{}", &directory()).unwrap_err();
    assert_eq!(refused, Unreadable::Foreign);
}

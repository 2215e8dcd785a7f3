use domain::{FeedMessage, InstrumentId, InterruptionCause, KeptMessage, Side, Timestamp};

use super::CoinbaseWire;
use crate::wire::{DecodeErrorKind, Wire};

struct Connection(CoinbaseWire);

impl Connection {
    fn new() -> Self {
        let symbols = [("BTC-USD".to_owned(), InstrumentId(0)), ("ETH-USD".to_owned(), InstrumentId(1))];
        Self(CoinbaseWire::new(&symbols))
    }

    fn receive(&mut self, text: &str) -> Result<Vec<KeptMessage>, DecodeErrorKind> {
        let mut messages = Vec::new();
        let emit = &mut |message: FeedMessage<'_>| messages.push(KeptMessage::of(message));
        self.0.decode(text.as_bytes(), Timestamp::from_seconds(9), emit).map_err(|error| error.kind)?;
        Ok(messages)
    }

    fn heartbeat(&mut self, number: u64) -> Vec<KeptMessage> {
        let text = format!(r#"{{"channel":"heartbeats","sequence_num":{number},"events":[]}}"#);
        self.receive(&text).unwrap()
    }
}

#[test]
fn a_missing_number_distrusts_every_instrument_of_the_connection() {
    let mut connection = Connection::new();
    assert!(connection.heartbeat(0).is_empty());
    assert!(connection.heartbeat(1).is_empty());
    let lost = connection.heartbeat(3);
    let told: Vec<_> = lost
        .iter()
        .map(|message| match message.lend() {
            FeedMessage::Interrupted(interruption) => (interruption.instrument.0, interruption.cause),
            other => panic!("{other:?}"),
        })
        .collect();
    assert_eq!(told, [(0, InterruptionCause::SequenceGap), (1, InterruptionCause::SequenceGap)]);
    assert!(connection.heartbeat(4).is_empty(), "told once");
    assert!(connection.heartbeat(4).is_empty(), "a repeated message says nothing");
    assert_eq!(connection.0.gaps(), 1);
}

#[test]
fn books_name_sides_and_trades_name_the_maker() {
    let mut connection = Connection::new();
    let book = r#"{"channel":"l2_data","timestamp":"2026-08-09T21:05:48.48Z","sequence_num":0,"events":[{"type":"snapshot","product_id":"ETH-USD","updates":[{"side":"bid","event_time":"2026-08-09T21:05:48.170326Z","price_level":"1916.5","new_quantity":"0.2"},{"side":"offer","event_time":"2026-08-09T21:05:48.170327Z","price_level":"1916.6","new_quantity":"0.00000001"}]}]}"#;
    let messages = connection.receive(book).unwrap();
    let [KeptMessage::Snapshot(snapshot)] = messages.as_slice() else { panic!("{messages:?}") };
    assert_eq!((snapshot.instrument, snapshot.bids.len(), snapshot.asks.len()), (InstrumentId(1), 1, 1));
    assert_eq!(snapshot.venue_time.nanos(), 1_786_309_548_170_327_000);
    let trades = r#"{"channel":"market_trades","sequence_num":1,"events":[{"type":"update","trades":[{"product_id":"BTC-USD","trade_id":"1068572092","price":"65083.67","size":"0.01","time":"2026-08-09T21:05:48.2Z","side":"SELL"},{"product_id":"BTC-USD","trade_id":"1068572091","price":"65083.66","size":"0.01","time":"2026-08-09T21:05:48.1Z","side":"BUY"}]},{"type":"snapshot","trades":[]}]}"#;
    let messages = connection.receive(trades).unwrap();
    let told: Vec<_> = messages
        .iter()
        .map(|message| match message.lend() {
            FeedMessage::Trade(trade) => (trade.id, trade.aggressor),
            other => panic!("{other:?}"),
        })
        .collect();
    assert_eq!(told, [(1_068_572_091, Some(Side::Sell)), (1_068_572_092, Some(Side::Buy))]);
}

#[test]
fn what_cannot_be_read_says_why() {
    let cases = [
        (r#"{"type":"error","message":"authentication failure"}"#, DecodeErrorKind::ReportedByVenue),
        (r#"{"channel":"l2_data","events":[]}"#, DecodeErrorKind::Missing),
        (
            r#"{"channel":"l2_data","sequence_num":0,"events":[{"type":"update","product_id":"X","updates":[]}]}"#,
            DecodeErrorKind::UnknownSymbol,
        ),
        (
            r#"{"channel":"l2_data","sequence_num":0,"events":[{"type":"update","product_id":"BTC-USD","updates":[{"side":"bid","event_time":"now","price_level":"1","new_quantity":"1"}]}]}"#,
            DecodeErrorKind::NotATime,
        ),
    ];
    for (text, expected) in cases {
        assert_eq!(Connection::new().receive(text), Err(expected), "{text}");
    }
}

use domain::{FeedMessage, InstrumentId, KeptMessage, Side, Timestamp};

use super::KrakenV1Wire;
use crate::wire::{DecodeErrorKind, Wire};

const RECEIVED: Timestamp = Timestamp::from_seconds(1_618_678_142);

fn decode(texts: &[&str]) -> Result<Vec<KeptMessage>, DecodeErrorKind> {
    let mut wire = KrakenV1Wire::new(&[("XMR/USD".to_owned(), InstrumentId(5))]);
    let mut messages = Vec::new();
    for text in texts {
        wire.decode(text.as_bytes(), RECEIVED, &mut |message| messages.push(KeptMessage::of(message)))
            .map_err(|error| error.kind)?;
    }
    Ok(messages)
}

#[test]
fn both_sides_of_one_message_are_one_update_with_the_sum_after_both() {
    let text = r#"[1920,{"a":[["0.042990","364630.28272081","1618678145.920470"]]},{"b":[["0.042990","0.00000000","1618678145.920708"]],"c":"4105471083"},"book-1000","XMR/USD"]"#;
    let messages = decode(&[text]).unwrap();
    let [KeptMessage::Update(update)] = messages.as_slice() else { panic!("{messages:?}") };
    assert_eq!((update.instrument, update.bids.len(), update.asks.len()), (InstrumentId(5), 1, 1));
    assert!(update.bids[0].quantity.is_zero());
    let checksum = update.checksum.unwrap();
    let found = (checksum.value, checksum.price_decimals, checksum.quantity_decimals);
    assert_eq!(found, (4_105_471_083, 6, 8));
    assert_eq!(update.venue_time, Timestamp::from_nanos(1_618_678_145_920_708_000));
}

#[test]
fn a_price_that_no_number_here_holds_is_left_out_of_the_book() {
    let text = r#"[1,{"as":[["354.1","1.0","1618678145.9"],["27900000000.00000","0.1","1618678145.9"]],"bs":[]},"book-1000","XMR/USD"]"#;
    let messages = decode(&[text]).unwrap();
    let [KeptMessage::Snapshot(snapshot)] = messages.as_slice() else { panic!("{messages:?}") };
    assert_eq!(snapshot.asks.len(), 1);
}

#[test]
fn trades_say_who_took() {
    let text = r#"[993,[["354.11000000","0.89594024","1618678142.557535","s","l",""],["354.2","1","1618678142.6","b","m",""]],"trade","XMR/USD"]"#;
    let messages = decode(&[text]).unwrap();
    let sides: Vec<_> = messages
        .iter()
        .map(|message| match message.lend() {
            FeedMessage::Trade(trade) => (trade.aggressor, trade.price.to_string()),
            other => panic!("{other:?}"),
        })
        .collect();
    assert_eq!(sides, [(Some(Side::Sell), "354.11".to_owned()), (Some(Side::Buy), "354.2".to_owned())]);
}

#[test]
fn what_is_no_data_is_nothing_and_what_is_wrong_says_so() {
    let nothing = [
        r#"{"event":"heartbeat"}"#,
        r#"{"connectionID":1,"event":"systemStatus","status":"online","version":"1.8.3"}"#,
        r#"[1,{"a":["1",1,"1"]},"ticker","XMR/USD"]"#,
    ];
    assert_eq!(decode(&nothing), Ok(Vec::new()));
    let cases = [
        ("", DecodeErrorKind::Empty),
        ("[1", DecodeErrorKind::Malformed),
        ("[1]", DecodeErrorKind::Malformed),
        (r#"[1,{"b":[]},"book-10","ETH/USD"]"#, DecodeErrorKind::UnknownSymbol),
        (r#"[1,{"b":[["x","1","1"]]},"book-10","XMR/USD"]"#, DecodeErrorKind::NotANumber),
        (r#"[1,{"b":[["1","-1","1"]]},"book-10","XMR/USD"]"#, DecodeErrorKind::NegativeQuantity),
        (r#"[1,{"b":[["1","1","soon"]]},"book-10","XMR/USD"]"#, DecodeErrorKind::NotATime),
        (r#"[1,{"b":[],"c":"-1"},"book-10","XMR/USD"]"#, DecodeErrorKind::NotANumber),
        (
            r#"{"errorMessage":"Subscription depth not supported","event":"subscriptionStatus","status":"error"}"#,
            DecodeErrorKind::ReportedByVenue,
        ),
    ];
    for (text, expected) in cases {
        assert_eq!(decode(&[text]), Err(expected), "{text}");
    }
}

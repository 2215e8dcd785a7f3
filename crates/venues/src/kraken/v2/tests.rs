use domain::{FeedMessage, InstrumentId, KeptMessage, Side, Timestamp};

use super::KrakenWire;
use crate::wire::{DecodeErrorKind, Wire};

fn decode(texts: &[&str]) -> Result<Vec<KeptMessage>, DecodeErrorKind> {
    let mut wire = KrakenWire::new(&[("MATIC/USD".to_owned(), InstrumentId(4))]);
    let mut messages = Vec::new();
    for text in texts {
        let emit = &mut |message: FeedMessage<'_>| messages.push(KeptMessage::of(message));
        wire.decode(text.as_bytes(), Timestamp::from_seconds(1), emit).map_err(|error| error.kind)?;
    }
    Ok(messages)
}

const BOOK: &str = r#"{"channel":"book","type":"update","data":[{"symbol":"MATIC/USD","bids":[{"price":0.5657,"qty":1098.3947558}],"asks":[{"price":0.566,"qty":0}],"checksum":2114181697,"timestamp":"2023-10-06T17:35:55.440295Z"}]}"#;

#[test]
fn bare_numbers_keep_every_digit_and_the_listed_decimals_count() {
    let listed = r#"{"channel":"instrument","type":"snapshot","data":{"assets":[],"pairs":[{"symbol":"MATIC/USD","base":"MATIC","quote":"USD","status":"online","qty_precision":8,"qty_increment":0.00000001,"price_precision":4,"price_increment":0.0001}]}}"#;
    let messages = decode(&[listed, BOOK]).unwrap();
    let [KeptMessage::Update(update)] = messages.as_slice() else { panic!("{messages:?}") };
    let checksum = update.checksum.unwrap();
    let found = (checksum.value, checksum.price_decimals, checksum.quantity_decimals);
    assert_eq!(found, (2_114_181_697, 4, 8));
    assert_eq!(update.bids[0].quantity.to_string(), "1098.3947558");
    assert!(update.asks[0].quantity.is_zero());
    assert_eq!(update.venue_time.nanos(), 1_696_613_755_440_295_000);
}

#[test]
fn trades_name_the_taker_and_past_ones_are_left_out() {
    let pushed = |kind: &str| {
        format!(
            r#"{{"channel":"trade","type":"{kind}","data":[{{"symbol":"MATIC/USD","side":"sell","price":0.5117,"qty":40.0,"ord_type":"market","trade_id":4665906,"timestamp":"2023-09-25T07:49:37.708706Z"}}]}}"#
        )
    };
    assert_eq!(decode(&[&pushed("snapshot")]), Ok(Vec::new()));
    let messages = decode(&[&pushed("update")]).unwrap();
    let FeedMessage::Trade(trade) = messages[0].lend() else { panic!("{messages:?}") };
    assert_eq!((trade.id, trade.aggressor), (4_665_906, Some(Side::Sell)));
}

#[test]
fn refusals_and_what_is_no_data() {
    let nothing = [
        r#"{"channel":"heartbeat"}"#,
        r#"{"channel":"status","type":"update","data":[{"system":"online"}]}"#,
        r#"{"method":"subscribe","result":{"channel":"book","symbol":"MATIC/USD"},"success":true}"#,
    ];
    assert_eq!(decode(&nothing), Ok(Vec::new()));
    let refused = r#"{"error":"Currency pair not supported X/Y","method":"subscribe","success":false}"#;
    assert_eq!(decode(&[refused]), Err(DecodeErrorKind::ReportedByVenue));
    assert_eq!(decode(&[&BOOK.replace("MATIC/USD", "X/Y")]), Err(DecodeErrorKind::UnknownSymbol));
    assert_eq!(decode(&[&BOOK.replace("0.5657", "\"x\"")]), Err(DecodeErrorKind::NotANumber));
}

use domain::{FeedMessage, InstrumentId, KeptMessage, Side, Timestamp};

use super::BitgetWire;
use crate::wire::{DecodeErrorKind, Wire};

fn decode(text: &str) -> Result<Vec<KeptMessage>, DecodeErrorKind> {
    let mut wire = BitgetWire::new(&[("UNIUSDT".to_owned(), InstrumentId(2))]);
    let mut messages = Vec::new();
    let emit = &mut |message: FeedMessage<'_>| messages.push(KeptMessage::of(message));
    wire.decode(text.as_bytes(), Timestamp::from_seconds(1), emit).map_err(|error| error.kind)?;
    Ok(messages)
}

#[test]
fn a_signed_sum_keeps_its_bits_and_a_plain_zero_tells_no_decimals() {
    let text = r#"{"action":"update","arg":{"instType":"mc","channel":"books","instId":"UNIUSDT"},"data":[{"asks":[["9.98","0"]],"bids":[["9.97","6.40"],["9.96","0"]],"checksum":-2,"ts":"1649290107445"}]}"#;
    let messages = decode(text).unwrap();
    let [KeptMessage::Update(update)] = messages.as_slice() else { panic!("{messages:?}") };
    let checksum = update.checksum.unwrap();
    let found = (checksum.value, checksum.price_decimals, checksum.quantity_decimals);
    assert_eq!(found, (4_294_967_294, 2, 2));
    assert_eq!(update.venue_time, Timestamp::from_millis(1_649_290_107_445));
}

#[test]
fn trades_come_oldest_first_and_past_ones_are_left_out() {
    let pushed = |action: &str| {
        format!(
            r#"{{"action":"{action}","arg":{{"instType":"mc","channel":"trade","instId":"UNIUSDT"}},"data":[["1649290078916","9.977","1","sell"],["1649290078915","9.978","2","buy"]]}}"#
        )
    };
    assert_eq!(decode(&pushed("snapshot")), Ok(Vec::new()));
    let messages = decode(&pushed("update")).unwrap();
    let [first, second] = messages.as_slice() else { panic!("{messages:?}") };
    let (FeedMessage::Trade(first), FeedMessage::Trade(second)) = (first.lend(), second.lend()) else {
        panic!()
    };
    assert_eq!((first.aggressor, second.aggressor), (Some(Side::Buy), Some(Side::Sell)));
    assert!(first.venue_time < second.venue_time);
}

#[test]
fn errors_of_the_venue_and_of_the_text_are_told() {
    let cases = [
        (
            r#"{"event":"error","code":30001,"msg":"instId:X doesn't exist"}"#,
            DecodeErrorKind::ReportedByVenue,
        ),
        (
            r#"{"action":"update","arg":{"channel":"books","instId":"X"},"data":[]}"#,
            DecodeErrorKind::UnknownSymbol,
        ),
        (
            r#"{"action":"update","arg":{"channel":"books","instId":"UNIUSDT"},"data":[{}]}"#,
            DecodeErrorKind::Malformed,
        ),
    ];
    for (text, expected) in cases {
        assert_eq!(decode(text), Err(expected), "{text}");
    }
    assert_eq!(decode("pong"), Ok(Vec::new()));
}

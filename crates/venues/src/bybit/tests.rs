use domain::{FeedMessage, InstrumentId, KeptMessage, Side, Timestamp};

use super::BybitWire;
use crate::wire::{DecodeErrorKind, Wire};

fn decode(text: &str) -> Result<Vec<KeptMessage>, DecodeErrorKind> {
    let mut wire = BybitWire::new(&[("BTCUSDT".to_owned(), InstrumentId(7))]);
    let mut messages = Vec::new();
    let emit = &mut |message: FeedMessage<'_>| messages.push(KeptMessage::of(message));
    wire.decode(text.as_bytes(), Timestamp::from_seconds(1), emit).map_err(|error| error.kind)?;
    Ok(messages)
}

fn book(kind: &str, id: u64) -> String {
    format!(
        r#"{{"topic":"orderbook.50.BTCUSDT","type":"{kind}","ts":1786310818130,"data":{{"s":"BTCUSDT","b":[["65095.30","0.005"]],"a":[],"u":{id},"seq":9}},"cts":1786310818127}}"#
    )
}

#[test]
fn a_delta_numbered_one_is_the_whole_book_of_a_restarted_service() {
    assert!(matches!(decode(&book("snapshot", 500)).unwrap().as_slice(), [KeptMessage::Snapshot(_)]));
    assert!(matches!(decode(&book("delta", 1)).unwrap().as_slice(), [KeptMessage::Snapshot(_)]));
    let messages = decode(&book("delta", 501)).unwrap();
    let [KeptMessage::Update(update)] = messages.as_slice() else { panic!("{messages:?}") };
    assert_eq!((update.first_update_id, update.last_update_id), (501, 501));
    assert_eq!(update.venue_time, Timestamp::from_millis(1_786_310_818_127));
}

#[test]
fn trades_name_the_taker_and_only_spot_numbers_them() {
    let print = |id: &str| {
        format!(
            r#"{{"topic":"publicTrade.BTCUSDT","type":"snapshot","ts":1,"data":[{{"T":1786310819680,"s":"BTCUSDT","S":"Sell","v":"0.004","p":"65114.20","i":"{id}","BT":false}}]}}"#
        )
    };
    for (id, expected) in [("2280000001739247417", 2_280_000_001_739_247_417), ("a9188a0a-82bc-50de", 0)] {
        let messages = decode(&print(id)).unwrap();
        let FeedMessage::Trade(trade) = messages[0].lend() else { panic!("{messages:?}") };
        assert_eq!((trade.id, trade.aggressor), (expected, Some(Side::Sell)));
    }
}

#[test]
fn a_refused_subscription_is_an_error() {
    let refused = r#"{"success":false,"ret_msg":"error:handler not found","op":"subscribe"}"#;
    assert_eq!(decode(refused), Err(DecodeErrorKind::ReportedByVenue));
    assert_eq!(decode(r#"{"success":true,"op":"subscribe"}"#), Ok(Vec::new()));
}

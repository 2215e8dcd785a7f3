use domain::{FeedMessage, InstrumentId, Price, Quantity, Timestamp, Trade};

use super::super::handover::Handover;

fn trade(id: u64) -> FeedMessage<'static> {
    FeedMessage::Trade(Trade {
        instrument: InstrumentId(1),
        id,
        price: Price::from_units(1),
        quantity: Quantity::from_units(1),
        aggressor: None,
        venue_time: Timestamp::EPOCH,
        receive_time: Timestamp::EPOCH,
    })
}

#[test]
fn what_both_connections_say_is_told_once() {
    let mut handover = Handover::default();
    assert!([5, 6, 7].into_iter().all(|id| handover.is_new(&trade(id))));
    handover.take_over();
    let told: Vec<u64> = [6, 7, 8, 9].into_iter().filter(|id| handover.is_new(&trade(*id))).collect();
    assert_eq!(told, [8, 9]);
    assert!(handover.is_new(&trade(3)), "once it is past them, it is the venue's own business");
    handover.forget();
    assert!(handover.is_new(&trade(1)));
}

#[test]
fn what_has_no_number_is_always_told() {
    let mut handover = Handover::default();
    assert!(handover.is_new(&trade(0)));
    handover.take_over();
    assert!(handover.is_new(&trade(0)));
}

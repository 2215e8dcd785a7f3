use resilience::{Failure, Kind};
use servers::kafka::{Answer, Request};

use super::super::{KafkaConfig, Producer, Shipment};
use super::{directory, everywhere, group, join, number, own, read, shipment, sorted, trade};

#[test]
fn what_is_delivered_is_there_in_the_order_of_each_instrument() {
    everywhere(|config| {
        let mut shipment = shipment(&config, 0..1_000);
        Producer::new(&config).unwrap().deliver(&mut shipment).unwrap();
        assert_eq!((shipment.len(), shipment.undelivered()), (1_000, 0));
        let records = read(&mut join(&config, &group()), 1_000);
        for key in ["BINANCE-SPOT:BTCUSDT", "COINBASE:BTC-USD"] {
            let of_one = records.iter().filter(|record| record.key.as_deref() == Some(key.as_bytes()));
            let numbers: Vec<u64> = of_one.map(number).collect();
            assert!(numbers.len() > 300 && numbers.is_sorted(), "{key}");
        }
        assert!(sorted(&records).into_iter().eq(0..1_000));
        let first = records.iter().find(|record| number(record) == 7).unwrap();
        assert_eq!(first.time, Some(1_723_161_254_007), "the time is the event's");
    });
}

#[test]
fn what_was_delivered_is_not_sent_again() {
    let (_brokers, config) = own();
    let mut producer = Producer::new(&config).unwrap();
    let mut shipment = shipment(&config, 0..10);
    shipment.push_bytes(&config.topic(crate::Topic::Trades), b"COINBASE:BTC-USD", &vec![0; 2_000_000], None);
    for number in 10..20 {
        shipment.push(&trade(number), &directory()).unwrap();
    }
    for _ in 0..3 {
        let refused = producer.deliver(&mut shipment).unwrap_err();
        assert_eq!((refused.kind(), shipment.undelivered()), (Kind::Invalid, 1), "{refused}");
    }
    let mut consumer = join(&config, &group());
    assert!(sorted(&read(&mut consumer, 20)).into_iter().eq(0..20));
    super::expect_nothing(&mut consumer);
}

#[test]
fn a_client_without_room_makes_the_sender_wait() {
    let (_brokers, config) = own();
    let config = KafkaConfig { queue_max: 7, ..config };
    super::send(&config, 0..500);
    assert!(sorted(&read(&mut join(&config, &group()), 500)).into_iter().eq(0..500));
}

#[test]
fn errors_that_pass_are_passed_by_the_client_and_others_are_told() {
    let (mut brokers, config) = own();
    let mut producer = Producer::new(&config).unwrap();
    producer.deliver(&mut shipment(&config, 0..1)).unwrap();
    brokers.fail(Request::Produce, Answer::NotLeader, 3);
    producer.deliver(&mut shipment(&config, 1..50)).unwrap();
    brokers.fail(Request::Produce, Answer::NotAuthorised, 8);
    let mut refused = shipment(&config, 50..51);
    assert_eq!(producer.deliver(&mut refused).unwrap_err().kind(), Kind::Unauthorised);
    assert_eq!(refused.undelivered(), 1);
}

#[test]
fn what_was_refused_is_delivered_once_it_is_allowed() {
    let (mut brokers, config) = own();
    let mut producer = Producer::new(&config).unwrap();
    brokers.fail(Request::Produce, Answer::NotAuthorised, 4);
    let mut shipment = shipment(&config, 0..100);
    let mut tries = 0;
    // The client itself remembers a refusal for a while.
    while let Err(error) = producer.deliver(&mut shipment) {
        tries += 1;
        assert!(tries < 300 && error.kind() == Kind::Unauthorised, "try {tries}: {error}");
        std::thread::sleep(std::time::Duration::from_millis(100));
    }
    assert!(tries > 0, "it was refused");
    let records = read(&mut join(&config, &group()), 100);
    assert!(sorted(&records).into_iter().eq(0..100));
}

#[test]
fn a_message_that_cannot_be_sent_leaves_the_shipment_as_it_was() {
    let config = KafkaConfig::new("127.0.0.1:1");
    let mut shipment = Shipment::new(&config);
    shipment.push(&trade(1), &directory()).unwrap();
    assert!(shipment.push(&trade(2), &crate::wire::Directory::default()).is_err());
    shipment.push(&trade(4), &directory()).unwrap();
    let payloads: Vec<&[u8]> = shipment.waiting().map(|(_, parcel)| shipment.payload(parcel)).collect();
    assert!(payloads.iter().all(|bytes| crate::wire::decode(bytes, &directory()).is_ok()));
    assert_eq!((shipment.len(), shipment.undelivered()), (2, 2));
}

#[test]
fn properties_on_which_durability_depends_are_not_the_users() {
    for name in super::super::RESERVED {
        let properties = vec![(name.to_owned(), "1".to_owned())];
        let config = KafkaConfig { properties, ..KafkaConfig::new("127.0.0.1:1") };
        let refused = Producer::new(&config).unwrap_err();
        assert_eq!(refused.kind(), Kind::Invalid, "{refused}");
    }
    let properties = vec![("no.such.property".to_owned(), "1".to_owned())];
    let config = KafkaConfig { properties, ..KafkaConfig::new("127.0.0.1:1") };
    let refused = Producer::new(&config).unwrap_err();
    assert!(refused.to_string().contains("no.such.property"), "{refused}");
}

//! Brokers go away and come back.

use std::time::Duration;

use resilience::{Failure, Kind};

use super::super::{GroupConfig, KafkaConfig, Polled, Producer};
use super::{group, join, own, read, send, shipment, sorted};

#[test]
fn what_could_not_be_delivered_in_time_is_told_and_delivered_later() {
    let (mut brokers, config) = own();
    let config = KafkaConfig { delivery_timeout: Duration::from_secs(1), ..config };
    let mut producer = Producer::new(&config).unwrap();
    producer.deliver(&mut shipment(&config, 0..10)).unwrap();
    brokers.down(1);
    let mut late = shipment(&config, 10..500);
    let refused = producer.deliver(&mut late).unwrap_err();
    assert!(
        refused.kind().is_outage() && refused.kind().is_retryable(true),
        "{refused}: {:?}",
        refused.kind()
    );
    assert_eq!(late.undelivered(), 490);
    brokers.up(1);
    while let Err(refused) = producer.deliver(&mut late) {
        assert!(refused.kind().is_retryable(true), "{refused}");
    }
    let records = read(&mut join(&config, &group()), 500);
    assert!(sorted(&records).into_iter().eq(0..500));
}

#[test]
fn slow_brokers_are_waited_for() {
    let (mut brokers, config) = own();
    send(&config, 0..1);
    brokers.delay(1, 300);
    send(&config, 1..100);
    assert!(sorted(&read(&mut join(&config, &group()), 100)).into_iter().eq(0..100));
}

#[test]
fn a_member_reads_on_when_brokers_come_back() {
    let (mut brokers, config) = own();
    let group = group();
    send(&config, 0..100);
    let mut consumer = join(&config, &group);
    assert!(sorted(&read(&mut consumer, 100)).into_iter().eq(0..100));
    consumer.commit().unwrap();
    brokers.down(1);
    let mut told = None;
    for _ in 0..100 {
        match consumer.poll(Duration::from_millis(50)) {
            Err(error) => told = Some(error.kind()),
            Ok(polled) => assert_eq!(polled, Polled::Records(Vec::new())),
        }
        if told.is_some() {
            break;
        }
    }
    assert_eq!(told, Some(Kind::Transient), "that nobody answers is told");
    brokers.up(1);
    send(&config, 100..200);
    assert!(sorted(&read(&mut consumer, 100)).into_iter().eq(100..200));
    assert!(consumer.commit().unwrap() > 0);
}

#[test]
fn a_member_that_was_taken_for_dead_joins_again() {
    let (mut brokers, config) = own();
    let group = GroupConfig { session_timeout: Duration::from_millis(1_500), ..group() };
    send(&config, 0..100);
    let mut consumer = join(&config, &group);
    read(&mut consumer, 100);
    consumer.commit().unwrap();
    brokers.down(1);
    // For longer than the group waits for a member.
    std::thread::sleep(Duration::from_secs(3));
    brokers.up(1);
    send(&config, 100..200);
    assert!(sorted(&read(&mut consumer, 100)).into_iter().eq(100..200));
}

#[test]
fn a_member_that_is_held_gets_nothing_and_stays_a_member() {
    let (_brokers, config) = own();
    let group = GroupConfig { session_timeout: Duration::from_secs(2), ..group() };
    send(&config, 0..100);
    let mut consumer = join(&config, &group);
    read(&mut consumer, 100);
    consumer.commit().unwrap();
    consumer.hold(true).unwrap();
    send(&config, 100..200);
    for _ in 0..15 {
        assert_eq!(consumer.poll(Duration::from_millis(200)), Ok(Polled::Records(Vec::new())));
    }
    assert_eq!(consumer.behind(Duration::from_secs(10)), Ok(100));
    consumer.hold(false).unwrap();
    assert!(sorted(&read(&mut consumer, 100)).into_iter().eq(100..200));
    assert_eq!(consumer.behind(Duration::from_secs(10)), Ok(0));
}

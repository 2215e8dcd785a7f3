use std::time::Duration;

use resilience::{Failure, Kind};
use servers::kafka::{Answer, Request};

use super::super::{GroupConfig, KafkaConfig, Start};
use super::{everywhere, expect_nothing, group, join, number, own, read, records, send, sorted};

/// One partition, so that what is read is in the order in which it was sent.
fn in_one_partition() -> (servers::kafka::Brokers, KafkaConfig) {
    let (mut brokers, config) = own();
    brokers.topic("market.trades", 1);
    (brokers, config)
}

#[test]
fn what_nobody_acknowledged_comes_again() {
    everywhere(|config| {
        let group = group();
        send(&config, 0..250);
        let mut first = join(&config, &group);
        let mut seen = 0;
        while seen < 250 {
            seen += records(&mut first).len();
        }
        assert_eq!((first.outstanding(), first.commit()), (250, Ok(0)));
        drop(first);
        let mut second = join(&config, &group);
        assert!(sorted(&read(&mut second, 250)).into_iter().eq(0..250));
        assert!(second.commit().unwrap() > 0);
        assert_eq!(second.commit(), Ok(0), "nothing has moved since");
        drop(second);
        expect_nothing(&mut join(&config, &group));
    });
}

#[test]
fn offsets_move_only_over_what_was_acknowledged_without_a_hole() {
    let (_brokers, config) = in_one_partition();
    let group = group();
    send(&config, 0..20);
    let mut first = join(&config, &group);
    let mut handed = Vec::new();
    while handed.len() < 20 {
        handed.extend(records(&mut first));
    }
    for record in handed.iter().rev().filter(|record| number(record) != 7) {
        first.acknowledge(&record.position);
    }
    assert_eq!((first.commit(), first.outstanding()), (Ok(1), 13));
    drop(first);
    let again = read(&mut join(&config, &group), 13);
    assert!(again.iter().map(number).eq(7..20), "from the first that was not acknowledged");
}

#[test]
fn no_more_records_come_at_once_than_are_allowed() {
    let (_brokers, config) = in_one_partition();
    send(&config, 0..300);
    let mut consumer = join(&config, &GroupConfig { max_poll_records: 100, ..group() });
    let mut seen = Vec::new();
    while seen.len() < 300 {
        let records = records(&mut consumer);
        assert!(records.len() <= 100);
        seen.extend(records);
    }
    assert!(seen.iter().map(number).eq(0..300));
}

#[test]
fn the_limits_are_those_of_the_contract() {
    let GroupConfig { max_poll_records, session_timeout, heartbeat, .. } = GroupConfig::new("any");
    assert_eq!(
        (max_poll_records, session_timeout, heartbeat),
        (100, Duration::from_secs(30), Duration::from_secs(10))
    );
}

#[test]
fn a_commit_that_the_group_refuses_is_told_and_its_records_come_again() {
    let (mut brokers, config) = in_one_partition();
    let group = group();
    send(&config, 0..10);
    let mut consumer = join(&config, &group);
    read(&mut consumer, 10);
    brokers.fail(Request::OffsetCommit, Answer::IllegalGeneration, 1);
    assert_eq!(consumer.commit().unwrap_err().kind(), Kind::Rejected);
    // It is no member any more, joins again and gets what it had not committed.
    assert!(read(&mut consumer, 10).iter().map(number).eq(0..10));
    assert_eq!(consumer.commit(), Ok(1));
    drop(consumer);
    expect_nothing(&mut join(&config, &group));
}

#[test]
fn a_new_group_may_begin_with_what_comes() {
    let (_brokers, config) = in_one_partition();
    send(&config, 0..10);
    let mut consumer = join(&config, &GroupConfig { start: Start::Latest, ..group() });
    while consumer.partitions() == 0 {
        consumer.poll(Duration::from_millis(50)).unwrap();
    }
    expect_nothing(&mut consumer);
    send(&config, 10..20);
    assert!(read(&mut consumer, 10).iter().map(number).eq(10..20));
}

#[test]
fn how_far_behind_it_is_is_told() {
    let (_brokers, config) = in_one_partition();
    send(&config, 0..50);
    let mut consumer = join(&config, &group());
    read(&mut consumer, 50);
    consumer.commit().unwrap();
    send(&config, 50..80);
    let mut seen = Vec::new();
    while consumer.lag() != Some(30) {
        seen.extend(match consumer.poll(Duration::from_millis(100)).unwrap() {
            super::Polled::Records(records) => records,
            super::Polled::Revoking => panic!("nobody else is here"),
        });
        assert!(seen.len() <= 30);
    }
}

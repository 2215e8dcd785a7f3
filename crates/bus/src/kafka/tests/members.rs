//! Members of a group come and go: what each of them had acknowledged is never repeated, and nothing is lost.

use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use super::super::{Consumer, GroupConfig, KafkaConfig, Polled};
use super::{group, join, number, own, read, records, send};

const WAIT: Duration = Duration::from_millis(50);

/// Reads on until the group wants partitions back.
fn await_revoking(consumer: &mut Consumer, taken: &mut Vec<u64>) {
    for _ in 0..1_200 {
        match consumer.poll(WAIT).unwrap() {
            Polled::Revoking => return,
            Polled::Records(records) => {
                taken.extend(records.iter().map(number));
                records.iter().for_each(|record| consumer.acknowledge(&record.position));
            }
        }
    }
    panic!("the group wanted nothing back");
}

#[test]
fn partitions_are_given_up_after_what_was_under_way_is_committed() {
    let (_brokers, config) = own();
    let group = group();
    send(&config, 0..100);
    let mut first = join(&config, &group);
    let mut handed = Vec::new();
    while handed.len() < 100 {
        handed.extend(records(&mut first));
    }
    thread::scope(|scope| {
        let second = scope.spawn(|| read(&mut join(&config, &group), 1));
        await_revoking(&mut first, &mut Vec::new());
        // What was under way is finished only now.
        assert_eq!(first.poll(WAIT), Ok(Polled::Revoking), "nothing more comes until they are given up");
        handed.iter().for_each(|record| first.acknowledge(&record.position));
        first.give_up().unwrap();
        send(&config, 100..400);
        let mut taken = Vec::new();
        while !second.is_finished() {
            if let Ok(Polled::Records(records)) = first.poll(WAIT) {
                taken.extend(records.iter().map(number));
            }
        }
        let others: Vec<u64> = second.join().unwrap().iter().map(number).collect();
        assert!(others.iter().chain(&taken).all(|number| *number >= 100), "nothing is repeated");
    });
}

#[test]
fn what_was_not_acknowledged_goes_to_the_next_owner() {
    let (mut brokers, config) = own();
    brokers.topic("market.trades", 2);
    let group = group();
    send(&config, 0..100);
    let mut first = join(&config, &group);
    let mut handed = Vec::new();
    while handed.len() < 100 {
        handed.extend(records(&mut first));
    }
    thread::scope(|scope| {
        let (config, group) = (&config, &group);
        let second = scope.spawn(move || {
            let mut second = join(config, group);
            let first = records(&mut second).remove(0);
            (first.position.partition, number(&first))
        });
        await_revoking(&mut first, &mut Vec::new());
        first.give_up().unwrap();
        while !second.is_finished() {
            drop(first.poll(WAIT));
        }
        let (partition, first_number) = second.join().unwrap();
        let expected = handed.iter().find(|record| record.position.partition == partition).map(number);
        assert_eq!(Some(first_number), expected, "the new owner begins where nothing was committed");
    });
}

/// Notes what it takes in a place that all share, as a sink would, and leaves when told to.
fn work(config: &KafkaConfig, group: &GroupConfig, sink: &Mutex<Vec<u64>>, leave: &AtomicBool) {
    let mut consumer = join(config, group);
    loop {
        match consumer.poll(WAIT).unwrap() {
            Polled::Revoking => consumer.give_up().unwrap(),
            Polled::Records(records) => {
                sink.lock().unwrap().extend(records.iter().map(number));
                records.iter().for_each(|record| consumer.acknowledge(&record.position));
            }
        }
        // It is refused while members change, and done when they have.
        let is_committed = consumer.commit().is_ok();
        if is_committed && leave.load(Ordering::SeqCst) {
            return;
        }
    }
}

#[test]
fn members_that_come_and_go_take_everything_once() {
    const COUNT: u64 = 3_000;
    let (mut brokers, config) = own();
    brokers.topic("market.trades", 4);
    let (group, sink) = (GroupConfig { max_poll_records: 20, ..group() }, Mutex::new(Vec::new()));
    let leave = [const { AtomicBool::new(false) }; 3];
    let taken = || sink.lock().unwrap().len();
    let wait_for = |count: usize| {
        for _ in 0..1_200 {
            if taken() >= count {
                return;
            }
            thread::sleep(WAIT);
        }
        panic!("{} of {count} were taken", taken());
    };
    thread::scope(|scope| {
        let member = |number: usize| {
            let (config, group, sink, leave) = (&config, &group, &sink, &leave[number]);
            scope.spawn(move || work(config, group, sink, leave))
        };
        let all = [member(0), member(1)];
        send(&config, 0..1_000);
        wait_for(1_000);
        let third = member(2);
        send(&config, 1_000..2_000);
        wait_for(2_000);
        leave[0].store(true, Ordering::SeqCst);
        send(&config, 2_000..COUNT);
        wait_for(3_000);
        leave.iter().for_each(|leave| leave.store(true, Ordering::SeqCst));
        all.into_iter().chain([third]).for_each(|member| member.join().unwrap());
    });
    let mut numbers = sink.into_inner().unwrap();
    numbers.sort_unstable();
    assert!(numbers.into_iter().eq(0..COUNT), "each once");
}

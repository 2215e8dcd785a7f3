use std::time::Duration;

use domain::{Span, StreamPosition, Timestamp};
use proptest::prelude::*;

use super::{Hold, Ledger, LedgerFull, OpenPeriods, Ticket};

const NOW: Duration = Duration::ZERO;

fn at(stream: u32, offset: u64) -> StreamPosition {
    StreamPosition { stream, offset }
}

fn settled(ledger: &Ledger) -> Vec<(u32, u64)> {
    ledger.settled().into_iter().map(|position| (position.stream, position.offset)).collect()
}

#[test]
fn a_position_moves_only_when_everything_before_it_is_settled() {
    let ledger = Ledger::new(10);
    let tickets: Vec<Ticket> = (1..=3).map(|offset| ledger.open(at(0, offset), NOW).unwrap()).collect();
    let holds: Vec<Hold> = tickets.iter().map(|ticket| ledger.hold(*ticket)).collect();
    tickets.iter().for_each(|ticket| ledger.close(*ticket));
    let mut holds = holds.into_iter();
    let (first, second, third) = (holds.next().unwrap(), holds.next().unwrap(), holds.next().unwrap());
    ledger.release(third);
    ledger.release(second);
    assert_eq!(settled(&ledger), [], "the first is still under way");
    ledger.release(first);
    assert_eq!(settled(&ledger), [(0, 3)], "the whole prefix at once");
    assert_eq!(ledger.open_tickets(), 0);
}

#[test]
fn an_open_ticket_keeps_its_position_and_those_behind_it() {
    let ledger = Ledger::new(10);
    let (first, second) = (ledger.open(at(0, 5), NOW).unwrap(), ledger.open(at(1, 9), NOW).unwrap());
    ledger.close(second);
    assert_eq!(settled(&ledger), []);
    ledger.close(first);
    assert_eq!(settled(&ledger), [(0, 5), (1, 9)]);
}

#[test]
fn a_hold_that_is_lost_is_never_acknowledged() {
    let ledger = Ledger::new(10);
    let ticket = ledger.open(at(0, 1), NOW).unwrap();
    drop(ledger.hold(ticket));
    ledger.close(ticket);
    assert_eq!(settled(&ledger), []);
}

#[test]
fn what_is_settled_can_be_held_no_more_and_later_tickets_can() {
    let ledger = Ledger::new(10);
    let early = ledger.open(at(0, 1), NOW).unwrap();
    ledger.close(early);
    let held = ledger.hold(early);
    assert!(held.ticket() > early);
    let later = ledger.open(at(0, 2), NOW).unwrap();
    ledger.close(later);
    assert_eq!(settled(&ledger), [(0, 1)], "from now on it is held");
    ledger.release(held);
    assert_eq!(settled(&ledger), [(0, 2)]);
}

#[test]
fn a_full_ledger_takes_nothing_until_something_is_settled() {
    let ledger = Ledger::new(1);
    let first = ledger.open(at(0, 1), NOW).unwrap();
    assert_eq!(ledger.open(at(0, 2), NOW), Err(LedgerFull));
    std::thread::scope(|scope| {
        let waiting = scope.spawn(|| ledger.open(at(0, 2), Duration::from_secs(60)));
        ledger.close(first);
        assert!(waiting.join().unwrap().is_ok());
    });
}

#[test]
fn messages_of_a_bar_are_held_until_the_bar_is_on_its_way() {
    let ledger = Ledger::new(10);
    let mut periods = OpenPeriods::new(ledger.clone(), Span::MINUTE);
    let tickets: Vec<Ticket> = [10, 50, 70, 130]
        .into_iter()
        .map(|second| {
            let ticket = ledger.open(at(0, second), NOW).unwrap();
            periods.on_message(Timestamp::from_seconds(i64::try_from(second).unwrap()), ticket);
            ledger.close(ticket);
            ticket
        })
        .collect();
    assert_eq!((settled(&ledger), periods.oldest()), (vec![], Some(tickets[0])));
    periods.end_before(Timestamp::from_seconds(59));
    assert_eq!(settled(&ledger), [], "the minute is not over");
    periods.end_before(Timestamp::from_seconds(60));
    assert_eq!((settled(&ledger), periods.oldest()), (vec![(0, 50)], Some(tickets[2])));
    periods.end_before(Timestamp::from_seconds(1_000));
    assert_eq!(settled(&ledger), [(0, 130)]);
}

proptest! {
    /// Whatever the order in which batches are settled: the position is the longest prefix without a hold.
    #[test]
    fn the_position_is_always_the_settled_prefix(
        batches in prop::collection::vec((0u64..20, any::<u32>()), 1..40),
    ) {
        let ledger = Ledger::new(100);
        let tickets: Vec<Ticket> = (1..=20).map(|offset| ledger.open(at(0, offset), NOW).unwrap()).collect();
        let mut held: Vec<(u64, u32, Hold)> = batches
            .iter()
            .map(|(place, order)| (*place, *order, ledger.hold(tickets[usize::try_from(*place).unwrap()])))
            .collect();
        tickets.iter().for_each(|ticket| ledger.close(*ticket));
        held.sort_by_key(|(_, order, _)| *order);
        while let Some((_, _, hold)) = held.pop() {
            ledger.release(hold);
            let first_held = held.iter().map(|(place, ..)| *place).min().unwrap_or(20);
            let expected = if first_held == 0 { vec![] } else { vec![(0, first_held)] };
            prop_assert_eq!(settled(&ledger), expected);
        }
    }
}

use std::collections::VecDeque;

use domain::{InstrumentId, Price, Quantity, Trade};

use super::*;

/// Trades at given times, then perhaps a fault.
struct Listed {
    times: VecDeque<i64>,
    id: u32,
    fault: Option<SourceFault>,
}

impl Source for Listed {
    fn next(&mut self) -> Result<Option<FeedMessage<'_>>, SourceFault> {
        let Some(time) = self.times.pop_front() else {
            return self.fault.take().map_or(Ok(None), Err);
        };
        let time = Timestamp::from_seconds(time);
        Ok(Some(FeedMessage::Trade(Trade {
            instrument: InstrumentId(self.id),
            id: 0,
            price: Price::ZERO,
            quantity: Quantity::ZERO,
            aggressor: None,
            venue_time: time,
            receive_time: time,
        })))
    }
}

fn listed(id: u32, times: &[i64]) -> Box<dyn Source> {
    Box::new(Listed { times: times.iter().copied().collect(), id, fault: None })
}

fn broken(id: u32, times: &[i64], is_final: bool) -> Box<dyn Source> {
    let fault = SourceFault { place: "line 3".to_owned(), reason: "is torn".to_owned(), is_final };
    Box::new(Listed { times: times.iter().copied().collect(), id, fault: Some(fault) })
}

/// `time:source` of every message, `!` for a fault.
fn merged(sources: Vec<Box<dyn Source>>) -> String {
    let mut merge = Merge::new(sources);
    let mut seen = Vec::new();
    loop {
        match merge.next() {
            Ok(Some(FeedMessage::Trade(trade))) => {
                seen.push(format!("{}:{}", trade.receive_time.nanos() / 1_000_000_000, trade.instrument));
            }
            Ok(Some(other)) => panic!("{other:?}"),
            Ok(None) => return seen.join(" "),
            Err(_) => seen.push("!".to_owned()),
        }
    }
}

#[test]
fn messages_come_by_time_and_at_equal_times_by_source() {
    let sources = vec![listed(0, &[2, 4, 4, 9]), listed(1, &[1, 4, 5]), listed(2, &[]), listed(3, &[4])];
    assert_eq!(merged(sources), "1:1 2:0 4:0 4:0 4:1 4:3 5:1 9:0");
}

#[test]
fn a_source_that_is_out_of_order_is_not_held_back() {
    assert_eq!(merged(vec![listed(0, &[5, 3, 6]), listed(1, &[4, 6])]), "4:1 5:0 3:0 6:0 6:1");
}

#[test]
fn a_passing_fault_loses_nothing_and_a_final_one_ends_the_merge() {
    assert_eq!(merged(vec![broken(0, &[1, 3], false), listed(1, &[2, 4])]), "1:0 2:1 3:0 ! 4:1");
    assert_eq!(merged(vec![broken(0, &[1, 3], true), listed(1, &[2, 4])]), "1:0 2:1 3:0 !");
    assert_eq!(merged(Vec::new()), "");
}

//! A sink that does what the contract says passes it, and one that does not is caught.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex};

use super::script::trade;
use crate::contract::{Subject, check};
use crate::sink::{Sink, SinkError, SinkFault, SinkItem};

/// What may be wrong with a sink.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Wrong {
    Nothing,
    KeepsTwice,
    KeepsByHalves,
    NamesAnother,
    SaysItPasses,
}

/// Refuses trades of instrument 9.
struct Shelf(Arc<Mutex<Vec<SinkItem>>>, Wrong);

impl Sink for Shelf {
    fn commit(&mut self, batch: &[SinkItem]) -> Result<(), SinkError> {
        let mut kept = self.0.lock().unwrap();
        let refused: Vec<usize> = (0..batch.len()).filter(|place| batch[*place].stream().0 == 9).collect();
        let sound = if refused.is_empty() { batch } else { &batch[..refused[0]] };
        if refused.is_empty() || self.1 == Wrong::KeepsByHalves {
            for item in sound {
                if self.1 == Wrong::KeepsTwice || !kept.contains(item) {
                    kept.push(*item);
                }
            }
        }
        let fault = match self.1 {
            _ if refused.is_empty() => return Ok(()),
            Wrong::NamesAnother => SinkFault::RefusedItems(vec![0]),
            Wrong::SaysItPasses => SinkFault::Unavailable,
            _ => SinkFault::RefusedItems(refused),
        };
        Err(SinkError { fault, reason: "nine is not taken".to_owned() })
    }
}

fn passes(wrong: Wrong) -> bool {
    let kept = Arc::new(Mutex::new(Vec::new()));
    let subject = Subject {
        sink: &|| Box::new(Shelf(Arc::clone(&kept), wrong)),
        kept: &|| kept.lock().unwrap().clone(),
        sound: (0..12).map(|id| trade(id, u32::try_from(id % 3).unwrap())).collect(),
        poison: Some(trade(1, 9)),
    };
    catch_unwind(AssertUnwindSafe(|| check(&subject))).is_ok()
}

#[test]
fn a_sink_that_does_as_it_must_passes_and_no_other() {
    assert!(passes(Wrong::Nothing));
    for wrong in [Wrong::KeepsTwice, Wrong::KeepsByHalves, Wrong::NamesAnother, Wrong::SaysItPasses] {
        assert!(!passes(wrong), "{wrong:?}");
    }
}

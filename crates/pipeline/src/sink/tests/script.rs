use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Condvar, Mutex};

use domain::{InstrumentId, Price, Quantity, Timestamp, Trade};

use crate::sink::{Sink, SinkError, SinkFault, SinkItem};

/// What a sink does with a batch.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Answer {
    Yes,
    Later,
    Final,
    Panic,
}

/// What sinks are to answer, and what they kept.
#[derive(Debug, Clone)]
pub(crate) struct Script(Arc<Mutex<Progress>>);

#[derive(Debug, Default)]
struct Progress {
    /// One after another; `Yes` at the end.
    answers: VecDeque<Answer>,
    /// Trades that are refused for so many tries.
    poison: HashMap<u64, u32>,
    /// Whether the sink can say which.
    names_poison: bool,
    is_reachable: bool,
    tried: usize,
    kept: Vec<SinkItem>,
}

impl Script {
    pub(crate) fn new(answers: &[Answer]) -> Self {
        let answers = answers.iter().copied().collect();
        Self(Arc::new(Mutex::new(Progress { answers, ..Progress::default() })))
    }

    /// Refuses those trades.
    pub(crate) fn poisoned(ids: &[u64], tries: u32, names_poison: bool) -> Self {
        let poison = ids.iter().map(|id| (*id, tries)).collect();
        Self(Arc::new(Mutex::new(Progress { poison, names_poison, ..Progress::default() })))
    }

    pub(crate) fn reachable(self) -> Self {
        self.0.lock().unwrap().is_reachable = true;
        self
    }

    /// From now on these are given, one after another.
    pub(crate) fn will_answer(&self, answers: &[Answer]) {
        self.0.lock().unwrap().answers = answers.iter().copied().collect();
    }

    pub(crate) fn tried(&self) -> usize {
        self.0.lock().unwrap().tried
    }

    pub(crate) fn kept(&self) -> Vec<SinkItem> {
        self.0.lock().unwrap().kept.clone()
    }

    fn answer(&self) -> Answer {
        let mut script = self.0.lock().unwrap();
        script.tried += 1;
        script.answers.pop_front().unwrap_or(Answer::Yes)
    }

    fn refuses(&self, batch: &[SinkItem]) -> Option<SinkFault> {
        let script = &mut *self.0.lock().unwrap();
        let mut places = Vec::new();
        for (place, item) in batch.iter().enumerate() {
            if let Some(left) = script.poison.get_mut(&number(item))
                && *left > 0
            {
                *left -= 1;
                places.push(place);
            }
        }
        if places.is_empty() {
            script.kept.extend_from_slice(batch);
            return None;
        }
        Some(if script.names_poison { SinkFault::RefusedItems(places) } else { SinkFault::Refused })
    }
}

pub(crate) struct Scripted(pub(crate) Script);

impl Sink for Scripted {
    fn commit(&mut self, batch: &[SinkItem]) -> Result<(), SinkError> {
        match self.0.answer() {
            Answer::Yes => match self.0.refuses(batch) {
                None => Ok(()),
                Some(fault) => Err(SinkError { fault, reason: "it is poison".to_owned() }),
            },
            Answer::Later => Err(SinkError::unavailable("come later")),
            Answer::Final => Err(SinkError::refused("never")),
            Answer::Panic => panic!("a bug in the sink"),
        }
    }

    fn is_reachable(&mut self) -> bool {
        self.0.0.lock().unwrap().is_reachable
    }
}

/// Holds up whoever comes until it is opened.
#[derive(Debug, Clone, Default)]
pub(crate) struct Gate(Arc<(Mutex<(bool, bool)>, Condvar)>);

impl Gate {
    pub(crate) fn open(&self) {
        self.0.0.lock().unwrap().1 = true;
        self.0.1.notify_all();
    }

    pub(crate) fn await_visitor(&self) {
        drop(self.0.1.wait_while(self.0.0.lock().unwrap(), |state| !state.0).unwrap());
    }

    fn pass(&self) {
        let mut state = self.0.0.lock().unwrap();
        state.0 = true;
        self.0.1.notify_all();
        drop(self.0.1.wait_while(state, |state| !state.1).unwrap());
    }
}

/// A sink behind a gate.
pub(crate) struct Slow(pub(crate) Script, pub(crate) Gate);

impl Sink for Slow {
    fn commit(&mut self, batch: &[SinkItem]) -> Result<(), SinkError> {
        self.1.pass();
        Scripted(self.0.clone()).commit(batch)
    }
}

pub(crate) fn trade(id: u64, instrument: u32) -> SinkItem {
    SinkItem::Trade(Trade {
        instrument: InstrumentId(instrument),
        id,
        price: Price::from_units(1),
        quantity: Quantity::from_units(1),
        aggressor: None,
        venue_time: Timestamp::EPOCH,
        receive_time: Timestamp::EPOCH,
    })
}

/// `count` trades of one stream numbered `id`.
pub(crate) fn batch(id: u64, count: usize) -> Vec<SinkItem> {
    vec![trade(id, 0); count]
}

pub(crate) fn number(item: &SinkItem) -> u64 {
    match item {
        SinkItem::Trade(trade) => trade.id,
        _ => panic!("only trades were sent"),
    }
}

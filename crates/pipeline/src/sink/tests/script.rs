use std::collections::VecDeque;
use std::sync::{Arc, Condvar, Mutex};

use domain::{InstrumentId, Price, Quantity, Timestamp, Trade};

use crate::sink::{Sink, SinkError, SinkItem};

/// What a sink does with a batch.
#[derive(Debug, Clone, Copy)]
pub(super) enum Answer {
    Yes,
    Later,
    Final,
    Panic,
}

/// The answers that sinks give one after another (`Yes` at the end), and what they kept.
#[derive(Debug, Clone)]
pub(super) struct Script(Arc<Mutex<Progress>>);

#[derive(Debug, Default)]
struct Progress {
    answers: VecDeque<Answer>,
    tried: usize,
    kept: Vec<SinkItem>,
}

impl Script {
    pub(super) fn new(answers: &[Answer]) -> Self {
        let answers = answers.iter().copied().collect();
        Self(Arc::new(Mutex::new(Progress { answers, ..Progress::default() })))
    }

    pub(super) fn tried(&self) -> usize {
        self.0.lock().unwrap().tried
    }

    pub(super) fn kept(&self) -> Vec<SinkItem> {
        self.0.lock().unwrap().kept.clone()
    }

    fn answer(&self, batch: &[SinkItem]) -> Answer {
        let mut script = self.0.lock().unwrap();
        script.tried += 1;
        let answer = script.answers.pop_front().unwrap_or(Answer::Yes);
        if matches!(answer, Answer::Yes) {
            script.kept.extend_from_slice(batch);
        }
        answer
    }
}

pub(super) struct Scripted(pub(super) Script);

impl Sink for Scripted {
    fn commit(&mut self, batch: &[SinkItem]) -> Result<(), SinkError> {
        match self.0.answer(batch) {
            Answer::Yes => Ok(()),
            Answer::Later => Err(SinkError { retryable: true, reason: "come later".to_owned() }),
            Answer::Final => Err(SinkError { retryable: false, reason: "never".to_owned() }),
            Answer::Panic => panic!("a bug in the sink"),
        }
    }
}

/// Holds up whoever comes until it is opened.
#[derive(Debug, Clone, Default)]
pub(super) struct Gate(Arc<(Mutex<(bool, bool)>, Condvar)>);

impl Gate {
    pub(super) fn open(&self) {
        self.0.0.lock().unwrap().1 = true;
        self.0.1.notify_all();
    }

    pub(super) fn await_visitor(&self) {
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
pub(super) struct Slow(pub(super) Script, pub(super) Gate);

impl Sink for Slow {
    fn commit(&mut self, batch: &[SinkItem]) -> Result<(), SinkError> {
        self.1.pass();
        Scripted(self.0.clone()).commit(batch)
    }
}

/// `count` trades numbered `id`.
pub(super) fn batch(id: u64, count: usize) -> Vec<SinkItem> {
    let trade = Trade {
        instrument: InstrumentId(0),
        id,
        price: Price::from_units(1),
        quantity: Quantity::from_units(1),
        aggressor: None,
        venue_time: Timestamp::EPOCH,
        receive_time: Timestamp::EPOCH,
    };
    vec![SinkItem::Trade(trade); count]
}

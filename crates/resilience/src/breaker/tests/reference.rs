//! The same breaker once more, as plain as can be: fields, lists, and the rules written down one by one.

use super::super::{BreakerConfig, Cause, State, WindowKind};

/// What a permit is to the reference.
#[derive(Debug, Clone, Copy)]
pub(super) struct Pass {
    epoch: u64,
    /// None if calls were not measured when it began.
    started: Option<u64>,
}

/// Who is not let in, with the nanoseconds to wait.
pub(super) type Refusal = u64;

#[derive(Debug, Clone, Copy)]
struct Call {
    ended: u64,
    has_failed: bool,
    is_slow: bool,
}

#[derive(Debug)]
pub(super) struct Reference {
    pub(super) config: BreakerConfig,
    pub(super) now: u64,
    pub(super) state: State,
    pub(super) is_held: bool,
    pub(super) failures_in_a_row: u64,
    pub(super) probes: u64,
    pub(super) probe_successes: u64,
    pub(super) successes: u64,
    pub(super) failures: u64,
    pub(super) slow: u64,
    pub(super) refused: u64,
    pub(super) changes: Vec<(State, State, Cause)>,
    epoch: u64,
    since: u64,
    last_probe: u64,
    calls: Vec<Call>,
}

impl Reference {
    pub(super) fn new(config: BreakerConfig) -> Self {
        Self {
            config,
            now: 0,
            state: State::Closed,
            is_held: false,
            failures_in_a_row: 0,
            probes: 0,
            probe_successes: 0,
            successes: 0,
            failures: 0,
            slow: 0,
            refused: 0,
            changes: Vec::new(),
            epoch: 0,
            since: 0,
            last_probe: 0,
            calls: Vec::new(),
        }
    }

    pub(super) fn acquire(&mut self) -> Result<Pass, Refusal> {
        let open_for = nanoseconds(self.config.open_for);
        if self.state == State::Open {
            let left = (self.since + open_for).saturating_sub(self.now);
            if self.is_held || left > 0 {
                return self.refuse(if self.is_held { open_for } else { left });
            }
            self.turn(State::HalfOpen, Cause::Waited, false);
        }
        if self.state == State::HalfOpen {
            if self.probes >= u64::from(self.config.half_open_probes) {
                if self.now - self.last_probe < open_for {
                    return self.refuse(0);
                }
                self.turn(State::Open, Cause::ProbesLost, false);
                return self.refuse(open_for);
            }
            self.probes += 1;
            self.last_probe = self.now;
        }
        let started = (self.slow_call() > 0).then_some(self.now);
        Ok(Pass { epoch: self.epoch, started })
    }

    pub(super) fn success(&mut self, pass: Pass) {
        let is_slow = self.is_slow(pass);
        self.successes += 1;
        self.slow += u64::from(is_slow);
        match self.state {
            _ if pass.epoch != self.epoch => {}
            State::HalfOpen if is_slow => self.turn(State::Open, Cause::ProbeSlow, false),
            State::HalfOpen => {
                self.probes -= 1;
                self.probe_successes += 1;
                if self.probe_successes >= u64::from(self.config.successes_to_close) {
                    self.turn(State::Closed, Cause::ProbesSucceeded, false);
                }
            }
            State::Closed | State::Open => {
                self.failures_in_a_row = 0;
                self.judge(false, is_slow);
            }
        }
    }

    pub(super) fn failure(&mut self, pass: Pass) {
        let is_slow = self.is_slow(pass);
        self.failures += 1;
        self.slow += u64::from(is_slow);
        match self.state {
            _ if pass.epoch != self.epoch => {}
            State::HalfOpen => self.turn(State::Open, Cause::ProbeFailed, false),
            State::Closed | State::Open => {
                self.failures_in_a_row += 1;
                let enough = u64::from(self.config.consecutive_failures);
                if enough > 0 && self.failures_in_a_row >= enough && !self.is_held {
                    self.turn(State::Open, Cause::ConsecutiveFailures, false);
                } else {
                    self.judge(true, is_slow);
                }
            }
        }
    }

    pub(super) fn leave(&mut self, pass: Pass) {
        if pass.epoch == self.epoch && self.state == State::HalfOpen {
            self.probes -= 1;
        }
    }

    pub(super) fn force(&mut self, to: State) {
        if self.state != to || !self.is_held {
            self.turn(to, Cause::Forced, true);
        }
    }

    pub(super) fn reset(&mut self) {
        self.turn(State::Closed, Cause::Reset, false);
    }

    pub(super) fn set_config(&mut self, config: BreakerConfig) {
        let kind = |config: &BreakerConfig| config.window.as_ref().map(|window| window.kind);
        if kind(&self.config) != kind(&config) {
            self.calls.clear();
        }
        self.config = config;
    }

    /// Calls, failures and slow calls in the window.
    pub(super) fn recent(&mut self) -> (usize, usize, usize) {
        self.forget();
        let failures = self.calls.iter().filter(|call| call.has_failed).count();
        let slow = self.calls.iter().filter(|call| call.is_slow).count();
        (self.calls.len(), failures, slow)
    }

    fn refuse<T>(&mut self, wait: u64) -> Result<T, Refusal> {
        self.refused += 1;
        Err(wait)
    }

    fn turn(&mut self, to: State, cause: Cause, is_held: bool) {
        if self.state != to {
            self.changes.push((self.state, to, cause));
        }
        if to == State::Closed {
            self.calls.clear();
        }
        (self.state, self.is_held) = (to, is_held);
        (self.failures_in_a_row, self.probes, self.probe_successes) = (0, 0, 0);
        self.epoch += 1;
        self.since = self.now;
    }

    fn is_slow(&self, pass: Pass) -> bool {
        let limit = self.slow_call();
        limit > 0 && pass.started.is_some_and(|started| self.now - started >= limit)
    }

    fn slow_call(&self) -> u64 {
        self.config.window.as_ref().map_or(0, |window| nanoseconds(window.slow_call))
    }

    fn judge(&mut self, has_failed: bool, is_slow: bool) {
        let Some(window) = self.config.window.clone() else { return };
        self.calls.push(Call { ended: self.now, has_failed, is_slow });
        let (calls, failures, slow) = self.recent();
        let is_bad = has_failed || is_slow;
        let is_enough = calls >= usize::try_from(window.minimum_calls).unwrap();
        if is_bad && is_enough && !self.is_held {
            if part(failures, calls) >= window.failure_rate {
                self.turn(State::Open, Cause::FailureRate, false);
            } else if part(slow, calls) >= window.slow_rate {
                self.turn(State::Open, Cause::SlowRate, false);
            }
        }
    }

    fn forget(&mut self) {
        match self.config.window.as_ref().map(|window| window.kind) {
            None => self.calls.clear(),
            Some(WindowKind::Count(most)) => {
                let over = self.calls.len().saturating_sub(usize::try_from(most).unwrap());
                self.calls.drain(..over);
            }
            Some(WindowKind::Time(span)) => {
                let step = nanoseconds(span).div_ceil(16);
                let newest = self.now / step;
                self.calls.retain(|call| newest - call.ended / step < 16);
            }
        }
    }
}

pub(super) fn part(some: usize, all: usize) -> f64 {
    let exact = |count: usize| f64::from(u32::try_from(count).unwrap());
    if all == 0 { 0.0 } else { exact(some) / exact(all) }
}

fn nanoseconds(span: std::time::Duration) -> u64 {
    u64::try_from(span.as_nanos()).unwrap()
}

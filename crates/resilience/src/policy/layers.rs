//! The layers of a policy, in words.

use serde::Serialize;

use super::error::words;
use super::{PolicyConfig, RateConfig};
use crate::breaker::{BreakerConfig, WindowKind};
use crate::bulkhead::BulkheadConfig;
use crate::hedge::HedgeConfig;
use crate::retry::RetryConfig;
use crate::shed::ShedConfig;

/// A layer that is switched on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LayerView {
    pub name: &'static str,
    /// What it does, with its numbers.
    pub about: String,
}

impl PolicyConfig {
    /// The layers that are switched on, from the outermost in.
    #[must_use]
    pub fn layers(&self) -> Vec<LayerView> {
        let view = |name, about| LayerView { name, about };
        let timeout = &self.timeout;
        let layers = [
            self.fallback.then(|| view("fallback", FALLBACK.into())),
            timeout.whole.map(|whole| view("whole timeout", format!("ends the call after {}", words(whole)))),
            self.shed.as_ref().map(|shed| view("load shed", about_shed(shed))),
            self.rate.as_ref().map(|rate| view("rate limit", about_rate(rate))),
            self.bulkhead.as_ref().map(|bulkhead| view("bulkhead", about_bulkhead(bulkhead))),
            self.hedge.as_ref().map(|hedge| view("hedge", about_hedge(hedge))),
            self.retry.as_ref().map(|retry| view("retry", about_retry(retry))),
            self.breaker.as_ref().map(|breaker| view("breaker", about_breaker(breaker))),
            timeout.try_max().filter(|_| timeout.per_try.is_some()).map(|limit| {
                view("timeout", format!("ends a try after {}, which counts as a failure", words(limit)))
            }),
        ];
        layers.into_iter().flatten().collect()
    }
}

const FALLBACK: &str = "gives a kept, another or a set value, and says so, when the call fails";

fn about_shed(shed: &ShedConfig) -> String {
    let ShedConfig { in_flight_max, wait_target, .. } = shed;
    format!(
        "refuses what matters least when {in_flight_max} calls are near, or one in twenty waits longer than {}",
        words(*wait_target)
    )
}

fn about_rate(rate: &RateConfig) -> String {
    let RateConfig { calls, window, wait_max, .. } = rate;
    let burst = rate.quota().burst;
    let wait = if wait_max.is_zero() {
        "refuses the others".into()
    } else {
        format!("lets the others wait up to {}", words(*wait_max))
    };
    format!("lets {calls} calls through in {}, {burst} at once; {wait}", words(*window))
}

fn about_bulkhead(bulkhead: &BulkheadConfig) -> String {
    let BulkheadConfig { at_once_max, waiting_max, wait_max } = bulkhead;
    format!("lets {at_once_max} calls run at once; {waiting_max} more wait up to {}", words(*wait_max))
}

fn about_hedge(hedge: &HedgeConfig) -> String {
    let HedgeConfig { after, percentile, extra_max, .. } = hedge;
    let when = match percentile {
        Some(percentile) => format!("when it is later than {percentile} % of the recent ones"),
        None => format!("after {}", words(*after)),
    };
    format!("asks up to {extra_max} more beside an answer that is late ({when}); reads only")
}

fn about_retry(retry: &RetryConfig) -> String {
    let RetryConfig { tries_max, initial, cap, budget, .. } = retry;
    format!(
        "tries {tries_max} times in all; waits up to {}, growing to {}; {} retries to a call at most in the long run",
        words(*initial),
        words(*cap),
        budget.ratio
    )
}

fn about_breaker(breaker: &BreakerConfig) -> String {
    let mut causes = Vec::new();
    if breaker.consecutive_failures > 0 {
        causes.push(format!("{} failures in a row", breaker.consecutive_failures));
    }
    if let Some(window) = &breaker.window {
        let recent = match window.kind {
            WindowKind::Count(calls) => format!("the last {calls} calls"),
            WindowKind::Time(span) => format!("the last {}", words(span)),
        };
        causes.push(format!("{} % failures in {recent}", window.failure_rate * 100.0));
        if !window.slow_call.is_zero() {
            let (rate, slow) = (window.slow_rate * 100.0, words(window.slow_call));
            causes.push(format!("{rate} % slower than {slow} in {recent}"));
        }
    }
    let (causes, open_for) = (causes.join(" or "), words(breaker.open_for));
    format!("stops calling for {open_for} after {causes}; {} good probes end it", breaker.successes_to_close)
}

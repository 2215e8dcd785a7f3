//! A policy as configurations write it. Durations are whole milliseconds in fields that end in `_ms`.

mod breaker;

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::fault::{Checks, Faults};
use super::milliseconds;
use crate::breaker::BreakerConfig;
use crate::bulkhead::BulkheadConfig;
use crate::hedge::HedgeConfig;
use crate::rate::{Gcra, Quota};
use crate::retry::RetryConfig;
use crate::shed::ShedConfig;

/// All mechanisms of a policy. What is left out has its default; `null` switches a mechanism off.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct PolicyConfig {
    /// Whether [`Policy::call_or`](super::Policy::call_or) steps back. By default it does.
    pub fallback: bool,
    pub timeout: TimeoutConfig,
    /// By default none.
    pub shed: Option<ShedConfig>,
    /// By default none.
    pub rate: Option<RateConfig>,
    pub bulkhead: Option<BulkheadConfig>,
    /// By default none.
    pub hedge: Option<HedgeConfig>,
    pub retry: Option<RetryConfig>,
    #[serde(with = "breaker::optional")]
    pub breaker: Option<BreakerConfig>,
}

impl Default for PolicyConfig {
    fn default() -> Self {
        Self {
            fallback: true,
            timeout: TimeoutConfig::default(),
            shed: None,
            rate: None,
            bulkhead: Some(BulkheadConfig::default()),
            hedge: None,
            retry: Some(RetryConfig::default()),
            breaker: Some(BreakerConfig::default()),
        }
    }
}

impl PolicyConfig {
    /// # Errors
    /// Every value that is out of its range, with its path and what is allowed.
    pub fn check(&self) -> Result<(), Faults> {
        Checks::of(|checks| {
            checks.section("timeout", |checks| self.timeout.check(checks));
            section(checks, "shed", self.shed.as_ref(), ShedConfig::check);
            section(checks, "rate", self.rate.as_ref(), RateConfig::check);
            section(checks, "bulkhead", self.bulkhead.as_ref(), BulkheadConfig::check);
            section(checks, "hedge", self.hedge.as_ref(), HedgeConfig::check);
            section(checks, "retry", self.retry.as_ref(), RetryConfig::check);
            section(checks, "breaker", self.breaker.as_ref(), breaker::check);
        })
    }
}

fn section<T>(checks: &mut Checks, name: &str, part: Option<&T>, check: fn(&T, &mut Checks)) {
    if let Some(part) = part {
        checks.section(name, |checks| check(part, checks));
    }
}

/// How long a try and a whole call may take.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct TimeoutConfig {
    /// One try, 1 ms to an hour; `null`: as long as the whole. By default 30 s.
    #[serde(rename = "per_try_ms", with = "milliseconds::optional")]
    pub per_try: Option<Duration>,
    /// The call with all its tries and waits, 1 ms to an hour; `null`: as long as it takes. By default 60 s.
    #[serde(rename = "whole_ms", with = "milliseconds::optional")]
    pub whole: Option<Duration>,
}

impl Default for TimeoutConfig {
    fn default() -> Self {
        Self { per_try: Some(Duration::from_secs(30)), whole: Some(Duration::from_secs(60)) }
    }
}

impl TimeoutConfig {
    fn check(&self, checks: &mut Checks) {
        let allowed = || Duration::from_millis(1)..=Duration::from_secs(3_600);
        if let Some(per_try) = self.per_try {
            checks.span("per_try_ms", per_try, allowed());
        }
        if let Some(whole) = self.whole {
            checks.span("whole_ms", whole, allowed());
        }
    }

    /// The longest that a try can take.
    pub(super) fn try_max(&self) -> Option<Duration> {
        self.per_try.into_iter().chain(self.whole).min()
    }
}

/// The quota that a party grants us.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RateConfig {
    /// Calls in every window, 1 to 1,000,000.
    pub calls: u32,
    /// 1 ms to a day. By default a second.
    #[serde(rename = "window_ms", with = "milliseconds", default = "second")]
    pub window: Duration,
    /// Calls that may come at once after a rest, 1 to 1,000,000; by default as many as `calls`.
    #[serde(default)]
    pub burst: Option<u32>,
    /// How long a call waits for its turn before it is refused, up to an hour. By default not at all.
    #[serde(rename = "wait_max_ms", with = "milliseconds", default)]
    pub wait_max: Duration,
}

const fn second() -> Duration {
    Duration::from_secs(1)
}

impl RateConfig {
    #[must_use]
    pub fn quota(&self) -> Quota {
        Quota::of(self.calls, self.window).with_burst(self.burst.unwrap_or(self.calls))
    }

    /// The ranges keep every quota possible.
    pub(super) fn compiled(&self) -> Option<Gcra> {
        Gcra::new(self.quota()).ok()
    }

    fn check(&self, checks: &mut Checks) {
        checks.within("calls", self.calls, 1..=1_000_000);
        checks.span("window_ms", self.window, Duration::from_millis(1)..=Duration::from_secs(86_400));
        if let Some(burst) = self.burst {
            checks.within("burst", burst, 1..=1_000_000);
        }
        checks.span("wait_max_ms", self.wait_max, Duration::ZERO..=Duration::from_secs(3_600));
        if let Err(fault) = Gcra::new(self.quota())
            && self.calls > 0
            && self.burst != Some(0)
        {
            checks.that(false, "burst", self.burst.unwrap_or(self.calls), format!("less ({fault})"));
        }
    }
}

//! The mechanisms of a policy, and the terms on which they work now.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use arc_swap::ArcSwap;

use super::counts::Counts;
use super::{Faults, PolicyConfig, Surroundings};
use crate::breaker::{Breaker, BreakerConfig};
use crate::bulkhead::Bulkhead;
use crate::chance::Chance;
use crate::clock::{Clock, nanoseconds};
use crate::hedge::{Hedge, Latencies};
use crate::rate::Gcra;
use crate::retry::{Budget, BudgetConfig, RetryConfig};
use crate::shed::Shedder;

pub(super) type SharedClock = Arc<dyn Clock>;

/// Every mechanism, switched on or not: what is switched off keeps its state until it is switched on again.
pub(super) struct Parts {
    pub(super) name: Arc<str>,
    pub(super) clock: SharedClock,
    pub(super) chance: Arc<dyn Chance>,
    pub(super) shedder: Shedder<SharedClock>,
    /// The moment at which the whole burst of the rate limit is there again.
    pub(super) full_at: AtomicU64,
    pub(super) bulkhead: Bulkhead,
    pub(super) hedge: Hedge,
    pub(super) budget: Budget,
    pub(super) breaker: Breaker<SharedClock>,
    pub(super) counts: Counts,
    /// How long calls took that succeeded.
    pub(super) latencies: Latencies,
    pub(super) settings: ArcSwap<Settings>,
    /// Held while the configuration changes.
    changing: Mutex<()>,
}

/// The configuration, and what of it a call needs.
pub(super) struct Settings {
    pub(super) config: PolicyConfig,
    pub(super) terms: Terms,
}

/// What a call needs to know; copied when it begins, so that one call lives under one configuration.
#[derive(Clone, Copy)]
pub(super) struct Terms {
    pub(super) whole: Option<Duration>,
    pub(super) per_try: Option<Duration>,
    pub(super) is_shedding: bool,
    /// With the longest wait, in nanoseconds.
    pub(super) rate: Option<(Gcra, u64)>,
    pub(super) is_bulkheaded: bool,
    pub(super) is_hedged: bool,
    pub(super) retry: Option<RetryConfig>,
    pub(super) has_breaker: bool,
    /// The breaker is not asked, but told for its totals.
    pub(super) is_probe: bool,
}

impl Terms {
    /// The same limits for a single try that the breaker does not stop.
    pub(super) fn of_probe(self) -> Self {
        Self { is_hedged: false, retry: None, has_breaker: false, is_probe: true, ..self }
    }
}

impl Parts {
    pub(super) fn new(
        name: Arc<str>,
        config: &PolicyConfig,
        surroundings: Surroundings,
    ) -> Result<Self, Faults> {
        config.check()?;
        let Surroundings { clock, chance } = surroundings;
        let breaker = Breaker::new(Arc::clone(&name), breaker_config(config), Arc::clone(&clock));
        Ok(Self {
            breaker: breaker.map_err(Faults::from)?,
            shedder: Shedder::unchecked(&config.shed.unwrap_or_default(), Arc::clone(&clock)),
            full_at: AtomicU64::new(0),
            bulkhead: Bulkhead::unchecked(&config.bulkhead.unwrap_or_default()),
            hedge: Hedge::unchecked(config.hedge.unwrap_or_default()),
            budget: Budget::new(&budget_config(config)),
            counts: Counts::default(),
            latencies: Latencies::new(),
            settings: ArcSwap::from_pointee(Settings::new(config)),
            changing: Mutex::new(()),
            name,
            clock,
            chance,
        })
    }

    /// Takes another configuration: all of it, or nothing when something is wrong with it. Calls under way end under
    /// the one they began with; what the mechanisms learnt and hold is kept.
    pub(super) fn reconfigure(&self, config: &PolicyConfig) -> Result<(), Faults> {
        config.check()?;
        let _changing = self.changing.lock().unwrap_or_else(PoisonError::into_inner);
        let before = self.settings.load_full();
        if let Some(breaker) = &config.breaker {
            self.breaker.set_config(breaker.clone()).map_err(Faults::from)?;
        }
        if let Some(shed) = &config.shed {
            self.shedder.set_config(shed)?;
        }
        if let Some(bulkhead) = &config.bulkhead {
            self.bulkhead.set_config(bulkhead)?;
        }
        if let Some(hedge) = config.hedge {
            self.hedge.set_unchecked(hedge);
        }
        self.budget.set_config(&budget_config(config));
        let after = Settings::new(config);
        self.carry_rate(before.terms.rate, after.terms.rate);
        self.settings.store(Arc::new(after));
        Ok(())
    }

    /// As many calls of the quota stay used up as were. A call at this very moment may count under either quota.
    fn carry_rate(&self, from: Option<(Gcra, u64)>, to: Option<(Gcra, u64)>) {
        if let (Some((from, _)), Some((to, _))) = (from, to)
            && from != to
        {
            let now = self.clock.now();
            let carry = |full_at| Some(from.carry(full_at, now, &to));
            self.full_at.fetch_update(Ordering::Relaxed, Ordering::Relaxed, carry).ok();
        }
    }
}

impl Settings {
    fn new(config: &PolicyConfig) -> Self {
        let rate = config.rate.as_ref();
        let terms = Terms {
            whole: config.timeout.whole,
            per_try: config.timeout.per_try,
            is_shedding: config.shed.is_some(),
            rate: rate.and_then(|rate| Some((rate.compiled()?, nanoseconds(rate.wait_max)))),
            is_bulkheaded: config.bulkhead.is_some(),
            is_hedged: config.hedge.is_some(),
            retry: config.retry,
            has_breaker: config.breaker.is_some(),
            is_probe: false,
        };
        Self { config: config.clone(), terms }
    }
}

fn breaker_config(config: &PolicyConfig) -> BreakerConfig {
    config.breaker.clone().unwrap_or_default()
}

fn budget_config(config: &PolicyConfig) -> BudgetConfig {
    config.retry.map(|retry| retry.budget).unwrap_or_default()
}

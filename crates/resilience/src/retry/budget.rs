//! How many retries there may be for so many calls.

use std::sync::atomic::{AtomicU64, Ordering};

use serde::{Deserialize, Serialize};

use crate::policy::Checks;

/// A budget counts in thousandths of a retry.
const ONE: u64 = 1_000;

/// How many retries there may be.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct BudgetConfig {
    /// Retries for each call, 0 to 1. By default 0.1: while a party is down it gets at most 1.1 times the calls.
    pub ratio: f64,
    /// Retries there are at the start and that can be saved up, 0 to 10,000. By default 10.
    pub reserve: u32,
}

impl Default for BudgetConfig {
    fn default() -> Self {
        Self { ratio: 0.1, reserve: 10 }
    }
}

impl BudgetConfig {
    pub(crate) fn check(&self, checks: &mut Checks) {
        checks.within("ratio", self.ratio, 0.0..=1.0);
        checks.within("reserve", self.reserve, 0..=10_000);
    }

    fn deposit(&self) -> u64 {
        let thousandths = (self.ratio * 1_000.0).round().clamp(0.0, 1_000.0);
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "from 0 to 1000")]
        let thousandths = thousandths as u64;
        thousandths
    }

    /// Without a reserve a whole retry must still fit, or there would never be one.
    fn most(&self) -> u64 {
        u64::from(self.reserve.max(1)) * ONE
    }
}

/// A bucket of retries: every call puts a part of one in, every retry takes one out.
#[derive(Debug)]
pub struct Budget {
    level: AtomicU64,
    deposit: AtomicU64,
    most: AtomicU64,
    refused: AtomicU64,
}

impl Budget {
    /// Ratios below a thousandth count as none.
    #[must_use]
    pub fn new(config: &BudgetConfig) -> Self {
        Self {
            level: AtomicU64::new(u64::from(config.reserve) * ONE),
            deposit: AtomicU64::new(config.deposit()),
            most: AtomicU64::new(config.most()),
            refused: AtomicU64::new(0),
        }
    }

    /// A call was made for the first time.
    #[inline]
    pub fn deposit(&self) {
        let most = self.most.load(Ordering::Relaxed);
        // In good times the bucket is full, and a look is all it costs.
        if self.level.load(Ordering::Relaxed) < most {
            let deposit = self.deposit.load(Ordering::Relaxed);
            let more = |level: u64| Some(level.saturating_add(deposit).min(most));
            self.level.fetch_update(Ordering::Relaxed, Ordering::Relaxed, more).ok();
        }
    }

    /// Takes a retry out. When there is none it is counted as refused.
    #[must_use]
    pub fn withdraw(&self) -> bool {
        let less = |level: u64| level.checked_sub(ONE);
        let is_granted = self.level.fetch_update(Ordering::Relaxed, Ordering::Relaxed, less).is_ok();
        if !is_granted {
            self.refused.fetch_add(1, Ordering::Relaxed);
        }
        is_granted
    }

    /// Whole retries that are in it.
    pub fn level(&self) -> u64 {
        self.level.load(Ordering::Relaxed) / ONE
    }

    /// Retries that were not made for want of budget.
    pub fn refused(&self) -> u64 {
        self.refused.load(Ordering::Relaxed)
    }

    pub(crate) fn set_config(&self, config: &BudgetConfig) {
        self.deposit.store(config.deposit(), Ordering::Relaxed);
        self.most.store(config.most(), Ordering::Relaxed);
        self.level.fetch_min(config.most(), Ordering::Relaxed);
    }
}

//! Load shedding: says no early, to what matters least, before everything is late.
//!
//! Two measures: how many calls are in flight, and how long calls had to wait lately. Each class has its own marks,
//! and a more important class's marks are never below those of a less important one.

mod config;
mod gauge;
mod layer;

pub use config::ShedConfig;
pub use layer::{Arrival, ShedLayer, ShedService};

use std::ops::Deref;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::clock::{Clock, SystemClock, nanoseconds};
use crate::failure::{Failure, Kind};
use crate::policy::{Checks, Faults};

use gauge::Gauge;

/// How much a call matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Priority {
    /// Nobody waits for it: shed first, when half of the calls in flight are taken or waits pass their target.
    Background,
    /// Shed when nine tenths are taken, or waits pass twice their target.
    Normal,
    /// Shed when all are taken. Never for long waits: it is what the others make room for.
    Critical,
}

impl Priority {
    /// From the one that is shed first.
    pub const ALL: [Self; 3] = [Self::Background, Self::Normal, Self::Critical];

    /// A stable name for logs and metrics.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Background => "background",
            Self::Normal => "normal",
            Self::Critical => "critical",
        }
    }

    /// How many calls may be in flight for one of this class to be let in; one or more.
    const fn share_of(self, in_flight_max: u32) -> u32 {
        match self {
            Self::Background => in_flight_max.div_ceil(2),
            Self::Normal => in_flight_max - in_flight_max / 10,
            Self::Critical => in_flight_max,
        }
    }

    /// From which pressure of waits on it is shed, if ever: 1 waits pass their target, 2 twice that.
    const fn pressure_max(self) -> Option<u32> {
        match self {
            Self::Background => Some(1),
            Self::Normal => Some(2),
            Self::Critical => None,
        }
    }
}

/// A call was not let in, so that others stay fast.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Shed {
    #[error("too many calls are in flight")]
    InFlight,
    #[error("calls have to wait too long")]
    Waits,
}

impl Failure for Shed {
    /// Nothing was sent.
    fn kind(&self) -> Kind {
        Kind::RateLimited { after: None }
    }
}

/// What a shedder holds now, and what it refused so far.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct ShedSnapshot {
    pub in_flight: u32,
    pub in_flight_max: u32,
    /// 0 calm, 1 waits pass their target, 2 they pass twice their target.
    pub pressure: u32,
    pub background: u64,
    pub normal: u64,
    pub critical: u64,
}

impl ShedSnapshot {
    /// Calls that were shed, of all classes.
    #[must_use]
    pub const fn shed(&self) -> u64 {
        self.background.saturating_add(self.normal).saturating_add(self.critical)
    }
}

/// Counts calls in flight, watches waits, and says who may come in.
#[derive(Debug)]
pub struct Shedder<C = SystemClock> {
    in_flight: AtomicU32,
    in_flight_max: AtomicU32,
    gauge: Gauge,
    shed: [AtomicU64; 3],
    clock: C,
}

impl<C: Clock> Shedder<C> {
    /// # Errors
    /// Values out of their ranges, all at once.
    pub fn new(config: &ShedConfig, clock: C) -> Result<Self, Faults> {
        Checks::of(|checks| config.check(checks))?;
        Ok(Self::unchecked(config, clock))
    }

    pub(crate) fn unchecked(config: &ShedConfig, clock: C) -> Self {
        Self {
            in_flight: AtomicU32::new(0),
            in_flight_max: AtomicU32::new(config.in_flight_max),
            gauge: Gauge::new(config),
            shed: [const { AtomicU64::new(0) }; 3],
            clock,
        }
    }

    /// Lets a call in. It is in flight until the answer of this is dropped.
    ///
    /// # Errors
    /// The call is shed.
    pub fn admit(&self, priority: Priority) -> Result<InFlight<&Self, C>, Shed> {
        Self::admit_at(self, priority, self.clock.now())
    }

    /// Tells how long a call had to wait before its work began, or before it gave up.
    pub fn observe(&self, waited: Duration) {
        self.observe_at(nanoseconds(waited), self.clock.now());
    }

    pub(crate) fn observe_at(&self, waited: u64, now: u64) {
        self.gauge.observe(waited, now);
    }

    /// Changes the limits; calls in flight stay.
    ///
    /// # Errors
    /// Values out of their ranges; nothing was changed.
    pub fn set_config(&self, config: &ShedConfig) -> Result<(), Faults> {
        Checks::of(|checks| config.check(checks))?;
        self.in_flight_max.store(config.in_flight_max, Ordering::Relaxed);
        self.gauge.set_config(config);
        Ok(())
    }

    pub fn snapshot(&self) -> ShedSnapshot {
        let [background, normal, critical] = self.shed.each_ref().map(|count| count.load(Ordering::Relaxed));
        ShedSnapshot {
            in_flight: self.in_flight.load(Ordering::Relaxed),
            in_flight_max: self.in_flight_max.load(Ordering::Relaxed),
            pressure: self.gauge.pressure(self.clock.now()),
            background,
            normal,
            critical,
        }
    }

    pub(crate) fn admit_at<B>(shedder: B, priority: Priority, now: u64) -> Result<InFlight<B, C>, Shed>
    where
        B: Deref<Target = Self>,
    {
        match shedder.enter(priority, now) {
            Ok(()) => Ok(InFlight { shedder }),
            Err(shed) => {
                shedder.shed[priority as usize].fetch_add(1, Ordering::Relaxed);
                Err(shed)
            }
        }
    }

    fn enter(&self, priority: Priority, now: u64) -> Result<(), Shed> {
        if priority.pressure_max().is_some_and(|most| self.gauge.pressure(now) >= most) {
            return Err(Shed::Waits);
        }
        let most = priority.share_of(self.in_flight_max.load(Ordering::Relaxed));
        let more = |in_flight| (in_flight < most).then_some(in_flight + 1);
        let entered = self.in_flight.fetch_update(Ordering::Relaxed, Ordering::Relaxed, more);
        entered.map(|_| ()).map_err(|_| Shed::InFlight)
    }
}

/// A call in flight, until it is dropped.
#[derive(Debug)]
#[must_use = "the call is over when this is dropped"]
pub struct InFlight<B: Deref<Target = Shedder<C>>, C = SystemClock> {
    shedder: B,
}

impl<B: Deref<Target = Shedder<C>>, C> Drop for InFlight<B, C> {
    fn drop(&mut self) {
        self.shedder.in_flight.fetch_sub(1, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests;

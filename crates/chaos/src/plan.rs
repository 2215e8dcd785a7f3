use std::collections::BTreeMap;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::{ChaosError, Fault, Kind};

/// How much goes wrong, and how.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Plan {
    /// The same seed decides the same for the first connection or request, for the second, and so on.
    pub seed: u64,
    /// The part of all connections (with `http`: of all requests) that get a fault: 0 none, 1 all.
    pub share: f64,
    /// The faults among which chance chooses, each with its weight. Empty: every kind that the proxy can do but
    /// `down`, alike.
    pub kinds: BTreeMap<Kind, u32>,
    /// Whether what passes is HTTP/1 and is to be understood: faults are then decided for each request.
    pub http: bool,
    pub parameters: Parameters,
    pub limits: Limits,
}

/// The measures of the faults that chance sets.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Parameters {
    pub latency_ms: u64,
    /// At most so much more, evenly.
    pub latency_jitter_ms: u64,
    /// Whether the party gets what the client sent before the connection is reset.
    pub reset_forwarded: bool,
    pub garbage_bytes: usize,
    /// Inside the party's answer; otherwise instead of it.
    pub garbage_inside: bool,
    pub drip_every_ms: u64,
    pub down_for_ms: u64,
    pub bandwidth_bytes_per_second: u64,
    pub cut_after_bytes: u64,
}

/// What the proxy never goes beyond.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Limits {
    /// At once; those beyond are closed and counted.
    pub connections_max: usize,
    /// A connection older than that is reset and counted.
    pub connection_age_max_ms: u64,
    /// The proxy stops by itself after that; without it, when it is stopped or dropped.
    pub run_for_ms: Option<u64>,
}

impl Default for Plan {
    /// Forwards and does no harm.
    fn default() -> Self {
        Self {
            seed: 0,
            share: 0.0,
            kinds: BTreeMap::new(),
            http: false,
            parameters: Parameters::default(),
            limits: Limits::default(),
        }
    }
}

impl Default for Parameters {
    fn default() -> Self {
        Self {
            latency_ms: 200,
            latency_jitter_ms: 300,
            reset_forwarded: false,
            garbage_bytes: 64,
            garbage_inside: false,
            drip_every_ms: 100,
            down_for_ms: 1000,
            bandwidth_bytes_per_second: 1024,
            cut_after_bytes: 64,
        }
    }
}

impl Default for Limits {
    fn default() -> Self {
        Self { connections_max: 1024, connection_age_max_ms: 300_000, run_for_ms: None }
    }
}

impl Plan {
    /// Those kinds alike, on that share.
    #[must_use]
    pub fn of(seed: u64, share: f64, kinds: &[Kind]) -> Self {
        let kinds = kinds.iter().map(|kind| (*kind, 1)).collect();
        Self { seed, share, kinds, ..Self::default() }
    }

    /// Whether it can be done at all: a share between 0 and 1, kinds that go with the mode, some weight, limits
    /// above zero.
    ///
    /// # Errors
    /// [`ChaosError`], naming the setting.
    pub fn check(&self) -> Result<(), ChaosError> {
        let wrong = |field, is: String, must| Err(ChaosError::Setting { field, is, must });
        if !(0.0..=1.0).contains(&self.share) {
            return wrong("share", self.share.to_string(), "between 0 and 1");
        }
        if self.weights().iter().all(|(_, weight)| *weight == 0) {
            return wrong(
                "kinds",
                "without any weight".to_owned(),
                "at least one kind with a weight above 0",
            );
        }
        if self.limits.connections_max == 0 {
            return wrong("connections_max", "0".to_owned(), "1 or more");
        }
        if self.limits.connection_age_max_ms == 0 {
            return wrong("connection_age_max_ms", "0".to_owned(), "1 or more");
        }
        self.weights().iter().try_for_each(|(kind, _)| self.fault(*kind).check(self.http))
    }

    /// The kinds to choose from.
    pub(crate) fn weights(&self) -> Vec<(Kind, u32)> {
        if !self.kinds.is_empty() {
            return self.kinds.iter().map(|(kind, weight)| (*kind, *weight)).collect();
        }
        let is_usual = |kind: &Kind| *kind != Kind::Down && (self.http || *kind != Kind::ServerError);
        Kind::ALL.into_iter().filter(is_usual).map(|kind| (kind, 1)).collect()
    }

    /// A kind with this plan's measures.
    #[must_use]
    pub fn fault(&self, kind: Kind) -> Fault {
        let with = &self.parameters;
        let span = Duration::from_millis;
        match kind {
            Kind::Latency => {
                Fault::Latency { fixed: span(with.latency_ms), jitter: span(with.latency_jitter_ms) }
            }
            Kind::Reset => Fault::Reset { forwarded: with.reset_forwarded },
            Kind::HalfOpen => Fault::HalfOpen,
            Kind::ServerError => Fault::ServerError,
            Kind::Garbage => Fault::Garbage { bytes: with.garbage_bytes, inside: with.garbage_inside },
            Kind::Drip => Fault::Drip { every: span(with.drip_every_ms) },
            Kind::Refuse => Fault::Refuse,
            Kind::Down => Fault::Down { span: span(with.down_for_ms) },
            Kind::Bandwidth => Fault::Bandwidth { bytes_per_second: with.bandwidth_bytes_per_second },
            Kind::Cut => Fault::Cut { after_bytes: with.cut_after_bytes },
        }
    }
}

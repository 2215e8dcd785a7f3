//! Regimes of the distance between bid and ask: whether it is as usual for the instrument, tighter or wider.
//!
//! At every sampling time the distance is taken as a share of the midpoint. Its logarithm is followed by an
//! exponentially weighted mean and variance over about `memory` samples; a sample's z-score is its distance to the
//! mean, in deviations, before it counts itself. Distances that never change have no deviation, so one of at least
//! [`DEVIATION_LEAST`] is taken. The regime changes once so many samples in a row say the same: beyond the limit to
//! leave the usual, within half of it to come back, so that it does not flicker.

use domain::{InstrumentId, Quote, Rate, RegimeChange, Span, SpreadRegime, Timestamp};
use thiserror::Error;

/// Of the logarithm: a tenth wider or tighter is always within one deviation.
const DEVIATION_LEAST: f64 = 0.1;

/// When a distance is unusual.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct RegimeLimits {
    /// Between two samples.
    pub sample_every: Span,
    /// Over how many samples the usual is learnt, two at least; no regime is told before.
    pub memory: u32,
    /// The |z| from which a sample is unusual.
    pub unusual_z: f64,
    /// So many samples in a row change the regime.
    pub confirmations: u32,
    /// A quote older than this makes no sample.
    pub max_quote_age: Span,
}

/// Why regimes cannot be followed as asked.
#[derive(Debug, Clone, Copy, PartialEq, Error)]
pub enum RegimeError {
    #[error("samples are to be taken every {0:?}, which is no time")]
    Interval(Span),
    #[error("the usual cannot be learnt from {0} samples")]
    Memory(u32),
    #[error("{0} is no number of standard deviations above zero")]
    Limit(f64),
}

/// Follows the regime of each instrument. Grows with the highest id that is quoted, once.
#[derive(Debug, Clone)]
pub struct RegimeDetector {
    limits: RegimeLimits,
    instruments: Vec<Followed>,
    now: Timestamp,
    due: Timestamp,
}

#[derive(Debug, Clone, Copy)]
struct Followed {
    quote: Option<Quote>,
    regime: SpreadRegime,
    /// What the last samples said, and how many of them in a row.
    said: (SpreadRegime, u32),
    mean: f64,
    variance: f64,
    samples: u32,
}

impl Followed {
    const FRESH: Self = Self {
        quote: None,
        regime: SpreadRegime::Usual,
        said: (SpreadRegime::Usual, 0),
        mean: 0.0,
        variance: 0.0,
        samples: 0,
    };
}

impl RegimeDetector {
    /// # Errors
    /// See [`RegimeError`].
    pub fn new(limits: RegimeLimits) -> Result<Self, RegimeError> {
        if limits.sample_every <= Span::ZERO {
            return Err(RegimeError::Interval(limits.sample_every));
        }
        if limits.memory < 2 {
            return Err(RegimeError::Memory(limits.memory));
        }
        if !limits.unusual_z.is_finite() || limits.unusual_z <= 0.0 {
            return Err(RegimeError::Limit(limits.unusual_z));
        }
        Ok(Self { limits, instruments: Vec::new(), now: Timestamp::MIN, due: Timestamp::MIN })
    }

    /// Takes the latest quote of an instrument. Samples that are due are taken first, of what stood before it.
    #[inline]
    pub fn on_quote(&mut self, quote: &Quote, emit: &mut impl FnMut(RegimeChange)) {
        self.on_time(quote.receive_time, emit);
        let index = quote.instrument.index();
        if self.instruments.len() <= index {
            self.instruments.resize(index.saturating_add(1), Followed::FRESH);
        }
        self.instruments[index].quote = quote.is_two_sided().then_some(*quote);
    }

    /// Forgets the quote of an instrument that can no longer be trusted. What is usual is kept.
    pub fn on_invalid(&mut self, instrument: InstrumentId) {
        if let Some(followed) = self.instruments.get_mut(instrument.index()) {
            followed.quote = None;
        }
    }

    /// Takes the samples that are due.
    #[inline]
    pub fn on_time(&mut self, now: Timestamp, emit: &mut impl FnMut(RegimeChange)) {
        self.now = self.now.max(now);
        if self.now < self.due {
            return;
        }
        self.due = self.now.floor_to(self.limits.sample_every).plus(self.limits.sample_every);
        for followed in &mut self.instruments {
            if let Some(change) = followed.sample(self.now, &self.limits) {
                emit(change);
            }
        }
    }

    /// The regime of an instrument.
    #[must_use]
    pub fn regime(&self, instrument: InstrumentId) -> SpreadRegime {
        self.instruments.get(instrument.index()).map_or(SpreadRegime::Usual, |followed| followed.regime)
    }
}

impl Followed {
    fn sample(&mut self, now: Timestamp, limits: &RegimeLimits) -> Option<RegimeChange> {
        let quote = self.quote.filter(|quote| now.since(quote.receive_time) <= limits.max_quote_age)?;
        let (bid, ask) = (quote.bid.price.to_f64(), quote.ask.price.to_f64());
        let share = 2.0 * (ask - bid) / (ask + bid);
        if !(share.is_finite() && share > 0.0) {
            return None;
        }
        let logarithm = share.ln();
        let z = (logarithm - self.mean) / self.variance.sqrt().max(DEVIATION_LEAST);
        let usual = self.mean.exp();
        let is_learnt = self.samples >= limits.memory;
        self.learn(logarithm, limits);
        if !is_learnt {
            return None;
        }
        let to = self.hear(z, limits)?;
        let from = std::mem::replace(&mut self.regime, to);
        Some(RegimeChange {
            instrument: quote.instrument,
            from,
            to,
            share: Rate::from_f64(share)?,
            usual: Rate::from_f64(usual)?,
            z_score: Rate::from_f64(z)?,
            time: now,
        })
    }

    /// The first samples count alike, later ones with the weight of the memory. What is unusual counts as if it were
    /// at the limit, so that a few samples do not make it usual.
    fn learn(&mut self, logarithm: f64, limits: &RegimeLimits) {
        let most = limits.unusual_z * self.variance.sqrt().max(DEVIATION_LEAST);
        let apart = logarithm - self.mean;
        let apart = if self.samples >= limits.memory { apart.clamp(-most, most) } else { apart };
        self.samples = self.samples.saturating_add(1);
        let weight = (1.0 / f64::from(self.samples)).max(2.0 / (f64::from(limits.memory) + 1.0));
        self.mean += weight * apart;
        self.variance = (1.0 - weight) * (self.variance + weight * apart * apart);
    }

    /// The regime to change to, once enough samples in a row have said so.
    fn hear(&mut self, z: f64, limits: &RegimeLimits) -> Option<SpreadRegime> {
        let says = match self.regime {
            SpreadRegime::Wide if z > limits.unusual_z / 2.0 => SpreadRegime::Wide,
            SpreadRegime::Tight if z < -limits.unusual_z / 2.0 => SpreadRegime::Tight,
            _ if z >= limits.unusual_z => SpreadRegime::Wide,
            _ if z <= -limits.unusual_z => SpreadRegime::Tight,
            _ => SpreadRegime::Usual,
        };
        let in_a_row = if says == self.said.0 { self.said.1.saturating_add(1) } else { 1 };
        self.said = (says, in_a_row);
        (says != self.regime && in_a_row >= limits.confirmations).then_some(says)
    }
}

#[cfg(test)]
mod tests;

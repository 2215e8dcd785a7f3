use domain::{InstrumentId, PairSpread, Price, Quote, Rate, Span, SpreadPhase, Timestamp};
use thiserror::Error;

use super::regression::{Fit, RollingRegression};

/// When the two sides of a pair count as apart.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PairLimits {
    /// Between two samples.
    pub sample_every: Span,
    /// Samples in the window, 3 to [`PairLimits::WINDOW_MAX`].
    pub window: usize,
    /// A spread opens at this |z| or more, and closes at that or less.
    pub open_z: f64,
    pub close_z: f64,
    /// An open spread is told again when z has moved by this.
    pub told_z: f64,
    /// A quote older than this makes no sample.
    pub max_quote_age: Span,
}

impl PairLimits {
    pub const WINDOW_MAX: usize = 100_000;
}

/// Why pairs cannot be watched as asked.
#[derive(Debug, Clone, Copy, PartialEq, Error)]
pub enum PairError {
    #[error("a pair is of two instruments, and both sides are {0}")]
    Same(InstrumentId),
    #[error("a window of {0} samples is not 3 to {max}", max = PairLimits::WINDOW_MAX)]
    Window(usize),
    #[error("samples are to be taken every {0:?}, which is no time")]
    Interval(Span),
    #[error("a pair closes at {close} standard deviations, which is not below {open}, where it opens")]
    Limits { open: f64, close: f64 },
}

/// Watches pairs of instruments. Nothing is allocated after construction.
#[derive(Debug, Clone)]
pub struct PairDetector {
    limits: PairLimits,
    pairs: Vec<Pair>,
    /// By instrument: the pairs it is in, with the side.
    places: Vec<Vec<(usize, usize)>>,
    now: Timestamp,
    opened: u64,
    uncomputable: u64,
}

#[derive(Debug, Clone)]
struct Pair {
    ids: [InstrumentId; 2],
    quotes: [Option<Quote>; 2],
    regression: RollingRegression,
    due: Timestamp,
    open: Option<PairSpread>,
}

impl PairDetector {
    /// The first of each pair is explained by the second.
    ///
    /// # Errors
    /// See [`PairError`].
    pub fn new(pairs: &[(InstrumentId, InstrumentId)], limits: PairLimits) -> Result<Self, PairError> {
        if limits.sample_every <= Span::ZERO {
            return Err(PairError::Interval(limits.sample_every));
        }
        if !(limits.open_z.is_finite() && 0.0 <= limits.close_z && limits.close_z < limits.open_z) {
            return Err(PairError::Limits { open: limits.open_z, close: limits.close_z });
        }
        if limits.window > PairLimits::WINDOW_MAX {
            return Err(PairError::Window(limits.window));
        }
        let mut built = Vec::with_capacity(pairs.len());
        let mut places: Vec<Vec<(usize, usize)>> = Vec::new();
        for (number, &(first, second)) in pairs.iter().enumerate() {
            if first == second {
                return Err(PairError::Same(first));
            }
            let regression = RollingRegression::new(limits.window).ok_or(PairError::Window(limits.window))?;
            let ids = [first, second];
            built.push(Pair { ids, quotes: [None; 2], regression, due: Timestamp::MIN, open: None });
            for (side, id) in ids.into_iter().enumerate() {
                if places.len() <= id.index() {
                    places.resize_with(id.index() + 1, Vec::new);
                }
                places[id.index()].push((number, side));
            }
        }
        Ok(Self { limits, pairs: built, places, now: Timestamp::MIN, opened: 0, uncomputable: 0 })
    }

    /// Takes the latest quote of an instrument. A sample is taken of what stood at its time, before the quote counts.
    #[inline]
    pub fn on_quote(&mut self, quote: &Quote, emit: &mut impl FnMut(PairSpread)) {
        let Some(places) = self.places.get(quote.instrument.index()) else { return };
        if places.is_empty() {
            return;
        }
        self.on_time(quote.receive_time, emit);
        for &(pair, side) in &self.places[quote.instrument.index()] {
            self.pairs[pair].quotes[side] = quote.is_two_sided().then_some(*quote);
        }
    }

    /// Forgets the quote of an instrument that can no longer be trusted and closes its spreads.
    pub fn on_invalid(
        &mut self,
        instrument: InstrumentId,
        time: Timestamp,
        emit: &mut impl FnMut(PairSpread),
    ) {
        self.now = self.now.max(time);
        for &(pair, side) in self.places.get(instrument.index()).into_iter().flatten() {
            let pair = &mut self.pairs[pair];
            pair.quotes[side] = None;
            pair.close(self.now, emit);
        }
    }

    /// Takes the samples that are due.
    pub fn on_time(&mut self, now: Timestamp, emit: &mut impl FnMut(PairSpread)) {
        if now <= self.now {
            return;
        }
        self.now = now;
        let Self { limits, pairs, opened, uncomputable, .. } = self;
        for pair in pairs {
            if now >= pair.due {
                pair.due = now.floor_to(limits.sample_every).plus(limits.sample_every);
                pair.sample(now, limits, (opened, uncomputable), emit);
            }
        }
    }

    /// The spreads that are open.
    pub fn open(&self) -> impl Iterator<Item = &PairSpread> {
        self.pairs.iter().filter_map(|pair| pair.open.as_ref())
    }

    /// Samples whose figures are out of the range of what is told.
    #[must_use]
    pub const fn uncomputable(&self) -> u64 {
        self.uncomputable
    }
}

impl Pair {
    fn sample(
        &mut self,
        now: Timestamp,
        limits: &PairLimits,
        (opened, uncomputable): (&mut u64, &mut u64),
        emit: &mut impl FnMut(PairSpread),
    ) {
        let [Some(first), Some(second)] = self.quotes else { return };
        let is_old = |quote: &Quote| now.since(quote.receive_time) > limits.max_quote_age;
        let (Ok(first_mid), Ok(second_mid)) = (first.mid(), second.mid()) else { return };
        if is_old(&first) || is_old(&second) {
            return self.close(now, emit);
        }
        let (x, y) = (second_mid.to_f64(), first_mid.to_f64());
        if self.regression.is_full()
            && let Some(fit) = self.regression.fit()
        {
            match tell(&fit, self.ids, (first_mid, second_mid), now) {
                Some(told) => self.follow(told, fit.z_score(x, y), limits, opened, emit),
                None => *uncomputable += 1,
            }
        }
        self.regression.push(x, y);
    }

    fn follow(
        &mut self,
        mut told: PairSpread,
        z: f64,
        limits: &PairLimits,
        opened: &mut u64,
        emit: &mut impl FnMut(PairSpread),
    ) {
        match &self.open {
            None if z.abs() >= limits.open_z => {
                *opened += 1;
                told.id = *opened;
            }
            None => return,
            Some(_) if z.abs() <= limits.close_z => return self.close(told.time, emit),
            Some(last) if (z - last.z_score.to_f64()).abs() < limits.told_z => return,
            Some(last) => (told.id, told.phase) = (last.id, SpreadPhase::Changed),
        }
        self.open = Some(told);
        emit(told);
    }

    fn close(&mut self, now: Timestamp, emit: &mut impl FnMut(PairSpread)) {
        if let Some(last) = self.open.take() {
            emit(PairSpread { phase: SpreadPhase::Closed, time: now, ..last });
        }
    }
}

/// `None` when a figure is out of range.
fn tell(
    fit: &Fit,
    [first, second]: [InstrumentId; 2],
    (first_price, second_price): (Price, Price),
    time: Timestamp,
) -> Option<PairSpread> {
    let z = fit.z_score(second_price.to_f64(), first_price.to_f64());
    Some(PairSpread {
        id: 0,
        phase: SpreadPhase::Opened,
        first,
        second,
        first_price,
        second_price,
        hedge_ratio: Rate::from_f64(fit.slope)?,
        z_score: Rate::from_f64(z)?,
        correlation: Rate::from_f64(fit.correlation)?,
        samples: u32::try_from(fit.samples).ok()?,
        time,
    })
}

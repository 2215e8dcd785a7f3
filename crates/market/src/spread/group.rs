use domain::{CrossVenueSpread, Instrument, InstrumentId, Instruments, Quote, SpreadPhase, Timestamp};
use thiserror::Error;

use super::{SpreadLimits, pair};

/// Why instruments cannot be compared as asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum GroupError {
    #[error("instrument {0} is not listed")]
    UnknownInstrument(InstrumentId),
    #[error("instrument {0} is in more than one place")]
    Repeated(InstrumentId),
    #[error("instrument {0} has another base asset than the first of its group")]
    MixedBase(InstrumentId),
}

/// One instrument of a group and its latest quote, while that can be trusted.
#[derive(Debug, Clone)]
pub(super) struct Leg {
    pub(super) instrument: Instrument,
    pub(super) quote: Option<Quote>,
}

/// Instruments that are compared with one another, and the spreads that are open between them.
#[derive(Debug, Clone)]
pub(super) struct Group {
    legs: Vec<Leg>,
    /// As told last; leg that buys × leg that sells.
    open: Vec<Option<CrossVenueSpread>>,
    open_count: usize,
}

/// What the groups of a detector share.
#[derive(Debug, Clone)]
pub(super) struct Ledger {
    pub(super) limits: SpreadLimits,
    /// The latest time told.
    pub(super) now: Timestamp,
    /// Spreads opened so far.
    pub(super) opened: u64,
    pub(super) uncomputable: u64,
}

impl Group {
    pub(super) fn new(instruments: &Instruments, ids: &[InstrumentId]) -> Result<Self, GroupError> {
        let mut legs: Vec<Leg> = Vec::with_capacity(ids.len());
        for &id in ids {
            let instrument = instruments.get(id).ok_or(GroupError::UnknownInstrument(id))?;
            if legs.first().is_some_and(|first| first.instrument.base != instrument.base) {
                return Err(GroupError::MixedBase(id));
            }
            legs.push(Leg { instrument: instrument.clone(), quote: None });
        }
        let open = vec![None; legs.len() * legs.len()];
        Ok(Self { legs, open, open_count: 0 })
    }

    /// Replaces the quote of a leg, compares that leg with all others and ends what has become too old.
    #[inline]
    pub(super) fn on_leg(
        &mut self,
        leg: usize,
        quote: Option<Quote>,
        ledger: &mut Ledger,
        emit: &mut impl FnMut(CrossVenueSpread),
    ) {
        self.legs[leg].quote = quote;
        for other in 0..self.legs.len() {
            if other != leg {
                self.review(leg, other, ledger, emit);
                self.review(other, leg, ledger, emit);
            }
        }
        self.expire(ledger, emit);
    }

    /// Closes the open spreads of which a quote has become too old.
    pub(super) fn expire(&mut self, ledger: &Ledger, emit: &mut impl FnMut(CrossVenueSpread)) {
        if self.open_count == 0 {
            return;
        }
        let width = self.legs.len();
        for cell in 0..self.open.len() {
            let old = [cell / width, cell % width].iter().any(|&leg| {
                self.legs[leg].quote.is_none_or(|quote| pair::is_old(&quote, ledger.now, &ledger.limits))
            });
            if old {
                self.close(cell, ledger.now, emit);
            }
        }
    }

    pub(super) fn open_spreads(&self) -> impl Iterator<Item = &CrossVenueSpread> {
        self.open.iter().flatten()
    }

    #[inline]
    fn review(
        &mut self,
        buy: usize,
        sell: usize,
        ledger: &mut Ledger,
        emit: &mut impl FnMut(CrossVenueSpread),
    ) {
        let appraised = pair::appraise(&self.legs[buy], &self.legs[sell], ledger.now, &ledger.limits);
        ledger.uncomputable += u64::from(appraised.is_err());
        let cell = buy * self.legs.len() + sell;
        match appraised {
            Ok(Some(spread)) => self.hold(cell, spread, ledger, emit),
            Ok(None) | Err(_) => self.close(cell, ledger.now, emit),
        }
    }

    fn hold(
        &mut self,
        cell: usize,
        mut spread: CrossVenueSpread,
        ledger: &mut Ledger,
        emit: &mut impl FnMut(CrossVenueSpread),
    ) {
        if let Some(last) = &self.open[cell] {
            if same_terms(last, &spread) {
                return;
            }
            (spread.id, spread.phase) = (last.id, SpreadPhase::Changed);
        } else {
            ledger.opened += 1;
            self.open_count += 1;
            (spread.id, spread.phase) = (ledger.opened, SpreadPhase::Opened);
        }
        self.open[cell] = Some(spread);
        emit(spread);
    }

    #[inline]
    fn close(&mut self, cell: usize, now: Timestamp, emit: &mut impl FnMut(CrossVenueSpread)) {
        if let Some(last) = self.open[cell].take() {
            self.open_count -= 1;
            emit(CrossVenueSpread { phase: SpreadPhase::Closed, time: now, ..last });
        }
    }
}

/// Price and quantity decide everything else but the ages.
fn same_terms(left: &CrossVenueSpread, right: &CrossVenueSpread) -> bool {
    let terms = |spread: &CrossVenueSpread| (spread.buy_price, spread.sell_price, spread.quantity);
    terms(left) == terms(right)
}

use domain::{CrossVenueSpread, InstrumentId, Instruments, Quote, Timestamp};

use super::SpreadLimits;
use super::group::{Group, GroupError, Ledger};

/// Compares the quotes of each group of instruments and follows every spread from opening to closing.
///
/// A spread is told by its ordered pair of instruments. It is `Opened` when the best bid of one, after the taker
/// fees of both, pays the ask of the other by the wanted rate; `Changed` when price or quantity does (ages alone
/// change nothing); `Closed`, with the figures told last, when it ends. Figures are in the quote currency, for
/// the quantity of the base asset that both sides offer; fees are rounded up and the net rate down at their last
/// decimal. Nothing is allocated after construction.
#[derive(Debug, Clone)]
pub struct CrossVenueDetector {
    groups: Vec<Group>,
    /// By instrument: group and leg.
    places: Vec<Option<(usize, usize)>>,
    ledger: Ledger,
}

impl CrossVenueDetector {
    /// Each group lists instruments with one base asset whose prices are comparable: whether USD, USDT and USDC
    /// count as one is the caller's word. Every instrument is compared with all others of its group.
    ///
    /// # Errors
    /// See [`GroupError`].
    pub fn new(
        instruments: &Instruments,
        groups: &[Vec<InstrumentId>],
        limits: SpreadLimits,
    ) -> Result<Self, GroupError> {
        let mut places = vec![None; instruments.len()];
        let mut built = Vec::with_capacity(groups.len());
        for (group, ids) in groups.iter().enumerate() {
            built.push(Group::new(instruments, ids)?);
            for (leg, &id) in ids.iter().enumerate() {
                if places[id.index()].replace((group, leg)).is_some() {
                    return Err(GroupError::Repeated(id));
                }
            }
        }
        let ledger = Ledger { limits, now: Timestamp::MIN, opened: 0, uncomputable: 0 };
        Ok(Self { groups: built, places, ledger })
    }

    /// Takes the latest quote of an instrument and emits what it changes. Its receive time is the detector's
    /// clock, which never goes back. A quote whose bid is above its ask is taken as invalid.
    #[inline]
    pub fn on_quote(&mut self, quote: &Quote, emit: &mut impl FnMut(CrossVenueSpread)) {
        let Some((group, leg)) = self.place(quote.instrument) else { return };
        self.ledger.now = self.ledger.now.max(quote.receive_time);
        let both = quote.bid.quantity.is_positive() && quote.ask.quantity.is_positive();
        let inverted = both && quote.bid.price > quote.ask.price;
        self.groups[group].on_leg(leg, (!inverted).then_some(*quote), &mut self.ledger, emit);
    }

    /// Forgets the quote of an instrument that can no longer be trusted and closes its spreads.
    pub fn on_invalid(
        &mut self,
        instrument: InstrumentId,
        time: Timestamp,
        emit: &mut impl FnMut(CrossVenueSpread),
    ) {
        let Some((group, leg)) = self.place(instrument) else { return };
        self.ledger.now = self.ledger.now.max(time);
        self.groups[group].on_leg(leg, None, &mut self.ledger, emit);
    }

    /// Closes the spreads whose quotes have become too old. Quotes do so for their own group; this is for markets
    /// that have gone quiet.
    pub fn on_time(&mut self, now: Timestamp, emit: &mut impl FnMut(CrossVenueSpread)) {
        self.ledger.now = self.ledger.now.max(now);
        for group in &mut self.groups {
            group.expire(&self.ledger, emit);
        }
    }

    /// The spreads that are open.
    pub fn open(&self) -> impl Iterator<Item = &CrossVenueSpread> {
        self.groups.iter().flat_map(Group::open_spreads)
    }

    /// How many times a pair could not be compared because a figure was out of range; it then counts as no spread.
    #[must_use]
    pub const fn uncomputable(&self) -> u64 {
        self.ledger.uncomputable
    }

    #[inline]
    fn place(&self, instrument: InstrumentId) -> Option<(usize, usize)> {
        self.places.get(instrument.index()).copied().flatten()
    }
}

use std::collections::VecDeque;

use domain::{Amendment, AmendmentTerms, Bar, Price, Quantity, Timestamp, Trade};

/// One trade as it stands now.
#[derive(Debug, Clone, Copy)]
pub(super) struct Print {
    id: u64,
    pub(super) time: Timestamp,
    price: Price,
    quantity: Quantity,
    /// False once it was taken back.
    stands: bool,
}

/// The latest trades of one instrument, numbered as they came.
#[derive(Debug, Clone)]
pub(super) struct Tape {
    prints: VecDeque<Print>,
    /// The number of the oldest that is kept.
    first: u64,
    limit: usize,
}

/// Which prints make a bar: those of the window or, of a bar that trades fill, all from `first` to `last`. Those after
/// `last` came late.
#[derive(Debug, Clone, Copy)]
pub(super) struct Extent {
    pub(super) first: u64,
    pub(super) last: u64,
    pub(super) window: Option<(Timestamp, Timestamp)>,
}

impl Tape {
    pub(super) const fn new(limit: usize) -> Self {
        Self { prints: VecDeque::new(), first: 1, limit }
    }

    /// The number of the newest; zero before any.
    pub(super) fn newest(&self) -> u64 {
        self.first + self.prints.len() as u64 - 1
    }

    /// Keeps the trade; its number.
    pub(super) fn push(&mut self, trade: &Trade) -> u64 {
        if self.prints.len() >= self.limit.max(1) {
            self.prints.pop_front();
            self.first += 1;
        }
        let Trade { id, price, quantity, venue_time: time, .. } = *trade;
        self.prints.push_back(Print { id, time, price, quantity, stands: true });
        self.newest()
    }

    /// Changes the newest print that bears the amended trade's id. Its number and itself as it is now.
    pub(super) fn amend(&mut self, amendment: &Amendment) -> Option<(u64, Print)> {
        let place = self.prints.iter().rposition(|print| print.id == amendment.trade_id && print.stands)?;
        let print = self.prints.get_mut(place)?;
        match amendment.terms {
            AmendmentTerms::Cancelled => print.stands = false,
            AmendmentTerms::Corrected { price, quantity } => {
                (print.price, print.quantity) = (price, quantity)
            }
        }
        Some((self.first + place as u64, *print))
    }

    /// The bar with the figures that its prints make as they stand. A late print counts in high, low and volume
    /// alone, as the consolidated tape has it for sales out of sequence, unless there is no other. A bar without any
    /// print left keeps its prices. `None` when the oldest print is no longer kept or the volume overflows.
    pub(super) fn rebuild(&self, bar: &Bar, extent: &Extent) -> Option<Bar> {
        let skipped = usize::try_from(extent.first.checked_sub(self.first)?).ok()?;
        let mut made = Bar { trades: 0, volume: Quantity::ZERO, ..*bar };
        for (number, print) in (extent.first..).zip(self.prints.iter().skip(skipped)) {
            let is_late = number > extent.last;
            let is_of_it = match extent.window {
                Some((open, close)) => open <= print.time && print.time < close,
                None => !is_late,
            };
            if is_of_it && print.stands {
                add(&mut made, print, is_late)?;
            }
        }
        Some(made)
    }
}

/// Adds a print; a late one leaves open and close as they are.
fn add(bar: &mut Bar, print: &Print, is_late: bool) -> Option<()> {
    let keeps_close = is_late && bar.trades > 0;
    let close = bar.close;
    if !super::ticks::add(bar, print.price, print.quantity) {
        return None;
    }
    if keeps_close {
        bar.close = close;
    }
    Some(())
}

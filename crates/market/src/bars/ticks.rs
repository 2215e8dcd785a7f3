use domain::{Bar, BarRule, InstrumentId, Price, Quantity, Timestamp};

/// What a tick became.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ticked {
    /// It is in the open bar.
    Taken,
    /// It opened a bar, after the one given had ended, if one was open.
    Opened(Option<Bar>),
    /// It ended its own bar, which is given.
    Filled(Bar),
    /// Its bar was told before.
    Late,
    /// Its time or quantity is out of range, or the market was closed.
    Refused,
}

impl Ticked {
    /// The bar that has ended.
    #[must_use]
    pub fn ended(self) -> Option<Bar> {
        match self {
            Self::Opened(bar) => bar,
            Self::Filled(bar) => Some(bar),
            Self::Taken | Self::Late | Self::Refused => None,
        }
    }
}

/// A bar of no trade, before the first.
pub(super) const fn empty(instrument: InstrumentId, rule: BarRule) -> Bar {
    Bar {
        instrument,
        trades: 0,
        rule,
        open_time: Timestamp::MIN,
        close_time: Timestamp::MIN,
        open: Price::ZERO,
        high: Price::ZERO,
        low: Price::ZERO,
        close: Price::ZERO,
        volume: Quantity::ZERO,
        number: 0,
        revision: 0,
    }
}

/// Starts the bar's figures with its first tick.
#[inline]
pub(super) const fn start(bar: &mut Bar, price: Price, quantity: Quantity) {
    bar.trades = 1;
    bar.open = price;
    bar.high = price;
    bar.low = price;
    bar.close = price;
    bar.volume = quantity;
}

/// Adds a tick to the bar's figures; `false`, and nothing is changed, for a negative quantity or past the range
/// of the volume.
#[inline]
pub(super) fn add(bar: &mut Bar, price: Price, quantity: Quantity) -> bool {
    // All that it had was taken back.
    if bar.trades == 0 && !quantity.is_negative() {
        start(bar, price, quantity);
        return true;
    }
    let volume = bar.volume.checked_add(quantity);
    let (Some(volume), false) = (volume, quantity.is_negative()) else { return false };
    bar.volume = volume;
    bar.high = bar.high.max(price);
    bar.low = bar.low.min(price);
    bar.close = price;
    bar.trades = bar.trades.saturating_add(1);
    true
}

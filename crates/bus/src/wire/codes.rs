//! The numbers of what is one of a few. They are given once and never again; 0 is never given, so that zeroed bytes
//! mean nothing.

use domain::{InstrumentKind, LinkRole, Liquidity, Side, SpreadPhase, SpreadRegime, TimeInForce};

/// What is written as one byte.
pub(super) trait Codes: Sized + Copy + PartialEq + 'static {
    /// In the order of their numbers, from 1.
    const ALL: &'static [Self];

    fn decode(code: u8) -> Option<Self> {
        Self::ALL.get(usize::from(code).checked_sub(1)?).copied()
    }

    fn encode(self) -> u8 {
        let place = Self::ALL.iter().position(|value| *value == self).map_or(0, |place| place + 1);
        u8::try_from(place).unwrap_or(0)
    }
}

impl Codes for Side {
    const ALL: &'static [Self] = &[Self::Buy, Self::Sell];
}

impl Codes for SpreadPhase {
    const ALL: &'static [Self] = &[Self::Opened, Self::Changed, Self::Closed];
}

impl Codes for SpreadRegime {
    const ALL: &'static [Self] = &[Self::Tight, Self::Usual, Self::Wide];
}

impl Codes for Liquidity {
    const ALL: &'static [Self] = &[Self::Maker, Self::Taker];
}

impl Codes for TimeInForce {
    const ALL: &'static [Self] = &[
        Self::Day,
        Self::GoodTillCancelled,
        Self::ImmediateOrCancel,
        Self::FillOrKill,
        Self::AtOpen,
        Self::AtClose,
    ];
}

impl Codes for LinkRole {
    const ALL: &'static [Self] = &[Self::Entry, Self::TakeProfit, Self::StopLoss, Self::OneCancelsOther];
}

impl Codes for InstrumentKind {
    const ALL: &'static [Self] =
        &[Self::Spot, Self::Equity, Self::Fx, Self::LinearPerpetual, Self::InversePerpetual];
}

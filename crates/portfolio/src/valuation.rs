//! What the books are worth at the marks.

use domain::{Currency, Instrument, InstrumentId, Instruments, Money};

use crate::{BookingError, Portfolio, Position, position::profit};

impl Portfolio {
    /// Cash in `currency` plus every position that settles in it: its value where it is held outright, its
    /// unrealised profit where it is a derivative.
    ///
    /// # Errors
    /// `UnknownInstrument` or `NoMark` for an open position, `Number` when a figure cannot be computed.
    pub fn equity(&self, currency: Currency, instruments: &Instruments) -> Result<Money, BookingError> {
        let positions = self.sum(currency, instruments, |position, instrument| {
            if instrument.kind.settles_in_full() {
                value(position, instrument)
            } else {
                unrealised(position, instrument)
            }
        })?;
        self.cash(currency).checked_add(positions).ok_or(BookingError::OUT_OF_RANGE)
    }

    /// The sum of the magnitudes of all positions that settle in `currency`, at their marks.
    ///
    /// # Errors
    /// As [`Self::equity`].
    pub fn gross_value(&self, currency: Currency, instruments: &Instruments) -> Result<Money, BookingError> {
        self.sum(currency, instruments, |position, instrument| value(position, instrument).map(Money::abs))
    }

    /// Profit of the open quantity at its mark, in the instrument's settlement currency; zero when flat.
    ///
    /// # Errors
    /// As [`Self::equity`].
    pub fn unrealised(
        &self,
        instrument: InstrumentId,
        instruments: &Instruments,
    ) -> Result<Money, BookingError> {
        let position = self.position(instrument);
        if position.quantity.is_zero() {
            return Ok(Money::ZERO);
        }
        unrealised(&position, known(instrument, instruments)?)
    }

    /// Unrealised profit of all positions that settle in `currency`.
    ///
    /// # Errors
    /// As [`Self::equity`].
    pub fn unrealised_total(
        &self,
        currency: Currency,
        instruments: &Instruments,
    ) -> Result<Money, BookingError> {
        self.sum(currency, instruments, unrealised)
    }

    /// Realised profit, before fees and dividends, of all instruments that settle in `currency`.
    ///
    /// # Errors
    /// `UnknownInstrument`, `Number`.
    pub fn realised(&self, currency: Currency, instruments: &Instruments) -> Result<Money, BookingError> {
        self.sum(currency, instruments, |position, _| Ok(position.realised))
    }

    /// Fees paid less rebates, of all instruments that settle in `currency`.
    ///
    /// # Errors
    /// `UnknownInstrument`, `Number`.
    pub fn fees(&self, currency: Currency, instruments: &Instruments) -> Result<Money, BookingError> {
        self.sum(currency, instruments, |position, _| Ok(position.fees))
    }

    /// Dividends received less owed, of all instruments that settle in `currency`.
    ///
    /// # Errors
    /// `UnknownInstrument`, `Number`.
    pub fn dividends(&self, currency: Currency, instruments: &Instruments) -> Result<Money, BookingError> {
        self.sum(currency, instruments, |position, _| Ok(position.dividends))
    }

    fn sum(
        &self,
        currency: Currency,
        instruments: &Instruments,
        figure: impl Fn(&Position, &Instrument) -> Result<Money, BookingError>,
    ) -> Result<Money, BookingError> {
        let mut total = Money::ZERO;
        for (id, position) in self.positions() {
            let instrument = known(id, instruments)?;
            if instrument.settlement == currency {
                let figure = figure(position, instrument)?;
                total = total.checked_add(figure).ok_or(BookingError::OUT_OF_RANGE)?;
            }
        }
        Ok(total)
    }
}

fn known(id: InstrumentId, instruments: &Instruments) -> Result<&Instrument, BookingError> {
    instruments.get(id).ok_or(BookingError::UnknownInstrument(id))
}

pub(crate) fn value(position: &Position, instrument: &Instrument) -> Result<Money, BookingError> {
    position.value(instrument)?.ok_or(BookingError::NoMark(instrument.id))
}

pub(crate) fn unrealised(position: &Position, instrument: &Instrument) -> Result<Money, BookingError> {
    let exit = value(position, instrument)?;
    profit(instrument, position.cost, exit).ok_or(BookingError::OUT_OF_RANGE)
}

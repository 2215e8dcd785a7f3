use domain::{InstrumentId, Price, Timestamp};

/// The price that limits and collars are measured against.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reference {
    pub price: Price,
    pub time: Timestamp,
    /// False from a gap or stall until the next good price.
    pub valid: bool,
}

/// Dense by instrument.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct References(Vec<Option<Reference>>);

impl References {
    #[inline]
    pub(super) fn get(&self, instrument: InstrumentId) -> Option<Reference> {
        self.0.get(instrument.index()).copied().flatten()
    }

    pub(super) fn resize(&mut self, instruments: usize) {
        self.0.resize(instruments, None);
    }

    #[inline]
    pub(super) fn set(&mut self, instrument: InstrumentId, price: Price, time: Timestamp) {
        if let Some(slot) = self.0.get_mut(instrument.index()) {
            *slot = Some(Reference { price, time, valid: true });
        }
    }

    pub(super) fn invalidate(&mut self, instrument: InstrumentId) {
        if let Some(Some(reference)) = self.0.get_mut(instrument.index()) {
            reference.valid = false;
        }
    }
}

use domain::InstrumentId;

/// The symbols of one connection. There are few, and one is usually asked for many times in a row, so a scan
/// of short byte strings beats hashing.
#[derive(Debug, Clone)]
pub(crate) struct Symbols(Vec<(Box<[u8]>, InstrumentId)>);

impl Symbols {
    pub(crate) fn new(symbols: &[(String, InstrumentId)]) -> Self {
        Self(symbols.iter().map(|(name, id)| (name.as_bytes().into(), *id)).collect())
    }

    #[inline]
    pub(crate) fn find(&self, name: &[u8]) -> Option<InstrumentId> {
        self.0.iter().find(|(known, _)| **known == *name).map(|&(_, id)| id)
    }

    pub(crate) fn instruments(&self) -> impl Iterator<Item = InstrumentId> + '_ {
        self.0.iter().map(|&(_, id)| id)
    }

    /// The instrument of a message that names none.
    #[inline]
    pub(crate) fn only(&self) -> Option<InstrumentId> {
        match self.0.as_slice() {
            [(_, id)] => Some(*id),
            _ => None,
        }
    }
}

use std::collections::HashMap;
use std::fmt;

use domain::{InstrumentId, Instruments, Venue};

use super::reader::Reader;
use super::writer::Writer;
use super::{Unreadable, Unsendable};

/// An instrument as the world names it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Name {
    pub venue: Venue,
    /// The venue's own symbol.
    pub symbol: String,
}

impl fmt::Display for Name {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}:{}", self.venue, self.symbol)
    }
}

/// The names of this process's instruments, in both directions.
#[derive(Debug, Clone, Default)]
pub struct Directory {
    /// Name fields as they stand in a message, dense by instrument.
    names: Vec<Box<[u8]>>,
    /// `VENUE:SYMBOL`, dense by instrument.
    keys: Vec<Box<str>>,
    numbers: HashMap<Box<[u8]>, InstrumentId>,
}

impl Directory {
    /// # Errors
    /// [`Unsendable::LongSymbol`].
    pub fn new(instruments: &Instruments) -> Result<Self, Unsendable> {
        let mut directory = Self::default();
        directory.extend(instruments)?;
        Ok(directory)
    }

    /// Adds what was listed since; an instrument never changes its name.
    ///
    /// # Errors
    /// [`Unsendable::LongSymbol`]; those before it are known then.
    pub fn extend(&mut self, instruments: &Instruments) -> Result<(), Unsendable> {
        for instrument in instruments.iter().skip(self.names.len()) {
            if instrument.symbol.len() > usize::from(u8::MAX) {
                return Err(Unsendable::LongSymbol(instrument.symbol.clone()));
            }
            let mut name = Vec::new();
            let mut writer = Writer::new(&mut name);
            writer.short_text(instrument.venue.as_str());
            writer.short_text(&instrument.symbol);
            let name = name.into_boxed_slice();
            self.numbers.insert(name.clone(), instrument.id);
            self.names.push(name);
            self.keys.push(format!("{}:{}", instrument.venue, instrument.symbol).into_boxed_str());
        }
        Ok(())
    }

    /// How many are known.
    #[must_use]
    pub fn len(&self) -> usize {
        self.names.len()
    }

    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.names.is_empty()
    }

    /// The instrument's name in text, `VENUE:SYMBOL`: by which a partitioned bus keeps order.
    #[must_use]
    pub fn key_of(&self, id: InstrumentId) -> Option<&str> {
        self.keys.get(id.index()).map(AsRef::as_ref)
    }

    #[inline]
    pub(super) fn bytes_of(&self, id: InstrumentId) -> Option<&[u8]> {
        self.names.get(id.index()).map(AsRef::as_ref)
    }

    #[inline]
    pub(super) fn id_of(&self, name: &[u8]) -> Option<InstrumentId> {
        self.numbers.get(name).copied()
    }

    /// Why the name has no number: nobody listed it, or it is no name.
    pub(super) fn refuse(name: &[u8]) -> Unreadable {
        taken_apart(name).map_or_else(|fault| fault, Unreadable::UnknownInstrument)
    }
}

fn taken_apart(name: &[u8]) -> Result<Name, Unreadable> {
    let mut reader = Reader::new(name);
    let venue = Venue::new(reader.short_text("venue")?).ok_or(Unreadable::Text("venue"))?;
    Ok(Name { venue, symbol: reader.short_text("symbol")?.to_owned() })
}

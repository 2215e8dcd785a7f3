use domain::{BookChecksum, InstrumentId};

use super::PriceLevel;

/// With how many decimals a venue writes the numbers of each instrument: a checksum over text needs to know. They do
/// not change while a connection lives, so the most that were seen are what is written.
#[derive(Debug, Clone, Default)]
pub(crate) struct Precision(Vec<(InstrumentId, u8, u8)>);

impl Precision {
    /// Takes note of a level's text. A deletion may be written as a plain `0`, so its quantity says nothing.
    pub(crate) fn note(&mut self, instrument: InstrumentId, level: &PriceLevel<'_>) {
        let quantity = if level.quantity.as_str() == "0" { 0 } else { level.quantity.decimals() };
        self.at_least(instrument, level.price.decimals(), quantity);
    }

    /// Takes note of decimals that the venue's own list of instruments names.
    pub(crate) fn at_least(&mut self, instrument: InstrumentId, price: u8, quantity: u8) {
        match self.0.iter_mut().find(|(known, ..)| *known == instrument) {
            Some((_, of_price, of_quantity)) => {
                *of_price = (*of_price).max(price);
                *of_quantity = (*of_quantity).max(quantity);
            }
            None => self.0.push((instrument, price, quantity)),
        }
    }

    pub(crate) fn checksum(&self, instrument: InstrumentId, value: u32) -> BookChecksum {
        let known = self.0.iter().find(|(known, ..)| *known == instrument);
        let (price_decimals, quantity_decimals) =
            known.map_or((0, 0), |&(_, price, quantity)| (price, quantity));
        BookChecksum { value, price_decimals, quantity_decimals }
    }
}

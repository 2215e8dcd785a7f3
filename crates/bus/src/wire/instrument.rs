//! The body of an instrument's own description: all that is needed to list it elsewhere.

use domain::{Contract, Instrument, InstrumentId, Venue};

use super::codes::Codes;
use super::market::currency;
use super::{Directory, Reader, Unreadable, Unsendable, Writer};

const LINEAR: u8 = 1;
const INVERSE: u8 = 2;

pub(super) fn write(instrument: &Instrument, writer: &mut Writer<'_>) -> Result<(), Unsendable> {
    if instrument.symbol.len() > usize::from(u8::MAX) {
        return Err(Unsendable::LongSymbol(instrument.symbol.clone()));
    }
    writer.short_text(instrument.venue.as_str());
    writer.short_text(&instrument.symbol);
    writer.byte(instrument.kind.encode());
    let (code, size) = match instrument.contract {
        Contract::Linear { size } => (LINEAR, size),
        Contract::Inverse { size } => (INVERSE, size),
    };
    writer.byte(code);
    writer.rate(size);
    for currency in [instrument.base, instrument.quote, instrument.settlement] {
        writer.short_text(currency.as_str());
    }
    writer.price(instrument.price_tick);
    writer.quantity(instrument.quantity_step);
    writer.rate(instrument.maker_fee);
    writer.rate(instrument.taker_fee);
    Ok(())
}

pub(super) fn read(reader: &mut Reader<'_>, directory: &Directory) -> Result<Instrument, Unreadable> {
    let id = match reader.peek_instrument(directory) {
        Err(Unreadable::UnknownInstrument(_)) => InstrumentId(u32::MAX),
        known => known?,
    };
    Ok(Instrument {
        id,
        venue: Venue::new(reader.short_text("venue")?).ok_or(Unreadable::Text("venue"))?,
        symbol: reader.short_text("symbol")?.to_owned(),
        kind: reader.code("kind")?,
        contract: contract(reader)?,
        base: currency("base", reader)?,
        quote: currency("quote", reader)?,
        settlement: currency("settlement", reader)?,
        price_tick: reader.price("price_tick")?,
        quantity_step: reader.quantity("quantity_step")?,
        maker_fee: reader.rate("maker_fee")?,
        taker_fee: reader.rate("taker_fee")?,
    })
}

fn contract(reader: &mut Reader<'_>) -> Result<Contract, Unreadable> {
    let code = reader.byte("contract")?;
    let size = reader.rate("size")?;
    match code {
        LINEAR => Ok(Contract::Linear { size }),
        INVERSE => Ok(Contract::Inverse { size }),
        code => Err(Unreadable::Code { field: "contract", code }),
    }
}

use domain::{Code, Contract, Instrument, InstrumentId, InstrumentKind, Instruments, Rate};
use rusqlite::{Connection, OptionalExtension, Row, Transaction, params};

use super::failure::Failure;
use super::values::Columns;
use crate::StoreError;
use crate::notation::Word;

const COLUMNS: &str = "id, venue, symbol, kind, is_inverse, contract_size, base, quote, settlement, price_tick, \
                       quantity_step, maker_fee, taker_fee";

/// New ones are added, known ones brought up to date; none may change its name.
pub(super) fn put(transaction: &Transaction<'_>, instruments: &Instruments) -> Result<(), Failure> {
    for instrument in instruments {
        check_name(transaction, instrument)?;
        put_one(transaction, instrument)?;
    }
    Ok(())
}

fn check_name(transaction: &Transaction<'_>, instrument: &Instrument) -> Result<(), Failure> {
    let sql = "SELECT id, venue, symbol FROM instruments
               WHERE (id = ?1) <> (venue = ?2 AND symbol = ?3) LIMIT 1";
    let clash: Option<(u32, String, String)> = transaction
        .prepare_cached(sql)?
        .query_row(params![instrument.id.0, instrument.venue.as_str(), instrument.symbol], |row| {
            Ok((row.get(0)?, row.get(1)?, row.get(2)?))
        })
        .optional()?;
    let Some((id, venue, symbol)) = clash else { return Ok(()) };
    let what = format!(
        "instrument {} is to be {} {}, but {id} is {venue} {symbol}; load the stored table first and list new \
         instruments behind it",
        instrument.id, instrument.venue, instrument.symbol
    );
    Err(StoreError::conflict(what).into())
}

fn put_one(transaction: &Transaction<'_>, instrument: &Instrument) -> Result<(), Failure> {
    let sql = format!(
        "INSERT OR REPLACE INTO instruments ({COLUMNS})
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)"
    );
    let (is_inverse, size) = match instrument.contract {
        Contract::Linear { size } => (false, size),
        Contract::Inverse { size } => (true, size),
    };
    transaction.prepare_cached(&sql)?.execute(params![
        instrument.id.0,
        instrument.venue.as_str(),
        instrument.symbol,
        instrument.kind.word(),
        is_inverse,
        size.raw(),
        instrument.base.as_str(),
        instrument.quote.as_str(),
        instrument.settlement.as_str(),
        instrument.price_tick.raw(),
        instrument.quantity_step.to_string(),
        instrument.maker_fee.raw(),
        instrument.taker_fee.raw(),
    ])?;
    Ok(())
}

/// All of them, each under the id it is stored with.
pub(super) fn load(transaction: &Connection) -> Result<Instruments, Failure> {
    let mut statement =
        transaction.prepare_cached(&format!("SELECT {COLUMNS} FROM instruments ORDER BY id"))?;
    let mut instruments = Instruments::default();
    for instrument in statement.query_map([], instrument)? {
        let instrument = instrument?;
        let id = instrument.id;
        if instruments.list(instrument) != Ok(id) {
            return Err(StoreError::damaged(format!("the instruments before {id} are not all there")).into());
        }
    }
    Ok(instruments)
}

pub(super) fn exists(transaction: &Transaction<'_>, id: InstrumentId) -> rusqlite::Result<bool> {
    transaction.prepare_cached("SELECT 1 FROM instruments WHERE id = ?1")?.exists(params![id.0])
}

fn instrument(row: &Row<'_>) -> rusqlite::Result<Instrument> {
    let mut columns = Columns::of(row);
    let (id, venue, symbol) = (columns.instrument()?, columns.named(Code::new)?, columns.get()?);
    let kind = columns.named(InstrumentKind::read)?;
    let is_inverse: bool = columns.get()?;
    let size: Rate = columns.rate()?;
    Ok(Instrument {
        id,
        symbol,
        venue,
        kind,
        contract: if is_inverse { Contract::Inverse { size } } else { Contract::Linear { size } },
        base: columns.named(Code::new)?,
        quote: columns.named(Code::new)?,
        settlement: columns.named(Code::new)?,
        price_tick: columns.price()?,
        quantity_step: columns.text()?,
        maker_fee: columns.rate()?,
        taker_fee: columns.rate()?,
    })
}

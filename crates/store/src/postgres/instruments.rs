use domain::{Code, Contract, Instrument, InstrumentId, InstrumentKind, Instruments, Rate};
use tokio_postgres::Row;

use super::failure::Failure;
use super::numeric::Exact;
use super::session::Session;
use super::values::Columns;
use crate::StoreError;
use crate::market::never_put;
use crate::notation::Word;

const COLUMNS: &str = "id, venue, symbol, kind, is_inverse, contract_size, base, quote, settlement, price_tick, \
                       quantity_step, maker_fee, taker_fee";

/// New ones are added, known ones brought up to date; none may change its name.
pub(super) fn put(session: &mut Session, instruments: &Instruments) -> Result<(), Failure> {
    // Two that list new ones at once: the second finds what the first listed.
    session.batch("LOCK TABLE instruments IN SHARE ROW EXCLUSIVE MODE")?;
    check_names(session, instruments)?;
    let sql = format!(
        "INSERT INTO instruments ({COLUMNS})
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
         ON CONFLICT (id) DO UPDATE
         SET kind = excluded.kind, is_inverse = excluded.is_inverse, contract_size = excluded.contract_size,
             base = excluded.base, quote = excluded.quote, settlement = excluded.settlement,
             price_tick = excluded.price_tick, quantity_step = excluded.quantity_step,
             maker_fee = excluded.maker_fee, taker_fee = excluded.taker_fee"
    );
    instruments.iter().try_for_each(|instrument| put_one(session, &sql, instrument))
}

/// No id stands for another name than before, and no name for another id.
fn check_names(session: &mut Session, instruments: &Instruments) -> Result<(), Failure> {
    let ids: Vec<i32> = instruments.iter().map(|instrument| instrument.id.0.cast_signed()).collect();
    let venues: Vec<&str> = instruments.iter().map(|instrument| instrument.venue.as_str()).collect();
    let symbols: Vec<&str> = instruments.iter().map(|instrument| instrument.symbol.as_str()).collect();
    let wanted = "unnest($1::integer[], $2::text[], $3::text[]) AS wanted (id, venue, symbol)";
    let sql = format!(
        "SELECT wanted.id, wanted.venue, wanted.symbol, known.id, known.venue, known.symbol
         FROM {wanted} JOIN instruments AS known USING (id)
         WHERE (known.venue, known.symbol) <> (wanted.venue, wanted.symbol)
         UNION ALL
         SELECT wanted.id, wanted.venue, wanted.symbol, known.id, known.venue, known.symbol
         FROM {wanted} JOIN instruments AS known ON (known.venue, known.symbol) = (wanted.venue, wanted.symbol)
         WHERE known.id <> wanted.id
         ORDER BY 1 LIMIT 1"
    );
    let Some(row) = session.query_one(&sql, &[&ids, &venues, &symbols])? else { return Ok(()) };
    let mut columns = Columns::of(&row);
    let mut named = || -> Result<(InstrumentId, String), Failure> {
        let (id, venue, symbol): (_, &str, &str) = (columns.instrument()?, columns.get()?, columns.get()?);
        Ok((id, format!("{venue} {symbol}")))
    };
    let ((id, name), (known, known_name)) = (named()?, named()?);
    let what = format!(
        "instrument {id} is to be {name}, but {known} is {known_name}; load the stored table first and list new \
         instruments behind it"
    );
    Err(StoreError::conflict(what).into())
}

fn put_one(session: &mut Session, sql: &str, instrument: &Instrument) -> Result<(), Failure> {
    let (is_inverse, size) = match instrument.contract {
        Contract::Linear { size } => (false, size),
        Contract::Inverse { size } => (true, size),
    };
    session.execute(
        sql,
        &[
            &instrument.id.0.cast_signed(),
            &instrument.venue.as_str(),
            &instrument.symbol,
            &instrument.kind.word(),
            &is_inverse,
            &size.raw(),
            &instrument.base.as_str(),
            &instrument.quote.as_str(),
            &instrument.settlement.as_str(),
            &instrument.price_tick.raw(),
            &Exact::from(instrument.quantity_step),
            &instrument.maker_fee.raw(),
            &instrument.taker_fee.raw(),
        ],
    )?;
    Ok(())
}

/// All of them, each under the id it is stored with.
pub(super) fn load(session: &mut Session) -> Result<Instruments, Failure> {
    let rows = session.query(&format!("SELECT {COLUMNS} FROM instruments ORDER BY id"), &[])?;
    let mut instruments = Instruments::default();
    for row in &rows {
        let instrument = instrument(row)?;
        let id = instrument.id;
        if instruments.list(instrument) != Ok(id) {
            return Err(StoreError::damaged(format!("the instruments before {id} are not all there")).into());
        }
    }
    Ok(instruments)
}

/// Each of those was put.
pub(super) fn check_known(session: &mut Session, named: &[InstrumentId]) -> Result<(), Failure> {
    let ids: Vec<i32> = named.iter().map(|id| id.0.cast_signed()).collect();
    let sql = "SELECT wanted.id FROM unnest($1::integer[]) AS wanted (id)
               WHERE NOT EXISTS (SELECT FROM instruments AS known WHERE known.id = wanted.id) LIMIT 1";
    match session.query_one(sql, &[&ids])? {
        None => Ok(()),
        Some(row) => Err(never_put(Columns::of(&row).instrument()?).into()),
    }
}

fn instrument(row: &Row) -> Result<Instrument, Failure> {
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
        quantity_step: columns.quantity()?,
        maker_fee: columns.rate()?,
        taker_fee: columns.rate()?,
    })
}

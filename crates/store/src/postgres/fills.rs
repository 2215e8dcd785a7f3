use domain::{AccountId, Currency, Fill, FillId, Liquidity, OrderId, Side, TenantId};
use tokio_postgres::Row;

use super::failure::Failure;
use super::numeric::Exact;
use super::session::Session;
use super::values::Columns;
use crate::backend::Wanted;
use crate::notation::Word;
use crate::rows::FillRow;

const COLUMNS: &str =
    "sequence, id, order_id, instrument, side, liquidity, price, quantity, fee, time, fee_currency";

pub(super) fn page(session: &mut Session, wanted: &Wanted) -> Result<Vec<FillRow>, Failure> {
    let sql = format!(
        "SELECT {COLUMNS} FROM fills
         WHERE tenant_id = $1 AND account_id = $2 AND ($3::bigint IS NULL OR sequence < $3)
         ORDER BY sequence DESC LIMIT $4"
    );
    let Wanted { tenant, account, before, rows } = wanted;
    session.query(&sql, &[&tenant.0, &account.0, before, rows])?.iter().map(fill).collect()
}

pub(super) fn insert(
    session: &mut Session,
    tenant: TenantId,
    account: AccountId,
    row: &FillRow,
) -> Result<(), Failure> {
    let sql = format!(
        "INSERT INTO fills (tenant_id, account_id, {COLUMNS})
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)"
    );
    let fill = &row.fill;
    session.execute(
        &sql,
        &[
            &tenant.0,
            &account.0,
            &row.sequence.cast_signed(),
            &fill.id.0.cast_signed(),
            &fill.order.0.cast_signed(),
            &fill.instrument.0.cast_signed(),
            &fill.side.word(),
            &fill.liquidity.word(),
            &fill.price.raw(),
            &Exact::from(fill.quantity),
            &Exact::from(fill.fee),
            &fill.time.nanos(),
            &row.fee_currency.as_ref().map(Currency::as_str),
        ],
    )?;
    Ok(())
}

fn fill(row: &Row) -> Result<FillRow, Failure> {
    let mut columns = Columns::of(row);
    let sequence = columns.unsigned()?;
    let fill = Fill {
        id: FillId(columns.unsigned()?),
        order: OrderId(columns.unsigned()?),
        instrument: columns.instrument()?,
        side: columns.named(Side::read)?,
        liquidity: columns.named(Liquidity::read)?,
        price: columns.price()?,
        quantity: columns.quantity()?,
        fee: columns.money()?,
        time: columns.time()?,
    };
    Ok(FillRow { sequence, fill, fee_currency: columns.named_or_none(Currency::new)? })
}

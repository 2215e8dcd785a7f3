use serde::{Deserialize, Serialize};

use crate::StoreError;

/// A table as every database has it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Table {
    pub name: String,
    pub columns: Vec<Column>,
    /// The columns that a row is known by; rows come in their order.
    pub key: Vec<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Column {
    pub name: String,
    pub kind: Kind,
}

/// What stands in a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// A UUID.
    Id,
    /// 64 bits, signed.
    Integer,
    Truth,
    Text,
    /// Exact, of any size.
    Decimal,
    /// Exact, of a tick or a bar: SQLite keeps these as units of 10⁻⁹ where they fit 64 bits.
    Quantity,
}

/// Name, key and columns of each table, those before that others refer to.
const TABLES: &[(&str, &str, &str)] = &[
    ("meta", "key", "key:text value:text"),
    ("tenants", "id", "id:id name:text created:integer"),
    ("users", "id", "id:id tenant_id:id username:text password_hash:text role:text created:integer"),
    (
        "accounts",
        "tenant_id id",
        "tenant_id:id id:id name:text mode:text strategy:text parameters:text base_currency:text created:integer",
    ),
    (
        "audit",
        "number",
        "number:integer tenant_id:id account_id:id sequence:integer time:integer actor:text action:text detail:text",
    ),
    ("projections", "tenant_id account_id", "tenant_id:id account_id:id sequence:integer"),
    (
        "orders",
        "tenant_id account_id id",
        "tenant_id:id account_id:id id:integer sequence:integer instrument:integer side:text kind:text price:integer \
         trigger_price:integer distance:integer quantity:decimal time_in_force:text reduce_only:truth \
         link_group:integer link_role:text strategy:integer status:text is_open:truth cancel_requested:truth \
         filled:decimal filled_value:decimal venue_order_id:integer reason:text created:integer updated:integer",
    ),
    (
        "denials",
        "tenant_id account_id sequence",
        "tenant_id:id account_id:id sequence:integer time:integer instrument:integer side:text kind:text \
         price:integer trigger_price:integer distance:integer quantity:decimal time_in_force:text reduce_only:truth \
         link_group:integer link_role:text strategy:integer code:text detail:text",
    ),
    (
        "fills",
        "tenant_id account_id sequence",
        "tenant_id:id account_id:id sequence:integer id:integer order_id:integer instrument:integer side:text \
         liquidity:text price:integer quantity:decimal fee:decimal fee_currency:text time:integer",
    ),
    ("equity", "tenant_id account_id time", "tenant_id:id account_id:id time:integer equity:decimal"),
    (
        "instruments",
        "id",
        "id:integer venue:text symbol:text kind:text is_inverse:truth contract_size:integer base:text quote:text \
         settlement:text price_tick:integer quantity_step:decimal maker_fee:integer taker_fee:integer",
    ),
    (
        "trades",
        "instrument venue_time number",
        "instrument:integer venue_time:integer number:integer price:integer quantity:quantity is_sell:truth \
         receive_time:integer",
    ),
    (
        "quotes",
        "instrument receive_time number",
        "instrument:integer receive_time:integer number:integer bid:integer bid_quantity:quantity ask:integer \
         ask_quantity:quantity venue_time:integer",
    ),
    (
        "bars",
        "instrument rule open_time number",
        "instrument:integer rule:text open_time:integer number:integer close_time:integer open:integer high:integer \
         low:integer close:integer volume:quantity trades:integer revision:integer",
    ),
    (
        "spreads",
        "time id phase",
        "time:integer id:integer phase:integer asset:text buy:integer sell:integer buy_price:integer \
         sell_price:integer quantity:quantity gross:decimal fees:decimal net_rate:integer buy_age:integer \
         sell_age:integer",
    ),
    (
        "pair_spreads",
        "time id phase",
        "time:integer id:integer phase:integer first:integer second:integer first_price:integer second_price:integer \
         hedge_ratio:integer z_score:integer correlation:integer samples:integer",
    ),
    (
        "spread_regimes",
        "time instrument",
        "time:integer instrument:integer from_regime:text to_regime:text share:integer usual:integer z_score:integer",
    ),
    (
        "corporate_actions",
        "instrument time kind",
        "instrument:integer time:integer kind:text numerator:integer denominator:integer per_share:integer",
    ),
    (
        "dead_letters",
        "number",
        "number:integer origin:text kind:text instrument:integer payload:text error:text attempts:integer \
         replays:integer first_failed:integer last_failed:integer",
    ),
];

/// All tables of this program's version.
pub(crate) fn tables() -> Vec<Table> {
    TABLES.iter().map(|(name, key, columns)| Table::read(name, key, columns)).collect()
}

impl Table {
    fn read(name: &str, key: &str, columns: &str) -> Self {
        let column = |text: &str| {
            let (name, kind) = text.split_once(':').unwrap_or((text, "text"));
            Column { name: name.to_owned(), kind: Kind::of(kind) }
        };
        Self {
            name: name.to_owned(),
            columns: columns.split_whitespace().map(column).collect(),
            key: key.split_whitespace().map(str::to_owned).collect(),
        }
    }

    pub(crate) fn is_in_use(&self) -> StoreError {
        StoreError::conflict(format!("{} has rows already; restore into a new database", self.name))
    }

    /// The names of its columns with commas between them.
    pub(crate) fn list(&self) -> String {
        self.columns.iter().map(|column| column.name.as_str()).collect::<Vec<_>>().join(", ")
    }
}

impl Kind {
    fn of(word: &str) -> Self {
        match word {
            "id" => Self::Id,
            "integer" => Self::Integer,
            "truth" => Self::Truth,
            "decimal" => Self::Decimal,
            "quantity" => Self::Quantity,
            _ => Self::Text,
        }
    }
}

/// The names come from a file that anybody may have written, and go into SQL.
///
/// # Errors
/// `Invalid` for a name that is none of a table or column.
pub(crate) fn check_names(tables: &[Table]) -> Result<(), StoreError> {
    let is_name = |name: &str| {
        name.starts_with(|sign: char| sign.is_ascii_lowercase())
            && name.len() <= 63
            && name.bytes().all(|sign| sign.is_ascii_lowercase() || sign.is_ascii_digit() || sign == b'_')
    };
    for table in tables {
        let columns = table.columns.iter().map(|column| &column.name);
        let mut names = std::iter::once(&table.name).chain(columns).chain(&table.key);
        if let Some(name) = names.find(|name| !is_name(name)) {
            return Err(StoreError::invalid(format!(
                "`{}` is no name of a table or column",
                name.escape_debug()
            )));
        }
        if table.columns.is_empty() || table.key.is_empty() {
            return Err(StoreError::invalid(format!("the table {} has no columns or no key", table.name)));
        }
    }
    Ok(())
}

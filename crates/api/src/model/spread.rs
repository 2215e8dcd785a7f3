use domain::{CrossVenueSpread, Currency, InstrumentId, Money, Price, Quantity, Rate};
use serde::Serialize;
use utoipa::ToSchema;

use super::{as_basis_points, as_text};

/// The best bid of one venue above the best ask of another, after the taker fees of both.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
pub struct Spread {
    /// Numbers the openings; later changes of the same spread carry the same id.
    #[serde(serialize_with = "as_text")]
    #[schema(value_type = String)]
    pub id: u64,
    #[schema(value_type = String)]
    pub asset: Currency,
    #[schema(value_type = u32)]
    pub buy_instrument_id: InstrumentId,
    #[schema(value_type = u32)]
    pub sell_instrument_id: InstrumentId,
    /// The ask that is paid.
    #[schema(value_type = String)]
    pub buy_price: Price,
    /// The bid that is received.
    #[schema(value_type = String)]
    pub sell_price: Price,
    /// Units of the asset available on both sides.
    #[schema(value_type = String)]
    pub quantity: Quantity,
    /// Before fees, for the whole quantity.
    #[schema(value_type = String)]
    pub gross: Money,
    /// Both taker fees.
    #[schema(value_type = String)]
    pub fees: Money,
    /// Gross less fees, for one unit; rounded to nine decimals.
    #[schema(value_type = String)]
    pub net_per_unit: Price,
    /// Net profit per unit of money spent, in hundredths of a percent.
    #[serde(serialize_with = "as_basis_points")]
    #[schema(value_type = String)]
    pub net_basis_points: Rate,
    pub buy_quote_age_ms: i64,
    pub sell_quote_age_ms: i64,
    pub time_ms: i64,
}

impl Spread {
    /// `None` when the net profit per unit leaves the range of a price.
    #[must_use]
    pub fn of(spread: &CrossVenueSpread) -> Option<Self> {
        Some(Self {
            id: spread.id,
            asset: spread.asset,
            buy_instrument_id: spread.buy,
            sell_instrument_id: spread.sell,
            buy_price: spread.buy_price,
            sell_price: spread.sell_price,
            quantity: spread.quantity,
            gross: spread.gross,
            fees: spread.fees,
            net_per_unit: spread.net()?.per_unit(spread.quantity)?,
            net_basis_points: spread.net_rate,
            buy_quote_age_ms: spread.buy_age.millis(),
            sell_quote_age_ms: spread.sell_age.millis(),
            time_ms: spread.time.millis(),
        })
    }
}

use domain::{CrossVenueSpread, Money, NumberError, Quote, Rate, SpreadPhase, Timestamp};

use super::SpreadLimits;
use super::group::Leg;

/// What buying on one leg and selling on the other comes to at `now`; the caller numbers it. `Ok(None)` when that
/// is no spread.
///
/// # Errors
/// When a figure is out of range.
#[inline]
pub(super) fn appraise(
    buy: &Leg,
    sell: &Leg,
    now: Timestamp,
    limits: &SpreadLimits,
) -> Result<Option<CrossVenueSpread>, NumberError> {
    let (Some(buy_quote), Some(sell_quote)) = (&buy.quote, &sell.quote) else { return Ok(None) };
    let (ask, bid) = (buy_quote.ask, sell_quote.bid);
    let priced = bid.price > ask.price && ask.price.raw() > 0;
    let sized = bid.quantity.is_positive() && ask.quantity.is_positive();
    if !priced || !sized || is_old(buy_quote, now, limits) || is_old(sell_quote, now, limits) {
        return Ok(None);
    }
    if is_hopeless(buy, sell, limits) {
        return Ok(None);
    }
    weigh(buy, sell, now, limits)
}

#[inline]
pub(super) fn is_old(quote: &Quote, now: Timestamp, limits: &SpreadLimits) -> bool {
    now.since(quote.receive_time) > limits.max_quote_age
}

/// Whether one unit, its fees unrounded, stays below the limit. Rounding only raises fees, so the whole quantity
/// then does too, and the divisions are spared. Rebates round the other way and are always weighed.
fn is_hopeless(buy: &Leg, sell: &Leg, limits: &SpreadLimits) -> bool {
    let (Some(buy_quote), Some(sell_quote)) = (&buy.quote, &sell.quote) else { return true };
    let (buy_fee, sell_fee) = (buy.instrument.taker_fee.raw(), sell.instrument.taker_fee.raw());
    if buy_fee < 0 || sell_fee < 0 {
        return false;
    }
    let scale = i128::from(Rate::SCALE);
    let received = i128::from(sell_quote.bid.price.raw()) * (scale - i128::from(sell_fee));
    let spent = scale + i128::from(buy_fee) + i128::from(limits.min_net_rate.raw());
    received < i128::from(buy_quote.ask.price.raw()) * spent
}

fn weigh(
    buy: &Leg,
    sell: &Leg,
    now: Timestamp,
    limits: &SpreadLimits,
) -> Result<Option<CrossVenueSpread>, NumberError> {
    let (Some(buy_quote), Some(sell_quote)) = (&buy.quote, &sell.quote) else { return Ok(None) };
    let (ask, bid) = (buy_quote.ask, sell_quote.bid);
    let on_offer = buy.instrument.base_quantity(ask.price, ask.quantity).ok_or(NumberError::Overflow)?;
    let wanted = sell.instrument.base_quantity(bid.price, bid.quantity).ok_or(NumberError::Overflow)?;
    let quantity = on_offer.min(wanted);
    if !quantity.is_positive() {
        return Ok(None);
    }
    let (spent, received) = (ask.price.times(quantity)?, bid.price.times(quantity)?);
    let buy_fee = spent.share(buy.instrument.taker_fee)?;
    let sell_fee = received.share(sell.instrument.taker_fee)?;
    let fees = buy_fee.checked_add(sell_fee).ok_or(NumberError::Overflow)?;
    let gross = received.checked_sub(spent).ok_or(NumberError::Overflow)?;
    let net_rate = rate_of(gross.checked_sub(fees).ok_or(NumberError::Overflow)?, spent)?;
    Ok((net_rate >= limits.min_net_rate).then_some(CrossVenueSpread {
        id: 0,
        phase: SpreadPhase::Opened,
        asset: buy.instrument.base,
        buy: buy.instrument.id,
        sell: sell.instrument.id,
        buy_price: ask.price,
        sell_price: bid.price,
        quantity,
        gross,
        fees,
        net_rate,
        buy_age: now.since(buy_quote.receive_time),
        sell_age: now.since(sell_quote.receive_time),
        time: now,
    }))
}

/// `net / spent`, rounded down so that a profit is never overstated. `spent` is positive.
fn rate_of(net: Money, spent: Money) -> Result<Rate, NumberError> {
    let scaled = net.times(Rate::SCALE)?.raw();
    let quotient = scaled.checked_div_euclid(spent.raw()).ok_or(NumberError::DivisionByZero)?;
    i64::try_from(quotient).map(Rate::from_raw).map_err(|_| NumberError::Overflow)
}

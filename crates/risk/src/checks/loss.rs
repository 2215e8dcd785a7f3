use domain::{Money, Rate};

use super::Question;
use crate::{Exposure, HaltKind, Limits, Reason};

/// Which loss limit has been reached, if any: the halt that the account's owner should now enter. A figure that
/// cannot be computed counts as reached.
#[must_use]
#[inline]
pub fn loss_halt(exposure: &Exposure, limits: &Limits) -> Option<HaltKind> {
    if daily_loss_reached(exposure.day_profit, limits.max_daily_loss) {
        return Some(HaltKind::DailyLoss);
    }
    drawdown_reached(exposure.equity, exposure.equity_peak, limits.max_drawdown).then_some(HaltKind::Drawdown)
}

#[inline]
pub(super) fn losses(question: &Question<'_>) -> Result<(), Reason> {
    let (exposure, limits) = (question.exposure, question.limits);
    match loss_halt(exposure, limits) {
        None => Ok(()),
        Some(HaltKind::DailyLoss) => {
            let loss = exposure.day_profit.negate();
            Err(Reason::DailyLoss { limit: limits.max_daily_loss, loss })
        }
        Some(_) => {
            let (equity, peak) = (exposure.equity, exposure.equity_peak);
            Err(Reason::Drawdown { limit: limits.max_drawdown, equity, peak })
        }
    }
}

fn daily_loss_reached(day_profit: Money, limit: Money) -> bool {
    day_profit.negate() >= limit
}

/// `peak − equity ≥ limit × peak`. Where nothing was lost, nothing is reached; where there never was equity, any
/// loss is too much.
fn drawdown_reached(equity: Money, peak: Money, limit: Rate) -> bool {
    let Some(fall) = peak.checked_sub(equity) else { return true };
    if fall <= Money::ZERO {
        return false;
    }
    let scaled = fall.raw().checked_mul(i128::from(Rate::SCALE));
    match scaled.zip(peak.raw().checked_mul(i128::from(limit.raw()))) {
        Some((fall, allowed)) => fall >= allowed,
        None => wide_drawdown_reached(fall, peak, limit),
    }
}

/// The same for amounts past 10¹¹ units, with a division: the share is rounded up to a whole 10⁻¹⁸, which no
/// fall can lie between.
#[cold]
fn wide_drawdown_reached(fall: Money, peak: Money, limit: Rate) -> bool {
    peak.share(limit).map_or(true, |allowed| fall >= allowed)
}

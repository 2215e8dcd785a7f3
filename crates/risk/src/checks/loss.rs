use domain::{Money, Rate};

use super::{Question, position};
use crate::{Exposure, Limits, Reason};

/// Once a limit is reached no order may add to a position; what only reduces one passes, because it ends the loss.
#[inline]
pub(super) fn losses(question: &Question<'_>) -> Result<(), Reason> {
    let Exposure { day_profit, equity, equity_peak, .. } = *question.exposure;
    reached(day_profit, equity, equity_peak, question.limits)
        .map_or(Ok(()), |reason| position::unless_reducing(question, reason))
}

/// The loss limit that an account with these figures has reached. A figure that cannot be computed counts as reached.
#[must_use]
#[inline]
pub fn reached(day_profit: Money, equity: Money, equity_peak: Money, limits: &Limits) -> Option<Reason> {
    if daily_loss_reached(day_profit, limits.max_daily_loss) {
        let loss = day_profit.negate();
        return Some(Reason::DailyLoss { limit: limits.max_daily_loss, loss });
    }
    drawdown_reached(equity, equity_peak, limits.max_drawdown).then_some(Reason::Drawdown {
        limit: limits.max_drawdown,
        equity,
        peak: equity_peak,
    })
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

//! The list of checks. Each answers one question, knows nothing of the others and gives one kind of reason; the
//! order in [`check`] is the order of precedence when an order is wrong in several ways.

mod collar;
mod halt;
mod loss;
mod notional;
mod open_orders;
mod position;
mod rate;
mod rung;
mod size;
mod steps;

pub use loss::reached as loss_reached;

use domain::{Instrument, Order, OrderRequest};

use crate::{Approved, Exposure, Limits, Reason};

/// What every check looks at.
struct Question<'a> {
    request: &'a OrderRequest,
    instrument: &'a Instrument,
    exposure: &'a Exposure,
    limits: &'a Limits,
    purpose: Purpose,
}

/// What an order is sent for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Purpose {
    Trade,
    /// The account closes its own position at the last rung of the ladder.
    Flatten,
}

/// Approves the order, or says the first reason why not.
///
/// Precedence: halt; rung; instrument and kind; quantity, step and tick; order size; reduce-only and position;
/// reference price and collar; order and gross notional; open orders; order rate; daily loss and drawdown. The
/// state that stops everything comes first, then what is wrong with the order by itself, then what is wrong with
/// it in this account, then what may pass by waiting.
///
/// An order that only reduces its position, everything in flight counted, is let pass by a halt for a loss, by the
/// rungs that say so, by the loss limits themselves and by the gross notional: whoever loses must be able to close.
///
/// # Errors
/// The [`Reason`]. A figure that cannot be computed denies with `NumberOutOfRange`.
#[inline]
pub fn check(
    order: Order,
    instrument: &Instrument,
    exposure: &Exposure,
    limits: &Limits,
) -> Result<Approved<Order>, Reason> {
    let purpose = Purpose::Trade;
    examine(&Question { request: &order.request, instrument, exposure, limits, purpose })?;
    Ok(Approved::stamp(order))
}

/// The same gate for an order by which the account closes its own position at [`crate::Rung::Flatten`]. It passes
/// at no other rung, and only as a reduce-only market order no larger than what is held once everything in flight
/// has filled. No other figure of the gate is left out.
///
/// # Errors
/// As [`check`].
pub fn check_flattening(
    order: Order,
    instrument: &Instrument,
    exposure: &Exposure,
    limits: &Limits,
) -> Result<Approved<Order>, Reason> {
    let purpose = Purpose::Flatten;
    let question = Question { request: &order.request, instrument, exposure, limits, purpose };
    halt::admitted(&question)?;
    rung::not_normal(&question)?;
    examine(&question)?;
    Ok(Approved::stamp(order))
}

fn examine(question: &Question<'_>) -> Result<(), Reason> {
    halt::admitted(question)?;
    rung::admitted(question)?;
    steps::known_instrument(question)?;
    steps::kind_supported(question)?;
    steps::quantity_positive(question)?;
    steps::on_step(question)?;
    steps::on_tick(question)?;
    size::order_size(question)?;
    position::reducing(question)?;
    position::position_size(question)?;
    let reference = collar::reference(question)?;
    collar::inside_collar(question, reference)?;
    let value = notional::worst_value(question, reference)?;
    notional::order_notional(question, value)?;
    notional::gross_notional(question, value)?;
    open_orders::open_orders(question)?;
    rate::order_rate(question)?;
    loss::losses(question)
}

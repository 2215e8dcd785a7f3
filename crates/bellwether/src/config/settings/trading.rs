//! Trading: accounts, limits, and the ladder by which accounts step down when the program is not well.

use super::{
    HOUR_MS, Kind, MINUTE_MS, Rule, Setting, choice, decimal, in_seconds, millis, same, text, whole,
};

const OPENED: &str = "accounts are opened with it";

/// From free to flat.
const RUNGS: &[&str] = &["normal", "no_new_risk", "reduce_only", "cancel_all", "flatten"];

pub(super) const SETTINGS: &[Setting] = &[
    millis(
        "trading.default_order_timeout_ms",
        100,
        HOUR_MS,
        "how long an order may be on its way before its fate is asked for",
    )
    .also(&[in_seconds("trading.default_order_timeout")])
    .restart(OPENED),
    decimal("accounts.cash", &Rule::CASH, "what a new paper account begins with").restart(OPENED),
    millis("accounts.latency_ms", 0, MINUTE_MS, "how long a paper order takes to its venue").restart(OPENED),
    millis("accounts.latency_jitter_ms", 0, MINUTE_MS, "by how much that differs").restart(OPENED),
    decimal("limits.max_order_size", &Rule::QUANTITY, "units of the instrument in one order")
        .also(&[same("trading.max_order_size")])
        .live(),
    decimal(
        "limits.max_position_size",
        &Rule::QUANTITY,
        "units of one instrument, long or short, with all orders in flight",
    )
    .also(&[same("trading.max_position_size")])
    .live(),
    decimal("limits.max_order_notional", &Rule::MONEY, "value of one order").live(),
    decimal(
        "limits.max_gross_notional",
        &Rule::MONEY,
        "value of all positions and working orders; reducing is always allowed",
    )
    .live(),
    whole("limits.max_open_orders", 1, 1_000_000, "orders not known to be over").live(),
    whole("limits.orders_per_window", 1, 65_536, "orders within `limits.rate_window`").live(),
    Setting::new("limits.rate_window", Kind::Integer { min: 1, max: i64::MAX }, "nanoseconds").live(),
    decimal("limits.price_collar", &Rule::SHARE, "how far a limit price may lie from the reference price")
        .live(),
    Setting::new(
        "limits.max_reference_age",
        Kind::Integer { min: 1, max: i64::MAX },
        "how old the reference price may be, in nanoseconds",
    )
    .live(),
    decimal(
        "limits.max_daily_loss",
        &Rule::MONEY,
        "loss since the start of the day from which on orders may only reduce positions",
    )
    .live(),
    decimal(
        "limits.max_drawdown",
        &Rule::SHARE,
        "fall from the highest equity from which on orders may only reduce positions",
    )
    .live(),
    millis(
        "ladder.step_up_after_ms",
        1,
        HOUR_MS,
        "how long all must be well before an account steps up again",
    )
    .live(),
    whole(
        "ladder.override_minutes",
        1,
        1_440,
        "how long an operator's choice of rung holds unless they say otherwise",
    )
    .live(),
    Setting::new(
        "ladder.rules",
        Kind::Records,
        "when accounts step down: of all rules that apply, the lowest rung counts; where none are given they step down \
         while the database, the storing of rows or a feed of the market is away",
    )
    .live(),
    text(
        "ladder.rules.[].component",
        &Rule::PATTERN,
        "a component of the health tree (database, storing, feed:<name>, account:<id>, disk, redis, kafka), with a * \
         at its end for all that begin so",
    )
    .live()
    .needed(),
    choice(
        "ladder.rules.[].status",
        &["degraded", "unhealthy"],
        "the status at which the rule begins to count",
    )
    .live()
    .needed(),
    millis("ladder.rules.[].for_ms", 0, HOUR_MS, "how long the status must last; 0 when not given").live(),
    choice("ladder.rules.[].rung", RUNGS, "where accounts step down to").live().needed(),
];

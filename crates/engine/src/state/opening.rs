use domain::{Money, OrderId, Timestamp};
use portfolio::Portfolio;
use risk::RateWindow;

use super::{Flattening, RecentFills, References, Standing, State};
use crate::{Opening, orders::Orders};

impl State {
    /// The state that an account's first journal entry makes.
    #[must_use]
    pub fn open(opening: &Opening, time: Timestamp) -> Self {
        let mut references = References::default();
        references.resize(opening.instruments.len());
        let portfolio = Portfolio::new(&opening.cash);
        let equity = portfolio.cash(opening.base_currency);
        Self {
            tenant: opening.tenant,
            account: opening.account,
            base_currency: opening.base_currency,
            instruments: opening.instruments.clone(),
            rate: RateWindow::new(opening.limits.orders_per_window, opening.limits.rate_window),
            limits: opening.limits.clone(),
            portfolio,
            orders: Orders::default(),
            recent_fills: RecentFills::default(),
            halt: None,
            sequence: 1,
            last_order: OrderId(0),
            now: time,
            day: super::fold::day_of(time),
            day_equity: equity,
            equity_peak: Money::ZERO.max(equity),
            standing: Standing::opened(time),
            flattening: Flattening::default(),
            references,
        }
    }
}

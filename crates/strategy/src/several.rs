use domain::{MarketEvent, Order};
use engine::{Desk, Report, Strategy};

/// Strategies that share one account, asked in order. Each is told of every order of the account.
pub struct Several {
    name: String,
    strategies: Vec<Box<dyn Strategy>>,
}

impl Several {
    #[must_use]
    pub fn new(strategies: Vec<Box<dyn Strategy>>) -> Self {
        let names: Vec<&str> = strategies.iter().map(|strategy| strategy.name()).collect();
        Self { name: names.join(" + "), strategies }
    }
}

impl Strategy for Several {
    fn name(&self) -> &str {
        &self.name
    }

    fn on_market(&mut self, desk: &mut Desk<'_>, event: &MarketEvent) {
        for strategy in &mut self.strategies {
            strategy.on_market(desk, event);
        }
    }

    fn on_order(&mut self, desk: &mut Desk<'_>, order: &Order, report: &Report) {
        for strategy in &mut self.strategies {
            strategy.on_order(desk, order, report);
        }
    }
}

use std::collections::HashMap;

use domain::{Level, OrderEvent, OrderKind, OrderRequest, Quote, Side, TimeInForce, Trade};
use proptest::prelude::*;

use super::*;

const COIN: InstrumentId = InstrumentId(0);

/// One thing that happens, some milliseconds after the thing before.
#[derive(Debug, Clone)]
enum Step {
    Quote { bid: i32, width: i32, sizes: (i64, i64) },
    Trade { price: i32, size: i64 },
    Invalid,
    Order { is_buy: bool, limit: Option<i32>, size: i64, time_in_force: TimeInForce },
    Cancel(u64),
    Query(u64),
}

fn steps() -> impl Strategy<Value = Vec<(i64, Step)>> {
    let tifs = prop_oneof![
        3 => Just(TimeInForce::GoodTillCancelled),
        1 => Just(TimeInForce::ImmediateOrCancel),
        1 => Just(TimeInForce::FillOrKill),
        1 => Just(TimeInForce::Day)
    ];
    let order = (any::<bool>(), prop::option::of(95..106i32), 1..30i64, tifs)
        .prop_map(|(is_buy, limit, size, time_in_force)| Step::Order { is_buy, limit, size, time_in_force });
    let quote = (95..105i32, 0..4i32, (0..20i64, 0..20i64)).prop_map(|(bid, width, sizes)| Step::Quote {
        bid,
        width,
        sizes,
    });
    let step = prop_oneof![
        4 => quote,
        2 => (94..107i32, 0..15i64).prop_map(|(price, size)| Step::Trade { price, size }),
        1 => Just(Step::Invalid),
        5 => order,
        1 => (1..20u64).prop_map(Step::Cancel),
        1 => (1..20u64).prop_map(Step::Query),
    ];
    prop::collection::vec((0..40i64, step), 1..80)
}

/// Everything a run must not do is checked as it happens.
#[derive(Default)]
struct Run {
    orders: HashMap<OrderId, (Order, i128)>,
    ended: Vec<OrderId>,
    /// Left of the quote that stands: bid side, ask side; of the print; in raw units.
    left: (i128, i128),
    printed: i128,
    last: Option<Timestamp>,
    log: String,
}

impl Run {
    fn read(&mut self, venue: &mut Matching, now: Timestamp, base: Span) {
        while let Some(report) = venue.next_report(now) {
            assert!(report.time <= now && self.last.is_none_or(|last| last <= report.time), "{report:?}");
            self.last = Some(report.time);
            self.log.push_str(&format!("{report:?}\n"));
            let was_known = !self.ended.contains(&report.order);
            match report.event {
                OrderEvent::Filled(fill) => self.filled(&fill, base),
                OrderEvent::Rejected if report.reason == Some(RejectReason::NotFound) => {}
                OrderEvent::Accepted { .. } => assert!(was_known),
                _ => {
                    assert!(was_known, "an order ends once: {report:?}");
                    self.ended.push(report.order);
                }
            }
        }
    }

    fn filled(&mut self, fill: &domain::Fill, base: Span) {
        assert!(!self.ended.contains(&fill.order));
        let (order, filled) = self.orders.get_mut(&fill.order).unwrap();
        *filled += fill.quantity.raw();
        assert!(*filled <= order.request.quantity.raw(), "overfilled");
        assert!(
            fill.quantity.is_positive() && fill.time >= order.created.plus(base),
            "filled before arrival"
        );
        let is_buy = order.request.side == Side::Buy;
        if let Some(limit) = order.request.kind.limit_price() {
            assert!(if is_buy { fill.price <= limit } else { fill.price >= limit }, "worse than the limit");
        }
        if *filled == order.request.quantity.raw() {
            self.ended.push(fill.order);
        }
        let left = if is_buy { &mut self.left.1 } else { &mut self.left.0 };
        let by_print = fill.quantity.raw().min(self.printed);
        self.printed -= by_print;
        *left -= fill.quantity.raw() - by_print;
        assert!(*left >= 0, "took more than was displayed or printed");
    }
}

fn event(step: &Step, now: Timestamp, run: &mut Run) -> Option<MarketEvent> {
    let level = |price, size| Level { price: Price::from_units(price), quantity: Quantity::from_units(size) };
    let (venue_time, receive_time) = (now, now);
    match *step {
        Step::Quote { bid, width, sizes } => {
            let quote = Quote {
                instrument: COIN,
                bid: level(bid, sizes.0),
                ask: level(bid + width, sizes.1),
                venue_time,
                receive_time,
            };
            let crossed = width == 0 && sizes.0 > 0 && sizes.1 > 0;
            run.left = if crossed { (0, 0) } else { (quote.bid.quantity.raw(), quote.ask.quantity.raw()) };
            run.printed = 0;
            Some(MarketEvent::Quote(quote))
        }
        Step::Trade { price, size } => {
            let Level { price, quantity } = level(price, size);
            // A print without a size limits nothing.
            run.printed = if size == 0 { i128::MAX } else { quantity.raw() };
            let (id, aggressor) = (1, None);
            let trade = Trade { instrument: COIN, id, price, quantity, aggressor, venue_time, receive_time };
            Some(MarketEvent::Trade(trade))
        }
        Step::Invalid => {
            run.left = (0, 0);
            run.printed = 0;
            Some(MarketEvent::Invalid { instrument: COIN, time: now })
        }
        _ => None,
    }
}

fn order(step: &Step, id: u64, now: Timestamp) -> Option<Order> {
    let &Step::Order { is_buy, limit, size, time_in_force } = step else { return None };
    let side = if is_buy { Side::Buy } else { Side::Sell };
    let kind = limit.map_or(OrderKind::Market, |limit| OrderKind::Limit { price: Price::from_units(limit) });
    let base = OrderRequest::market(COIN, side, Quantity::from_units(size));
    Some(Order::new(OrderId(id), OrderRequest { kind, time_in_force, ..base }, now))
}

fn run(config: MatchingConfig, steps: &[(i64, Step)]) -> Run {
    let mut venue = Matching::new(config, &instruments(1));
    let (mut run, mut now) = (Run::default(), millis(0));
    for (after, step) in steps {
        now = now.plus(Span::from_millis(*after));
        // Everything before this moment is read first, so that the display it met is still the one on record.
        run.read(&mut venue, now.plus(Span::from_nanos(-1)), config.latency.base);
        if let Some(event) = event(step, now, &mut run) {
            venue.observe(&event);
        } else if let Some(order) = order(step, run.orders.len() as u64 + 1, now) {
            run.orders.insert(order.id, (order, 0));
            venue.submit(&approve(order), now);
        } else if let Step::Cancel(id) = step {
            venue.cancel(OrderId(*id), now);
        } else if let Step::Query(id) = step {
            venue.query(OrderId(*id), now);
        }
        run.read(&mut venue, now, config.latency.base);
        run.printed = 0;
    }
    run
}

proptest! {
    #[test]
    fn nothing_is_filled_twice_early_worse_or_out_of_nothing(steps in steps(), base in 0..30i64, jitter in 0..30i64) {
        let config = delayed(base, jitter);
        let first = run(config, &steps);
        prop_assert_eq!(first.log, run(config, &steps).log, "the same inputs give the same reports");
    }
}

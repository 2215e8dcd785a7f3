//! Everything that can happen to an account, at random, and what must be true of whatever leaves it.

use domain::{
    CorporateAction, CorporateTerms, Fill, InstrumentId, MarketEvent, Order, OrderEvent, OrderId,
    OrderRequest, OrderStatus, Price, Quantity, Side, Span, Split, Timestamp,
};
use proptest::prelude::*;
use risk::{HaltKind, Limits, Rung};

use super::world::World;
use crate::{Control, Effect, Effects, Event, FLATTENER, Intent, Report, State, recover, recover_from};

#[derive(Debug, Clone)]
pub(super) enum Act {
    Price { instrument: u32, cents: i64 },
    Submit { instrument: u32, buy: bool, milli: i64, limit_offset: Option<i64> },
    Accept(usize),
    Fill { order: usize, share: u8 },
    Repeat,
    Cancelled(usize),
    Rejected(usize),
    AnswerLost(usize),
    Ask(usize),
    Halt,
    Resume,
    Reconcile,
    SetRung(Rung),
    Split { instrument: u32, numerator: u32, denominator: u32 },
    Wait(i64),
}

/// Everything but corporate actions.
pub(super) fn act() -> impl Strategy<Value = Act> {
    prop_oneof![
        4 => (0..2u32, 5_000..20_000i64).prop_map(|(instrument, cents)| Act::Price { instrument, cents }),
        8 => (0..2u32, any::<bool>(), -1_000..14_000i64, proptest::option::of(-300..300i64)).prop_map(
            |(instrument, buy, milli, limit_offset)| Act::Submit { instrument, buy, milli, limit_offset }
        ),
        3 => (0..8usize).prop_map(Act::Accept),
        6 => (0..8usize, 1..=4u8).prop_map(|(order, share)| Act::Fill { order, share }),
        1 => Just(Act::Repeat),
        2 => (0..8usize).prop_map(Act::Cancelled),
        1 => (0..8usize).prop_map(Act::Rejected),
        1 => (0..8usize).prop_map(Act::AnswerLost),
        1 => (0..8usize).prop_map(Act::Ask),
        1 => Just(Act::Halt),
        1 => Just(Act::Resume),
        1 => Just(Act::Reconcile),
        2 => rung().prop_map(Act::SetRung),
        3 => (0..4_000i64).prop_map(Act::Wait),
    ]
}

/// Corporate actions too, and an account that is often below normal and seldom halted for long.
pub(super) fn act_below_normal() -> impl Strategy<Value = Act> {
    let split = (0..2u32, 1..4u32, 1..4u32);
    prop_oneof![
        30 => act(),
        2 => Just(Act::Resume),
        1 => split.prop_map(|(instrument, numerator, denominator)| Act::Split { instrument, numerator, denominator }),
    ]
}

fn rung() -> impl Strategy<Value = Rung> {
    prop_oneof![1 => Just(Rung::Normal), 1 => proptest::sample::select(Rung::ALL.to_vec())]
}

/// The lowest and the highest position that fills alone could lead to; zero is always within.
pub(super) type Reach = (i128, i128);

/// The world plus what an outsider would remember of it.
pub(super) struct Run {
    pub(super) world: World,
    pub(super) fills: Vec<Fill>,
    /// Of either instrument when the account last left normal or was halted, widened by nothing but splits.
    bounds: Option<[Reach; 2]>,
    has_split: bool,
    /// What a restart would make of the journal so far.
    mirror: State,
}

impl Run {
    pub(super) fn new(limits: Limits) -> Self {
        let mut world = World::new(limits);
        let mirror = world.state.clone();
        for instrument in 0..2 {
            world.price(InstrumentId(instrument), Price::from_units(100));
        }
        Self { world, fills: Vec::new(), bounds: None, has_split: false, mirror }
    }

    /// The process ends, with only so many entries durable, and starts again.
    pub(super) fn restart(&mut self, entries: usize) {
        self.world.journal.truncate(entries);
        self.world.state = recover(self.world.journal.clone()).unwrap();
        self.mirror = self.world.state.clone();
        self.bounds = None;
    }

    pub(super) fn act(&mut self, act: &Act) {
        let effects = self.happen(act);
        self.assert_lawful(&effects, matches!(act, Act::Split { .. }));
        if matches!(act, Act::Submit { .. }) && self.world.state.rung() >= Rung::CancelAll {
            assert!(effects.effects.is_empty(), "an intent led to something at {}", self.world.state.rung());
        }
    }

    fn happen(&mut self, act: &Act) -> Effects {
        let time = self.world.now;
        match *act {
            Act::Price { instrument, cents } => {
                self.world.price(InstrumentId(instrument), Price::from_raw(cents * 10_000_000))
            }
            Act::Submit { instrument, buy, milli, limit_offset } => {
                self.submit(InstrumentId(instrument), buy, milli, limit_offset)
            }
            Act::Accept(order) => self.report(order, OrderEvent::Accepted { venue_order_id: None }),
            Act::Fill { order, share } => self.fill(order, share),
            Act::Repeat => match self.fills.last().copied() {
                Some(fill) => self.world.report(fill.order, OrderEvent::Filled(fill)),
                None => Effects::default(),
            },
            Act::Cancelled(order) => self.report(order, OrderEvent::Cancelled),
            Act::Rejected(order) => match self.open(order) {
                Some(order) if order.status == OrderStatus::Pending => {
                    self.world.report(order.id, OrderEvent::Rejected)
                }
                _ => Effects::default(),
            },
            Act::AnswerLost(order) => self.report(order, OrderEvent::AnswerLost),
            Act::Ask(order) => match self.open(order) {
                Some(order) => self.world.step(&Event::Intent { time, intent: Intent::Cancel(order.id) }),
                None => Effects::default(),
            },
            Act::Halt => {
                self.world.control(&Control::Halt { kind: HaltKind::ByOperator, note: String::new() })
            }
            Act::Resume => self.world.control(&Control::Resume { note: String::new() }),
            Act::Reconcile => self.world.control(&Control::Reconcile),
            Act::SetRung(rung) => self.world.control(&Control::SetRung { rung, cause: String::new() }),
            Act::Split { instrument, numerator, denominator } => {
                self.has_split = true;
                let terms = CorporateTerms::Split(Split { numerator, denominator });
                let action = CorporateAction { instrument: InstrumentId(instrument), time, terms };
                self.world.step(&Event::Market(&MarketEvent::Corporate(action)))
            }
            Act::Wait(millis) => {
                self.world.now = self.world.now.plus(Span::from_millis(millis));
                self.world.step(&Event::Time(self.world.now))
            }
        }
    }

    fn open(&self, index: usize) -> Option<Order> {
        let open = self.world.state.orders().open();
        (!open.is_empty()).then(|| open[index % open.len()])
    }

    fn report(&mut self, index: usize, event: OrderEvent) -> Effects {
        let Some(order) = self.open(index) else { return Effects::default() };
        // Some come late, when prices and time have gone on.
        let time = Timestamp::from_nanos(self.world.now.nanos() - [0, 700_000_000][index % 2]);
        self.world.step(&Event::Report(Report { time, order: order.id, event, reason: None }))
    }

    fn submit(
        &mut self,
        instrument: InstrumentId,
        buy: bool,
        milli: i64,
        limit_offset: Option<i64>,
    ) -> Effects {
        let side = if buy { Side::Buy } else { Side::Sell };
        let quantity = Quantity::from_raw(i128::from(milli) * 1_000_000);
        let market = OrderRequest::market(instrument, side, quantity);
        let request = limit_offset.map_or(market, |cents| {
            let reference = self.world.state.reference(instrument).unwrap().price.raw();
            OrderRequest::limit(instrument, side, quantity, Price::from_raw(reference + cents * 10_000_000))
        });
        // Some bear the engine's own name, which must get them nowhere.
        let strategy = if milli % 7 == 0 { FLATTENER } else { request.strategy };
        self.world.submit(OrderRequest { strategy, ..request })
    }

    fn fill(&mut self, order: usize, share: u8) -> Effects {
        let Some(order) = self.open(order) else { return Effects::default() };
        let quantity = Quantity::from_raw((order.remaining().raw() / i128::from(share)).max(1));
        self.fill_order(order.id, quantity)
    }

    pub(super) fn fill_order(&mut self, id: OrderId, quantity: Quantity) -> Effects {
        let request = self.world.state.orders().find(id).unwrap().request;
        let reference = self.world.state.reference(request.instrument);
        let reference = reference.map_or(Price::from_units(100), |reference| reference.price);
        let fill = self.world.fill(id, request.side, request.instrument, reference, quantity);
        self.fills.push(fill);
        self.world.report(id, OrderEvent::Filled(fill))
    }

    /// What one event led to, and where the account then stands.
    pub(super) fn assert_lawful(&mut self, effects: &Effects, was_split: bool) {
        let state = &self.world.state;
        for effect in &effects.effects {
            let Effect::Submit(order) = effect else { continue };
            assert!(!state.is_stopped(), "an order left an account where nothing may leave");
            if has_lost(state) || state.halt().is_some() {
                assert_only_reduces(state, order);
            }
            assert_ne!(state.rung(), Rung::CancelAll, "an order left where none may");
            assert_eq!(state.rung() == Rung::Flatten, order.request.strategy == FLATTENER);
            assert_within_limits(state, order, self.has_split);
        }
        if state.rung() >= Rung::CancelAll {
            let own = |order: &Order| state.rung() == Rung::Flatten && order.request.strategy == FLATTENER;
            assert!(state.orders().open().iter().all(|order| order.cancel_requested || own(order)));
        }
        self.assert_bounded(was_split);
        self.assert_mirrored(effects);
    }

    fn assert_mirrored(&mut self, effects: &Effects) {
        self.mirror = recover_from(self.mirror.clone(), effects.entries.iter().cloned()).unwrap();
        let (mirror, state) = (&self.mirror, &self.world.state);
        assert_eq!(mirror.sequence(), state.sequence());
        assert_eq!(mirror.standing(), state.standing());
        assert_eq!(mirror.flattening(), state.flattening());
        assert_eq!(mirror.halt(), state.halt());
    }

    /// Below normal and while halted nothing but a split reaches farther than what was held and worked when it began.
    fn assert_bounded(&mut self, was_split: bool) {
        let reach = [0, 1].map(|instrument| reach(&self.world.state, InstrumentId(instrument)));
        if self.world.state.rung() == Rung::Normal && self.world.state.halt().is_none() {
            self.bounds = None;
            return;
        }
        let bounds = self.bounds.get_or_insert(reach);
        for (bound, reach) in bounds.iter_mut().zip(reach) {
            if was_split {
                *bound = (bound.0.min(reach.0), bound.1.max(reach.1));
            }
            assert!(reach.0 >= bound.0 && reach.1 <= bound.1, "{reach:?} leaves {bound:?}");
        }
    }
}

/// Recomputed from the orders themselves, as is everything here, not from the sums the state keeps.
fn in_flight(state: &State, instrument: InstrumentId, side: Side) -> i128 {
    let open = state.orders().open().iter();
    let here = open.filter(|order| order.request.instrument == instrument && order.request.side == side);
    here.map(|order| side.signed(order.exposed()).raw()).sum()
}

fn reach(state: &State, instrument: InstrumentId) -> Reach {
    let held = state.portfolio().position(instrument).quantity.raw();
    let low = held + in_flight(state, instrument, Side::Sell);
    let high = held + in_flight(state, instrument, Side::Buy);
    (low.min(0), high.max(0))
}

/// Whether the day's loss has reached its limit.
fn has_lost(state: &State) -> bool {
    let day_profit = state.equity().unwrap().checked_sub(state.day_equity()).unwrap();
    day_profit.negate() >= state.limits().max_daily_loss
}

/// With this order and all that works beside it filled, the position has at most come to zero.
fn assert_only_reduces(state: &State, order: &Order) {
    let (instrument, side) = (order.request.instrument, order.request.side);
    let held = state.portfolio().position(instrument).quantity.raw();
    let left = held + in_flight(state, instrument, side);
    let is_against = side.signed(order.request.quantity).raw().signum() == -held.signum();
    assert!(is_against && left.signum() != -held.signum(), "{left} of {held} would be left after a loss");
}

/// A split may take a position past its limit; an order may then still not take it farther.
fn assert_within_limits(state: &State, order: &Order, has_split: bool) {
    let limits = state.limits();
    let open = state.orders().open();
    let (instrument, side) = (order.request.instrument, order.request.side);
    assert!(open.len() <= limits.max_open_orders as usize);
    assert!(open.iter().all(|order| order.request.quantity <= limits.max_order_size));
    let held = state.portfolio().position(instrument).quantity.raw();
    let worst = held + in_flight(state, instrument, side);
    let limit = if has_split { held.abs() } else { 0 }.max(limits.max_position_size.raw());
    assert!(worst.abs() <= limit, "{worst}");
    let window_start = state.now().nanos() - limits.rate_window.nanos();
    let known = state.orders().open().iter().chain(state.orders().ended());
    let recent = known.filter(|order| order.created > Timestamp::from_nanos(window_start)).count();
    assert!(recent <= limits.orders_per_window as usize);
}

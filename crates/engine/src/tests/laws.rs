//! Properties over random sequences of everything that can happen.

use domain::{
    Currency, Fill, InstrumentId, Money, OrderEvent, OrderId, OrderRequest, Price, Quantity, Side, Span,
    Timestamp,
};
use proptest::prelude::*;
use risk::HaltKind;

use super::world::{World, limits};
use crate::codec::{encode, entries};
use crate::{Control, Effect, Record, State, recover};

#[derive(Debug, Clone)]
enum Act {
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
    Wait(i64),
}

fn act() -> impl Strategy<Value = Act> {
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
        3 => (0..4_000i64).prop_map(Act::Wait),
    ]
}

/// The world plus what an outsider would remember of it.
struct Run {
    world: World,
    fills: Vec<Fill>,
}

impl Run {
    fn new() -> Self {
        let mut world = World::new(limits());
        for instrument in 0..2 {
            world.price(InstrumentId(instrument), Price::from_units(100));
        }
        Self { world, fills: Vec::new() }
    }

    fn open(&self, index: usize) -> Option<OrderId> {
        let open = self.world.state.orders().open();
        (!open.is_empty()).then(|| open[index % open.len()].id)
    }

    fn report(&mut self, index: usize, event: OrderEvent) {
        if let Some(id) = self.open(index) {
            self.world.report(id, event);
        }
    }

    fn act(&mut self, act: &Act) {
        match *act {
            Act::Price { instrument, cents } => {
                self.world.price(InstrumentId(instrument), Price::from_raw(cents * 10_000_000));
            }
            Act::Submit { instrument, buy, milli, limit_offset } => {
                self.submit(instrument, buy, milli, limit_offset)
            }
            Act::Accept(order) => self.report(order, OrderEvent::Accepted { venue_order_id: None }),
            Act::Fill { order, share } => self.fill(order, share),
            Act::Repeat => {
                if let Some(fill) = self.fills.last().copied() {
                    self.world.report(fill.order, OrderEvent::Filled(fill));
                }
            }
            Act::Cancelled(order) => self.report(order, OrderEvent::Cancelled),
            Act::Rejected(order) => {
                let pending = self.open(order).and_then(|id| self.world.state.orders().find(id).copied());
                if pending.is_some_and(|order| order.status == domain::OrderStatus::Pending) {
                    self.report(order, OrderEvent::Rejected);
                }
            }
            Act::AnswerLost(order) => self.report(order, OrderEvent::AnswerLost),
            Act::Ask(order) => {
                if let Some(id) = self.open(order) {
                    let time = self.world.now;
                    self.world.step(&crate::Event::Intent { time, intent: crate::Intent::Cancel(id) });
                }
            }
            Act::Halt => {
                self.world.control(&Control::Halt { kind: HaltKind::ByOperator, note: String::new() });
            }
            Act::Resume => {
                self.world.control(&Control::Resume { note: String::new() });
            }
            Act::Reconcile => {
                self.world.control(&Control::Reconcile);
            }
            Act::Wait(millis) => self.world.now = self.world.now.plus(Span::from_millis(millis)),
        }
    }

    fn submit(&mut self, instrument: u32, buy: bool, milli: i64, limit_offset: Option<i64>) {
        let instrument = InstrumentId(instrument);
        let side = if buy { Side::Buy } else { Side::Sell };
        let quantity = Quantity::from_raw(i128::from(milli) * 1_000_000);
        let request = match limit_offset {
            None => OrderRequest::market(instrument, side, quantity),
            Some(cents) => {
                let reference = self.world.state.reference(instrument).unwrap().price.raw();
                OrderRequest::limit(
                    instrument,
                    side,
                    quantity,
                    Price::from_raw(reference + cents * 10_000_000),
                )
            }
        };
        let halted = self.world.state.halt().is_some();
        let effects = self.world.submit(request);
        let left = effects.effects.iter().any(|effect| matches!(effect, Effect::Submit(_)));
        assert!(!(halted && left), "an order left a halted account");
        if left {
            assert_within_limits(&self.world.state, instrument, side);
        }
    }

    fn fill(&mut self, order: usize, share: u8) {
        let Some(id) = self.open(order) else { return };
        let order = *self.world.state.orders().find(id).unwrap();
        let quantity = Quantity::from_raw((order.remaining().raw() / i128::from(share)).max(1));
        let request = order.request;
        let reference = self.world.state.reference(request.instrument).unwrap().price;
        let fill = self.world.fill(id, request.side, request.instrument, reference, quantity);
        self.world.report(id, OrderEvent::Filled(fill));
        self.fills.push(fill);
    }
}

/// Recomputed from the orders themselves, not from the sums the state keeps.
fn assert_within_limits(state: &State, instrument: InstrumentId, side: Side) {
    let limits = state.limits();
    let open = state.orders().open();
    assert!(open.len() <= limits.max_open_orders as usize);
    assert!(open.iter().all(|order| order.request.quantity <= limits.max_order_size));
    let in_flight: i128 = open
        .iter()
        .filter(|order| order.request.instrument == instrument && order.request.side == side)
        .map(|order| side.signed(order.exposed()).raw())
        .sum();
    let worst = state.portfolio().position(instrument).quantity.raw() + in_flight;
    assert!(worst.abs() <= limits.max_position_size.raw(), "{worst}");
    let window_start = state.now().nanos() - limits.rate_window.nanos();
    let known = state.orders().open().iter().chain(state.orders().ended());
    let recent = known.filter(|order| order.created > Timestamp::from_nanos(window_start)).count();
    assert!(recent <= limits.orders_per_window as usize);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    /// No sequence of events makes an order pass that breaks a limit, in-flight orders counted.
    #[test]
    fn no_order_breaks_a_limit(acts in proptest::collection::vec(act(), 1..120)) {
        let mut run = Run::new();
        for act in &acts {
            run.act(act);
        }
    }

    /// Cash and positions are what the fills say, and nothing else.
    #[test]
    fn cash_and_positions_are_conserved(acts in proptest::collection::vec(act(), 1..120)) {
        let mut run = Run::new();
        for act in &acts {
            run.act(act);
        }
        let mut cash = Money::from_units(100_000);
        let mut held = [0i128; 2];
        for fill in &run.fills {
            let value = fill.price.times(fill.signed_quantity()).unwrap();
            cash = cash.checked_sub(value).unwrap().checked_sub(fill.fee).unwrap();
            held[fill.instrument.index()] += fill.signed_quantity().raw();
        }
        prop_assert_eq!(run.world.state.portfolio().cash(Currency::USD), cash);
        for (index, held) in (0..).zip(held) {
            prop_assert_eq!(run.world.state.portfolio().position(InstrumentId(index)).quantity.raw(), held);
        }
    }

    /// The journal alone rebuilds the account, and the same events write the same bytes.
    #[test]
    fn the_state_is_the_fold_of_the_journal(acts in proptest::collection::vec(act(), 1..120)) {
        let (mut first, mut second) = (Run::new(), Run::new());
        for act in &acts {
            first.act(act);
            second.act(act);
        }
        let bytes = |run: &Run| {
            let mut bytes = Vec::new();
            run.world.journal.iter().for_each(|entry| encode(entry, &mut bytes).unwrap());
            bytes
        };
        prop_assert_eq!(bytes(&first), bytes(&second));
        let read: Vec<_> = entries(&bytes(&first)).map(Result::unwrap).collect();
        let rebuilt = recover(read).unwrap();
        prop_assert_eq!(rebuilt.orders(), first.world.state.orders());
        prop_assert_eq!(rebuilt.sequence(), first.world.state.sequence());
        prop_assert_eq!(rebuilt.halt(), first.world.state.halt());
        for instrument in (0..2).map(InstrumentId) {
            let strip = |state: &State| domain_position(state, instrument);
            prop_assert_eq!(strip(&rebuilt), strip(&first.world.state));
        }
        prop_assert_eq!(rebuilt.portfolio().cash(Currency::USD), first.world.state.portfolio().cash(Currency::USD));
    }

    /// A snapshot and the entries after it make the same account as the whole journal.
    #[test]
    fn a_snapshot_and_the_tail_are_the_whole(acts in proptest::collection::vec(act(), 1..80), cut in 0.0..1.0f64) {
        let mut run = Run::new();
        for act in &acts {
            run.act(act);
        }
        let journal = &run.world.journal;
        let at = ((journal.len() - 1) as f64 * cut).round();
        let kept = journal.iter().position(|entry| entry.sequence as f64 >= at + 1.0).unwrap() + 1;
        let snapshot = recover(journal[..kept].to_vec()).unwrap();
        let thawed: State = postcard::from_bytes(&postcard::to_stdvec(&snapshot).unwrap()).unwrap();
        let tail = crate::recover_from(thawed, journal.clone()).unwrap();
        let whole = recover(journal.clone()).unwrap();
        prop_assert_eq!(postcard::to_stdvec(&tail).unwrap(), postcard::to_stdvec(&whole).unwrap());
    }
}

#[test]
fn an_account_from_a_snapshot_knows_prices_again() {
    let (world, _) = World::bought(1);
    let frozen = postcard::to_stdvec(&world.state).unwrap();
    let mut thawed = World::new(limits());
    thawed.state = crate::recover_from(postcard::from_bytes(&frozen).unwrap(), Vec::new()).unwrap();
    thawed.price(InstrumentId(0), Price::from_units(100));
    let effects = thawed.submit(OrderRequest::market(InstrumentId(0), Side::Buy, Quantity::from_units(1)));
    assert!(matches!(effects.effects.as_slice(), [Effect::Submit(_)]), "{effects:?}");
}

fn domain_position(state: &State, instrument: InstrumentId) -> (Quantity, Money, Money, Money) {
    let position = state.portfolio().position(instrument);
    (position.quantity, position.cost, position.realised, position.fees)
}

#[test]
fn a_journal_with_a_missing_entry_makes_no_state() {
    let (world, _) = World::bought(1);
    let without_first = world.journal[1..].to_vec();
    assert!(recover(without_first).is_err());
    let (mut world, id) = World::bought(1);
    world.report(id, OrderEvent::Cancelled);
    let mut gap = world.journal.clone();
    gap.remove(1);
    assert!(matches!(recover(gap), Err(crate::RecoveryError::Gap { after: 1, found: 3 })));
    assert!(matches!(world.journal[1].record, Record::Submitted { .. }));
}

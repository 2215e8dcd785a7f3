//! Properties over random sequences of everything that can happen.

use domain::{Currency, InstrumentId, Money, OrderEvent, OrderRequest, Price, Quantity, Side};
use proptest::prelude::*;

use super::acts::{Run, act};
use super::world::{World, limits};
use crate::codec::{encode, entries};
use crate::{Effect, Record, State, recover};

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    /// No sequence of events makes an order pass that breaks a limit, in-flight orders counted.
    #[test]
    fn no_order_breaks_a_limit(acts in proptest::collection::vec(act(), 1..120)) {
        let mut run = Run::new(limits());
        for act in &acts {
            run.act(act);
        }
    }

    /// Cash and positions are what the fills say, and nothing else.
    #[test]
    fn cash_and_positions_are_conserved(acts in proptest::collection::vec(act(), 1..120)) {
        let mut run = Run::new(limits());
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
        let (mut first, mut second) = (Run::new(limits()), Run::new(limits()));
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
        prop_assert_eq!(rebuilt.standing(), first.world.state.standing());
        prop_assert_eq!(rebuilt.flattening(), first.world.state.flattening());
        for instrument in (0..2).map(InstrumentId) {
            let strip = |state: &State| domain_position(state, instrument);
            prop_assert_eq!(strip(&rebuilt), strip(&first.world.state));
        }
        prop_assert_eq!(rebuilt.portfolio().cash(Currency::USD), first.world.state.portfolio().cash(Currency::USD));
    }

    /// A snapshot and the entries after it make the same account as the whole journal.
    #[test]
    fn a_snapshot_and_the_tail_are_the_whole(acts in proptest::collection::vec(act(), 1..80), cut in 0.0..1.0f64) {
        let mut run = Run::new(limits());
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

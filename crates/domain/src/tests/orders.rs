use proptest::prelude::*;

use crate::{
    Fill, FillId, IllegalTransition, InstrumentId, Liquidity, Money, Order, OrderEvent, OrderId,
    OrderRequest, OrderStatus, Price, Quantity, Side, Timestamp, VenueOrderId,
};
use OrderStatus::{Cancelled, Expired, Filled, PartiallyFilled, Pending, Rejected, Unknown, Working};

const INSTRUMENT: InstrumentId = InstrumentId(4);
const STATUSES: [OrderStatus; 8] =
    [Pending, Unknown, Working, PartiallyFilled, Filled, Cancelled, Rejected, Expired];
const ACCEPTED: OrderEvent = OrderEvent::Accepted { venue_order_id: Some(VenueOrderId(9)) };

/// An order for ten units in a status; what is filled fits the status.
fn order(status: OrderStatus) -> Order {
    let request = OrderRequest::limit(INSTRUMENT, Side::Buy, Quantity::from_units(10), Price::from_units(5));
    let mut order = Order::new(OrderId(1), request, Timestamp::EPOCH);
    order.status = status;
    let units = match status {
        Filled => 10,
        PartiallyFilled => 4,
        _ => 0,
    };
    order.filled = Quantity::from_units(units);
    order.filled_value = Money::from_units(units * 5);
    order
}

fn fill(units: i64) -> Fill {
    Fill {
        id: FillId(1),
        order: OrderId(1),
        instrument: INSTRUMENT,
        side: Side::Buy,
        liquidity: Liquidity::Taker,
        price: Price::from_units(3),
        quantity: Quantity::from_units(units),
        fee: Money::ZERO,
        time: Timestamp::EPOCH,
    }
}

fn now() -> Timestamp {
    Timestamp::from_seconds(7)
}

/// The law, written out: the status after each event, `None` where it is illegal. Rows as [`STATUSES`].
#[test]
fn every_status_meets_every_event() {
    let events = [
        ACCEPTED,
        OrderEvent::Rejected,
        OrderEvent::CancelRequested,
        OrderEvent::Cancelled,
        OrderEvent::Expired,
        OrderEvent::AnswerLost,
    ];
    let over = [None; 6];
    let unanswered = |lost| {
        move |same| [Some(Working), Some(Rejected), Some(same), Some(Cancelled), Some(Expired), Some(lost)]
    };
    let live = |same| [Some(same), None, Some(same), Some(Cancelled), Some(Expired), Some(same)];
    let law = [
        unanswered(Unknown)(Pending),
        unanswered(Unknown)(Unknown),
        live(Working),
        live(PartiallyFilled),
        over,
        over,
        over,
        over,
    ];
    for (status, row) in STATUSES.into_iter().zip(law) {
        for (event, expected) in events.into_iter().zip(row) {
            let before = order(status);
            let mut after = before;
            let found = after.apply(&event, now());
            match expected {
                Some(expected) => {
                    assert_eq!(
                        (found, after.status, after.updated),
                        (Ok(()), expected, now()),
                        "{status:?} {event:?}"
                    );
                }
                None => {
                    assert_eq!(found, Err(IllegalTransition::WrongStatus(status)), "{status:?} {event:?}");
                    assert_eq!(after, before, "a refused event leaves no trace");
                }
            }
        }
    }
}

#[test]
fn every_status_meets_a_fill() {
    for status in STATUSES {
        let late = matches!(status, Cancelled | Rejected | Expired);
        let mut part = order(status);
        let found = part.apply(&OrderEvent::Filled(fill(1)), now());
        if status == Filled {
            assert_eq!((found, part), (Err(IllegalTransition::Overfill), order(Filled)));
            continue;
        }
        let expected = if late { status } else { PartiallyFilled };
        assert_eq!((found, part.status), (Ok(()), expected), "a late fill counts and revives nothing");
        let mut whole = order(status);
        let rest = OrderEvent::Filled(Fill { quantity: whole.remaining(), ..fill(1) });
        assert_eq!((whole.apply(&rest, now()), whole.status), (Ok(()), Filled), "{status:?}");
        assert_eq!(whole.remaining(), Quantity::ZERO);
    }
}

#[test]
fn a_fill_must_belong_and_fit() {
    let refused = |fill: Fill| {
        let mut order = order(PartiallyFilled);
        let before = order;
        let error = order.apply(&OrderEvent::Filled(fill), now()).unwrap_err();
        assert_eq!(order, before, "a refused fill leaves no trace");
        error
    };
    assert_eq!(refused(fill(7)), IllegalTransition::Overfill);
    assert_eq!(refused(fill(0)), IllegalTransition::Overfill);
    assert_eq!(refused(fill(-1)), IllegalTransition::Overfill);
    assert_eq!(refused(Fill { order: OrderId(2), ..fill(1) }), IllegalTransition::ForeignFill);
    assert_eq!(refused(Fill { instrument: InstrumentId(5), ..fill(1) }), IllegalTransition::ForeignFill);
    assert_eq!(refused(Fill { side: Side::Sell, ..fill(1) }), IllegalTransition::ForeignFill);
}

#[test]
fn a_value_out_of_range_is_refused() {
    let mut order = order(Working);
    order.filled_value = Money::from_raw(i128::MAX);
    let before = order;
    assert_eq!(order.apply(&OrderEvent::Filled(fill(1)), now()), Err(IllegalTransition::Overflow));
    assert_eq!(order, before);
}

#[test]
fn the_venue_order_id_stays_known() {
    let mut order = order(Pending);
    order.apply(&ACCEPTED, now()).unwrap();
    order.apply(&OrderEvent::Accepted { venue_order_id: None }, now()).unwrap();
    assert_eq!(order.venue_order_id, Some(VenueOrderId(9)));
}

#[test]
fn a_cancel_request_is_remembered_and_changes_no_exposure() {
    let mut order = order(PartiallyFilled);
    order.apply(&OrderEvent::CancelRequested, now()).unwrap();
    assert!(order.cancel_requested);
    assert_eq!(order.exposed(), Quantity::from_units(6));
    order.apply(&OrderEvent::Cancelled, now()).unwrap();
    assert_eq!((order.exposed(), order.remaining()), (Quantity::ZERO, Quantity::from_units(6)));
}

#[test]
fn sides_sign_quantities() {
    let five = Quantity::from_units(5);
    assert_eq!([Side::Buy, Side::Sell].map(|side| side.signed(five).raw().signum()), [1, -1]);
    assert_eq!(fill(5).signed_quantity(), five);
    assert_eq!(Fill { side: Side::Sell, ..fill(5) }.signed_quantity(), five.negate());
    assert_eq!(Side::Buy.opposite().opposite(), Side::Buy);
}

fn any_event() -> impl Strategy<Value = OrderEvent> {
    prop_oneof![
        Just(ACCEPTED),
        Just(OrderEvent::Rejected),
        Just(OrderEvent::CancelRequested),
        Just(OrderEvent::Cancelled),
        Just(OrderEvent::Expired),
        Just(OrderEvent::AnswerLost),
        (-1i64..6).prop_map(|units| OrderEvent::Filled(fill(units))),
    ]
}

proptest! {
    /// Whatever a venue says, what is filled is the sum of the fills taken, and what is over stays over.
    #[test]
    fn fills_are_conserved(events in prop::collection::vec(any_event(), 0..30)) {
        let mut order = order(Pending);
        let (mut filled, mut value) = (0, 0);
        for event in events {
            let before = order;
            let taken = order.apply(&event, now()).is_ok();
            if let (OrderEvent::Filled(fill), true) = (event, taken) {
                filled += fill.quantity.raw();
                value += i128::from(fill.price.raw()) * fill.quantity.raw();
            }
            prop_assert!(taken || order == before);
            prop_assert!(!before.status.is_terminal() || order.status.is_terminal());
            prop_assert_eq!((order.filled.raw(), order.filled_value.raw()), (filled, value));
            prop_assert_eq!(order.status == Filled, order.remaining().is_zero());
            prop_assert_eq!(order.average_fill_price().is_some(), filled > 0);
        }
    }
}

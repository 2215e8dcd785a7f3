use domain::{Bar, BarPeriod, CorporateAction, CorporateTerms, FeedMessage, InstrumentId, Rate, Span, Split};
use proptest::prelude::*;

use super::{
    A, B, at, config, feed, flush, instruments, level, limits, plain, push, quote, snapshot, trade, update,
};
use crate::flow::{Flow, FlowConfig, FlowRefusal, OutlierGuard};

fn flow() -> Flow {
    Flow::new(config(), &instruments()).unwrap()
}

/// Pushes a message that must be refused and have no effect.
fn expect_refusal(flow: &mut Flow, message: FeedMessage<'_>, reason: FlowRefusal) {
    let before = flow.counts().total;
    assert_eq!(push(flow, message), []);
    let after = flow.counts().total;
    assert_eq!(after.refused.of(reason), before.refused.of(reason) + 1, "{reason:?}");
    assert_eq!(after.refused.total(), before.refused.total() + 1);
    assert_eq!(after.messages, before.messages + 1);
    let rest = |mut counts: crate::Counts| {
        (counts.messages, counts.refused) = (0, crate::Refusals::default());
        counts
    };
    assert_eq!(rest(after), rest(before));
}

#[test]
fn every_fault_is_refused_by_its_name() {
    let bar = |low: i32, high: i32| {
        let (low, high) = (level(low, 0).price, level(high, 0).price);
        let volume = level(0, 1).quantity;
        FeedMessage::Bar(Bar { trades: 1, high, volume, ..Bar::of_period(A, BarPeriod::SECOND, at(0), low) })
    };
    let mut unknown = trade(10, 1, 0);
    unknown.instrument = InstrumentId(2);
    let no_book = snapshot_of_b();
    let malformed = update((3, 2), &[], &[], 0);
    let (negative, worthless) =
        (update((1, 1), &[level(5, -1)], &[], 0), update((1, 1), &[], &[level(0, 1)], 0));
    let worthless_book = snapshot(1, &[level(-1, 1)], &[], 0);
    let mut one_sided = quote(A, 0, 9, 0);
    one_sided.bid.quantity = level(0, -1).quantity;
    let table = [
        (FeedMessage::Trade(unknown), FlowRefusal::UnknownInstrument),
        (FeedMessage::Trade(trade(0, 1, 0)), FlowRefusal::PriceNotPositive),
        (FeedMessage::Trade(trade(-3, 1, 0)), FlowRefusal::PriceNotPositive),
        (FeedMessage::Trade(trade(3, 0, 0)), FlowRefusal::QuantityNotPositive),
        (FeedMessage::Trade(trade(3, -1, 0)), FlowRefusal::QuantityNotPositive),
        (plain(quote(A, 11, 10, 0)), FlowRefusal::Incoherent),
        (plain(quote(A, 0, 10, 0)), FlowRefusal::PriceNotPositive),
        (plain(one_sided), FlowRefusal::QuantityNotPositive),
        (bar(10, 9), FlowRefusal::Incoherent),
        (bar(0, 9), FlowRefusal::PriceNotPositive),
        (FeedMessage::DepthUpdate(&malformed), FlowRefusal::MalformedRange),
        (FeedMessage::DepthUpdate(&negative), FlowRefusal::QuantityNotPositive),
        (FeedMessage::DepthUpdate(&worthless), FlowRefusal::PriceNotPositive),
        (FeedMessage::DepthSnapshot(&worthless_book), FlowRefusal::PriceNotPositive),
        (FeedMessage::DepthSnapshot(&no_book), FlowRefusal::NoBook),
    ];
    let mut flow = flow();
    for (message, reason) in table {
        expect_refusal(&mut flow, message, reason);
    }
    let instrument = flow.counts().instrument(A).unwrap();
    assert_eq!(instrument.refused.total() + 2, flow.counts().total.refused.total());
    assert!(flow.counts().instrument(InstrumentId(2)).is_none());
}

fn snapshot_of_b() -> domain::DepthSnapshot {
    domain::DepthSnapshot { instrument: B, ..snapshot(1, &[], &[], 0) }
}

#[test]
fn sound_messages_of_every_kind_pass() {
    let mut flow = flow();
    let mut empty_side = quote(A, 0, 9, 0);
    empty_side.bid.quantity = level(0, 0).quantity;
    assert_eq!(push(&mut flow, plain(empty_side)).len(), 1, "an empty side is no fault");
    assert_eq!(push(&mut flow, plain(quote(A, 9, 9, 0))).len(), 1, "nor is a locked market");
    let terms = CorporateTerms::Split(Split { numerator: 7, denominator: 1 });
    let action = CorporateAction { instrument: A, time: at(0), terms };
    assert_eq!(push(&mut flow, FeedMessage::Corporate(action)).len(), 1);
    assert_eq!(flow.counts().total.refused.total(), 0);
}

#[test]
fn times_are_held_to_the_newest() {
    let mut flow = flow();
    push(&mut flow, FeedMessage::Trade(trade(10, 1, 100)));
    let events = push(&mut flow, FeedMessage::Trade(trade(10, 1, 99)));
    assert_eq!(events[0].time(), at(100), "a small step back is raised to the newest");
    expect_refusal(&mut flow, FeedMessage::Trade(trade(10, 1, 98)), FlowRefusal::TimeWentBack);
    let mut ahead = trade(10, 1, 100);
    ahead.venue_time = at(100 + 3_601);
    expect_refusal(&mut flow, FeedMessage::Trade(ahead), FlowRefusal::FutureTime);
    ahead.venue_time = at(100 + 3_600);
    assert_eq!(push(&mut flow, FeedMessage::Trade(ahead)).len(), 1, "an hour ahead is the limit");
}

#[test]
fn one_damaged_time_does_not_set_the_clock() {
    let mut flow = flow();
    push(&mut flow, FeedMessage::Trade(trade(10, 1, 0)));
    expect_refusal(&mut flow, FeedMessage::Trade(trade(10, 1, 9_000_000)), FlowRefusal::FutureTime);
    assert_eq!(push(&mut flow, FeedMessage::Trade(trade(10, 1, 1))).len(), 1);
    expect_refusal(&mut flow, FeedMessage::Trade(trade(10, 1, 9_000_000)), FlowRefusal::FutureTime);
    expect_refusal(&mut flow, FeedMessage::Trade(trade(10, 1, 5_000_000)), FlowRefusal::FutureTime);
}

#[test]
fn after_a_pause_of_the_market_the_second_message_confirms_the_time() {
    let mut flow = flow();
    push(&mut flow, FeedMessage::Trade(trade(10, 1, 0)));
    expect_refusal(&mut flow, FeedMessage::Trade(trade(10, 1, 50_000)), FlowRefusal::FutureTime);
    assert_eq!(push(&mut flow, FeedMessage::Trade(trade(10, 1, 50_001))).len(), 1);
    flush(&mut flow, 100_000);
    assert_eq!(push(&mut flow, FeedMessage::Trade(trade(10, 1, 100_001))).len(), 1, "told time is newest");
}

#[test]
fn repeated_and_overtaken_messages_are_refused() {
    let mut flow = flow();
    let mut named = trade(10, 1, 0);
    named.id = 7;
    assert_eq!(push(&mut flow, FeedMessage::Trade(named)).len(), 1);
    expect_refusal(&mut flow, FeedMessage::Trade(named), FlowRefusal::Duplicate);
    push(&mut flow, feed(quote(A, 9, 10, 0), 5));
    expect_refusal(&mut flow, feed(quote(A, 8, 9, 0), 4), FlowRefusal::OutOfOrder);
    flow.disconnected(A, at(0), &mut |_| {});
    assert_eq!(push(&mut flow, feed(quote(A, 8, 9, 0), 1)).len(), 1, "a new connection may count anew");
}

#[test]
fn an_outlier_is_refused_until_others_agree_with_it() {
    let guard = OutlierGuard { move_max: Rate::from_basis_points(1_000), confirmations: 3 };
    let config = FlowConfig { outlier_guard: Some(guard), ..config() };
    let mut flow = Flow::new(config, &instruments()).unwrap();
    push(&mut flow, FeedMessage::Trade(trade(100, 1, 0)));
    assert_eq!(push(&mut flow, FeedMessage::Trade(trade(110, 1, 0))).len(), 1, "10 % is the limit");
    expect_refusal(&mut flow, FeedMessage::Trade(trade(122, 1, 0)), FlowRefusal::Outlier);
    expect_refusal(&mut flow, plain(quote(A, 10, 12, 0)), FlowRefusal::Outlier);
    assert_eq!(push(&mut flow, plain(quote(A, 108, 112, 0))).len(), 1);
    expect_refusal(&mut flow, FeedMessage::Trade(trade(200, 1, 0)), FlowRefusal::Outlier);
    expect_refusal(&mut flow, FeedMessage::Trade(trade(201, 1, 0)), FlowRefusal::Outlier);
    assert_eq!(push(&mut flow, FeedMessage::Trade(trade(202, 1, 0))).len(), 1, "the third is believed");
    assert_eq!(push(&mut flow, FeedMessage::Trade(trade(205, 1, 0))).len(), 1, "and is the new measure");
}

proptest! {
    /// Whatever times come, what passes never goes back and is never more than the limit ahead unconfirmed.
    #[test]
    fn event_times_never_go_back(seconds in proptest::collection::vec(-10_000..10_000i64, 1..60)) {
        let config = FlowConfig { step_back_max: Span::from_seconds(50), ..FlowConfig::checks_only(limits()) };
        let mut flow = Flow::new(config, &instruments()).unwrap();
        let mut newest = domain::Timestamp::MIN;
        let mut passed = 0;
        for second in &seconds {
            for event in push(&mut flow, FeedMessage::Trade(trade(10, 1, *second))) {
                prop_assert!(event.time() >= newest);
                newest = event.time();
                passed += 1;
            }
        }
        let total = flow.counts().total;
        prop_assert_eq!(total.trades, passed);
        prop_assert_eq!(total.trades + total.refused.total(), total.messages);
    }
}

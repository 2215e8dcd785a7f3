use std::sync::Arc;

use ::market::{PairLimits, RegimeLimits, RevisionLimits};
use domain::{Amendment, AmendmentTerms, Bar, BarRule, FeedMessage, MarketEvent, Span, SpreadPhase, Trade};

use super::{A, B, at, config, feed, flush, instruments, level, plain, push, quote, snapshot, trade, update};
use crate::flow::{Flow, FlowConfig, FlowError, FlowRefusal, Pairs, QuoteSource};

fn flow_with(quote_source: QuoteSource) -> Flow {
    Flow::new(FlowConfig { quote_sources: vec![(A, quote_source)], ..config() }, &instruments()).unwrap()
}

/// One letter an event, with the prices of quotes.
fn told(events: &[MarketEvent]) -> Vec<String> {
    let text = |event: &MarketEvent| match event {
        MarketEvent::Trade(trade) => format!("trade {}", trade.price),
        MarketEvent::Quote(quote) => format!("quote {} {}", quote.bid.price, quote.ask.price),
        MarketEvent::Bar(bar) => format!("bar {}", bar.close),
        MarketEvent::Depth(depth) => format!("depth {}x{}", depth.bids.len(), depth.asks.len()),
        MarketEvent::Spread(spread) => format!("spread {:?}", spread.phase),
        MarketEvent::Pair(spread) => format!("pair {:?}", spread.phase),
        MarketEvent::Regime(change) => format!("regime {:?}", change.to),
        MarketEvent::Corporate(_) => "corporate".to_owned(),
        MarketEvent::Invalid { instrument, .. } => format!("invalid {instrument}"),
    };
    events.iter().map(text).collect()
}

fn push_update(flow: &mut Flow, ids: (u64, u64), bids: &[(i32, i64)], asks: &[(i32, i64)]) -> Vec<String> {
    let levels = |side: &[(i32, i64)]| side.iter().map(|&(p, q)| level(p, q)).collect::<Vec<_>>();
    let update = update(ids, &levels(bids), &levels(asks), 0);
    told(&push(flow, FeedMessage::DepthUpdate(&update)))
}

fn push_snapshot(flow: &mut Flow, id: u64) -> Vec<String> {
    let snapshot = snapshot(id, &[level(9, 1), level(8, 1), level(7, 1)], &[level(11, 1)], 0);
    told(&push(flow, FeedMessage::DepthSnapshot(&snapshot)))
}

#[test]
fn a_book_becomes_depth_and_quotes() {
    let mut flow = flow_with(QuoteSource::Book);
    assert!(flow.needs_snapshot(A) && !flow.needs_snapshot(B));
    assert_eq!(push_update(&mut flow, (5, 6), &[(10, 2)], &[]), [""; 0], "it waits for the snapshot");
    assert_eq!(push_snapshot(&mut flow, 5), ["depth 2x1", "quote 10 11"], "with what waited");
    assert!(!flow.needs_snapshot(A));
    assert_eq!(push_update(&mut flow, (7, 7), &[(9, 2)], &[]), ["depth 2x1"], "only below the top");
    assert_eq!(push_update(&mut flow, (8, 8), &[(7, 2)], &[]), [""; 0], "only below the depth");
    assert_eq!(push_update(&mut flow, (9, 9), &[(10, 0)], &[]), ["depth 2x1", "quote 9 11"]);
    let total = flow.counts().total;
    assert_eq!((total.depth_updates, total.snapshots, total.depths, total.quotes), (4, 1, 3, 2));
}

#[test]
fn a_lost_update_is_told_once_and_mended_by_a_snapshot() {
    let mut flow = flow_with(QuoteSource::Book);
    push_snapshot(&mut flow, 5);
    assert_eq!(push_update(&mut flow, (8, 8), &[(10, 1)], &[]), ["invalid 0"]);
    assert!(flow.needs_snapshot(A));
    assert_eq!(push_update(&mut flow, (9, 9), &[(10, 2)], &[]), [""; 0]);
    assert_eq!(push_snapshot(&mut flow, 6), [""; 0], "update 7 is still missing");
    assert!(flow.needs_snapshot(A));
    assert_eq!(push_snapshot(&mut flow, 8), ["depth 2x1", "quote 10 11"]);
    let total = flow.counts().total;
    assert_eq!((total.gaps, total.invalid, total.resyncs, total.crossed), (2, 1, 1, 0));
}

#[test]
fn the_same_top_is_quoted_again_after_it_was_invalid() {
    let mut flow = flow_with(QuoteSource::Book);
    assert_eq!(push_snapshot(&mut flow, 5), ["depth 2x1", "quote 9 11"]);
    assert_eq!(push_update(&mut flow, (6, 6), &[(11, 1)], &[]), ["invalid 0"], "crossed");
    assert_eq!(push_snapshot(&mut flow, 6), ["depth 2x1", "quote 9 11"]);
    assert_eq!((flow.counts().total.crossed, flow.counts().total.gaps), (1, 0));
}

#[test]
fn one_witness_speaks_for_an_instrument() {
    let run = |source| {
        let mut flow = flow_with(source);
        let mut events = push_snapshot(&mut flow, 5);
        events.extend(told(&push(&mut flow, feed(quote(A, 9, 10, 0), 7))));
        events.extend(push_update(&mut flow, (6, 6), &[], &[(11, 2)]));
        events.extend(push_update(&mut flow, (7, 8), &[], &[(10, 3)]));
        events.extend(told(&push(&mut flow, feed(quote(A, 9, 10, 0), 8))));
        events.retain(|event| event.starts_with("quote"));
        events
    };
    assert_eq!(run(QuoteSource::Feed), ["quote 9 11", "quote 9 10", "quote 9 10"]);
    assert_eq!(run(QuoteSource::Book), ["quote 9 11", "quote 9 11", "quote 9 10"]);
    assert_eq!(run(QuoteSource::Both), ["quote 9 11", "quote 9 10", "quote 9 10"], "by update id");
}

#[test]
fn the_book_stands_in_for_the_feed_while_prices_are_invalid() {
    let mut flow = flow_with(QuoteSource::Feed);
    push_snapshot(&mut flow, 5);
    push(&mut flow, feed(quote(A, 9, 11, 0), 5));
    assert_eq!(push_update(&mut flow, (7, 7), &[], &[]), ["invalid 0"]);
    assert_eq!(push_snapshot(&mut flow, 8), ["depth 2x1", "quote 9 11"]);
    assert_eq!(push_update(&mut flow, (9, 9), &[(10, 1)], &[]), ["depth 2x1"], "the feed speaks again");
    let message = feed(quote(A, 10, 11, 0), 9);
    assert_eq!(told(&push(&mut flow, message)), ["quote 10 11"]);
}

#[test]
fn the_two_witnesses_are_compared() {
    let mut flow = flow_with(QuoteSource::Book);
    push_snapshot(&mut flow, 5);
    let verified = |flow: &Flow| {
        let total = flow.counts().total;
        (total.verify_agree, total.verify_disagree, total.verify_skipped)
    };
    push_update(&mut flow, (6, 6), &[(10, 1)], &[]);
    push(&mut flow, feed(quote(A, 10, 11, 0), 6));
    assert_eq!(verified(&flow), (0, 0, 0), "a quote of update 6 may still be followed by another");
    push(&mut flow, feed(quote(A, 10, 12, 0), 8));
    assert_eq!(verified(&flow), (1, 0, 0));
    push_update(&mut flow, (7, 7), &[], &[]);
    assert_eq!(verified(&flow), (2, 0, 0), "the feed is ahead: its quote of update 6 holds for 7");
    push_update(&mut flow, (8, 8), &[], &[(11, 2)]);
    push(&mut flow, feed(quote(A, 10, 11, 0), 9));
    assert_eq!(verified(&flow), (2, 1, 0), "the book says 11, the feed 12");
    flow.disconnected(A, at(0), &mut |_| {});
    push_snapshot(&mut flow, 20);
    push_update(&mut flow, (21, 21), &[], &[]);
    push(&mut flow, feed(quote(A, 9, 11, 0), 22));
    assert_eq!(verified(&flow), (2, 1, 1), "nothing is known of what the feed said at 21");
    assert_eq!(flow.counts().instrument(A), Some(&flow.counts().total));
}

#[test]
fn trades_become_bars_by_time_or_by_a_later_trade() {
    let bar_rules = vec![BarRule::SECOND, BarRule::MINUTE];
    let config = FlowConfig { bar_rules, bar_grace: Span::SECOND, ..config() };
    let mut flow = Flow::new(config, &instruments()).unwrap();
    assert_eq!(told(&push(&mut flow, FeedMessage::Trade(trade(10, 1, 0)))), ["trade 10"]);
    assert_eq!(told(&push(&mut flow, FeedMessage::Trade(trade(12, 1, 1)))), ["bar 10", "trade 12"]);
    assert_eq!(flow.current_bar(A, BarRule::MINUTE).unwrap().trades, 2);
    assert_eq!(told(&flush(&mut flow, 2)), [""; 0], "the second is over, but trades may be under way");
    let closed = flush(&mut flow, 3);
    let [MarketEvent::Bar(Bar { open_time, trades: 1, .. })] = closed[..] else { panic!("{closed:?}") };
    assert_eq!(open_time, at(1));
    assert_eq!(told(&flush(&mut flow, 61)), ["bar 12"], "the minute");
    assert_eq!(flow.counts().total.bars, 3);
    let mut late = trade(12, 1, 61);
    late.venue_time = at(1);
    push(&mut flow, FeedMessage::Trade(late));
    assert_eq!((flow.bar_counts().late, flow.bar_counts().left_out), (2, 2), "both bars are closed");
}

#[test]
fn a_bar_that_a_trade_fills_comes_after_it() {
    let bar_rules = vec![BarRule::Ticks(2), BarRule::SECOND];
    let mut flow = Flow::new(FlowConfig { bar_rules, ..config() }, &instruments()).unwrap();
    push(&mut flow, FeedMessage::Trade(trade(10, 1, 0)));
    assert_eq!(told(&push(&mut flow, FeedMessage::Trade(trade(12, 1, 1)))), ["bar 10", "trade 12", "bar 12"]);
}

#[test]
fn late_and_amended_trades_make_bars_anew() {
    let bar_revisions = Some(RevisionLimits { trades: 9, bars: 9 });
    let config = FlowConfig { bar_rules: vec![BarRule::SECOND], bar_revisions, ..config() };
    let mut flow = Flow::new(config, &instruments()).unwrap();
    for (price, second, id) in [(10, 0, 100), (11, 1, 101), (12, 2, 102)] {
        push(&mut flow, FeedMessage::Trade(Trade { id, ..trade(price, 1, second) }));
    }
    let late = Trade { venue_time: at(1), ..trade(13, 1, 2) };
    assert_eq!(told(&push(&mut flow, FeedMessage::Trade(late))), ["bar 11", "trade 13"]);
    let (venue_time, receive_time) = (at(1), at(2));
    let amendment = Amendment {
        instrument: A,
        trade_id: 101,
        terms: AmendmentTerms::Cancelled,
        venue_time,
        receive_time,
    };
    let again = push(&mut flow, FeedMessage::Amendment(amendment));
    let [MarketEvent::Bar(Bar { revision: 2, trades: 1, close, .. })] = again[..] else {
        panic!("{again:?}")
    };
    assert_eq!(close, late.price);
    let bad = AmendmentTerms::Corrected { price: domain::Price::ZERO, quantity: late.quantity };
    assert!(push(&mut flow, FeedMessage::Amendment(Amendment { terms: bad, ..amendment })).is_empty());
    let counts = flow.counts().total;
    assert_eq!((counts.amendments, counts.refused.of(FlowRefusal::PriceNotPositive)), (1, 1));
}

/// The second price swings by two, the first by twice that and a ripple; then the first comes apart.
#[test]
fn pairs_that_come_apart_and_regimes_are_told_beside_the_quotes() {
    let limits = PairLimits {
        sample_every: Span::SECOND,
        window: 10,
        open_z: 4.0,
        close_z: 1.0,
        told_z: 0.5,
        max_quote_age: Span::MINUTE,
    };
    let regimes = RegimeLimits {
        sample_every: Span::SECOND,
        memory: 10,
        unusual_z: 3.0,
        confirmations: 2,
        max_quote_age: Span::MINUTE,
    };
    let config = FlowConfig {
        pairs: Some(Pairs { pairs: vec![(A, B)], limits }),
        regimes: Some(regimes),
        ..FlowConfig::checks_only(super::limits())
    };
    let mut flow = Flow::new(config.clone(), &instruments()).unwrap();
    let mut events = Vec::new();
    for second in 0..30 {
        let swing = [0, 2, 4, 2][usize::try_from(second % 4).unwrap()];
        let (apart, wide) = if second >= 22 { (40, 9) } else { (i32::from(second % 3 == 0), 1) };
        let time = i64::from(second);
        let first = 1_000 + 2 * swing + apart;
        for quote in [quote(B, 500 + swing, 501 + swing, time), quote(A, first, first + wide, time)] {
            events.extend(push(&mut flow, plain(quote)));
        }
    }
    let pair = events.iter().find_map(|event| match event {
        MarketEvent::Pair(spread) => Some(*spread),
        _ => None,
    });
    let pair = pair.unwrap();
    assert_eq!((pair.first, pair.second, pair.phase), (A, B, SpreadPhase::Opened));
    assert!(pair.time >= at(22) && pair.z_score.to_f64() > 4.0, "{pair:?}");
    let wide =
        events.iter().any(|event| matches!(event, MarketEvent::Regime(change) if change.instrument == A));
    assert!(wide, "bid and ask of the first are nine times as far apart");
    let counts = flow.counts().total;
    assert!(counts.pairs >= 1 && counts.regimes >= 1, "{counts:?}");
    let stranger = domain::InstrumentId(9);
    let config = FlowConfig { pairs: Some(Pairs { pairs: vec![(A, stranger)], limits }), ..config };
    assert_eq!(Flow::new(config, &instruments()).unwrap_err(), FlowError::UnknownInstrument(stranger));
}

#[test]
fn quotes_of_two_venues_become_spreads() {
    let config = FlowConfig { spread_groups: vec![vec![A, B]], ..config() };
    let mut flow = Flow::new(config, &instruments()).unwrap();
    assert_eq!(told(&push(&mut flow, plain(quote(A, 9, 10, 0)))), ["quote 9 10"]);
    let opened = push(&mut flow, plain(quote(B, 12, 13, 0)));
    assert_eq!(told(&opened), ["quote 12 13", "spread Opened"]);
    let [_, MarketEvent::Spread(spread)] = opened[..] else { panic!("{opened:?}") };
    assert_eq!((spread.buy, spread.sell, spread.phase), (A, B, SpreadPhase::Opened));
    let mut lost = Vec::new();
    flow.disconnected(B, at(1), &mut |event| lost.push(event.clone()));
    assert_eq!(told(&lost), ["invalid 1", "spread Closed"]);
    push(&mut flow, plain(quote(B, 12, 13, 1)));
    assert_eq!(told(&flush(&mut flow, 62)), ["spread Closed"], "by age");
    assert_eq!(flow.counts().instrument(A).unwrap().spreads, 4);
    assert_eq!(flow.counts().instrument(B).unwrap().spreads, 0);
}

#[test]
fn silence_is_told_once_and_ends_with_a_quote() {
    let config = FlowConfig { stale_after: Some(Span::from_seconds(10)), ..config() };
    let mut flow = Flow::new(config, &instruments()).unwrap();
    assert_eq!(told(&flush(&mut flow, 0)), [""; 0], "what never spoke is not silent");
    push(&mut flow, plain(quote(A, 9, 10, 0)));
    push(&mut flow, plain(quote(B, 9, 10, 5)));
    assert_eq!(told(&flush(&mut flow, 10)), [""; 0]);
    assert_eq!(told(&flush(&mut flow, 11)), ["invalid 0"]);
    assert_eq!(told(&flush(&mut flow, 12)), [""; 0]);
    push(&mut flow, plain(quote(A, 9, 10, 13)));
    assert_eq!(told(&flush(&mut flow, 24)), ["invalid 0", "invalid 1"]);
    assert_eq!((flow.counts().total.stale, flow.counts().total.invalid), (3, 3));
}

#[test]
fn depths_are_used_again_once_they_are_given_back() {
    let mut flow = flow_with(QuoteSource::Book);
    let snapshot = snapshot(1, &[level(9, 1)], &[level(11, 1)], 0);
    flow.push(FeedMessage::DepthSnapshot(&snapshot), &mut |_| {});
    let mut held = Vec::new();
    let mut places = std::collections::HashSet::new();
    for id in 2..60u64 {
        let update = update((id, id), &[level(9, i64::try_from(id).unwrap())], &[], 0);
        flow.push(FeedMessage::DepthUpdate(&update), &mut |event| {
            let MarketEvent::Depth(depth) = event else { return };
            if id < 30 {
                places.insert(Arc::as_ptr(depth));
            } else {
                held.push(Arc::clone(depth));
            }
        });
    }
    assert!(places.len() <= 8, "{} places for depths that nobody holds", places.len());
    let quantities = held.iter().map(|depth| depth.bids[0].quantity);
    assert!(quantities.eq((30..60).map(|id| level(9, id).quantity)), "what is held does not change");
}

#[test]
fn a_flow_names_what_is_wrong_with_its_configuration() {
    let made = |config| Flow::new(config, &instruments()).map(|_| ()).unwrap_err();
    let stranger = domain::InstrumentId(2);
    let wrong = FlowConfig { quote_sources: vec![(stranger, QuoteSource::Feed)], ..config() };
    assert_eq!(made(wrong), FlowError::UnknownInstrument(stranger));
    let wrong = FlowConfig { quote_sources: vec![(B, QuoteSource::Book)], ..config() };
    assert_eq!(made(wrong), FlowError::NoBook(B));
    let wrong = FlowConfig { spread_groups: vec![vec![A, A]], ..config() };
    assert!(matches!(made(wrong), FlowError::Group(_)));
}

#[test]
fn the_receive_time_of_an_event_is_the_flows_clock() {
    let mut flow = flow_with(QuoteSource::Book);
    push(&mut flow, FeedMessage::Trade(trade(10, 1, 1)));
    let snapshot = snapshot(1, &[level(9, 1)], &[level(11, 1)], 0);
    let events = push(&mut flow, FeedMessage::DepthSnapshot(&snapshot));
    assert_eq!(events.iter().map(MarketEvent::time).collect::<Vec<_>>(), [at(1), at(1)]);
    let [_, MarketEvent::Quote(quote)] = events[..] else { panic!("{events:?}") };
    assert_eq!(quote.venue_time, at(0), "the venue's word is left alone");
}

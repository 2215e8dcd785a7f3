//! A flow that has reached its size allocates nothing for a message. A program of its own, because the allocator
//! that counts is the whole program's.
#![expect(
    unsafe_code,
    reason = "a global allocator cannot be written without it; it only counts and delegates"
)]

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;

use domain::{BarRule, FeedMessage, Instruments};
use market::{SequenceRule, SpreadLimits};
use pipeline::{Flow, FlowConfig};
use venues::binance::instruments::bitcoin;
use venues::binance::{BinanceMarket, CaptureSource};

thread_local! {
    static CALLS: Cell<u64> = const { Cell::new(0) };
}

struct Counting;

// SAFETY: every call is passed on unchanged to the system's allocator.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        CALLS.with(|calls| calls.set(calls.get() + 1));
        // SAFETY: the caller keeps `GlobalAlloc`'s contract, which is the system allocator's.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        // SAFETY: as above.
        unsafe { System.dealloc(pointer, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

#[test]
fn a_flow_that_has_reached_its_size_allocates_nothing() {
    let file = "crypto_ws/binance_btc_2024-08-08/cm_btcusd_perp.gz";
    let Some(path) = recordings::find(file) else { return };
    let mut listed = Instruments::default();
    let instrument = bitcoin(BinanceMarket::CoinMargined);
    let symbol = instrument.symbol.clone();
    let id = listed.list(instrument).unwrap();
    let config = FlowConfig {
        books: vec![(id, SequenceRule::PreviousId.into())],
        bar_rules: vec![BarRule::SECOND, BarRule::MINUTE],
        depth_levels: 20,
        stale_after: Some(domain::Span::MINUTE),
        ..FlowConfig::checks_only(SpreadLimits {
            max_quote_age: domain::Span::MINUTE,
            min_net_rate: domain::Rate::ZERO,
        })
    };
    let mut flow = Flow::new(config, &listed).unwrap();
    let mut source = CaptureSource::open(&path, BinanceMarket::CoinMargined, &[(symbol, id)]).unwrap();
    let (mut messages, mut late_calls, mut events) = (0u64, 0, 0u64);
    while let Some(captured) = source.next() {
        let message: FeedMessage<'_> = captured.unwrap().message;
        let before = CALLS.get();
        flow.push(message, &mut |_| events += 1);
        messages += 1;
        if messages > 10_000 {
            late_calls += CALLS.get() - before;
        }
    }
    assert!(messages > 40_000 && events > 30_000, "{messages} messages, {events} events");
    assert!(CALLS.get() > 0, "the counter counts");
    assert_eq!(late_calls, 0, "allocations after the first 10,000 messages");
}

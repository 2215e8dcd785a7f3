use std::sync::Arc;

use domain::{InstrumentId, Span};
use tokio::runtime::Runtime;

use super::{BinanceAddresses, BinanceFeed};
use crate::binance::instruments::{bitcoin, named};
use crate::binance::{BinanceMarket, simulator};
use crate::live::Vendor;
use crate::live::tests::{Follower, RandomMarket, WallClock, client, listed, loopback, runtime, survive};
use crate::simulator::{Faults, Simulator};

fn begin(market: BinanceMarket, seed: u64, faults: Faults, runtime: &Runtime) -> (Simulator, Follower) {
    let ids = vec![InstrumentId(0), InstrumentId(1)];
    let other = if market == BinanceMarket::CoinMargined { "ETHUSD_PERP" } else { "ETHUSDT" };
    let instruments = [listed(bitcoin(market), 0), listed(named(market, other), 1)];
    let symbols: Vec<_> = instruments.iter().map(|(one, _)| (one.symbol.clone(), one.id)).collect();
    let source = Box::new(RandomMarket::new(seed, ids));
    let simulator = runtime
        .block_on(simulator::start(loopback(seed, faults), market, source, &instruments, Arc::new(WallClock)))
        .unwrap();
    let address = simulator.address();
    let addresses = BinanceAddresses { stream: format!("ws://{address}"), rest: format!("http://{address}") };
    let feeds = BinanceFeed::connections(market, &addresses, &symbols);
    let vendors = feeds.into_iter().map(|feed| (Arc::new(feed) as Arc<dyn Vendor>, Some(client()))).collect();
    (simulator, Follower::start(vendors, runtime))
}

/// Frames lost, doubled and out of order; stalls, cuts, half-open connections, refusals, a storm.
#[test]
fn whatever_happens_the_books_end_whole_and_true_and_the_budget_is_kept() {
    let markets = [BinanceMarket::Spot, BinanceMarket::UsdMargined, BinanceMarket::CoinMargined];
    for seed in 1..=6u64 {
        let market = markets[usize::try_from(seed).unwrap() % markets.len()];
        let runtime = runtime();
        let (simulator, mut follower) = begin(market, seed, Faults::some(), &runtime);
        survive(&mut follower, &simulator, seed, (5, usize::MAX));
    }
}

#[test]
fn without_faults_there_is_no_gap_and_no_disconnect() {
    let runtime = runtime();
    let (simulator, mut follower) = begin(BinanceMarket::Spot, 7, Faults::default(), &runtime);
    follower.until("whole", |follower| follower.books.values().all(|book| book.book().is_some()));
    let before = follower.gaps;
    follower.for_a_while(Span::SECOND);
    assert_eq!((follower.gaps, follower.disconnects), (before, 0));
    simulator.pause(true);
    follower.until("equal", |follower| follower.agrees_with(&simulator));
    assert_eq!(simulator.counts().snapshots, 2, "one for each book: {:?}", simulator.counts());
}

/// The venue says that it will close; another connection takes over, and no trade is missed or told twice.
#[test]
fn a_connection_takes_over_from_another_without_a_hole() {
    let runtime = runtime();
    let (simulator, mut follower) = begin(BinanceMarket::UsdMargined, 8, Faults::default(), &runtime);
    follower.until("whole", |follower| follower.books.values().all(|book| book.book().is_some()));
    for round in 1..=2 {
        simulator.say_farewell();
        follower.until("another connection", |_| simulator.counts().connections > round);
        follower.for_a_while(Span::from_millis(1_500));
    }
    assert_eq!(follower.disconnects, 0);
    for (instrument, ids) in &follower.trades {
        let whole = ids.windows(2).all(|pair| pair[1] == pair[0] + 1);
        assert!(whole && ids.len() > 100, "{instrument}: {ids:?}");
    }
    simulator.pause(true);
    follower.until("equal", |follower| follower.agrees_with(&simulator));
}

#[test]
fn many_symbols_are_spread_over_connections_of_at_most_1024_streams() {
    let symbols: Vec<_> = (0..650).map(|number| (format!("S{number}USDT"), InstrumentId(number))).collect();
    let market = BinanceMarket::Spot;
    let feeds = BinanceFeed::connections(market, &market.addresses(), &symbols);
    let sizes: Vec<usize> = feeds.iter().map(|feed| feed.books().len()).collect();
    assert_eq!(sizes, [300, 300, 50]);
}

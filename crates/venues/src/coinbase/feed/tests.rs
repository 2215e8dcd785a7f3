use std::sync::Arc;

use domain::InstrumentId;

use super::CoinbaseFeed;
use crate::coinbase::{instrument, simulator};
use crate::live::Vendor;
use crate::live::tests::{Follower, RandomMarket, WallClock, listed, loopback, runtime, survive};
use crate::simulator::Faults;

#[test]
fn whatever_happens_the_books_end_whole_and_true() {
    for seed in 1..=3u64 {
        let runtime = runtime();
        let instruments = [listed(instrument("BTC-USD"), 0), listed(instrument("ETH-USD"), 1)];
        let symbols: Vec<_> = instruments.iter().map(|(one, _)| (one.symbol.clone(), one.id)).collect();
        let source = Box::new(RandomMarket::new(seed, vec![InstrumentId(0), InstrumentId(1)]));
        let config = loopback(seed, Faults::some());
        let started = simulator::start(config, source, &instruments, Arc::new(WallClock));
        let simulator = runtime.block_on(started).unwrap();
        let feed = CoinbaseFeed::new(format!("ws://{}/", simulator.address()), &symbols);
        let mut follower = Follower::start(vec![(Arc::new(feed) as Arc<dyn Vendor>, None)], &runtime);
        survive(&mut follower, &simulator, seed, (8, usize::MAX));
    }
}

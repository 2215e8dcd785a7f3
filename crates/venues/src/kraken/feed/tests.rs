use std::sync::Arc;

use domain::InstrumentId;

use super::KrakenFeed;
use crate::kraken::{instrument, simulator};
use crate::live::Vendor;
use crate::live::tests::{Follower, RandomMarket, WallClock, listed, loopback, runtime, survive};
use crate::simulator::Faults;

/// The checksum is over ten levels, so ten are what is known to be true.
const KNOWN: usize = 10;

#[test]
fn whatever_happens_the_books_end_whole_and_true() {
    for seed in 1..=3u64 {
        let runtime = runtime();
        let instruments = [listed(instrument("BTC/USD"), 0), listed(instrument("ETH/USD"), 1)];
        let symbols: Vec<_> = instruments.iter().map(|(one, _)| (one.symbol.clone(), one.id)).collect();
        let source = Box::new(RandomMarket::new(seed, vec![InstrumentId(0), InstrumentId(1)]));
        let config = loopback(seed, Faults::some());
        let started = simulator::start(config, source, &instruments, Arc::new(WallClock));
        let simulator = runtime.block_on(started).unwrap();
        let feed = KrakenFeed::new(format!("ws://{}/v2", simulator.address()), &symbols);
        let mut follower = Follower::start(vec![(Arc::new(feed) as Arc<dyn Vendor>, None)], &runtime);
        survive(&mut follower, &simulator, seed, (5, KNOWN));
        let agreed: u64 = follower.books.values().map(|book| book.counts().checksums_agree).sum();
        assert!(agreed > 10, "seed {seed}: the venue's checksums referee the books: {agreed}");
        assert!(follower.books.values().all(|book| !book.is_unverified()), "seed {seed}");
    }
}

//! A real recording through the flow: three markets of one asset.

use domain::{BarRule, InstrumentId, Instruments, MarketEvent};
use venues::binance::instruments::bitcoin;
use venues::binance::{BinanceMarket, CaptureSource};

use super::limits;
use super::market_crate::SequenceRule;
use crate::flow::{Counts, Flow, FlowConfig};

fn play(
    file: &str,
    market: BinanceMarket,
    quote_sources: Vec<(InstrumentId, crate::QuoteSource)>,
) -> Option<Counts> {
    let path = recordings::find(&format!("crypto_ws/binance_btc_2024-08-08/{file}"))?;
    let mut listed = Instruments::default();
    let instrument = bitcoin(market);
    let symbol = instrument.symbol.clone();
    let id = listed.list(instrument).unwrap();
    let rule =
        if market.names_previous_update() { SequenceRule::PreviousId } else { SequenceRule::Contiguous };
    let config = FlowConfig {
        books: vec![(id, rule.into())],
        quote_sources,
        bar_rules: vec![BarRule::SECOND],
        depth_levels: 10,
        ..FlowConfig::checks_only(limits())
    };
    let mut flow = Flow::new(config, &listed).unwrap();
    let mut source = CaptureSource::open(&path, market, &[(symbol, id)]).unwrap();
    let mut clock = domain::Timestamp::MIN;
    while let Some(captured) = source.next() {
        flow.push(captured.unwrap().message, &mut |event| {
            if !matches!(event, MarketEvent::Bar(_)) {
                assert!(event.time() >= clock);
                clock = event.time();
            }
        });
    }
    Some(flow.counts().total)
}

/// Every comparison of the rebuilt book with the venue's own best prices agrees, in the numbers that an
/// independent count over the recordings gives.
#[test]
fn the_rebuilt_books_agree_with_the_venues_own_quotes() {
    let table = [
        ("spot_btcusdt.gz", BinanceMarket::Spot, 41_249, 3_449),
        ("usdm_btcusdt.gz", BinanceMarket::UsdMargined, 93_954, 6_545),
        ("cm_btcusd_perp.gz", BinanceMarket::CoinMargined, 48_270, 26_807),
    ];
    for (file, market, messages, comparisons) in table {
        let Some(total) = play(file, market, Vec::new()) else { return };
        let verified = (total.verify_agree, total.verify_disagree, total.verify_skipped);
        assert_eq!(verified, (comparisons, 0, 0), "{file}");
        assert_eq!(total.messages, messages, "{file}");
        assert_eq!((total.gaps, total.crossed, total.resyncs, total.invalid), (0, 0, 0, 0), "{file}");
        assert_eq!(total.refused.total(), 0, "{file}: {:?}", total.refused);
    }
}

#[test]
fn the_choice_of_witness_decides_how_many_quotes_are_told() {
    let id = InstrumentId(0);
    let quotes = |source| {
        let total = play("spot_btcusdt.gz", BinanceMarket::Spot, vec![(id, source)])?;
        Some((total.quotes, total.verify_agree))
    };
    let Some(feed) = quotes(crate::QuoteSource::Feed) else { return };
    let Some(book) = quotes(crate::QuoteSource::Book) else { return };
    assert_eq!((feed.1, book.1), (3_449, 3_449), "the comparison does not depend on it");
    assert!(feed.0 >= 28_040 && book.0 <= 3_450, "{feed:?} {book:?}");
}

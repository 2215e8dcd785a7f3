use domain::{FeedMessage, InstrumentId, Level, Price, Quantity, Side, Timestamp, Trade};
use proptest::prelude::*;

use super::{Decoder, TradeStream, known};
use crate::binance::BinanceMarket;
use crate::wire::DecodeErrorKind;

const RECEIVED: Timestamp = Timestamp::from_nanos(1_723_161_256_000_000_000);

const SPOT_TRADE: &str = r#"{"stream":"btcusdt@trade","data":{"e":"trade","E":1723161255343,"s":"BTCUSDT","t":3735683259,"p":"61837.63000000","q":"0.02000000","T":1723161255342,"m":true,"M":true}}"#;
const SPOT_QUOTE: &str = r#"{"stream":"btcusdt@bookTicker","data":{"u":50093239212,"s":"BTCUSDT","b":"61837.63000000","B":"3.78826000","a":"61837.64000000","A":"1.54698000"}}"#;
const SPOT_DEPTH: &str = r#"{"stream":"btcusdt@depth@100ms","data":{"e":"depthUpdate","E":1723161255308,"s":"BTCUSDT","U":50093239203,"u":50093239207,"b":[["55653.87000000","0.00000000"]],"a":[["61838.04000000","0.32332000"],["61844.30000000","0.40163000"]]}}"#;
const SPOT_SNAPSHOT: &str =
    r#"{"lastUpdateId":50093239218,"bids":[["61837.63000000","3.78826000"]],"asks":[]}"#;
const USDM_TRADE: &str = r#"{"stream":"btcusdt@trade","data":{"e":"trade","E":1723161256322,"T":1723161256321,"s":"BTCUSDT","t":5266583935,"p":"61800.30","q":"0.006","X":"MARKET","m":false}}"#;
const USDM_QUOTE: &str = r#"{"stream":"btcusdt@bookTicker","data":{"e":"bookTicker","u":5123107839020,"s":"BTCUSDT","b":"61800.20","B":"2.507","a":"61800.30","A":"2.510","T":1723161256313,"E":1723161256314}}"#;
const USDM_DEPTH: &str = r#"{"stream":"btcusdt@depth@0ms","data":{"e":"depthUpdate","E":1723161256299,"T":1723161256298,"s":"BTCUSDT","U":5,"u":7,"pu":4,"b":[],"a":[["58710.20","0.014"]]}}"#;
const USDM_SNAPSHOT: &str = r#"{"lastUpdateId":5,"E":1723161256501,"T":1723161256493,"bids":[["61800.20","2.909"]],"asks":[["61800.3","1"]]}"#;
const COINM_QUOTE: &str = r#"{"stream":"btcusd_perp@bookTicker","data":{"u":1007198632021,"e":"bookTicker","s":"BTCUSD_PERP","ps":"BTCUSD","b":"61804.7","B":"35","a":"61804.8","A":"1645","T":1723161257465,"E":1723161257476}}"#;
const COINM_SNAPSHOT: &str = r#"{"lastUpdateId":9,"E":1723161257835,"T":1723161257823,"symbol":"BTCUSD_PERP","pair":"BTCUSD","bids":[["61804.7","35"]],"asks":[]}"#;

const TEMPLATES: [&str; 10] = [
    SPOT_TRADE,
    SPOT_QUOTE,
    SPOT_DEPTH,
    SPOT_SNAPSHOT,
    USDM_TRADE,
    USDM_QUOTE,
    USDM_DEPTH,
    USDM_SNAPSHOT,
    COINM_QUOTE,
    COINM_SNAPSHOT,
];

fn decoder(market: BinanceMarket) -> Decoder {
    let symbols = [("BTCUSDT".to_owned(), InstrumentId(3)), ("BTCUSD_PERP".to_owned(), InstrumentId(4))];
    let count = if market == BinanceMarket::CoinMargined { 2 } else { 1 };
    Decoder::new(market, &symbols[..count])
}

fn market_of(text: &str) -> BinanceMarket {
    if text.contains("BTCUSD_PERP") {
        BinanceMarket::CoinMargined
    } else if text.contains("\"T\":") && !text.contains("\"M\":") {
        BinanceMarket::UsdMargined
    } else {
        BinanceMarket::Spot
    }
}

fn level(price: &str, quantity: &str) -> Level {
    Level { price: price.parse().unwrap(), quantity: quantity.parse().unwrap() }
}

#[test]
fn a_trade_keeps_every_digit_and_says_who_took() {
    let mut decoder = decoder(BinanceMarket::Spot);
    let expected = Trade {
        instrument: InstrumentId(3),
        id: 3_735_683_259,
        price: "61837.63".parse().unwrap(),
        quantity: "0.02".parse().unwrap(),
        aggressor: Some(Side::Sell),
        venue_time: Timestamp::from_millis(1_723_161_255_342),
        receive_time: RECEIVED,
    };
    assert_eq!(decoder.decode(SPOT_TRADE.as_bytes(), RECEIVED), Ok(Some(FeedMessage::Trade(expected))));
    let mut futures = self::decoder(BinanceMarket::UsdMargined);
    let Ok(Some(FeedMessage::Trade(trade))) = futures.decode(USDM_TRADE.as_bytes(), RECEIVED) else {
        panic!()
    };
    assert_eq!(trade.aggressor, Some(Side::Buy));
    assert_eq!(trade.venue_time, Timestamp::from_millis(1_723_161_256_321));
}

#[test]
fn a_spot_quote_has_no_venue_time_of_its_own() {
    let mut decoder = decoder(BinanceMarket::Spot);
    let Ok(Some(FeedMessage::Quote { quote, update_id })) = decoder.decode(SPOT_QUOTE.as_bytes(), RECEIVED)
    else {
        panic!()
    };
    assert_eq!(update_id, Some(50_093_239_212));
    assert_eq!((quote.bid, quote.ask), (level("61837.63", "3.78826"), level("61837.64", "1.54698")));
    assert_eq!((quote.venue_time, quote.receive_time), (RECEIVED, RECEIVED));
}

#[test]
fn futures_messages_carry_the_transaction_time() {
    let mut decoder = decoder(BinanceMarket::CoinMargined);
    let Ok(Some(FeedMessage::Quote { quote, .. })) = decoder.decode(COINM_QUOTE.as_bytes(), RECEIVED) else {
        panic!()
    };
    assert_eq!(quote.instrument, InstrumentId(4));
    assert_eq!(quote.venue_time, Timestamp::from_millis(1_723_161_257_465));
}

#[test]
fn depth_updates_carry_ids_levels_and_the_previous_id_where_there_is_one() {
    let mut decoder = decoder(BinanceMarket::Spot);
    let Ok(Some(FeedMessage::DepthUpdate(update))) = decoder.decode(SPOT_DEPTH.as_bytes(), RECEIVED) else {
        panic!()
    };
    assert_eq!((update.first_update_id, update.last_update_id), (50_093_239_203, 50_093_239_207));
    assert_eq!(update.previous_update_id, None);
    assert_eq!(update.bids, [level("55653.87", "0")]);
    assert_eq!(update.asks, [level("61838.04", "0.32332"), level("61844.3", "0.40163")]);
    assert_eq!(update.venue_time, Timestamp::from_millis(1_723_161_255_308));
    let mut futures = self::decoder(BinanceMarket::UsdMargined);
    let Ok(Some(FeedMessage::DepthUpdate(update))) = futures.decode(USDM_DEPTH.as_bytes(), RECEIVED) else {
        panic!()
    };
    assert_eq!(update.previous_update_id, Some(4));
    assert_eq!(update.venue_time, Timestamp::from_millis(1_723_161_256_298));
}

#[test]
fn buffers_are_emptied_between_messages() {
    let mut decoder = decoder(BinanceMarket::Spot);
    assert!(decoder.decode(SPOT_DEPTH.as_bytes(), RECEIVED).is_ok());
    let empty = SPOT_DEPTH.replace(r#"[["55653.87000000","0.00000000"]]"#, "[]");
    let Ok(Some(FeedMessage::DepthUpdate(update))) = decoder.decode(empty.as_bytes(), RECEIVED) else {
        panic!()
    };
    assert_eq!((update.bids.len(), update.asks.len()), (0, 2));
}

#[test]
fn a_snapshot_belongs_to_the_only_symbol_or_to_the_one_it_names() {
    let mut one = decoder(BinanceMarket::Spot);
    let Ok(Some(FeedMessage::DepthSnapshot(snapshot))) = one.decode(SPOT_SNAPSHOT.as_bytes(), RECEIVED)
    else {
        panic!()
    };
    assert_eq!((snapshot.instrument, snapshot.last_update_id), (InstrumentId(3), 50_093_239_218));
    assert_eq!(snapshot.venue_time, RECEIVED);
    let mut two = decoder(BinanceMarket::CoinMargined);
    let Ok(Some(FeedMessage::DepthSnapshot(snapshot))) = two.decode(COINM_SNAPSHOT.as_bytes(), RECEIVED)
    else {
        panic!()
    };
    assert_eq!(snapshot.instrument, InstrumentId(4));
    assert_eq!(snapshot.venue_time, Timestamp::from_millis(1_723_161_257_823));
    let error = two.decode(SPOT_SNAPSHOT.as_bytes(), RECEIVED).unwrap_err();
    assert_eq!(error.kind, DecodeErrorKind::AmbiguousSymbol);
}

#[test]
fn every_template_takes_the_fast_way_and_both_ways_agree() {
    for text in TEMPLATES {
        let (mut fast, mut full) = (decoder(market_of(text)), decoder(market_of(text)));
        let read = fast.decode(text.as_bytes(), RECEIVED);
        assert!(matches!(read, Ok(Some(_))), "{text}: {read:?}");
        assert_eq!(read, full.decode_fully(text.as_bytes(), RECEIVED), "{text}");
        assert_eq!(fast.surprises(), 0, "{text}");
    }
}

#[test]
fn order_spacing_escapes_and_a_missing_envelope_change_nothing() {
    let reordered = r#" {"data": {"m":true, "T":1723161255342,"q":"0.02000000","p":"61837.63000000",
        "t":3735683259,"s":"\u0042TCUSDT","E":1723161255343,"e":"tr\u0061de","new":{"a":[1,null]}},"stream":"x"}"#;
    let bare = &SPOT_TRADE[SPOT_TRADE.find(r#"{"e""#).unwrap()..SPOT_TRADE.len() - 1];
    for text in [reordered, bare] {
        let (mut decoder, mut reference) = (decoder(BinanceMarket::Spot), decoder(BinanceMarket::Spot));
        let expected = reference.decode(SPOT_TRADE.as_bytes(), RECEIVED);
        assert_eq!(decoder.decode(text.as_bytes(), RECEIVED), expected, "{text}");
        assert_eq!(decoder.surprises(), 1);
    }
}

#[test]
fn messages_without_market_data_are_nothing_and_no_error() {
    let quiet = [
        r#"{"result":null,"id":1}"#,
        r#"{"stream":"btcusdt@aggTrade","data":{"e":"aggTrade","s":"BTCUSDT"}}"#,
        r#"{"stream":"btcusdt@depth5","data":{"lastUpdateId":1,"bids":[],"asks":[]}}"#,
        r#"{"e":"serverShutdown","E":1}"#,
    ];
    for text in quiet {
        assert_eq!(decoder(BinanceMarket::Spot).decode(text.as_bytes(), RECEIVED), Ok(None), "{text}");
    }
}

/// `from` replaced by `to` in a good message, and what is said about it.
const REFUSALS: [(&str, &str, &str, DecodeErrorKind); 28] = {
    use DecodeErrorKind as Kind;
    [
        (SPOT_TRADE, r#""0.02000000""#, r#""-0.02""#, Kind::NegativeQuantity),
        (SPOT_TRADE, r#""0.02000000""#, r#""0.000""#, Kind::ZeroQuantity),
        (SPOT_TRADE, r#""0.02000000""#, r#""1e-2""#, Kind::NotANumber),
        (SPOT_TRADE, r#""0.02000000""#, r#""0.0200000001""#, Kind::TooPrecise),
        (SPOT_TRADE, r#""61837.63000000""#, r#""-61837.63""#, Kind::PriceNotPositive),
        (SPOT_TRADE, r#""61837.63000000""#, r#""0""#, Kind::PriceNotPositive),
        (SPOT_TRADE, r#""61837.63000000""#, r#""NaN""#, Kind::NotANumber),
        (SPOT_TRADE, r#""61837.63000000""#, r#""""#, Kind::NotANumber),
        (SPOT_TRADE, r#""61837.63000000""#, "NaN", Kind::Malformed),
        (SPOT_TRADE, r#""61837.63000000""#, "61837.63", Kind::Malformed),
        (SPOT_TRADE, r#""61837.63000000""#, r#""99999999999999999999999""#, Kind::OutOfRange),
        (SPOT_TRADE, r#""61837.63000000""#, r#""10000000000""#, Kind::OutOfRange),
        (SPOT_TRADE, r#""p":"61837.63000000","#, "", Kind::Missing),
        (SPOT_TRADE, r#""p":"#, r#""p":"1","p":"#, Kind::Malformed),
        (SPOT_TRADE, r#""T":1723161255342"#, r#""T":99999999999999999"#, Kind::OutOfRange),
        (SPOT_TRADE, r#""T":1723161255342"#, r#""T":-5"#, Kind::Malformed),
        (SPOT_TRADE, r#""T":1723161255342"#, r#""T":1e400"#, Kind::Malformed),
        (SPOT_TRADE, r#""T":1723161255342"#, r#""T":01723161255342"#, Kind::Malformed),
        (SPOT_TRADE, "BTCUSDT", "ETHUSDT", Kind::UnknownSymbol),
        (SPOT_TRADE, r#""e":"trade""#, r#""e":"mystery""#, Kind::UnknownEvent),
        (SPOT_TRADE, r#""e":"trade","#, "", Kind::Missing),
        (SPOT_TRADE, "true}}", "true}", Kind::Malformed),
        (SPOT_TRADE, "true}}", "true}}}", Kind::Malformed),
        (SPOT_DEPTH, r#""0.32332000""#, r#""-1""#, Kind::NegativeQuantity),
        (SPOT_DEPTH, r#"["55653.87000000","0.00000000"]"#, r#"["55653.87"]"#, Kind::Malformed),
        (SPOT_DEPTH, r#""u":50093239207"#, r#""u":1"#, Kind::UpdateIdsReversed),
        (SPOT_QUOTE, r#""61837.63000000""#, r#""0.0""#, Kind::PriceNotPositive),
        (USDM_DEPTH, r#","pu":4"#, "", Kind::Missing),
    ]
};

#[test]
fn bad_values_are_refused_for_the_reason_they_are_bad() {
    for (text, from, to, kind) in REFUSALS {
        let bad = text.replacen(from, to, 1);
        assert_ne!(bad, text, "`{from}` is not in the message");
        let error = decoder(market_of(text)).decode(bad.as_bytes(), RECEIVED).expect_err(&bad);
        assert_eq!(error.kind, kind, "{bad}: {error}");
        assert!(error.offset <= bad.len(), "{bad}: {error}");
    }
}

#[test]
fn an_error_points_at_the_value() {
    let bad = SPOT_TRADE.replacen("0.02000000", "-0.02", 1);
    let error = decoder(BinanceMarket::Spot).decode(bad.as_bytes(), RECEIVED).unwrap_err();
    assert_eq!(Some(error.offset), bad.find("-0.02"));
    assert_eq!(
        error.to_string(),
        format!("quantity `q` is a negative quantity (byte {} of the message)", error.offset)
    );
    let cut = &SPOT_TRADE[..90];
    let error = decoder(BinanceMarket::Spot).decode(cut.as_bytes(), RECEIVED).unwrap_err();
    assert!((88..=90).contains(&error.offset), "{error}");
}

#[test]
fn hostile_bytes_are_errors() {
    let deep = format!("{}{}", "[".repeat(1_000_000), "]".repeat(1_000_000));
    let deep_field = format!(r#"{{"stream":"x","data":{{"e":"trade","x":{deep}}}}}"#);
    let table: [(&[u8], DecodeErrorKind); 9] = [
        (b"", DecodeErrorKind::Empty),
        (b" \t ", DecodeErrorKind::Empty),
        (b"\xff\xfe\x00", DecodeErrorKind::InvalidUtf8),
        (b"[]", DecodeErrorKind::Malformed),
        (b"null", DecodeErrorKind::Malformed),
        (br#"{"stream":"x","data":["trade",1,2]}"#, DecodeErrorKind::Malformed),
        (b"{}", DecodeErrorKind::Missing),
        (br#"{"code":-1121,"msg":"Invalid symbol."}"#, DecodeErrorKind::ReportedByVenue),
        (deep.as_bytes(), DecodeErrorKind::Malformed),
    ];
    for (text, kind) in table {
        let error = decoder(BinanceMarket::Spot).decode(text, RECEIVED).unwrap_err();
        assert_eq!(error.kind, kind, "{}", String::from_utf8_lossy(&text[..text.len().min(60)]));
    }
    assert!(decoder(BinanceMarket::Spot).decode(deep_field.as_bytes(), RECEIVED).is_err());
}

#[test]
fn an_empty_side_of_the_book_is_price_and_quantity_zero() {
    let text = SPOT_QUOTE.replacen("61837.63000000", "0.00000000", 1).replacen("3.78826000", "0.00000000", 1);
    let mut decoder = decoder(BinanceMarket::Spot);
    let Ok(Some(FeedMessage::Quote { quote, .. })) = decoder.decode(text.as_bytes(), RECEIVED) else {
        panic!()
    };
    assert_eq!(quote.bid, Level::default());
}

/// What the fast layer alone says, and what the full one does: it may give up, but never differ.
fn check_agreement(market: BinanceMarket, text: &[u8]) -> Result<(), TestCaseError> {
    let (mut fast, mut full) = (decoder(market), decoder(market));
    let read = known::read(text, RECEIVED, market, &fast.symbols, TradeStream::Single, &mut fast.buffers);
    let expected = full.decode_fully(text, RECEIVED);
    if let Some(decoded) = read {
        prop_assert_eq!(Ok(Some(fast.lend(decoded))), expected);
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn damaged_messages_never_divide_the_layers(
        template in 0..TEMPLATES.len(),
        edits in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>(), 0..4u8), 0..4),
        market in prop::sample::select(vec![
            BinanceMarket::Spot, BinanceMarket::UsdMargined, BinanceMarket::CoinMargined,
        ]),
    ) {
        let mut text = TEMPLATES[template].as_bytes().to_vec();
        for (index, byte, action) in edits {
            let at = index.index(text.len().max(1));
            match action {
                0 => text.insert(at.min(text.len()), byte),
                1 => { text.truncate(at); }
                2 if at < text.len() => { text.remove(at); }
                // A digit or a mark somewhere is likelier to pass than any byte.
                _ if at < text.len() => text[at] = b"0123456789.-\"{}[],:"[usize::from(byte) % 19],
                _ => {}
            }
        }
        check_agreement(market, &text)?;
    }

    #[test]
    fn any_decimal_reads_as_the_domain_reads_it(
        price in "[+-]?[0-9]{0,12}(\\.[0-9]{0,11})?",
        quantity in "[0-9]{0,20}(\\.[0-9]{0,11})?",
    ) {
        let text = SPOT_TRADE.replacen("61837.63000000", &price, 1).replacen("0.02000000", &quantity, 1);
        let mut decoder = decoder(BinanceMarket::Spot);
        let read = decoder.decode(text.as_bytes(), RECEIVED);
        let expected = (Price::parse(price.as_bytes()), Quantity::parse(quantity.as_bytes()));
        match (read, expected) {
            (Ok(Some(FeedMessage::Trade(trade))), expected) => {
                prop_assert_eq!((Ok(trade.price), Ok(trade.quantity)), expected);
            }
            (Err(error), (Err(expected), _)) => prop_assert_eq!(error.kind, expected.into()),
            (Err(error), (Ok(price), _)) if price <= Price::ZERO => {
                prop_assert_eq!(error.kind, DecodeErrorKind::PriceNotPositive);
            }
            (Err(error), (Ok(_), Err(expected))) => prop_assert_eq!(error.kind, expected.into()),
            (Err(error), (Ok(_), Ok(quantity))) => {
                prop_assert!(quantity.is_zero(), "{}", text);
                prop_assert_eq!(error.kind, DecodeErrorKind::ZeroQuantity);
            }
            (other, _) => prop_assert!(false, "{:?}", other),
        }
    }

    #[test]
    fn any_bytes_are_survived(text in prop::collection::vec(any::<u8>(), 0..200)) {
        check_agreement(BinanceMarket::Spot, &text)?;
    }
}

use std::collections::BTreeMap;
use std::time::Duration;

use domain::{BarPeriod, Level, Price, Quantity};
use pipeline::contract::{Subject, check};
use resilience::{PolicyConfig, Surroundings};
use store::RedisConfig;

use super::*;

fn line(runtime: &Handle, prefix: &str, instruments: u32) -> Option<Line> {
    let server = servers::redis()?;
    let config = RedisConfig {
        connect_timeout: Duration::from_secs(5),
        command_timeout: Duration::from_secs(5),
        keepalive: Duration::from_secs(60),
    };
    let names = (0..instruments).map(|number| format!("latest:{prefix}:{number}")).collect();
    Some(Line {
        redis: Redis::new(&server.url(), &config).unwrap(),
        policy: Policy::new("redis.commands", &PolicyConfig::default(), Surroundings::system()).unwrap(),
        runtime: runtime.clone(),
        names: Arc::new(names),
    })
}

fn quote(instrument: u32, seconds: i64, bid: i32) -> SinkItem {
    let level = |units: i32| Level { price: Price::from_units(units), quantity: Quantity::from_units(2) };
    SinkItem::Quote(Quote {
        instrument: InstrumentId(instrument),
        bid: level(bid),
        ask: level(bid + 1),
        venue_time: Timestamp::from_seconds(seconds),
        receive_time: Timestamp::from_seconds(1_700_000_000 + seconds),
    })
}

fn bar(instrument: u32, period: BarPeriod) -> SinkItem {
    let open_time = Timestamp::from_seconds(1_700_000_000);
    let bar = Bar::of_period(InstrumentId(instrument), period, open_time, Price::from_units(3));
    SinkItem::Bar(Bar { volume: Quantity::from_units(9), trades: 5, ..bar })
}

fn hash(line: &Line, instrument: usize) -> BTreeMap<String, String> {
    line.runtime.block_on(line.redis.latest(&line.names[instrument])).unwrap().into_iter().collect()
}

#[test]
fn only_what_is_newer_replaces_what_is_there() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let Some(line) = line(runtime.handle(), "newer", 2) else { return };
    let mut sink = LatestSink::new(line.clone());
    sink.commit(&[quote(0, 5, 100), quote(0, 7, 200), quote(0, 6, 300), quote(1, 1, 50)]).unwrap();
    let bid = |instrument| hash(&line, instrument)["quote_bid"].clone();
    assert_eq!((bid(0), bid(1)), ("200".to_owned(), "50".to_owned()), "the newest of a batch");
    sink.commit(&[quote(0, 6, 900)]).unwrap();
    assert_eq!(bid(0), "200", "an older one changes nothing");
    sink.commit(&[quote(0, 8, 250)]).unwrap();
    assert_eq!(bid(0), "250");
    sink.commit(&[bar(0, BarPeriod::SECOND), bar(0, BarPeriod::MINUTE)]).unwrap();
    let all = hash(&line, 0);
    assert_eq!((all["bar_1s_close"].as_str(), all["bar_1m_volume"].as_str()), ("3", "9"));
    assert_eq!(all["quote_time"], "1700000008000000000", "exact to the nanosecond");
    assert_eq!(all["quote_bid"], "250", "bars leave the quote as it is");
}

#[test]
fn redis_is_a_sink_as_the_contract_wants_it() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let Some(line) = line(runtime.handle(), "contract", 12) else { return };
    let sound: Vec<SinkItem> = (0..12).map(|number| quote(number, i64::from(number), 100)).collect();
    let kept = || {
        let there = |number: usize| {
            let values = hash(&line, number);
            let time: i64 = values.get("quote_time")?.parse().ok()?;
            let bid: i32 = values["quote_bid"].parse().ok()?;
            let number = u32::try_from(number).ok()?;
            Some(quote(number, time / 1_000_000_000 - 1_700_000_000, bid))
        };
        (0..12).filter_map(there).collect()
    };
    check(&Subject {
        sink: &|| Box::new(LatestSink::new(line.clone())),
        kept: &kept,
        sound,
        poison: Some(quote(99, 1, 1)),
    });
}

//! A table of what happens, and of what the venue says: lines that begin with `>` are its reports.
//!
//! `<ms> quote <bid> <ask>`, `<ms> depth <bid>,… <ask>,…`, `<ms> trade <price>x<quantity>`,
//! `<ms> bar <open> <high> <low> <close> <volume>` (a minute that ends at `<ms>`), `<ms> invalid`, `<ms> split`,
//! `<ms> buy|sell <id> <quantity> market|<limit>|stop [ioc|fok|day|opg]`, `<ms> cancel|query <id>`, `<ms> read`.

use std::fmt::Write;
use std::sync::Arc;

use domain::{
    Bar, BarPeriod, CorporateAction, CorporateTerms, Depth, InstrumentId, Level, OrderEvent, OrderKind,
    OrderRequest, Quote, Side, Split, TimeInForce, Trade,
};

use super::*;

const COIN: InstrumentId = InstrumentId(0);

/// Plays the table and compares it with itself, reports renewed.
#[track_caller]
pub(super) fn check(config: MatchingConfig, table: &str) {
    let mut venue = Matching::new(config, &instruments(1));
    check_on(&mut venue, table);
}

#[track_caller]
pub(super) fn check_on(venue: &mut Matching, table: &str) {
    let lines = table.lines().map(str::trim).filter(|line| !line.is_empty());
    let wanted: Vec<&str> = lines.collect();
    let mut happened = String::new();
    for line in wanted.iter().filter(|line| !line.starts_with('>')) {
        writeln!(happened, "{line}").unwrap();
        play(venue, line, &mut happened);
    }
    assert_eq!(happened.trim(), wanted.join("\n"), "\n{happened}");
}

fn play(venue: &mut Matching, line: &str, reports: &mut String) {
    let words: Vec<&str> = line.split_whitespace().collect();
    let now = millis(words[0].parse().unwrap());
    match words[1] {
        "buy" | "sell" => venue.submit(&approve(order(&words, now)), now),
        "cancel" => venue.cancel(OrderId(words[2].parse().unwrap()), now),
        "query" => venue.query(OrderId(words[2].parse().unwrap()), now),
        "read" => {}
        _ => venue.observe(&event(&words, now)),
    }
    while let Some(report) = venue.next_report(now) {
        writeln!(reports, "{}", text(&report)).unwrap();
    }
}

fn order(words: &[&str], now: Timestamp) -> Order {
    let side = if words[1] == "buy" { Side::Buy } else { Side::Sell };
    let kind = match words[4] {
        "market" => OrderKind::Market,
        "stop" => OrderKind::Stop { trigger: Price::from_units(90) },
        price => OrderKind::Limit { price: price.parse().unwrap() },
    };
    let time_in_force = match words.get(5) {
        None => TimeInForce::GoodTillCancelled,
        Some(&"ioc") => TimeInForce::ImmediateOrCancel,
        Some(&"fok") => TimeInForce::FillOrKill,
        Some(&"day") => TimeInForce::Day,
        Some(_) => TimeInForce::AtOpen,
    };
    let quantity = words[3].parse().unwrap();
    let request = OrderRequest { kind, time_in_force, ..OrderRequest::market(COIN, side, quantity) };
    Order::new(OrderId(words[2].parse().unwrap()), request, now)
}

fn event(words: &[&str], now: Timestamp) -> MarketEvent {
    let (venue_time, receive_time) = (now, now);
    match words[1] {
        "quote" => {
            let (bid, ask) = (level(words[2]), level(words[3]));
            MarketEvent::Quote(Quote { instrument: COIN, bid, ask, venue_time, receive_time })
        }
        "depth" => {
            let levels = |word: &str| word.split(',').map(level).collect();
            let (bids, asks) = (levels(words[2]), levels(words[3]));
            MarketEvent::Depth(Arc::new(Depth { instrument: COIN, bids, asks, venue_time, receive_time }))
        }
        "trade" => {
            let Level { price, quantity } = level(words[2]);
            let (id, aggressor) = (0, None);
            MarketEvent::Trade(Trade {
                instrument: COIN,
                id,
                price,
                quantity,
                aggressor,
                venue_time,
                receive_time,
            })
        }
        "bar" => MarketEvent::Bar(bar(words, now)),
        "invalid" => MarketEvent::Invalid { instrument: COIN, time: now },
        "split" => {
            let terms = CorporateTerms::Split(Split { numerator: 2, denominator: 1 });
            MarketEvent::Corporate(CorporateAction { instrument: COIN, time: now, terms })
        }
        other => panic!("{other}"),
    }
}

fn bar(words: &[&str], now: Timestamp) -> Bar {
    let price = |index: usize| words[index].parse().unwrap();
    Bar {
        high: price(3),
        low: price(4),
        close: price(5),
        volume: words[6].parse().unwrap(),
        ..Bar::of_period(COIN, BarPeriod::MINUTE, now.plus(Span::from_seconds(-60)), price(2))
    }
}

fn level(word: &str) -> Level {
    let (price, quantity) = word.split_once('x').unwrap();
    Level { price: price.parse().unwrap(), quantity: quantity.parse().unwrap() }
}

fn text(report: &Report) -> String {
    let event = match &report.event {
        OrderEvent::Filled(fill) => {
            let who = format!("{:?}", fill.liquidity).to_lowercase();
            format!("{} @ {} {who}, fee {}, at {}", fill.quantity, fill.price, fill.fee, fill.time.millis())
        }
        OrderEvent::Accepted { venue_order_id } => {
            assert_eq!(venue_order_id.unwrap().0, report.order.0);
            "accepted".to_owned()
        }
        other => format!("{other:?}").to_lowercase(),
    };
    let reason = report.reason.map_or(String::new(), |reason| format!(" {reason:?}"));
    format!("> {} #{} {event}{reason}", report.time.millis(), report.order)
}

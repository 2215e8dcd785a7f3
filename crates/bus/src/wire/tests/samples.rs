//! One message of each form, which the documentation shows byte by byte.

use std::sync::Arc;

use domain::{
    AccountId, Bar, BarRule, CorporateAction, CorporateTerms, CrossVenueSpread, Currency, Depth, Dividend,
    Fill, FillId, InstrumentId, Level, Link, LinkRole, Liquidity, MarketEvent, Money, Order, OrderEvent,
    OrderId, OrderKind, OrderRequest, PairSpread, Price, Quantity, Quote, Rate, RegimeChange, Side, Span,
    Split, SpreadPhase, SpreadRegime, StrategyId, TenantId, TimeInForce, Timestamp, Trade, VenueOrderId,
};
use engine::{Entry, Record, RejectReason, Report};

use super::instruments;
use crate::{AccountEntry, Message};

const A: InstrumentId = InstrumentId(0);
const B: InstrumentId = InstrumentId(1);
const TIME: Timestamp = Timestamp::from_nanos(1_723_161_254_206_652_067);
const RECEIVED: Timestamp = Timestamp::from_nanos(1_723_161_254_209_000_000);

fn price(text: &str) -> Price {
    text.parse().unwrap()
}

fn quantity(text: &str) -> Quantity {
    text.parse().unwrap()
}

fn level(at: &str, size: &str) -> Level {
    Level { price: price(at), quantity: quantity(size) }
}

/// Each with the name under which the documentation shows it.
pub(super) fn all() -> Vec<(&'static str, Message)> {
    let mut all = market();
    all.extend(orders());
    let described = instruments(1).iter().next().unwrap().clone();
    all.push(("instrument", Message::Listed(Box::new(described))));
    all
}

pub(super) fn trade(instrument: InstrumentId) -> Message {
    Message::Market(MarketEvent::Trade(Trade {
        instrument,
        id: 3_733_941_204,
        price: price("61837.63"),
        quantity: quantity("0.00214"),
        aggressor: Some(Side::Sell),
        venue_time: TIME,
        receive_time: RECEIVED,
    }))
}

pub(super) fn spread(buy: InstrumentId, sell: InstrumentId) -> Message {
    Message::Market(MarketEvent::Spread(CrossVenueSpread {
        id: 17,
        phase: SpreadPhase::Opened,
        asset: Currency::BTC,
        buy,
        sell,
        buy_price: price("61837.63"),
        sell_price: price("61990.00"),
        quantity: quantity("0.5"),
        gross: "76.185".parse::<Money>().unwrap(),
        fees: "61.91".parse::<Money>().unwrap(),
        net_rate: "0.000461".parse::<Rate>().unwrap(),
        buy_age: Span::from_millis(12),
        sell_age: Span::from_millis(3),
        time: RECEIVED,
    }))
}

fn market() -> Vec<(&'static str, Message)> {
    let (bid, ask) = (level("61837.62", "1.5"), level("61837.63", "0.25"));
    let quote = Quote { instrument: A, bid, ask, venue_time: TIME, receive_time: RECEIVED };
    let bar = Bar {
        instrument: A,
        trades: 842,
        rule: BarRule::MINUTE,
        open_time: Timestamp::from_seconds(1_723_161_240),
        close_time: Timestamp::from_seconds(1_723_161_300),
        open: price("61830"),
        high: price("61845.5"),
        low: price("61822.01"),
        close: price("61837.63"),
        volume: quantity("41.20731"),
        number: 0,
        revision: 0,
    };
    let filled =
        Bar { rule: BarRule::Volume(quantity("2.5")), close_time: TIME, number: 1, revision: 2, ..bar };
    let pair = PairSpread {
        id: 7,
        phase: SpreadPhase::Opened,
        first: A,
        second: B,
        first_price: price("61837.62"),
        second_price: price("61900"),
        hedge_ratio: "1.0015".parse().unwrap(),
        z_score: "-3.25".parse().unwrap(),
        correlation: "0.998".parse().unwrap(),
        samples: 300,
        time: RECEIVED,
    };
    let regime = RegimeChange {
        instrument: A,
        from: SpreadRegime::Usual,
        to: SpreadRegime::Wide,
        share: "0.000012".parse().unwrap(),
        usual: "0.000003".parse().unwrap(),
        z_score: "4.5".parse().unwrap(),
        time: RECEIVED,
    };
    let depth = Depth {
        instrument: A,
        bids: vec![bid, level("61837.5", "0.01")],
        asks: vec![ask],
        venue_time: TIME,
        receive_time: RECEIVED,
    };
    let corporate = |terms| MarketEvent::Corporate(CorporateAction { instrument: B, time: RECEIVED, terms });
    let events = [
        ("quote", MarketEvent::Quote(quote)),
        ("bar", MarketEvent::Bar(bar)),
        ("filled bar", MarketEvent::Bar(filled)),
        ("pair", MarketEvent::Pair(pair)),
        ("regime", MarketEvent::Regime(regime)),
        ("invalid", MarketEvent::Invalid { instrument: A, time: RECEIVED }),
        ("depth", MarketEvent::Depth(Arc::new(depth))),
        ("split", corporate(CorporateTerms::Split(Split { numerator: 1, denominator: 20 }))),
        ("dividend", corporate(CorporateTerms::Dividend(Dividend { per_share: price("0.24") }))),
    ];
    let others = events.map(|(name, event)| (name, Message::Market(event)));
    [("trade", trade(A)), ("spread", spread(A, B))].into_iter().chain(others).collect()
}

pub(super) fn fact(record: Record) -> Message {
    let entry = Entry { sequence: 301, time: RECEIVED, record };
    let (tenant, account) = (TenantId(uuid::Uuid::from_u128(0x11)), AccountId(uuid::Uuid::from_u128(0x22)));
    Message::Order(Box::new(AccountEntry { tenant, account, entry }))
}

pub(super) fn deposit() -> Message {
    fact(Record::Deposited { currency: Currency::USD, amount: Money::ZERO })
}

fn request() -> OrderRequest {
    OrderRequest {
        time_in_force: TimeInForce::ImmediateOrCancel,
        reduce_only: true,
        link: Some(Link { group: OrderId(40), role: LinkRole::StopLoss }),
        strategy: StrategyId(3),
        kind: OrderKind::StopLimit { trigger: price("61900"), price: price("61950") },
        ..OrderRequest::market(A, Side::Buy, quantity("0.01"))
    }
}

fn report(event: OrderEvent, reason: Option<RejectReason>) -> Report {
    Report { time: RECEIVED.plus(Span::from_millis(-1)), order: OrderId(41), event, reason }
}

fn orders() -> Vec<(&'static str, Message)> {
    let fill = Fill {
        id: FillId(9),
        order: OrderId(41),
        instrument: A,
        side: Side::Buy,
        liquidity: Liquidity::Taker,
        price: price("61950"),
        quantity: quantity("0.01"),
        fee: "0.6195".parse::<Money>().unwrap(),
        time: TIME,
    };
    let accepted = OrderEvent::Accepted { venue_order_id: Some(VenueOrderId(77)) };
    let (equity, denied) =
        (Money::from_raw(1_000_000 * Money::SCALE), OrderRequest { link: None, ..request() });
    let stranger = report(OrderEvent::Cancelled, None);
    let reason = risk::Reason::OrderTooLarge { limit: quantity("1"), asked: quantity("2") };
    let cause = engine::FoldError::UnknownOrder;
    let records = [
        ("submitted", Record::Submitted { order: Order::new(OrderId(41), request(), RECEIVED), equity }),
        ("denied", Record::Denied { request: denied, reason }),
        ("cancel requested", Record::CancelRequested(OrderId(41))),
        ("accepted", Record::Reported(report(accepted, None))),
        ("rejected", Record::Reported(report(OrderEvent::Rejected, Some(RejectReason::Other(2_010))))),
        ("filled", Record::Reported(report(OrderEvent::Filled(fill), None))),
        ("expired", Record::Reported(report(OrderEvent::Expired, Some(RejectReason::NotEnoughLiquidity)))),
        ("unaccountable", Record::Unaccountable { report: stranger, cause }),
        ("halted", Record::Halted { kind: risk::HaltKind::ByOperator, note: "lunch".to_owned() }),
        ("resumed", Record::Resumed { note: "back".to_owned() }),
        ("rung", Record::RungSet { rung: risk::Rung::ReduceOnly, cause: "database".to_owned() }),
    ];
    records.map(|(name, record)| (name, fact(record))).into_iter().collect()
}

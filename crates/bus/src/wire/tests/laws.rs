//! Whatever the numbers are, they come back.

use domain::{
    Bar, BarPeriod, BarRule, CrossVenueSpread, Currency, Depth, Fill, FillId, InstrumentId, Level, Liquidity,
    MarketEvent, Money, OrderEvent, OrderId, Price, Quantity, Quote, Rate, Side, Span, SpreadPhase,
    Timestamp, Trade,
};
use engine::{Record, Report};
use proptest::prelude::*;
use proptest::sample::select;

use super::super::decode;
use super::{bytes, directory, samples};
use crate::Message;

fn instrument() -> impl Strategy<Value = InstrumentId> {
    (0..2u32).prop_map(InstrumentId)
}

fn price() -> impl Strategy<Value = Price> {
    prop_oneof![any::<i64>(), Just(i64::MIN), Just(i64::MAX), -300..300i64].prop_map(Price::from_raw)
}

fn wide() -> impl Strategy<Value = i128> {
    let near_the_edge = i128::from(u64::MAX >> 1) - 2..i128::from(u64::MAX >> 1) + 3;
    prop_oneof![any::<i128>(), Just(i128::MIN), Just(i128::MAX), -300..300i128, near_the_edge]
}

fn quantity() -> impl Strategy<Value = Quantity> {
    wide().prop_map(Quantity::from_raw)
}

fn money() -> impl Strategy<Value = Money> {
    wide().prop_map(Money::from_raw)
}

fn time() -> impl Strategy<Value = Timestamp> {
    prop_oneof![any::<i64>(), Just(i64::MIN), Just(i64::MAX)].prop_map(Timestamp::from_nanos)
}

fn level() -> impl Strategy<Value = Level> {
    (price(), quantity()).prop_map(|(price, quantity)| Level { price, quantity })
}

fn trade() -> impl Strategy<Value = MarketEvent> {
    let aggressor = select(vec![None, Some(Side::Buy), Some(Side::Sell)]);
    let parts = (instrument(), any::<u64>(), price(), quantity(), aggressor, time(), time());
    parts.prop_map(|(instrument, id, price, quantity, aggressor, venue_time, receive_time)| {
        MarketEvent::Trade(Trade { instrument, id, price, quantity, aggressor, venue_time, receive_time })
    })
}

fn quote() -> impl Strategy<Value = MarketEvent> {
    (instrument(), level(), level(), time(), time()).prop_map(
        |(instrument, bid, ask, venue_time, receive_time)| {
            MarketEvent::Quote(Quote { instrument, bid, ask, venue_time, receive_time })
        },
    )
}

fn rule() -> impl Strategy<Value = BarRule> {
    let period = |nanos| BarRule::Time(BarPeriod::new(Span::from_nanos(nanos)).unwrap());
    prop_oneof![
        (1..=i64::MAX).prop_map(period),
        Just(BarRule::Session),
        (1..=u32::MAX).prop_map(BarRule::Ticks),
        (1..=i128::MAX).prop_map(|raw| BarRule::Volume(Quantity::from_raw(raw))),
        (1..=i128::MAX).prop_map(|raw| BarRule::Notional(Money::from_raw(raw))),
        (1..=u32::MAX).prop_map(BarRule::Imbalance),
    ]
}

fn bar() -> impl Strategy<Value = MarketEvent> {
    let counts = (any::<u32>(), any::<u32>(), any::<u32>());
    let times = (rule(), time(), time());
    let parts = (instrument(), counts, times, [price(), price(), price(), price()], quantity());
    parts.prop_map(|(instrument, counts, (rule, open_time, last), [open, high, low, close], volume)| {
        let (trades, number, revision) = counts;
        let close_time = rule.period().map_or(last, |period| open_time.plus(period));
        let bar = Bar {
            instrument,
            trades,
            rule,
            open_time,
            close_time,
            open,
            high,
            low,
            close,
            volume,
            number,
            revision,
        };
        MarketEvent::Bar(bar)
    })
}

fn spread() -> impl Strategy<Value = MarketEvent> {
    let phase = select(vec![SpreadPhase::Opened, SpreadPhase::Changed, SpreadPhase::Closed]);
    let names = (any::<u64>(), phase, select(vec![Currency::BTC, Currency::new("1000PEPE").unwrap()]));
    let sides = (instrument(), instrument(), price(), price(), quantity());
    let rest = (money(), money(), any::<i64>(), any::<i64>(), any::<i64>(), time());
    (names, sides, rest).prop_map(
        |((id, phase, asset), (buy, sell, buy_price, sell_price, quantity), rest)| {
            let (gross, fees, net_rate, buy_age, sell_age, time) = rest;
            let (net_rate, buy_age) = (Rate::from_raw(net_rate), Span::from_nanos(buy_age));
            let sell_age = Span::from_nanos(sell_age);
            MarketEvent::Spread(CrossVenueSpread {
                id,
                phase,
                asset,
                buy,
                sell,
                buy_price,
                sell_price,
                quantity,
                gross,
                fees,
                net_rate,
                buy_age,
                sell_age,
                time,
            })
        },
    )
}

fn depth() -> impl Strategy<Value = MarketEvent> {
    let side = || proptest::collection::vec(level(), 0..30);
    (instrument(), side(), side(), time(), time()).prop_map(
        |(instrument, bids, asks, venue_time, receive_time)| {
            MarketEvent::Depth(Depth { instrument, bids, asks, venue_time, receive_time }.into())
        },
    )
}

fn filled() -> impl Strategy<Value = Message> {
    let parts = (any::<u64>(), instrument(), price(), quantity(), money(), time(), time());
    parts.prop_map(|(number, instrument, price, quantity, fee, reported, time)| {
        let (id, order, side, liquidity) = (FillId(number), OrderId(number), Side::Sell, Liquidity::Maker);
        let fill = Fill { id, order, instrument, side, liquidity, price, quantity, fee, time };
        let event = OrderEvent::Filled(fill);
        samples::fact(Record::Reported(Report { time: reported, order, event, reason: None }))
    })
}

fn message() -> impl Strategy<Value = Message> {
    let market = prop_oneof![trade(), quote(), bar(), spread(), depth()].prop_map(Message::Market);
    prop_oneof![4 => market, 1 => filled()]
}

proptest! {
    #[test]
    fn any_message_reads_back_as_it_was(message in message()) {
        prop_assert_eq!(decode(&bytes(&message), &directory()), Ok(message));
    }

    /// Exactly one message has these bytes: what is read is written the same way.
    #[test]
    fn bytes_have_one_form(message in message()) {
        let bytes = bytes(&message);
        let read = decode(&bytes, &directory()).unwrap();
        prop_assert_eq!(super::bytes(&read), bytes);
    }
}

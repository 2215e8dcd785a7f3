//! Market data comes back as it went in, once.

use domain::{
    Bar, BarRule, Contract, CrossVenueSpread, Currency, InstrumentId, Level, Money, PairSpread, Price,
    Quantity, Quote, Rate, RegimeChange, Side, Span, SpreadPhase, SpreadRegime, Timestamp, Trade,
};
use proptest::prelude::*;

use super::contract::Fresh;
use super::world::{FIRST, at, bar, first, instrument, instruments};
use crate::{Batch, Cut, Inserted, MarketStore, StoreErrorKind};

const SECOND: InstrumentId = InstrumentId(1);

fn market(fresh: &Fresh) -> MarketStore {
    let market = fresh.store().market();
    market.put_instruments(&instruments(&["ONE", "TWO"])).unwrap();
    market
}

fn trade(seconds: i64, id: u64) -> Trade {
    Trade {
        instrument: FIRST,
        id,
        price: Price::from_units(100),
        quantity: Quantity::from_raw(20_000_000),
        aggressor: Some(Side::Sell),
        venue_time: at(seconds),
        receive_time: at(seconds).plus(Span::from_millis(3)),
    }
}

pub(super) fn quote(seconds: i64) -> Quote {
    Quote {
        instrument: FIRST,
        bid: Level { price: Price::from_units(99), quantity: Quantity::from_units(1) },
        ask: Level { price: Price::from_units(101), quantity: Quantity::from_units(2) },
        venue_time: at(seconds),
        receive_time: at(seconds).plus(Span::from_millis(2)),
    }
}

pub(super) fn spread(id: u64, phase: SpreadPhase, seconds: i64) -> CrossVenueSpread {
    CrossVenueSpread {
        id,
        phase,
        asset: Currency::BTC,
        buy: FIRST,
        sell: SECOND,
        buy_price: Price::from_units(100),
        sell_price: Price::from_units(102),
        quantity: Quantity::from_raw(i128::MAX),
        gross: Money::from_raw(i128::MIN + 1),
        fees: Money::from_raw(-1),
        net_rate: Rate::from_basis_points(-3),
        buy_age: Span::from_millis(4),
        sell_age: Span::ZERO,
        time: at(seconds),
    }
}

fn trades_of(
    market: &MarketStore,
    instrument: InstrumentId,
    from: Timestamp,
    until: Timestamp,
) -> Vec<Trade> {
    let mut read = Vec::new();
    let take = |trade| {
        read.push(trade);
        true
    };
    market.read_trades(instrument, from, until, take).unwrap();
    read
}

fn all_trades(market: &MarketStore, instrument: InstrumentId) -> Vec<Trade> {
    trades_of(market, instrument, Timestamp::MIN, Timestamp::MAX)
}

fn insert(market: &MarketStore, trades: &[Trade]) -> u64 {
    market.insert_batch(&Batch { trades, ..Batch::default() }).unwrap().trades
}

pub(super) fn instruments_keep_their_ids(fresh: &Fresh) {
    let market = fresh.store().market();
    assert!(market.instruments().unwrap().is_empty());
    let mut all = instruments(&["ONE", "TWO"]);
    let inverse = Contract::Inverse { size: Rate::from_raw(100 * Rate::SCALE) };
    all.list(domain::Instrument { contract: inverse, ..instrument("THREE") }).unwrap();
    market.put_instruments(&all).unwrap();
    assert_eq!(market.instruments().unwrap(), all);
    let mut more = market.instruments().unwrap();
    more.list(instrument("FOUR")).unwrap();
    market.put_instruments(&more).unwrap();
    market.put_instruments(&all).unwrap();
    assert_eq!(market.instruments().unwrap(), more);
    for wrong in [&["TWO", "ONE"][..], &["ONE", "FOUR"], &["ONE", "NEW"]] {
        let error = market.put_instruments(&instruments(wrong)).unwrap_err();
        assert_eq!(error.kind, StoreErrorKind::Conflict, "{wrong:?}");
    }
    assert_eq!(market.instruments().unwrap(), more);
}

pub(super) fn pair(second: i64, phase: SpreadPhase) -> PairSpread {
    PairSpread {
        id: 4,
        phase,
        first: FIRST,
        second: SECOND,
        first_price: Price::from_units(100),
        second_price: Price::from_units(-3),
        hedge_ratio: Rate::from_raw(1_500_000_000),
        z_score: Rate::from_raw(-3_250_000_000),
        correlation: Rate::from_raw(990_000_000),
        samples: 300,
        time: at(second),
    }
}

pub(super) fn regime(instrument: InstrumentId, second: i64) -> RegimeChange {
    RegimeChange {
        instrument,
        from: SpreadRegime::Usual,
        to: if second % 2 == 0 { SpreadRegime::Wide } else { SpreadRegime::Tight },
        share: Rate::from_basis_points(7),
        usual: Rate::from_basis_points(2),
        z_score: Rate::from_raw(3_100_000_000),
        time: at(second),
    }
}

pub(super) fn a_batch_of_everything_is_stored_once(fresh: &Fresh) {
    let market = market(fresh);
    let trades = [trade(3, 7), trade(1, 5), trade(2, 6)];
    let quotes = [quote(2), quote(1)];
    let bars = [bar(at(1), Price::from_units(9)), bar(at(0), Price::from_units(8))];
    let spreads = [spread(1, SpreadPhase::Opened, 1), spread(1, SpreadPhase::Closed, 2)];
    let (pairs, regimes) =
        ([pair(3, SpreadPhase::Opened), pair(5, SpreadPhase::Closed)], [regime(FIRST, 3), regime(SECOND, 3)]);
    let batch = Batch {
        trades: &trades,
        quotes: &quotes,
        bars: &bars,
        spreads: &spreads,
        pairs: &pairs,
        regimes: &regimes,
    };
    let new = Inserted { trades: 3, quotes: 2, bars: 2, spreads: 2, pairs: 2, regimes: 2 };
    assert_eq!(market.insert_batch(&batch).unwrap(), new);
    let again = market.insert_batch(&batch).unwrap();
    assert_eq!(again, Inserted::default());
    assert_eq!(all_trades(&market, FIRST), [trades[1], trades[2], trades[0]]);
    assert_eq!(market.latest_trade(FIRST).unwrap(), Some(trades[0]));
    assert_eq!(market.latest_quote(FIRST).unwrap(), Some(quotes[0]));
    assert_eq!((market.latest_trade(SECOND).unwrap(), market.latest_quote(SECOND).unwrap()), (None, None));
    assert_eq!(market.bars(FIRST, BarRule::SECOND, &first(9)).unwrap().items, bars);
    assert_eq!(market.spreads(&first(9)).unwrap().items, [spreads[1], spreads[0]]);
    assert_eq!(market.pairs(&first(9)).unwrap().items, [pairs[1], pairs[0]]);
    assert_eq!(market.regimes(&first(9)).unwrap().items, [regimes[1], regimes[0]]);
}

pub(super) fn a_batch_with_an_unknown_instrument_is_not_stored_at_all(fresh: &Fresh) {
    let market = market(fresh);
    let stranger = Trade { instrument: InstrumentId(2), ..trade(1, 1) };
    let error = market.insert_batch(&Batch { trades: &[trade(1, 1), stranger], ..Batch::default() });
    assert_eq!(error.unwrap_err().kind, StoreErrorKind::Invalid);
    assert!(all_trades(&market, FIRST).is_empty());
}

pub(super) fn trades_without_numbers_are_neither_lost_nor_doubled(fresh: &Fresh) {
    let market = market(fresh);
    let other = Trade { price: Price::from_units(101), ..trade(1, 0) };
    let buy = Trade { aggressor: None, ..trade(1, 0) };
    let batch = [trade(1, 0), other, trade(1, 0), buy];
    assert_eq!(insert(&market, &batch), 4);
    assert_eq!(insert(&market, &batch), 0);
    assert_eq!(insert(&market, &[other, buy]), 0, "in another order and another batch");
    let mut read = all_trades(&market, FIRST);
    let key = |trade: &Trade| (trade.price, trade.aggressor.is_some());
    read.sort_by_key(key);
    let mut expected = batch.to_vec();
    expected.sort_by_key(key);
    assert_eq!(read, expected);
}

pub(super) fn quotes_of_one_moment_are_all_kept(fresh: &Fresh) {
    let market = market(fresh);
    let other = Quote { ask: Level { price: Price::from_units(102), ..quote(1).ask }, ..quote(1) };
    let batch = Batch { quotes: &[quote(1), other], ..Batch::default() };
    assert_eq!(market.insert_batch(&batch).unwrap().quotes, 2);
    assert_eq!(market.insert_batch(&batch).unwrap().quotes, 0);
}

pub(super) fn a_bar_gives_way_to_one_of_as_many_trades_only(fresh: &Fresh) {
    let market = market(fresh);
    let with = |trades, price| Bar { trades, ..bar(at(0), Price::from_units(price)) };
    let put = |bar: Bar| market.insert_batch(&Batch { bars: &[bar], ..Batch::default() }).unwrap().bars;
    assert_eq!([put(with(10, 1)), put(with(4, 2)), put(with(10, 3)), put(with(11, 4))], [1, 0, 1, 1]);
    let stored = market.bars(FIRST, BarRule::SECOND, &first(9)).unwrap().items;
    assert_eq!(stored, [with(11, 4)]);
}

pub(super) fn a_bar_gives_way_to_its_later_revision(fresh: &Fresh) {
    let market = market(fresh);
    let told = |revision, trades| Bar { revision, trades, ..bar(at(0), Price::from_units(1)) };
    let put = |bar: Bar| market.insert_batch(&Batch { bars: &[bar], ..Batch::default() }).unwrap().bars;
    let puts = [told(0, 10), told(1, 9), told(0, 10), told(1, 9), told(1, 8), told(2, 0)].map(put);
    assert_eq!(puts, [1, 1, 0, 0, 0, 1]);
    assert_eq!(market.bars(FIRST, BarRule::SECOND, &first(9)).unwrap().items, [told(2, 0)]);
}

pub(super) fn bars_of_every_rule_are_kept_apart(fresh: &Fresh) {
    let market = market(fresh);
    let rules = ["90s", "session", "ticks:100", "volume:0.5", "notional:1000000000000", "imbalance:7"];
    let rules = rules.map(|rule| rule.parse::<BarRule>().unwrap());
    let of = |rule, number| Bar { rule, number, close_time: at(9), ..bar(at(0), Price::from_units(1)) };
    let all: Vec<Bar> = rules.iter().flat_map(|rule| (0..3).map(|number| of(*rule, number))).collect();
    let put = || market.insert_batch(&Batch { bars: &all, ..Batch::default() }).unwrap().bars;
    assert_eq!([put(), put()], [18, 0]);
    for (rule, expected) in rules.iter().zip(all.chunks(3)) {
        let first_two = market.bars(FIRST, *rule, &Cut::new(2, None).unwrap()).unwrap();
        assert_eq!(first_two.items, [expected[2], expected[1]]);
        let rest = market.bars(FIRST, *rule, &Cut::new(2, first_two.next_cursor).unwrap()).unwrap();
        assert_eq!((rest.items.as_slice(), rest.next_cursor), (&expected[..1], None));
        assert_eq!(market.bars_from(FIRST, *rule, (at(0), 1), 9).unwrap(), expected[1..]);
    }
    assert!(market.bars(FIRST, BarRule::MINUTE, &first(9)).unwrap().items.is_empty());
}

pub(super) fn bars_come_in_pieces_newest_first_and_in_order_oldest_first(fresh: &Fresh) {
    let market = market(fresh);
    let minute = Bar { rule: BarRule::MINUTE, ..bar(at(0), Price::from_units(1)) };
    let mut bars: Vec<Bar> = (0..25).map(|second| bar(at(second), Price::from_units(5))).collect();
    bars.push(minute);
    market.insert_batch(&Batch { bars: &bars, ..Batch::default() }).unwrap();
    bars.pop();
    let (mut read, mut cursor) = (Vec::new(), None);
    loop {
        let page = market.bars(FIRST, BarRule::SECOND, &Cut::new(10, cursor).unwrap()).unwrap();
        read.extend(page.items);
        cursor = page.next_cursor;
        if cursor.is_none() {
            break;
        }
    }
    read.reverse();
    assert_eq!(read, bars);
    assert_eq!(market.bars_from(FIRST, BarRule::SECOND, (at(20), 0), 3).unwrap(), bars[20..23]);
    assert_eq!(market.bars(FIRST, BarRule::MINUTE, &first(5)).unwrap().items, [minute]);
    assert!(market.bars_from(FIRST, BarRule::SECOND, (at(0), 0), 0).is_err());
}

pub(super) fn spreads_come_in_pieces_newest_first(fresh: &Fresh) {
    let market = market(fresh);
    let phases = [SpreadPhase::Opened, SpreadPhase::Changed, SpreadPhase::Closed];
    let all: Vec<_> =
        (1..9).flat_map(|id| phases.map(|phase| spread(id, phase, i64::try_from(id / 3).unwrap()))).collect();
    market.insert_batch(&Batch { spreads: &all, ..Batch::default() }).unwrap();
    let (mut read, mut cursor) = (Vec::new(), None);
    loop {
        let page = market.spreads(&Cut::new(5, cursor).unwrap()).unwrap();
        read.extend(page.items);
        cursor = page.next_cursor;
        if cursor.is_none() {
            break;
        }
    }
    read.reverse();
    assert_eq!(read, all);
}

pub(super) fn pairs_and_regimes_come_in_pieces_newest_first(fresh: &Fresh) {
    let market = market(fresh);
    let pairs: Vec<_> = (0..7).map(|second| pair(second, SpreadPhase::Changed)).collect();
    let regimes: Vec<_> = (0..4).flat_map(|second| [regime(FIRST, second), regime(SECOND, second)]).collect();
    market.insert_batch(&Batch { pairs: &pairs, regimes: &regimes, ..Batch::default() }).unwrap();
    let first_pairs = market.pairs(&first(5)).unwrap();
    let rest = market.pairs(&Cut::new(5, first_pairs.next_cursor).unwrap()).unwrap();
    let read: Vec<_> = first_pairs.items.iter().chain(&rest.items).rev().copied().collect();
    assert_eq!((read, rest.next_cursor), (pairs, None));
    let first_regimes = market.regimes(&first(5)).unwrap();
    let rest = market.regimes(&Cut::new(5, first_regimes.next_cursor).unwrap()).unwrap();
    let read: Vec<_> = first_regimes.items.iter().chain(&rest.items).rev().copied().collect();
    assert_eq!((read, rest.next_cursor), (regimes, None));
}

pub(super) fn a_range_of_trades_is_read_in_order_to_its_end(fresh: &Fresh) {
    let market = market(fresh);
    let trades: Vec<Trade> =
        (0..2500).map(|index| trade(index / 2, 1 + u64::try_from(index).unwrap())).collect();
    let others: Vec<Trade> = trades.iter().map(|trade| Trade { instrument: SECOND, ..*trade }).collect();
    insert(&market, &[others, trades.clone()].concat());
    assert_eq!(all_trades(&market, FIRST), trades);
    assert_eq!(trades_of(&market, FIRST, at(10), at(700)), trades[20..1400]);
    let mut taken = 0;
    let stop = |_| {
        taken += 1;
        taken < 5
    };
    market.read_trades(FIRST, at(0), at(9000), stop).unwrap();
    assert_eq!(taken, 5);
}

pub(super) fn old_ticks_are_deleted_and_bars_stay(fresh: &Fresh) {
    let market = market(fresh);
    let (trades, quotes) = ([trade(1, 1), trade(5, 2)], [quote(1), quote(5)]);
    let bars = [bar(at(0), Price::from_units(1))];
    market
        .insert_batch(&Batch { trades: &trades, quotes: &quotes, bars: &bars, ..Batch::default() })
        .unwrap();
    assert_eq!(market.prune_ticks(&[], at(5)).unwrap(), 0, "nobody else's ticks go");
    assert_eq!(market.prune_ticks(&[FIRST], at(5)).unwrap(), 2);
    assert_eq!(all_trades(&market, FIRST), [trades[1]]);
    assert_eq!(market.latest_quote(FIRST).unwrap(), Some(quotes[1]));
    assert_eq!(market.bars(FIRST, BarRule::SECOND, &first(5)).unwrap().items, bars);
}

pub(super) fn more_ticks_are_deleted_than_one_transaction_takes(fresh: &Fresh) {
    let market = market(fresh);
    let quotes: Vec<Quote> = (0..20_010).map(quote).collect();
    market.insert_batch(&Batch { quotes: &quotes, ..Batch::default() }).unwrap();
    assert_eq!(market.prune_ticks(&[FIRST], at(20_009)).unwrap(), 20_009);
    assert_eq!(market.prune_ticks(&[FIRST], at(30_000)).unwrap(), 1);
}

fn any_quantity() -> impl Strategy<Value = Quantity> {
    prop_oneof![any::<i64>().prop_map(i128::from), -i128::MAX..i128::MAX].prop_map(Quantity::from_raw)
}

prop_compose! {
    fn any_trade()(
        id in 1..=u64::MAX >> 1,
        price in any::<i64>(),
        quantity in any_quantity(),
        aggressor in prop::option::of(prop_oneof![Just(Side::Buy), Just(Side::Sell)]),
        venue_time in i64::MIN + 1..i64::MAX,
        receive_time in any::<i64>(),
    ) -> Trade {
        Trade {
            instrument: FIRST,
            id,
            price: Price::from_raw(price),
            quantity,
            aggressor,
            venue_time: Timestamp::from_nanos(venue_time),
            receive_time: Timestamp::from_nanos(receive_time),
        }
    }
}

pub(super) fn any_trades_come_back_exactly(fresh: &Fresh) {
    let any = prop::collection::vec(any_trade(), 1..20);
    proptest!(ProptestConfig::with_cases(fresh.cases()), |(mut trades in any)| {
        let market = market(fresh);
        insert(&market, &trades);
        trades.sort_by_key(|trade| (trade.venue_time, trade.id));
        trades.dedup_by_key(|trade| (trade.venue_time, trade.id));
        prop_assert_eq!(all_trades(&market, FIRST), trades);
    });
}

//! The port as the real store fills it, in memory.

use domain::{
    Bar, BarPeriod, BarRule, Contract, CrossVenueSpread, Currency, Instrument, InstrumentId, InstrumentKind,
    Instruments, Money, Price, Quantity, Rate, Span, SpreadPhase, Timestamp, Venue,
};
use store::{AccountMode, Batch, EquityRow, NewAccount, NewUser, Role, Secret, Store, TenantAccess};
use uuid::Uuid;

use super::{Cut, History, HistoryFault, StoredHistory};
use crate::model;

const NOW: Timestamp = Timestamp::from_seconds(1_800_000_000);
const PASSWORD: &str = "correct horse battery";

fn cut(limit: usize, cursor: Option<String>) -> Cut {
    Cut { limit, cursor }
}

/// A store with a tenant, and the right to it.
fn tenant(store: &Store, name: &str) -> TenantAccess {
    TenantAccess::for_node(store.identity().create_tenant(name, NOW).unwrap().id)
}

fn account(store: &Store, access: &TenantAccess) -> domain::AccountId {
    let new = NewAccount {
        name: "first".to_owned(),
        mode: AccountMode::Paper,
        strategy: String::new(),
        parameters: serde_json::Value::Null,
        base_currency: Currency::USDT,
    };
    store.tenant(access).create_account(new, NOW).unwrap().id
}

#[test]
fn a_user_of_the_store_can_sign_in_and_is_found_again() {
    let store = Store::open("sqlite::memory:").unwrap();
    let access = tenant(&store, "acme");
    let new = NewUser {
        tenant: access.tenant(),
        username: "Alice".to_owned(),
        password: Secret::new(PASSWORD.to_owned()),
        role: Role::Trader,
    };
    store.identity().with_weak_hashes_for_tests().create_user(&new, NOW).unwrap();
    let history = StoredHistory::new(store);

    let known = history.login("alice", PASSWORD.to_owned()).unwrap().unwrap();
    assert_eq!((known.user.role, known.user.tenant_id), (model::Role::Trader, access.tenant()));
    assert_eq!(known.access, access);
    assert_eq!(history.user(known.user.id).unwrap(), Some(known));
    assert_eq!(history.login("alice", "something else".to_owned()), Ok(None));
    assert_eq!(history.user(Uuid::from_u128(1)), Ok(None));
}

#[test]
fn an_account_is_there_for_its_tenant_only() {
    let store = Store::open("sqlite::memory:").unwrap();
    let (ours, theirs) = (tenant(&store, "ours"), tenant(&store, "theirs"));
    let account = account(&store, &ours);
    let sample = |second| EquityRow {
        time: NOW.plus(Span::from_seconds(second)),
        equity: Money::from_units(100 + second),
    };
    for second in [1, 2, 3] {
        store.tenant(&ours).record_equity(account, &sample(second)).unwrap();
    }
    let history = StoredHistory::new(store);
    let points = history.equity(&ours, account, 2).unwrap();
    assert_eq!(points.iter().map(|point| point.equity).collect::<Vec<_>>(), [2, 3].map(|s| sample(s).equity));
    assert_eq!(history.fills(&ours, account, &cut(10, None)).unwrap().items, []);
    assert_eq!(history.closed_orders(&ours, account, &cut(10, None)).unwrap().items, []);

    assert_eq!(history.equity(&theirs, account, 2), Err(HistoryFault::NotFound));
    assert_eq!(history.fills(&theirs, account, &cut(10, None)), Err(HistoryFault::NotFound));
    assert_eq!(history.closed_orders(&theirs, account, &cut(10, None)), Err(HistoryFault::NotFound));
}

#[test]
fn a_list_is_read_through_piece_by_piece() {
    let store = Store::open("sqlite::memory:").unwrap();
    store.market().put_instruments(&instruments()).unwrap();
    let bars: Vec<Bar> = (0..5).map(bar).collect();
    store.market().insert_batch(&Batch { bars: &bars, ..Batch::default() }).unwrap();
    let history = StoredHistory::new(store);

    let (mut seen, mut cursor) = (Vec::new(), None);
    loop {
        let page = history.bars(InstrumentId(0), BarRule::MINUTE, &cut(2, cursor)).unwrap();
        seen.extend(page.items.iter().map(|bar| bar.open_time_ms));
        cursor = page.next_cursor;
        if cursor.is_none() {
            break;
        }
    }
    let newest_first: Vec<i64> = bars.iter().rev().map(|bar| bar.open_time.millis()).collect();
    assert_eq!(seen, newest_first);

    let foreign = cut(2, Some("made up".to_owned()));
    assert_eq!(history.bars(InstrumentId(0), BarRule::MINUTE, &foreign), Err(HistoryFault::Cursor));
}

#[test]
fn a_spread_comes_with_its_profit_for_one_unit() {
    let store = Store::open("sqlite::memory:").unwrap();
    store.market().put_instruments(&instruments()).unwrap();
    let spread = CrossVenueSpread {
        id: 7,
        phase: SpreadPhase::Opened,
        asset: Currency::BTC,
        buy: InstrumentId(0),
        sell: InstrumentId(1),
        buy_price: Price::from_units(100),
        sell_price: Price::from_units(102),
        quantity: Quantity::from_units(4),
        gross: Money::from_units(8),
        fees: Money::from_units(2),
        net_rate: Rate::from_basis_points(150),
        buy_age: Span::from_millis(3),
        sell_age: Span::from_millis(4),
        time: NOW,
    };
    store.market().insert_batch(&Batch { spreads: &[spread], ..Batch::default() }).unwrap();
    let page = StoredHistory::new(store).spreads(&cut(10, None)).unwrap();
    let json = serde_json::to_value(page.items[0]).unwrap();
    assert_eq!((&json["id"], &json["net_per_unit"]), (&"7".into(), &"1.5".into()));
    assert_eq!((&json["net_basis_points"], &json["buy_quote_age_ms"]), (&"150".into(), &3.into()));
}

fn bar(minute: i64) -> Bar {
    let open_time = NOW.plus(Span::from_seconds(60 * minute));
    Bar {
        trades: 1,
        high: Price::from_units(2),
        close: Price::from_units(2),
        volume: Quantity::from_units(1),
        ..Bar::of_period(InstrumentId(0), BarPeriod::MINUTE, open_time, Price::from_units(1))
    }
}

fn instruments() -> Instruments {
    let mut instruments = Instruments::default();
    for venue in ["BINANCE-SPOT", "KRAKEN"] {
        let instrument = Instrument {
            id: InstrumentId(0),
            symbol: "BTCUSDT".to_owned(),
            venue: Venue::new(venue).unwrap(),
            kind: InstrumentKind::Spot,
            contract: Contract::UNIT,
            base: Currency::BTC,
            quote: Currency::USDT,
            settlement: Currency::USDT,
            price_tick: Price::from_raw(10_000_000),
            quantity_step: Quantity::from_raw(10_000),
            maker_fee: Rate::ZERO,
            taker_fee: Rate::from_basis_points(10),
        };
        instruments.list(instrument).unwrap();
    }
    instruments
}

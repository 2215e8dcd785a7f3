use domain::{
    AccountId, FillId, InstrumentId, Liquidity, Money, OrderId, OrderRequest, Price, Quantity, Side,
    StrategyId, TenantId, Timestamp,
};
use engine::{Halt, Standing, view::AccountView};
use serde_json::{Value, json};
use uuid::Uuid;

use super::{Account, AccountMode, Fill, Order, Portfolio, Profile};

const NOW: Timestamp = Timestamp::from_millis(1_800_000_000_123);
const ACCOUNT: AccountId = AccountId(Uuid::from_u128(5));

/// As the engine would write it; its parts belong to crates this one does not know.
fn view(change: impl FnOnce(&mut Value)) -> Value {
    let mut view = json!({
        "limits": {
            "max_order_size": "1", "max_position_size": "2", "max_order_notional": "3",
            "max_gross_notional": "4", "max_open_orders": 5, "orders_per_window": 50,
            "rate_window": 1_000_000_000, "price_collar": "0.0125", "max_reference_age": 1,
            "max_daily_loss": "6", "max_drawdown": "0.2",
        },
        "statement": {
            "positions": [{
                "instrument": 0, "currency": "USDT", "quantity": "-1.5", "average_price": "10", "mark": "9",
                "market_value": "-13.5", "unrealised": "1.5", "realised": "4", "fees": "0.25",
                "dividends": "0",
            }, {
                "instrument": 1, "currency": "BTC", "quantity": "0", "average_price": null, "mark": null,
                "market_value": null, "unrealised": null, "realised": "100", "fees": "100",
                "dividends": "0",
            }],
            "cash": [{"currency": "USDT", "amount": "1000"}],
        },
    });
    change(&mut view);
    view
}

fn account_view(parts: &Value, halt: Option<Halt>) -> AccountView {
    AccountView {
        tenant: TenantId(Uuid::from_u128(1)),
        account: ACCOUNT,
        base_currency: domain::Currency::USDT,
        time: NOW,
        sequence: 9,
        equity: Some(Money::from_units(986)),
        day_profit: None,
        halt,
        loss: None,
        standing: Standing { rung: engine::Rung::ReduceOnly, cause: "database: down".to_owned(), since: NOW },
        limits: serde_json::from_value(parts["limits"].clone()).unwrap(),
        statement: serde_json::from_value(parts["statement"].clone()).unwrap(),
        open_orders: Vec::new(),
    }
}

fn profile() -> Profile {
    Profile { name: "first".to_owned(), mode: AccountMode::Paper, strategy: "spread".to_owned() }
}

#[test]
fn an_account_says_what_its_limits_are_and_why_it_stands_still() {
    let kind = serde_json::from_value(json!("by_operator")).unwrap();
    let halt = Halt { kind, note: "alice: too wild".to_owned(), since: NOW };
    let account = Account::of(&account_view(&view(|_| ()), Some(halt)), &profile(), None);
    let json = serde_json::to_value(&account).unwrap();
    assert_eq!(json["halted"], true);
    assert_eq!(json["halt_reason"], "an operator halted it (alice: too wild)");
    assert_eq!(json["halted_at_ms"], 1_800_000_000_123_i64);
    assert_eq!((&json["equity"], &json["day_profit"]), (&json!("986"), &Value::Null));
    let limits = json!({
        "max_order_size": "1", "max_position_size": "2", "max_notional": "3", "max_gross_notional": "4",
        "max_open_orders": 5, "orders_per_second": 50, "price_collar_basis_points": "125",
        "max_daily_loss": "6", "max_drawdown_basis_points": "2000",
    });
    assert_eq!(json["limits"], limits);
    assert_eq!((&json["rung"], &json["rung_cause"]), (&json!("reduce_only"), &json!("database: down")));
    assert_eq!(json["rung_since_ms"], 1_800_000_000_123_i64);
}

#[test]
fn an_account_that_lost_too_much_says_that_it_may_still_reduce() {
    for (kind, expect) in
        [("daily_loss", true), ("drawdown", true), ("by_operator", false), ("venue_fault", false)]
    {
        let kind = serde_json::from_value(json!(kind)).unwrap();
        let halt = Halt { kind, note: String::new(), since: NOW };
        let account = Account::of(&account_view(&view(|_| ()), Some(halt)), &profile(), None);
        let reason = account.halt_reason.unwrap();
        assert_eq!((account.halted, account.halt_admits_reducing), (true, expect), "{reason}");
        assert_eq!(reason.contains("only orders that reduce a position pass"), expect, "{reason}");
    }
    assert!(!Account::of(&account_view(&view(|_| ()), None), &profile(), None).halt_admits_reducing);
}

#[test]
fn a_rate_over_a_longer_window_is_rounded_up() {
    for (orders, window, expect) in [(50, 60, 1), (121, 60, 3), (7, 1, 7), (5, 0, u32::MAX)] {
        let parts = view(|view| {
            view["limits"]["orders_per_window"] = json!(orders);
            view["limits"]["rate_window"] = json!(window * 1_000_000_000_i64);
        });
        let account = Account::of(&account_view(&parts, None), &profile(), None);
        assert_eq!(account.limits.orders_per_second, expect, "{orders} in {window} s");
        assert!(!account.halted && account.halt_reason.is_none());
    }
}

#[test]
fn totals_are_of_the_base_currency_and_null_when_a_price_is_missing() {
    let portfolio = Portfolio::of(&account_view(&view(|_| ()), None));
    assert_eq!(portfolio.realised, Some(Money::from_units(4)));
    assert_eq!(serde_json::to_value(portfolio.fees).unwrap(), "0.25");
    assert_eq!(serde_json::to_value(portfolio.unrealised).unwrap(), "1.5");
    assert_eq!((portfolio.positions.len(), portfolio.cash.len()), (2, 1));

    let unpriced = view(|view| view["statement"]["positions"][0]["unrealised"] = Value::Null);
    let portfolio = Portfolio::of(&account_view(&unpriced, None));
    assert_eq!((portfolio.unrealised, portfolio.realised), (None, Some(Money::from_units(4))));
}

#[test]
fn a_denied_order_has_a_name_of_its_own() {
    let mut request = OrderRequest::market(InstrumentId(2), Side::Sell, Quantity::from_units(3));
    request.strategy = StrategyId(1);
    let order = Order::denied(&request, 44, NOW, "too large".to_owned());
    let json = serde_json::to_value(&order).unwrap();
    assert_eq!((&json["id"], &json["status"]), (&json!("denied-44"), &json!("denied")));
    assert_eq!((&json["reason"], &json["source"]), (&json!("too large"), &json!("strategy")));
    assert_eq!((&json["kind"], &json["limit_price"]), (&json!("market"), &Value::Null));
}

#[test]
fn ids_of_more_than_53_bits_keep_their_digits() {
    let fill = domain::Fill {
        id: FillId(u64::MAX),
        order: OrderId(u64::MAX - 1),
        instrument: InstrumentId(0),
        side: Side::Buy,
        liquidity: Liquidity::Maker,
        price: Price::from_raw(61_837_630_000_000),
        quantity: Quantity::from_raw(1),
        fee: Money::from_raw(-1),
        time: NOW,
    };
    let json = serde_json::to_value(Fill::of(&fill, None)).unwrap();
    assert_eq!(json["id"], "18446744073709551615");
    assert_eq!(json["order_id"], "18446744073709551614");
    assert_eq!((&json["price"], &json["quantity"]), (&json!("61837.63"), &json!("0.000000001")));
    assert_eq!((&json["fee"], &json["liquidity"]), (&json!("-0.000000000000000001"), &json!("maker")));
}

use serde_json::json;

use super::*;
use crate::tests::harness::instruments;

fn fault(name: &str, parameters: Value) -> String {
    build(name, &parameters, &instruments(2)).err().unwrap().to_string()
}

#[test]
fn every_strategy_of_the_catalog_can_be_built() {
    let traded = json!({"instrument": "V1:COIN-USD", "quantity": "0.5"});
    for doc in catalog() {
        let parameters = match doc.name {
            "spread_capture" => json!({"assets": ["COIN"], "min_net_basis_points": 3.5, "rest_ms": 10}),
            "several" => json!({"strategies": [
                {"name": "sma_cross", "parameters": traded},
                {"name": "spread_capture", "parameters": {}},
            ]}),
            _ => traded.clone(),
        };
        let strategy = build(doc.name, &parameters, &instruments(2)).unwrap();
        let expected = if doc.name == "several" { "sma_cross + spread_capture" } else { doc.name };
        assert_eq!(strategy.name(), expected);
    }
}

#[test]
fn a_fault_names_its_parameter_and_says_what_was_expected() {
    assert_eq!(
        fault("sma", json!({})),
        "there is no strategy `sma`; there are: sma_cross, spread_capture, buy_and_hold, several"
    );
    assert_eq!(
        fault("sma_cross", json!([])),
        r#"the parameters must be an object such as {"quantity": "1"}"#
    );
    let sma = |change: Value| {
        let mut parameters = json!({"instrument": "V1:COIN-USD", "quantity": "0.5", "fast": 3, "slow": 9});
        for (name, value) in change.as_object().unwrap() {
            parameters[name] = value.clone();
        }
        fault("sma_cross", parameters)
    };
    assert_eq!(
        sma(json!({"fats": 3})),
        "there is no parameter `fats`; there are: instrument, period_seconds, bars, fast, slow, quantity, notional, \
         equity_share, allow_short"
    );
    assert_eq!(
        sma(json!({"fast": 9})),
        "parameter `fast` is 9: expected a whole number from 1 to 1048575, below `slow`"
    );
    assert!(sma(json!({"fast": "3"})).starts_with("parameter `fast` is \"3\": expected a whole number"));
    assert!(sma(json!({"slow": 2_000_000})).starts_with("parameter `slow` is 2000000: expected"));
    assert!(sma(json!({"period_seconds": 0})).starts_with("parameter `period_seconds` is 0: expected"));
    assert!(sma(json!({"bars": "ticks:0"})).starts_with("parameter `bars` is \"ticks:0\": expected a rule"));
    assert!(
        sma(json!({"quantity": "0.005"}))
            .starts_with("parameter `quantity` is \"0.005\": expected a decimal")
    );
    assert!(sma(json!({"notional": "5"})).contains("and neither `notional` nor `equity_share`"));
    assert!(sma(json!({"quantity": null})).starts_with("parameter `quantity` is missing: expected"));
    assert!(
        sma(json!({"allow_short": 1})).starts_with("parameter `allow_short` is 1: expected true or false")
    );
}

#[test]
fn an_instrument_is_found_by_venue_and_symbol_or_by_a_symbol_that_is_unique() {
    let hold = |name: &str| json!({"instrument": name, "quantity": 1});
    assert!(build("buy_and_hold", &hold("v0:COIN-USD"), &instruments(2)).is_ok());
    assert!(build("buy_and_hold", &hold("COIN-USD"), &instruments(1)).is_ok());
    let two = fault("buy_and_hold", hold("COIN-USD"));
    assert!(two.starts_with("parameter `instrument` is \"COIN-USD\": expected a listed instrument"), "{two}");
    assert!(fault("buy_and_hold", hold("V9:COIN-USD")).starts_with("parameter `instrument` is"));
    assert!(fault("buy_and_hold", json!({"quantity": 1})).starts_with("parameter `instrument` is missing"));
}

#[test]
fn parts_of_several_are_named_by_their_number() {
    let parts = |parts: Value| fault("several", json!({"strategies": parts}));
    assert!(parts(json!([])).starts_with("parameter `strategies` is []: expected a list of 1 to 64"));
    assert!(parts(json!([{"name": "several"}])).contains("none of them `several`"));
    let cause =
        parts(json!([{"name": "spread_capture", "parameters": {}}, {"name": "hold", "parameters": {}}]));
    assert!(cause.starts_with("strategy 2 of `strategies`: there is no strategy `hold`"), "{cause}");
}

#[test]
fn settings_of_spread_capture_are_read_in_their_units() {
    assert!(
        fault("spread_capture", json!({"assets": ["DOGE"]})).starts_with("parameter `assets` is [\"DOGE\"]")
    );
    assert!(
        fault("spread_capture", json!({"pair_notional": "-1"})).contains("an amount of money above zero")
    );
    assert!(fault("spread_capture", json!({"leg_timeout_ms": -1})).contains("whole milliseconds"));
    assert!(fault("spread_capture", json!({"min_net_basis_points": 1001})).contains("0 to 1000"));
}

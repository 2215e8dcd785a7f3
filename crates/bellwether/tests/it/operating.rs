//! What an operator sees at night: who holds what and why, what to do, and flags that do what they say.

use serde_json::{Value, json};

use super::running::{Running, within};

fn policy(running: &Running, name: &str) -> Value {
    let policies = running.get("/operations/policies").good();
    policies.as_array().unwrap().iter().find(|policy| policy["name"] == name).unwrap().clone()
}

#[test]
fn a_breaker_that_is_held_says_by_whom_and_why_until_it_is_let_go() {
    let folder = tempfile::tempdir().unwrap();
    let running = Running::start(folder.path(), &[]);
    let act = |action: &str, reason: &str| {
        let wish = json!({ "action": action, "reason": reason });
        running.post("/operations/policies/vault.secrets/breaker", &wish).good()
    };
    assert_eq!(policy(&running, "vault.secrets")["breaker"]["held"], Value::Null);
    let held = act("open", "the token is being rotated")["breaker"]["held"].clone();
    assert_eq!((&held["by"], &held["reason"]), (&json!("tester"), &json!("the token is being rotated")));
    assert!(held["at_ms"].is_i64());
    assert_eq!(policy(&running, "vault.secrets")["breaker"]["held"], held);
    assert_eq!(policy(&running, "database.rows")["breaker"]["held"], Value::Null);
    for action in ["close", "reset"] {
        act("open", "once more");
        assert_eq!(act(action, "done")["breaker"]["held"], Value::Null, "{action}");
    }
}

#[test]
fn every_component_says_what_to_do() {
    let folder = tempfile::tempdir().unwrap();
    let mut stores = vec!["--set", "redis_url=redis://127.0.0.1:1/0", "--set", "bus_url=local:"];
    stores.extend(["--set", "kafka.bootstrap_servers=127.0.0.1:1"]);
    let address = super::running::free_address();
    let mut command = super::running::up(folder.path(), &address, &stores);
    command.env("ADMIN_USERNAME", "tester").env("ADMIN_PASSWORD", super::running::PASSWORD);
    let running = Running::alive(folder.path(), &address, command);
    running.sign_in("tester", super::running::PASSWORD);
    let health = running.get("/operations/health").good();
    let components = health["components"].as_array().unwrap();
    assert_eq!(components.len(), 8, "{health}");
    for component in components {
        assert!(component["advice"].as_str().unwrap().len() > 20, "{component}");
    }
}

/// The share is one of tenants: what a flag's view says of a tenant holds for its accounts.
#[test]
fn a_flag_says_of_a_tenant_what_its_accounts_do() {
    let folder = tempfile::tempdir().unwrap();
    let running = Running::start(folder.path(), &["--set", "ladder.step_up_after_ms=1"]);
    let rungs = || {
        let accounts = running.get("/accounts").good();
        let rung = |account: &Value| account["rung"].as_str().unwrap().to_owned();
        accounts["items"].as_array().unwrap().iter().map(rung).collect::<Vec<_>>()
    };
    let mut last_on = false;
    for percent in [0, 20, 40, 60, 80, 100] {
        let change = json!({ "percent": percent });
        let flag =
            running.try_ask("PUT", "/operations/flags/paper_trading_enabled", Some(&change)).unwrap().good();
        let is_on = flag["on"].as_bool().unwrap();
        assert!(is_on || !last_on, "whoever is in stays in as the share grows");
        let wanted = if is_on { "normal" } else { "cancel_all" };
        within(30, "the accounts do as the flag says", || {
            rungs().iter().all(|rung| rung == wanted).then_some(())
        });
        last_on = is_on;
    }
    assert!(last_on);
}

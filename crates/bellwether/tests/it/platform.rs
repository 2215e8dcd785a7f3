//! The platform from outside: it shows life, obeys, keeps to itself and stops when told.

use serde_json::json;

use super::http::ask;
use super::running::{Journal, PASSWORD, Running, free_address, refused, up, within};

/// Seven times the usual market, so that strategies have something to do soon.
const BUSY: [&str; 2] = ["--set", "synthetic.messages_per_second=2000"];

#[test]
fn the_first_start_shows_a_password_once_and_the_key_is_private() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    let address = free_address();
    let running = Running::ready(folder.path(), &address, up(folder.path(), &address, &[]));
    let printed = running.out();
    let shown: Vec<&str> = printed.lines().filter(|line| line.contains("password")).collect();
    let [line] = shown[..] else { panic!("{printed}") };
    let after = line.split("with the password ").nth(1).unwrap();
    let password = after.split(' ').next().unwrap().to_owned();
    assert!(password.len() >= 16 && line.ends_with("(shown this once)"), "{line}");
    assert_eq!(printed.matches(&password).count(), 1);
    assert!(!running.err().contains(&password), "the log has the password");
    running.sign_in("admin", &password);
    let key = folder.path().join("data/token.key");
    assert_eq!(std::fs::metadata(&key).unwrap().permissions().mode() & 0o777, 0o600);
    let (ended, said) = running.terminate();
    assert!(ended.code() == Some(0) && said.contains("Stopped."), "{ended:?}: {said}");

    let running = Running::ready(folder.path(), &address, up(folder.path(), &address, &[]));
    assert!(!running.out().contains(&password) && !running.out().contains("shown"), "{}", running.out());
    running.sign_in("admin", &password);
}

#[test]
fn the_demonstration_accounts_trade_on_a_market_that_flows() {
    let folder = tempfile::tempdir().unwrap();
    let running = Running::start(folder.path(), &[]);
    assert!(!running.out().contains(PASSWORD), "{}", running.out());
    let flow = |name: &str| running.get("/overview").good()["flow"][name].as_u64().unwrap();
    let (messages, bars) = (flow("messages_in"), flow("bars"));
    within(20, "more messages and bars come", || {
        (flow("messages_in") > messages + 100 && flow("bars") > bars).then_some(())
    });
    assert_eq!(running.get("/overview").good()["status"], "healthy");
    within(20, "the bars of the minute before the start are stored", || {
        let stored = running.get("/bars?instrument_id=0&rule=1s&limit=5").good();
        (stored["items"].as_array().unwrap().len() == 5).then_some(())
    });
    let trend = &running.accounts()["Trend"];
    within(60, "the trend account has orders and fills", || {
        let fills = running.list(&format!("/accounts/{trend}/fills"));
        (!running.order_ids(trend).is_empty() && !fills.is_empty()).then_some(())
    });
    let (ended, said) = running.terminate();
    assert!(ended.code() == Some(0) && said.contains("Stopped."), "{ended:?}: {said}");
}

#[test]
fn a_halt_stops_every_order_until_the_account_is_resumed() {
    let folder = tempfile::tempdir().unwrap();
    let running = Running::start(folder.path(), &BUSY);
    let accounts = running.accounts();
    let trend = &accounts["Trend"];
    within(60, "orders come", || (!running.order_ids(trend).is_empty()).then_some(()));
    let mut before = Vec::new();
    for account in accounts.values() {
        let reason = json!({ "reason": "a test of the brake" });
        let halted = running.post(&format!("/accounts/{account}/halt"), &reason).good();
        assert_eq!(halted["halted"], true, "{halted}");
        before.push(Journal::of(folder.path(), account).order_ids());
    }
    let order = json!({ "instrument_id": 0, "side": "buy", "kind": "market", "quantity": "0.01" });
    let refused = running.post(&format!("/accounts/{trend}/orders"), &order).problem(422);
    assert_eq!(refused["code"], "risk_denied", "{refused}");
    assert!(refused["detail"].as_str().unwrap().contains("halt"), "{refused}");
    let messages = || running.get("/overview").good()["flow"]["messages_in"].as_u64().unwrap();
    let then = messages();
    within(20, "the market goes on", || (messages() > then + 5_000).then_some(()));
    for (account, before) in accounts.values().zip(before) {
        assert_eq!(Journal::of(folder.path(), account).order_ids(), before);
        assert_eq!(running.order_ids(account), before);
    }
    let resumed =
        running.post(&format!("/accounts/{trend}/resume"), &json!({ "reason": "all clear" })).good();
    assert_eq!(resumed["halted"], false, "{resumed}");
    let count = running.order_ids(trend).len();
    running.post(&format!("/accounts/{trend}/orders"), &order).good();
    within(60, "the strategy orders again", || (running.order_ids(trend).len() > count + 1).then_some(()));
}

#[test]
fn a_second_platform_on_the_same_data_or_port_is_refused_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let running = Running::start(folder.path(), &[]);
    let (code, said) = refused(up(folder.path(), &free_address(), &[]));
    assert_eq!(code, Some(2), "{said}");
    for word in ["error: data: ", "another `bellwether up`", "--data-dir"] {
        assert!(said.contains(word), "{word}: {said}");
    }
    let elsewhere = tempfile::tempdir().unwrap();
    let (code, said) = refused(up(elsewhere.path(), running.address(), &[]));
    assert_eq!(code, Some(2), "{said}");
    for word in [running.address(), "in use", "--listen"] {
        assert!(said.contains(word), "{word}: {said}");
    }
    assert_eq!(running.get("/overview").status, 200, "the first one goes on");
    drop(running);
    Running::start(folder.path(), &[]);
}

#[test]
fn nothing_is_shown_without_a_token_nor_of_accounts_that_are_not_ones_own() {
    let folder = tempfile::tempdir().unwrap();
    let running = Running::start(folder.path(), &[]);
    let own = running.accounts()["Trend"].clone();
    let own = own.as_str();
    let stranger = "00000000-0000-7000-8000-000000000001";
    let order = json!({ "instrument_id": 0, "side": "buy", "kind": "market", "quantity": "0.01" });
    let reason = json!({ "reason": "mischief" });
    for (method, path, body) in [
        ("GET", "portfolio", None),
        ("GET", "orders?status=all", None),
        ("GET", "fills", None),
        ("GET", "equity", None),
        ("POST", "orders", Some(&order)),
        ("POST", "halt", Some(&reason)),
        ("POST", "resume", Some(&reason)),
        ("DELETE", "orders/1", None),
    ] {
        let strange = running.try_ask(method, &format!("/accounts/{stranger}/{path}"), body).unwrap();
        assert_eq!(strange.problem(404)["code"], "not_found", "{method} {path}");
        for token in [None, Some("a.forged.token")] {
            let path = format!("/api/v1/accounts/{own}/{path}");
            let anonymous = ask(running.address(), method, &path, token, body).unwrap();
            assert_eq!(anonymous.problem(401)["code"], "unauthorised", "{method} {path}");
        }
    }
    for path in ["overview", "instruments", "quotes", "accounts", "me"] {
        ask(running.address(), "GET", &format!("/api/v1/{path}"), None, None).unwrap().problem(401);
    }
    assert_eq!(running.get("/accounts").good()["items"][0]["halted"], false);
}

#[test]
fn a_data_folder_that_cannot_be_made_is_named() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("data"), "a file in the way").unwrap();
    let (code, said) = refused(up(folder.path(), &free_address(), &[]));
    assert!(code == Some(1) && said.contains("the data folder data"), "{said}");
}

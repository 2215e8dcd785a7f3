//! The database goes away under load and comes back: everything steps down and up again by itself, and nothing is lost.

use std::io::Write;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use serde_json::{Value, json};

use super::running::{Journal, Running, within};

/// Health looks often, so that the test is short; everything else is as always.
const QUICK: [&str; 10] = [
    "--set",
    "health.interval_ms=1000",
    "--set",
    "health.interval_when_unwell_ms=500",
    "--set",
    "health.timeout_ms=500",
    "--set",
    "ladder.step_up_after_ms=2000",
    "--set",
    "synthetic.messages_per_second=2000",
];

/// Another process that holds the database for itself: for everybody else it is gone.
struct Hold(Child);

impl Hold {
    fn take(database: &Path) -> Option<Self> {
        let mut sqlite = Command::new("sqlite3");
        sqlite.arg(database).stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null());
        let mut child = match sqlite.spawn() {
            Ok(child) => child,
            Err(_) => {
                eprintln!("SKIPPED: there is no sqlite3 on the PATH to take the database away with");
                return None;
            }
        };
        let input = child.stdin.as_mut().unwrap();
        input.write_all(b".timeout 10000\nBEGIN EXCLUSIVE;\n").unwrap();
        input.flush().unwrap();
        Some(Self(child))
    }

    fn let_go(mut self) {
        self.0.kill().unwrap();
        self.0.wait().unwrap();
    }
}

fn rungs(running: &Running) -> Vec<String> {
    let accounts = running.get("/accounts").good();
    let rung = |account: &Value| account["rung"].as_str().unwrap().to_owned();
    accounts["items"].as_array().unwrap().iter().map(rung).collect()
}

fn is_ready(running: &Running) -> bool {
    super::http::ask(running.address(), "GET", "/ready", None, None)
        .is_some_and(|answer| answer.status == 200)
}

/// The steps on the ladder in an account's journal.
fn steps(folder: &Path, account: &str) -> Vec<String> {
    let records = Journal::of(folder, account).records();
    let steps = records.iter().filter_map(|record| record["RungSet"]["cause"].as_str());
    steps.map(str::to_owned).collect()
}

/// The database answers every check, but nobody may write rows to it.
#[test]
fn rows_that_are_kept_back_by_hand_step_trading_down_until_they_flow_again() {
    let folder = tempfile::tempdir().unwrap();
    let running = Running::start(folder.path(), &QUICK);
    let accounts = running.accounts();
    let trend = accounts["Trend"].clone();
    within(60, "orders come", || (!running.order_ids(&trend).is_empty()).then_some(()));
    assert!(steps(folder.path(), &trend).is_empty(), "no account stepped at the start");

    let breaker = "/operations/policies/database.rows/breaker";
    running.post(breaker, &json!({ "action": "open", "reason": "a test" })).good();
    within(20, "no account takes new risk", || {
        rungs(&running).iter().all(|rung| rung == "no_new_risk").then_some(())
    });
    let detail = running.get("/operations/health").good();
    let components = detail["components"].as_array().unwrap();
    let status = |name: &str| {
        let known = components.iter().find(|component| component["name"] == name).unwrap();
        known["status"].as_str().unwrap().to_owned()
    };
    assert_eq!((status("database"), status("storing")), ("healthy".to_owned(), "unhealthy".to_owned()));

    running.post(breaker, &json!({ "action": "reset", "reason": "a test" })).good();
    within(60, "trading is back to normal", || {
        rungs(&running).iter().all(|rung| rung == "normal").then_some(())
    });
    assert_eq!(steps(folder.path(), &trend)[0], "storing is unhealthy");
    let (ended, said) = running.terminate();
    assert!(ended.code() == Some(0) && said.contains("Nothing was lost"), "{ended:?}: {said}");
}

#[test]
fn a_database_that_goes_and_comes_back_steps_trading_down_and_up_and_loses_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let running = Running::start(folder.path(), &QUICK);
    let take = || Hold::take(&folder.path().join("data/bellwether.db"));
    goes_and_comes_back(folder.path(), running, take, Hold::let_go);
}

/// Killed as the kernel kills, and started again on what is on its disk.
#[test]
fn a_server_that_is_killed_and_started_again_steps_trading_down_and_up_and_loses_nothing() {
    let Some(mut server) =
        servers::Postgres::start(&servers::Setup { tcp: true, ..servers::Setup::default() })
    else {
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    let url = server.create("outage");
    let setting = format!("database_url={url}");
    let running = Running::start(folder.path(), &[&QUICK[..], &["--set", &setting]].concat());
    assert!(running.out().contains("store     PostgreSQL"), "{}", running.out());
    let kill = || {
        server.kill();
        Some(server)
    };
    goes_and_comes_back(folder.path(), running, kill, |mut server| {
        server.start_again();
        server
    });
}

/// Under load the database goes away and comes back.
fn goes_and_comes_back<A, K>(
    folder: &Path,
    running: Running,
    go: impl FnOnce() -> Option<A>,
    come: impl FnOnce(A) -> K,
) {
    let accounts = running.accounts();
    let trend = accounts["Trend"].clone();
    within(60, "orders come", || (!running.order_ids(&trend).is_empty()).then_some(()));
    let Some(away) = go() else { return };

    within(10, "readiness is gone", || (!is_ready(&running)).then_some(()));
    within(5, "no account takes new risk", || {
        rungs(&running).iter().all(|rung| rung == "no_new_risk").then_some(())
    });
    let detail = running.get("/operations/health").good();
    let degraded = detail["degradations"].as_array().unwrap();
    assert!(degraded.iter().any(|known| known["component"] == "trading"), "{detail}");
    let alerts = within(10, "the alert fires", || {
        let board = running.get("/operations/alerts").good();
        let fires = |alert: &&Value| alert["name"] == "database_unhealthy" && alert["state"] == "firing";
        board["alerts"].as_array().unwrap().iter().find(fires).cloned()
    });
    assert_eq!(alerts["severity"], "critical");
    let seen = super::http::ask(running.address(), "GET", "/health/detailed", None, None).unwrap();
    assert!(!format!("{seen:?}").contains("bellwether.db"), "an inner word is shown to everybody: {seen:?}");

    let _kept = come(away);
    within(30, "all is green again", || is_ready(&running).then_some(()));
    within(30, "trading is back to normal", || {
        rungs(&running).iter().all(|rung| rung == "normal").then_some(())
    });
    for account in accounts.values() {
        let records = Journal::of(folder, account).records();
        let steps: Vec<&Value> = records.iter().filter(|record| record.get("RungSet").is_some()).collect();
        assert!(steps.len() >= 2, "each step is in the journal: {steps:?}");
    }
    // The tables have caught up with the journal: no order that was accepted is missing.
    for account in accounts.values() {
        let journalled = Journal::of(folder, account).order_ids();
        within(20, "every order is in the tables", || {
            let stored = running.order_ids(account);
            journalled.iter().all(|order| stored.contains(order)).then_some(())
        });
    }
    let (ended, said) = running.terminate();
    assert!(ended.code() == Some(0) && said.contains("Nothing was lost"), "{ended:?}: {said}");
}

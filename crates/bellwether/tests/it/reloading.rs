//! A changed configuration: what may change does, what may not says why, and a faulty one changes nothing.

use serde_json::{Value, json};

use super::running::{Running, within};

/// The limits of every account, as it trades by them.
fn open_orders_max(running: &Running) -> Vec<u64> {
    let accounts = running.get("/accounts").good();
    let limit = |account: &Value| account["limits"]["max_open_orders"].as_u64().unwrap();
    accounts["items"].as_array().unwrap().iter().map(limit).collect()
}

#[test]
fn a_restart_takes_other_limits_over() {
    let folder = tempfile::tempdir().unwrap();
    for allowed in [9, 5, 7] {
        let set = format!("limits.max_open_orders={allowed}");
        let running = Running::start(folder.path(), &["--set", &set]);
        within(10, "the accounts have these limits", || {
            (open_orders_max(&running) == [allowed, allowed]).then_some(())
        });
    }
}

#[test]
fn a_changed_file_is_taken_over_where_that_is_safe() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("config/config.yaml");
    std::fs::create_dir(folder.path().join("config")).unwrap();
    std::fs::write(&file, "log:\n  level: info\n").unwrap();
    let running = Running::start(folder.path(), &["--config", "config"]);
    let value = |path: &str| {
        let configuration = running.get("/operations/configuration").good();
        let rows = configuration["rows"].as_array().unwrap().clone();
        rows.into_iter().find(|row| row["path"] == path).unwrap()["value"].as_str().unwrap().to_owned()
    };
    assert_eq!(value("log.level"), "info");

    let changed = "log:\n  level: warn\nlimits:\n  max_open_orders: 7\nsynthetic:\n  seed: 77\n";
    std::fs::write(&file, changed).unwrap();
    within(20, "the file is taken over", || (value("log.level") == "warn").then_some(()));
    within(10, "the accounts have other limits", || {
        let accounts = running.get("/accounts").good();
        let limits = |account: &serde_json::Value| account["limits"]["max_open_orders"] == 7;
        accounts["items"].as_array().unwrap().iter().all(limits).then_some(())
    });
    assert_eq!(value("synthetic.seed"), "1", "what needs a restart stays");
    let said = running.err();
    assert!(said.contains("waits for a restart") && said.contains("synthetic.seed"), "{said}");

    std::fs::write(&file, "log:\n  level: loud=\nlimits:\n  max_open_orders: many\n").unwrap();
    let reloaded = running.post("/operations/configuration/reload", &json!({})).good();
    let faults = reloaded["faults"].to_string();
    assert!(faults.contains("max_open_orders") && faults.contains("config.yaml"), "{faults}");
    assert_eq!((value("log.level").as_str(), value("limits.max_open_orders").as_str()), ("warn", "7"));
}

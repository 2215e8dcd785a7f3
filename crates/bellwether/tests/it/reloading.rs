//! A changed configuration: what may change does, what may not says why, and a faulty one changes nothing.

use std::process::Command;

use serde_json::{Value, json};

use super::running::{Running, within};

/// The limits of every account, as it trades by them.
fn open_orders_max(running: &Running) -> Vec<u64> {
    let accounts = running.get("/accounts").good();
    let limit = |account: &Value| account["limits"]["max_open_orders"].as_u64().unwrap();
    accounts["items"].as_array().unwrap().iter().map(limit).collect()
}

fn value(running: &Running, path: &str) -> String {
    let configuration = running.get("/operations/configuration").good();
    let rows = configuration["rows"].as_array().unwrap().clone();
    rows.into_iter().find(|row| row["path"] == path).unwrap()["value"].as_str().unwrap().to_owned()
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
fn what_is_lost_or_another_installation_s_changes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("config/config.yaml");
    std::fs::create_dir(folder.path().join("config")).unwrap();
    std::fs::write(&file, "limits: {max_open_orders: 11}\n").unwrap();
    std::fs::write(folder.path().join("config/config.staging.yaml"), "limits: {max_open_orders: 77}\n")
        .unwrap();
    let running = Running::start(folder.path(), &["--config", "config"]);
    let reload = || running.post("/operations/configuration/reload", &json!({})).good();
    let faulty = |words: &str| {
        let reloaded = reload();
        assert!(reloaded["faults"].to_string().contains(words), "{reloaded}");
        assert_eq!(value(&running, "limits.max_open_orders"), "11");
        assert_eq!(open_orders_max(&running), [11, 11]);
    };
    std::fs::remove_file(&file).unwrap();
    faulty("config.yaml:1:1: is gone");
    std::fs::write(&file, "environment: staging\nlimits: {max_open_orders: 11}\n").unwrap();
    faulty("`environment` is another");
    let mail = "log: {level: error}\nlimits: {max_open_orders: 11}\nalerts: {email: {host: h, from: a b@c, to: [a@b]}}\n";
    std::fs::write(&file, mail).unwrap();
    faulty("config.yaml:3:33: `alerts.email.from` `a b@c` is no mail address");
    assert!(Command::new("mkfifo").arg(folder.path().join("pipe")).status().unwrap().success());
    std::fs::rename(folder.path().join("pipe"), &file).unwrap();
    faulty("it is no regular file");
    // The link of a mounted folder comes to lead elsewhere.
    std::fs::remove_file(&file).unwrap();
    std::fs::write(folder.path().join("mounted"), "limits: {max_open_orders: 12}\n").unwrap();
    std::os::unix::fs::symlink(folder.path().join("mounted"), &file).unwrap();
    within(20, "the new file is taken over", || (open_orders_max(&running) == [12, 12]).then_some(()));
}

#[test]
fn the_flag_debug_changes_what_is_logged() {
    let folder = tempfile::tempdir().unwrap();
    let running = Running::start(folder.path(), &[]);
    let is_logged = || {
        running.get("/me").good();
        let lines = running.get("/operations/log?level=debug&limit=1000&contains=/api/v1/me").good();
        !lines["lines"].as_array().unwrap().is_empty()
    };
    assert!(!is_logged());
    let flag = "/operations/flags/debug";
    running.try_ask("PUT", flag, Some(&json!({ "enabled": true }))).unwrap().good();
    within(10, "requests are logged", || is_logged().then_some(()));
    running.try_ask("DELETE", flag, None).unwrap().good();
    let count = || {
        running.get("/operations/log?level=debug&limit=1000&contains=/api/v1/me").good()["lines"]
            .as_array()
            .unwrap()
            .len()
    };
    let before = count();
    running.get("/me").good();
    assert_eq!(count(), before);
}

#[test]
fn a_changed_file_is_taken_over_where_that_is_safe() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("config/config.yaml");
    std::fs::create_dir(folder.path().join("config")).unwrap();
    std::fs::write(&file, "log:\n  level: info\n").unwrap();
    let running = Running::start(folder.path(), &["--config", "config"]);
    let value = |path: &str| value(&running, path);
    assert_eq!(value("log.level"), "info");

    let changed = "log:\n  level: warn\nlimits:\n  max_open_orders: 7\nsynthetic:\n  seed: 77\n";
    std::fs::write(&file, changed).unwrap();
    within(20, "the file is taken over", || (value("log.level") == "warn").then_some(()));
    within(10, "the accounts have other limits", || (open_orders_max(&running) == [7, 7]).then_some(()));
    assert_eq!(value("synthetic.seed"), "1", "what needs a restart stays");
    let said = running.err();
    assert!(said.contains("waits for a restart") && said.contains("synthetic.seed"), "{said}");
    let last = running.get("/operations/configuration").good()["last_reload"].clone();
    assert_eq!(
        (&last["by"], &last["report"]["refused"][0]["path"]),
        (&json!("a changed file"), &json!("synthetic.seed"))
    );

    std::fs::write(&file, "log:\n  level: loud=\nlimits:\n  max_open_orders: many\n").unwrap();
    let reloaded = running.post("/operations/configuration/reload", &json!({})).good();
    assert_eq!(reloaded["faults"].as_array().unwrap().len(), 2, "each by itself: {reloaded}");
    let last = running.get("/operations/configuration").good()["last_reload"].clone();
    assert_eq!((&last["by"], &last["report"]), (&json!("tester"), &reloaded));
    let faults = reloaded["faults"].to_string();
    assert!(faults.contains("max_open_orders") && faults.contains("config.yaml"), "{faults}");
    assert_eq!((value("log.level").as_str(), value("limits.max_open_orders").as_str()), ("warn", "7"));
}

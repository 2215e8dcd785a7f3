//! Everything is written to one file while the platform works, destroyed, and brought back into either database.

use std::fs;
use std::path::Path;

use serde_json::Value;

use super::program::{Ran, run};
use super::running::{Running, within};

const BACKUP: &str = "all.tar.gz";

fn rows_of(sums: &Value, table: &str) -> u64 {
    let sums = sums.as_array().unwrap();
    sums.iter().find(|sum| sum["table"] == table).unwrap()["rows"].as_u64().unwrap()
}

/// A command on the data folder, or on a server's database, that must go well.
fn told(folder: &Path, arguments: &[&str], database: Option<&str>) -> Value {
    let url = database.map(|url| format!("database_url={url}"));
    let mut all = vec!["--json", "--data-dir", "data"];
    all.extend(arguments);
    all.extend(url.iter().flat_map(|url| ["--set", url]));
    let ran = run(folder, &all);
    ran.assert_no_panic();
    assert_eq!(ran.code, Some(0), "{ran:?}");
    ran.json()
}

fn refused(folder: &Path, arguments: &[&str]) -> Ran {
    let mut all = vec!["--data-dir", "data"];
    all.extend(arguments);
    let ran = run(folder, &all);
    ran.assert_no_panic();
    assert_ne!(ran.code, Some(0), "{ran:?}");
    ran
}

/// A backup of a platform that works, and what it adds up to.
fn written(folder: &Path) -> Value {
    let running = Running::start(folder, &[]);
    within(60, "there are trades and orders", || {
        let sums = told(folder, &["database", "sums"], None);
        (rows_of(&sums, "trades") > 100 && rows_of(&sums, "orders") > 0).then_some(())
    });
    let report = told(folder, &["backup", BACKUP], None);
    running.get("/operations/health").good();
    report["tables"].clone()
}

#[test]
fn a_destroyed_platform_is_brought_back_and_goes_on() {
    let folder = tempfile::tempdir().unwrap();
    let sums = written(folder.path());
    fs::remove_dir_all(folder.path().join("data")).unwrap();
    let report = told(folder.path(), &["restore", BACKUP], None);
    assert_eq!(report["tables"], sums);
    assert_eq!(told(folder.path(), &["database", "sums"], None), sums, "every row is as it was");
    told(folder.path(), &["database", "status"], None);
    let said = refused(folder.path(), &["restore", BACKUP]).err;
    assert!(said.contains("has rows already"), "{said}");
    let running = Running::start(folder.path(), &[]);
    let orders = rows_of(&sums, "orders");
    within(60, "it trades on", || {
        let sums = told(folder.path(), &["database", "sums"], None);
        (rows_of(&sums, "orders") > orders).then_some(())
    });
    let said = refused(folder.path(), &["restore", BACKUP]).err;
    assert!(said.contains("another `bellwether up` runs"), "{said}");
    drop(running);
}

#[test]
fn a_laptop_moves_to_a_server() {
    let Some(server) = servers::postgres() else { return };
    let folder = tempfile::tempdir().unwrap();
    let sums = written(folder.path());
    fs::remove_dir_all(folder.path().join("data")).unwrap();
    let url = server.create("moved");
    assert_eq!(told(folder.path(), &["restore", BACKUP], Some(&url))["tables"], sums);
    assert_eq!(told(folder.path(), &["database", "sums"], Some(&url)), sums, "every row is as it was");
    let set = format!("database_url={url}");
    let running = Running::start(folder.path(), &["--set", &set]);
    let orders = rows_of(&sums, "orders");
    within(60, "it trades on", || {
        let sums = told(folder.path(), &["database", "sums"], Some(&url));
        (rows_of(&sums, "orders") > orders).then_some(())
    });
    drop(running);
}

#[test]
fn the_tables_go_forward_and_back_only_when_that_is_meant() {
    let folder = tempfile::tempdir().unwrap();
    let version =
        |rows: &Value| rows.as_array().unwrap().iter().filter(|row| !row["applied_ms"].is_null()).count();
    assert_eq!(version(&told(folder.path(), &["database", "status"], None)), 0, "looking changes nothing");
    let newest = version(&told(folder.path(), &["database", "migrate"], None));
    assert!(newest > 3);
    let said = refused(folder.path(), &["database", "migrate", "--to", "2"]).err;
    assert!(said.contains("--lose-rows"), "{said}");
    assert_eq!(version(&told(folder.path(), &["database", "migrate", "--to", "2", "--lose-rows"], None)), 2);
    let said = refused(folder.path(), &["backup", BACKUP]).err;
    assert!(said.contains("database migrate"), "{said}");
    assert!(
        fs::read_dir(folder.path()).unwrap().all(|entry| entry.unwrap().file_name() == "data"),
        "nothing stays"
    );
    assert_eq!(version(&told(folder.path(), &["database", "migrate", "--to", "0", "--lose-rows"], None)), 0);
    assert_eq!(version(&told(folder.path(), &["database", "migrate"], None)), newest);
    let history = told(folder.path(), &["database", "history"], None);
    assert_eq!(history.as_array().unwrap().len(), 3 * newest);
    run(folder.path(), &["--data-dir", "data", "database", "check"]).assert_no_panic();
}

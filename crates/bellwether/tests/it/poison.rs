//! Market data that the store refuses: it is put aside with its error and does not hold up its neighbours, and after
//! a fix it is replayed by command line and API.

use std::path::Path;
use std::process::Command;

use serde_json::{Value, json};

use super::program::run;
use super::running::{Running, within};

const LETTERS: &str = "/operations/dead-letters";

/// Takes the first instrument out of the table: from then on every row that names it is refused.
const POISON: &str = "CREATE TABLE kept AS SELECT * FROM instruments WHERE id = 0;
                      DELETE FROM instruments WHERE id = 0;";
const FIX: &str = "INSERT INTO instruments SELECT * FROM kept; DROP TABLE kept;";

#[test]
fn poison_in_sqlite_is_isolated_kept_and_replayed() {
    if Command::new("sqlite3").arg("--version").output().is_err() {
        eprintln!("SKIPPED: there is no sqlite3 on the PATH to spoil the database with");
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let database = folder.path().join("data/bellwether.db");
    let sql = |statements: &str| {
        let ran =
            Command::new("sqlite3").args(["-cmd", ".timeout 10000"]).arg(&database).arg(statements).output();
        let ran = ran.unwrap();
        assert!(ran.status.success(), "{ran:?}");
        String::from_utf8(ran.stdout).unwrap()
    };
    is_isolated_kept_and_replayed(folder.path(), &[], sql);
}

#[test]
fn poison_in_postgresql_is_isolated_kept_and_replayed() {
    let Some(server) = servers::postgres() else { return };
    let folder = tempfile::tempdir().unwrap();
    let setting = format!("database_url={}", server.create("poison"));
    is_isolated_kept_and_replayed(folder.path(), &["--set", &setting], |statements| {
        server.sql("poison", statements)
    });
}

fn is_isolated_kept_and_replayed(folder: &Path, more: &[&str], sql: impl Fn(&str) -> String) {
    let running = Running::start(folder, more);
    within(30, "rows are stored", || (stream(&running, 0)["delivered"].as_u64()? > 100).then_some(()));
    let letters = || running.get(&format!("{LETTERS}?limit=200")).good()["items"].as_array().unwrap().clone();
    assert_eq!(letters(), [] as [Value; 0]);

    sql(POISON);
    let found = within(60, "letters are kept", || Some(letters()).filter(|found| found.len() >= 20));
    for letter in &found {
        assert_eq!((&letter["origin"], &letter["attempts"]), (&json!("store"), &json!(3)), "{letter}");
        let error = letter["error"].as_str().unwrap();
        assert!(error.contains("instrument 0 was never put"), "{letter}");
        assert!(letter["first_failed_ms"].as_i64() < letter["last_failed_ms"].as_i64(), "{letter}");
        let kind = letter["kind"].as_str().unwrap();
        let named = &letter["item"][kind];
        assert!(kind == "spread" || named["instrument"] == 0, "{letter}");
    }
    let neighbour = |name: &str| stream(&running, 1)[name].as_u64().unwrap();
    let before = neighbour("delivered");
    within(30, "neighbours are stored", || (neighbour("delivered") > before + 200).then_some(()));
    let text = super::http::ask(running.address(), "GET", "/metrics", None, None).unwrap().text();
    let counted =
        text.lines().find(|line| line.starts_with("kafka_dlq_messages_total{sink=\"store\"}")).unwrap();
    assert!(counted.rsplit(' ').next().unwrap().parse::<f64>().unwrap() >= 20.0, "{counted}");

    let number = found[0]["number"].as_u64().unwrap();
    let refused = running.post(&format!("{LETTERS}/{number}/replay"), &json!({})).problem(409);
    assert!(refused["detail"].as_str().unwrap().contains("refused again"), "{refused}");
    let one = running.get(&format!("{LETTERS}/{number}")).good();
    assert_eq!((&one["replays"], &one["attempts"]), (&json!(1), &json!(4)));

    sql(FIX);
    let replayed = running.post(&format!("{LETTERS}/{number}/replay"), &json!({})).good();
    assert_eq!(replayed, json!({ "number": number, "done": "replayed" }));
    running.post(&format!("{LETTERS}/{number}/replay"), &json!({})).problem(404);
    let other = found[1]["number"].as_u64().unwrap();
    let discarded = running.try_ask("DELETE", &format!("{LETTERS}/{other}"), None).unwrap().good();
    assert_eq!(discarded["done"], "discarded");
    by_command_line(folder, more, found[2]["number"].as_u64().unwrap());
    assert_eq!(letters(), [] as [Value; 0]);
    holds_up(&running);
    let (ended, said) = running.terminate();
    assert!(ended.code() == Some(0) && said.contains("Nothing was lost"), "{ended:?}: {said}");
}

fn by_command_line(folder: &Path, more: &[&str], number: u64) {
    let command = |arguments: &[&str]| {
        let all = [&["--data-dir", "data", "--json"], more, &["dead-letters"], arguments].concat();
        let ran = run(folder, &all);
        assert_eq!(ran.code, Some(0), "{ran:?}");
        ran.json()
    };
    let number_text = number.to_string();
    assert_eq!(command(&["show", &number_text])["number"], number);
    assert_eq!(command(&["replay", &number_text]), json!({ "replayed": [number], "failed": [] }));
    let page = command(&["list", "--limit", "2"]);
    assert_eq!(page["items"].as_array().unwrap().len(), 2);
    assert!(page["total"].as_u64().unwrap() > 2 && page["next_cursor"].is_string(), "{page}");
    let all = command(&["replay", "--all"]);
    assert!(all["replayed"].as_array().unwrap().len() > 2, "{all}");
    assert_eq!(command(&["list"])["total"], 0);
}

/// The account of the edge before the store of one stream.
pub(super) fn stream(running: &Running, instrument: u64) -> Value {
    let seen = running.get("/operations/pipeline").good();
    let edges = seen["edges"].as_array().unwrap();
    let edge = edges.iter().find(|edge| edge["name"] == "store").unwrap();
    let mut streams = edge["streams"].as_array().unwrap().iter();
    streams.find(|stream| stream["instrument_id"] == instrument).cloned().unwrap_or_default()
}

/// Of every stream on every edge: what went in is what came out, item by item.
pub(super) fn holds_up(running: &Running) {
    let seen = running.get("/operations/pipeline").good();
    for edge in seen["edges"].as_array().unwrap() {
        for stream in edge["streams"].as_array().unwrap().iter().chain([edge]) {
            let count = |name: &str| stream[name].as_u64().unwrap();
            let ends =
                ["delivered", "dead_letters", "dropped_oldest", "dropped_newest", "abandoned", "damaged"];
            let settled: u64 = ends.into_iter().map(count).sum();
            assert_eq!(count("taken"), settled + count("under_way"), "{stream}");
        }
    }
}

//! Conservation: while the stores are killed and held again and again at full speed, what goes in is what is stored, a
//! dead letter or counted as dropped, stream by stream, exactly, and nothing is stored twice. It lasts as long as
//! `BELLWETHER_CONSERVE_SECONDS` says; `cargo xtask conserve` runs it long.

mod party;

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;

use serde_json::Value;

use super::poison::holds_up;
use super::running::{Running, within};
use party::{Chance, Party, PostgresParty, RedisParty};

/// How long the test lasts by itself.
const SECONDS: u64 = 30;

/// Each party goes so often, by turns killed and held.
const OUTAGES: u32 = 6;

/// As fast as the market goes; nothing may be dropped, and nobody is waited for long.
const SETTINGS: [&str; 22] = [
    "--set",
    "synthetic.messages_per_second=2000",
    "--set",
    "synthetic.warm_up_minutes=0",
    "--set",
    "pipeline.drop_policy=block",
    "--set",
    "pipeline.sink_backpressure_policy=block",
    "--set",
    "pipeline.batch_size=100",
    "--set",
    "pipeline.pacing_budget_max_msgs_per_sec=100000",
    "--set",
    "database.statement_timeout_ms=1000",
    "--set",
    "redis.command_timeout_ms=500",
    "--set",
    "health.interval_ms=1000",
    "--set",
    "health.interval_when_unwell_ms=500",
    "--set",
    "health.timeout_ms=500",
];

/// What stands in the tables of one stream, by the instrument that an edge counts it under.
const ROWS: &str = "SELECT instrument, count(*) FROM (
    SELECT instrument FROM trades UNION ALL SELECT instrument FROM quotes UNION ALL
    SELECT instrument FROM bars UNION ALL SELECT buy FROM spreads UNION ALL
    SELECT first FROM pair_spreads UNION ALL SELECT instrument FROM spread_regimes) AS everything GROUP BY 1 ORDER BY 1";

/// Trades that stand there more than once.
const TWICE: &str =
    "SELECT count(*) - count(DISTINCT (instrument, venue_time, price, quantity, number)) FROM trades";

const NEWEST_QUOTES: &str = "SELECT venue || ':' || symbol, max(receive_time) FROM quotes
    JOIN instruments ON instruments.id = quotes.instrument GROUP BY 1 ORDER BY 1";

#[test]
fn nothing_is_lost_or_doubled_while_stores_come_and_go() {
    let Some(mut postgres) = PostgresParty::start() else { return };
    let Some(mut redis) = RedisParty::start() else { return };
    let folder = tempfile::tempdir().unwrap();
    let stores = [format!("database_url={}", postgres.url()), format!("redis_url={}", redis.url())];
    let named = ["--set", &stores[0], "--set", &stores[1]];
    let running = Running::start(folder.path(), &[&SETTINGS[..], &named].concat());
    within(30, "rows are stored", || (edge(&running, "store")["delivered"].as_u64()? > 500).then_some(()));
    let seed = std::env::var("BELLWETHER_CONSERVE_SEED").map_or(7, |seed| seed.parse().expect("a number"));
    eprintln!("seed {seed}, {} s", span().as_secs());
    come_and_go(&mut [&mut postgres, &mut redis], &mut Chance::new(seed));
    within(120, "what waited on the disk is delivered", || {
        let waits = |name| edge(&running, name)["spooled"].as_u64().unwrap();
        (waits("store") == 0 && waits("redis") == 0).then_some(())
    });
    holds_up(&running);
    let (ended, said) = running.terminate();
    assert!(ended.code() == Some(0) && said.contains("Nothing was lost"), "{ended:?}: {said}");
    judge(folder.path(), &postgres, &redis);
}

fn span() -> Duration {
    let named = std::env::var("BELLWETHER_CONSERVE_SECONDS").ok();
    Duration::from_secs(named.map_or(SECONDS, |seconds| seconds.parse().expect("whole seconds")))
}

/// Spread over the time at random: each party is killed and held by turns.
fn come_and_go(parties: &mut [&mut dyn Party], chance: &mut Chance) {
    let each = span() / OUTAGES / u32::try_from(parties.len()).unwrap();
    for turn in 0..OUTAGES {
        for party in parties.iter_mut() {
            let (before, away) = (chance.below(each / 3), each / 4 + chance.below(each / 4));
            std::thread::sleep(before);
            let is_kill = turn % 2 == 0;
            eprintln!(
                "{} is {} for {} ms",
                party.name(),
                if is_kill { "killed" } else { "held" },
                away.as_millis()
            );
            if is_kill {
                party.kill()
            } else {
                party.hold()
            }
            std::thread::sleep(away);
            if is_kill {
                party.start_again()
            } else {
                party.release()
            }
            std::thread::sleep(each.saturating_sub(before + away));
        }
    }
}

fn edge(running: &Running, name: &str) -> Value {
    let seen = running.get("/operations/pipeline").good();
    named(&seen, name)
}

fn named(seen: &Value, name: &str) -> Value {
    seen["edges"].as_array().unwrap().iter().find(|edge| edge["name"] == name).unwrap().clone()
}

/// By the program's last word and the stores' own.
fn judge(folder: &Path, postgres: &PostgresParty, redis: &RedisParty) {
    let text = std::fs::read_to_string(folder.join("data/pipeline.json")).unwrap();
    let last: Value = serde_json::from_str(&text).unwrap();
    let rows: BTreeMap<u64, u64> = pairs(&postgres.sql(ROWS));
    let mut total = 0;
    for name in ["operators", "store", "redis"] {
        for stream in named(&last, name)["streams"].as_array().unwrap() {
            let count = |field: &str| stream[field].as_u64().unwrap();
            let ends =
                ["dead_letters", "dropped_oldest", "dropped_newest", "abandoned", "damaged", "under_way"];
            assert_eq!(ends.map(count), [0; 6], "with policy block all is delivered: {name} {stream}");
            assert_eq!(count("taken"), count("delivered"), "{name} {stream}");
            if name == "store" {
                let stored = rows.get(&count("instrument_id")).copied().unwrap_or_default();
                assert_eq!(count("delivered"), stored, "rows of {stream}");
                total += stored;
            }
        }
    }
    assert_eq!(postgres.sql(TWICE), "0");
    assert_eq!(postgres.sql("SELECT count(*) FROM dead_letters"), "0");
    let newest: BTreeMap<String, String> = pairs(&postgres.sql(NEWEST_QUOTES));
    for (name, time) in &newest {
        assert_eq!(redis.field(&format!("latest:{name}"), "quote_time").as_ref(), Some(time), "{name}");
    }
    eprintln!("{total} items of {} streams: each is stored once", rows.len());
}

/// Rows of two columns.
fn pairs<K, V>(text: &str) -> BTreeMap<K, V>
where
    K: std::str::FromStr<Err: std::fmt::Debug> + Ord,
    V: std::str::FromStr<Err: std::fmt::Debug>,
{
    let pair = |line: &str| {
        let (key, value) = line.rsplit_once('|').unwrap();
        (key.parse().unwrap(), value.parse().unwrap())
    };
    text.lines().map(pair).collect()
}

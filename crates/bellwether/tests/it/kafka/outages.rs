//! The database and the brokers go away in the middle of the work and come back: nothing is lost, nothing is doubled.

use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process};
use servers::{Postgres, Setup};

use super::traffic::{Line, rows, trades, wait_until};

const TOTAL: u64 = 4_000;

#[test]
fn database_and_brokers_go_away_and_everything_is_stored_once() {
    // What it has committed must outlive its kill.
    let durable = Setup { is_durable: true, ..Setup::default() };
    let Some(mut postgres) = Postgres::start(&durable) else { return };
    let mut line = Line::start(&postgres, "outages");
    line.send(trades(0..1_000));
    let mut program = line.begin();
    let stored = |postgres: &Postgres, line: &Line| -> u64 {
        let rows = rows(postgres, line, "trades");
        rows.split('|').next().unwrap().parse().unwrap()
    };
    wait_until("it stores", || has_trades(&postgres, &line) && stored(&postgres, &line) > 0);
    postgres.kill();
    line.send(trades(1_000..2_000));
    std::thread::sleep(Duration::from_secs(2));
    postgres.start_again();
    wait_until("it stores again", || stored(&postgres, &line) > 1_000);
    line.brokers.down(1);
    std::thread::sleep(Duration::from_secs(2));
    line.brokers.up(1);
    line.send(trades(2_000..TOTAL));
    wait_until("everything is stored", || stored(&postgres, &line) == TOTAL);
    assert_eq!(rows(&postgres, &line, "trades"), format!("{TOTAL}|{TOTAL}"));
    // Stopped in order, it leaves nothing to be read again.
    kill_process(Pid::from_child(&program), Signal::TERM).unwrap();
    let ended = program.wait().unwrap();
    assert_eq!(ended.code(), Some(0));
    assert_eq!(line.finish().json()["messages"], 0);
}

fn has_trades(postgres: &Postgres, line: &Line) -> bool {
    postgres.sql(&line.database, "SELECT to_regclass('trades') IS NOT NULL") == "t"
}

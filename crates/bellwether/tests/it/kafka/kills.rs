//! The program is killed again and again in the middle of its work: every message is in the database once.
//!
//! A few kills with every run of the tests; `cargo xtask kills` makes fifty of them.

use std::collections::BTreeSet;
use std::time::Duration;

use super::traffic::{Line, quotes, rows, trades};

/// Kills, where nobody asks for more.
const KILLS_SHORT: u64 = 3;

/// Trades, and as many quotes, that are sent for each kill.
const TRADES: u64 = 800;

/// What is sent together.
const TOGETHER: u64 = 100;

/// One message of so many is no message.
const POISON_EVERY: u64 = 1_000;

#[test]
fn killed_at_random_moments_everything_is_stored_once() {
    let Some(postgres) = servers::postgres() else { return };
    let kills = number("BELLWETHER_KILLS").unwrap_or(KILLS_SHORT);
    let seed = number("BELLWETHER_SEED").unwrap_or_else(|| u64::from(std::process::id()));
    eprintln!("{kills} kills, BELLWETHER_SEED={seed}");
    let mut chance = Chance::new(seed);
    let line = Line::start(postgres, "kills");
    let total = TRADES * (kills + 1);
    let poisoned = std::thread::scope(|scope| {
        let sender = scope.spawn(|| send(&line, total));
        for kill in 0..kills {
            let mut program = line.begin();
            // From before it has joined the group to the middle of its work.
            let alive = Duration::from_millis(chance.below(4_000));
            std::thread::sleep(alive);
            program.kill().unwrap();
            program.wait().unwrap();
            eprintln!("kill {} after {alive:?}: {} rows", kill + 1, rows(postgres, &line, "trades"));
        }
        sender.join().unwrap()
    });
    let ran = line.finish();
    ran.assert_no_panic();
    assert!(matches!(ran.code, Some(0 | 3)), "{ran:?}");
    for table in ["trades", "quotes"] {
        assert_eq!(rows(postgres, &line, table), format!("{total}|{total}"), "{table}, seed {seed}: {ran:?}");
    }
    let sum = postgres.sql(&line.database, "SELECT sum(number) FROM trades");
    assert_eq!(sum, (total * (total + 1) / 2).to_string(), "each trade once, seed {seed}");
    assert_eq!(buried(&line, poisoned.len()), poisoned, "what was no message is a dead letter, seed {seed}");
}

/// Everything, at a pace that keeps the program busy between kills; the places of what is no message.
fn send(line: &Line, total: u64) -> BTreeSet<String> {
    let mut poisoned = BTreeSet::new();
    for first in (0..total).step_by(usize::try_from(TOGETHER).unwrap()) {
        let numbers = first..(first + TOGETHER).min(total);
        line.send(trades(numbers.clone()).chain(quotes(numbers)));
        if first.is_multiple_of(POISON_EVERY) {
            let text = format!("no message: {first}");
            super::poison::send(line, &text);
            poisoned.insert(text);
        }
        std::thread::sleep(Duration::from_millis(100));
    }
    poisoned
}

/// Dead letters by their payload. One that was buried just before a kill may be buried twice.
fn buried(line: &Line, at_least: usize) -> BTreeSet<String> {
    let letters = super::poison::letters(line, at_least);
    letters.into_iter().map(|letter| String::from_utf8(letter.payload).unwrap()).collect()
}

fn number(variable: &str) -> Option<u64> {
    std::env::var(variable).ok().map(|text| text.parse().unwrap())
}

struct Chance(u64);

impl Chance {
    const fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// SplitMix64.
    fn below(&mut self, limit: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) % limit
    }
}

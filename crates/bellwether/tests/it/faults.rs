//! Everybody outside misbehaves, for as long as `BELLWETHER_FAULTS_SECONDS` says: no call outlives its whole timeout,
//! retries are no storm, whoever returns is used again soon, and memory stays flat. `cargo xtask faults` runs it long.

mod lateness;
mod ledger;
mod load;
mod memory;
mod party;
#[path = "../../../secrets/tests/it/shelves.rs"]
mod shelves;

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use serde_json::{Value, json};

use super::running::{Running, within};
use lateness::Lateness;
use ledger::{Ledger, Outage, Seen, longest, named, now};
use load::Ending;
use memory::Memory;
use party::{PARTIES, Parties, Standing, WHOLE};

/// How long the test lasts by itself. From the second on it is a soak: parties leave one by one, and memory must stay.
const SECONDS: u64 = 12;
const SOAK_SECONDS: u64 = 120;

/// A call may end so much after its whole timeout, and by as much more as timers were seen to be late.
const MARGIN: Duration = Duration::from_millis(100);

/// Calls to a party that is away, for each that was asked.
const RATIO_MAX: f64 = 1.2;

/// Until a party that is back is used again.
const BACK_WITHIN: Duration = Duration::from_secs(5);

/// Of the second half of a soak, in KiB.
const GROWTH_MAX: f64 = 2_048.0;

/// An outage is judged when so many calls were asked in it, in a soak twice as many, and so much time has passed.
const ASKED_MIN: u64 = 15;
const OUTAGE_MIN: Duration = Duration::from_secs(6);

/// Between two looks at the program.
const LOOK_EVERY: Duration = Duration::from_millis(50);

/// How long connections live that would last while chance decides.
const RESET_EVERY: Duration = Duration::from_secs(3);

/// Policies of the program under which nobody is called here: SQLite is a file, AWS needs a build with it.
const ELSEWHERE: [&str; 2] = ["aws.secrets", "database.rows"];

/// A sign-in is good for a quarter of an hour.
const SIGN_IN_EVERY: Duration = Duration::from_secs(600);

#[test]
fn nobody_outside_can_hang_flood_or_stop_the_program() {
    let folder = tempfile::tempdir().unwrap();
    let shelves = load::shelves();
    let Some(parties) = Parties::start(folder.path(), &shelves) else { return };
    configure(folder.path(), &parties);
    let running = Running::start(folder.path(), &["--config", "config"]);
    assert_nobody_is_missing(&running);
    let (stop, memory, lateness) = (AtomicBool::new(false), Memory::default(), Lateness::default());
    let mut ledger = Ledger::new();
    std::thread::scope(|scope| {
        let _ending = Ending(&stop);
        scope.spawn(|| load::alerts(&running, &stop));
        scope.spawn(|| load::secrets(&running, &shelves, &stop));
        scope.spawn(|| memory.watch(&running, &stop));
        scope.spawn(|| lateness.watch(&stop));
        misbehave(&running, &parties, &mut ledger);
    });
    assert_calm(&running, &parties);
    for party in &parties.standing {
        let row = ledger.of(party.entry);
        row.asked = seen(&running, party).asked;
        row.longest = longest(&running, party.entry);
        row.faults = party.faults();
    }
    let course = memory.course();
    eprintln!("\n{ledger}\ntimers were late by {} ms at most", lateness.most().as_millis());
    course.iter().for_each(|course| eprintln!("{course}"));
    judge(&ledger, WHOLE + MARGIN + lateness.most());
    if is_soak()
        && let Some(course) = course
    {
        assert!(course.growth() <= GROWTH_MAX, "memory grows: {course}");
    }
    assert!(!running.err().contains("panicked"), "{}", running.err());
}

/// A party that the program calls and that stands behind no proxy would not be looked at.
fn assert_nobody_is_missing(running: &Running) {
    let policies = running.get("/operations/policies").good();
    let called: BTreeSet<&str> =
        policies.as_array().unwrap().iter().filter_map(|policy| policy["name"].as_str()).collect();
    let known = PARTIES.iter().map(|entry| entry.policy).chain(ELSEWHERE);
    assert_eq!(called, known.collect(), "give each an entry in faults/party.rs");
}

fn span() -> Duration {
    let named = std::env::var("BELLWETHER_FAULTS_SECONDS").ok();
    Duration::from_secs(named.map_or(SECONDS, |seconds| seconds.parse().expect("whole seconds")))
}

fn is_soak() -> bool {
    span() >= Duration::from_secs(SOAK_SECONDS)
}

/// The program reaches everybody through a proxy, with timeouts that are short and a client that is patient: it is
/// the policy that ends a call.
fn configure(folder: &Path, parties: &Parties) {
    let mut settings = json!({
        "health": { "interval_ms": 2_000, "interval_when_unwell_ms": 100, "timeout_ms": 2_000 },
        "http": { "connect_timeout_ms": 4_000, "read_timeout_ms": 4_000, "write_timeout_ms": 4_000 },
        "redis": { "connect_timeout_ms": 4_000, "command_timeout_ms": 4_000, "max_retries": 2 },
        "resilience": {
            "circuit_breaker_timeout_ms": 1_000, "circuit_breaker_internal_timeout_ms": 1_000,
            "circuit_breaker_successes": 2, "retry_initial_delay_ms": 20, "retry_max_delay_ms": 100,
        },
        "rate_limit": { "tenant_max": 1_000_000 },
        "policies": parties.policies(),
    });
    let market = is_soak().then(load::market);
    for more in parties.settings().iter().chain([&load::settings()]).chain(&market) {
        lay(&mut settings, more);
    }
    std::fs::create_dir(folder.join("config")).unwrap();
    std::fs::write(folder.join("config/config.yaml"), settings.to_string()).unwrap();
}

/// Lays `more` over `on`, map by map.
fn lay(on: &mut Value, more: &Value) {
    match (on, more) {
        (Value::Object(on), Value::Object(more)) => {
            more.iter().for_each(|(key, value)| lay(on.entry(key.clone()).or_insert(Value::Null), value));
        }
        (on, more) => *on = more.clone(),
    }
}

/// All hang at first; then chance decides, and from time to time somebody leaves, until the time is over.
fn misbehave(running: &Running, parties: &Parties, ledger: &mut Ledger) {
    let everybody: Vec<&Standing> = parties.standing.iter().collect();
    for party in &everybody {
        within(20, party.entry.policy, || (seen(running, party).succeeded > 0).then_some(()));
    }
    hang(running, &everybody, ledger);
    let (began, mut signed_in) = (now(), now());
    for turn in 0.. {
        spell(parties, if is_soak() { 10 } else { 6 });
        let who = if is_soak() { some_of(&everybody, turn) } else { everybody.clone() };
        if is_soak() && turn % 2 == 1 {
            hang(running, &who, ledger);
        } else {
            leave(running, parties, &who, ledger);
        }
        if signed_in.elapsed() > SIGN_IN_EVERY {
            running.sign_in("tester", super::running::PASSWORD);
            signed_in = now();
        }
        if began.elapsed() >= span() {
            break;
        }
    }
    parties.each(Standing::be_well);
}

/// One after the other, then all; an odd number of turns, so that everybody leaves in either way.
fn some_of<'a>(everybody: &[&'a Standing], turn: usize) -> Vec<&'a Standing> {
    let places = (everybody.len() + 1) | 1;
    everybody.get(turn % places).map_or_else(|| everybody.to_vec(), |party| vec![*party])
}

/// A while in which chance alone decides.
fn spell(parties: &Parties, seconds: u64) {
    parties.each(Standing::be_random);
    let began = now();
    while began.elapsed() < Duration::from_secs(seconds) {
        std::thread::sleep(RESET_EVERY);
        parties.each(|party| parties.reset(party));
    }
}

/// They take what is said and answer nothing more; when they are back, the connections of then stay mute.
fn hang(running: &Running, who: &[&Standing], ledger: &mut Ledger) {
    let before: Vec<Seen> = who.iter().map(|party| seen(running, party)).collect();
    who.iter().for_each(|party| party.hang());
    for (party, before) in who.iter().zip(before) {
        within(20, party.entry.policy, || (seen(running, party).ended >= before.ended + 2).then_some(()));
    }
    who.iter().for_each(|party| party.be_well());
    come_back(running, who, ledger);
}

/// They reset every call while their breakers are held closed, so that nothing but the budget bounds retries. Then
/// they are gone altogether, until the breakers, let go, have opened.
fn leave(running: &Running, parties: &Parties, who: &[&Standing], ledger: &mut Ledger) {
    for party in who {
        act(running, party, "close");
        party.refuse();
        parties.reset(party);
    }
    let began = now();
    let before: Vec<(Seen, u64)> = who.iter().map(|party| (seen(running, party), party.came())).collect();
    let asked_min = if is_soak() { 2 * ASKED_MIN } else { ASKED_MIN };
    for (party, (at_first, came_before)) in who.iter().zip(before) {
        let outage = within(60, party.entry.policy, || {
            let came = party.came() - came_before;
            let asked = seen(running, party).asked - at_first.asked;
            (asked >= asked_min && began.elapsed() >= OUTAGE_MIN).then_some(Outage { asked, came })
        });
        ledger.of(party.entry).outages.push(outage);
    }
    for party in who {
        parties.shut(party);
        act(running, party, "reset");
    }
    for party in who {
        within(20, party.entry.policy, || seen(running, party).is_open.then_some(()));
    }
    who.iter().for_each(|party| parties.open(party));
    come_back(running, who, ledger);
}

/// How long it takes until calls to each of them succeed, its breaker is closed and health has seen it.
fn come_back(running: &Running, who: &[&Standing], ledger: &mut Ledger) {
    let began = now();
    let mut away: Vec<(&Standing, u64)> =
        who.iter().map(|party| (*party, seen(running, party).succeeded)).collect();
    while !away.is_empty() {
        away.retain(|(party, before)| {
            let is_back = is_well(running, party, *before);
            if is_back {
                ledger.of(party.entry).recoveries.push(began.elapsed());
            }
            !is_back
        });
        let names: Vec<&str> = away.iter().map(|(party, _)| party.entry.policy).collect();
        assert!(began.elapsed() < 4 * BACK_WITHIN, "they are back, and not used: {names:?}");
        std::thread::sleep(LOOK_EVERY);
    }
}

fn is_well(running: &Running, party: &Standing, before: u64) -> bool {
    let seen = seen(running, party);
    let is_healthy = party.entry.component.is_none_or(|name| {
        let health = running.get("/operations/health").good();
        named(&health["components"], "name", name)["status"] == "healthy"
    });
    seen.succeeded > before && seen.is_closed && is_healthy
}

fn seen(running: &Running, party: &Standing) -> Seen {
    Seen::of(running, party.entry)
}

/// As an operator.
fn act(running: &Running, party: &Standing, action: &str) {
    let breaker = format!("/operations/policies/{}/breaker", party.entry.policy);
    running.post(&breaker, &json!({ "action": action, "reason": "a test" })).good();
}

/// Nothing is left under way; the metrics tell all.
fn assert_calm(running: &Running, parties: &Parties) {
    parties.each(|party| within(10, "no call is left", || (seen(running, party).in_use == 0).then_some(())));
    std::thread::sleep(WHOLE + Duration::from_secs(1));
}

fn judge(ledger: &Ledger, longest_max: Duration) {
    for row in &ledger.0 {
        let name = row.entry.policy;
        assert!(row.longest <= longest_max, "{name}: a call took {:?}", row.longest);
        assert!(row.longest >= row.entry.hang(), "{name}: no call hung, the longest took {:?}", row.longest);
        assert!(row.ratio() <= RATIO_MAX, "{name}: {:?}", row.outages);
        assert!(row.recovery() <= BACK_WITHIN, "{name}: {:?}", row.recoveries);
        assert!(row.faults > 0 && !row.outages.is_empty(), "{name}: nothing happened to it");
    }
}

//! The platform killed in the middle of its work and started again: no order lost, none doubled, books that agree.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;

use serde_json::{Value, json};

use super::running::{Journal, Running, figures, within};

/// How often the platform is killed.
const KILLS: u32 = 5;

/// Orders are placed by hand at this pace until the kill.
const PLACE_EVERY: Duration = Duration::from_millis(20);

#[test]
fn killed_five_times_no_order_is_lost_doubled_or_left_in_doubt() {
    let folder = tempfile::tempdir().unwrap();
    let mut accepted: BTreeMap<String, Vec<u64>> = BTreeMap::new();
    for kill in 0..KILLS {
        let running = start(folder.path());
        let accounts = running.accounts();
        for account in accounts.values() {
            let left = accepted.get(account).map_or(0, |ids| ids.last().copied().unwrap_or(0));
            settled(&running, account, left);
        }
        // The golden ratio spreads the moments over one to six seconds without a pattern.
        let alive = Duration::from_secs_f64(1.0 + 5.0 * (f64::from(kill) * 0.618_034).fract());
        let ids: Vec<&String> = accounts.values().collect();
        for (account, order) in place_until_the_end(&running, &ids, alive) {
            accepted.entry(account.clone()).or_default().push(order);
        }
        drop(running);
        for account in accounts.values() {
            check_journal(folder.path(), account, accepted.get(account));
        }
    }
    let running = start(folder.path());
    for account in running.accounts().values() {
        agree(folder.path(), &running, account, accepted.get(account));
    }
    let (ended, said) = running.terminate();
    assert!(ended.code() == Some(0) && said.contains("Stopped."), "{ended:?}: {said}");
}

fn start(folder: &Path) -> Running {
    Running::start(folder, &["--set", "synthetic.messages_per_second=2000"])
}

/// Places orders in all accounts by turns until nobody answers; the numbers of those that were accepted. The platform
/// is killed `alive` after the eleventh, however slow the machine is.
fn place_until_the_end<'a>(
    running: &Running,
    accounts: &[&'a String],
    alive: Duration,
) -> Vec<(&'a String, u64)> {
    let mut accepted = Vec::new();
    let mut killer = None;
    for (time, account) in accounts.iter().cycle().enumerate() {
        let mut order = json!({ "instrument_id": 0, "side": "buy", "kind": "market", "quantity": "0.01" });
        match time % 6 {
            0 | 1 => (order["kind"], order["limit_price"]) = (json!("limit"), json!("60000")),
            2 | 3 => order["side"] = json!("sell"),
            _ => {}
        }
        let Some(answer) = running.try_ask("POST", &format!("/accounts/{account}/orders"), Some(&order))
        else {
            break;
        };
        if answer.status == 202 {
            accepted.push((*account, order_id(&answer.json())));
        }
        if accepted.len() > 10 && killer.is_none() {
            killer = Some(running.kill_after(alive));
        }
        std::thread::sleep(PLACE_EVERY);
    }
    assert!(accepted.len() > 10, "only {} orders were accepted", accepted.len());
    killer.unwrap().join().unwrap();
    accepted
}

fn order_id(answer: &Value) -> u64 {
    answer["order_id"].as_str().unwrap().parse().unwrap()
}

/// Waits until nothing that was placed before the kill is in doubt.
fn settled(running: &Running, account: &str, last: u64) {
    within(20, "no order of before the kill is pending or unknown", || {
        let open = running.list(&format!("/accounts/{account}/orders?status=open"));
        let in_doubt = |order: &Value| {
            let id: u64 = order["id"].as_str().unwrap().parse().unwrap();
            id <= last && (order["status"] == "pending" || order["status"] == "unknown")
        };
        (!open.iter().any(in_doubt)).then_some(())
    });
}

/// Between two runs: whole, with every accepted order, numbered without holes.
fn check_journal(folder: &Path, account: &str, accepted: Option<&Vec<u64>>) {
    let journal = Journal::of(folder, account);
    journal.verified();
    let ids = journal.order_ids();
    assert_eq!(ids, (1..=ids.len() as u64).collect::<Vec<_>>(), "{account}");
    for id in accepted.into_iter().flatten() {
        assert!(ids.contains(id), "order {id} was accepted and is not in the journal of {account}");
    }
}

/// After the last start, with the account at rest: journal, tables and API tell the same.
fn agree(folder: &Path, running: &Running, account: &str, accepted: Option<&Vec<u64>>) {
    running.post(&format!("/accounts/{account}/halt"), &json!({ "reason": "the books are compared" })).good();
    within(20, "every order has come to its end", || {
        running.list(&format!("/accounts/{account}/orders?status=open")).is_empty().then_some(())
    });
    check_journal(folder, account, accepted);
    let journal = Journal::of(folder, account);
    let wanted = journal.fills();
    assert!(!wanted.is_empty(), "nothing was traded in {account}");
    let shown = || -> Vec<[String; 4]> {
        let fills = running.list(&format!("/accounts/{account}/fills"));
        fills.iter().map(|fill| figures(fill, "order_id")).collect()
    };
    within(20, "the tables have every fill", || (shown().len() >= wanted.len()).then_some(()));
    assert_eq!(shown(), wanted, "{account}");
    assert_eq!(running.order_ids(account), journal.order_ids(), "{account}");
    let (books, portfolio) =
        (journal.verified(), running.get(&format!("/accounts/{account}/portfolio")).good());
    assert_eq!(portfolio["cash"], books["statement"]["cash"], "{portfolio}");
    let held = |positions: &Value, instrument: &str| -> Vec<[Value; 4]> {
        let fields = [instrument, "quantity", "average_price", "realised"];
        positions.as_array().unwrap().iter().map(|one| fields.map(|field| one[field].clone())).collect()
    };
    let (told, folded) = (
        held(&portfolio["positions"], "instrument_id"),
        held(&books["statement"]["positions"], "instrument"),
    );
    assert_eq!(told, folded, "{account}");
}

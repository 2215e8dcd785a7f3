//! Work that makes the program call everybody, again and again: alerts that come and go, secrets that change.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use serde_json::{Value, json};

use super::shelves::Shelves;
use crate::it::running::Running;

/// Rules that all fire and end together: so many notices each time.
const RULES: usize = 20;

/// Its breaker may be opened at will: nobody is called under it.
const IDLE_POLICY: &str = "aws.secrets";

/// Where the secret of the webhook lies; the other one needs a second call.
const WEBHOOK: &str = "kv/data/alerts/webhook";
const PROVIDER: &str = "kv/data/market/provider";

const PAUSE: Duration = Duration::from_millis(100);

/// Says stop to all who work when the test ends, or fails.
pub(super) struct Ending<'a>(pub(super) &'a AtomicBool);

impl Drop for Ending<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::SeqCst);
    }
}

/// The settings that the work needs.
pub(super) fn settings() -> Value {
    let firing = json!({
        "kind": "value", "is": "equal", "threshold": 1.0,
        "of": { "metric": "circuit_breaker_state", "labels": { "policy": IDLE_POLICY } },
    });
    let rule = json!({ "severity": "info", "about": "Comes and goes.", "condition": firing });
    let rules = (0..RULES).map(|number| (format!("comes_and_goes_{number}"), rule.clone())).collect();
    json!({
        "alerts": {
            "rules": Value::Object(rules),
            "webhook": { "secret": "vault:kv/alerts/webhook#key" },
        },
        "api_key": "vault:kv/market/provider#key",
    })
}

/// A market so busy that the database's caches, which have a limit, are full before memory is judged.
pub(super) fn market() -> Value {
    json!({ "synthetic": { "messages_per_second": 2_000 } })
}

/// What Vault has for them.
pub(super) fn shelves() -> Shelves {
    // Its token must be renewed every few seconds.
    let shelves = Shelves::new(0);
    shelves.tokens.lock().unwrap().insert("root".to_owned(), 5);
    shelves.put(WEBHOOK, json!({ "key": "the first key of the webhook" }));
    shelves.put(PROVIDER, json!({ "key": "the key of the provider" }));
    shelves
}

/// Alerts fire and end, as fast as the program looks at them.
pub(super) fn alerts(running: &Running, stop: &AtomicBool) {
    let breaker = format!("/operations/policies/{IDLE_POLICY}/breaker");
    for action in ["open", "reset"].into_iter().cycle() {
        running.post(&breaker, &json!({ "action": action, "reason": "a test" })).good();
        while is_firing(running) != (action == "open") {
            if stop.load(Ordering::SeqCst) {
                return;
            }
            std::thread::sleep(PAUSE);
        }
    }
}

fn is_firing(running: &Running) -> bool {
    let board = running.get("/operations/alerts").good();
    let fires = |alert: &Value| alert["name"] == "comes_and_goes_0" && alert["state"] == "firing";
    board["alerts"].as_array().unwrap().iter().any(fires)
}

/// The configuration is read again with its secrets; the webhook's is another one every now and then.
pub(super) fn secrets(running: &Running, shelves: &Shelves, stop: &AtomicBool) {
    for turn in 0.. {
        if stop.load(Ordering::SeqCst) {
            return;
        }
        if turn % 20 == 19 {
            let which = if turn % 40 == 39 { "first" } else { "second" };
            shelves.put(WEBHOOK, json!({ "key": format!("the {which} key of the webhook") }));
        }
        running.post("/operations/configuration/reload", &json!({})).good();
        std::thread::sleep(PAUSE);
    }
}

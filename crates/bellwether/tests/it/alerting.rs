//! An alert from its cause to those who are told: a real mail server and a receiver of webhooks.

use std::sync::mpsc::sync_channel;

use hmac::{Hmac, KeyInit, Mac};
use serde_json::{Value, json};
use sha2::Sha256;

use super::parties::{Got, Mail, serve};
use super::running::{Running, within};

const SECRET: &str = "a webhook secret of the tests";

/// Where nobody takes mails.
const DISCARD: u16 = 9;

fn json_of(got: &Got) -> Value {
    serde_json::from_str(&got.body).unwrap()
}

fn is_signed(got: &Got) -> bool {
    let header = |name| got.header(name).unwrap_or_else(|| panic!("no {name}: {}", got.head));
    let mut code = Hmac::<Sha256>::new_from_slice(SECRET.as_bytes()).unwrap();
    code.update(format!("{}.{}", header("x-bellwether-timestamp"), got.body).as_bytes());
    let wanted: String = code.finalize().into_bytes().iter().map(|byte| format!("{byte:02x}")).collect();
    header("x-bellwether-signature") == format!("v1={wanted}")
}

/// A channel of the board, once it has sent so many.
fn channel(running: &Running, name: &str, sent: u64) -> Option<Value> {
    let board = running.get("/operations/alerts").good();
    let channels = board["channels"].as_array().unwrap();
    channels.iter().find(|channel| channel["name"] == name && channel["sent"] == sent).cloned()
}

#[test]
fn an_alert_reaches_the_mail_server_and_the_webhook_and_ends_there() {
    let folder = tempfile::tempdir().unwrap();
    let mail = Mail::start(folder.path());
    let (sender, received) = sync_channel(100);
    let hook = serve(move |got| {
        drop(sender.send(got.clone()));
        (200, String::new())
    });
    let settings = [
        format!("alerts.webhook.url=http://{hook}/alerts"),
        format!("alerts.webhook.secret={SECRET}"),
        "alerts.email.host=127.0.0.1".to_owned(),
        format!("alerts.email.port={}", mail.as_ref().map_or(DISCARD, |mail| mail.address.port())),
        "alerts.email.tls=none".to_owned(),
        "alerts.email.from=bellwether@example.org".to_owned(),
        "alerts.email.to=[\"desk@example.org\"]".to_owned(),
    ];
    let arguments: Vec<&str> = settings.iter().flat_map(|setting| ["--set", setting.as_str()]).collect();
    let running = Running::start(folder.path(), &arguments);

    let breaker = "/operations/policies/vault.secrets/breaker";
    running.post(breaker, &json!({ "action": "open", "reason": "a test" })).good();
    let fired = received.recv_timeout(std::time::Duration::from_secs(20)).unwrap();
    let told = json_of(&fired);
    assert_eq!(
        (&told["alert"], &told["state"]),
        (&json!("circuit_breaker_open"), &json!("firing")),
        "{told}"
    );
    assert_eq!(told["labels"]["policy"], "vault.secrets");
    assert!(is_signed(&fired), "{}", fired.head);
    let begins = "[critical] circuit_breaker_open firing (policy vault.secrets)";
    mail.as_ref().inspect(|mail| within(20, begins, || mail.text().contains(begins).then_some(())));

    running.post(breaker, &json!({ "action": "reset", "reason": "a test" })).good();
    let ended = received.recv_timeout(std::time::Duration::from_secs(20)).unwrap();
    assert_eq!(json_of(&ended)["state"], "resolved");
    assert!(is_signed(&ended) && json_of(&ended)["id"] != told["id"]);
    let ends = "circuit_breaker_open resolved";
    mail.as_ref().inspect(|mail| within(20, ends, || mail.text().contains(ends).then_some(())));
    for name in ["page", "webhook", "email"].into_iter().filter(|name| *name != "email" || mail.is_some()) {
        let channel = within(20, "both notices are counted", || channel(&running, name, 2));
        assert_eq!(channel["failed"], 0, "{channel}");
    }
    assert!(!running.err().contains(SECRET), "the log has the secret");
}

//! A secret planted in every slot never comes out again.

use super::http::ask;
use super::running::{PASSWORD, Running, free_address, up, within};

const PLANTED: &str = "pl4nted-S3cret-Xq7";

#[test]
fn a_planted_secret_shows_nowhere() {
    let folder = tempfile::tempdir().unwrap();
    let address = free_address();
    let mut command = up(folder.path(), &address, &["--set", "log.level=debug"]);
    command
        .env("ADMIN_USERNAME", "tester")
        .env("ADMIN_PASSWORD", PASSWORD)
        .env("SECRET_KEY", format!("{PLANTED}-key-0123456789-abcdefgh"))
        .env("REDIS_URL", format!("redis://user:{PLANTED}@127.0.0.1:1/0"))
        .env("BELLWETHER__ALERTS__WEBHOOK__URL", format!("http://127.0.0.1:1/{PLANTED}"))
        .env("BELLWETHER__ALERTS__WEBHOOK__SECRET", PLANTED)
        .env("BELLWETHER__ALERTS__EMAIL__HOST", "127.0.0.1")
        .env("BELLWETHER__ALERTS__EMAIL__PORT", "1")
        .env("BELLWETHER__ALERTS__EMAIL__TLS", "none")
        .env("BELLWETHER__ALERTS__EMAIL__FROM", "a@example.org")
        .env("BELLWETHER__ALERTS__EMAIL__TO", "[\"b@example.org\"]")
        .env("BELLWETHER__ALERTS__EMAIL__USERNAME", "user")
        .env("BELLWETHER__ALERTS__EMAIL__PASSWORD", PLANTED)
        .env("BELLWETHER__VAULT__TOKEN", PLANTED);
    let mut running = Running::alive(folder.path(), &address, command);
    running.sign_in("tester", PASSWORD);
    let open = "/operations/policies/vault.secrets/breaker";
    running.post(open, &serde_json::json!({ "action": "open", "reason": PLANTED })).good();
    within(30, "notices have failed", || {
        let board = running.get("/operations/alerts").good();
        board["channels"].as_array().unwrap().iter().any(|channel| channel["failed"] != 0).then_some(())
    });
    let mut seen = vec![running.out(), running.err()];
    for path in ["/health", "/health/detailed", "/metrics", "/ready"] {
        seen.push(format!("{:?}", ask(&address, "GET", path, None, None).unwrap()));
    }
    for path in ["health", "policies", "alerts", "flags", "log?limit=1000&level=trace", "configuration"] {
        seen.push(format!("{:?}", running.get(&format!("/operations/{path}"))));
    }
    for log in std::fs::read_dir(folder.path().join("data/logs")).unwrap() {
        seen.push(std::fs::read_to_string(log.unwrap().path()).unwrap());
    }
    for text in seen {
        assert!(!text.contains(PLANTED), "{text}");
    }
}

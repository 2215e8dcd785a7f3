//! A secret planted in every slot never comes out again, whatever form it is in; and what is fetched is what is used.

use std::path::Path;

use serde_json::{Value, json};

use super::http::ask;
use super::program::{bellwether, run};
use super::running::{PASSWORD, Running, free_address, refused, up, within};

/// Slots that open the database server that this program does not start with: their secret is looked for in the words
/// with which it ends.
const OF_A_SERVER: [&str; 2] = ["database_url", "database.password"];

/// A slot, its secret, and what is given to it.
struct Planted {
    slot: String,
    secret: String,
    given: String,
}

/// Every slot of the table of settings that can hold a secret: those of new settings, too.
fn planted(folder: &Path) -> Vec<Planted> {
    let rows = run(folder, &["config", "env", "--json"]).json();
    // The address of Vault refuses whatever could be secret in it.
    let can_hold = |row: &&Value| row["secret"] == true && row["setting"] != "vault.address";
    let secret_rows = rows.as_array().unwrap().iter().filter(can_hold);
    secret_rows
        .enumerate()
        .map(|(number, row)| {
            let slot = row["setting"].as_str().unwrap().to_owned();
            let secret = format!("pl4nt{number} \"\\é%/+&{number}-S3cret-of-it");
            let scheme = row["allowed"].as_str().unwrap().split("an address that begins with ").nth(1);
            let given = match (slot.as_str(), scheme) {
                ("admin_password", _) => PASSWORD.to_owned(),
                ("database_url", _) => format!("postgres://user:{}@127.0.0.1:1/x", encoded(&secret)),
                (_, Some(schemes)) => {
                    let scheme = schemes.split([',', ' ']).next().unwrap();
                    // The last part of a webhook's address is its password.
                    let rest = if slot.contains("webhook") { encoded(&secret) } else { "0".to_owned() };
                    format!("{scheme}://user:{}@127.0.0.1:1/{rest}", encoded(&secret))
                }
                _ => secret.clone(),
            };
            Planted {
                secret: if slot == "admin_password" { PASSWORD.to_owned() } else { secret },
                slot,
                given,
            }
        })
        .collect()
}

fn encoded(text: &str) -> String {
    let byte = |byte: u8| {
        if byte.is_ascii_alphanumeric() { char::from(byte).to_string() } else { format!("%{byte:02X}") }
    };
    text.bytes().map(byte).collect()
}

fn base64(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let digits = bytes.chunks(3).flat_map(|chunk| {
        let group = (0..3).fold(0, |group, at| group << 8 | u32::from(chunk.get(at).copied().unwrap_or(0)));
        (0..=chunk.len()).map(move |at| char::from(DIGITS[(group >> (18 - 6 * at) & 63) as usize]))
    });
    digits.collect()
}

/// The secret as it may stand in a text, and what of that would show it.
fn forms(secret: &str) -> Vec<(String, String)> {
    let debug = format!("{secret:?}");
    let json = Value::from(secret).to_string();
    let inner = |text: &str| text[1..text.len() - 1].to_owned();
    let whole = [secret.to_owned(), encoded(secret), inner(&debug), inner(&json)];
    let digits = ["", "x", "xx"].map(|before| base64(format!("{before}{secret}").as_bytes()));
    // What stands before and behind changes the digits at the edges.
    let shows = |digits: &String| digits[4..digits.len() - 4].to_owned();
    let encoded = digits.iter().map(|digits| (digits.clone(), shows(digits)));
    whole.into_iter().map(|form| (form.clone(), form)).chain(encoded).collect()
}

fn variable(slot: &str) -> String {
    format!("BELLWETHER__{}", slot.to_uppercase().replace('.', "__"))
}

fn assert_hidden(planted: &[Planted], text: &str) {
    for Planted { slot, secret, given } in planted {
        let forms = forms(secret);
        let seen = forms.iter().find(|(_, shows)| text.contains(shows.as_str()));
        assert!(seen.is_none(), "{slot} shows as {seen:?} (given as {given}): {text}");
    }
}

#[test]
fn a_secret_in_any_slot_shows_nowhere_in_any_form() {
    let folder = tempfile::tempdir().unwrap();
    let address = free_address();
    let planted: Vec<Planted> = planted(folder.path())
        .into_iter()
        .filter(|planted| !OF_A_SERVER.contains(&planted.slot.as_str()))
        .collect();
    assert!(planted.len() >= 10, "{} slots", planted.len());
    let mut command =
        up(folder.path(), &address, &["--set", "log.level=trace", "--set", "resilience.retry_enabled=false"]);
    command
        .env("ADMIN_USERNAME", "tester")
        .env("BELLWETHER__ALERTS__EMAIL__HOST", "127.0.0.1")
        .env("BELLWETHER__ALERTS__EMAIL__PORT", "1")
        .env("BELLWETHER__ALERTS__EMAIL__TLS", "none")
        .env("BELLWETHER__ALERTS__EMAIL__FROM", "a@example.org")
        .env("BELLWETHER__ALERTS__EMAIL__TO", "[\"b@example.org\"]")
        .env("BELLWETHER__ALERTS__EMAIL__USERNAME", "user");
    command.envs(planted.iter().map(|planted| (variable(&planted.slot), &planted.given)));
    let running = Running::alive(folder.path(), &address, command);
    running.sign_in("tester", PASSWORD);
    let breaker = "/operations/policies/vault.secrets/breaker";
    for (form, _) in planted.iter().flat_map(|planted| forms(&planted.secret)) {
        // What people type and programs repeat comes into the log.
        running.post(breaker, &json!({ "action": "open", "reason": form })).good();
    }
    running.post(breaker, &json!({ "action": "open", "reason": "it is down" })).good();
    let body = json!({ "username": planted[0].secret, "password": planted[0].secret });
    ask(&address, "POST", "/api/v1/login", None, Some(&body)).unwrap().problem(401);
    within(30, "notices have failed", || {
        let board = running.get("/operations/alerts").good();
        let failed = board["channels"].as_array().unwrap().iter().filter(|channel| channel["failed"] != 0);
        (failed.count() == 2).then_some(())
    });
    let mut seen = vec![running.out(), running.err()];
    for path in ["/health", "/health/detailed", "/metrics", "/ready"] {
        seen.push(ask(&address, "GET", path, None, None).unwrap().text());
    }
    for path in ["health", "policies", "alerts", "flags", "log?limit=1000&level=trace", "configuration"] {
        seen.push(running.get(&format!("/operations/{path}")).text());
    }
    seen.push(running.get("/metrics").text());
    for log in std::fs::read_dir(folder.path().join("data/logs")).unwrap() {
        seen.push(std::fs::read_to_string(log.unwrap().path()).unwrap());
    }
    for text in seen {
        assert_hidden(&planted, &text);
    }
}

#[test]
fn a_secret_shows_in_no_words_with_which_the_program_ends() {
    let folder = tempfile::tempdir().unwrap();
    let planted = planted(folder.path());
    for one in &planted {
        for given in [one.given.clone(), format!("literal:{}", one.given), one.given.replace("//", "/")] {
            let mut check = bellwether(folder.path(), &["config", "check"]);
            let mut print = bellwether(folder.path(), &["config", "print", "--json"]);
            for command in [&mut check, &mut print] {
                let output = command.env(variable(&one.slot), &given).output().unwrap();
                let text = [output.stdout, output.stderr].concat();
                assert_hidden(&planted, &String::from_utf8_lossy(&text));
            }
        }
    }
    let url = planted.iter().find(|planted| planted.slot == "database_url").unwrap();
    let mut command = up(folder.path(), &free_address(), &[]);
    command.env("DATABASE_URL", &url.given);
    let (code, words) = refused(command);
    assert!(code.is_some_and(|code| code != 0) && !words.is_empty(), "{words}");
    assert_hidden(&planted, &words);
}

/// Who only knows where the key is kept must not be able to sign with it.
#[test]
fn tokens_are_signed_with_the_key_and_not_with_its_place() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("key");
    let start = |key: &str| {
        std::fs::write(&file, key).unwrap();
        let address = free_address();
        let mut command = up(folder.path(), &address, &[]);
        command.env("ADMIN_USERNAME", "tester").env("ADMIN_PASSWORD", PASSWORD);
        command.env("SECRET_KEY", format!("file:{}", file.display()));
        Running::ready(folder.path(), &address, command)
    };
    let running = start("one-key-f3Kq9vTzLm2xRw8pQ7sB");
    running.sign_in("tester", PASSWORD);
    let token = running.token();
    let knows =
        |running: &Running| ask(running.address(), "GET", "/api/v1/me", Some(&token), None).unwrap().status;
    assert_eq!(knows(&running), 200);
    drop(running);
    assert_eq!(knows(&start("one-key-f3Kq9vTzLm2xRw8pQ7sB")), 200);
    assert_eq!(knows(&start("another-4Hc0ZyW6nE1uJd5gXk2M")), 401);
}

#[test]
fn commands_that_are_no_node_fetch_secrets_too() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("url"), "sqlite:elsewhere.db\n").unwrap();
    let url = format!("database_url=file:{}", folder.path().join("url").display());
    let ran = run(folder.path(), &["doctor", "--json", "--set", &url, "--set", "listen=127.0.0.1:0"]);
    assert_eq!(ran.code, Some(0), "{ran:?}");
    assert!(folder.path().join("elsewhere.db").exists() && ran.out.contains("1 fetched"), "{ran:?}");
    let missing = run(folder.path(), &["doctor", "--set", "database_url=file:/nowhere/at/all"]);
    assert_eq!(missing.code, Some(3), "{missing:?}");
    assert!(missing.out.contains("`database_url` (file:/nowhere/at/all)"), "{missing:?}");
}

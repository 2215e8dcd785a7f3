use serde_json::Value;

use crate::config::Environment;
use crate::config::reload::plan;
use crate::config::settings::settings;
use crate::config::tests::{Files, faults_of, load_yaml};

/// Marks a secret wherever it comes out.
const PLANTED: &str = "planted-0123456789";

#[test]
fn references_are_slots_and_what_was_fetched_fills_them() {
    let yaml = "
admin_password: env:X
secret_key: vault:kv/app#key
redis_url: file:/run/redis
api_key: plain
vault: {address: 'https://vault', role: app}
";
    let loaded = load_yaml(yaml).unwrap();
    let slots: Vec<(&str, String)> = loaded.secret_slots();
    assert_eq!(
        slots,
        [
            ("secret_key", "vault:kv/app#key".to_owned()),
            ("admin_password", "env:X".to_owned()),
            ("redis_url", "file:/run/redis".to_owned()),
        ]
    );
    let loaded = loaded.with_secret("admin_password", "fetched-password").unwrap();
    let loaded = loaded.with_secret("redis_url", "redis://u:p@cache/0").unwrap();
    // What was fetched is the secret, whatever it looks like.
    let loaded = loaded.with_secret("secret_key", "env:this-is-the-key").unwrap();
    assert!(loaded.secret_slots().is_empty());
    let config = &loaded.config;
    assert_eq!(config.admin_password.reveal(), "fetched-password");
    assert_eq!(config.redis_url.reveal(), "redis://u:p@cache/0");
    assert_eq!(config.secret_key.reveal(), "env:this-is-the-key");
    assert!(loaded.origin("admin_password").to_string().contains("config.yaml:2:17"));
}

#[test]
fn what_was_fetched_must_be_what_the_setting_may_be() {
    let loaded = load_yaml("admin_password: file:/run/password\nredis_url: env:X\n").unwrap();
    for (path, secret) in
        [("admin_password", "hunter2"), ("redis_url", "hunter2"), ("redis_url", "env:hunter2")]
    {
        let faults = loaded.clone().with_secret(path, secret).unwrap_err().0;
        assert_eq!(faults.len(), 1, "{faults:?}");
        let words = faults[0].to_string();
        assert!(
            words.contains("config.yaml:") && words.contains(path) && !words.contains("hunter2"),
            "{words}"
        );
    }
    assert!(loaded.with_secret("listen", "x").is_err());
}

#[test]
fn production_looks_at_secrets_when_they_are_fetched() {
    let loaded = load_yaml("environment: production\nsecret_key: env:X\n").unwrap();
    let faults =
        loaded.clone().with_secret("secret_key", "your-secret-key-change-in-production").unwrap_err();
    assert!(faults.to_string().contains("`secret_key` "), "{faults}");
    assert!(loaded.with_secret("secret_key", "9f8e1c27a0b34d56e7f8091a2b3c4d5e").is_ok());
}

#[test]
fn every_secret_is_named_to_whoever_keeps_it_out_of_a_text() {
    let yaml = "
admin_password: one-one-one-one
secret_key: env:KEY
api_key: two
database_url: postgres://user:thr%65e@h/x?sslpassword=four
redis_url: redis://redis:6379/0
alerts: {webhook: {url: 'https://h/services/five%2Ffive-five-five?key=sixsixsixsix', secret: six}}
";
    let loaded = load_yaml(yaml).unwrap();
    let mut secrets = loaded.secrets();
    secrets.sort_unstable();
    let expected = [
        "five%2Ffive-five-five",
        "five/five-five-five",
        "one-one-one-one",
        "services/five%2Ffive-five-five?key=sixsixsixsix",
        "services/five/five-five-five?key=sixsixsixsix",
        "six",
        "sixsixsixsix",
        "sslpassword=four",
        "thr%65e",
        "three",
        "two",
    ];
    assert_eq!(secrets, expected);
    let fetched = loaded.with_secret("secret_key", "env:this-is-the-key").unwrap();
    assert!(fetched.secrets().contains(&"env:this-is-the-key".to_owned()));
}

/// A whole configuration with `secret` at the path.
fn with_planted(path: &str, secret: &str) -> String {
    let mut document = serde_json::json!({});
    let mut slot = &mut document;
    for key in path.split('.') {
        slot = &mut slot[key];
    }
    *slot = Value::from(secret);
    document.to_string()
}

#[test]
fn a_planted_secret_never_shows() {
    for setting in settings().filter(|setting| setting.kind.is_secret()) {
        let schemes = ["postgres", "redis", "https"]
            .map(|scheme| format!("{scheme}://user:{PLANTED}@host/x?y={PLANTED}"));
        for secret in schemes.iter().map(String::as_str).chain([PLANTED]) {
            let files = Files::new(&[("config.yaml", &with_planted(setting.path, secret))]);
            let environment = Environment::default();
            let seen = match files.load(&environment, &[]) {
                Ok(loaded) => {
                    let plain = load_yaml("").unwrap();
                    let plans = [plan(&plain, &loaded).unwrap(), plan(&loaded, &plain).unwrap()];
                    let config = serde_json::to_string(&loaded.config).unwrap();
                    format!("{loaded:?} {:?} {:?} {config} {plans:?}", loaded.config, loaded.rows())
                }
                Err(faults) => format!("{faults} {faults:?} {}", serde_json::to_string(&faults.0).unwrap()),
            };
            assert!(!seen.contains("planted"), "{} {seen}", setting.path);
            let faults =
                faults_of(&files, &environment, &[("pipeline.batch_size", "0"), (setting.path, PLANTED)]);
            assert!(!faults.is_empty() && !faults.concat().contains("planted"), "{faults:?}");
        }
    }
}

#[test]
fn every_effective_setting_is_a_row_in_the_order_of_the_table() {
    let loaded = load_yaml("flags: {beta: {enabled: true}}\npolicies: {alerts.email: {}}\n").unwrap();
    let rows = loaded.rows();
    let paths: Vec<&str> = rows.iter().map(|row| row.path.as_str()).collect();
    let expected: Vec<&str> = settings()
        .filter_map(|setting| match setting.path {
            "flags.<name>.enabled" => Some("flags.beta.enabled"),
            "policies.<name>" => Some("policies.alerts.email"),
            path => (!setting.is_repeated()).then_some(path),
        })
        .collect();
    assert_eq!(paths, expected);
    assert!(rows.iter().all(|row| row.path.starts_with("flags")
        || row.path.starts_with("policies")
        || row.value == row.default));
}

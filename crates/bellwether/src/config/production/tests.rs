use crate::config::Environment;
use crate::config::tests::{Files, faults_of};

const KEY: &str = "9f8e1c27a0b34d56e7f8091a2b3c4d5e";

fn faults(yaml: &str) -> Vec<String> {
    let files = Files::new(&[("config.yaml", &format!("environment: production\n{yaml}"))]);
    faults_of(&files, &Environment::default(), &[])
}

#[test]
fn production_refuses_what_development_takes() {
    let keyed = |yaml: &str| format!("secret_key: {KEY}\n{yaml}");
    let cases = [
        (String::new(), "`secret_key` must not be empty in production; mend: "),
        ("secret_key: your-secret-key-change-in-production\n".to_owned(), "config.yaml:2:13: `secret_key` "),
        (keyed("admin_password: changeme-changeme\n"), "config.yaml:3:17: `admin_password` "),
        (keyed("database_url: postgres://app:postgres@db/market\n"), "config.yaml:3:15: `database_url` "),
        (
            keyed("database_url: postgres://app@db/market\n"),
            "`database_url` must not be without a password in production",
        ),
        ("secret_key: kJ8s0dfQ2lPz7vXcB3nM\n".to_owned(), "`secret_key` is shorter than 32 characters"),
        (keyed("admin_password: Admin-Password-2024!\n"), "`admin_password` is made of words"),
        (keyed("redis_url: redis://:redisredis@cache/0\n"), "config.yaml:3:12: `redis_url` "),
        (keyed("alerts: {webhook: {url: 'https://h/x', secret: webhook-1}}\n"), "`alerts.webhook.secret` "),
        (keyed("alerts: {email: {password: changeme}}\n"), "`alerts.email.password` "),
        (keyed("vault: {address: 'https://v', token: root}\n"), "`vault.token` "),
        (keyed("api_key: your-api-key\n"), "`api_key` "),
        (keyed("tracing: {endpoint: 'http://u:trading-traders@h:4317'}\n"), "`tracing.endpoint` "),
        (keyed("database: {host: db, name: n, user: u, password: postgres}\n"), "`database.password` "),
        (
            keyed("database: {host: db, name: n, user: u}\n"),
            "`database.password` must not be without a password",
        ),
        (
            keyed("features: {debug: true}\n"),
            "config.yaml:3:19: `features.debug` cannot be switched on in production",
        ),
        (keyed("listen: 0.0.0.0:8083\n"), "`admin_password` must not be empty where `listen` is open"),
        (keyed("listen: '[::]:8083'\n"), "`admin_password` must not be empty where `listen` is open"),
    ];
    for (yaml, words) in cases {
        let faults = faults(&yaml);
        assert_eq!(faults.len(), 1, "{yaml} {faults:?}");
        assert!(faults[0].contains(words) && faults[0].contains("; mend: "), "{yaml} {faults:?}");
        for secret in ["your-secret", "changeme-", "app:postgres", "password: postgres"] {
            assert!(!faults[0].contains(secret), "{faults:?}");
        }
    }
    let development =
        Files::new(&[("config.yaml", "admin_password: changeme-changeme\nfeatures: {debug: true}\n")]);
    assert!(faults_of(&development, &Environment::default(), &[]).is_empty());
}

#[test]
fn production_takes_strong_secrets_and_references() {
    let cases = [
        format!("secret_key: {KEY}\n"),
        format!("secret_key: {KEY}\nadmin_password: tall-Ship-41-anchor\nlisten: 0.0.0.0:80\n"),
        format!("secret_key: {KEY}\ndatabase_url: 'postgres://app:{KEY}@db/market'\n"),
        // What others give out has the form that they like.
        format!("secret_key: {KEY}\napi_key: 0a1\nredis_url: redis://cache/0\n"),
        "secret_key: file:/run/key\nadmin_password: env:X\ndatabase_url: file:/run/url\n".to_owned(),
        format!("secret_key: {KEY}\ndatabase: {{host: db, name: n, user: u, password: 'env:P'}}\n"),
    ];
    for yaml in cases {
        assert!(faults(&yaml).is_empty(), "{yaml} {:?}", faults(&yaml));
    }
}

use super::check;
use crate::config::foreign::Flaw;
use crate::config::tests::{faults_of_yaml, load_yaml};

#[test]
fn settings_that_do_not_fit_together_are_named_with_their_mend() {
    let cases = [
        (
            "limits: {max_order_size: 10, max_position_size: 9}\n",
            "`limits.max_order_size` is more than `limits.max_position_size`",
        ),
        (
            "limits: {max_gross_notional: 1}\n",
            "`limits.max_order_notional` is more than `limits.max_gross_notional`",
        ),
        ("database: {max_pool_size: 4}\n", "`database.min_pool_size` is more than `database.max_pool_size`"),
        ("health: {timeout_ms: 40000}\n", "`health.timeout_ms` is more than `health.interval_ms`"),
        ("health: {interval_when_unwell_ms: 40000}\n", "`health.interval_when_unwell_ms` is more than"),
        (
            "http: {max_connections: 19}\n",
            "`http.keep_alive_connections` is more than `http.max_connections`",
        ),
        ("resilience: {retry_max_delay_ms: 1}\n", "`resilience.retry_initial_delay_ms` is more than"),
        ("database: {host: db, user: u}\n", "`database.name` is empty, and `database.host` needs it"),
        ("database: {host: db, name: n}\n", "`database.user` is empty, and `database.host` needs it"),
        ("database: {name: n}\n", "`database.host` is empty, and `database.name` needs it"),
        ("alerts: {email: {host: h, to: [a@b]}}\n", "`alerts.email.from` is empty"),
        ("alerts: {email: {host: h, from: a@b}}\n", "`alerts.email.to` is empty"),
        ("alerts: {email: {username: u}}\n", "`alerts.email.password` is empty"),
        (
            "alerts: {email: {host: h, from: a b@c, to: [a@b]}}\n",
            "`alerts.email.from` `a b@c` is no mail address",
        ),
        ("alerts: {email: {host: h, from: a@b, to: [a@b, c]}}\n", "`alerts.email.to` `c` is no mail address"),
        (
            "alerts: {email: {host: h, from: a@b, to: [a@b], username: u, password: p, tls: none}}\n",
            "`alerts.email.tls` a password must not cross the network in the clear",
        ),
        ("redis_url: 'redis://user:planted@host:port/0'\n", "`redis_url` is no address of Redis (not shown)"),
        ("redis_url: 'redis://h/x'\n", "`redis_url` is no address of Redis (not shown)"),
        ("vault: {address: 'env:X', token: t}\n", "`vault.address` cannot be fetched: it is called before"),
        ("aws: {endpoint: 'file:/x'}\n", "`aws.endpoint` cannot be fetched"),
        ("tracing: {endpoint: 'vault:kv/a#b'}\n", "`tracing.endpoint` cannot be fetched"),
        ("alerts: {webhook: {url: 'https://h/x'}}\n", "`alerts.webhook.secret` is empty"),
        ("vault: {address: 'https://h'}\n", "`vault.token` is empty, and `vault.address` needs it"),
        ("flags: {debug: {enabled: true}}\n", "`flags.debug` has the name of a feature"),
        ("metrics: {port: 8083}\n", "`metrics.port` is the port of `listen`"),
    ];
    for (yaml, words) in cases {
        let faults = faults_of_yaml(yaml);
        assert_eq!(faults.len(), 1, "{yaml} {faults:?}");
        assert!(faults[0].starts_with("config.yaml:1:") && faults[0].contains(words), "{yaml} {faults:?}");
        assert!(faults[0].contains("; mend: "), "{faults:?}");
    }
}

#[test]
fn nothing_is_said_of_a_pair_of_which_one_is_at_fault_by_itself() {
    let faults = faults_of_yaml("limits: {max_order_size: 0, max_position_size: 5}\n");
    assert_eq!(faults.len(), 1, "{faults:?}");
}

/// What would be refused when the node starts is refused here, with the same words.
#[test]
fn what_this_program_cannot_do_is_refused_before_it_starts() {
    let vault = |rest: &str| format!("vault: {{{rest}}}\n");
    let cases = [
        (vault("address: 'https://u@h', role: r"), "`vault.address` cannot be used: Vault's address must be"),
        (vault("address: 'https://h?x', role: r"), "`vault.address` cannot be used: Vault's address must be"),
        (
            vault("address: 'https://h', token: 'vault:kv/a#b'"),
            "`vault.token` cannot be used: Vault's token cannot come from Vault",
        ),
        (
            "secret_key: vault:kv/app#key\n".to_owned(),
            "`secret_key` is kept in Vault, and `vault.address` is",
        ),
    ];
    for (yaml, words) in cases {
        let faults = faults_of_yaml(&yaml);
        assert_eq!(faults.len(), 1, "{yaml} {faults:?}");
        assert!(faults[0].starts_with("config.yaml:1:") && faults[0].contains(words), "{yaml} {faults:?}");
        assert!(faults[0].contains("; mend: "), "{faults:?}");
    }
}

#[test]
fn what_this_build_is_without_is_refused_before_it_starts() {
    let traces = "tracing: {enabled: true}\n";
    let aws = "secret_key: aws:app#key\n";
    for (yaml, is_built, words) in [
        (
            traces,
            telemetry::traces::ARE_BUILT,
            "`tracing.enabled` cannot be used: this program was built without",
        ),
        (
            aws,
            secrets::AWS_IS_BUILT,
            "`secret_key` is kept in AWS Secrets Manager, which this program was built",
        ),
    ] {
        let faults = faults_of_yaml(yaml);
        assert_eq!(faults.is_empty(), is_built, "{yaml} {faults:?}");
        assert!(is_built || faults[0].contains(words), "{yaml} {faults:?}");
    }
    assert!(faults_of_yaml("tracing: {enabled: false, endpoint: 'http://h:4317'}\n").is_empty());
}

#[test]
fn what_fits_is_taken() {
    for yaml in [
        "database: {host: db, user: u, name: n}\n",
        "database_url: 'postgres://u:p@h/n'\ndatabase: {name: n}\n",
        "alerts: {webhook: {url: 'https://h/x', secret: s}, email: {host: h, from: a@b, to: [a@b]}}\n",
        "vault: {address: 'https://h', role: r}\n",
        "vault: {address: 'https://h/behind/proxy', token: 'env:T'}\nsecret_key: vault:kv/app#key\n",
        "alerts: {email: {host: localhost, from: 'A B <a@b>', to: [a@b], username: u, password: p, tls: none}}\n",
        "redis_url: 'redis://u:p@cache:6380/2'\n",
        "redis_url: env:X\n",
        "metrics: {port: 9090}\n",
    ] {
        assert!(load_yaml(yaml).is_ok(), "{yaml} {:?}", load_yaml(yaml).err());
    }
}

#[test]
fn what_others_find_in_their_entries_gets_its_place() {
    let loaded = load_yaml("policies:\n  database.rows:\n    retry:\n      tries_max: 2\n").unwrap();
    let whole = |_: &_| vec![Flaw::new("policies", "database.rows", "", "is not known", "")];
    let inside =
        |_: &_| vec![Flaw::new("policies", "database.rows", "retry.tries_max", "cannot be `0`", "1 to 20")];
    let elsewhere =
        |_: &_| vec![Flaw::new("policies", "database.rows", "retry.cap_ms", "is less than another", "")];
    let faults = check(&loaded, &[], &[whole, inside, elsewhere]);
    let words: Vec<String> =
        faults.iter().map(|fault| fault.to_string().rsplit('/').next().unwrap().to_owned()).collect();
    assert_eq!(
        words,
        [
            "config.yaml:3:5: `policies.database.rows` is not known; mend: mend it, or remove `policies.database.rows`",
            "config.yaml:4:18: `policies.database.rows.retry.tries_max` cannot be `0`; allowed: 1 to 20; mend: mend it, or remove `policies.database.rows.retry.tries_max`",
            "config.yaml:4:7: `policies.database.rows.retry.cap_ms` is less than another; mend: mend it, or remove `policies.database.rows.retry.cap_ms`",
        ]
    );
}

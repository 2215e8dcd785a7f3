use super::{Change, plan};
use crate::config::Environment;
use crate::config::settings::{Reload, settings};
use crate::config::tests::{Files, load_yaml};

#[test]
fn what_may_change_changes_and_what_may_not_stays_with_a_reason() {
    let old =
        load_yaml("log: {level: info}\nlisten: 127.0.0.1:1\nadmin_password: old-old-old-old\n").unwrap();
    let new = load_yaml(
        "log: {level: debug}\nlisten: 127.0.0.1:2\nadmin_password: new-new-new-new\nlimits: {max_open_orders: 7}\nflags: {beta: {enabled: true}}\nalerts: {webhook: {url: 'https://h/planted', secret: planted}}\n",
    )
    .unwrap();
    let plan = plan(&old, &new).unwrap();
    let change = |path: &str, from: &str, to: &str| Change {
        path: path.to_owned(),
        from: from.to_owned(),
        to: to.to_owned(),
    };
    assert_eq!(
        plan.live,
        [
            change("alerts.webhook.secret", "", "***"),
            change("alerts.webhook.url", "", "https://h/***"),
            change("flags.beta.enabled", "", "true"),
            change("limits.max_open_orders", "200", "7"),
            change("log.level", "info", "debug"),
        ]
    );
    let refused: Vec<(&str, &str)> =
        plan.refused.iter().map(|refusal| (refusal.path.as_str(), refusal.reason)).collect();
    assert_eq!(
        refused,
        [
            ("admin_password", "it is used when the first administrator is made"),
            ("listen", "the port is open"),
        ]
    );
    let next = &plan.next.config;
    assert_eq!((next.log.level.as_str(), next.listen.as_str()), ("debug", "127.0.0.1:1"));
    assert_eq!((next.admin_password.reveal(), next.limits.max_open_orders), ("old-old-old-old", 7));
    assert!(next.flags["beta"].enabled);
}

#[test]
fn nothing_changes_where_nothing_differs_and_back_is_a_change_too() {
    let old = load_yaml("flags: {beta: {enabled: true}}\nladder: {rules: []}\n").unwrap();
    let same =
        plan(&old, &load_yaml("ladder: {rules: []}\nflags:\n  beta:\n    enabled: true\n").unwrap()).unwrap();
    assert!(same.live.is_empty() && same.refused.is_empty(), "{same:?}");
    let back = plan(&old, &load_yaml("").unwrap()).unwrap();
    let paths: Vec<&str> = back.live.iter().map(|change| change.path.as_str()).collect();
    assert_eq!(paths, ["flags.beta.enabled", "ladder.rules"]);
    assert!(back.next.config.flags.is_empty() && back.next.config.ladder.rules.len() == 7);
}

#[test]
fn another_environment_is_refused_whole() {
    let files = Files::new(&[("config.staging.yaml", "limits: {max_open_orders: 77}\n")]);
    let load = |name: &str| files.load(&Environment::of([("ENVIRONMENT", name)]), &[]).unwrap();
    let faults = plan(&load("development"), &load("staging")).unwrap_err();
    assert!(faults.to_string().contains("ENVIRONMENT: `environment` is another: "), "{faults}");
    assert!(faults.to_string().contains("; allowed: development; mend: "), "{faults}");
}

#[test]
fn a_file_that_is_gone_takes_nothing_with_it() {
    let files = Files::new(&[
        ("config.yaml", "limits: {max_open_orders: 7}\n"),
        ("config.development.yaml", "log: {level: warn}\n"),
    ]);
    let load = || files.load(&Environment::default(), &[]).unwrap();
    let old = load();
    for name in ["config.yaml", "config.development.yaml"] {
        let path = files.path().join(name);
        let text = std::fs::read_to_string(&path).unwrap();
        std::fs::remove_file(&path).unwrap();
        let faults = plan(&old, &load()).unwrap_err();
        assert!(faults.to_string().contains(&format!("{name}:1:1: is gone; mend: ")), "{faults}");
        // An empty one says that nothing is set any more.
        std::fs::write(&path, "").unwrap();
        assert_eq!(plan(&old, &load()).unwrap().live.len(), 1);
        std::fs::write(&path, text).unwrap();
        assert!(plan(&old, &load()).unwrap().live.is_empty());
    }
}

#[test]
fn the_table_says_what_may_change_while_the_program_runs() {
    let reload = |path: &str| settings().find(|setting| setting.path == path).unwrap().reload;
    for path in [
        "log.level",
        "limits.max_order_size",
        "flags.<name>.percent",
        "features.live_trading_enabled",
        "policies.<name>",
        "resilience.retry_max_attempts",
        "alerts.rules.<name>",
        "alerts.webhook.secret",
        "ladder.rules",
        "rate_limit.tenant_max",
    ] {
        assert_eq!(reload(path), Reload::Live, "{path}");
    }
    for path in [
        "listen",
        "data_dir",
        "database_url",
        "synthetic.seed",
        "secret_key",
        "redis_url",
        "health.interval_ms",
    ] {
        assert!(matches!(reload(path), Reload::Restart(reason) if !reason.is_empty()), "{path}");
    }
}

use super::{Change, plan};
use crate::config::settings::{Reload, settings};
use crate::config::tests::load_yaml;

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
    assert!(back.next.config.flags.is_empty() && back.next.config.ladder.rules.len() == 5);
}

#[test]
fn what_may_change_is_refused_whole_where_it_does_not_fit_what_must_stay() {
    // The port stays what it is until a restart, and the new one of `listen` would have made room.
    let old = load_yaml("listen: 127.0.0.1:9090\nadmin_password: old-old-old-old\n").unwrap();
    let new = load_yaml("listen: 0.0.0.0:8080\nenvironment: staging\n").unwrap();
    let whole = plan(&old, &new).unwrap();
    assert!(whole.refused.iter().any(|refusal| refusal.path == "environment"));
    assert_eq!(whole.next.config.environment, "development");
    let old = load_yaml("environment: production\nsecret_key: 9f8e1c27a0b34d56e7f8091a2b3c4d5e\n").unwrap();
    let new = load_yaml(
        "environment: staging\nsecret_key: 9f8e1c27a0b34d56e7f8091a2b3c4d5e\nfeatures: {debug: true}\n",
    )
    .unwrap();
    let faults = plan(&old, &new).unwrap_err();
    assert!(faults.to_string().contains("`features.debug` cannot be switched on in production"), "{faults}");
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

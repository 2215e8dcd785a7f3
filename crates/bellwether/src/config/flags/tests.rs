use std::collections::BTreeMap;

use super::overrides::OverrideFault;
use super::{Asker, FeatureFlags, Features, Flag, FlagChange, Overrides, Why, bucket};

const TENANT: &str = "0190f0c0-0000-7000-8000-000000000001";

fn flag(text: &str) -> Flag {
    serde_json::from_str(text).unwrap()
}

fn asker<'a>(environment: &'a str, tenant: Option<&'a str>, key: &'a str) -> Asker<'a> {
    Asker { environment, tenant, key }
}

fn keys() -> impl Iterator<Item = String> {
    (0..100_000).map(|number| format!("account-{number}"))
}

#[test]
fn the_switch_then_the_environment_then_the_tenant_then_the_share_decides() {
    let tenants = format!(r#""tenants":{{"{TENANT}":true}}"#);
    let cases = [
        (r#"{"enabled":true}"#.to_owned(), "production", None, true, Why::Percent),
        (r#"{"enabled":false}"#.to_owned(), "production", None, false, Why::Disabled),
        (format!(r#"{{"enabled":false,{tenants}}}"#), "production", Some(TENANT), false, Why::Disabled),
        (r#"{"enabled":true,"percent":0}"#.to_owned(), "production", None, false, Why::Percent),
        (
            format!(r#"{{"enabled":true,"percent":0,{tenants}}}"#),
            "production",
            Some(TENANT),
            true,
            Why::Tenant,
        ),
        (
            format!(r#"{{"enabled":true,"percent":0,{tenants}}}"#),
            "production",
            Some("other"),
            false,
            Why::Percent,
        ),
        (r#"{"enabled":true,"environments":["staging"]}"#.to_owned(), "staging", None, true, Why::Percent),
        (
            r#"{"enabled":true,"environments":["staging"]}"#.to_owned(),
            "production",
            None,
            false,
            Why::Environment,
        ),
        (
            format!(r#"{{"enabled":true,"environments":["staging"],{tenants}}}"#),
            "production",
            Some(TENANT),
            false,
            Why::Environment,
        ),
    ];
    for (text, environment, tenant, on, why) in cases {
        let decision = flag(&text).is_on("beta", asker(environment, tenant, "key"));
        assert_eq!((decision.on, decision.why), (on, why), "{text} {environment} {tenant:?}");
    }
}

#[test]
fn a_key_that_is_in_stays_in_as_the_share_grows() {
    for key in keys().take(2_000) {
        let mut was_on = false;
        for percent in 0..=100 {
            let text = format!(r#"{{"enabled":true,"percent":{percent}}}"#);
            let on = flag(&text).is_on("beta", asker("production", None, &key)).on;
            assert!(on || !was_on, "{key} fell out at {percent} %");
            assert_eq!(
                on,
                percent > 0 && u64::from(percent - 1_u8.min(percent)) >= bucket("beta", &key),
                "{key} {percent}"
            );
            was_on = on;
        }
        assert!(was_on, "{key} is out at 100 %");
    }
}

#[test]
fn a_share_is_that_share_of_the_keys_and_not_the_same_keys_for_every_flag() {
    let mut counts = [0_u32; 100];
    let mut both = 0_u32;
    for key in keys() {
        counts[usize::try_from(bucket("beta", &key)).unwrap()] += 1;
        both += u32::from(bucket("beta", &key) < 10 && bucket("gamma", &key) < 10);
    }
    // A thousand keys a bucket are expected, with a deviation of 31; a tenth of a tenth of the keys is in both.
    assert!(counts.iter().all(|count| (850..=1_150).contains(count)), "{counts:?}");
    assert!((800..=1_200).contains(&both), "{both}");
}

#[test]
fn the_share_of_a_key_never_changes_between_versions() {
    let buckets: Vec<u64> = ["", "a", "account-1", TENANT].iter().map(|key| bucket("beta", key)).collect();
    assert_eq!(buckets, PINNED);
}

const PINNED: [u64; 4] = [93, 44, 74, 2];

#[test]
fn features_are_flags_and_the_risk_gate_is_none() {
    let flags = FeatureFlags::of(
        &Features::default(),
        &BTreeMap::from([("beta".to_owned(), flag(r#"{"enabled":true}"#))]),
    );
    let names: Vec<&str> = flags.names().collect();
    assert_eq!(names, ["beta", "debug", "live_trading_enabled", "paper_trading_enabled"]);
    let none = Overrides::default();
    let on = |name| flags.is_on(name, &none, asker("production", None, "key"));
    assert!(on("paper_trading_enabled").on && !on("live_trading_enabled").on && !on("debug").on);
    assert_eq!(on("nonsense").why, Why::Unknown);
    assert_eq!(on("risk_limits_enforced").why, Why::Unknown);
}

#[test]
fn an_override_lies_over_the_configuration_until_it_is_dropped() {
    let flags = FeatureFlags::of(&Features::default(), &BTreeMap::new());
    let mut overrides = Overrides::default();
    let on = |overrides: &Overrides, tenant| {
        flags.is_on("live_trading_enabled", overrides, asker("production", tenant, "key")).on
    };
    let switch = FlagChange { enabled: Some(true), percent: Some(0), ..FlagChange::default() };
    overrides.change("live_trading_enabled", switch).unwrap();
    let tenants = BTreeMap::from([(TENANT.to_owned(), true)]);
    overrides.change("live_trading_enabled", FlagChange { tenants, ..FlagChange::default() }).unwrap();
    assert!(on(&overrides, Some(TENANT)) && !on(&overrides, Some("other")));
    let stored = serde_json::to_string(&overrides).unwrap();
    assert_eq!(serde_json::from_str::<Overrides>(&stored).unwrap(), overrides);
    assert!(overrides.drop_change("live_trading_enabled") && !overrides.drop_change("live_trading_enabled"));
    assert!(!on(&overrides, Some(TENANT)));
}

#[test]
fn overrides_that_cannot_be_meant_are_refused_however_they_come() {
    let mut overrides = Overrides::default();
    let change = FlagChange { percent: Some(101), ..FlagChange::default() };
    assert_eq!(overrides.change("beta", change), Err(OverrideFault::Percent));
    assert_eq!(overrides, Overrides::default());
    assert!(serde_json::from_str::<Overrides>(r#"{"beta":{"percent":101}}"#).is_err());
    for number in 0..Overrides::FLAGS_MAX {
        overrides.change(&number.to_string(), FlagChange::default()).unwrap();
    }
    assert_eq!(overrides.change("beta", FlagChange::default()), Err(OverrideFault::TooMany));
    assert_eq!(overrides.change("7", FlagChange { enabled: Some(true), ..FlagChange::default() }), Ok(()));
}

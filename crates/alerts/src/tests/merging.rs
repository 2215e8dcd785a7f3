use crate::rule::{merged, specified};
use crate::{Comparison, Condition, Rule, Selector, Severity};

fn rule(name: &str) -> Rule {
    Rule {
        name: name.to_owned(),
        severity: Severity::Info,
        about: "about".to_owned(),
        condition: Condition::Value { of: Selector::new("up"), is: Comparison::Equal, threshold: 0.0 },
        for_seconds: 0,
        enabled: true,
    }
}

#[test]
fn a_rule_of_a_known_name_replaces_it_and_others_are_added() {
    let rules = merged(&[rule("feed_stale"), rule("mine")]).unwrap();
    assert_eq!(rules.len(), specified().len() + 1);
    assert_eq!(rules.iter().find(|rule| rule.name == "feed_stale"), Some(&rule("feed_stale")));
    assert_eq!(rules.last(), Some(&rule("mine")));
}

#[test]
fn every_fault_of_every_rule_is_told() {
    let mut bad = rule("bad name");
    bad.for_seconds = 100_000;
    bad.condition = Condition::Increase {
        of: Selector::new("5up").with("la-bel", "a*b"),
        within_seconds: 1,
        is: Comparison::Above,
        threshold: f64::NAN,
    };
    let faults = merged(&[bad, rule("twice"), rule("twice")]).unwrap_err();
    let words: Vec<String> = faults.iter().map(ToString::to_string).collect();
    for part in ["5up", "la-bel", "a*b", "threshold", "within_seconds", "name", "for_seconds", "twice"] {
        assert!(words.iter().any(|fault| fault.contains(part)), "{part}: {words:?}");
    }
    assert_eq!(faults.len(), 8);
}

#[test]
fn rules_are_read_from_text_and_unknown_keys_are_refused() {
    let text = r#"{"name":"slow","severity":"warning","about":"x","for_seconds":60,
        "condition":{"kind":"value","of":{"metric":"m","labels":{"a":"b*"}},"is":"above","threshold":1.5}}"#;
    let rule: Rule = serde_json::from_str(text).unwrap();
    assert_eq!(serde_json::from_str::<Rule>(&serde_json::to_string(&rule).unwrap()).unwrap(), rule);
    assert!(serde_json::from_str::<Rule>(&text.replace("for_seconds", "for")).is_err());
    assert!(serde_json::from_str::<Rule>(&text.replace("\"above\"", "\"over\"")).is_err());
}

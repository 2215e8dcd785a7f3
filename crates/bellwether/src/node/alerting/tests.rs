use alerts::rule::specified;
use alerts::{Condition, Selector};
use telemetry::metrics::catalogue::{Label, find};

fn selectors(condition: &Condition) -> Vec<&Selector> {
    match condition {
        Condition::Value { of, .. } | Condition::Increase { of, .. } => vec![of],
        Condition::Share { of, among, .. } => vec![of, among],
    }
}

/// A rule on a metric that nobody counts would be quiet for ever.
#[test]
fn every_rule_looks_at_metrics_that_the_program_counts() {
    for rule in specified() {
        for Selector { metric, labels } in selectors(&rule.condition) {
            let row = find(metric).unwrap_or_else(|| panic!("{}: {metric} is no metric", rule.name));
            for (label, pattern) in labels {
                let known: Option<&Label> = row.labels.iter().find(|known| known.name == label);
                let known = known.unwrap_or_else(|| panic!("{}: {metric} has no label {label}", rule.name));
                let values = known.values;
                let fits = values.is_empty() || values.iter().any(|value| pattern.matches(value));
                assert!(fits, "{}: {label} of {metric} is never {pattern:?}", rule.name);
            }
        }
    }
}

//! The same rules for a Prometheus server.

use crate::Rule;

/// A rules file, as Prometheus reads it, of every enabled rule.
#[must_use]
pub fn rules_file(rules: &[Rule]) -> String {
    let mut text = String::from(
        "# Written by `bellwether alerts rules` from the rules that the program evaluates itself.\ngroups:\n  - name: bellwether\n    rules:\n",
    );
    for rule in rules.iter().filter(|rule| rule.enabled) {
        text.push_str(&one(rule));
    }
    text
}

fn one(rule: &Rule) -> String {
    let Rule { name, severity, about, condition, for_seconds, .. } = rule;
    let hold = if *for_seconds == 0 { String::new() } else { format!("        for: {for_seconds}s\n") };
    format!(
        "      - alert: {name}\n        expr: {}\n{hold}        labels:\n          severity: {}\n        annotations:\n          summary: {}\n",
        quoted(&condition.promql()),
        severity.code(),
        quoted(about)
    )
}

/// A YAML scalar in single quotes, in which nothing but the quote itself means anything.
fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

//! The rules file that is shipped says what the program evaluates, and Prometheus agrees.

#![expect(clippy::print_stderr, reason = "what is skipped is said loudly")]

use std::path::PathBuf;
use std::process::Command;

use alerts::prometheus::rules_file;
use alerts::rule::specified;

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../deploy/prometheus")
}

/// Runs `promtool`, or says loudly that it is not there.
fn promtool(arguments: &[&str]) {
    let run = Command::new("promtool").args(arguments).current_dir(folder()).output();
    let output = match run {
        Ok(output) => output,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            eprintln!(
                "SKIPPED: there is no promtool on the PATH; install Prometheus to check the rules with it"
            );
            return;
        }
        Err(error) => panic!("promtool cannot be run: {error}"),
    };
    let said = String::from_utf8_lossy(&output.stdout) + String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}");
}

#[test]
fn the_shipped_rules_are_the_specified_ones() {
    let path = folder().join("alert-rules.yml");
    let shipped = std::fs::read_to_string(&path).unwrap_or_default();
    let written = rules_file(&specified());
    assert!(
        shipped == written,
        "{} is not what `bellwether alerts rules` writes; write it again",
        path.display()
    );
}

#[test]
fn prometheus_takes_the_rules() {
    promtool(&["check", "rules", "alert-rules.yml"]);
}

/// Each rule fires in its test, and the last word about it is that it no longer does.
#[test]
fn the_tests_for_prometheus_leave_no_rule_out() {
    let text = std::fs::read_to_string(folder().join("alert-rules.test.yml")).unwrap();
    for rule in specified() {
        let fires = format!("alertname: {}\n        exp_alerts:", rule.name);
        let quiet = format!("alertname: {} }}", rule.name);
        let last = text.rfind(&fires).unwrap_or_else(|| panic!("{} never fires", rule.name));
        assert!(text[..last].contains(&quiet), "{} is not looked at before it fires", rule.name);
        assert!(text[last..].contains(&quiet), "{} is not looked at after it ended", rule.name);
    }
}

#[test]
fn prometheus_fires_them_when_it_should() {
    promtool(&["test", "rules", "alert-rules.test.yml"]);
}

//! Faults are reported together, each with its place and its mend; the doctor says what to do.

use super::program::{bellwether, run};

#[test]
fn every_fault_is_reported_at_once_with_its_place() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir(folder.path().join("config")).unwrap();
    let yaml =
        "listen: nowhere\npipeline:\n  batch_size: 0\n  flush_ms: -1\nlimits:\n  max_order_size: \"0\"\n";
    std::fs::write(folder.path().join("config/config.yaml"), yaml).unwrap();
    let output = bellwether(folder.path(), &["config", "check", "--set", "synthetic.warm_up_minutes=99999"])
        .env("PIPELINE_MAX_BYTES", "7")
        .output()
        .unwrap();
    let text = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(2), "{text}");
    for (place, setting) in [
        ("config.yaml", "listen"),
        ("config.yaml", "pipeline.batch_size"),
        ("config.yaml", "pipeline.flush_ms"),
        ("environment variable PIPELINE_MAX_BYTES", "pipeline.max_bytes"),
        ("flag --set", "synthetic.warm_up_minutes"),
    ] {
        let found = text.lines().any(|line| line.contains(place) && line.contains(setting));
        assert!(found, "{place} {setting}: {text}");
    }
    assert!(text.contains("limits: "), "{text}");
}

#[test]
fn an_unknown_setting_and_a_wrong_type_are_named() {
    let folder = tempfile::tempdir().unwrap();
    let ran = run(folder.path(), &["config", "check", "--set", "pipeline.batchsize=1"]);
    assert!(ran.code == Some(2) && ran.err.contains("there is no setting `pipeline.batchsize`"), "{ran:?}");
    let ran = run(folder.path(), &["config", "check", "--set", "pipeline.batch_size=many"]);
    assert!(ran.code == Some(2) && ran.err.contains("`many` is not a number"), "{ran:?}");
}

#[test]
fn later_layers_win_and_say_where_they_are_from() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir(folder.path().join("config")).unwrap();
    std::fs::write(folder.path().join("config/config.yaml"), "pipeline: {batch_size: 1, flush_ms: 1}\n")
        .unwrap();
    std::fs::write(
        folder.path().join("config/config.test.yaml"),
        "pipeline: {batch_size: 2, max_bytes: 2048}\n",
    )
    .unwrap();
    let output =
        bellwether(folder.path(), &["config", "print", "--origin", "--json", "--set", "pipeline.flush_ms=4"])
            .env("ENVIRONMENT", "test")
            .env("BELLWETHER__PIPELINE__MAX_BYTES", "4096")
            .env("ADMIN_PASSWORD", "a planted secret")
            .output()
            .unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(!text.contains("a planted secret"));
    let entries: Vec<serde_json::Value> = serde_json::from_str(&text).unwrap();
    let entry = |setting: &str| entries.iter().find(|entry| entry["setting"] == setting).unwrap();
    assert_eq!(entry("pipeline.batch_size")["value"], "2");
    assert_eq!(entry("pipeline.batch_size")["origin"], "config/config.test.yaml");
    assert_eq!(entry("pipeline.flush_ms")["value"], "4");
    assert_eq!(entry("pipeline.max_bytes")["value"], "4096");
    assert_eq!(entry("pipeline.max_bytes")["origin"], "environment variable BELLWETHER__PIPELINE__MAX_BYTES");
}

#[test]
fn the_doctor_names_a_taken_port_and_how_to_mend_it() {
    let folder = tempfile::tempdir().unwrap();
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let listen = format!("listen={}", listener.local_addr().unwrap());
    let ran = run(folder.path(), &["doctor", "--json", "--set", &listen]);
    assert_eq!(ran.code, Some(3), "{ran:?}");
    let findings = ran.json();
    let port =
        findings.as_array().unwrap().iter().find(|finding| finding["subject"] == "port").unwrap().clone();
    assert_eq!(port["ok"], false);
    assert!(port["mend"].as_str().unwrap().contains("--set listen="), "{port}");
    drop(listener);
    let ran = run(folder.path(), &["doctor", "--json", "--set", &listen]);
    assert_eq!(ran.code, Some(0), "{ran:?}");
}

#[test]
fn a_wrong_command_line_says_what_is_known() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(
        folder.path().join("bars.csv"),
        "time,open,high,low,close,volume\n1700000000,1,1,1,1,1\n1700000060,1,1,1,1,1\n",
    )
    .unwrap();
    let cases: [(&[&str], &str); 4] = [
        (&["backtest", "bars.csv", "--strategy", "nonsense"], "sma_cross"),
        (&["backtest", "bars.csv", "--strategy", "sma_cross", "--parameters", "{"], "--parameters"),
        (&["backtest", "bars.csv", "--strategy", "sma_cross", "--parameters", r#"{"fats":1}"#], "fats"),
        (&["backtest", "bars.csv", "--strategy", "sma_cross", "--cash", "lots"], "--cash"),
    ];
    for (arguments, wanted) in cases {
        let ran = run(folder.path(), arguments);
        ran.assert_no_panic();
        assert_eq!(ran.code, Some(2), "{ran:?}");
        assert!(ran.err.contains(wanted), "{ran:?}");
    }
}

//! Every documented name and default; faults reported together, each with its place and its mend; secrets that never
//! show; the doctor says what to do.

use std::collections::BTreeMap;
use std::path::Path;

use serde_json::Value;

use super::program::{bellwether, run};

/// A documented variable: its setting, the default, another value and how that is shown.
type Documented = (&'static str, &'static str, &'static str, &'static str, &'static str);

/// Marks a secret wherever it comes out.
const PLANTED: &str = "planted-0123456789";

#[rustfmt::skip]
pub(super) const DOCUMENTED: [Documented; 46] = [
    ("DATABASE_URL", "database_url", "", "postgresql+asyncpg://user:pass@timescaledb:5432/hft_db", "postgresql+asyncpg://user:***@timescaledb:5432/hft_db"),
    ("REDIS_URL", "redis_url", "", "redis://redis:6379/0", "redis://redis:6379/0"),
    ("KAFKA_BOOTSTRAP_SERVERS", "kafka.bootstrap_servers", "", "kafka:9092", "kafka:9092"),
    ("SECRET_KEY", "secret_key", "", "your-secret-key-change-in-production", "***"),
    ("ADMIN_USERNAME", "admin_username", "admin", "operator", "operator"),
    ("ADMIN_PASSWORD", "admin_password", "", "secure-password-here", "***"),
    ("API_KEY", "api_key", "", "your-api-key", "***"),
    ("ENVIRONMENT", "environment", "development", "staging", "staging"),
    ("NODE_ENV", "environment", "development", "staging", "staging"),
    ("AI_TRADER_ENV", "environment", "development", "staging", "staging"),
    ("APP_VERSION", "app_version", env!("CARGO_PKG_VERSION"), "1.0.0", "1.0.0"),
    ("RUST_LOG", "log.level", "info", "info,engine=debug", "info,engine=debug"),
    ("PIPELINE_BATCH_SIZE", "pipeline.batch_size", "500", "1000", "1000"),
    ("PIPELINE_FLUSH_MS", "pipeline.flush_ms", "100", "50", "50"),
    ("PIPELINE_MAX_BYTES", "pipeline.max_bytes", "512000", "1048576", "1048576"),
    ("PIPELINE_OP_QUEUE_MAX", "pipeline.op_queue_max", "8", "16", "16"),
    ("PIPELINE_SINK_QUEUE_MAX", "pipeline.sink_queue_max", "16", "200", "200"),
    ("PIPELINE_DROP_POLICY", "pipeline.drop_policy", "oldest", "newest", "newest"),
    ("PIPELINE_SINK_WORKERS", "pipeline.sink_workers", "4", "2", "2"),
    ("PIPELINE_SINK_BACKPRESSURE_POLICY", "pipeline.sink_backpressure_policy", "block", "drop_oldest", "drop_oldest"),
    ("PIPELINE_PACING_BUDGET_MAX_MSGS_PER_SEC", "pipeline.pacing_budget_max_msgs_per_sec", "2000", "100", "100"),
    ("PIPELINE_PACING_BUDGET_BURST", "pipeline.pacing_budget_burst", "2000", "100", "100"),
    ("PIPELINE_ENABLE_METRICS", "metrics.enabled", "true", "false", "false"),
    // Switched on it is refused by a build without traces, which the checks of the configuration show.
    ("PIPELINE_ENABLE_TRACING", "tracing.enabled", "false", "false", "false"),
    ("PIPELINE_METRICS_PORT", "metrics.port", "0", "8080", "8080"),
    ("PIPELINE_KEEP_TICKS_HOURS", "pipeline.keep_ticks_hours", "24", "0", "0"),
    ("DB_POOL_MAX", "database.max_pool_size", "20", "50", "50"),
    ("DB_POOL_MIN", "database.min_pool_size", "5", "10", "10"),
    ("DB_CONNECTION_TIMEOUT_MS", "database.connection_timeout_ms", "10000", "5000", "5000"),
    ("DB_IDLE_TIMEOUT_MS", "database.idle_timeout_ms", "30000", "5000", "5000"),
    ("DB_STATEMENT_TIMEOUT_MS", "database.statement_timeout_ms", "30000", "5000", "5000"),
    ("REDIS_MAX_RETRIES", "redis.max_retries", "3", "5", "5"),
    ("REDIS_CONNECT_TIMEOUT_MS", "redis.connect_timeout_ms", "10000", "5000", "5000"),
    ("REDIS_COMMAND_TIMEOUT_MS", "redis.command_timeout_ms", "5000", "1000", "1000"),
    ("REDIS_KEEPALIVE_MS", "redis.keepalive_ms", "30000", "1000", "1000"),
    ("RATE_LIMIT_TENANT_MAX", "rate_limit.tenant_max", "1000", "10", "10"),
    ("RATE_LIMIT_TENANT_WINDOW_MS", "rate_limit.tenant_window_ms", "60000", "1000", "1000"),
    ("AI_TRADER_DATABASE_HOST", "database.host", "", "db", "db"),
    ("AI_TRADER_DATABASE_PORT", "database.port", "5432", "6543", "6543"),
    ("AI_TRADER_DATABASE_NAME", "database.name", "", "ai_trader", "ai_trader"),
    ("AI_TRADER_DATABASE_USER", "database.user", "", "trader", "trader"),
    ("AI_TRADER_DATABASE_PASSWORD", "database.password", "", "your_db_password", "***"),
    ("VAULT_ADDR", "vault.address", "", "https://vault:8200", "https://vault:8200"),
    ("VAULT_NAMESPACE", "vault.namespace", "", "trading", "trading"),
    ("VAULT_TOKEN", "vault.token", "", "hvs.token", "***"),
    ("AWS_REGION", "aws.region", "", "eu-central-1", "eu-central-1"),
];

/// Defaults of the documents that have no variable of their own.
#[rustfmt::skip]
const DEFAULTS: [(&str, &str); 41] = [
    ("resilience.circuit_breaker_enabled", "true"),
    ("resilience.circuit_breaker_failure_threshold", "5"),
    ("resilience.circuit_breaker_timeout_ms", "60000"),
    ("resilience.circuit_breaker_internal_timeout_ms", "30000"),
    ("resilience.circuit_breaker_successes", "3"),
    ("resilience.retry_enabled", "true"),
    ("resilience.retry_max_attempts", "3"),
    ("resilience.retry_initial_delay_ms", "2000"),
    ("resilience.retry_max_delay_ms", "10000"),
    ("health.enabled", "true"),
    ("health.interval_ms", "30000"),
    ("health.interval_when_unwell_ms", "5000"),
    ("health.timeout_ms", "5000"),
    ("http.connect_timeout_ms", "5000"),
    ("http.read_timeout_ms", "30000"),
    ("http.write_timeout_ms", "10000"),
    ("http.max_connections", "100"),
    ("http.keep_alive_connections", "20"),
    ("database.pool_pre_ping", "true"),
    ("database.slow_query_ms", "1000"),
    ("database.ssl_mode", "prefer"),
    ("database.enable_query_logging", "false"),
    ("trading.default_order_timeout_ms", "30000"),
    ("limits.max_order_size", "10000"),
    ("limits.max_position_size", "100000"),
    ("features.paper_trading_enabled", "true"),
    ("features.live_trading_enabled", "false"),
    ("features.risk_limits_enforced", "true"),
    ("features.debug", "false"),
    ("log.level", "info"),
    ("log.format", "pretty"),
    ("log.directory", ""),
    ("log.max_bytes", "10485760"),
    ("log.max_files", "10"),
    ("log.slow_operation_ms", "1000"),
    ("ladder.step_up_after_ms", "10000"),
    ("ladder.override_minutes", "15"),
    ("alerts.webhook.url", ""),
    ("alerts.email.host", ""),
    ("vault.mount", "kubernetes"),
    ("tracing.endpoint", ""),
];

/// What a variable needs beside it to be whole.
fn companions(name: &str) -> &'static [(&'static str, &'static str)] {
    match name {
        "AI_TRADER_DATABASE_HOST" => {
            &[("AI_TRADER_DATABASE_NAME", "ai_trader"), ("AI_TRADER_DATABASE_USER", "trader")]
        }
        "AI_TRADER_DATABASE_NAME" => {
            &[("AI_TRADER_DATABASE_HOST", "db"), ("AI_TRADER_DATABASE_USER", "trader")]
        }
        "AI_TRADER_DATABASE_USER" => {
            &[("AI_TRADER_DATABASE_HOST", "db"), ("AI_TRADER_DATABASE_NAME", "ai_trader")]
        }
        "AI_TRADER_DATABASE_PASSWORD" => &[
            ("AI_TRADER_DATABASE_HOST", "db"),
            ("AI_TRADER_DATABASE_NAME", "ai_trader"),
            ("AI_TRADER_DATABASE_USER", "trader"),
        ],
        "VAULT_ADDR" => &[("VAULT_TOKEN", "hvs.token")],
        _ => &[],
    }
}

/// Every setting: its value, and where it is from.
fn printed(folder: &Path, variables: &[(&str, &str)]) -> BTreeMap<String, (String, String)> {
    let mut command = bellwether(folder, &["config", "print", "--json"]);
    let output = command.envs(variables.iter().copied()).output().unwrap();
    assert!(output.status.success(), "{variables:?} {output:?}");
    let rows: Vec<Value> = serde_json::from_slice(&output.stdout).unwrap();
    let text = |row: &Value, key: &str| row[key].as_str().unwrap().to_owned();
    rows.iter().map(|row| (text(row, "setting"), (text(row, "value"), text(row, "origin")))).collect()
}

#[test]
fn every_documented_name_has_its_default_and_works_directly_and_as_a_file() {
    let folder = tempfile::tempdir().unwrap();
    let defaults = printed(folder.path(), &[]);
    for (name, setting, default, given, shown) in DOCUMENTED {
        assert_eq!(defaults[setting], (default.to_owned(), "the defaults".to_owned()), "{name}");
        let variables =
            |name, value| -> Vec<_> { companions(name).iter().copied().chain([(name, value)]).collect() };
        let direct = &printed(folder.path(), &variables(name, given))[setting];
        assert_eq!(*direct, (shown.to_owned(), format!("environment variable {name}")));
        std::fs::write(folder.path().join("value"), format!("{given}\n")).unwrap();
        let file_name = format!("{name}_FILE");
        let mut as_file = companions(name).to_vec();
        as_file.push((&file_name, "value"));
        let (value, origin) = &printed(folder.path(), &as_file)[setting];
        assert_eq!(
            (value.as_str(), origin.as_str()),
            (shown, format!("environment variable {name}_FILE (value)").as_str())
        );
    }
    for (setting, default) in DEFAULTS {
        assert_eq!(defaults[setting].0, default, "{setting}");
    }
}

#[test]
fn the_table_of_variables_has_every_documented_name() {
    let folder = tempfile::tempdir().unwrap();
    let ran = run(folder.path(), &["config", "env", "--json"]);
    let rows = ran.json();
    let rows = rows.as_array().unwrap();
    for (name, setting, default, ..) in DOCUMENTED {
        let row = rows.iter().find(|row| row["variable"] == name).unwrap_or_else(|| panic!("{name}"));
        let about = row["about"].as_str().unwrap();
        // Nothing reads it yet, and nobody shall wonder.
        assert!(name != "API_KEY" || about.ends_with("the feeds that are built in ask for none"), "{about}");
        assert_eq!((&row["setting"], &row["default"]), (&Value::from(setting), &Value::from(default)));
        assert!(
            ["about", "allowed", "reload"]
                .iter()
                .all(|key| row[key].as_str().is_some_and(|text| !text.is_empty())),
            "{row}"
        );
    }
    assert!(rows.iter().any(|row| row["variable"] == "BELLWETHER__LISTEN"));
    let table = run(folder.path(), &["config", "env"]).out;
    assert!(
        DOCUMENTED.iter().all(|(name, ..)| table.lines().any(|line| line.split(' ').next() == Some(*name))),
        "{table}"
    );
}

#[test]
fn seven_mistakes_are_seven_faults_each_with_its_place_and_its_mend() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir(folder.path().join("config")).unwrap();
    let write =
        |name: &str, text: &str| std::fs::write(folder.path().join("config").join(name), text).unwrap();
    write("config.yaml", "listen: nowhere\npipeline:\n  batchsize: 5\n  flush_ms: -1\n");
    write("config.staging.yaml", "queues:\n  drop_policy: oldset\nhttp:\n  max_connections: 10\n");
    let mut command =
        bellwether(folder.path(), &["config", "check", "--json", "--set", "synthetic.warm_up_minutes=lots"]);
    let output = command
        .env("ENVIRONMENT", "staging")
        .env("BELLWETHER__DATABASE__MAX_POL_SIZE", "7")
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(2), "{output:?}");
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    let faults = report["faults"].as_array().unwrap();
    let expected = [
        ("config/config.yaml:1:9", "listen", "set it to 127.0.0.1:8083, the default, or remove it"),
        ("config/config.yaml:3:3", "pipeline.batchsize", "did you mean `pipeline.batch_size`?"),
        ("config/config.yaml:4:13", "pipeline.flush_ms", "set it to 100, the default, or remove it"),
        (
            "environment variable BELLWETHER__DATABASE__MAX_POL_SIZE",
            "",
            "did you mean BELLWETHER__DATABASE__MAX_POOL_SIZE?",
        ),
        (
            "flag --set synthetic.warm_up_minutes",
            "synthetic.warm_up_minutes",
            "set it to 30, the default, or remove it",
        ),
        ("config/config.staging.yaml:2:16", "queues.drop_policy", "did you mean `oldest`?"),
        (
            "config/config.staging.yaml:4:20",
            "http.keep_alive_connections",
            "make it smaller, or `http.max_connections` larger",
        ),
    ];
    let found: Vec<(&str, &str, &str)> = faults
        .iter()
        .map(|fault| {
            (
                fault["place"].as_str().unwrap(),
                fault["setting"].as_str().unwrap(),
                fault["mend"].as_str().unwrap(),
            )
        })
        .collect();
    assert_eq!(found, expected);
    // People are told the same, in a line each.
    let mut command =
        bellwether(folder.path(), &["config", "check", "--set", "synthetic.warm_up_minutes=lots"]);
    let output = command
        .env("ENVIRONMENT", "staging")
        .env("BELLWETHER__DATABASE__MAX_POL_SIZE", "7")
        .output()
        .unwrap();
    let text = String::from_utf8(output.stderr).unwrap();
    assert_eq!((output.status.code(), text.lines().count()), (Some(2), 8), "{text}");
    for (place, setting, mend) in expected {
        let line =
            text.lines().find(|line| line.contains(place)).unwrap_or_else(|| panic!("{place}: {text}"));
        assert!(line.contains(setting) && line.ends_with(mend), "{line}");
    }
}

#[test]
fn a_planted_secret_never_shows() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir(folder.path().join("config")).unwrap();
    let rows = run(folder.path(), &["config", "env", "--json"]).json();
    let secrets = rows.as_array().unwrap().iter().filter(|row| row["secret"] == true);
    let mut seen = 0;
    for row in secrets {
        let path = row["setting"].as_str().unwrap();
        let mut values = ["postgres", "redis", "https"]
            .map(|scheme| format!("{scheme}://user:{PLANTED}@h/x?y={PLANTED}"))
            .to_vec();
        values.push(PLANTED.to_owned());
        if path == "alerts.webhook.url" {
            values.push(format!("https://h/{PLANTED}"));
        }
        for value in values {
            let mut document = serde_json::json!({});
            let mut slot = &mut document;
            for key in path.split('.') {
                slot = &mut slot[key];
            }
            *slot = Value::from(value.as_str());
            std::fs::write(folder.path().join("config/config.yaml"), document.to_string()).unwrap();
            for arguments in [
                &["config", "print", "--origin"][..],
                &["config", "print", "--json"],
                &["config", "check"],
                &["config", "check", "--json", "--set", "pipeline.batch_size=0"],
            ] {
                let ran = run(folder.path(), arguments);
                ran.assert_no_panic();
                assert!(!ran.out.contains(PLANTED) && !ran.err.contains(PLANTED), "{path} {ran:?}");
                seen += 1;
            }
        }
    }
    assert!(seen > 100, "{seen}");
}

#[test]
fn an_unknown_setting_and_a_wrong_type_are_named() {
    let folder = tempfile::tempdir().unwrap();
    let ran = run(folder.path(), &["config", "check", "--set", "pipeline.batchsize=1"]);
    assert!(ran.code == Some(2) && ran.err.contains("`pipeline.batchsize` is no setting"), "{ran:?}");
    let ran = run(folder.path(), &["config", "check", "--set", "pipeline.batch_size=many"]);
    assert!(ran.code == Some(2) && ran.err.contains("cannot be `many`; allowed: a whole number"), "{ran:?}");
}

#[test]
fn later_layers_win_and_say_where_they_are_from() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir(folder.path().join("config")).unwrap();
    let write =
        |name: &str, text: &str| std::fs::write(folder.path().join("config").join(name), text).unwrap();
    write("config.yaml", "pipeline: {batch_size: 1, flush_ms: 1}\n");
    write("config.test.yaml", "pipeline: {batch_size: 2, max_bytes: 2048}\n");
    let variables = [("ENVIRONMENT", "test"), ("BELLWETHER__PIPELINE__MAX_BYTES", "4096")];
    let rows = printed(folder.path(), &variables);
    let row = |setting: &str| (rows[setting].0.as_str(), rows[setting].1.as_str());
    assert_eq!(row("pipeline.batch_size"), ("2", "config/config.test.yaml:1:24"));
    assert_eq!(row("pipeline.flush_ms"), ("1", "config/config.yaml:1:37"));
    assert_eq!(row("pipeline.max_bytes"), ("4096", "environment variable BELLWETHER__PIPELINE__MAX_BYTES"));
}

#[test]
fn the_schema_and_the_warnings_can_be_had() {
    let folder = tempfile::tempdir().unwrap();
    let schema = run(folder.path(), &["config", "schema"]).json();
    assert_eq!(schema["$schema"], "https://json-schema.org/draft/2020-12/schema");
    assert_eq!(schema["properties"]["pipeline"]["properties"]["batch_size"]["maximum"], 100_000);
    let mut command = bellwether(folder.path(), &["config", "check"]);
    let output = command.env("PIPELINE_BATCHSIZE", "7").output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(
        output.status.success() && text.starts_with("warning: environment variable PIPELINE_BATCHSIZE "),
        "{text}"
    );
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
